"""Template variables of every page."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from guide.accounts.demo_login import demo_users

_IN_THE_FRAME = (
    "account_change_password", "account_login", "account_logout", "akut", "bliv", "databeskyttelse", "kontakter",
    "mfa_index", "mine_sager", "niveauer", "opbevaring", "opslag", "own_sessions", "proev", "skjul", "start",
    "statistik", "tilgaengelighed", "vejledning",
)  # fmt: skip
"""The pages that templates/base.html leads to."""


def site_context(request: HttpRequest) -> dict[str, Any]:
    """Return `demo` (bool), `idle_seconds`, after which an unused session ends, and `address` by the names of pages.

    At login also `sso_providers`, or in demo mode `demo_users` for "Log ind som …".
    """
    at_login = bool(request.resolver_match and request.resolver_match.url_name == "account_login")
    always = {"demo": settings.DEMO, "idle_seconds": settings.SESSION_COOKIE_AGE, "address": _addresses()}
    if not settings.DEMO:
        return {**always, "sso_providers": list(settings.SSO_PROVIDERS.values()) if at_login else []}
    return {**always, "demo_users": demo_users() if at_login else []}


@cache
def _addresses() -> dict[str, str]:
    # Finding the address of a page takes as long as showing a line of it, and these are the same on every page.
    return {name: reverse(name) for name in _IN_THE_FRAME}
