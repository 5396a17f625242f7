"""Refuse text with a CPR number, an embedded file or a character that a database cannot store."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.text.cpr_numbers import find_cpr
from cases.text.embedded_files import holds_file

_Json = TypeVar("_Json")

MAX_LENGTH = 20_000
"""Characters in one text. On paper the worst of them take a second (``cases.documents.pdf_worker.MOST_BREAKS``)."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_HARMLESS = re.compile(r"[ -/;-~\nÆØÅæøåéü«»…]{0,199}")
"""Too short for a file, and without the digits of a CPR number, the colon of a ``data:`` address, unusual signs."""


def clean(text: str) -> str:
    """Return the text with one kind of newline. Raises ValidationError for length, NUL, surrogates and files."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MAX_LENGTH:
        raise ValidationError(
            _("Teksten er for lang: der er plads til %(limit)d tegn, og her er %(length)d. Del den i flere notater."),
            "too_long",
            {"limit": MAX_LENGTH, "length": len(text)},
        )
    if "\x00" in text or (not text.isascii() and _SURROGATE.search(text)):
        raise ValidationError(_("Teksten indeholder et tegn, der ikke kan gemmes. Skriv det sted om."), "character")
    refuse_embedded(text)
    return text


def refuse_embedded(text: str) -> None:
    """Raise ValidationError for a file that is written as text."""
    if holds_file(text):
        raise ValidationError(
            _("Her er en fil eller et billede sat ind som tekst. Det gemmer Handlekort aldrig: beskriv det med ord."),
            "data_uri",
        )


def validate_text(text: str) -> str:
    """Return ``clean(text)``. Raises ValidationError for a CPR number too; its sentence does not repeat it."""
    if _HARMLESS.fullmatch(text):
        return text
    text = clean(text)
    if find_cpr(text):
        raise ValidationError(
            _("Her står noget, der ligner et CPR-nummer. Slet det: navn og klasse er nok i Handlekort."), "cpr"
        )
    return text


def validate_all(value: _Json) -> _Json:
    """Return the JSON value with ``validate_text`` applied to every text but the keys."""
    return _validated(value, {})  # type: ignore[no-any-return]  # of the same JSON type


def _validated(value: Any, known: dict[str, str]) -> Any:
    """``known`` has the texts validated so far: half of those in a filing stand there several times."""
    if isinstance(value, str):
        if value not in known:
            known[value] = validate_text(value)
        return known[value]
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, list | tuple):
        return [_validated(part, known) for part in value]
    if isinstance(value, dict | Mapping):
        return {key: _validated(part, known) for key, part in value.items()}
    return value
