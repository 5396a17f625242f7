import pytest
from django.core.exceptions import ValidationError

from cases.text import text_rules

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
    "010203--1234",
    "https://www.example.dk/opslag/0102031234",  # an address's own id
    "www.example.dk/0102031234",
    "§ 264 d, § 235 og § 1 b-c",
    "",
]


@pytest.mark.parametrize("text", HITS)
def test_cpr_found(text: str) -> None:
    assert len(text_rules.find_cpr(text)) == 1


@pytest.mark.parametrize("text", MISSES)
def test_cpr_not_found(text: str) -> None:
    assert text_rules.find_cpr(text) == []


def test_cpr_spans_name_the_places() -> None:
    assert text_rules.find_cpr("a 010203-1234, b 0402031234") == [(2, 13), (17, 27)]


@pytest.mark.parametrize("text", HITS)
def test_without_cpr_leaves_none(text: str) -> None:
    assert text_rules.find_cpr(text_rules.without_cpr(text)) == []


@pytest.mark.parametrize("text", MISSES)
def test_without_cpr_leaves_everything_else(text: str) -> None:
    assert text_rules.without_cpr(text) == text


@pytest.mark.parametrize("text", ["a\r\nb", "a\rb", "a\nb"])
def test_clean_knows_one_newline(text: str) -> None:
    assert text_rules.clean(text) == "a\nb"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\x00b", "character"),
        ("a\ud800b", "character"),
        ("data:image/png;base64,iVBORw0KGgo=", "data_uri"),
        ("se DATA:image/svg+xml,%3Csvg%3E", "data_uri"),
        ("data:;base64,AAAA", "data_uri"),
        ("data:text/html;charset=utf-8,hej", "data_uri"),
        ("x" * (text_rules.MAX_LENGTH + 1), "too_long"),
    ],
)
def test_clean_refuses(text: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        text_rules.clean(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "text",
    ["Elevens data: billede, chat og film", "data: se bilag", "👩‍👧 æøå \u202eטקסט", "x" * text_rules.MAX_LENGTH],
)
def test_clean_lets_through(text: str) -> None:
    assert text_rules.clean(text) == text


def test_guard_never_repeats_the_number() -> None:
    with pytest.raises(ValidationError) as refused:
        text_rules.validate_text("Hun hedder 010203-1234")
    assert refused.value.code == "cpr"
    assert "010203" not in str(refused.value)


def test_guard_all_reaches_every_text() -> None:
    assert text_rules.validate_all({"a": ["x\r\ny", 1, None, True], "b": {"c": "z"}}) == {
        "a": ["x\ny", 1, None, True],
        "b": {"c": "z"},
    }
    with pytest.raises(ValidationError):
        text_rules.validate_all({"a": [{"b": ["010203-1234"]}]})
