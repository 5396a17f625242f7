"""What is written stays written: a model base that refuses change, and triggers by which the database refuses too.

The triggers cover UPDATE, DELETE, REPLACE (and every other upsert) and TRUNCATE. SQLite drops triggers when it rebuilds
a table, so ``missing`` is asked by a system check and at start. A leaf: it knows tables by name, not the models.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

GUARDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "cases_entry": (("id",), ("public_id",), ("case_id", "seq"), ("case_id", "submission_id")),
    "cases_auditevent": (("id",), ("public_id",), ("seq",)),
}
"""Guarded tables, each with its unique column sets: a row that meets one of these would replace another."""

_FUNCTION = "cases_append_only_refuse"
_Row = TypeVar("_Row", bound="AppendOnly", covariant=True)


class AppendOnlyError(Exception):
    """Something tried to change or delete what was written."""


def _refuse() -> NoReturn:
    raise AppendOnlyError(
        _("Det, der er skrevet i loggen, kan hverken ændres eller slettes. Skriv en rettelse i stedet.")
    )


class AppendOnlyQuerySet(models.QuerySet[_Row]):
    """A queryset that adds and reads, nothing else."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse."""
        _refuse()

    def delete(self) -> NoReturn:
        """Refuse."""
        _refuse()

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        _refuse()

    def update_or_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        _refuse()

    def bulk_create(
        self,
        objs: Iterable[_Row],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> list[_Row]:
        """Add rows; a conflict is an error, never an update and never silence."""
        if ignore_conflicts or update_conflicts:
            _refuse()
        return super().bulk_create(objs, batch_size, ignore_conflicts, update_conflicts, *args, **kwargs)


class AppendOnly(models.Model):
    """Base of the models whose rows are written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert a new row; a row that already stands in the database is refused."""
        if not self._state.adding:
            _refuse()
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        _refuse()


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers on every guarded table that exists; those already there are made anew."""
    remove(connection)
    _settle(connection)
    with connection.cursor() as cursor:
        for statement in _statements(connection):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away. For migrations backwards, and through ``lifted``."""
    _settle(connection)
    with connection.cursor() as cursor:
        for table in _present(connection):
            for name in _triggers(connection, table):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that should stand in the database and do not, or stand there disabled.

    A table that is not there yet misses nothing: the first migration has to get past the check.
    """
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = {row[0] for row in cursor.fetchall()}
    return [name for table in _present(connection) for name in _triggers(connection, table) if name not in found]


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let the guarded tables be emptied inside the block. Only for sanctioned erasure and for the flush between tests.

    One transaction: no other session ever meets the tables unguarded, and an error puts everything back.
    """
    with transaction.atomic(using=connection.alias):
        remove(connection)
        yield
        install(connection)


def _settle(connection: BaseDatabaseWrapper) -> None:
    """PostgreSQL alters no table whose deferred foreign keys are still to be checked: have them checked now."""
    if connection.vendor == "postgresql":
        connection.check_constraints()


def _present(connection: BaseDatabaseWrapper) -> list[str]:
    existing = set(connection.introspection.table_names())
    return [table for table in GUARDED if table in existing]


def _triggers(connection: BaseDatabaseWrapper, table: str) -> tuple[str, ...]:
    last = "truncate" if connection.vendor == "postgresql" else "replace"
    return (f"{table}_no_update", f"{table}_no_delete", f"{table}_no_{last}")


def _statements(connection: BaseDatabaseWrapper) -> list[str]:
    tables = _present(connection)
    if connection.vendor == "postgresql":
        return _postgresql(tables)
    if connection.vendor == "sqlite":
        return [statement for table in tables for statement in _sqlite(table, GUARDED[table])]
    raise NotImplementedError(f"no append-only triggers for {connection.vendor}")


def _sqlite(table: str, unique: tuple[tuple[str, ...], ...]) -> list[str]:
    refuse = f"SELECT RAISE(ABORT, '{table} is append-only')"
    # REPLACE deletes the standing row without firing a DELETE trigger, so the insert itself has to look.
    meets = " OR ".join(
        "(" + " AND ".join(f"{column} = NEW.{column}" for column in columns) + ")" for columns in unique
    )
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN {refuse}; END",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN {refuse}; END",
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} BEGIN "  # noqa: S608  # nosec B608 - names from GUARDED only
        f"{refuse} WHERE EXISTS (SELECT 1 FROM {table} WHERE {meets}); END",
    ]


def _postgresql(tables: list[str]) -> list[str]:
    statements = [
        f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
    ]
    for table in tables:
        for deed, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            name = f"{table}_no_{deed.lower()}"
            statements += [
                f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH {each} EXECUTE FUNCTION {_FUNCTION}()",
                # ALWAYS: a session in replica mode skips ordinary triggers.
                f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
            ]
    return statements
