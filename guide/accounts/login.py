"""Who gets in: django-allauth without sign-up, and nobody with a password alone."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ResetPasswordForm
from allauth.account.signals import user_logged_in as login_completed
from allauth.mfa.signals import authentication_failed as second_factor_failed
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from cases.access import audit_log
from cases.enums import AuditVerb
from cases.models import User
from guide.accounts.second_factor import SECOND_FACTORS, has_second_factor
from guide.web import error_pages

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# All that somebody who has only given a password may reach, beside public pages: setting up the second factor, and out.
SET_UP_PAGES: Final = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "account_reauthenticate",
        "account_logout",
    }
)
# Where somebody gets a way in of their own, beside single sign-on.
SELF_SERVICE_MFA_PAGES: Final = frozenset(
    {"mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes", "mfa_view_recovery_codes"}
)


class AccountAdapter(DefaultAccountAdapter):
    """allauth's account rules, with sign-up closed: accounts are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False, whoever asks."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return the user, or None; an account that is closed answers as if it were not there."""
        user: User | None = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active else None

    def set_password(self, user: User, password: str) -> None:
        """Keep the new password, and that there is one; when that cannot be told, the old one stays."""
        with transaction.atomic():
            super().set_password(user, password)
            audit_log.write_event(AuditVerb.LOGIN_CHANGED, by=user, detail="password")

    def is_safe_url(self, url: str | None) -> bool:
        """Return True for a path on this site; allauth's own check fails on `https://[`."""
        return url_has_allowed_host_and_scheme(url, None)


class ResetForm(ResetPasswordForm):
    """allauth's form behind "I forgot my password", which answers after the same time whether there was work or not."""

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Write to the account, if there is one; the mail itself goes later (guide/later_mail.py)."""
        until = time.monotonic() + settings.PASSWORD_RESET_SECONDS
        email: str = super().save(request, **kwargs)
        time.sleep(max(0.0, until - time.monotonic()))
        return email


@receiver(login_completed)
def log_login(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Write the login to the access log; when that fails, so does the login."""
    with transaction.atomic():
        audit_log.write_event(AuditVerb.LOGIN, by=user)


@receiver(user_login_failed)
def log_wrong_password(request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Write that a login failed. Nobody is named: the address given may be a slip, or a password in the wrong field."""
    with transaction.atomic():
        audit_log.write_event(AuditVerb.LOGIN_FAILED, by=None, detail="password")


@receiver(second_factor_failed)
def log_wrong_code(user: User, **kwargs: Any) -> None:
    """Write that somebody knew the password of this account and failed at its second factor."""
    with transaction.atomic():
        audit_log.write_event(AuditVerb.LOGIN_FAILED, by=user, detail="second_factor")


class LoginRequired(LoginRequiredMiddleware):
    """Every view asks for login unless it is marked `login_not_required`. What was typed is not lost on the way."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponse:  # type: ignore[override]
        """Return the way to the login page, or for a sent form a page that keeps its text."""
        if request.method not in _SAFE_METHODS:
            return error_pages.signed_out(request)
        if HtmxDetails(request):
            return HttpResponseClientRedirect(redirect_to_login(_page_behind(request)).url)
        return super().handle_no_permission(request, view_func)


def _page_behind(request: HttpRequest) -> str:
    """Return the path of the page that sent this htmx request: its own path is only a fragment's."""
    current = HtmxDetails(request).current_url or ""
    if not url_has_allowed_host_and_scheme(current, {request.get_host()}, require_https=request.is_secure()):
        return reverse(settings.LOGIN_REDIRECT_URL)
    parts = urlsplit(current)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class SecondFactorRequired:
    """Sends whoever has only given a password to the page that sets up the second factor; there is no way around it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Do nothing here; see process_view."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Return the redirect, or None to go on; on a public page the half-logged-in user counts as a stranger."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if not request.user.is_authenticated:
            return None
        if has_second_factor(request):
            return _refuse_own_factor(request) if name in SELF_SERVICE_MFA_PAGES else None
        if name in SET_UP_PAGES:
            return _refuse_second_set_up(request)
        if not getattr(view, "login_required", True):
            if not name.startswith(("account_", "mfa_")):
                request.user = AnonymousUser()
            return None
        if HtmxDetails(request):
            return HttpResponseClientRedirect(reverse("mfa_index"))
        return redirect("mfa_index")


def _refuse_own_factor(request: HttpRequest) -> HttpResponse | None:
    """Keep who knows no password here from setting up a key: it would open the account past the provider.

    Nothing could be asked for first, so an unwatched screen would be enough to add one's own.
    """
    user = request.user
    if settings.DEMO or not isinstance(user, User):
        return None
    if user.has_usable_password() or is_mfa_enabled(user, SECOND_FACTORS):
        return None
    return error_pages.refuse(
        request,
        status=HTTPStatus.FORBIDDEN,
        title=gettext("Dit login ligger et andet sted"),
        sentences=[
            gettext(
                "Du logger ind hos en tjeneste, der selv beder dig om to trin. Derfor skal du ikke vælge noget her."
            ),
            gettext("Vil du også kunne logge ind uden den, så log ud, og vælg »Jeg har glemt min adgangskode«."),
        ],
    )


def _refuse_second_set_up(request: HttpRequest) -> HttpResponse | None:
    """Log out a password-only session whose account has got its second factor elsewhere: it may not add its own."""
    if not is_mfa_enabled(request.user, SECOND_FACTORS):
        return None
    logout(request)
    return redirect("account_login")
