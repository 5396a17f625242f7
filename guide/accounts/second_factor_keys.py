"""The secrets of second factors, re-sealed at a change of master keys by ``cases.operations.key_rotation``."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.utils.translation import gettext_lazy as _

from cases.crypto import encryption
from cases.operations import key_rotation
from guide.accounts.second_factor import SecondFactorAdapter, derived_key

SEALED_FIELDS = ("secret", "seed", "migrated_codes")
"""What django-allauth seals in an authenticator's data: a TOTP secret, the seed of recovery codes, older codes."""


class SecondFactors:
    """TOTP secrets and recovery codes; a security key has no secret here."""

    key = "second_factors"
    title = _("hemmeligheder til totrinslogin")

    def standing(self) -> key_rotation.KeyUsage:
        """Open every secret and count."""
        counts = {"first": 0, "older": 0, "lost": 0}
        for row in Authenticator.objects.order_by("pk"):
            if any(True for _token in _tokens(row.data)):
                counts[_needs(row.data)] += 1
        return key_rotation.KeyUsage(**counts)

    def rotate(self, limit: int) -> int:
        """Seal up to ``limit`` of them again under the first key, row by row under lock."""
        adapter, done = SecondFactorAdapter(), 0
        for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
            row = Authenticator.objects.select_for_update().get(pk=pk)
            if _needs(row.data) != "older":
                continue
            row.data = _changed(row.data, lambda token: adapter.encrypt(adapter.decrypt(token)))
            row.save(update_fields=["data"])
            done += 1
            if done == limit:
                break
        return done


def _tokens(data: dict[str, Any]) -> Iterator[str]:
    for name in SEALED_FIELDS:
        value = data.get(name)
        yield from value if isinstance(value, list) else [value] if value else []


def _needs(data: dict[str, Any]) -> str:
    """Which keys open all of it: "first" alone, an "older" one, or none that we have ("lost")."""
    ring, adapter = encryption.key_ring(), SecondFactorAdapter()
    first = Fernet(base64.urlsafe_b64encode(derived_key(ring.keys[ring.first])))
    needs = "first"
    for token in _tokens(data):
        if _opens(first.decrypt, token):
            continue
        if not _opens(adapter.decrypt, token):
            return "lost"
        needs = "older"
    return needs


def _opens(decrypt: Callable[[str], object], token: str) -> bool:
    try:
        decrypt(token)
    except InvalidToken:
        return False
    return True


def _changed(data: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    changed = dict(data)
    for name in SEALED_FIELDS:
        value = data.get(name)
        if value:
            changed[name] = [change(token) for token in value] if isinstance(value, list) else change(value)
    return changed


key_rotation.register(SecondFactors())
