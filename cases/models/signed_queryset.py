"""A queryset for tables of which some columns decide access: those are written row by row, because each row is signed.

The model names the columns in ``DECIDES_ACCESS``; ``cases.access.access_macs`` signs what its ``save`` and ``delete``
write. What writes many rows at once would leave them unsigned, and is refused.
"""

from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from django.db import models

_Row = TypeVar("_Row", bound=models.Model, covariant=True)


class BulkWriteRefused(Exception):
    """Rows that decide access were to be written in bulk."""


def _refuse(*args: Any, **kwargs: Any) -> NoReturn:
    raise BulkWriteRefused("these rows decide access: save or delete them one by one, so that each is signed")


def covered_columns(model: type[models.Model], names: Iterable[str], columns: Iterable[str]) -> set[str]:
    """Return which of the columns are among the fields with these names, as ``save`` and ``update`` take them."""
    fields: Iterable[Any] = (model._meta.get_field(name) for name in names)
    return {field.attname for field in fields}.intersection(columns)


class CoveredQuerySet(models.QuerySet[_Row]):
    """A queryset that refuses bulk writes of the columns that decide access."""

    bulk_create = _raw_delete = _refuse

    def update(self, **kwargs: Any) -> int:
        """Update other columns. Raises BulkWriteRefused for one that decides access."""
        self._require_harmless(kwargs)
        return super().update(**kwargs)

    def bulk_update(self, objs: Iterable[_Row], fields: Iterable[str], batch_size: int | None = None) -> int:
        """Update other columns. Raises BulkWriteRefused for one that decides access."""
        self._require_harmless(fields := list(fields))
        return super().bulk_update(objs, fields, batch_size)

    def _require_harmless(self, names: Iterable[str]) -> None:
        if covered_columns(self.model, names, getattr(self.model, "DECIDES_ACCESS")):  # noqa: B009 - each such model's
            _refuse()
