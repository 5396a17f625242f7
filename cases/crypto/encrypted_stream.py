"""A sealed stream: bytes in, chunks of AES-256-GCM out, that open in their order, to their end, or not at all.

The format, version 1, all numbers big-endian:

    magic     16 bytes   b"handlekort-bak-1"
    id        1 + n      length and ASCII of the id of the master key, from ``HANDLEKORT_KEYS``
    salt      32 bytes   random
    chunks    4 + n      length of the ciphertext, ciphertext with its tag

The key of the file is HKDF-SHA256 of the master key with the salt and the word ``handlekort backup 1``: no key is used
for two files, so a chunk's nonce is simply its number. Each chunk is bound to everything before the first chunk, to its
number, and to whether it is the last. A chunk that is altered, moved, doubled, missing or cut off does not open, and
nothing may follow the last. A leaf over ``vault``.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext_lazy as _

from cases.crypto import encryption

MAGIC = b"handlekort-bak-1"
CHUNK = 1 << 18
"""Bytes of plain text in one chunk."""

_SALT_BYTES = 32
_TAG_BYTES = 16
_LENGTH = struct.Struct(">I")
_NONCE = struct.Struct(">4xQ")
_PLACE = struct.Struct(">Q?")


class BackupUnreadable(Exception):
    """The file does not open; the text is a sentence for whoever tried."""


class NoBackup(BackupUnreadable):
    """The file is something else."""

    def __init__(self) -> None:
        super().__init__(_("Filen er ikke en sikkerhedskopi fra Handlekort, eller dens begyndelse er ødelagt."))


class KeyMissing(BackupUnreadable):
    """The key is not on the ring."""

    def __init__(self, key_id: str) -> None:
        sentence = _("Kopien er forseglet med nøglen »%(key)s«, og den er ikke i HANDLEKORT_KEYS.")
        super().__init__(sentence % {"key": key_id})


class Altered(BackupUnreadable):
    """A byte is not what it was, or the key of this id is another one."""

    def __init__(self) -> None:
        super().__init__(_("Kopien kan ikke åbnes: den er ændret eller beskadiget, eller nøglen er en anden."))


class CutOff(BackupUnreadable):
    """The end is missing."""

    def __init__(self) -> None:
        super().__init__(_("Kopien er ikke hel: slutningen mangler."))


class TooLong(BackupUnreadable):
    """Something follows the end."""

    def __init__(self) -> None:
        super().__init__(_("Kopien er ændret: der er lagt noget til efter slutningen."))


class StreamEncryptor:
    """Writes a sealed stream. ``finish`` has to be called, or the stream does not open."""

    def __init__(self, file: BinaryIO, chunk: int = CHUNK) -> None:
        ring = encryption.ring()
        key_id, salt = ring.first.encode("ascii"), secrets.token_bytes(_SALT_BYTES)
        self._head = MAGIC + bytes([len(key_id)]) + key_id + salt
        self._cipher = _cipher(ring.keys[ring.first], salt)
        self._file, self._chunk, self._number = file, chunk, 0
        self._waiting = bytearray()
        file.write(self._head)

    def write(self, plain: bytes) -> None:
        """Take in more plain text."""
        self._waiting += plain
        while len(self._waiting) > self._chunk:
            self._put(bytes(self._waiting[: self._chunk]), last=False)
            del self._waiting[: self._chunk]

    def finish(self) -> None:
        """Seal what waits as the last chunk."""
        self._put(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _put(self, plain: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_NONCE.pack(self._number), plain, self._head + _PLACE.pack(self._number, last))
        self._file.write(_LENGTH.pack(len(sealed)) + sealed)
        self._number += 1


def decrypt_stream(file: BinaryIO, chunk: int = CHUNK) -> Iterator[bytes]:
    """The plain text, a chunk at a time, each opened before it is handed out. Raises BoxBroken, at the end at latest.

    Nothing that came before is to be relied upon until the iteration has ended.
    """
    head, cipher = _open_head(file)
    number, last = 0, False
    while not last:
        length = _LENGTH.unpack(_exactly(file, _LENGTH.size))[0]
        if not _TAG_BYTES <= length <= chunk + _TAG_BYTES:
            raise Altered
        sealed = _exactly(file, length)
        plain, last = _open_chunk(cipher, head, number, sealed)
        number += 1
        yield plain
    if file.read(1):
        raise TooLong


def _open_chunk(cipher: AESGCM, head: bytes, number: int, sealed: bytes) -> tuple[bytes, bool]:
    """The plain text of a chunk, and whether it is the last: that is not written anywhere, only one of both opens."""
    for last in (False, True):
        try:
            return cipher.decrypt(_NONCE.pack(number), sealed, head + _PLACE.pack(number, last)), last
        except InvalidTag:
            continue
    raise Altered


def _open_head(file: BinaryIO) -> tuple[bytes, AESGCM]:
    start = file.read(len(MAGIC) + 1)
    if start[:-1] != MAGIC:
        raise NoBackup
    key_id, salt = _exactly(file, start[-1]), _exactly(file, _SALT_BYTES)
    master = encryption.ring().keys.get(key_id.decode("ascii", errors="replace"))
    if master is None:
        raise KeyMissing(key_id.decode("ascii", errors="replace"))
    return start + key_id + salt, _cipher(master, salt)


def _cipher(master: bytes, salt: bytes) -> AESGCM:
    key = HKDF(hashes.SHA256(), length=encryption.KEY_BYTES, salt=salt, info=b"handlekort backup 1").derive(master)
    return AESGCM(key)


def _exactly(file: BinaryIO, length: int) -> bytes:
    found = file.read(length)
    if len(found) < length:
        raise CutOff
    return found
