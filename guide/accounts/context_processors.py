"""Template variables of every page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from guide.accounts.demo_login import demo_users


def site_context(request: HttpRequest) -> dict[str, Any]:
    """Return `demo` (bool) and `idle_seconds`, after which an unused session ends.

    At login also `sso_providers`, or in demo mode `demo_users` for "Log ind som …".
    """
    at_login = bool(request.resolver_match and request.resolver_match.url_name == "account_login")
    always = {"demo": settings.DEMO, "idle_seconds": settings.SESSION_COOKIE_AGE}
    if not settings.DEMO:
        return {**always, "sso_providers": list(settings.SSO_PROVIDERS.values()) if at_login else []}
    return {**always, "demo_users": demo_users() if at_login else []}
