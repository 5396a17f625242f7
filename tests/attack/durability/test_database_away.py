"""A database that is locked or gone: a page that keeps the text, and everything as before once it is back."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from cases.access import audit_log
from cases.models import Entry
from tests import figures
from tests.attack.durability.actions import note
from tests.attack.durability.database import Database
from tests.attack.durability.house import House, Server, judge
from tests.engines import IS_POSTGRESQL
from tests.factories import make_case, make_user

TEXT = "Eleven fortalte om billedet, og så gik databasen"

pytestmark = pytest.mark.slow


@contextmanager
def other_process(lock: str) -> Iterator[None]:
    """Another process holds the SQLite file."""
    program = (
        "import sqlite3, sys\n"
        "held = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "held.execute(sys.argv[2])\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(connection.settings_dict["NAME"]), lock]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield
        process.communicate()


@contextmanager
def other_connection(lock: str) -> Iterator[None]:
    """Another connection to PostgreSQL holds a lock."""
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(lock)
        yield
    finally:
        other.close()


Locked = Callable[[], AbstractContextManager[None]]
LOCKS: dict[str, Locked] = (
    {
        "a table": lambda: other_connection("SET ROLE NONE; LOCK TABLE cases_entry IN ACCESS EXCLUSIVE MODE"),
        "the case": lambda: other_connection("SELECT 1 FROM cases_case FOR UPDATE"),
        "the chain": lambda: other_connection(f"SELECT pg_advisory_xact_lock({audit_log._CHAIN_LOCK})"),
    }
    if IS_POSTGRESQL
    else {
        "everything": lambda: other_process("BEGIN EXCLUSIVE"),
        "writing": lambda: other_process("BEGIN IMMEDIATE"),
    }
)


class ClosedWhenGone(sqlite3.Connection):
    """Closes itself: Django drops a connection whose first commands meet a lock, and does not close it.

    From Python 3.13 on that is a warning, and comes in whichever test runs when the memory is collected.
    """

    def __del__(self) -> None:
        self.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connections that wait a fifth of a second for a lock, not ten or thirty."""
    on_sqlite: dict[str, Any] = {"timeout": 0.2, "factory": ClosedWhenGone}
    short = {"options": "-c lock_timeout=200ms"} if IS_POSTGRESQL else on_sqlite
    for name, value in short.items():
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], name, value)
    connection.close()
    yield
    monkeypatch.undo()
    connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", LOCKS)
def test_a_lock_that_is_held_too_long_hands_the_text_back(client: Client, impatient: None, what: str) -> None:
    owner = make_user()
    action = note(str(make_case(owner).public_id), TEXT)
    client.force_login(owner)
    client.raise_request_exception = False
    fields = {**dict(action.fields), "submission_id": action.submission}
    before = Entry.objects.count()
    connection.close()
    with LOCKS[what]():
        answer = client.post(action.path, fields)
        connection.close()
    assert answer.status_code == 503
    assert "Intet er gemt" in answer.content.decode()
    assert answer.content.decode().count(TEXT) == 2, "in the form and for the eye"
    assert Entry.objects.count() == before
    assert client.post(action.path, fields).status_code == 302
    assert Entry.objects.count() == before + 1


@pytest.mark.django_db
def test_nobody_waits_for_a_lock_for_ever() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout" if IS_POSTGRESQL else "PRAGMA busy_timeout")
        assert cursor.fetchone() == (("10s",) if IS_POSTGRESQL else (30_000,))


def test_a_database_that_goes_away_and_comes_back(house: House, database: Database) -> None:
    owner = house.owners[0]
    kept, refused = note(owner.case, "Før"), note(owner.case, TEXT)
    with Server(house) as server:
        assert server.send(owner, kept)[0] == 302
        database.go_away(house)
        for _try in range(figures.amount(3, 20)):
            status, page = server.send(owner, refused)
            assert status == 503
            assert "Intet er gemt" in page
            assert page.count(TEXT) == 2, "in the form and for the eye"
        database.come_back(house)
        assert server.send(owner, refused)[0] == 302
    faults, texts = judge(house)
    assert faults == []
    assert {submission: text for submission, text in texts.items() if text in ("Før", TEXT)} == {
        kept.submission: "Før",
        refused.submission: TEXT,
    }
