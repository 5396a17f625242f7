"""Keeping and ending: who may ask, who may approve, what stops it, and what is left in the file afterwards."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cases.access import audit_log
from cases.access.access_macs import AccessChanged
from cases.enums import AuditVerb, Role
from cases.log import case_file, writer
from cases.log.case_transaction import RecordError
from cases.models import (
    AuditEvent,
    Case,
    Draft,
    Entry,
    ErasureRequest,
    LegalHold,
    Participant,
    Referral,
    RetentionRule,
    School,
    Tombstone,
    User,
    append_only,
)
from cases.operations import verify
from cases.retention import due, erasure
from tests.cases.views.test_sealed_canary import CANARY, sing, stored
from tests.engines import as_owner
from tests.factories import add_note, behind, make_case, make_rule, make_school, make_user

MONTHS = 24


def set_rule(school: School, months: int = MONTHS, *, own: bool = False) -> RetentionRule:
    return make_rule(school.municipality, months, school=school if own else None)


def close_long_ago(case: Case, days: int = 31 * MONTHS) -> Case:
    with time_machine.travel(timezone.now() - timedelta(days=days), tick=False):
        writer.close_case(case=case, by=case.owner, reason="Slut")
    return Case.objects.unscoped("test").select_related("school__municipality", "owner").get(pk=case.pk)


@pytest.fixture
def old(case: Case) -> Case:
    """A closed case whose time is up."""
    set_rule(case.school)
    return close_long_ago(case)


@pytest.fixture
def second(school: School) -> User:
    return make_user(Role.LEADER, school=school)


def reason_of(action: Callable[[], Any]) -> str:
    with pytest.raises(RecordError) as refused:
        action()
    return str(refused.value.code)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ((2026, 1, 31), 1, (2026, 2, 28)),
        ((2024, 1, 31), 1, (2024, 2, 29)),
        ((2024, 2, 29), 12, (2025, 2, 28)),
        ((2026, 12, 15), 1, (2027, 1, 15)),
        ((2026, 11, 30), 3, (2027, 2, 28)),
        ((2026, 5, 31), 60, (2031, 5, 31)),
    ],
)
def test_months_later(day: tuple[int, int, int], months: int, later: tuple[int, int, int]) -> None:
    assert due.months_later(date(*day), months) == date(*later)


@pytest.mark.parametrize(("now", "is_due"), [("2028-03-09T22:59:00Z", False), ("2028-03-09T23:01:00Z", True)])
def test_due_from_the_local_day(case: Case, now: str, is_due: bool) -> None:
    """Closed on 10 March by Danish time, late in the evening of the 9th by UTC."""
    set_rule(case.school)
    writer.close_case(case=case, by=case.owner, reason="Slut")
    Case.objects.unscoped("test").filter(pk=case.pk).update(closed_at=datetime(2026, 3, 9, 23, 30, tzinfo=UTC))
    with time_machine.travel(now, tick=False):
        assert [term.case for term in due.cases_due(timezone.localdate())] == ([case] if is_due else [])


@pytest.mark.parametrize("today", ["2026-02-28", "2024-02-29", "2026-03-01", "2026-03-31", "2026-04-30", "2026-12-31"])
@pytest.mark.parametrize("months", [1, 12, 25])
def test_search_by_day_of_closing_finds_what_the_terms_say(today: str, months: int) -> None:
    """The last days of a month fall due together in a shorter one."""
    day = date.fromisoformat(today)
    last = timezone.localdate(due._closed_before(day, months)) - timedelta(days=1)
    assert due.months_later(last, months) <= day < due.months_later(last + timedelta(days=1), months)


def test_schools_own_rule_goes_first(old: Case) -> None:
    set_rule(old.school, 120, own=True)
    assert list(due.cases_due(timezone.localdate())) == []
    set_rule(make_school(old.school.municipality), 1, own=True)
    assert list(due.cases_due(timezone.localdate())) == []


def test_open_case_without_rule_or_too_early(case: Case, leader: User) -> None:
    assert reason_of(lambda: due.propose_erasure(case=case, by=leader)) == "open"
    closed = close_long_ago(case)
    assert reason_of(lambda: due.propose_erasure(case=closed, by=leader)) == "rule"
    set_rule(case.school, 120)
    assert reason_of(lambda: due.propose_erasure(case=closed, by=leader)) == "early"
    assert not ErasureRequest.objects.exists()


def test_rule_of_another_municipality_does_not_reach(case: Case) -> None:
    set_rule(make_school(), 1)
    close_long_ago(case)
    assert list(due.cases_due(timezone.localdate())) == []


def test_hold_blocks_proposal_and_approval(old: Case, leader: User, second: User) -> None:
    due.set_hold(case=old, by=leader, reason="Anmeldt til politiet")
    assert reason_of(lambda: due.propose_erasure(case=old, by=leader)) == "hold"
    assert reason_of(lambda: due.set_hold(case=old, by=leader, reason="Igen")) == "hold"
    due.release_hold(case=old, by=leader, reason="Sagen er afgjort")
    request = due.propose_erasure(case=old, by=leader)
    due.set_hold(case=old, by=leader, reason="Genoptaget")
    assert reason_of(lambda: erasure.approve(request=request, by=second)) == "hold"
    assert Case.objects.unscoped("test").filter(pk=old.pk).exists()
    told = due.holds(old)
    assert [(hold.reason, hold.release_reason, hold.set_by) for hold in told] == [
        ("Genoptaget", "", leader.name),
        ("Anmeldt til politiet", "Sagen er afgjort", leader.name),
    ]


@pytest.mark.parametrize("verb", [due.set_hold, due.release_hold])
def test_hold_needs_a_reason_without_cpr(verb: Callable[..., Any], old: Case, leader: User) -> None:
    for text in (" ", "Vedrører 010203-1234"):
        with pytest.raises(ValidationError):
            verb(case=old, by=leader, reason=text)


def test_release_without_a_hold(old: Case, leader: User) -> None:
    assert reason_of(lambda: due.release_hold(case=old, by=leader, reason="Ja")) == "hold"


def approvers(old: Case, leader: User) -> dict[str, User]:
    place = old.school
    return {
        "proposer": leader,
        "second_leader": make_user(Role.LEADER, school=place),
        "administrator": make_user(Role.ADMINISTRATOR, municipality=place.municipality),
        "owner": old.owner,
        "ssp": make_user(Role.SSP, municipality=place.municipality),
        "leader_elsewhere": make_user(Role.LEADER, school=make_school(place.municipality)),
        "administrator_elsewhere": make_user(Role.ADMINISTRATOR),
        "administrator_of_none": User.objects.create_user("x@example.dk", name="X", role=Role.ADMINISTRATOR),
        "second_leader_inactive": make_user(Role.LEADER, school=place, is_active=False),
    }


@pytest.mark.parametrize(
    ("who", "outcome"),
    [
        ("proposer", RecordError),
        ("second_leader", None),
        ("administrator", None),
        ("owner", PermissionDenied),
        ("ssp", PermissionDenied),
        ("leader_elsewhere", PermissionDenied),
        ("administrator_elsewhere", PermissionDenied),
        ("administrator_of_none", PermissionDenied),
        ("second_leader_inactive", PermissionDenied),
    ],
)
def test_second_person(who: str, outcome: type[Exception] | None, old: Case, leader: User) -> None:
    by = approvers(old, leader)[who]
    request = due.propose_erasure(case=old, by=leader)
    if outcome is None:
        assert erasure.approve(request=request, by=by).approved_by == by
        return
    with pytest.raises(outcome):
        erasure.approve(request=request, by=by)
    assert Case.objects.unscoped("test").filter(pk=old.pk).exists()


def test_database_refuses_a_tombstone_by_one_person(old: Case, leader: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Tombstone.objects.create(
            case_public_id=old.public_id,
            reference="26-XXXXX",
            school=old.school,
            opened_at=old.opened_at,
            closed_at=old.opened_at,
            head_seq=1,
            rule_months=1,
            proposed_at=old.opened_at,
            proposed_by=leader,
            approved_at=old.opened_at,
            approved_by=leader,
        )


def test_settled_proposals(old: Case, leader: User, second: User) -> None:
    request = due.propose_erasure(case=old, by=leader)
    assert reason_of(lambda: due.propose_erasure(case=old, by=second)) == "proposed"
    due.refuse_erasure(request=request, by=leader)
    assert reason_of(lambda: erasure.approve(request=request, by=second)) == "settled"
    assert reason_of(lambda: due.refuse_erasure(request=request, by=second)) == "settled"
    again = due.propose_erasure(case=old, by=second)
    erasure.approve(request=again, by=leader)
    assert reason_of(lambda: erasure.approve(request=again, by=leader)) == "erased"


def test_reopened_case_is_not_erased(old: Case, leader: User, second: User) -> None:
    request = due.propose_erasure(case=old, by=leader)
    writer.reopen_case(case=old, by=leader, reason="Nyt")
    assert reason_of(lambda: erasure.approve(request=request, by=second)) == "open"


def reopen_and_close(case: Case, leader: User) -> None:
    writer.reopen_case(case=case, by=leader, reason="Nyt")
    add_note(case)
    writer.close_case(case=case, by=leader, reason="Slut igen")


def hold_and_release(case: Case, leader: User) -> None:
    due.set_hold(case=case, by=leader, reason="Politiet spørger")
    due.release_hold(case=case, by=leader, reason="De er færdige")


@pytest.mark.parametrize("change", [reopen_and_close, hold_and_release])
def test_proposal_of_what_the_case_no_longer_is_erases_nothing(
    change: Callable[[Case, User], None], old: Case, leader: User, second: User
) -> None:
    """Nobody has judged the case as it is now; proposed anew it goes."""
    request = due.propose_erasure(case=old, by=leader)
    change(old, leader)
    with time_machine.travel(timezone.now() + timedelta(days=31 * MONTHS), tick=False):
        assert reason_of(lambda: erasure.approve(request=request, by=second)) == "outdated"
        due.refuse_erasure(request=request, by=second)
        assert erase(old, leader, second).reference == old.reference


def made_up(case: Case, leader: User, second: User) -> ErasureRequest:
    """A proposal that the leader never made."""
    return ErasureRequest.objects.create(case=case, proposed_at=timezone.now(), proposed_by=leader)


def made_anothers(case: Case, leader: User, second: User) -> ErasureRequest:
    due.propose_erasure(case=case, by=second)
    ErasureRequest.objects.filter(case=case).update(proposed_by=leader)
    return ErasureRequest.objects.get(case=case)


def refusal_undone(case: Case, leader: User, second: User) -> ErasureRequest:
    request = due.propose_erasure(case=case, by=leader)
    due.refuse_erasure(request=request, by=leader)
    ErasureRequest.objects.filter(case=case).update(refused_at=None, refused_by=None)
    return request


def logged_without_the_key(case: Case, leader: User, second: User) -> ErasureRequest:
    request = made_up(case, leader, second)
    last = AuditEvent.objects.order_by("-seq")[0]
    last.pk, last.public_id, last.seq, last._state.adding = None, uuid4(), last.seq + 1, True
    last.verb, last.actor, last.at, last.case_public_id = (
        "propose_erasure",
        leader.public_id,
        timezone.now(),
        case.public_id,
    )
    last.save()
    return request


def hold_taken_off(case: Case, leader: User, second: User) -> ErasureRequest:
    request = due.propose_erasure(case=case, by=leader)
    due.set_hold(case=case, by=leader, reason="Klage")
    LegalHold.objects.filter(case=case).delete()
    return request


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (made_up, "not_logged"),
        (made_anothers, "not_logged"),
        (refusal_undone, "not_logged"),
        (logged_without_the_key, "not_logged"),
        (hold_taken_off, "hold"),
    ],
)
def test_row_that_the_log_does_not_know_erases_nothing(
    forge: Callable[[Case, User, User], ErasureRequest], reason: str, old: Case, leader: User, second: User
) -> None:
    request = forge(old, leader, second)
    assert reason_of(lambda: erasure.approve(request=request, by=second)) == reason
    assert Case.objects.unscoped("test").filter(pk=old.pk).exists()


def closed_earlier(case: Case) -> None:
    behind(Case).filter(pk=case.pk).update(closed_at=case.closed_at - timedelta(days=31 * MONTHS))  # type: ignore[operator]


def closed_in_the_database(case: Case) -> None:
    writer.reopen_case(case=case, by=case.owner, reason="Igen")
    row = {"status": "closed", "closed_at": timezone.now() - timedelta(days=31 * MONTHS), "closed_by": case.owner}
    behind(Case).filter(pk=case.pk).update(**row)


def first_of_two_closings(case: Case) -> None:
    reopen_and_close(case, case.owner)
    closed_earlier(case)


def moved_to_another_school(case: Case) -> None:
    school = make_school(case.school.municipality)
    set_rule(school, 1, own=True)
    behind(Case).filter(pk=case.pk).update(school=school)
    behind(User).filter(school=case.school_id).update(school=school)


def shorter(case: Case) -> None:
    RetentionRule.objects.update(months=1)


def for_closed_cases(case: Case) -> None:
    RetentionRule.objects.update(months=120)
    make_rule(case.school.municipality, 1, status="account")
    RetentionRule.objects.exclude(months=1).delete()
    RetentionRule.objects.update(status="closed")


def of_another_municipality(case: Case) -> None:
    make_rule(make_school().municipality, 1)
    RetentionRule.objects.exclude(months=1).delete()
    RetentionRule.objects.update(municipality=case.school.municipality)


def without_event(case: Case) -> None:
    RetentionRule.objects.all().delete()
    RetentionRule.objects.create(municipality=case.school.municipality, months=1, basis="Egen")


def schools_own_deleted(case: Case) -> None:
    RetentionRule.objects.all().delete()
    make_rule(case.school.municipality, 1)
    set_rule(case.school, 120, own=True)
    RetentionRule.objects.filter(months=120).delete()


def logged_by_hand(case: Case) -> None:
    rule = RetentionRule.objects.get()
    last = AuditEvent.objects.order_by("-seq")[0]
    last.pk, last.public_id, last.seq, last._state.adding = None, uuid4(), last.seq + 1, True
    last.verb, last.case_public_id, last.detail = "set_retention", None, f"{rule.public_id}:closed:1"
    last.save()
    shorter(case)


FORGED_TERMS = {
    closed_earlier: "closing",
    closed_in_the_database: "closing",
    first_of_two_closings: "closing",
    shorter: "rule_not_logged",
    for_closed_cases: "rule_not_logged",
    of_another_municipality: "rule_not_logged",
    without_event: "rule_not_logged",
    schools_own_deleted: "rule_not_logged",
    logged_by_hand: "rule_not_logged",
}


@pytest.mark.parametrize("forge", FORGED_TERMS, ids=lambda forge: forge.__name__)
def test_case_made_due_in_the_database_is_not_erased(
    forge: Callable[[Case], None], case: Case, leader: User, second: User
) -> None:
    set_rule(case.school)
    closed = close_long_ago(case, days=31 * (MONTHS // 2))
    forge(closed)
    changed = Case.objects.unscoped("test").select_related("school__municipality").get(pk=case.pk)
    reason = FORGED_TERMS[forge]
    assert reason_of(lambda: due.propose_erasure(case=changed, by=leader)) == reason
    request = ErasureRequest.objects.create(case=changed, proposed_at=timezone.now(), proposed_by=leader)
    assert reason_of(lambda: erasure.approve(request=request, by=second)) in {reason, "outdated"}
    assert Case.objects.unscoped("test").filter(pk=case.pk).exists()
    if reason == "rule_not_logged":
        assert any("Opbevaringsfristen" in str(fault) for fault in verify.all_faults())


def test_case_moved_to_the_rule_of_another_school_is_not_erased(case: Case, leader: User) -> None:
    set_rule(case.school)
    closed = close_long_ago(case, days=31 * (MONTHS // 2))
    moved_to_another_school(closed)
    changed = Case.objects.unscoped("test").select_related("school__municipality").get(pk=case.pk)
    with pytest.raises(AccessChanged):
        due.propose_erasure(case=changed, by=leader)


def test_rule_logged_by_an_earlier_version_holds(old: Case, leader: User) -> None:
    """Its event does not say whose the rule is."""
    rule = RetentionRule.objects.get()
    audit_log.commit_event(AuditVerb.SET_RETENTION, by=None, detail=f"{rule.public_id}:closed:{rule.months}")
    assert due.propose_erasure(case=old, by=leader).case == old


@pytest.mark.parametrize("forge", [made_up, made_anothers, refusal_undone, hold_taken_off])
def test_tombstone_of_an_erasure_that_believed_the_row_is_found(
    forge: Callable[[Case, User, User], ErasureRequest],
    old: Case,
    leader: User,
    second: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As earlier versions erased."""
    request = forge(old, leader, second)
    with monkeypatch.context() as earlier:
        earlier.setattr(due, "is_held_by_log", lambda case: False)
        earlier.setattr(erasure, "logged_proposal", lambda *known: AuditEvent())
        earlier.setattr(audit_log, "is_genuine", lambda event: True)
        # Another leader than the one who is named, or the database refuses the tombstone.
        erasure.approve(request=request, by=make_user(Role.LEADER, school=old.school))
    assert len(faults()) == 1


def erase(old: Case, leader: User, second: User) -> Tombstone:
    return erasure.approve(request=due.propose_erasure(case=old, by=leader), by=second)


def faults() -> list[str]:
    found = [*verify.audit_faults(), *verify.lost_cases(), *verify.tombstone_faults()]
    for pk in Case.objects.unscoped("test").values_list("pk", flat=True):
        found += verify.case_faults(pk)
    return [str(fault) for fault in found]


def test_erasure_leaves_a_tombstone_and_nothing_else(old: Case, leader: User, second: User) -> None:
    kept = make_case(old.owner)
    add_note(kept)
    before = Case.objects.unscoped("test").get(pk=old.pk)
    grave = erase(old, leader, second)
    assert (grave.reference, grave.school, grave.head_seq, grave.head_hash) == (
        old.reference,
        old.school,
        before.head_seq,
        before.head_hash,
    )
    assert (grave.opened_at, grave.closed_at) == (before.opened_at, before.closed_at)
    assert (grave.proposed_by, grave.approved_by) == (leader, second)
    assert grave.rule_words == "2 år efter afslutning: Journalplan 4.2"
    assert [case.pk for case in Case.objects.unscoped("test")] == [kept.pk]
    for model in (Entry, Draft, Participant, Referral, LegalHold, ErasureRequest):
        assert not model._base_manager.filter(case=old.pk).exists()
    assert faults() == []
    event = AuditEvent.objects.order_by("seq").last()
    assert event is not None
    assert (event.verb, event.actor, event.case_public_id, event.detail) == (
        "erase",
        second.public_id,
        old.public_id,
        erasure.tombstone_hash(grave),
    )


def test_verify_and_heads_kept_outside_know_tombstones(
    old: Case, leader: User, second: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify", "--heads", str(tmp_path / "heads"))
    erase(old, leader, second)
    call_command("verify", "--against", str(tmp_path / "heads"))
    assert "Slettede sager med gravsten: 1." in capsys.readouterr().out


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cases_tombstone SET head_hash = rule_basis",
        "UPDATE cases_tombstone SET rule_months = 1",
        "UPDATE cases_tombstone SET proposed_by_id = (SELECT owner_id FROM cases_case LIMIT 1)",
        "UPDATE cases_tombstone SET approved_at = proposed_at",
        "UPDATE cases_tombstone SET reference = '26-AAAAA'",
        "DELETE FROM cases_tombstone",
    ],
)
def test_altered_tombstone_is_found(sql: str, old: Case, leader: User, second: User) -> None:
    make_case(old.owner)
    erase(old, leader, second)
    assert faults() == []
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert len(faults()) == 1


def test_forged_tombstone_hides_no_lost_case(old: Case, leader: User, second: User) -> None:
    """A case deleted behind the product's back, with a tombstone put in by hand."""
    other = close_long_ago(make_case(old.owner))
    grave = erase(old, leader, second)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_tombstone SET case_public_id = %s", [_uuid(other)])
    assert any(grave.reference in fault for fault in faults())


def _uuid(case: Case) -> Any:
    return case.public_id.hex if connection.vendor == "sqlite" else case.public_id


def test_reference_of_an_erased_case_is_not_given_again(
    old: Case, leader: User, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    grave = erase(old, leader, second)
    offered = iter([grave.reference, "26-ZZZZZ"])
    monkeypatch.setattr(writer, "new_reference", lambda year: next(offered))
    assert make_case(old.owner).reference == "26-ZZZZZ"


def secrets_of(case: Case) -> list[bytes]:
    """Ciphertexts and the wrapped key: what has to be gone from the file."""
    entries = Entry.objects.filter(case=case)
    sealed = [bytes(value) for entry in entries for value in (entry.body, entry.salt) if value]
    sealed += [bytes(draft.body) for draft in Draft.objects.filter(case=case)]
    sealed += [bytes(hold.reason) for hold in LegalHold.objects.filter(case=case)]
    return [*sealed, bytes(case.sealed_key)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("written_with", ["ON", "OFF"])
def test_erased_case_is_not_in_the_file(written_with: str) -> None:
    """Written without ``secure_delete``, split pages leave copies behind: building the file anew takes them along."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA secure_delete = {written_with}")
    owner = make_user()
    leader, second = (make_user(Role.LEADER, school=owner.school) for _number in range(2))
    case, kept = make_case(owner), make_case(owner)
    set_rule(case.school)
    for number in range(12):
        add_note(case, text=f"{CANARY} {number} " + "x" * 700)
        add_note(kept, text="Bliver stående " + "y" * 900)
    sing(case)
    case = Case.objects.unscoped("test").select_related("school__municipality").get(pk=case.pk)
    secrets = secrets_of(case)
    connection.close()
    found = stored()
    assert connection.vendor != "sqlite" or all(secret[:200] in found for secret in secrets), "this looks elsewhere"
    assert CANARY.encode() not in found
    with time_machine.travel(timezone.now() + timedelta(days=800), tick=False):
        grave = erase(case, leader, second)
    connection.close()
    left = stored()
    assert grave.reference.encode() in left
    assert CANARY.encode() not in left
    assert [number for number, secret in enumerate(secrets) if secret[:40] in left or secret[-40:] in left] == []
    assert faults() == []
    assert len(case_file.read_case(Case.objects.unscoped("test").select_related("school", "owner").get()).notes) == 12


@pytest.mark.django_db(transaction=True)
def test_failing_erasure_leaves_the_case_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = make_user()
    leader, second = (make_user(Role.LEADER, school=owner.school) for _number in range(2))
    set_rule(make_case(owner).school)
    case = close_long_ago(make_case(owner))
    request = due.propose_erasure(case=case, by=leader)

    def fail(*args: Any) -> None:
        raise ZeroDivisionError

    erase_entries = append_only.erase_entries

    def erase_and_fail(*args: Any) -> None:
        erase_entries(*args)
        raise ZeroDivisionError

    for owner_of, name, failing in (
        (erasure, "tombstone_hash", fail),
        (append_only, "erase_entries", erase_and_fail),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(owner_of, name, failing)
            with pytest.raises(ZeroDivisionError):
                erasure.approve(request=request, by=second)
        assert Entry.objects.filter(case=case).count() == 2
        assert not Tombstone.objects.exists()
        assert append_only.missing(connection) == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite copies the file and holds no lock while it reads")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", ["ACCESS SHARE", "SHARE"])
def test_erasure_waits_for_no_backup_and_not_long_for_a_lock(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who only reads, as a backup does, is in nobody's way. A lock is told of at once, and nothing has happened."""
    owner = make_user()
    leader, second = (make_user(Role.LEADER, school=owner.school) for _number in range(2))
    set_rule(make_case(owner).school)
    case = close_long_ago(make_case(owner))
    request = due.propose_erasure(case=case, by=leader)
    monkeypatch.setattr(erasure, "LOCK_WAIT", "200ms")
    reading, done = Event(), Event()

    def read() -> None:
        with as_owner(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE cases_entry IN {mode} MODE")
            reading.set()
            done.wait(120)
        connection.close()

    reader = Thread(target=read)
    reader.start()
    assert reading.wait(120)
    try:
        if mode == "SHARE":
            assert reason_of(lambda: erasure.approve(request=request, by=second)) == "busy"
            assert Entry.objects.filter(case=case).count() == 2
            done.set()
            reader.join()
        assert erasure.approve(request=request, by=second).reference == case.reference
    finally:
        done.set()
        reader.join()


def test_command_lists_what_is_due(
    old: Case, leader: User, second: User, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> str:
        call_command("retention")
        return capsys.readouterr().out

    assert f"{old.reference}  {old.school.name}" in told()
    assert "ikke foreslået endnu" in told()
    due.set_hold(case=old, by=leader, reason="Vent")
    assert "slettestop" in told()
    due.release_hold(case=old, by=leader, reason="Klar")
    request = due.propose_erasure(case=old, by=leader)
    assert "venter på en, der godkender" in told()
    erasure.approve(request=request, by=second)
    assert told() == "Sager nået til fristen: 0. Frister sat: 1. Slettede sager: 1.\n"
    monkeypatch.setattr(erasure, "rebuild_file", lambda: False)
    with pytest.raises(CommandError):
        call_command("retention", "--sweep")


@pytest.mark.parametrize(
    "change", [{"status": "open"}, {"months": 0}, {"months": 1201}, {"released_at": timezone.now()}]
)
def test_database_refuses_half_states(change: dict[str, Any], old: Case, leader: User) -> None:
    due.set_hold(case=old, by=leader, reason="Vent")
    model = LegalHold if "released_at" in change else RetentionRule
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**change)


def test_school_of_another_municipality(old: Case) -> None:
    rule = RetentionRule(municipality=old.school.municipality, school=make_school(), months=1, basis="Plan")
    with pytest.raises(ValidationError) as refused:
        rule.full_clean()
    assert set(refused.value.message_dict) == {"school"}
