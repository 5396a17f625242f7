from datetime import datetime

import pytest
from django.utils import timezone

from cases.text.cpr_numbers import HIDDEN_CPR, find_cpr, without_cpr


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    noon = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.get_default_timezone())
    monkeypatch.setattr(timezone, "now", lambda: noon)


HITS = [
    "010203-1234",
    "010203 1234",
    "0102031234",
    "010203 - 1234",
    "010203–1234",  # en dash, as phones write it
    "010203\u00a01234",  # no-break space
    "010203\u20111234",  # no-break hyphen
    "CPR010203-1234",
    "Hendes nummer er 290299-1234, født i skudår.",
    "290201-1234",  # 29 February in a year without one: the century is not known, so the day stands
    "311299-0000",  # fails modulus 11, as numbers since 2007 may
    "700185-1234",  # day plus 60: an administrative number
    "(010203-1234)",
    "1234 0102031234",  # a registration and account number reads the same: better asked about than kept
    "210926 1430",  # so does ddmmyy with a time; four-digit years do not
    "https://example.dk/?id=010203-1234",  # a dash makes it a CPR number even in an address
    "٠١٠٢٠٣-١٢٣٤",
    # Parted, and with each sign between.
    "01 01 01-1234",
    "01 01 01 1234",
    "01.01.12-1234",
    "01-01-12-1234",
    "01/01-12/1234",
    "01 . 01 . 12 - 1234",
    "010112/1234",
    "010112.1234",
    "010112_1234",
    "Klasse 8 01 01 12-1234",
    "010112--1234",
    "010112 -- 1234",
    "01--01--12--1234",
    "010112,1234",
    "010112·1234",
    # Four digits of the year.
    "01.01.2012-1234",
    "01/01/2012-1234",
    "01 01 2012 1234",
    "01. 01. 2012 - 1234",
    "01012012-1234",
    "01012012 1234",
    "010120121234",
    "01.01.1899-1234",
    "01.01.2024-1234",  # a recent day too, where no white space comes before the number
    "01.01.2012 1234",  # a day of long ago, then white space: a birthday
    "01-01-12 1234",
    "31.12.85 1234",
    # In brackets and quotes.
    "(010112) 1234",
    "[010112]-1234",
    "010112 (1234)",
    "«(01.01.12)-1234»",
    "**010112**-1234",
    # Over two lines.
    "010112-\n1234",
    "010112\n1234",
    "010112\r\n-1234",
    "01.01.2012-\n    1234",
    "01\n01 12-1234",
    # With characters that are not seen, and with other forms of digits and dashes.
    "0101\u00ad12-1234",
    "010112\u200b1234",
    "0\u200d1\u200e01\u206012\ufeff-1234",
    "0101\x0812-1234",
    "010112\uff0d1234",
    "\uff10\uff11\uff10\uff11\uff11\uff12\u2212\uff11\uff12\uff13\uff14",
    "010112\ufe631234",
    "010112\u20141234",
    "⁰¹⁰¹¹²⁻¹²³⁴",
    "①②①②①②-①②③④",
    "0\ufe0f\u20e31\ufe0f\u20e30112-1234",
    "𝟎𝟏𝟎𝟏𝟏𝟐-𝟏𝟐𝟑𝟒",
    "010112\u2009\u2013\u30001234",
    *(f"010112{space}1234" for space in "\u2028\u2029\u0085\u001c\u001f\u1680\u2800\u3164\uffa0\u115f\u1160"),
    *(f"010112{dash}1234" for dash in "⁃˗➖ー─"),
    "https://example.dk/?id=01-01-2012-1234",
]
MISSES = [
    "20 25 28 38",
    "20252838",
    "2025 2838",
    "+45 20 25 28 38",
    "+4520252838",
    "+1010203123",  # ten digits after a plus are a telephone number
    "004520252838",
    "116 006 og 116 111",
    "70 201 201",
    "21-11-2026",
    "21-11-26",
    "21.11.2026 1430",
    "21.11.2026 kl. 14.30",
    "2026-11-21T14:30",
    "20261121 1430",
    "26-K7QMP",
    "3300-73123-00012-26",  # a police journal number
    "320203-1234",  # no such day
    "011303-1234",  # no such month
    "300299-1234",  # February never has 30 days
    "000203-1234",
    "600203-1234",
    "920203-1234",
    "010203-12345",  # one digit too many on either side
    "9010203-1234",
    "010203-123",
    "https://www.example.dk/opslag/0102031234",  # an address's own id
    "www.example.dk/0102031234",
    "§ 264 d, § 235 og § 1 b-c",
    # A day of these years with a time, a sum or a town after it.
    "21-11-2026 1430",
    "21-11-26 1430",
    "21 11 2026 1430",
    "21.11.2026 - 1430",
    "21-11-2026\n1430",
    "21.11.2026 2500 kr.",
    "Møde 21/11-2026 8000 Aarhus C",
    # Rows of numbers.
    "10/11-12/11-2026",
    "12/11-13/11-2026",
    "20 11 12 20 2025 2838",
    "2012 2012 2025 2838",
    "12-13.11.2026",
    "12.10.2026 og 14.10.2026",
    "2012-12-1234",
    "2026/11/12/1430",
    "https://www.example.dk/opslag/010120121234",
    "01.01.1712-1234",  # another century
    "01.01.2112-1234",
    "01.01.2012, 1234",
    "010112 og 1234",
    "010112\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n1234",
    "①②③",
    "½ ² ³ ⅓ " * 10,
    "",
]


@pytest.mark.parametrize("text", HITS)
def test_cpr_found(text: str) -> None:
    assert len(find_cpr(text)) == 1


@pytest.mark.parametrize("text", MISSES)
def test_cpr_not_found(text: str) -> None:
    assert find_cpr(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Født (01.01.2012)-1234, 7.b", "01.01.2012)-1234"),
        ("æ\u200b 0101\u00ad12-1234\u200b é", "0101\u00ad12-1234"),
        ("½½ ０１０１１２－１２３４ ½", "０１０１１２－１２３４"),
        ("⑩⑳ og 010112\u2003\n\u20031234.", "010112\u2003\n\u20031234"),
    ],
)
def test_cpr_spans_are_those_of_the_text_as_written(text: str, found: str) -> None:
    [(start, end)] = find_cpr(text)
    assert text[start:end] == found
    assert without_cpr(text) == text.replace(found, HIDDEN_CPR)


def test_cpr_spans_name_the_places() -> None:
    assert find_cpr("a 010203-1234, b 0402031234") == [(2, 13), (17, 27)]


@pytest.mark.parametrize("text", HITS)
def test_without_cpr_leaves_none(text: str) -> None:
    assert find_cpr(without_cpr(text)) == []


@pytest.mark.parametrize("text", MISSES)
def test_without_cpr_leaves_everything_else(text: str) -> None:
    assert without_cpr(text) == text
