"""The headers that keep a browser from keeping, guessing, embedding or telling, on every odd answer there is.

On every address, by every method, for everybody: test_access_matrix.
"""

from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from cases.access import audit_log
from guide.steps import STEPS
from guide.steps.afdaek import FIRST
from tests.attack import matrix
from tests.attack.headers import faults, send
from tests.attack.walk import FORM, address, ask, seen
from tests.attack.world import World
from tests.guide.page_reader import read

pytestmark = pytest.mark.usefixtures("paper", "hushed")


ODD = {
    "no such page": ("GET", "/nowhere/", "", {}, 404),
    "no such static file": ("GET", "/static/nowhere.css", "", {}, 404),
    "another host": ("GET", "/", "", {"Host": "evil.example"}, 400),
    "a path above": ("GET", "/static/../guide/settings.py", "", {}, 404),
    "no form": ("POST", "/sager/ny/", "{}", {"Content-Type": "application/json"}, 400),
    "a picture in a text": ("POST", "/sager/ny/", "a=data:image/png;base64,AAAA", {}, 400),
    "too many fields": ("POST", "/sager/ny/", "a=&" * 5001, {}, 413),
    "fragment": ("GET", "/proev/", "", {"HX-Request": "true"}, 200),
    "fragment of a section": ("POST", "{case}trin/afdaek/sted/", "handling=opdater", {"HX-Request": "true"}, 200),
    "wrong number of rows": ("POST", "{case}trin/afdaek/personer/", "handling=fjern:people:x", {}, 404),
    "no such step": ("GET", "{case}trin/nowhere/", "", {}, 404),
    "no such section": ("GET", "{case}trin/afdaek/nowhere/", "", {}, 404),
    "no such line": ("GET", "{case}log/9999/ret/", "", {}, 404),
    "refused form": ("POST", "{case}log/notat/", "text=", {}, 422),
    "without a slash": ("GET", "/sager", "", {}, 301),
}


@pytest.mark.parametrize("name", ODD)
def test_headers_on_odd_answers(name: str, world: World) -> None:
    method, path, body, headers, status = ODD[name]
    path = path.replace("{case}", f"/sager/{world.cases['named'].public_id}/")
    client = world.client("leader")
    content_type = headers.get("Content-Type", FORM if method == "POST" else "")
    extra = {"HTTP_HOST": headers["Host"]} if "Host" in headers else {}
    rest = {name: value for name, value in headers.items() if name not in {"Host", "Content-Type"}}
    response = client.generic(method, path, body, content_type=content_type, secure=True, headers=rest, **extra)
    assert response.status_code == status
    assert faults(response, "no-store, private") == []


@pytest.mark.parametrize("path", ["/sager/", "{case}", "{case}resume.pdf", "{case}log/"])
def test_headers_on_a_fault(path: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit_log, "write_event", fail)
    response = send(world, "leader", "GET", path.replace("{case}", f"/sager/{world.cases['named'].public_id}/"))
    assert (response.status_code, faults(response, "no-store, private")) == (500, [])


@override_settings(SECURE_SSL_REDIRECT=True)
def test_plain_http_is_led_to_tls_and_not_kept(world: World) -> None:
    response = ask(world.client("leader"), "GET", "/sager/")
    assert (response.status_code, response["Location"]) == (301, "https://testserver/sager/")


def test_only_the_own_cookies_are_set_and_only_for_the_server(world: World) -> None:
    """No script reads them, no other site sends them along."""
    client = world.client("anonymous")
    client.get("/konto/login/")
    client.post("/konto/login/", {"login": world.users["colleague"].email, "password": "forkert"})
    assert {name for name in client.cookies if client.cookies[name].value} <= {
        settings.SESSION_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
    }
    for cookie in client.cookies.values():
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


# --- Fields -------------------------------------------------------------------------------------------------------

# Kinds of input in which nobody writes words.
NO_WORDS = {"hidden", "checkbox", "radio", "select", "submit"}


def pages_with_fields(world: World) -> dict[str, str]:
    """Every page of a case with a form, the refused ones included."""
    paths = {
        pattern: address(pattern, world.fills("leader"))
        for pattern in matrix.rows()
        if pattern.startswith("sager/") and matrix.declared("leader")[pattern]["GET"] == "200" and ".pdf" not in pattern
    }
    steps = [
        f"/sager/{world.cases['named'].public_id}/trin/{step.key}/{section.key}/"
        for step in STEPS
        for section in step.sections
    ]
    steps += [f"/sager/{world.cases['named'].public_id}/foerst/{section}/" for section in FIRST]
    found = {path: seen(ask(world.client("leader"), "GET", path)).decode() for path in [*paths.values(), *steps]}
    refused = [path for pattern, path in paths.items() if matrix.declared("leader")[pattern]["POST"] == "422"]
    return found | {
        f"{path} refused": seen(ask(world.client("leader"), "POST", path, "x=1")).decode() for path in refused
    }


def test_no_browser_learns_or_sends_what_is_typed(world: World) -> None:
    """Spelling is checked by a service in some browsers; what is typed in one case must not be offered in the next."""
    asked, wrong = 0, []
    for path, html in pages_with_fields(world).items():
        for field in read(html).inputs:
            if field.get("type", "text") in NO_WORDS:
                continue
            asked += 1
            if (field.get("autocomplete"), field.get("spellcheck")) != ("off", "false"):
                wrong.append((path, field.get("name")))
    assert wrong == []
    assert asked > 150
