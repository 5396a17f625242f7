"""A backup taken while people write, and a restore that happens whole or not at all."""

import base64
import os
import random
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, models, transaction
from django.utils import timezone

from cases.access import audit_log
from cases.enums import AuditVerb, Role
from cases.log import case_file, drafts
from cases.models import AuditEvent, Case, Draft, Entry, User, append_only
from cases.operations import backup, database_dump, key_rotation, verify
from cases.retention import due
from cases.retention.erasure import approve
from guide.models import Contact, LegalNote
from tests import figures
from tests.cases.operations.test_key_rotation import ROOT, surroundings
from tests.cases.retention.test_due import close_long_ago, set_rule
from tests.cases.views.test_sealed_canary import CANARY, sing
from tests.factories import add_note, file_step, make_case, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.owner]


@pytest.fixture
def world() -> list[Case]:
    """Cases with everything in them, an erased one, a second factor, a session, a contact of the administrator's."""
    owner = make_user(password="et langt kodeord", name="Åse Ø. 🙂")
    leader, second = (make_user(Role.LEADER, school=owner.school) for _number in range(2))
    cases = [make_case(owner) for _number in range(3)]
    sing(cases[0])
    file_step(cases[1], next_due=timezone.localdate())
    drafts.save_draft(case=cases[1], by=owner, step="stop", data={"a": ["é\x00"]}, base_seq=0)
    set_rule(owner.school)  # type: ignore[arg-type]
    due.set_hold(case=cases[1], by=leader, reason="Vent")
    ended = close_long_ago(make_case(owner), days=900)
    approve(request=due.propose_erasure(case=ended, by=leader), by=second)
    TOTP.activate(owner, "HEMMELIG")
    Session.objects.create(session_key="k" * 32, session_data="x", expire_date=timezone.now())
    Contact.objects.all().delete()
    LegalNote.objects.all().delete()
    LegalNote.objects.create(key="egen", title="Egen lov", plain="Som vi har rettet den")
    Contact.objects.create(key="eget", name="Egen kontakt", audience="Alle", last_verified=timezone.localdate())
    return cases


def contents() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that a backup holds."""
    return {
        model._meta.db_table: [tuple(_same(value) for value in row) for row in _rows(model)]
        for model in database_dump.tables()
    }


def _rows(model: type[models.Model]) -> Any:
    return model._base_manager.order_by("pk").values_list(*[field.attname for field in model._meta.concrete_fields])


def _same(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def empty() -> None:
    with append_only.lifted(connection):
        call_command("flush", verbosity=0, interactive=False)


def without_last_event(found: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    return found | {"cases_auditevent": found["cases_auditevent"][:-1]}


def test_drafts_whose_time_is_up_are_in_no_copy(world: list[Case], tmp_path: Path) -> None:
    Draft.objects.update(expires_at=timezone.now() + timedelta(seconds=30))
    assert Draft.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        call_command("backup", str(tmp_path / "kopi"))
    assert not Draft.objects.exists()


def test_restore_brings_back_every_row(world: list[Case], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "kopi"
    call_command("backup", str(file))
    before = contents()
    empty()
    call_command("restore", str(file))
    told = capsys.readouterr().out
    assert f"{len(world)} sager, {len(before['cases_entry'])} linjer" in told
    assert "Gå konti og adgange igennem" in told
    after = contents()
    assert after["cases_auditevent"][-1][4] == "restore"
    assert without_last_event(after) == before
    assert len(before) > 20
    assert all(before[table] for table in ("cases_draft", "cases_legalhold", "cases_tombstone", "mfa_authenticator"))
    call_command("verify")
    assert case_file.read_case(
        Case.objects.unscoped("test").select_related("school", "owner").get(pk=world[0].pk)
    ).intact
    assert User.objects.get(name="Åse Ø. 🙂").check_password("et langt kodeord")
    assert (Session.objects.count(), Contact.objects.count(), LegalNote.objects.count()) == (0, 1, 1)
    assert append_only.missing(connection) == []
    figures.record("restores", 1)


def test_life_goes_on_after_a_restore(world: list[Case], tmp_path: Path) -> None:
    """New rows get keys of their own, and the logs go on where they ended."""
    backup.make(tmp_path / "kopi")
    empty()
    backup.restore(tmp_path / "kopi")
    owner = User.objects.get(name="Åse Ø. 🙂")
    add_note(make_case(owner))
    add_note(Case.objects.unscoped("test").select_related("owner").get(pk=world[1].pk))
    make_user()
    call_command("verify")
    figures.record("restores", 1)


def test_file_is_private_sealed_and_alone(world: list[Case], tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        report = backup.make(tmp_path / "kopi")
    finally:
        os.umask(old)
    file = tmp_path / "kopi"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]
    found = file.read_bytes()
    assert report.size == len(found)
    reference = world[0].reference.encode()
    assert [word for word in (CANARY.encode(), b"bruger", reference, b"cases_case") if word in found] == []


def test_no_case_text_in_the_lines_themselves(world: list[Case]) -> None:
    """Even opened, a backup holds what the database holds: sealed bodies."""
    with database_dump.snapshot() as alias:
        found = b"".join(database_dump.dump_lines(alias))
    assert world[0].reference.encode() in found
    assert CANARY.encode() not in found
    assert base64.b64encode(CANARY.encode())[:12] not in found


def test_header_tells_date_counts_and_heads(world: list[Case]) -> None:
    with database_dump.snapshot() as alias:
        header = database_dump.check_dump(database_dump.parse_lines(database_dump.dump_lines(alias)))
    last = AuditEvent.objects.order_by("-seq").values_list("seq", "hash").first()
    cases = Case.objects.unscoped("test").order_by("reference").values_list("reference", "head_seq", "head_hash")
    assert header["heads"] == [["", *(last or ())], *map(list, cases)]
    assert header["counts"]["cases_entry"] == Entry.objects.count()
    assert "cases.0003_keeping_and_ending" in header["migrations"]
    assert header["made_at"].startswith(str(timezone.now().date()))


def test_an_older_file_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "kopi").write_text("gammel")
    with pytest.raises(CommandError, match="findes allerede"):
        call_command("backup", str(tmp_path / "kopi"))
    assert (tmp_path / "kopi").read_text() == "gammel"


def test_no_file_is_left_by_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(CommandError, match="kunne ikke skrives"):
        call_command("backup", str(tmp_path / "findes" / "ikke"))
    monkeypatch.setattr(backup.os, "fsync", full)
    with pytest.raises(CommandError, match="kunne ikke skrives"):
        call_command("backup", str(tmp_path / "kopi"))
    assert list(tmp_path.iterdir()) == []


def test_database_away_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(backup.database_dump, "dump_lines", away)
    with pytest.raises(CommandError, match="optaget eller væk"):
        call_command("backup", str(tmp_path / "kopi"))
    assert list(tmp_path.iterdir()) == []


def test_backup_is_logged_and_holds_that_line(world: list[Case], tmp_path: Path) -> None:
    before = AuditEvent.objects.count()
    report = backup.make(tmp_path / "kopi")
    last = AuditEvent.objects.order_by("seq").last()
    assert last is not None
    assert (last.verb, report.totals["events"]) == ("backup", before + 1)


def refused(file: Path) -> str:
    """The sentence; the database has to be as it was."""
    before = contents()
    with pytest.raises(CommandError) as error:
        call_command("restore", str(file))
    assert contents() == before
    figures.record("restores refused", 1)
    return str(error.value)


def test_only_into_an_empty_database(world: list[Case], tmp_path: Path) -> None:
    backup.make(tmp_path / "kopi")
    assert "ikke tom" in refused(tmp_path / "kopi")


def test_what_is_not_whole_restores_nothing(world: list[Case], tmp_path: Path, settings: Any) -> None:
    backup.make(tmp_path / "kopi")
    box = (tmp_path / "kopi").read_bytes()
    empty()
    bent = tmp_path / "bent"
    chance = random.Random(5)  # noqa: S311 - where to bend, not a secret
    for position in [0, 20, 60, *(chance.randrange(len(box)) for _turn in range(25)), len(box) - 1]:
        bent.write_bytes(box[:position] + bytes([box[position] ^ 0x10]) + box[position + 1 :])
        assert refused(bent).endswith(".")
    for length in (0, 10, 40, len(box) // 2, len(box) - 1):
        bent.write_bytes(box[:length])
        assert refused(bent).endswith(".")
    bent.write_bytes(box + b"!")
    assert "efter slutningen" in refused(bent)
    assert "kunne ikke læses" in refused(tmp_path / "intet")
    ring = settings.HANDLEKORT_KEYS
    settings.HANDLEKORT_KEYS = f"ny:{base64.b64encode(bytes(range(32))).decode()}"
    assert "»test«" in refused(tmp_path / "kopi")
    settings.HANDLEKORT_KEYS = ring
    call_command("restore", str(tmp_path / "kopi"))


def reseal(path: Path, change: Any) -> None:
    """A backup by somebody with the key in hand, whose contents are not what the product wrote."""
    with database_dump.snapshot() as alias:
        found = list(database_dump.parse_lines(database_dump.dump_lines(alias)))
    change(found)
    with path.open("wb") as file:
        sealer = backup.StreamEncryptor(file)
        for part in found:
            sealer.write(database_dump._encode_line(part))
        sealer.finish()


def rows_of(found: list[Any], table: str) -> list[Any]:
    start = next(at for at, part in enumerate(found) if isinstance(part, dict) and part.get("table") == table) + 1
    end = next(at for at in range(start, len(found)) if isinstance(found[at], dict))
    return [found[at] for at in range(start, end)]


def forge_entry(found: list[Any]) -> None:
    rows_of(found, "cases_entry")[2][4] = "note"


def forge_event(found: list[Any]) -> None:
    rows_of(found, "cases_auditevent")[1][3] = "2020-01-01T00:00:00.000000+00:00"


def forge_head(found: list[Any]) -> None:
    found[0]["heads"][1][2] = "0" * 64


def forge_count(found: list[Any]) -> None:
    found[0]["counts"]["cases_entry"] += 1


def forge_key(found: list[Any]) -> None:
    first, second = rows_of(found, "cases_case")[:2]
    first[-1] = second[-1]


def forge_version(found: list[Any]) -> None:
    found[0]["migrations"].append("cases.0999_future")


def forge_format(found: list[Any]) -> None:
    found[0]["handlekort"] = 2


def forge_column(found: list[Any]) -> None:
    next(part for part in found if isinstance(part, dict) and part.get("table") == "cases_case")["columns"][1] = "x"


@pytest.mark.parametrize(
    ("forge", "sentence"),
    [
        (forge_entry, "fejl, den første"),
        (forge_event, "fejl, den første"),
        (forge_key, "nøgle kan ikke åbnes"),
        (forge_head, "ikke det, der skulle være"),
        (forge_count, "ikke, som denne udgave"),
        (forge_format, "ikke, som denne udgave"),
        (forge_column, "ikke, som denne udgave"),
        (forge_version, "anden udgave af Handlekort"),
    ],
)
def test_what_does_not_prove_true_restores_nothing(
    forge: Any, sentence: str, world: list[Case], tmp_path: Path
) -> None:
    reseal(tmp_path / "kopi", forge)
    empty()
    assert sentence in refused(tmp_path / "kopi")


def test_cut_log_is_not_made_whole_by_a_restore(world: list[Case], tmp_path: Path) -> None:
    """The header says where the log ended, which the lines themselves no longer do."""
    with transaction.atomic():
        last = audit_log.write_event(AuditVerb.LIST, by=None)
    with append_only.lifted(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_auditevent WHERE seq = %s", [last.seq])
    reseal(tmp_path / "kopi", lambda found: None)
    empty()
    assert "ikke det, der skulle være" in refused(tmp_path / "kopi")


def test_a_case_whose_key_is_not_on_the_ring(world: list[Case], tmp_path: Path, settings: Any) -> None:
    settings.HANDLEKORT_KEYS = f"ny:{base64.b64encode(bytes(range(32))).decode()}"
    backup.make(tmp_path / "kopi")
    empty()
    assert "nøgle kan ikke åbnes" in refused(tmp_path / "kopi")


def test_a_second_factor_whose_key_is_not_on_the_ring(world: list[Case], tmp_path: Path, settings: Any) -> None:
    """The cases were sealed anew and the old key left out too early: the owner of the phone would be locked out."""
    old = settings.HANDLEKORT_KEYS
    new = f"ny:{base64.b64encode(bytes(range(32))).decode()}"
    settings.HANDLEKORT_KEYS = f"{new},{old}"
    with transaction.atomic():
        cases, chains = (owner for owner in key_rotation.KEY_OWNERS if owner.key in ("cases", "chains"))
        assert (cases.rotate(50), chains.rotate(50)) == (len(world), 1)
    backup.make(tmp_path / "kopi")
    empty()
    settings.HANDLEKORT_KEYS = new
    assert "ingen nøgle her åbner 1 af dens hemmeligheder til totrinslogin" in refused(tmp_path / "kopi")
    settings.HANDLEKORT_KEYS = f"{new},{old}"
    call_command("restore", str(tmp_path / "kopi"))


def test_backup_while_others_write(world: list[Case], tmp_path: Path) -> None:
    """Three backups in the midst of a hundred notes: each restores to a sound state of some moment."""
    stop, written = Event(), []
    pk = world[1].pk

    def write() -> None:
        try:
            while not stop.is_set():
                case = Case.objects.unscoped("test").select_related("owner").get(pk=pk)
                written.append(add_note(case, text=f"Notat {len(written)}").seq)
                stop.wait(0.02)
        finally:
            connection.close()

    writer = Thread(target=write)
    writer.start()
    try:
        reports = [backup.make(tmp_path / f"kopi{number}") for number in range(3)]
    finally:
        stop.set()
        writer.join()
    assert written
    assert reports[0].totals["entries"] <= reports[1].totals["entries"] <= reports[2].totals["entries"]
    for number, report in enumerate(reports):
        empty()
        backup.restore(tmp_path / f"kopi{number}")
        assert Entry.objects.count() == report.totals["entries"]
        assert list(verify.audit_faults()) == []
    figures.record("restores", len(reports))


@pytest.fixture
def fresh_sqlite(tmp_path: Path) -> dict[str, str]:
    """The surroundings of a process whose database does not exist yet."""
    around = surroundings(os.environ["HANDLEKORT_KEYS"])
    return around | {"DATABASE_URL": f"sqlite:///{tmp_path / 'frisk.sqlite3'}", "HANDLEKORT_DATA": str(tmp_path)}


def run(around: dict[str, str], *args: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *args], cwd=ROOT, env=around, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_from_this_engine_to_a_fresh_sqlite_file_and_back(
    world: list[Case], tmp_path: Path, fresh_sqlite: dict[str, str]
) -> None:
    """The file is the same for both engines, and a restore makes the tables where there are none."""
    there, back = tmp_path / "derhen", tmp_path / "tilbage"
    backup.make(there)
    before = contents()
    assert "Genskabt og efterprøvet: 3 sager" in run(fresh_sqlite, "restore", str(there))
    assert "Alt er, som det blev skrevet: 3 sager" in run(fresh_sqlite, "verify")
    run(fresh_sqlite, "backup", str(back))
    empty()
    backup.restore(back)
    after = contents()
    assert after.pop("cases_auditevent")[: len(before["cases_auditevent"])] == before.pop("cases_auditevent")
    assert after == before
    figures.record("restores", 2)
