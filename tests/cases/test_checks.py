import runpy
import subprocess
import sys

import pytest
from django.core.checks.registry import registry
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError, connection

from cases import append_only, checks, make_key, vault


def test_checks_are_registered() -> None:
    assert {checks.keys_are_usable, checks.log_is_guarded} <= registry.registered_checks


@pytest.mark.parametrize("keys", ["", "noget:andet"])
def test_check_without_keys(keys: str, settings: object) -> None:
    settings.HANDLEKORT_KEYS = keys  # type: ignore[attr-defined]
    (error,) = checks.keys_are_usable(None)
    assert error.id == "cases.E001"
    assert "make_key" in error.msg
    with pytest.raises(ImproperlyConfigured, match="make_key"):
        checks.prove_start()


def test_make_key_makes_one_that_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_key")
    make_key.main()
    told = capsys.readouterr()
    first, second = told.out.split()
    assert len(vault.read_ring(f"{first},{second}").keys) == 2
    assert told.err.count("HANDLEKORT_KEYS") == 2


def test_make_key_needs_no_settings() -> None:
    made = subprocess.run([sys.executable, "-m", "cases.make_key"], env={}, capture_output=True, text=True, check=True)
    assert len(vault.read_ring(made.stdout.strip()).keys) == 1


@pytest.mark.django_db
def test_check_with_all_triggers() -> None:
    assert checks.log_is_guarded(None, databases=["default"]) == []
    checks.prove_start()


@pytest.mark.django_db
@pytest.mark.parametrize("table", sorted(append_only.GUARDED))
def test_check_names_the_trigger_that_is_gone(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {table}_no_delete{on}")
    (error,) = checks.log_is_guarded(None, databases=["default"])
    assert (error.id, f"{table}_no_delete" in error.msg) == ("cases.E002", True)
    with pytest.raises(ImproperlyConfigured, match=f"{table}_no_delete"):
        checks.prove_start()


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL disables triggers")
def test_check_sees_a_disabled_trigger() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_entry DISABLE TRIGGER cases_entry_no_delete")
    (error,) = checks.log_is_guarded(None, databases=["default"])
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
    checks.prove_start()


@pytest.mark.django_db
def test_web_process_does_not_start_unguarded() -> None:
    append_only.remove(connection)
    with pytest.raises(ImproperlyConfigured, match="beskytter ikke loggen"):
        runpy.run_module("guide.wsgi")
