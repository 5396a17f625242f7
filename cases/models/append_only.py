"""A model base whose rows cannot be changed, and the database triggers that refuse changes too.

The triggers cover UPDATE, DELETE, REPLACE (and every other upsert) and TRUNCATE. SQLite drops triggers when it rebuilds
a table, so ``missing`` is called by a system check and at start. Tables are named here, models are not imported. The
row that has the last event of the access log needs none: it is hashed under a key that the database does not have.
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

_REFUSE = "cases_append_only_refuse"
_REFUSE_BODY = "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END"
"""The function that PostgreSQL's triggers call."""

ERASE = "cases_erase_entries"
_ERASE_BODY = (
    "BEGIN IF NOT EXISTS (SELECT 1 FROM cases_tombstone JOIN cases_case ON cases_case.public_id = case_public_id "
    "WHERE cases_case.id = erased) THEN "
    "RAISE EXCEPTION 'case % has no tombstone', erased USING ERRCODE = 'restrict_violation'; END IF; "
    "ALTER TABLE cases_entry DISABLE TRIGGER cases_entry_no_delete; "
    "DELETE FROM cases_entry WHERE case_id = erased; "
    "ALTER TABLE cases_entry ENABLE ALWAYS TRIGGER cases_entry_no_delete; END"
)
"""What the web server's role may do on PostgreSQL instead of deleting entries; it runs as the owner of the tables."""

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
    """A trigger as the database should have it."""

    table: str
    name: str
    sql: str


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers of every guarded table that exists, replacing those that are there."""
    remove(connection)
    _check_foreign_keys(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {_REFUSE}() RETURNS trigger LANGUAGE plpgsql AS $$ {_REFUSE_BODY} $$"
            )
            # A search path of its own: nobody can put another table of that name before the owner's.
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {ERASE}(erased bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER "
                f"SET search_path = {schema_of(connection)}, pg_temp AS $$ {_ERASE_BODY} $$"
            )
            cursor.execute(f"REVOKE ALL ON FUNCTION {ERASE}(bigint) FROM PUBLIC")
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
    triggers = _triggers(connection)
    body = _REFUSE_BODY if connection.vendor == "postgresql" else ""
    names = [trigger.name for trigger in triggers if (trigger.sql, body) not in found]
    if triggers and connection.vendor == "postgresql" and not _has_erase_function(connection):
        names.append(ERASE)
    return names


def _has_erase_function(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT btrim(prosrc), prosecdef, proconfig FROM pg_proc "
            "WHERE proname = %s AND pg_function_is_visible(oid)",
            [ERASE],
        )
        wanted = (_ERASE_BODY, True, [f"search_path={schema_of(connection)}, pg_temp"])
        return bool(cursor.fetchall() == [wanted])


def schema_of(connection: BaseDatabaseWrapper) -> str:
    """Return the schema of the tables on PostgreSQL, quoted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        return str(cursor.fetchone()[0])


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


def erase_entries(connection: BaseDatabaseWrapper, case: int) -> None:
    """Delete the entries of the case with this primary key, in the caller's transaction.

    On PostgreSQL the database refuses it for a case without a tombstone.
    """
    if connection.vendor == "postgresql":
        _check_foreign_keys(connection)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {ERASE}(%s)", [case])
        return
    with lifted(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_entry WHERE case_id = %s", [case])


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
    return [table for table in GUARDED if table in existing]


def _triggers(connection: BaseDatabaseWrapper) -> list[_Trigger]:
    """Return every trigger that the existing tables should have."""
    make = {"postgresql": _postgresql, "sqlite": _sqlite}.get(connection.vendor)
    if make is None:
        raise NotImplementedError(f"no append-only triggers for {connection.vendor}")
    return [trigger for table in _existing_tables(connection) for trigger in make(table, GUARDED[table])]


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
        _on_postgresql(table, "no_update", "BEFORE UPDATE", "ROW"),
        _on_postgresql(table, "no_delete", "BEFORE DELETE", "ROW"),
        _on_postgresql(table, "no_truncate", "BEFORE TRUNCATE", "STATEMENT"),
    ]


def _on_postgresql(table: str, name: str, event: str, each: str) -> _Trigger:
    name = f"{table}_{name}"
    return _Trigger(
        table, name, f"CREATE TRIGGER {name} {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {_REFUSE}()"
    )
