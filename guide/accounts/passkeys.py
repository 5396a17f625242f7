"""The forms for passkeys. A malformed credential is refused like a wrong one and never raises another error.

allauth hands what was sent to fido2, which expects a browser's answer: it raises whatever comes of reading anything
else, and at login anybody can send it.
"""

import json
import struct
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _

from cases.models import User
from cases.text.form_fields import FreeTextField
from guide.accounts import guess_limits

MAX_CREDENTIAL_LENGTH: Final = 65_536
"""Characters of a credential. A real one has a few thousand; reading one takes time by the square of its length."""

NAME_LENGTH: Final = 100

# What json, fido2 and cryptography raise for malformed credentials. None is a database error.
_BROKEN: Final = (
    ArithmeticError, AssertionError, AttributeError, InvalidSignature, LookupError, NotImplementedError,
    RecursionError, TypeError, UnsupportedAlgorithm, ValueError, struct.error,
)  # fmt: skip

_NOT_APPROVED = _("Adgangsnøglen blev ikke godkendt. Prøv igen.")


def wrong() -> ValidationError:
    """Return the error for a key that is not accepted; allauth's own names a code."""
    return ValidationError(_NOT_APPROVED, "incorrect_code")


def reject_unreadable(read: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a method that reads a credential: a malformed one raises the ValidationError of a wrong one."""

    @wraps(read)
    def reading(*args: Any, **kwargs: Any) -> Any:
        try:
            return read(*args, **kwargs)
        except ValidationError as refusal:
            if refusal.code != "incorrect_code":
                raise
            raise wrong() from refusal
        except _BROKEN as fault:
            raise wrong() from fault

    return reading


class Credential(forms.JSONField):
    """A browser's response as a JSON object of bounded size, with text that every database can store."""

    widget = forms.HiddenInput
    default_error_messages = {"required": _NOT_APPROVED}

    @reject_unreadable
    def to_python(self, value: Any) -> Any:
        """Return the object. Raises ValidationError for anything else."""
        if value in self.empty_values:
            return None
        found = json.loads(value) if len(value) <= MAX_CREDENTIAL_LENGTH else None
        # As it would be stored: PostgreSQL refuses NUL, lone surrogates, NaN and infinity.
        kept = json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
        if not isinstance(found, dict) or rb"\u0000" in kept:
            raise wrong()
        return found

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return None: a response is accepted once, and the page asks for a new one."""
        return InvalidJSONInput("")


class _Reads(forms.Form):
    """A form for the credential of a key."""

    credential = Credential()
    user: User | None

    @reject_unreadable
    def clean_credential(self) -> Authenticator:
        """Return the key. Raises ValidationError for a wrong credential, and for too many at one account."""
        tried = guess_limits.count(context.request, "code", self.user.email) if self.user else None
        if self.user and not tried:
            raise guess_limits.refuse_too_often()
        key: Authenticator = super().clean_credential()  # type: ignore[misc]  # a method of the form it is mixed into
        if tried:
            tried.rollback()
        return key


class KeyForm(_Reads, AuthenticateWebAuthnForm):
    """The key as the second factor."""


class KeyLoginForm(_Reads, LoginWebAuthnForm):
    """The key instead of address and password."""


class KeyAgainForm(_Reads, ReauthenticateWebAuthnForm):
    """The key for a page that asks for it again."""


class NewKeyForm(AddWebAuthnForm):
    """A new key, which must be readable: the pages that list keys read all of them."""

    name = FreeTextField(label=_("Navn"), required=False, max_length=NAME_LENGTH)
    credential = Credential()

    @reject_unreadable
    def clean(self) -> dict[str, Any]:
        """Return name and credential. Raises ValidationError for a credential without a usable key."""
        data: dict[str, Any] = super().clean()
        if data.get("credential"):
            kept = WebAuthn(Authenticator(data={"credential": data["credential"]}))
            if kept.is_passwordless not in (True, False, None):
                raise wrong()
        return data


class KeyNameForm(EditWebAuthnForm):
    """Another name for a key, without a CPR number."""

    name = FreeTextField(label=_("Navn"), max_length=NAME_LENGTH)
