"""An encrypted stream: chunks of AES-256-GCM that can be read in their order and to their end only.

The format, version 1, all numbers big-endian:

    magic     16 bytes   b"handlekort-bak-1"
    id        1 + n      length and ASCII of the id of the master key in ``HANDLEKORT_KEYS``
    salt      32 bytes   random
    chunks    4 + n      length of the ciphertext, ciphertext with its tag

The key of the file is HKDF-SHA256 of the master key with the salt and the info ``handlekort backup 1``. No key is used
for two files, so a chunk's nonce is its number. Each chunk is bound to the header, to its number, and to whether it is
the last: reading fails when one is altered, moved, doubled, missing or cut off, and when anything follows the last.
"""

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
_CONTEXT = struct.Struct(">Q?")


class BackupUnreadable(Exception):
    """The file cannot be decrypted; the text is a sentence for the person who tried."""


class NoBackup(BackupUnreadable):
    """The file does not begin as a backup does."""


class KeyMissing(BackupUnreadable):
    """The file's master key is not in the key ring."""

    def __init__(self, key_id: str) -> None:
        sentence = _("Kopien er forseglet med nøglen »%(key)s«, og den er ikke i HANDLEKORT_KEYS.")
        super().__init__(sentence % {"key": key_id})


class Altered(BackupUnreadable):
    """A byte was changed, or the key ring holds another key under this id."""

    def __init__(self) -> None:
        super().__init__(_("Kopien kan ikke åbnes: den er ændret eller beskadiget, eller nøglen er en anden."))


class CutOff(BackupUnreadable):
    """The file ends before its last chunk."""


class TooLong(BackupUnreadable):
    """Bytes follow the last chunk."""


class StreamEncryptor:
    """Writes an encrypted stream. Without a call of ``finish`` it cannot be read."""

    def __init__(self, file: BinaryIO, chunk: int = CHUNK) -> None:
        ring = encryption.key_ring()
        key_id, salt = ring.first.encode("ascii"), secrets.token_bytes(_SALT_BYTES)
        self._header = MAGIC + bytes([len(key_id)]) + key_id + salt
        self._cipher = _cipher(ring.keys[ring.first], salt)
        self._file, self._chunk, self._number = file, chunk, 0
        self._buffer = bytearray()
        file.write(self._header)

    def write(self, plain: bytes) -> None:
        """Add plain text."""
        self._buffer += plain
        while len(self._buffer) > self._chunk:
            self._write_chunk(bytes(self._buffer[: self._chunk]), last=False)
            del self._buffer[: self._chunk]

    def finish(self) -> None:
        """Write the rest as the last chunk."""
        self._write_chunk(bytes(self._buffer), last=True)
        self._buffer.clear()

    def _write_chunk(self, plain: bytes, *, last: bool) -> None:
        context = self._header + _CONTEXT.pack(self._number, last)
        sealed = self._cipher.encrypt(_NONCE.pack(self._number), plain, context)
        self._file.write(_LENGTH.pack(len(sealed)) + sealed)
        self._number += 1


def decrypt_stream(file: BinaryIO, chunk: int = CHUNK) -> Iterator[bytes]:
    """Yield the plain text chunk by chunk. Raises BackupUnreadable, at the last chunk at the latest.

    The text is the whole of what was written only when the iteration has ended.
    """
    header, cipher = _read_header(file)
    number, last = 0, False
    while not last:
        length = _LENGTH.unpack(_read_exactly(file, _LENGTH.size))[0]
        if not _TAG_BYTES <= length <= chunk + _TAG_BYTES:
            raise Altered
        sealed = _read_exactly(file, length)
        plain, last = _open_chunk(cipher, header, number, sealed)
        number += 1
        yield plain
    if file.read(1):
        raise TooLong(_("Kopien er ændret: der er lagt noget til efter slutningen."))


def _open_chunk(cipher: AESGCM, header: bytes, number: int, sealed: bytes) -> tuple[bytes, bool]:
    """Return the plain text of a chunk and whether it is the last, which only its context says. Raises Altered."""
    for last in (False, True):
        try:
            return cipher.decrypt(_NONCE.pack(number), sealed, header + _CONTEXT.pack(number, last)), last
        except InvalidTag:
            continue
    raise Altered


def _read_header(file: BinaryIO) -> tuple[bytes, AESGCM]:
    start = file.read(len(MAGIC) + 1)
    if start[:-1] != MAGIC:
        raise NoBackup(_("Filen er ikke en sikkerhedskopi fra Handlekort, eller dens begyndelse er ødelagt."))
    key_id, salt = _read_exactly(file, start[-1]), _read_exactly(file, _SALT_BYTES)
    master = encryption.key_ring().keys.get(key_id.decode("ascii", errors="replace"))
    if master is None:
        raise KeyMissing(key_id.decode("ascii", errors="replace"))
    return start + key_id + salt, _cipher(master, salt)


def _cipher(master: bytes, salt: bytes) -> AESGCM:
    key = HKDF(hashes.SHA256(), length=encryption.KEY_BYTES, salt=salt, info=b"handlekort backup 1").derive(master)
    return AESGCM(key)


def _read_exactly(file: BinaryIO, length: int) -> bytes:
    found = file.read(length)
    if len(found) < length:
        raise CutOff(_("Kopien er ikke hel: slutningen mangler."))
    return found
