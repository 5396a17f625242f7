"""The secrets of second factors, encrypted again by ``cases.operations.key_rotation`` when the master key changes."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.utils.translation import gettext_lazy as _

from cases.access.access_macs import AccessChanged
from cases.crypto import encryption
from cases.operations import key_rotation
from guide.accounts.second_factor import SecondFactorAdapter, derived_key

SEALED_FIELDS = ("secret", "seed", "migrated_codes")
"""What django-allauth encrypts in an authenticator's data: a TOTP secret, the seed of recovery codes, older codes."""


class SecondFactors:
    """TOTP secrets and recovery codes; a security key has no secret here."""

    key = "second_factors"
    title = _("hemmeligheder til totrinslogin")

    def usage(self) -> key_rotation.KeyUsage:
        """Decrypt every secret and count by key."""
        counts = {"first": 0, "older": 0, "lost": 0}
        for row in Authenticator.objects.order_by("pk"):
            if any(True for _token in _tokens(row.data)):
                counts[_needed_key(row.data)] += 1
        return key_rotation.KeyUsage(**counts)

    def rotate(self, limit: int) -> int:
        """Encrypt up to ``limit`` of them again under the first key, row by row under lock; skip locked accounts."""
        adapter, done = SecondFactorAdapter(), 0
        for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
            row = Authenticator.objects.select_for_update().get(pk=pk)
            if _needed_key(row.data) != "older":
                continue
            row.data = _with_tokens(row.data, lambda token: adapter.encrypt(adapter.decrypt(token)))
            try:
                row.save(update_fields=["data"])
            except AccessChanged:
                continue
            done += 1
            if done == limit:
                break
        return done


def _tokens(data: dict[str, Any]) -> Iterator[str]:
    for name in SEALED_FIELDS:
        value = data.get(name)
        yield from value if isinstance(value, list) else [value] if value else []


def _needed_key(data: dict[str, Any]) -> str:
    """Return the key that the tokens need: "first", "older", or "lost" when none in the ring decrypts them."""
    ring, adapter = encryption.key_ring(), SecondFactorAdapter()
    first = Fernet(base64.urlsafe_b64encode(derived_key(ring.keys[ring.first])))
    needs = "first"
    for token in _tokens(data):
        if _decrypts(first.decrypt, token):
            continue
        if not _decrypts(adapter.decrypt, token):
            return "lost"
        needs = "older"
    return needs


def _decrypts(decrypt: Callable[[str], object], token: str) -> bool:
    try:
        decrypt(token)
    except InvalidToken:
        return False
    return True


def _with_tokens(data: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    changed = dict(data)
    for name in SEALED_FIELDS:
        value = data.get(name)
        if value:
            changed[name] = [change(token) for token in value] if isinstance(value, list) else change(value)
    return changed


key_rotation.register_owner(SecondFactors())
