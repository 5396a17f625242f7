"""What may stand in free text: no CPR number, no embedded file, no character that a database chokes on. A leaf.

A CPR number is ddmmyy and four digits. Modulus 11 is not asked: numbers without it have been given out since 2007.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MAX_LENGTH = 20_000
"""Characters in one text. Longer ones make the printed case take minutes."""

HIDDEN_CPR = "xxxxxx-xxxx"

_SPACES = "\\s\u00a0\u202f"
_DASHES = "\\-\u2010-\u2015\u2212"
# Six digits and four, together or with one dash or space between, also " - ". A digit on either side makes it another
# number (an account, an id), and so does a plus before it: that is a telephone number with its country.
_CPR = re.compile(rf"(?<![\d+])(\d\d)(\d\d)(\d\d)(?:[{_SPACES}]?[{_DASHES}]?[{_SPACES}]?)(\d{{4}})(?!\d)")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_DATA_URI = re.compile(r"\bdata:(?:[\w.+-]+/[\w.+-]+)?(?:;[\w.+-]+(?:=[\w.+-]+)?)*,(?=\S)", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ADMINISTRATIVE = 60
"""Numbers given to people who are not in the register have 60 added to the day."""


def find_cpr(text: str) -> list[tuple[int, int]]:
    """Where in the text something stands that reads as a CPR number: (start, end) pairs.

    Ten digits in one piece inside a web address are the address's own id and are let through; with a dash they are not.
    """
    links = [match.span() for match in _LINK.finditer(text)]
    found = []
    for match in _CPR.finditer(text):
        day, month = int(match[1]), int(match[2])
        start, end = match.span()
        in_link = end - start == 10 and any(left <= start and end <= right for left, right in links)
        if _is_date(day, month) and not in_link:
            found.append((start, end))
    return found


def _is_date(day: int, month: int) -> bool:
    if day > _ADMINISTRATIVE:
        day -= _ADMINISTRATIVE
    return 1 <= month <= 12 and 1 <= day <= _LONGEST_MONTH[month - 1]


def without_cpr(text: str) -> str:
    """The text with a row of crosses for each CPR number."""
    for start, end in reversed(find_cpr(text)):
        text = text[:start] + HIDDEN_CPR + text[end:]
    return text


def clean(text: str) -> str:
    """The text with one kind of newline. Raises ValidationError for NUL, lone surrogates, ``data:`` URIs and length."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text or _SURROGATE.search(text):
        raise ValidationError(_("Teksten indeholder et tegn, der ikke kan gemmes. Skriv det sted om."), "character")
    refuse_embedded(text)
    if len(text) > MAX_LENGTH:
        raise ValidationError(
            _("Teksten er for lang: der er plads til %(limit)d tegn, og her er %(length)d. Del den i flere notater."),
            "too_long",
            {"limit": MAX_LENGTH, "length": len(text)},
        )
    return text


def refuse_embedded(text: str) -> None:
    """Raise ValidationError for a file written out as a ``data:`` URI."""
    if _DATA_URI.search(text):
        raise ValidationError(
            _("Her er en fil eller et billede sat ind som tekst. Det gemmer Handlekort aldrig: beskriv det med ord."),
            "data_uri",
        )


def validate_text(text: str) -> str:
    """``clean``, and no CPR number. Raises ValidationError; its sentence never repeats the number."""
    text = clean(text)
    if find_cpr(text):
        raise ValidationError(
            _("Her står noget, der ligner et CPR-nummer. Slet det: navn og klasse er nok i Handlekort."), "cpr"
        )
    return text


def validate_all(value: Any) -> Any:
    """``guard`` for every text in a piece of plain JSON, keys left as they are."""
    if isinstance(value, str):
        return validate_text(value)
    if isinstance(value, Mapping):
        return {key: validate_all(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [validate_all(part) for part in value]
    return value
