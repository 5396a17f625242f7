"""A new master key while the product runs, broken off anywhere: every case opens, before, between and after."""

import base64
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from cases.crypto import encryption
from cases.log import case_file
from cases.log.entry_crypto import data_key
from cases.models import AuditEvent, Case
from cases.operations import key_rotation, verify
from tests.factories import add_note, make_case, make_user

ROOT = Path(__file__).resolve().parents[3]
OLD, NEW, NEWEST = (f"{name}:{base64.b64encode(bytes([seed + n * 7 % 31 for n in range(32)])).decode()}"
                    for name, seed in (("gammel", 3), ("Ny-1", 40), ("nyest", 90)))  # fmt: skip


@pytest.fixture
def ring(settings: Any, request: pytest.FixtureRequest) -> Any:
    request.getfixturevalue("db")
    settings.HANDLEKORT_KEYS = f"{OLD},{settings.HANDLEKORT_KEYS}"
    with transaction.atomic():
        next(owner for owner in key_rotation.KEY_OWNERS if owner.key == "chains").rotate(10)
    settings.HANDLEKORT_KEYS = OLD
    return settings


def reread(case: Case) -> Case:
    return Case.objects.unscoped("test").select_related("school", "owner").get(pk=case.pk)


def texts(case: Case) -> list[str]:
    return [note.content["text"] for note in case_file.read_case(reread(case)).notes]  # type: ignore[typeddict-item]


def told(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    call_command("rotate_keys", *args)
    return capsys.readouterr().out


def test_rotation_touches_no_entry_and_frees_the_old_key(
    ring: Any, case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    add_note(case, text="Det blev sagt.")
    before = list(case.entries.values_list("body", "salt", "hash"))
    ring.HANDLEKORT_KEYS = f"{NEW},{OLD}"
    assert "fjernes: gammel" in told(capsys)
    ring.HANDLEKORT_KEYS = NEW
    assert texts(case) == ["Det blev sagt."]
    assert reread(case).key_id == "Ny-1"
    assert [tuple(map(bytes_of, row)) for row in case.entries.values_list("body", "salt", "hash")] == [
        tuple(map(bytes_of, row)) for row in before
    ]
    assert verify.case_faults(case.pk) == []
    assert list(verify.audit_faults()) == []


def bytes_of(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def test_check_changes_nothing_and_says_what_remains(ring: Any, case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    make_case(case.owner)
    ring.HANDLEKORT_KEYS = f"{NEW},{OLD}"
    make_case(case.owner)
    with pytest.raises(CommandError, match=r"^3 mangler\. Fjern ingen nøgler endnu"):
        call_command("rotate_keys", "--check")
    assert "sager: 1 på den første nøgle, 2 på en ældre, 0 kan ikke åbnes." in capsys.readouterr().out
    assert reread(case).key_id == "gammel"
    told(capsys)
    assert "fjernes: gammel" in told(capsys, "--check")
    ring.HANDLEKORT_KEYS = NEW
    assert "ingen andre" in told(capsys, "--check")


def test_lost_key_is_told_and_stops_nobody_else(ring: Any, case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    ring.HANDLEKORT_KEYS = NEW
    other = make_case(case.owner)
    ring.HANDLEKORT_KEYS = f"{NEWEST},{NEW}"
    with pytest.raises(CommandError, match="2 kan ikke åbnes"):
        call_command("rotate_keys")
    assert (reread(other).key_id, reread(case).key_id) == ("nyest", "gammel")


def test_damaged_key_under_an_old_id_does_not_loop(ring: Any, case: Case) -> None:
    others = [make_case(case.owner) for _number in range(3)]
    Case.objects.unscoped("test").filter(pk=case.pk).update(sealed_key=b"x" * 60)
    ring.HANDLEKORT_KEYS = f"{NEW},{OLD}"
    assert sum(done for _owner, done in key_rotation.rotate(1)) == 4
    assert {reread(other).key_id for other in others} == {"Ny-1"}


def test_each_batch_is_logged_without_a_key_or_a_case(ring: Any, case: Case) -> None:
    for _number in range(4):
        make_case(case.owner)
    ring.HANDLEKORT_KEYS = f"{NEW},{OLD}"
    list(key_rotation.rotate(2))
    events = AuditEvent.objects.filter(verb="rotate").order_by("seq").values_list("detail", "actor", "case_public_id")
    assert list(events) == [(batch, None, None) for batch in ("cases:2", "cases:2", "cases:1", "chains:1")]


def test_no_line_in_the_log_no_new_key(ring: Any, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError

    ring.HANDLEKORT_KEYS = f"{NEW},{OLD}"
    monkeypatch.setattr(key_rotation.audit_log, "write_event", fail)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        list(key_rotation.rotate())
    assert reread(case).key_id == "gammel"


def test_a_case_read_before_its_key_changed_still_opens(ring: Any, case: Case) -> None:
    add_note(case, text="Før")
    in_hand = reread(case)
    ring.HANDLEKORT_KEYS = f"{NEW},{OLD}"
    list(key_rotation.rotate())
    assert data_key(in_hand) == data_key(reread(case))
    add_note(in_hand, text="Efter")
    assert texts(case) == ["Før", "Efter"]
    assert reread(case).key_id == "Ny-1", "writing does not put the old key back"


@pytest.mark.parametrize("batch", ["0", "-3"])
def test_batch_of_none(batch: str) -> None:
    with pytest.raises(CommandError, match="mindst 1"):
        call_command("rotate_keys", "--batch", batch)


def test_owners_of_other_apps_are_found() -> None:
    assert [owner.key for owner in key_rotation.KEY_OWNERS] == ["cases", "chains", "second_factors"]


# --- The real process, killed ----------------------------------------------------------------------------------------

CASES = 24
KILLS = int(os.environ.get("HANDLEKORT_KILLS", "4"))


def surroundings(keys: str) -> dict[str, str]:
    """What a process of its own needs to meet the database of this test."""
    where = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{where['NAME']}"
    else:
        url = f"postgres://{where['USER']}@{str(where['HOST']).replace('/', '%2F')}/{where['NAME']}"
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": url,
        "HANDLEKORT_KEYS": keys,
        "SECRET_KEY": "only-for-the-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
        "ALLOWED_HOSTS": "localhost",
        "DJANGO_SETTINGS_MODULE": "guide.settings",
    }


def started(keys: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "rotate_keys", "--batch", "1"],
        cwd=ROOT,
        env=surroundings(keys),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def lines_of(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None
    yield from process.stdout


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_anywhere_every_case_opens(ring: Any) -> None:
    """Each round a new key comes in front, the command is killed after some cases, and all of them are opened."""
    chance = random.Random(7)  # noqa: S311 - where to kill, not a secret
    owner = make_user()
    cases = [make_case(owner) for _number in range(CASES)]
    for number, case in enumerate(cases):
        add_note(case, text=f"Sag nummer {number}")
    keys, broken_off = [OLD], 0
    for turn in range(KILLS):
        keys.insert(0, f"k{turn}:{base64.b64encode(chance.randbytes(32)).decode()}")
        ring.HANDLEKORT_KEYS = ",".join(keys)
        connection.close()
        stop_after = chance.randrange(1, CASES - 5)
        with started(ring.HANDLEKORT_KEYS) as process:
            for count, _line in enumerate(lines_of(process), start=1):
                if count == stop_after:
                    time.sleep(chance.random() * 0.01)
                    process.send_signal(signal.SIGKILL)
        broken_off += process.returncode == -signal.SIGKILL
        assert [texts(case) for case in cases] == [[f"Sag nummer {number}"] for number in range(CASES)]
        assert list(verify.audit_faults()) == []
    assert broken_off == KILLS
    usage = key_rotation.KEY_OWNERS[0].usage()
    assert (usage.first + usage.older, usage.lost) == (CASES, 0)
    assert usage.older > 0
    call_command("rotate_keys")
    ring.HANDLEKORT_KEYS = keys[0]
    assert [texts(case) for case in cases] == [[f"Sag nummer {number}"] for number in range(CASES)]
    assert key_rotation.KEY_OWNERS[0].usage() == key_rotation.KeyUsage(CASES, 0, 0)
    assert encryption.key_ring().first == f"k{KILLS - 1}"
