"""Every address of the product, found by walking the resolver, and what a request to it gives."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from tests.guide.page_reader import Page, read

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
FORM = "application/x-www-form-urlencoded"

# Addresses that are no pattern of the resolver: what WhiteNoise serves before it is asked, and what is nowhere.
OUTSIDE = ("static/css/base.css", "nowhere/")

# Patterns written as regular expressions, with an address that each of them takes.
WRITTEN = {
    r"konto/^confirm-email/(?P<key>[-:\w]+)/$": "konto/confirm-email/abc/",
    r"konto/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "konto/password/reset/key/<uidb36>-<key>/",
    r"admin/^(?P<app_label>guide|cases|mfa)/$": "admin/cases/",
    r"admin/(?P<url>.*)$": "admin/nowhere/",
}

# A token differs in every answer, and so does the number that a form carries.
_MASKED = re.compile(
    rb'(name="(?:csrfmiddlewaretoken|submission_id|[a-z0-9_-]+-submission_id)"\s+value=")[^"]*|(hx-headers=\S+)'
)


def turns(place: int) -> tuple[str, ...]:
    """GET, POST, and one of the other methods: whoever counts ``place`` up meets each of them every fifth time."""
    others = [method for method in METHODS if method not in {"GET", "POST"}]
    return "GET", "POST", others[place % len(others)]


def patterns() -> list[str]:
    """Every pattern of the resolver, written as one line, each once."""
    return list(dict.fromkeys(_walk(get_resolver().url_patterns, "")))


def _walk(found: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for one in found:
        route = prefix + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route
        else:
            yield from _walk(one.url_patterns, route)


def address(pattern: str, fills: Mapping[str, str]) -> str:
    """An address that the pattern takes."""
    route = WRITTEN.get(pattern, pattern)
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: fills[found[1]], route)


def ask(client: Client, method: str, path: str, body: str = "", **headers: str) -> HttpResponse:
    """Send one request; a body is a form's."""
    return client.generic(method, path, body, content_type=FORM if method == "POST" else "", headers=headers)


def outcome(response: HttpResponse) -> str:
    """What came of it: a status, or for a redirection the name of the page that it leads to."""
    if "Location" not in response.headers:
        return str(response.status_code)
    target = urlsplit(response["Location"])
    try:
        name = resolve(target.path).view_name
    except Resolver404:
        name = target.path
    return f"{response.status_code}:{name}"


def seen(response: HttpResponse) -> bytes:
    """All that reaches a browser, headers included, less what is new in every answer."""
    content = _content(response)
    headers = "\n".join(f"{name}: {value}" for name, value in sorted(response.headers.items()))
    length = re.sub(r"Content-Length: \d+", "", headers)
    return f"{response.status_code}\n{length}\n".encode() + _MASKED.sub(rb"\1", content)


def _content(response: HttpResponse) -> bytes:
    if not response.streaming:
        return response.content
    content = b"".join(response.streaming_content)
    # Not response.close(): that ends the request, and with it the database connection of the test.
    for close in response._resource_closers:
        close()
    return content


def forms(html: str) -> list[Page]:
    """Each form of a page by itself, as a browser would send it."""
    return [read(piece) for piece in re.findall(r"<form\b.*?</form>", html, re.DOTALL)]


def fields(html: str) -> dict[str, list[str]]:
    """What the forms of a page would send, all together."""
    return {name: values for page in forms(html) for form in page.forms.values() for name, values in form.items()}
