"""The second factor: encrypted secrets, single-use codes, and the mark of a session that has shown one."""

import base64
from copy import copy
from typing import Any, Final

from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as second_factor_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_used
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.cache import cache
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from cases.access import access_macs
from cases.models import User
from guide.accounts import guess_limits
from guide.accounts.known_devices import remember_device

SECOND_FACTOR_MARK: Final = "second_factor"
DEMO_MARK: Final = "demo_login"
SECOND_FACTORS: Final = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class SecondFactorAdapter(DefaultMFAAdapter):
    """allauth's second factor, with its secrets encrypted under keys derived from the master keys."""

    def encrypt(self, text: str) -> str:
        """Return the secret encrypted under the first key."""
        return _second_factor_keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret. Raises InvalidToken when no key of the ring decrypts it."""
        return _second_factor_keys().decrypt(encrypted_text.encode()).decode()


def _second_factor_keys() -> MultiFernet:
    masters = [base64.b64decode(entry.partition(":")[2]) for entry in settings.HANDLEKORT_KEYS.split(",")]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(derived_key(master))) for master in masters])


def derived_key(master: bytes) -> bytes:
    """Return the 32-byte key for second factors, derived from a master key, which itself wraps data keys only."""
    return HKDF(hashes.SHA256(), length=32, salt=None, info=b"handlekort second factor").derive(master)


class SingleUseCode:
    """A form for a code of the second factor that is accepted once.

    allauth remembers a used code for one period, but its tolerance accepts a code for longer. The used code is stored
    by one database statement, so of two requests with the same code one is refused.

    Wrong codes are counted here: allauth resets its counts at every right code, so the owner of one account could guess
    those of others without limit.
    """

    user: User

    def clean_code(self) -> str:
        """Return the code. Raises ValidationError for a wrong or used one."""
        typed = normalize_user_code(self.cleaned_data["code"])  # type: ignore[attr-defined]  # a form's
        mark = salted_hmac("handlekort.second_factor.spent", f"{self.user.pk} {typed}").hexdigest()
        if cache.get(mark) is not None:
            raise SecondFactorAdapter().validation_error("incorrect_code")
        tried = guess_limits.count(context.request, "code", self.user.email)
        if not tried:
            raise guess_limits.refuse_too_often()
        code: str = super().clean_code()  # type: ignore[misc]  # a method of the form that this is mixed into
        if not cache.add(mark, True, timeout=_code_lifetime()):
            raise SecondFactorAdapter().validation_error("incorrect_code")
        tried.rollback()
        return code


class CodeForm(SingleUseCode, AuthenticateForm):
    """The code at login."""


class CodeAgainForm(SingleUseCode, ReauthenticateForm):
    """The code for a page that asks for it again."""


class FirstCodeForm(SingleUseCode, ActivateTOTPForm):
    """The code of a new phone."""


def _code_lifetime() -> int:
    """Return for how many seconds a phone's code is accepted, tolerance on both sides included."""
    return int(second_factor_settings.TOTP_PERIOD * (2 * second_factor_settings.TOTP_TOLERANCE + 1))


@receiver(authenticator_used)
@receiver(authenticator_added)
def mark_second_factor(request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any) -> None:
    """Mark the session as one that has shown, or has just set up, a second factor.

    The mark belongs to the session, not the account: when the owner sets up a phone in another browser, a session
    opened with a stolen password must not gain access. Raises AccessChanged for a locked account.
    """
    used = copy(authenticator)
    if used.type == Authenticator.Type.RECOVERY_CODES:
        # The code has been marked as used since the row was read: what is stored of that is checked with the rest.
        stored = Authenticator.objects.filter(pk=used.pk).values_list("data__used_mask", flat=True).first()
        used.data = {**used.data, "used_mask": stored}
    access_macs.require_login_genuine(user, used)
    request.session[SECOND_FACTOR_MARK] = str(user.pk)
    remember_device(request, user)


@receiver(authenticator_removed)
def unmark_second_factor(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Remove the mark when the account's last second factor is removed."""
    if not is_mfa_enabled(user, SECOND_FACTORS):
        request.session.pop(SECOND_FACTOR_MARK, None)


def has_second_factor(request: HttpRequest) -> bool:
    """Return whether the user has shown a second factor in this session, or it is a demo login."""
    if settings.DEMO and request.session.get(DEMO_MARK):
        return True
    return bool(request.user.is_authenticated) and request.session.get(SECOND_FACTOR_MARK) == str(request.user.pk)
