"""Login: django-allauth without sign-up, and never with a password alone."""

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
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation, ValidationError
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from cases.access import access_macs, audit_log
from cases.access.access_macs import AccessChanged
from cases.enums import AuditVerb
from cases.models import User
from guide.accounts import guess_limits
from guide.accounts.access_lock import genuine_addresses
from guide.accounts.carried_answers import ask_to_log_in
from guide.accounts.second_factor import SECOND_FACTORS, has_second_factor
from guide.web import error_pages
from guide.web.middleware import Middleware
from guide.web.redirects import is_local_path

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# The pages for a session with a password only, besides public ones: set-up of the second factor, and logout.
SET_UP_PAGES: Final = frozenset(
    {
        "mfa_index", "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn", "account_reauthenticate",
        "account_logout",
    }
)  # fmt: skip
# Pages where users add a login method of their own, besides single sign-on.
SELF_SERVICE_MFA_PAGES: Final = frozenset(
    {"mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes", "mfa_view_recovery_codes"}
)


class AccountAdapter(DefaultAccountAdapter):
    """allauth's account rules without sign-up: an administrator creates accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that is counted, an IPv6 one as its network.

        Raises PermissionDenied for none, SuspiciousOperation for a request that came past one of the proxies.
        """
        try:
            return guess_limits.network(super().get_client_ip(request))
        except ImproperlyConfigured as error:
            raise SuspiciousOperation("fewer addresses in X-Forwarded-For than trusted proxies") from error

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt; allauth takes it back for a right password. Raises ValidationError at the limit."""
        self._login_failed_rl_usage = guess_limits.count(request, "password", credentials.get("email", ""))
        if not self._login_failed_rl_usage:
            raise guess_limits.refuse_too_often()

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return the user, or None also for an inactive account. Raises ValidationError for a locked one."""
        try:
            user: User | None = super().authenticate(request, **credentials)
            if user is None or not user.is_active:
                return None
            access_macs.require_login_genuine(user)
        except AccessChanged as refusal:
            audit_log.commit_event(AuditVerb.LOGIN_FAILED, by=refusal.user, detail=access_macs.LOCKED)
            raise ValidationError(access_macs.ACCOUNT_LOCKED) from refusal
        return user

    def set_password(self, user: User, password: str) -> None:
        """Save the new password and its audit event, or neither. Raises AccessChanged for a locked account."""
        access_macs.require_login_genuine(user)
        with transaction.atomic():
            # Not allauth's, which saves the whole row: an account may have been closed meanwhile.
            user.set_password(password)
            user.save(update_fields=["password"])
            audit_log.write_event(AuditVerb.LOGIN_CHANGED, by=user, detail="password")

    def is_safe_url(self, url: str | None) -> bool:
        """Return whether the address is a path on this site; allauth's own check raises for `https://[`."""
        return is_local_path(url)


class ResetForm(ResetPasswordForm):
    """allauth's form behind "I forgot my password", with the same response time for all addresses."""

    users: list[User]

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send a mail to the account, if there is one that is not locked, in the background (background_mail.py).

        One mail in half an hour: its link is good for twice as long, so a stranger who asks keeps nobody from one.
        """
        until = time.monotonic() + settings.PASSWORD_RESET_SECONDS
        asked = [user for user in self.users if not _is_locked(user, self.cleaned_data["email"])]
        every = settings.PASSWORD_RESET_TIMEOUT / 2
        self.users = [user for user in asked if cache.add(f"reset mail {user.pk}", 1, every)]
        email: str = super().save(request, **kwargs)
        time.sleep(max(0.0, until - time.monotonic()))
        return email


def _is_locked(user: User, address: str) -> bool:
    """Return whether the account's row or login methods, the address included, are not the product's; log that."""
    try:
        access_macs.require_login_genuine(user)
    except AccessChanged:
        is_locked = True
    else:
        is_locked = address.lower() not in genuine_addresses(user)
    if is_locked:
        audit_log.commit_event(AuditVerb.DENIED, by=user, detail=access_macs.LOCKED)
    return is_locked


@receiver(login_completed)
def log_login(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Write the login to the access log; without the event the login fails."""
    with transaction.atomic():
        audit_log.write_event(AuditVerb.LOGIN, by=user)


@receiver(user_login_failed)
def log_wrong_password(request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Log a failed login without a user: the address may be a typing error, or a password in the wrong field."""
    with transaction.atomic():
        audit_log.write_event(AuditVerb.LOGIN_FAILED, by=None, detail="password")


@receiver(second_factor_failed)
def log_wrong_code(user: User, **kwargs: Any) -> None:
    """Log that somebody knew the password of this account and failed at its second factor."""
    with transaction.atomic():
        audit_log.write_event(AuditVerb.LOGIN_FAILED, by=user, detail="second_factor")


class LoginRequired(LoginRequiredMiddleware):
    """Every view requires login unless it is marked `login_not_required`; typed text is kept."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponse:  # type: ignore[override]
        """Redirect to the login page; for a sent form return a page with its text."""
        if request.method not in _SAFE_METHODS:
            return ask_to_log_in(request) or error_pages.signed_out(request)
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


class SecondFactorRequired(Middleware):
    """Redirects a session with a password only to the page that sets up the second factor."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Return the redirect, or None to continue; public pages treat such a session as anonymous."""
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
    """Refuse a second factor to a user without a password here: it would allow login without the provider.

    The user could not be asked for anything first, so anybody at an unattended screen could add one.
    """
    user = request.user
    if settings.DEMO or not isinstance(user, User):
        return None
    if user.has_usable_password() or is_mfa_enabled(user, SECOND_FACTORS):
        return None
    return error_pages.refuse(
        request,
        status=HTTPStatus.FORBIDDEN,
        title=gettext("Du logger ind hos en anden tjeneste"),
        sentences=[
            gettext(
                "Du logger ind hos en tjeneste, der selv beder dig om to trin. Derfor skal du ikke vælge noget her."
            ),
            gettext("Vil du også kunne logge ind uden den, så log ud, og vælg »Jeg har glemt min adgangskode«."),
        ],
    )


def _refuse_second_set_up(request: HttpRequest) -> HttpResponse | None:
    """Log out a password-only session whose account has a second factor by now: it may not add another."""
    if not is_mfa_enabled(request.user, SECOND_FACTORS):
        return None
    logout(request)
    return redirect("account_login")
