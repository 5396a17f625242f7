"""Say in words what a bundle of rows that decide access holds, and what was changed in it since it was signed.

A MAC does not say what was there before. But most columns can hold few values: each is tried, alone and with others,
until the MAC fits. A password, an address or a key cannot be found that way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations, islice
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from cases.access import access_macs
from cases.access.access_macs import Covered, Rows

_MOST_TRIES = 100_000
_MOST_CHANGES = 3


@dataclass(frozen=True)
class _Change:
    """A column that held another value when the bundle was signed; without a column, a row that was not there."""

    row: str
    column: str = ""
    before: Any = None


def bundle_in_words(kind: str, number: int, rows: Rows, mac: str | None) -> list[str]:
    """Return lines for somebody who has to decide whether these rows, which the MAC does not fit, are right."""
    if not rows:
        return [_("  Der er ingen rækker tilbage")]
    return [*_changes_in_words(kind, number, rows, mac), *_rows_in_words(kind, rows)]


def _changes_in_words(kind: str, number: int, rows: Rows, mac: str | None) -> Iterator[str]:
    changes = _changes(kind, number, rows, mac) if mac else ()
    for change in changes:
        if change.column:
            covered = _covered(kind, change.row)
            now = rows[change.row][covered.columns.index(change.column)]
            values = {
                "before": _value(covered, change.column, change.before),
                "now": _value(covered, change.column, now),
            }
            what = _("%(column)s: var %(before)s, er %(now)s") % {"column": change.column, **values}
        else:
            what = _("blev lagt til")
        yield _("  Ændret: %(row)s, %(what)s") % {"row": change.row, "what": what}
    if not changes:
        yield _("  Hvad der stod før, kan ikke ses af det, der er gemt")


def _rows_in_words(kind: str, rows: Rows) -> Iterator[str]:
    for key, values in rows.items():
        covered = _covered(kind, key)
        yield _("  Bliver godkendt: %(row)s") % {"row": key}
        for column, value in zip(covered.columns, values, strict=True):
            yield f"    {column}: {_value(covered, column, value)}"


def _covered(kind: str, key: str) -> Covered:
    table = key.partition(":")[0]
    return next(covered for covered in access_macs.of_kind(kind) if covered.model._meta.db_table == table)


def _value(covered: Covered, column: str, value: Any) -> str:
    """Return a value in words; of a password or a key, nothing."""
    field: Any = covered.model._meta.get_field(column)
    if column == "password" or isinstance(field, models.JSONField):
        return _("vises ikke")
    match value:
        case None:
            return _("tom")
        case bool():
            return _("ja") if value else _("nej")
    if field.is_relation and isinstance(value, int):  # SQLite stores any text there
        return f"»{_plain(field.related_model._base_manager.filter(pk=value).first())}« ({value})"
    return f"»{_plain(dict(field.flatchoices).get(value, value))}«"


def _plain(value: Any) -> str:
    """Return a text in which whoever wrote the row cannot hide anything from the reader of a terminal."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in str(value))


# --- What was there before ---


def _changes(kind: str, number: int, rows: Rows, mac: str) -> tuple[_Change, ...]:
    """Return the fewest changes without which the MAC fits, () when none were found."""
    single = sorted(_possible(kind, rows), key=lambda change: type(change.before) is int)
    several = chain.from_iterable(combinations(single, count) for count in range(1, _MOST_CHANGES + 1))
    for changes in islice(several, _MOST_TRIES):
        if access_macs.is_genuine(kind, number, _without(kind, rows, changes), mac):
            return changes
    return ()


def _possible(kind: str, rows: Rows) -> Iterator[_Change]:
    for key, values in rows.items():
        covered = _covered(kind, key)
        if covered.bundle != "pk":
            yield _Change(key)
        for column, value in zip(covered.columns, values, strict=True):
            yield from (_Change(key, column, before) for before in _others(covered, column, value))


def _others(covered: Covered, column: str, value: Any) -> list[Any]:
    """Return what else the column may hold, as far as that can be counted."""
    field: Any = covered.model._meta.get_field(column)
    found: list[Any] = [None] if field.null else []
    if isinstance(field, models.BooleanField):
        found += [True, False]
    elif field.is_relation:
        found += field.related_model._base_manager.values_list("pk", flat=True)
    else:
        found += [choice for choice, _words in field.flatchoices]
    return [other for other in found if other != value]


def _without(kind: str, rows: Rows, changes: tuple[_Change, ...]) -> Rows:
    before = {key: list(values) for key, values in rows.items()}
    for change in changes:
        if not change.column:
            before.pop(change.row, None)
        elif change.row in before:
            before[change.row][_covered(kind, change.row).columns.index(change.column)] = change.before
    return before
