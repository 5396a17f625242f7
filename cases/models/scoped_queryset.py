"""A queryset that refuses to run without a scope: the user it is for, or a reason why it is for none."""

from typing import Any, Self, TypeVar

from django.db import models

from cases.models.signed_queryset import CoveredQuerySet

_Row = TypeVar("_Row", bound=models.Model, covariant=True)


class UnscopedQuery(Exception):
    """A query over cases has no scope."""


class ScopedQuerySet(CoveredQuerySet[_Row]):
    """A queryset that raises UnscopedQuery unless ``scoped`` or ``unscoped`` was called."""

    _reason: str = ""

    def scoped(self, reason: str) -> Self:
        """Return the query with a scope. Only ``permissions.visible_to`` calls it; others call ``unscoped``."""
        if not reason:
            raise UnscopedQuery("a scope needs a reason")
        clone = self.all()
        clone._reason = reason
        return clone

    def unscoped(self, reason: str) -> Self:
        """Return the query over all cases, with the reason. Never for a page."""
        return self.scoped(reason)

    def require_scope(self) -> None:
        """Raise UnscopedQuery without a scope."""
        if not self._reason and not self.query.is_empty():
            raise UnscopedQuery("call permissions.visible_to(user), or Case.objects.unscoped(reason)")

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # the stubs leave out this method
        clone._reason = self._reason
        return clone

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            self.require_scope()
        super()._fetch_all()

    def iterator(self, chunk_size: int | None = None) -> Any:
        """Raise UnscopedQuery without a scope."""
        self.require_scope()
        return super().iterator(chunk_size)

    def count(self) -> int:
        """Raise UnscopedQuery without a scope."""
        self.require_scope()
        return super().count()

    def exists(self) -> bool:
        """Raise UnscopedQuery without a scope."""
        self.require_scope()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Raise UnscopedQuery without a scope."""
        self.require_scope()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        """Raise UnscopedQuery without a scope."""
        self.require_scope()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Raise UnscopedQuery without a scope."""
        self.require_scope()
        return super().delete()

    def __or__(self, other: Any) -> Self:
        """Raise UnscopedQuery unless both queries have a scope."""
        self.require_scope()
        other.require_scope()
        return super().__or__(other)

    def union(self, *others: Any, all: bool = False) -> Self:
        """Raise UnscopedQuery unless all queries have a scope."""
        for one in (self, *others):
            one.require_scope()
        return super().union(*others, all=all)
