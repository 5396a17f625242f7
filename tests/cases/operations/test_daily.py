import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from cases.access import audit_log
from cases.crypto.hash_chain import utc_text
from cases.enums import AuditVerb
from cases.log import drafts
from cases.models import AuditEvent, Case, Draft, User, append_only
from cases.operations import backup

pytestmark = pytest.mark.django_db(transaction=True)


def ran(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    call_command("daily", str(folder))
    said = capsys.readouterr()
    return said.out, said.err


def test_a_day_is_done(
    case: Case, staff: User, client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str], time_machine
) -> None:
    client.force_login(staff)
    drafts.save_draft(case=case, by=staff, step="afdaek", data={"a": ["b"]}, base_seq=0)
    time_machine.move_to(timezone.now() + timedelta(days=400))
    day = timezone.localdate().isoformat()
    out, err = ran(tmp_path, capsys)
    assert err == ""
    assert {path.name for path in tmp_path.iterdir()} == {f"backup-{day}", f"heads-{day}.jsonl"}
    assert (Session.objects.count(), Draft.objects.count()) == (0, 0)
    assert out.count("\n") == 4
    assert json.loads((tmp_path / f"heads-{day}.jsonl").read_text().splitlines()[-1])["name"] == case.reference


def test_second_run_of_a_day_makes_no_second_backup(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran(tmp_path, capsys)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("backup-*")}
    out, _err = ran(tmp_path, capsys)
    assert "findes allerede" in out
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("backup-*")} == before


def test_a_log_cut_since_yesterday_is_named_and_the_rest_is_done(
    case: Case, staff: User, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end as it was stored earlier, put back with its own hash: only what was kept outside knows."""
    end = audit_log.recorded_last_event()
    audit_log.commit_event(AuditVerb.LIST, by=staff)
    ran(tmp_path, capsys)
    for path in tmp_path.glob("backup-*"):
        path.unlink()
    with append_only.lifted(connection):
        AuditEvent.objects.filter(seq__gt=end.seq)._raw_delete("default")
        audit_log.store_end(end.seq, end.hash, end.chain_key)
    with pytest.raises(CommandError, match="1 fejl"):
        call_command("daily", str(tmp_path))
    assert "skrevet ned udenfor" in capsys.readouterr().err
    assert list(tmp_path.glob("backup-*"))


def test_a_task_that_fails_keeps_no_other_from_being_done(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(file: Path) -> None:
        raise backup.BackupRefused("disken er fuld")

    monkeypatch.setattr(backup, "make", refuse)
    with pytest.raises(CommandError, match="1 fejl"):
        call_command("daily", str(tmp_path))
    said = capsys.readouterr()
    assert "disken er fuld" in said.err
    assert list(tmp_path.glob("heads-*"))


def test_a_broken_file_of_ends_hides_no_fault(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "heads-2026-01-01.jsonl").write_text('{"name": "aud')
    with append_only.lifted(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_entry SET step = 'stop'")
    with pytest.raises(CommandError, match="2 fejl"):
        call_command("daily", str(tmp_path))
    said = capsys.readouterr().err
    assert "linjen er ændret" in said
    assert "heads-2026-01-01.jsonl kan ikke læses" in said


def test_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="findes ikke"):
        call_command("daily", str(tmp_path / "nowhere"))


def test_access_log_goes_out_line_by_line(case: Case, staff: User, capsys: pytest.CaptureFixture[str]) -> None:
    audit_log.commit_event(AuditVerb.OPEN, by=staff, case=case, step="afdaek")
    last = AuditEvent.objects.order_by("-seq")[0]
    call_command("access_log", after=last.seq - 1)
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert line == {
        "seq": last.seq,
        "at": utc_text(last.at),
        "verb": "open",
        "actor": str(staff.public_id),
        "role": "staff",
        "case_public_id": str(case.public_id),
        "step": "afdaek",
        "detail": "",
        "hash": last.hash,
    }
    call_command("access_log")
    assert capsys.readouterr().out.count("\n") == AuditEvent.objects.count()
