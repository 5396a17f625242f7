import runpy
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.core.checks.registry import registry
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created
from django.test import Client
from django.urls import reverse

from cases.crypto import encryption
from cases.models import append_only
from cases.operations import database_dump, make_key, startup_checks


def test_checks_are_registered() -> None:
    assert {startup_checks.keys_are_usable, startup_checks.log_is_guarded} <= registry.registered_checks


@pytest.mark.parametrize("keys", ["", "noget:andet"])
def test_check_without_keys(keys: str, settings: object) -> None:
    settings.HANDLEKORT_KEYS = keys  # type: ignore[attr-defined]
    (error,) = startup_checks.keys_are_usable(None)
    assert error.id == "cases.E001"
    assert "make_key" in error.msg
    with pytest.raises(ImproperlyConfigured, match="make_key"):
        startup_checks.check_before_start()


def test_make_key_makes_one_that_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_key")
    make_key.main()
    told = capsys.readouterr()
    first, second = told.out.split()
    assert len(encryption.parse_key_ring(f"{first},{second}").keys) == 2
    assert told.err.count("HANDLEKORT_KEYS") == 2


def test_make_key_needs_no_settings() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "cases.operations.make_key"], env={}, capture_output=True, text=True, check=True
    )
    assert len(encryption.parse_key_ring(made.stdout.strip()).keys) == 1


@pytest.mark.django_db
def test_check_with_all_triggers() -> None:
    assert startup_checks.log_is_guarded(None, databases=["default"]) == []
    startup_checks.check_before_start()


@pytest.mark.owner
@pytest.mark.django_db
@pytest.mark.parametrize("table", sorted(append_only.GUARDED))
def test_check_names_the_trigger_that_is_gone(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {table}_no_delete{on}")
    (error,) = startup_checks.log_is_guarded(None, databases=["default"])
    assert (error.id, f"{table}_no_delete" in error.msg) == ("cases.E002", True)
    with pytest.raises(ImproperlyConfigured, match=f"{table}_no_delete"):
        startup_checks.check_before_start()


@pytest.mark.owner
@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL disables triggers")
def test_check_sees_a_disabled_trigger() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_entry DISABLE TRIGGER cases_entry_no_delete")
    (error,) = startup_checks.log_is_guarded(None, databases=["default"])
    assert "cases_entry_no_delete" in error.msg


@pytest.mark.django_db
def test_migrating_puts_dropped_triggers_back() -> None:
    append_only.remove(connection)
    call_command("migrate", verbosity=0, skip_checks=True)
    assert append_only.missing(connection) == []


def test_start_with_the_database_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(connection: object) -> list[str]:
        raise OperationalError

    monkeypatch.setattr(append_only, "missing", away)
    startup_checks.check_before_start()
    assert connection_created.disconnect(startup_checks.check_connection)


@pytest.fixture
def away_at_start(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that started while the database was away, which is now back; no connection has been made yet."""

    def away(connection: object) -> list[str]:
        raise OperationalError

    with monkeypatch.context() as patched:
        patched.setattr(append_only, "missing", away)
        startup_checks.check_before_start()
    connection.close()
    yield
    connection_created.disconnect(startup_checks.check_connection)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("away_at_start")
def test_first_connection_is_asked_and_the_next_not() -> None:
    connection.ensure_connection()
    assert not connection_created.disconnect(startup_checks.check_connection)


@pytest.mark.django_db(transaction=True)
def test_no_page_from_an_unguarded_database_that_was_away(
    client: Client, away_at_start: None, caplog: pytest.LogCaptureFixture
) -> None:
    client.raise_request_exception = False
    connection_created.disconnect(startup_checks.check_connection)
    append_only.remove(connection)
    connection_created.connect(startup_checks.check_connection)
    for _turn in range(2):
        connection.close()
        assert client.get(reverse("kontakter")).status_code == 503
        assert connection.connection is None
    assert "cases_entry_no_delete" in caplog.text
    connection_created.disconnect(startup_checks.check_connection)
    append_only.install(connection)
    connection_created.connect(startup_checks.check_connection)
    connection.close()
    assert client.get(reverse("kontakter")).status_code == 200
    assert not connection_created.disconnect(startup_checks.check_connection)


def test_copies_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup's copy in memory is nobody's to serve from."""
    monkeypatch.setattr(append_only, "missing", lambda connection: ["en"])
    startup_checks.check_connection(connection.copy(alias=database_dump.ALIAS))


@pytest.mark.django_db
def test_web_process_does_not_start_unguarded() -> None:
    append_only.remove(connection)
    with pytest.raises(ImproperlyConfigured, match="beskytter ikke loggen"):
        runpy.run_module("guide.wsgi")
