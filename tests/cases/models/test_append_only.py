from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model, UniqueConstraint

from cases.access import audit_log
from cases.enums import AuditVerb
from cases.models import AuditEvent, Case, ChainEnd, Entry, append_only
from cases.models.append_only import AppendOnlyError

TABLES = sorted(append_only.GUARDED)
ENGINE = connection.vendor

pytestmark = pytest.mark.owner


@pytest.fixture
def step_form(case: Case) -> Case:
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
def test_database_refuses(table: str, step_form: Case) -> None:
    before = rows(table)
    assert before
    for sql in statements(table):
        assert refused(sql), sql
    assert rows(table) == before


@pytest.mark.skipif(ENGINE != "sqlite", reason="REPLACE is SQLite's")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_replace_on_every_unique_column(table: str, recursive: str, step_form: Case) -> None:
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
def test_replica_mode_is_no_way_round(table: str, step_form: Case) -> None:
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
def test_models_refuse(model: type[Entry] | type[AuditEvent], step_form: Case) -> None:
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


def test_lifted_lets_go_and_takes_hold_again(step_form: Case) -> None:
    with append_only.lifted(connection):
        assert append_only.missing(connection)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM cases_auditevent")
    assert append_only.missing(connection) == []
    assert not AuditEvent.objects.exists()
    assert refused("DELETE FROM cases_entry")


def test_lifted_takes_hold_after_an_error(step_form: Case) -> None:
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


TAMPERED = {
    "sqlite": {
        "without a body": (
            "DROP TRIGGER {name}",
            "CREATE TRIGGER {name} BEFORE DELETE ON {table} BEGIN SELECT 1; END",
        ),
        "on another table": (
            "DROP TRIGGER {name}",
            "CREATE TRIGGER {name} BEFORE DELETE ON cases_draft "
            "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        ),
        "at another action": (
            "DROP TRIGGER {name}",
            "CREATE TRIGGER {name} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        ),
        "under a condition": (
            "DROP TRIGGER {name}",
            "CREATE TRIGGER {name} BEFORE DELETE ON {table} WHEN OLD.seq > 9 "
            "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        ),
    },
    "postgresql": {
        "disabled": ("ALTER TABLE {table} DISABLE TRIGGER {name}",),
        "skipped in replica mode": ("ALTER TABLE {table} ENABLE TRIGGER {name}",),
        "all disabled": ("ALTER TABLE {table} DISABLE TRIGGER ALL",),
        "calling another function": (
            "CREATE FUNCTION harmless() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$",
            "DROP TRIGGER {name} ON {table}",
            "CREATE TRIGGER {name} BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION harmless()",
            "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
        ),
        "calling a hollow function": (
            "CREATE OR REPLACE FUNCTION cases_append_only_refuse() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN RETURN OLD; END $$",
        ),
        "calling its namesake elsewhere": (
            "CREATE SCHEMA elsewhere",
            "CREATE FUNCTION elsewhere.cases_append_only_refuse() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN RETURN OLD; END $$",
            "DROP TRIGGER {name} ON {table}",
            "CREATE TRIGGER {name} BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION elsewhere.cases_append_only_refuse()",
            "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
        ),
        "on another table": (
            "DROP TRIGGER {name} ON {table}",
            "CREATE TRIGGER {name} BEFORE DELETE ON cases_draft "
            "FOR EACH ROW EXECUTE FUNCTION cases_append_only_refuse()",
            "ALTER TABLE cases_draft ENABLE ALWAYS TRIGGER {name}",
        ),
        "at another action": (
            "DROP TRIGGER {name} ON {table}",
            "CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION cases_append_only_refuse()",
            "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
        ),
        "once for the statement": (
            "DROP TRIGGER {name} ON {table}",
            "CREATE TRIGGER {name} AFTER DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION cases_append_only_refuse()",
            "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
        ),
        "under a condition": (
            "DROP TRIGGER {name} ON {table}",
            "CREATE TRIGGER {name} BEFORE DELETE ON {table} "
            "FOR EACH ROW WHEN (OLD.seq > 9) EXECUTE FUNCTION cases_append_only_refuse()",
            "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
        ),
    },
}[ENGINE]


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("how", TAMPERED)
def test_trigger_that_guards_nothing_counts_as_missing(how: str, table: str) -> None:
    """A name alone is no guard. Putting the triggers back mends it."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        for sql in TAMPERED[how]:
            cursor.execute(sql.format(name=f"{table}_no_delete", table=table))
    assert f"{table}_no_delete" in append_only.missing(connection)
    append_only.install(connection)
    assert append_only.missing(connection) == []


@pytest.mark.django_db
def test_every_trigger_is_compared() -> None:
    """Each one, hollowed out under its own name, is found, and it alone."""
    for name in names_of_triggers():
        with transaction.atomic():
            hollow(name)
            assert append_only.missing(connection) == [name]
            transaction.set_rollback(True)


def names_of_triggers() -> list[str]:
    append_only.remove(connection)
    names = append_only.missing(connection)
    append_only.install(connection)
    return names


def hollow(name: str) -> None:
    table = next(table for table in TABLES if name.startswith(f"{table}_"))
    action = {"update": "UPDATE", "return": "UPDATE", "delete": "DELETE", "truncate": "TRUNCATE"}.get(
        name.rpartition("_")[2], "INSERT"
    )
    with connection.cursor() as cursor:
        if ENGINE == "sqlite":
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(f"CREATE TRIGGER {name} BEFORE {action} ON {table} BEGIN SELECT 1; END")
            return
        cursor.execute("CREATE FUNCTION harmless() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$")
        cursor.execute(f"DROP TRIGGER {name} ON {table}")
        cursor.execute(
            f"CREATE TRIGGER {name} AFTER {action} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION harmless()"
        )
        cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


@pytest.mark.skipif(ENGINE != "postgresql", reason="functions are PostgreSQL's")
def test_function_is_compared(step_form: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION cases_append_only_refuse() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN RETURN NEW; END $$"
        )
    assert append_only.missing(connection) != []


RELEASED = {
    "sqlite": {
        "cases_auditevent_no_update": (
            "CREATE TRIGGER cases_auditevent_no_update BEFORE UPDATE ON cases_auditevent "
            "BEGIN SELECT RAISE(ABORT, 'cases_auditevent is append-only'); END"
        ),
        "cases_auditevent_no_replace": (
            "CREATE TRIGGER cases_auditevent_no_replace BEFORE INSERT ON cases_auditevent "
            "BEGIN SELECT RAISE(ABORT, 'cases_auditevent is append-only') WHERE EXISTS (SELECT 1 FROM cases_auditevent "
            "WHERE (id = NEW.id) OR (public_id = NEW.public_id) OR (seq = NEW.seq)); END"
        ),
    },
    "postgresql": {
        "cases_auditevent_no_update": (
            "CREATE OR REPLACE FUNCTION cases_append_only_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$; "
            "CREATE TRIGGER cases_auditevent_no_update BEFORE UPDATE ON cases_auditevent "
            "FOR EACH ROW EXECUTE FUNCTION cases_append_only_refuse(); "
            "ALTER TABLE cases_auditevent ENABLE ALWAYS TRIGGER cases_auditevent_no_update"
        ),
    },
}[ENGINE]


@pytest.mark.django_db
@pytest.mark.parametrize("name", RELEASED)
def test_triggers_of_earlier_versions_count(name: str) -> None:
    """Whoever upgrades has them; were they found wanting, the upgrade itself would be refused."""
    append_only.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(RELEASED[name])
    assert name not in append_only.missing(connection)


def end() -> tuple[int, str] | None:
    return ChainEnd.objects.values_list("seq", "hash").first()


def last() -> tuple[int, str] | None:
    return AuditEvent.objects.order_by("-seq").values_list("seq", "hash").first()


def test_database_writes_down_where_the_log_ends(step_form: Case) -> None:
    for _number in range(3):
        audit_log.write_event(AuditVerb.LIST, by=None)
        assert end() == last()


@pytest.mark.django_db(transaction=True)
def test_end_goes_with_its_transaction() -> None:
    with transaction.atomic():
        audit_log.write_event(AuditVerb.LIST, by=None)
    before = end()
    with transaction.atomic():
        audit_log.write_event(AuditVerb.LIST, by=None)
        assert end() != before
        transaction.set_rollback(True)
    assert before is not None
    assert end() == before == last()


@pytest.mark.skipif(ENGINE != "sqlite", reason="only SQLite rebuilds tables")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", [AuditEvent, ChainEnd, Entry])
def test_guarded_table_can_be_rebuilt(model: type[Model]) -> None:
    """As a migration does that changes a constraint; SQLite renames no table that a trigger elsewhere waits for."""
    with connection.schema_editor() as editor:
        editor._remake_table(model)
    append_only.install(connection)
    assert append_only.missing(connection) == []
    with transaction.atomic():
        audit_log.write_event(AuditVerb.LIST, by=None)
    assert end() == last()


@pytest.mark.django_db
def test_missing_asks_nothing_of_a_database_not_migrated_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(append_only.GUARDED, "cases_later", (("id",),))
    assert append_only.missing(connection) == []
    append_only.install(connection)
