"""Carry the trial's answers through the login: in the posts of its own forms, never in an address, cookie or session.

A case is created with them by whoever is logged in at the end. Whoever logs in by single sign-on does so beside the
page, which stays open: no post of ours goes to the provider and back.
"""

from collections.abc import Callable
from copy import copy
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve, reverse

from cases.text.form_fields import CONTROLS
from guide.accounts.second_factor import has_second_factor
from guide.web import error_pages
from guide.web.middleware import OPEN_PAGE_LIMIT, Middleware

FIELD: Final = "svar"
"""The hidden field of the login forms with the answers, written like a query."""
_LONGEST: Final = OPEN_PAGE_LIMIT // 2
_OPENS_A_CASE: Final = "ny_sag"
_CODE: Final = "mfa_authenticate"
_LOGIN_PAGES: Final = frozenset({"account_login", _CODE, "mfa_login_webauthn", "demo_login"})


class CarriedAnswers(Middleware):
    """Gives what a login form carried to the page that follows: the code, or the button that creates the case."""

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Take the answers from the form, so that a page shown again has them."""
        if request.method == "POST" and request.resolver_match and request.resolver_match.view_name in _LOGIN_PAGES:
            _carry(request, request.POST.get(FIELD, ""))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the response, or instead of a redirect the page with the answers."""
        response = super().__call__(request)
        carried = getattr(request, "carried", "")
        if not carried or response.status_code != HTTPStatus.FOUND:
            return response
        if request.user.is_authenticated:
            return render(request, "account/opret_sag.html", {"is_ready": has_second_factor(request)})
        return _page(request, _CODE, carried) if _leads_to(response, _CODE) else response


def ask_to_log_in(request: HttpRequest) -> HttpResponse | None:
    """Return the login page with the answers that were sent for a new case; None for any other form."""
    fields = error_pages.typed_text(request)
    carried = urlencode(fields)
    is_case = request.resolver_match is not None and request.resolver_match.view_name == _OPENS_A_CASE
    if not is_case or all(name in CONTROLS for name, _value in fields) or len(carried) > _LONGEST:
        return None
    response = _page(request, "account_login", carried)
    response.status_code = HTTPStatus.FORBIDDEN
    return response


def _page(request: HttpRequest, name: str, carried: str) -> HttpResponse:
    """Return a page of the login as if it had been asked for, with the answers in its forms."""
    asked = copy(request)
    asked.method, asked.POST = "GET", QueryDict()
    asked.path = asked.path_info = reverse(name)
    asked.resolver_match = resolve(asked.path)
    _carry(asked, carried)
    response: HttpResponse = asked.resolver_match.func(asked)
    return response.render() if isinstance(response, TemplateResponse) else response


def _carry(request: HttpRequest, carried: str) -> None:
    """Give the page the answers, for the forms of the login and, one by one, for that of the case."""
    request.carried = carried  # type: ignore[attr-defined]
    request.carried_fields = parse_qsl(carried, keep_blank_values=True)  # type: ignore[attr-defined]


def _leads_to(response: HttpResponse, name: str) -> bool:
    try:
        return resolve(response["Location"].partition("?")[0]).view_name == name
    except Resolver404:
        return False
