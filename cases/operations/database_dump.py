"""Write the whole database as lines of JSON, the same for both engines, and load them into an empty one.

    {"handlekort": 1, "made_at": …, "migrations": […], "counts": {table: rows}, "heads": [[name, seq, hash], …]}
    {"table": "cases_case", "columns": ["id", …]}      then one array per row, for each table in turn
    {"end": true, "rows": 1234}

Times are ISO 8601 in UTC to the microsecond, UUIDs and dates text, bytes base64; JSON columns are unchanged.
Sessions and the counts of login attempts are excluded: nobody is logged in after a restore.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.sql import InsertQuery
from django.utils import timezone

from cases.access import audit_log
from cases.crypto.hash_chain import canonical_json, utc_text
from cases.models import AuditEvent, Case, ChainEnd

VERSION = 1
ALIAS = "snapshot"
EXCLUDED = frozenset({"sessions.session", "guide.cachedvalue", "cases.chainend"})
"""Sessions, counts of login attempts, and the row that has the last event: the header holds what it must be."""

SEEDED = (
    "auth_permission",
    "cases_chainkey",
    "cases_keycheck",
    "django_content_type",
    "guide_contact",
    "guide_legalnote",
)
"""Tables with rows in a new database; a restore replaces these rows."""

_BATCH = 500


class BadLine(Exception):
    """A line is not what the format has there."""


def tables() -> list[type[models.Model]]:
    """Return the models of all tables in a backup, sorted by table name."""
    every = apps.get_models(include_auto_created=True)
    stored = (model for model in every if model._meta.managed and not model._meta.proxy)
    kept = (model for model in stored if model._meta.label_lower not in EXCLUDED)
    return sorted(kept, key=lambda model: model._meta.db_table)


def applied_migrations(alias: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return the names of the migrations applied to the database."""
    recorder = MigrationRecorder(connections[alias])
    return sorted(f"{app}.{name}" for app, name in recorder.applied_migrations())


@contextmanager
def snapshot() -> Iterator[str]:
    """Yield the alias of the database as it is at one moment, while others write.

    SQLite: a copy in memory by SQLite's own backup, for which writers wait milliseconds. PostgreSQL: a repeatable-read
    transaction, for which nobody waits.
    """
    if connections[DEFAULT_DB_ALIAS].vendor == "sqlite":
        with _sqlite_copy() as alias:
            yield alias
        return
    with transaction.atomic(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield DEFAULT_DB_ALIAS


@contextmanager
def _sqlite_copy() -> Iterator[str]:
    source = connections[DEFAULT_DB_ALIAS]
    source.ensure_connection()
    connections.databases[ALIAS] = {**source.settings_dict, "NAME": ":memory:"}
    try:
        copy = connections[ALIAS]
        copy.connect()
        source.connection.backup(copy.connection)
        yield ALIAS
    finally:
        connections[ALIAS].close()
        # Django's own close keeps a database in memory open.
        BaseDatabaseWrapper.close(connections[ALIAS])
        del connections[ALIAS]
        del connections.databases[ALIAS]


def dump_lines(alias: str) -> Iterator[bytes]:
    """Yield the database under the alias line by line."""
    counts = {model._meta.db_table: model._base_manager.using(alias).count() for model in tables()}
    yield _encode_line(
        {
            "handlekort": VERSION,
            "made_at": utc_text(timezone.now()),
            "migrations": applied_migrations(alias),
            "counts": counts,
            "heads": chain_ends(alias),
        }
    )
    total = 0
    for model in tables():
        columns = [field.attname for field in model._meta.concrete_fields]
        yield _encode_line({"table": model._meta.db_table, "columns": columns})
        rows = model._base_manager.using(alias).order_by("pk").values_list(*columns)
        for row in rows.iterator(chunk_size=_BATCH):
            yield _encode_line([_to_json(value) for value in row])
            total += 1
    yield _encode_line({"end": True, "rows": total})


def chain_ends(alias: str) -> list[list[Any]]:
    """Return [name, seq, hash] of the last row of each chain: the access log, without a name, then the cases.

    The access log's is the one that was stored with it, so missing last events are found after a restore too.
    """
    last = ChainEnd.objects.using(alias).values_list("seq", "hash").first()
    cases = Case._base_manager.using(alias).order_by("reference").values_list("reference", "head_seq", "head_hash")
    return [["", *(last or (0, ""))], *(list(row) for row in cases)]


def parse_lines(chunks: Iterable[bytes]) -> Iterator[Any]:
    """Yield the lines of chunks that are split anywhere. Raises BadLine for text that is no JSON."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for text in whole:
            try:
                yield json.loads(text)
            except ValueError as error:
                raise BadLine from error
    if rest:
        raise BadLine


def check_dump(parts: Iterator[Any]) -> dict[str, Any]:
    """Read all lines and return the header. Raises BadLine unless every counted row is there."""
    header = next(parts, None)
    if not isinstance(header, dict) or header.get("handlekort") != VERSION:
        raise BadLine
    found: dict[str, int] = {}
    table, end = "", None
    for part in parts:
        if end is not None:
            raise BadLine
        if isinstance(part, list):
            found[table] += 1
        elif "table" in part:
            table = part["table"]
            found[table] = 0
        else:
            end = part
    if end != {"end": True, "rows": sum(found.values())} or found != header["counts"]:
        raise BadLine
    return header


def tables_with_rows() -> list[str]:
    """Return the names of tables with rows that must be empty before a restore."""
    return [
        model._meta.db_table
        for model in tables()
        if model._meta.db_table not in SEEDED and model._base_manager.exists()
    ]


def load_rows(parts: Iterator[Any]) -> None:
    """Insert the rows, in the caller's transaction. Raises BadLine for an unknown table or column."""
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        for table in SEEDED:  # constants only
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  # nosec B608
    next(parts)
    known = {model._meta.db_table: model for model in tables()}
    model: type[models.Model] | None = None
    batch: list[models.Model] = []
    for part in parts:
        if isinstance(part, list) and model is not None:
            batch.append(_row(model, part))
        if batch and (not isinstance(part, list) or len(batch) == _BATCH):
            _insert(connection, batch)
            batch = []
        if isinstance(part, dict) and "table" in part:
            model = known.get(part["table"])
            if model is None or part["columns"] != [field.attname for field in model._meta.concrete_fields]:
                raise BadLine
    last = AuditEvent.objects.order_by("-seq").first()
    if last:
        audit_log.store_end(last.seq, last.hash, last.chain_key)
    _finish_load(connection)


def _insert(connection: BaseDatabaseWrapper, rows: list[models.Model]) -> None:
    """Insert the rows unchanged: without defaults, ``auto_now`` and ``save``."""
    fields = list(rows[0]._meta.concrete_fields)
    step = connection.ops.bulk_batch_size([field.name for field in fields], rows)
    for start in range(0, len(rows), step):
        query = InsertQuery(type(rows[0]))
        query.insert_values(fields, rows[start : start + step], raw=True)
        query.get_compiler(connection=connection).execute_sql()


def _finish_load(connection: BaseDatabaseWrapper) -> None:
    """Check foreign keys, and continue the sequences after the highest key."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)
    ContentType.objects.clear_cache()


def _encode_line(value: Any) -> bytes:
    return canonical_json(value) + b"\n"


def _to_json(value: Any) -> Any:
    match value:
        case bytes() | memoryview():
            return base64.b64encode(value).decode("ascii")
        case datetime():
            return utc_text(value)
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            return value


def _row(model: type[models.Model], plain: list[Any]) -> models.Model:
    fields = model._meta.concrete_fields
    return model(**{field.attname: _from_json(field, value) for field, value in zip(fields, plain, strict=True)})


def _from_json(field: models.Field[Any, Any], plain: Any) -> Any:
    if plain is None:
        return None
    match field:
        case models.BinaryField():
            return base64.b64decode(plain)
        case models.DateTimeField():
            return datetime.fromisoformat(plain)
        case models.DateField():
            return date.fromisoformat(plain)
        case models.UUIDField():
            return UUID(plain)
        case _:
            return plain
