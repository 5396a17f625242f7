import base64
import hashlib
import re
import sys
import unicodedata

import pytest
from django.core.exceptions import ValidationError

from cases.text import embedded_files, text_rules


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
        (base64.b64encode(hashlib.shake_256().digest(14_000)).decode(), "data_uri"),
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


def test_harmless_text_has_no_sign_of_what_is_refused() -> None:
    signs = [sign for sign in map(chr, range(sys.maxunicode + 1)) if text_rules._HARMLESS.fullmatch(sign)]
    assert len(signs) > 90
    assert not [sign for sign in signs if re.search(r"[\d:\r\0]", unicodedata.normalize("NFKC", sign))]
    assert not text_rules._HARMLESS.fullmatch("x" * embedded_files.RUN_LENGTH)


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
