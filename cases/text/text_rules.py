"""Refuse text with a CPR number, an embedded file or a character that a database cannot store.

A CPR number is ddmmyy and four digits. Modulus 11 is not checked: since 2007 numbers without it are issued.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_Json = TypeVar("_Json")

MAX_LENGTH = 20_000
"""Characters in one text. With longer ones the PDF of a case takes minutes."""

HIDDEN_CPR = "xxxxxx-xxxx"

_SPACES = "\\s\u00a0\u202f"
_DASHES = "\\-\u2010-\u2015\u2212"
# Six digits and four, joined or with a dash, a space or " - " between. With a digit on either side it is another number
# (an account, an id); with a plus before it, a telephone number.
_CPR = re.compile(rf"(?<![\d+])(\d\d)(\d\d)(\d\d)(?:[{_SPACES}]?[{_DASHES}]?[{_SPACES}]?)(\d{{4}})(?!\d)")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_DATA_URI = re.compile(r"\bdata:(?:[\w.+-]+/[\w.+-]+)?(?:;[\w.+-]+(?:=[\w.+-]+)?)*,(?=\S)", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ADMINISTRATIVE = 60
"""In numbers of people outside the register 60 is added to the day."""


def find_cpr(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each possible CPR number in the text.

    Ten joined digits in a web address are part of its path and are left out; with a dash they are found.
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
    """Return the text with ``HIDDEN_CPR`` in place of each CPR number."""
    for start, end in reversed(find_cpr(text)):
        text = text[:start] + HIDDEN_CPR + text[end:]
    return text


def clean(text: str) -> str:
    """Return the text with one kind of newline. Raises ValidationError for NUL, surrogates, ``data:`` and length."""
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
    """Raise ValidationError for a ``data:`` URI."""
    if _DATA_URI.search(text):
        raise ValidationError(
            _("Her er en fil eller et billede sat ind som tekst. Det gemmer Handlekort aldrig: beskriv det med ord."),
            "data_uri",
        )


def validate_text(text: str) -> str:
    """Return ``clean(text)``. Raises ValidationError for a CPR number too; its sentence does not repeat it."""
    text = clean(text)
    if find_cpr(text):
        raise ValidationError(
            _("Her står noget, der ligner et CPR-nummer. Slet det: navn og klasse er nok i Handlekort."), "cpr"
        )
    return text


def validate_all(value: _Json) -> _Json:
    """Return the JSON value with ``validate_text`` applied to every text but the keys."""
    checked: Any = value
    if isinstance(value, str):
        checked = validate_text(value)
    elif isinstance(value, Mapping):
        checked = {key: validate_all(part) for key, part in value.items()}
    elif isinstance(value, list | tuple):
        checked = [validate_all(part) for part in value]
    return checked  # type: ignore[no-any-return]  # of the same JSON type
