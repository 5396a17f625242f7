"""A queryset that refuses to run before somebody has said for whom. A leaf."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.db import models

_Row = TypeVar("_Row", bound=models.Model, covariant=True)


class UnscopedQuery(Exception):
    """A query over cases was about to run without asking who wants to know."""


class ScopedQuerySet(models.QuerySet[_Row]):
    """A queryset that runs only when it says for whom, or why for nobody in particular."""

    _reason: str = ""

    def scoped(self, reason: str) -> Self:
        """The same query with a stated reason. ``access.visible_to`` calls it; others go through ``unscoped``."""
        if not reason:
            raise UnscopedQuery("a scope needs its reason")
        clone = self.all()
        clone._reason = reason
        return clone

    def unscoped(self, reason: str) -> Self:
        """All cases, for no user: say why. Never for a page."""
        return self.scoped(reason)

    def _demand_scope(self) -> None:
        if not self._reason and not self.query.is_empty():
            raise UnscopedQuery("ask access.visible_to(user), or give a reason: Case.objects.unscoped(reason)")

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # the stubs leave out the method every clone goes through
        clone._reason = self._reason
        return clone

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            self._demand_scope()
        super()._fetch_all()

    def iterator(self, chunk_size: int | None = None) -> Any:
        """Refused without a scope."""
        self._demand_scope()
        return super().iterator(chunk_size)

    def count(self) -> int:
        """Refused without a scope."""
        self._demand_scope()
        return super().count()

    def exists(self) -> bool:
        """Refused without a scope."""
        self._demand_scope()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Refused without a scope."""
        self._demand_scope()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        """Refused without a scope."""
        self._demand_scope()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused without a scope."""
        self._demand_scope()
        return super().delete()

    def __or__(self, other: Any) -> Self:
        """Widening takes two scopes, or it would smuggle unscoped rows in."""
        self._demand_scope()
        other._demand_scope()
        return super().__or__(other)

    def union(self, *others: Any, all: bool = False) -> Self:
        """As ``__or__``."""
        for one in (self, *others):
            one._demand_scope()
        return super().union(*others, all=all)
