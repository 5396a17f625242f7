"""On PostgreSQL the web server's role can change the database only as the product does."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction

from cases.models import Case, append_only
from cases.operations import startup_checks
from tests.engines import WEB_ROLE, as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not WEB_ROLE, reason="two roles are a matter of PostgreSQL")]

LESS = {
    "cases_auditevent": {"SELECT", "INSERT"},
    "cases_chainend": {"SELECT", "UPDATE"},
    "cases_chainkey": {"SELECT", "INSERT", "UPDATE"},
    "cases_entry": {"SELECT", "INSERT"},
    "cases_keycheck": {"SELECT", "INSERT"},
    "cases_tombstone": {"SELECT", "INSERT"},
    "django_migrations": {"SELECT"},
}
ALL = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def ask(sql: str, *values: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0] if cursor.description else None


def test_rights_on_every_table() -> None:
    tables = connection.introspection.table_names()
    rights = {
        table: {right for right in ALL if ask("SELECT has_table_privilege(%s, %s, %s)", WEB_ROLE, table, right)}
        for table in tables
    }
    assert len(tables) > 20
    assert rights == {table: LESS.get(table, {"SELECT", "INSERT", "UPDATE", "DELETE"}) for table in tables}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cases_entry SET step = 'x'",
        "DELETE FROM cases_entry",
        "UPDATE cases_auditevent SET step = 'x'",
        "DELETE FROM cases_auditevent",
        "DELETE FROM cases_chainend",
        "INSERT INTO cases_chainend (id) VALUES (2)",
        "DELETE FROM cases_chainkey",
        "UPDATE cases_keycheck SET key_id = 'x'",
        "TRUNCATE cases_draft",
        "ALTER TABLE cases_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER cases_entry_no_update ON cases_entry",
        "CREATE TABLE more (id int)",
        "CREATE TEMPORARY TABLE more (id int)",
        "CREATE SCHEMA more",
        "CREATE OR REPLACE FUNCTION cases_append_only_refuse() RETURNS trigger LANGUAGE sql AS ''",
        "SET session_replication_role = replica",
    ],
)
def test_refused(sql: str) -> None:
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
        ask(sql)


def test_entries_are_erased_only_beside_a_tombstone(case: Case) -> None:
    with pytest.raises(DatabaseError, match="has no tombstone"), transaction.atomic():
        append_only.erase_entries(connection, case.pk)
    assert case.entries.count() == 1


def test_table_of_the_same_name_is_not_what_is_erased(case: Case) -> None:
    """A temporary table named as the owner's stands in no search path of the function."""
    with as_owner():
        ask("CREATE TEMPORARY TABLE cases_tombstone (case_public_id uuid)")
        ask("INSERT INTO cases_tombstone VALUES (%s)", case.public_id)
    with pytest.raises(DatabaseError, match="has no tombstone"), transaction.atomic():
        append_only.erase_entries(connection, case.pk)


def test_web_server_starts_in_its_own_role_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "close", lambda: None)
    startup_checks.check_before_start()
    with as_owner(), pytest.raises(ImproperlyConfigured, match="Two roles"):
        startup_checks.check_before_start()


def test_changed_function_counts_as_missing() -> None:
    assert append_only.missing(connection) == []
    with as_owner():
        ask(
            "CREATE OR REPLACE FUNCTION cases_erase_entries(erased bigint) RETURNS void LANGUAGE plpgsql "
            "SECURITY DEFINER AS $$ BEGIN DELETE FROM cases_entry; END $$"
        )
        assert append_only.missing(connection) == ["cases_erase_entries"]
