"""Limits on guessing: ``GUESS_LIMITS`` in the settings has the numbers.

Requests from a device on which the account has been used before (``guide.accounts.known_devices``) are counted by
themselves, for that device and account. All others are counted by network address and by account, by allauth's counter.
"""

from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse

from cases.models import User
from guide.accounts.known_devices import known_device

# The limit of each page whose requests are counted before it runs, and the field that names the account.
DOORS: Final = {
    "account_login": ("login", "login"),
    "account_reset_password": ("reset", ""),
    "account_reset_password_from_key": ("reset_link", ""),
    "mfa_login_webauthn": ("passkey", ""),
    "sso_begin": ("sso", ""),
    "sso_finish": ("sso", ""),
}
# The limit of those that are counted when they come by GET too: they store something in a session.
BY_GET: Final = {"sso_begin": "sso", "sso_finish": "sso", "mfa_login_webauthn": "passkey_asked"}
_IPV6_PREFIX: Final = 64


def count(request: HttpRequest, what: str, account: str = "") -> RateLimitUsage | None:
    """Count one attempt at the account of this mail address; return None when the limit is reached.

    The result's ``rollback`` takes the attempt back, for one that turned out right.
    """
    account = account.strip().lower()
    elsewhere, here = settings.GUESS_LIMITS.get(what, ("", ""))
    device = _device(request, account)
    app, rates, key = ("device", here, f"{device} {account}") if device else ("elsewhere", elsewhere, account)
    return ratelimit.consume(request, app=app, action=what, config={what: rates}, key=key, limit_get=True)


def _device(request: HttpRequest, account: str) -> str | None:
    """Return the device if the account, or any where a page names none, has been used on it, else None."""
    device = known_device(request)
    if device is None or not account:
        return device
    try:
        validate_email(account)  # PostgreSQL fails at a NUL
    except ValidationError:
        return None
    user = User.objects.filter(email=account).first()
    return known_device(request, user) if user else None


def network(address: str) -> str:
    """Return what counts as one address: IPv4 whole, also inside IPv6, and of IPv6 the 64 bits that one line has."""
    ip = ip_address(address)
    if not isinstance(ip, IPv6Address):
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(IPv6Network((int(ip), _IPV6_PREFIX), strict=False).network_address)


class DoorLimits:
    """Middleware that counts the requests of the pages in ``DOORS``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Do nothing here; see process_view."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Return the page that says »too often«, or None to continue."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        what, field = DOORS.get(name, ("", "")) if request.method == "POST" else (BY_GET.get(name, ""), "")
        if not what or count(request, what, request.POST.get(field, "")):
            return None
        answer: HttpResponse = ratelimit.respond_429(request)
        return answer


def refuse_too_often() -> Any:
    """Return the form error for a reached limit."""
    return get_adapter().validation_error("too_many_login_attempts")
