"""What is written stays written: a model base that refuses change, and triggers by which the database refuses too.

The triggers cover UPDATE, DELETE, REPLACE (and every other upsert) and TRUNCATE. One more writes down where the access
log ends, in the transaction of every new line: a chain cut short is still a chain, so its end has to stand elsewhere.
That row moves on and never back. SQLite drops triggers when it rebuilds a table, so ``missing`` is asked by a system
check and at start. A leaf: it knows tables by name, not the models.
"""

from __future__ import annotations

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
"""Guarded tables, each with its unique column sets: a row that meets one of these would replace another."""

_LOG = "cases_auditevent"
_END = "cases_chainend"
"""Where the log ends, in one row. Its triggers name no other table: SQLite renames none that a trigger waits for."""

_REFUSE = "cases_append_only_refuse"
_FORWARD = "cases_chain_end_forward"
_FOLLOW = "cases_chain_end_follow"
_FUNCTIONS = {
    _REFUSE: ("BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END"),
    _FORWARD: (
        "BEGIN IF NEW.id <> OLD.id OR NEW.seq <= OLD.seq THEN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; "
        "END IF; RETURN NEW; END"
    ),
    _FOLLOW: (
        "BEGIN INSERT INTO cases_chainend (id, seq, hash) VALUES (1, NEW.seq, NEW.hash) "
        "ON CONFLICT (id) DO UPDATE SET seq = EXCLUDED.seq, hash = EXCLUDED.hash "
        "WHERE cases_chainend.seq < EXCLUDED.seq; RETURN NULL; END"
    ),
}
"""What PostgreSQL's triggers call, by name, each with its body."""

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


@dataclass(frozen=True)
class _Trigger:
    """A trigger as it has to stand; ``calls`` is its function, on PostgreSQL."""

    table: str
    name: str
    sql: str
    calls: str = ""


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers on every guarded table that exists; those already there are made anew."""
    remove(connection)
    _settle(connection)
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
    """Take the triggers away. For migrations backwards, and through ``lifted``."""
    _settle(connection)
    with connection.cursor() as cursor:
        for trigger in _triggers(connection):
            on = f" ON {trigger.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {trigger.name}{on}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that do not stand in the database as ``install`` puts them there.

    Gone, disabled, on another table, with another body, or calling a function with another body: a name alone guards
    nothing. A table that is not there yet misses nothing: the first migration has to get past the check.
    """
    found = _standing(connection)
    return [
        trigger.name
        for trigger in _triggers(connection)
        if (trigger.sql, _FUNCTIONS.get(trigger.calls, "")) not in found
    ]


def _standing(connection: BaseDatabaseWrapper) -> set[tuple[str, str]]:
    """The triggers that the database has, as it spells them itself, each with the body of what it calls."""
    if connection.vendor == "postgresql":
        # A table or function that this session would not mean by its bare name is spelt with its schema, and differs.
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
    return [table for table in (*GUARDED, _END) if table in existing]


def _triggers(connection: BaseDatabaseWrapper) -> list[_Trigger]:
    """Every trigger that belongs in the database with the tables that it has now."""
    make = {"postgresql": _postgresql, "sqlite": _sqlite}.get(connection.vendor)
    if make is None:
        raise NotImplementedError(f"no append-only triggers for {connection.vendor}")
    present = _present(connection)
    found = [trigger for table in present if table in GUARDED for trigger in make(table, GUARDED[table])]
    if _END in present:
        found += _END_TRIGGERS[connection.vendor]
    return found


def _sqlite(table: str, unique: tuple[tuple[str, ...], ...]) -> list[_Trigger]:
    refuse = f"SELECT RAISE(ABORT, '{table} is append-only')"
    # REPLACE deletes the standing row without firing a DELETE trigger, so the insert itself has to look.
    meets = " OR ".join(
        "(" + " AND ".join(f"{column} = NEW.{column}" for column in columns) + ")" for columns in unique
    )
    standing = " ".join(("SELECT 1 FROM", table, "WHERE", meets))
    return [
        _on_sqlite(table, "no_update", "BEFORE UPDATE", f"{refuse};"),
        _on_sqlite(table, "no_delete", "BEFORE DELETE", f"{refuse};"),
        _on_sqlite(table, "no_replace", "BEFORE INSERT", f"{refuse} WHERE EXISTS ({standing});"),
    ]


def _on_sqlite(table: str, name: str, deed: str, body: str) -> _Trigger:
    name = f"{table}_{name}"
    return _Trigger(table, name, f"CREATE TRIGGER {name} {deed} ON {table} BEGIN {body} END")


def _postgresql(table: str, unique: tuple[tuple[str, ...], ...]) -> list[_Trigger]:
    return [
        _on_postgresql(table, "no_update", "BEFORE UPDATE", _REFUSE),
        _on_postgresql(table, "no_delete", "BEFORE DELETE", _REFUSE),
        _on_postgresql(table, "no_truncate", "BEFORE TRUNCATE", _REFUSE),
    ]


def _on_postgresql(table: str, name: str, deed: str, calls: str) -> _Trigger:
    name = f"{table}_{name}"
    each = "STATEMENT" if deed.endswith("TRUNCATE") else "ROW"
    sql = f"CREATE TRIGGER {name} {deed} ON {table} FOR EACH {each} EXECUTE FUNCTION {calls}()"
    return _Trigger(table, name, sql, calls)


_END_TRIGGERS = {
    "sqlite": [
        _on_sqlite(
            _END,
            "no_return",
            "BEFORE UPDATE",
            "SELECT RAISE(ABORT, 'cases_chainend is append-only') WHERE NEW.id <> OLD.id OR NEW.seq <= OLD.seq;",
        ),
        _on_sqlite(_END, "no_delete", "BEFORE DELETE", "SELECT RAISE(ABORT, 'cases_chainend is append-only');"),
        _on_sqlite(
            _END,
            "no_replace",
            "BEFORE INSERT",
            "SELECT RAISE(ABORT, 'cases_chainend is append-only') WHERE EXISTS (SELECT 1 FROM cases_chainend);",
        ),
        _on_sqlite(
            _LOG,
            "end",
            "AFTER INSERT",
            "INSERT INTO cases_chainend (id, seq, hash) "
            "SELECT 1, NEW.seq, NEW.hash WHERE NOT EXISTS (SELECT 1 FROM cases_chainend); "
            "UPDATE cases_chainend SET seq = NEW.seq, hash = NEW.hash WHERE seq < NEW.seq;",
        ),
    ],
    "postgresql": [
        _on_postgresql(_END, "no_return", "BEFORE UPDATE", _FORWARD),
        _on_postgresql(_END, "no_delete", "BEFORE DELETE", _REFUSE),
        _on_postgresql(_END, "no_truncate", "BEFORE TRUNCATE", _REFUSE),
        _on_postgresql(_LOG, "end", "AFTER INSERT", _FOLLOW),
    ],
}
