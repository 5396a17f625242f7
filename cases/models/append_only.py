"""A model base whose rows cannot be changed, and the database triggers that refuse changes too.

The triggers cover UPDATE, DELETE, REPLACE (and every other upsert) and TRUNCATE; the row that has the last event of the
access log only moves forward. SQLite drops triggers when it rebuilds a table, so ``missing`` is called by a system
check and at start. Tables are named here, models are not imported.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

GUARDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "cases_entry": (("id",), ("public_id",), ("case_id", "seq"), ("case_id", "submission_id")),
    "cases_auditevent": (("id",), ("public_id",), ("seq",)),
}
"""Guarded tables, each with its unique column sets: a new row equal to an old one in any would replace it."""

_CHAIN_END = "cases_chainend"
"""One row: the last event."""

_REFUSE = "cases_append_only_refuse"
_FORWARD = "cases_chain_end_forward"
_FUNCTIONS = {
    _REFUSE: ("BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END"),
    _FORWARD: (
        "BEGIN IF NEW.id <> OLD.id OR NEW.seq <= OLD.seq THEN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; "
        "END IF; RETURN NEW; END"
    ),
}
"""Name and body of the functions that PostgreSQL's triggers call."""

_Row = TypeVar("_Row", bound="AppendOnly", covariant=True)


class AppendOnlyError(Exception):
    """A change or deletion of an append-only row was attempted."""


def _refuse(*args: Any, **kwargs: Any) -> NoReturn:
    raise AppendOnlyError(
        _("Det, der er skrevet i loggen, kan hverken ændres eller slettes. Skriv en rettelse i stedet.")
    )


class AppendOnlyQuerySet(models.QuerySet[_Row]):
    """A queryset that only adds and reads."""

    update = delete = bulk_update = update_or_create = _refuse

    def bulk_create(
        self,
        objs: Iterable[_Row],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> list[_Row]:
        """Add rows; a conflict raises IntegrityError and is never ignored or turned into an update."""
        if ignore_conflicts or update_conflicts:
            _refuse()
        return super().bulk_create(objs, batch_size, ignore_conflicts, update_conflicts, *args, **kwargs)


AppendOnlyManager = models.Manager.from_queryset(AppendOnlyQuerySet)


class AppendOnly(models.Model):
    """Base of models whose rows are written once."""

    class Meta:
        abstract = True

    delete = _refuse

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert a new row. Raises AppendOnlyError for a row that is in the database."""
        if not self._state.adding:
            _refuse()
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)


@dataclass(frozen=True)
class _Trigger:
    """A trigger as the database should have it; ``calls`` is its function, on PostgreSQL."""

    table: str
    name: str
    sql: str
    calls: str = ""


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers of every guarded table that exists, replacing those that are there."""
    remove(connection)
    _check_foreign_keys(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name, body in _FUNCTIONS.items():
                cursor.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        for trigger in _triggers(connection):
            cursor.execute(trigger.sql)
            if connection.vendor == "postgresql":
                # ALWAYS: a session in replica mode skips ordinary triggers.
                cursor.execute(f"ALTER TABLE {trigger.table} ENABLE ALWAYS TRIGGER {trigger.name}")


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers. For reversed migrations and ``lifted``."""
    _check_foreign_keys(connection)
    with connection.cursor() as cursor:
        for trigger in _triggers(connection):
            on = f" ON {trigger.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {trigger.name}{on}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the triggers that the database does not have as ``install`` creates them.

    That is: dropped, disabled, on another table, with another body or calling a function with another body. Tables that
    do not exist are passed over: the first migration runs after this check.
    """
    found = _existing_triggers(connection)
    return [
        trigger.name
        for trigger in _triggers(connection)
        if (trigger.sql, _FUNCTIONS.get(trigger.calls, "")) not in found
    ]


def _existing_triggers(connection: BaseDatabaseWrapper) -> set[tuple[str, str]]:
    """Return the SQL of the triggers in the database, as it writes it, each with the body of the function it calls."""
    if connection.vendor == "postgresql":
        # A table or function outside the search path is written with its schema, and so differs.
        query = (
            "SELECT pg_get_triggerdef(pg_trigger.oid, true), btrim(prosrc) FROM pg_trigger "
            "JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_language ON pg_language.oid = prolang "
            "WHERE NOT tgisinternal AND tgenabled = 'A' AND lanname = 'plpgsql' AND pg_table_is_visible(tgrelid)"
        )
    else:
        query = "SELECT sql, '' FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return set(cursor.fetchall())


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Drop the triggers inside the block. Only for the erasure of a case and the flush between tests.

    One transaction: no other session sees the tables unguarded, and an error restores everything.
    """
    with transaction.atomic(using=connection.alias):
        remove(connection)
        yield
        install(connection)


def _check_foreign_keys(connection: BaseDatabaseWrapper) -> None:
    """Check deferred foreign keys now: PostgreSQL alters no table while any of its checks is pending."""
    if connection.vendor == "postgresql":
        connection.check_constraints()


def _existing_tables(connection: BaseDatabaseWrapper) -> list[str]:
    existing = set(connection.introspection.table_names())
    return [table for table in (*GUARDED, _CHAIN_END) if table in existing]


def _triggers(connection: BaseDatabaseWrapper) -> list[_Trigger]:
    """Return every trigger that the existing tables should have."""
    make = {"postgresql": _postgresql, "sqlite": _sqlite}.get(connection.vendor)
    if make is None:
        raise NotImplementedError(f"no append-only triggers for {connection.vendor}")
    tables = _existing_tables(connection)
    found = [trigger for table in tables if table in GUARDED for trigger in make(table, GUARDED[table])]
    if _CHAIN_END in tables:
        found += _CHAIN_END_TRIGGERS[connection.vendor]
    return found


def _sqlite(table: str, unique: tuple[tuple[str, ...], ...]) -> list[_Trigger]:
    refuse = f"SELECT RAISE(ABORT, '{table} is append-only')"
    # REPLACE deletes the old row without firing a DELETE trigger, so the insert has to look for it.
    conflict = " OR ".join(
        "(" + " AND ".join(f"{column} = NEW.{column}" for column in columns) + ")" for columns in unique
    )
    existing = " ".join(("SELECT 1 FROM", table, "WHERE", conflict))
    return [
        _on_sqlite(table, "no_update", "BEFORE UPDATE", f"{refuse};"),
        _on_sqlite(table, "no_delete", "BEFORE DELETE", f"{refuse};"),
        _on_sqlite(table, "no_replace", "BEFORE INSERT", f"{refuse} WHERE EXISTS ({existing});"),
    ]


def _on_sqlite(table: str, name: str, event: str, body: str) -> _Trigger:
    name = f"{table}_{name}"
    return _Trigger(table, name, f"CREATE TRIGGER {name} {event} ON {table} BEGIN {body} END")


def _postgresql(table: str, unique: tuple[tuple[str, ...], ...]) -> list[_Trigger]:
    return [
        _on_postgresql(table, "no_update", "BEFORE UPDATE", _REFUSE),
        _on_postgresql(table, "no_delete", "BEFORE DELETE", _REFUSE),
        _on_postgresql(table, "no_truncate", "BEFORE TRUNCATE", _REFUSE),
    ]


def _on_postgresql(table: str, name: str, event: str, calls: str) -> _Trigger:
    name = f"{table}_{name}"
    each = "STATEMENT" if event.endswith("TRUNCATE") else "ROW"
    sql = f"CREATE TRIGGER {name} {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {calls}()"
    return _Trigger(table, name, sql, calls)


_CHAIN_END_TRIGGERS = {
    "sqlite": [
        _on_sqlite(
            _CHAIN_END,
            "no_return",
            "BEFORE UPDATE",
            "SELECT RAISE(ABORT, 'cases_chainend is append-only') WHERE NEW.id <> OLD.id OR NEW.seq <= OLD.seq;",
        ),
        _on_sqlite(_CHAIN_END, "no_delete", "BEFORE DELETE", "SELECT RAISE(ABORT, 'cases_chainend is append-only');"),
        _on_sqlite(
            _CHAIN_END,
            "no_replace",
            "BEFORE INSERT",
            "SELECT RAISE(ABORT, 'cases_chainend is append-only') WHERE EXISTS (SELECT 1 FROM cases_chainend);",
        ),
    ],
    "postgresql": [
        _on_postgresql(_CHAIN_END, "no_return", "BEFORE UPDATE", _FORWARD),
        _on_postgresql(_CHAIN_END, "no_delete", "BEFORE DELETE", _REFUSE),
        _on_postgresql(_CHAIN_END, "no_truncate", "BEFORE TRUNCATE", _REFUSE),
    ],
}
