"""A sealed stream opens whole and in order, or not at all."""

import base64
import io
from collections.abc import Callable
from typing import Any

import pytest

from cases.crypto import encrypted_stream
from cases.crypto.encrypted_stream import (
    Altered,
    BackupUnreadable,
    CutOff,
    KeyMissing,
    NoBackup,
    StreamEncryptor,
    TooLong,
    decrypt_stream,
)

SMALL = 64
PLAIN = bytes(range(250)) + b"slut"


def sealed(plain: bytes = PLAIN, chunk: int = SMALL) -> bytes:
    file = io.BytesIO()
    sealer = StreamEncryptor(file, chunk)
    for start in range(0, len(plain), 7):
        sealer.write(plain[start : start + 7])
    sealer.finish()
    return file.getvalue()


def opened(box: bytes, chunk: int = SMALL) -> bytes:
    return b"".join(decrypt_stream(io.BytesIO(box), chunk))


def pieces(box: bytes) -> tuple[bytes, list[bytes]]:
    """Head and chunks, each chunk with its length."""
    head = len(encrypted_stream.MAGIC) + 1 + box[len(encrypted_stream.MAGIC)] + 32
    found, at = [], head
    while at < len(box):
        end = at + 4 + int.from_bytes(box[at : at + 4], "big")
        found.append(box[at:end])
        at = end
    return box[:head], found


@pytest.mark.parametrize("length", [0, 1, SMALL - 1, SMALL, SMALL + 1, 2 * SMALL, 5 * SMALL + 3])
def test_round_trip(length: int) -> None:
    plain = (PLAIN * 3)[:length]
    assert opened(sealed(plain)) == plain


def test_nothing_is_in_the_clear_and_no_two_files_are_alike() -> None:
    assert b"slut" not in sealed()
    assert sealed() != sealed()


def test_flipped_bit_at_every_position() -> None:
    box = sealed()
    for position in range(len(box)):
        for bit in (0, 7):
            bent = bytearray(box)
            bent[position] ^= 1 << bit
            with pytest.raises(BackupUnreadable):
                opened(bytes(bent))


def test_cut_at_every_position() -> None:
    box = sealed()
    for length in range(len(box)):
        with pytest.raises(BackupUnreadable):
            opened(box[:length])


REARRANGED: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "swapped": lambda c: [c[1], c[0], *c[2:]],
    "last two swapped": lambda c: [*c[:-2], c[-1], c[-2]],
    "doubled": lambda c: [c[0], c[0], *c[1:]],
    "one missing": lambda c: [c[0], *c[2:]],
    "first missing": lambda c: c[1:],
    "last missing": lambda c: c[:-1],
    "last alone": lambda c: c[-1:],
    "last in the middle": lambda c: [c[0], c[-1], *c[1:]],
    "none": lambda c: [],
}


@pytest.mark.parametrize("how", REARRANGED)
def test_rearranged_chunks(how: str) -> None:
    head, chunks = pieces(sealed())
    assert len(chunks) == 4
    with pytest.raises(BackupUnreadable):
        opened(head + b"".join(REARRANGED[how](chunks)))


def test_chunk_of_another_file() -> None:
    head, chunks = pieces(sealed())
    _other, foreign = pieces(sealed())
    with pytest.raises(Altered):
        opened(head + chunks[0] + foreign[1] + b"".join(chunks[2:]))


@pytest.mark.parametrize(
    ("box", "error"),
    [
        (b"", NoBackup),
        (b"PK\x03\x04" * 20, NoBackup),
        (encrypted_stream.MAGIC, NoBackup),
        (encrypted_stream.MAGIC + b"\x04test", CutOff),
        (encrypted_stream.MAGIC + b"\x05ander" + b"s" * 40, KeyMissing),
        (encrypted_stream.MAGIC + b"\x02\xff\xfe" + b"s" * 40, KeyMissing),
        (encrypted_stream.MAGIC + b"\x04test" + b"s" * 32 + b"\xff\xff\xff\xff", Altered),
    ],
)
def test_what_is_no_backup(box: bytes, error: type[BackupUnreadable]) -> None:
    with pytest.raises(error) as refused:
        opened(box)
    assert str(refused.value).endswith(".")


def test_something_after_the_end() -> None:
    with pytest.raises(TooLong):
        opened(sealed() + b"x")


def test_keys(settings: Any) -> None:
    """The key's id says which; another key of the same id does not open; the ring's order does not matter."""
    ring, box = settings.HANDLEKORT_KEYS, sealed()
    other = base64.b64encode(bytes(range(32))).decode()
    settings.HANDLEKORT_KEYS = f"ny:{other},{ring}"
    assert opened(box) == PLAIN
    settings.HANDLEKORT_KEYS = f"ny:{other}"
    with pytest.raises(KeyMissing, match="»test«"):
        opened(box)
    settings.HANDLEKORT_KEYS = f"test:{other}"
    with pytest.raises(Altered):
        opened(box)
