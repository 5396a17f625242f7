"""Encryption: AES-256-GCM under a random data key per case, which is itself wrapped by a master key.

``HANDLEKORT_KEYS`` holds the master keys, ``id:base64key,id2:base64key2``: the first wraps, all unwrap. Rotating
therefore takes a new key in front and changes no entry. This protects a stolen database or backup, not a server that
somebody controls. Every ciphertext is bound to its context (case, seq, field) and cannot be decrypted under another.
"""

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

from cases.crypto.hash_chain import canonical_json

KEY_BYTES = 32
Sealed = bytes | memoryview
"""The value of a binary column: bytes on SQLite, a memoryview on PostgreSQL."""

_NONCE_BYTES = 12
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_DISTINCT_BYTES = 8
"""A random key has far more distinct bytes than this."""


class SealBroken(Exception):
    """A ciphertext was altered or moved, or its key is not in the key ring."""


@dataclass(frozen=True)
class KeyRing:
    """Master keys by id, the wrapping one first. Its repr shows no key."""

    keys: Mapping[str, bytes] = field(repr=False)

    @property
    def first(self) -> str:
        """Return the id of the key that wraps."""
        return next(iter(self.keys))


@lru_cache(maxsize=8)
def parse_key_ring(text: str) -> KeyRing:
    """Return the keys of ``id:base64key,…``. Raises ImproperlyConfigured for a missing, unnamed, short or weak key.

    The sentence says how to make a key; it never repeats a key, nor a name that may be one.
    """
    if not text.strip():
        raise _unusable("HANDLEKORT_KEYS is missing.")
    keys: dict[str, bytes] = {}
    for position, item in enumerate(text.split(","), start=1):
        key_id, _colon, encoded = item.strip().partition(":")
        is_name = _KEY_ID.fullmatch(key_id) is not None
        which = f"the key named {key_id!r}" if is_name else f"key number {position}"
        try:
            key = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not key_id or key_id in keys:
            raise _unusable("HANDLEKORT_KEYS needs a name of its own for each key: name:key,name2:key2.")
        if len(key) != KEY_BYTES:
            raise _unusable(f"HANDLEKORT_KEYS: {which} is not {KEY_BYTES} bytes in base64.")
        if len(set(key)) < _DISTINCT_BYTES:
            raise _unusable(f"HANDLEKORT_KEYS: {which} is too weak. Use {KEY_BYTES} random bytes.")
        if not is_name:
            raise _unusable(f"HANDLEKORT_KEYS: the name of {which} is not 1-32 letters, digits, - and _.")
        keys[key_id] = key
    return KeyRing(keys)


def _unusable(fault: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{fault} Set it to name:key; python -m cases.operations.make_key prints one.")


def key_ring() -> KeyRing:
    """Return the keys of the running process."""
    return parse_key_ring(settings.HANDLEKORT_KEYS)


def new_data_key() -> bytes:
    """Return a new random key for one case."""
    return secrets.token_bytes(KEY_BYTES)


def wrap(data_key: bytes, case_id: UUID) -> tuple[str, bytes]:
    """Return the id of the wrapping key, and the case's data key sealed under it."""
    ring = key_ring()
    return ring.first, seal(ring.keys[ring.first], data_key, "data key", str(case_id))


def unwrap(key_id: str, sealed_key: Sealed, case_id: UUID) -> bytes:
    """Return a case's data key. Raises SealBroken for a missing wrapping key or the sealed key of another case."""
    wrapping = key_ring().keys.get(key_id)
    if wrapping is None:
        raise SealBroken(f"key {key_id} is not in the key ring")
    return unseal(wrapping, sealed_key, "data key", str(case_id))


def seal(key: bytes, plain: bytes, *context: str | int) -> bytes:
    """Return nonce and ciphertext of ``plain``, bound to ``context``."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, canonical_json(list(context)))


def unseal(key: bytes, sealed: Sealed, *context: str | int) -> bytes:
    """Return what ``seal`` was given. Raises SealBroken when a byte, the key or the context differs."""
    sealed = bytes(sealed)
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], canonical_json(list(context)))
    except (InvalidTag, ValueError) as error:
        raise SealBroken("/".join(map(str, context))) from error


def seal_json(key: bytes, value: Any, *context: str | int) -> bytes:
    """Seal a JSON value."""
    return seal(key, canonical_json(value), *context)


def unseal_json(key: bytes, sealed: Sealed, *context: str | int) -> Any:
    """Unseal a JSON value. Raises SealBroken as ``unseal`` does."""
    return json.loads(unseal(key, sealed, *context))
