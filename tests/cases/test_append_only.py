from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model, UniqueConstraint

from cases import append_only
from cases.append_only import AppendOnlyError
from cases.models import AuditEvent, Case, Entry

TABLES = sorted(append_only.GUARDED)
ENGINE = connection.vendor


@pytest.fixture
def filled(case: Case) -> Case:
    """A case with an entry and an audit event, its foreign keys already checked as after a commit."""
    connection.check_constraints()
    return case


def refused(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except IntegrityError as error:
        return "append-only" in str(error)
    return False


def rows(table: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()]


def columns(table: str) -> str:
    with connection.cursor() as cursor:
        return ", ".join(column.name for column in connection.introspection.get_table_description(cursor, table))


def statements(table: str) -> Iterator[str]:
    every = columns(table)
    yield f"UPDATE {table} SET seq = seq + 100"
    yield f"UPDATE {table} SET id = id"
    yield f"DELETE FROM {table}"
    yield f"DELETE FROM {table} WHERE seq = 1"
    again = f"({every}) SELECT {every} FROM {table} WHERE true"
    yield f"INSERT INTO {table} {again} ON CONFLICT (id) DO UPDATE SET seq = 99"
    if ENGINE == "sqlite":
        yield f"REPLACE INTO {table} {again}"
        yield f"INSERT OR REPLACE INTO {table} {again}"
        yield f"UPDATE OR REPLACE {table} SET seq = seq"
    else:
        yield f"TRUNCATE {table} CASCADE"


@pytest.mark.parametrize("table", TABLES)
def test_database_refuses(table: str, filled: Case) -> None:
    before = rows(table)
    assert before
    for sql in statements(table):
        assert refused(sql), sql
    assert rows(table) == before


@pytest.mark.skipif(ENGINE != "sqlite", reason="REPLACE is SQLite's")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_replace_on_every_unique_column(table: str, recursive: str, filled: Case) -> None:
    """A row that meets another in one unique set only must not push it out, whatever the connection's mode."""
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA recursive_triggers = {recursive}")
    before = rows(table)
    fresh = {"id": "id + 1000", "seq": "seq + 1000", "public_id": "'new' || public_id", "submission_id": "'new' || id"}
    for unique in append_only.GUARDED[table]:
        values = [fresh.get(name, name) if name not in unique else name for name in columns(table).split(", ")]
        assert refused(f"REPLACE INTO {table} ({columns(table)}) SELECT {', '.join(values)} FROM {table}"), unique
    assert rows(table) == before


@pytest.mark.skipif(ENGINE != "postgresql", reason="replica mode is PostgreSQL's")
@pytest.mark.parametrize("table", TABLES)
def test_replica_mode_is_no_way_round(table: str, filled: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    assert refused(f"DELETE FROM {table}")


@pytest.mark.parametrize("model", [Entry, AuditEvent])
def test_guarded_columns_are_all_unique_sets(model: type[Model]) -> None:
    unique = {(field.column,) for field in model._meta.concrete_fields if field.unique}
    unique |= {
        tuple(model._meta.get_field(name).column for name in constraint.fields)
        for constraint in model._meta.constraints
        if isinstance(constraint, UniqueConstraint)
    }
    assert set(append_only.GUARDED[model._meta.db_table]) == unique


@pytest.mark.parametrize("model", [Entry, AuditEvent])
def test_models_refuse(model: type[Entry] | type[AuditEvent], filled: Case) -> None:
    row = model.objects.get()
    attempts = [
        row.save,
        row.delete,
        model.objects.all().delete,
        lambda: model.objects.update(seq=9),
        lambda: model._base_manager.update(seq=9),
        lambda: model.objects.bulk_update([row], ["seq"]),
        lambda: model.objects.update_or_create(seq=1, defaults={"seq": 2}),
        lambda: model.objects.bulk_create([row], ignore_conflicts=True),
        lambda: model.objects.bulk_create([row], update_conflicts=True, unique_fields=["id"], update_fields=["seq"]),
    ]
    for attempt in attempts:
        with pytest.raises(AppendOnlyError):
            attempt()
    assert model.objects.get() == row


def test_lifted_lets_go_and_takes_hold_again(filled: Case) -> None:
    with append_only.lifted(connection):
        assert append_only.missing(connection)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM cases_auditevent")
    assert append_only.missing(connection) == []
    assert not AuditEvent.objects.exists()
    assert refused("DELETE FROM cases_entry")


def test_lifted_takes_hold_after_an_error(filled: Case) -> None:
    before = rows("cases_entry")

    def empty_and_fail() -> None:
        with append_only.lifted(connection), connection.cursor() as cursor:
            cursor.execute("DELETE FROM cases_entry")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        empty_and_fail()
    assert append_only.missing(connection) == []
    assert rows("cases_entry") == before


@pytest.mark.django_db
def test_missing_names_each_trigger() -> None:
    append_only.remove(connection)
    assert len(append_only.missing(connection)) == 6
    append_only.install(connection)
    append_only.install(connection)
    assert append_only.missing(connection) == []


@pytest.mark.django_db
def test_missing_asks_nothing_of_a_database_not_migrated_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(append_only.GUARDED, "cases_later", (("id",),))
    assert append_only.missing(connection) == []
    append_only.install(connection)
