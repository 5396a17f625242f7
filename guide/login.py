"""Who gets in: django-allauth without sign-up, a second factor for everybody, and the admin behind both."""

import base64
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ResetPasswordForm
from allauth.account.signals import user_logged_in as login_completed
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as second_factor_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed as second_factor_failed
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_used
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect

from cases import audit
from cases.access import turn_away
from cases.audited_admin import AuditedAdmin
from cases.models import User
from cases.vocabulary import AuditVerb, Role
from guide import refusals

SECOND_FACTOR_MARK: Final = "second_factor"
DEMO_MARK: Final = "demo_login"
SECOND_FACTORS: Final = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
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
OWN_FACTOR_PAGES: Final = frozenset(
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
            audit.write(AuditVerb.LOGIN_CHANGED, by=user, detail="password")

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


class SecondFactorAdapter(DefaultMFAAdapter):
    """allauth's second factor, with its secrets sealed under keys derived from the master keys of the environment."""

    def encrypt(self, text: str) -> str:
        """Return the secret sealed under the first key."""
        return _second_factor_keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret; raises InvalidToken when no key of the ring fits."""
        return _second_factor_keys().decrypt(encrypted_text.encode()).decode()


def _second_factor_keys() -> MultiFernet:
    masters = [base64.b64decode(entry.partition(":")[2]) for entry in settings.HANDLEKORT_KEYS.split(",")]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(derived_key(master))) for master in masters])


def derived_key(master: bytes) -> bytes:
    """The key of 32 bytes that seals second factors, from a master key; a master key itself seals only case keys."""
    return HKDF(hashes.SHA256(), length=32, salt=None, info=b"handlekort second factor").derive(master)


class SpentOnce:
    """A form for a code of the second factor, each of which counts once.

    allauth forgets a used code after one period, but with a tolerance the phone's code is good for longer than that.
    The mark is added in one step of the database, so that of two who send the same code at once one is refused.

    Wrong codes are counted by address here as well: allauth forgets its own count of an address at every right code, so
    that who has an account could guess at others' without end.
    """

    user: User

    def clean_code(self) -> str:
        """Return the code; raises ValidationError for one that is wrong or was used before."""
        typed = normalize_user_code(self.cleaned_data["code"])  # type: ignore[attr-defined]  # a form's
        mark = salted_hmac("handlekort.second_factor.spent", f"{self.user.pk} {typed}").hexdigest()
        if cache.get(mark) is not None:
            raise SecondFactorAdapter().validation_error("incorrect_code")
        tried = ratelimit.consume(context.request, app="allauth.account", action="wrong_code")
        if not tried:
            raise AccountAdapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()  # type: ignore[misc]  # of the form beside which this stands
        if not cache.add(mark, True, timeout=_code_lifetime()):
            raise SecondFactorAdapter().validation_error("incorrect_code")
        tried.rollback()
        return code


class CodeForm(SpentOnce, AuthenticateForm):
    """The code at login."""


class CodeAgainForm(SpentOnce, ReauthenticateForm):
    """The code before something that asks for it once more."""


class FirstCodeForm(SpentOnce, ActivateTOTPForm):
    """The code that proves a new phone."""


def _code_lifetime() -> int:
    """Return for how many seconds a phone's code is taken, the tolerance on both sides included."""
    return int(second_factor_settings.TOTP_PERIOD * (2 * second_factor_settings.TOTP_TOLERANCE + 1))


@receiver(authenticator_used)
@receiver(authenticator_added)
def mark_second_factor(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Note in the session that this very session gave, or has just set up, a second factor.

    The mark is the session's, not the account's: a stolen password must not become enough the moment its owner sets up
    a phone in another browser.
    """
    request.session[SECOND_FACTOR_MARK] = str(user.pk)


@receiver(authenticator_removed)
def unmark_second_factor(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Take the mark back when the account's last second factor is gone."""
    if not is_mfa_enabled(user, SECOND_FACTORS):
        request.session.pop(SECOND_FACTOR_MARK, None)


@receiver(login_completed)
def log_login(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Write the login to the access log; when that fails, so does the login."""
    with transaction.atomic():
        audit.write(AuditVerb.LOGIN, by=user)


@receiver(user_login_failed)
def log_wrong_password(request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Write that a login failed. Nobody is named: the address given may be a slip, or a password in the wrong field."""
    with transaction.atomic():
        audit.write(AuditVerb.LOGIN_FAILED, by=None, detail="password")


@receiver(second_factor_failed)
def log_wrong_code(user: User, **kwargs: Any) -> None:
    """Write that somebody knew the password of this account and failed at its second factor."""
    with transaction.atomic():
        audit.write(AuditVerb.LOGIN_FAILED, by=user, detail="second_factor")


def has_second_factor(request: HttpRequest) -> bool:
    """Return True when this session belongs to a user who has shown a second factor in it, or is a demo login."""
    if settings.DEMO and request.session.get(DEMO_MARK):
        return True
    return bool(request.user.is_authenticated) and request.session.get(SECOND_FACTOR_MARK) == str(request.user.pk)


class LoginRequired(LoginRequiredMiddleware):
    """Every view asks for login unless it is marked `login_not_required`. What was typed is not lost on the way."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponse:  # type: ignore[override]
        """Return the way to the login page, or for a sent form a page that keeps its text."""
        if request.method not in _SAFE_METHODS:
            return refusals.signed_out(request)
        if request.headers.get("HX-Request") == "true":
            return HttpResponseClientRedirect(redirect_to_login(_page_behind(request)).url)
        return super().handle_no_permission(request, view_func)


def _page_behind(request: HttpRequest) -> str:
    """Return the path of the page that sent this htmx request: its own path is only a fragment's."""
    current = request.headers.get("HX-Current-URL", "")
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
            return _refuse_own_factor(request) if name in OWN_FACTOR_PAGES else None
        if name in SET_UP_PAGES:
            return _refuse_second_set_up(request)
        if not getattr(view, "login_required", True):
            if not name.startswith(("account_", "mfa_")):
                request.user = AnonymousUser()
            return None
        if request.headers.get("HX-Request") == "true":
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
    return refusals.refuse(
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


class SecondFactorAdmin(AuditedAdmin):
    """Lets an administrator take away a lost phone or key, and nothing else; secrets are not shown."""

    list_display = ("user", "type", "created_at", "last_used_at")
    fields = ("user", "type", "created_at", "last_used_at")
    readonly_fields = fields

    def row_key(self, obj: Authenticator) -> str:
        """Whose it was, and of which kind."""
        return f"{obj.user.public_id}:{obj.type}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: a second factor is set up by its owner."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        """Return False: there is nothing to change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        """Return False for one's own: the account's own pages take it away, and ask who it is first."""
        return not _is_own(request, obj) and super().has_delete_permission(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Authenticator | None = None) -> Any:
        """Return the fields; on one's own with a sentence that says where it is taken away."""
        shown: dict[str, Any] = {"fields": self.fields}
        if _is_own(request, obj):
            shown["description"] = _("Det er dit eget totrinslogin. Du fjerner det på din egen kontoside, ikke her.")
        return [(None, shown)]


def _is_own(request: HttpRequest, authenticator: Authenticator | None) -> bool:
    return authenticator is not None and authenticator.user_id == request.user.pk


class AdministrationSite(AdminSite):
    """Django's admin: behind the product's own login and second factor, for the role administrator only."""

    site_title = _("Handlekort")
    site_header = _("Handlekort: administration")
    index_title = _("Administration")
    # What an administrator looks after. Groups, mail addresses of the login and the like stay out of reach.
    looked_after: Final = frozenset({"guide", "cases", "mfa"})

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register only what an administrator looks after."""
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        for model in models:
            if model._meta.app_label in self.looked_after:
                super().register(model, SecondFactorAdmin if model is Authenticator else admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Return True for an active administrator who has shown a second factor in this session."""
        user = request.user
        return bool(user.is_active and getattr(user, "role", "") == Role.ADMINISTRATOR and has_second_factor(request))

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send strangers to the product's login; the admin has no form of its own, so its limits hold here too."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(wanted, None) or not wanted.startswith(reverse("admin:index")):
            wanted = reverse("admin:index")
        if self.has_permission(request):
            return redirect(wanted)
        if request.user.is_authenticated:
            turn_away(request.user)
            raise PermissionDenied
        return redirect_to_login(wanted)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseRedirect:
        """Send to the product's own page for it."""
        return redirect("account_change_password")
