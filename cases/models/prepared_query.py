"""Queries that each page asks alike, whose SQL is made once: Django would take longer to write it than to run it."""

from collections.abc import Callable, Iterable
from copy import copy
from types import SimpleNamespace
from typing import Any, Generic, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.query import ModelIterable
from django.db.transaction import TransactionManagementError

from cases.models.scoped_queryset import ScopedQuerySet

_Row = TypeVar("_Row", bound=models.Model)


class Given(models.Value):
    """A value that a prepared query is given by name each time it runs; it stands for a value of that field."""

    def __init__(self, name: str, field: Any) -> None:
        super().__init__(name, output_field=field)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return a place for the value, and this object as what stands there until it is known."""
        return "%s", [self]

    def among(self, values: dict[str, Any], connection: Any) -> Any:
        """Return the value of this name as the database takes it."""
        return cast("Any", self.output_field).get_db_prep_value(values[self.value], connection)


def places(name: str, field: Any, count: int) -> list[Any]:
    """Return that many places, for ``IN``; ``numbered`` names their values."""
    return [Given(f"{name}_{place}", field) for place in range(count)]


def numbered(name: str, values: Iterable[Any]) -> dict[str, Any]:
    """Return the values by the names that ``places`` gave them."""
    return {f"{name}_{place}": value for place, value in enumerate(values)}


class PreparedQuery(Generic[_Row]):
    """A query of whole rows with ``Given`` in place of what differs; also a decorator of the function that builds it.

    A value of None needs a query of its own: SQL does not compare with it. Raises KeyError for a value that is missing,
    UnscopedQuery for cases without a scope, TransactionManagementError for rows to be locked outside a transaction.
    """

    def __init__(self, build: Callable[[], models.QuerySet[_Row]]) -> None:
        self._build = build
        self._made: tuple[Any, str, tuple[Any, ...]] | None = None

    def __call__(self, **given: Any) -> list[_Row]:
        """Run the query with these values and return its rows."""
        compiler, alias = self._compiler(given)
        query = SimpleNamespace(get_compiler=lambda using: compiler)
        # What Django's own queryset shows of itself to the class that makes its rows.
        queryset: Any = SimpleNamespace(db=alias, query=query, _known_related_objects={})
        return list(ModelIterable(queryset))

    def values(self, **given: Any) -> list[dict[str, Any]]:
        """Run the query with these values and return its rows as column -> value, which takes a third of the time."""
        compiler, _alias = self._compiler(given)
        rows = compiler.results_iter()
        names = [column.target.attname for column, *_sql in compiler.select[: compiler.col_count]]
        return [dict(zip(names, row, strict=False)) for row in rows]

    def _compiler(self, given: dict[str, Any]) -> tuple[Any, str]:
        """Return what runs the query with these values, and the alias of its database."""
        made, sql, places = self._made = self._made or self._make()
        # Not the proxy of the module: each of some hundred looks would first find the thread's own connection.
        own = connections[DEFAULT_DB_ALIAS]
        if made.query.select_for_update and own.get_autocommit():
            # Django says so only where it writes the SQL.
            raise TransactionManagementError("rows are locked in a transaction only")
        values = tuple(place.among(given, own) if isinstance(place, Given) else place for place in places)
        compiler = copy(made)
        compiler.connection = own
        compiler.as_sql = lambda: (sql, values)
        return compiler, own.alias

    def _make(self) -> tuple[Any, str, tuple[Any, ...]]:
        """Return what writes the SQL, the SQL, and its values. Which columns are converted is found once, too."""
        rows = self._build()
        if isinstance(rows, ScopedQuerySet):
            rows.require_scope()
        made: Any = rows.query.get_compiler(connection=connections[DEFAULT_DB_ALIAS])
        sql, places = made.as_sql()
        converters = made.get_converters([column for column, *_sql in made.select[: made.col_count]])
        made.get_converters = lambda columns: converters
        return made, sql, places
