"""What a request says of its alphabet reaches Django only when it is UTF-8."""

from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory

from guide.web.charset import utf_8_only

FORM = "application/x-www-form-urlencoded"


def passed_on(content_type: str) -> str:
    """The content type as the application behind the guard sees it."""
    seen: list[str] = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append(environ["CONTENT_TYPE"])
        return []

    utf_8_only(application)({"CONTENT_TYPE": content_type}, lambda *args: None)
    return seen[0]


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        FORM,
        f"{FORM}; charset=utf-8",
        f'{FORM}; charset="UTF-8"',
        f"{FORM};charset=utf8; a=b",
        "multipart/form-data",
    ],
)
def test_utf_8_passes_as_it_is(content_type: str) -> None:
    assert passed_on(content_type) == content_type


@pytest.mark.parametrize(
    "charset", ["hex", "rot13", "idna", "zlib", "utf-7", "utf-16", "latin-1", "utf-8x", '"hex"', ""]
)
def test_other_alphabets_are_not_read(charset: str) -> None:
    assert passed_on(f"{FORM}; charset={charset}") == f"{FORM}; charset-not-read={charset}"
    assert passed_on(f"{FORM}; CHARSET*={charset}") == f"{FORM}; charset-not-read*={charset}"


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "status"), [("GET", "200 OK"), ("POST", "400 Bad Request")])
@pytest.mark.parametrize("charset", ["hex", "rot13", "zlib", "idna", "utf-7", "utf-16", "latin-1"])
def test_no_alphabet_breaks_the_server(charset: str, method: str, status: str) -> None:
    """Through Django whole: an address is read as UTF-8, a form is refused."""
    environ = RequestFactory().generic(method, "/proev/?a=%2B2AA-", b"shown=nude", content_type=FORM).environ
    environ["CONTENT_TYPE"] = f"{FORM}; charset={charset}"
    statuses: list[str] = []
    body = utf_8_only(get_wsgi_application())(environ, lambda code, headers: statuses.append(code))
    page = b"".join(body).decode()
    assert statuses == [status]
    assert ("Teksten kunne ikke læses" in page) is (method == "POST")
