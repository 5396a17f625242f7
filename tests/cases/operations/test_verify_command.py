"""The command `verify`: what it says, how it ends, and the heads that somebody keeps outside."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from cases.access import audit_log
from cases.enums import AuditVerb
from cases.models import AuditEvent, Case, Entry, append_only
from cases.operations import verify
from tests.cases.operations.test_verify import LENGTH, make_long, tamper
from tests.factories import add_note, file_step


@pytest.fixture
def long(db: None) -> Case:
    return make_long()


def run(*args: Any) -> None:
    call_command("verify", *args)


def test_verify_sound(long: Case, capsys: pytest.CaptureFixture[str]) -> None:
    run()
    told = capsys.readouterr()
    assert told.err == ""
    assert f"2 sager, {Entry.objects.count()} linjer, {AuditEvent.objects.count()} opslag" in told.out


def test_verify_names_the_line_and_exits_with_one(
    long: Case, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tamper("UPDATE cases_entry SET step = 'stop' WHERE case_id = %s AND seq = 4", long.pk)
    with pytest.raises(CommandError) as failed:
        run("--heads", str(tmp_path / "heads"))
    assert failed.value.returncode == 1
    assert capsys.readouterr().err == f"Sag {long.reference}, linje 4: linjen er ændret\n"
    assert not (tmp_path / "heads").exists()


@pytest.mark.owner
def test_missing_trigger_is_named(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    append_only.remove(connection)
    with pytest.raises(CommandError):
        run()
    assert "triggeren cases_entry_no_delete mangler" in capsys.readouterr().err


def test_clock_that_was_set_back_is_named(case: Case, capsys: pytest.CaptureFixture[str], time_machine) -> None:
    time_machine.move_to(timezone.now() + timedelta(days=1))
    run()
    assert "Uret" not in capsys.readouterr().out
    time_machine.shift(60)
    add_note(case)
    time_machine.shift(-2)
    event = audit_log.write_event(AuditVerb.LIST, by=case.owner)
    run()
    assert f"Uret blev stillet tilbage før opslag {event.seq}." in capsys.readouterr().out


def cut_everything_neatly(case: Case) -> None:
    """Entry, head, list, events and their end go together, so that what is left agrees with itself."""
    last = Entry.objects.get(case=case, seq=LENGTH - 1)
    event = AuditEvent.objects.filter(case_public_id=case.public_id).order_by("-seq").first()
    assert event is not None
    tamper("DELETE FROM cases_auditevent WHERE seq >= %s", event.seq)
    # The MAC of the earlier end cannot be computed without the key; somebody may have copied it at the time.
    copied = audit_log.end_mac(event.seq - 1, event.prev_hash, event.chain_key)
    tamper("UPDATE cases_chainend SET seq = %s, hash = %s, mac = %s", event.seq - 1, event.prev_hash, copied)
    tamper("DELETE FROM cases_entry WHERE case_id = %s AND seq = %s", case.pk, LENGTH)
    ends = (last.seq, last.hash, last.entered_at, case.pk)
    tamper("UPDATE cases_case SET head_seq = %s, head_hash = %s, updated_at = %s WHERE id = %s", *ends)


def test_heads_kept_outside_show_what_the_database_cannot(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file_step(case)
    add_note(case)
    add_note(case)
    heads = tmp_path / "heads"
    run("--heads", str(heads))
    kept = [json.loads(line) for line in heads.read_text().splitlines()]
    assert [(head["name"], head["seq"]) for head in kept] == [("audit", 4), (case.reference, LENGTH)]
    run("--against", str(heads))
    cut_everything_neatly(case)
    run()
    capsys.readouterr()
    with pytest.raises(CommandError):
        run("--against", str(heads))
    told = capsys.readouterr().err
    assert f"Sag {case.reference}, linje {LENGTH}" in told
    assert "Adgangsloggen, linje 4" in told


def test_heads_kept_outside_still_hold_when_the_log_grows(case: Case, tmp_path: Path) -> None:
    run("--heads", str(tmp_path / "heads"))
    add_note(case)
    run("--against", str(tmp_path / "heads"))


def test_case_erased_while_verify_runs_is_no_fault(long: Case) -> None:
    assert verify.case_faults(long.pk + 1_000_000) == []
