"""Sealing: AES-256-GCM under a random key per case, which is itself wrapped by a key from the environment.

``HANDLEKORT_KEYS`` is a ring, ``id:base64key,id2:base64key2``: the first key wraps, all of them unwrap. A new key in
front is therefore enough to rotate, and no entry is touched. This protects a stolen database or backup, not a
taken-over server. Every ciphertext is bound to its place (case, seq, field): moved elsewhere, it does not open. A leaf.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from cases.crypto.hash_chain import canonical_json

KEY_BYTES = 32
Sealed = bytes | memoryview
"""What a binary column gives back: bytes, or a view of them, as the engine likes."""

_NONCE_BYTES = 12
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_HOW = _(
    "Lav en nøgle med »python -m cases.operations.make_key«, og sæt den i miljøet som HANDLEKORT_KEYS, "
    "før Handlekort startes."
)


class KeysUnusable(ImproperlyConfigured):
    """The key ring is missing or malformed; the text says so in plain words, and how to make one."""


class SealBroken(Exception):
    """A ciphertext was altered, stands in a wrong place, or belongs to a key that is not on the ring."""


@dataclass(frozen=True)
class KeyRing:
    """The keys of the environment by id, the wrapping one first. Its repr shows no key."""

    keys: Mapping[str, bytes] = field(repr=False)

    @property
    def first(self) -> str:
        """The id of the key that wraps."""
        return next(iter(self.keys))


@lru_cache(maxsize=8)
def read_ring(text: str) -> KeyRing:
    """Read ``id:base64key,…``. Raises KeysUnusable with a sentence; the sentence never repeats a key."""
    if not text.strip():
        raise KeysUnusable(f"{_('HANDLEKORT_KEYS mangler.')} {_HOW}")
    keys: dict[str, bytes] = {}
    for position, item in enumerate(text.split(","), start=1):
        key_id, _colon, encoded = item.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not _KEY_ID.fullmatch(key_id) or len(key) != KEY_BYTES or key_id in keys:
            wrong = _("Nøgle nummer %(position)d i HANDLEKORT_KEYS er ikke til at læse, eller dens navn går igen.")
            raise KeysUnusable(f"{wrong % {'position': position}} {_HOW}")
        keys[key_id] = key
    return KeyRing(keys)


def ring() -> KeyRing:
    """The ring of the running process."""
    return read_ring(settings.HANDLEKORT_KEYS)


def new_data_key() -> bytes:
    """A fresh random key for one case."""
    return secrets.token_bytes(KEY_BYTES)


def wrap(data_key: bytes, case_id: UUID) -> tuple[str, bytes]:
    """Seal a case's data key for storing: the id of the wrapping key, and the sealed key."""
    keys = ring()
    return keys.first, seal(keys.keys[keys.first], data_key, "data key", str(case_id))


def unwrap(key_id: str, sealed_key: Sealed, case_id: UUID) -> bytes:
    """The data key of a case. Raises SealBroken when the ring lacks its wrapping key or the sealed key is another's."""
    wrapping = ring().keys.get(key_id)
    if wrapping is None:
        raise SealBroken(f"key {key_id} is not on the ring")
    return unseal(wrapping, sealed_key, "data key", str(case_id))


def seal(key: bytes, plain: bytes, *place: str | int) -> bytes:
    """Nonce and ciphertext of ``plain``, bound to its place."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, canonical_json(list(place)))


def unseal(key: bytes, sealed: Sealed, *place: str | int) -> bytes:
    """What ``seal`` was given. Raises SealBroken when anything differs: a byte, the key, the place."""
    sealed = bytes(sealed)
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], canonical_json(list(place)))
    except (InvalidTag, ValueError) as error:
        raise SealBroken("/".join(map(str, place))) from error


def seal_json(key: bytes, value: Any, *place: str | int) -> bytes:
    """As ``seal``, for plain JSON."""
    return seal(key, canonical_json(value), *place)


def unseal_json(key: bytes, sealed: Sealed, *place: str | int) -> Any:
    """As ``unseal``, for plain JSON."""
    return json.loads(unseal(key, sealed, *place))
