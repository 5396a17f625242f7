"""What every page needs to know about the house it stands in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from guide.demo_login import demo_users


def house(request: HttpRequest) -> dict[str, Any]:
    """Return `demo` (bool), and on the login page in demo mode `demo_users` for "Log ind som …"."""
    if not settings.DEMO:
        return {"demo": False}
    match = request.resolver_match
    return {"demo": True, "demo_users": demo_users() if match and match.url_name == "account_login" else []}
