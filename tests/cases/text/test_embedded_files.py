import base64
import hashlib

import pytest

from cases.text.embedded_files import holds_data_uri, holds_file, without_files

JPEG = base64.b64encode(b"\xff\xd8\xff\xe0\x00\x10JFIF" + hashlib.shake_256().digest(18_000)).decode()
SMALL = JPEG[:200]
DATA_URIS = [
    "data:image/png;base64,iVBORw0KGgo=",
    "se DATA:image/svg+xml,%3Csvg%3E",
    "data:;base64,AAAA",
    "data:,x",
    "data:text/html;charset=utf-8,hej",
    "data:application/pdf; base64 ,AA",
    "data: image/png;base64,AA",
    "data:;data:image/png",
    "data:a/b;data:;base64,AA",
    "metadata:image/png;base64,AA",
    "data:" * 20_000 + "image/png",
]
BASE64 = [
    JPEG,
    SMALL,
    f"Her: {SMALL}, sagde hun",
    "\n".join(JPEG[at : at + 76] for at in range(0, len(JPEG), 76)),
    "\r\n  ".join(JPEG[at : at + 64] for at in range(0, 640, 64)),
    base64.urlsafe_b64encode(hashlib.shake_256().digest(200)).decode(),
    f"https://example.dk/{JPEG}",
]
PLAIN = [
    "Elevens data: billede, chat og film",
    "data: se bilag",
    "Hendes data:, og hans",
    "data: mad/drikke, sjov",
    "metadata:x/y;z",
    "Mødedata: image i gruppen",
    SMALL[:199],
    "a" * 5_000,
    "haha" * 1_000,
    "HaHa1" * 1_000,
    "-" * 300 + "=" * 300,
    "æøå" * 500,
    "Speciallægepraksisplanlægningsstabiliseringsperiode " * 100,
    "asdfghjklqwertyuiopzxcvbnm" * 20,
    "\n".join(f"https://www.example.dk/{SMALL[number : number + 60]}" for number in range(20)),
    "1234567890" * 50,
    f"https://example.dk/vis?token={JPEG[:1_900]}&sprog=da",
    " ".join(SMALL[at : at + 20] for at in range(0, 200, 20)),
    "deadbeef" * 50,
]


@pytest.mark.parametrize("text", DATA_URIS + BASE64)
def test_file_found_and_left_out(text: str) -> None:
    assert holds_file(text)
    assert not holds_file(without_files(text))


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_is_no_file(text: str) -> None:
    assert not holds_file(text)
    assert without_files(text) == text


def test_only_the_file_is_left_out() -> None:
    assert without_files(f"Før data:image/png;base64,AAAA, efter\n{JPEG} og {SMALL}. Slut") == "Før , efter\n og . Slut"


def test_address_is_told_from_base64() -> None:
    """A passkey is sent as base64: a whole form is searched for addresses only."""
    assert [holds_data_uri(DATA_URIS[0]), holds_data_uri(JPEG)] == [True, False]
