"""Devices on which a user has logged in with both factors, or chosen a password by a mailed link, by a signed cookie.

Guesses from elsewhere are counted apart from those of such a device (``guide.accounts.guess_limits``), so nobody locks
the owner of an account out there. The cookie opens nothing. It holds a random id and for each user a mark, an HMAC over
the id, the user and the hash of the password, which a new password ends. It names nobody, and no table has a list of
devices.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from allauth.account.signals import password_reset
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from cases.models import User

AGE: Final = timedelta(days=180)
MOST_USERS: Final = 10
"""Users of one device, such as a shared computer; the earliest is forgotten first."""

_SALT: Final = "guide.known_devices"
_MARK_LENGTH: Final = 32


def known_device(request: HttpRequest, user: User | None = None) -> str | None:
    """Return the id of the request's device if the user, or anybody when None, has logged in there before."""
    device, marks = _read(request)
    if device and (user is None or any(constant_time_compare(mark, _mark(device, user)) for mark in marks)):
        return device
    return None


def remember_device(request: HttpRequest, user: User) -> None:
    """Give the response to this request the cookie. Only for one that completes both factors or a mailed link."""
    request.handlekort_remembers = user  # type: ignore[attr-defined]


@receiver(password_reset)
def remember_after_reset(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Let the owner of a new password in, however many a stranger guesses meanwhile."""
    remember_device(request, user)


class KnownDeviceCookie:
    """Middleware that sets the cookie, also anew for a user whose mark is there: time counts from the last login."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the response with the cookie."""
        response = self.get_response(request)
        user = getattr(request, "handlekort_remembers", None)
        if user is not None:
            device, marks = _read(request)
            device = device or secrets.token_urlsafe(16)
            own = _mark(device, user)
            marks = [*(mark for mark in marks if mark != own), own][-MOST_USERS:]
            response.set_signed_cookie(
                settings.DEVICE_COOKIE_NAME,
                ".".join([device, *marks]),
                salt=_SALT,
                max_age=AGE,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    """Return the id and the marks of a cookie that the product has signed, else "" and none."""
    text = request.get_signed_cookie(settings.DEVICE_COOKIE_NAME, default="", salt=_SALT, max_age=AGE)
    device, *marks = (text or "").split(".")
    return device, marks


def _mark(device: str, user: User) -> str:
    text = f"{device} {user.public_id} {user.get_session_auth_hash()}"
    return salted_hmac(_SALT, text, algorithm="sha256").hexdigest()[:_MARK_LENGTH]
