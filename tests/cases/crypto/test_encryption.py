from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured

from cases.crypto import encryption

KEY_A = "a:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY="
KEY_B = "b:NjU0MzIxWllYV1ZVVFNSUVBPTk1MS0pJSEdGRURDQkE="


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "a",
        "a:",
        "a:kort",
        "a:QUJD",
        ":QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY=",
        "a b:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY=",
        f"{KEY_A},{KEY_A}",
        f"{KEY_A},",
    ],
)
def test_ring_missing_or_malformed(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="make_key"):
        encryption.parse_key_ring(text)


def test_ring_sentence_and_repr_show_no_key() -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        encryption.parse_key_ring(f"{KEY_A},b:hemmelig")
    assert "hemmelig" not in str(refused.value)
    assert "ABCDEF" not in repr(encryption.parse_key_ring(KEY_A))


def test_ring_first_wraps_and_all_unwrap(settings: object) -> None:
    case_id, data_key = uuid4(), encryption.new_data_key()
    settings.HANDLEKORT_KEYS = KEY_A  # type: ignore[attr-defined]
    key_id, sealed = encryption.wrap(data_key, case_id)
    assert key_id == "a"
    settings.HANDLEKORT_KEYS = f"{KEY_B},{KEY_A}"  # type: ignore[attr-defined]
    assert encryption.unwrap(key_id, sealed, case_id) == data_key
    assert encryption.wrap(data_key, case_id)[0] == "b"
    settings.HANDLEKORT_KEYS = KEY_B  # type: ignore[attr-defined]
    with pytest.raises(encryption.SealBroken):
        encryption.unwrap(key_id, sealed, case_id)


def test_wrapped_key_of_another_case() -> None:
    key_id, sealed = encryption.wrap(encryption.new_data_key(), uuid4())
    with pytest.raises(encryption.SealBroken):
        encryption.unwrap(key_id, sealed, uuid4())


def test_seal_round_trip_keeps_odd_text() -> None:
    key, value = encryption.new_data_key(), {"t": "æ\x00\ud800\u202e👩‍👧", "n": [1, None, True]}
    assert encryption.unseal_json(key, encryption.seal_json(key, value, "c", 1, "body"), "c", 1, "body") == value


def test_seal_twice_differs() -> None:
    key = encryption.new_data_key()
    assert encryption.seal(key, b"x", "c") != encryption.seal(key, b"x", "c")


@pytest.mark.parametrize(
    "place", [("d", 1, "body"), ("c", 2, "body"), ("c", 1, "salt"), ("c", "1", "body"), ("c1", "body")]
)
def test_unseal_in_another_place(place: tuple[str | int, ...]) -> None:
    key = encryption.new_data_key()
    sealed = encryption.seal(key, b"x", "c", 1, "body")
    with pytest.raises(encryption.SealBroken):
        encryption.unseal(key, sealed, *place)


def test_unseal_any_byte_altered() -> None:
    key = encryption.new_data_key()
    sealed = encryption.seal(key, b"hemmeligt", "c")
    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(encryption.SealBroken):
            encryption.unseal(key, bytes(altered), "c")


@pytest.mark.parametrize("sealed", [b"", b"kort", b"x" * 12])
def test_unseal_too_short(sealed: bytes) -> None:
    with pytest.raises(encryption.SealBroken):
        encryption.unseal(encryption.new_data_key(), sealed, "c")
