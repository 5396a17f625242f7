"""The headers that every answer has, and what a browser may keep."""

from django.http import HttpResponse
from django.urls import resolve

from guide.web.middleware import PUBLIC_PAGES
from tests.attack.walk import FORM
from tests.attack.world import World

POLICY = {
    "default-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    *(f"{what}-src 'self'" for what in ("script", "style", "img", "font", "connect")),
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}


def faults(response: HttpResponse, kept: str) -> list[str]:
    """What is wrong with the headers of this answer."""
    wrong = [
        f"{name}: {response.headers.get(name)}" for name, value in ALWAYS.items() if response.headers.get(name) != value
    ]
    policy = {part.strip() for part in response.headers.get("Content-Security-Policy", "").split(";")}
    if policy != POLICY:
        wrong.append(f"Content-Security-Policy: {policy ^ POLICY}")
    powers = response.headers.get("Permissions-Policy", "")
    if not {"camera=()", "microphone=()", "geolocation=()"} <= set(powers.split(", ")):
        wrong.append(f"Permissions-Policy: {powers}")
    if response.headers.get("Cache-Control", "") != kept:
        wrong.append(f"Cache-Control: {response.headers.get('Cache-Control')}")
    return wrong


def send(world: World, actor: str, method: str, path: str, body: str = "", **headers: str) -> HttpResponse:
    """As ``ask``, over TLS as in production."""
    content_type = FORM if method == "POST" else ""
    return world.client(actor).generic(method, path, body, content_type=content_type, secure=True, headers=headers)


def kept(actor: str, method: str, response: HttpResponse, path: str) -> str:
    """What may be kept: the public pages as a stranger sees them, and what is the same for everybody."""
    if path.startswith("/static/") and response.status_code != 404:
        return "max-age=60, public" if response.status_code == 200 else ""
    is_public = response.status_code == 200 and resolve(path).view_name in PUBLIC_PAGES
    stranger = actor == "anonymous" and method in {"GET", "HEAD"}
    return "no-cache, private" if is_public and stranger else "no-store, private"
