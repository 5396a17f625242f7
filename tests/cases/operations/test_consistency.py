"""What lists and the door go by, changed behind the product's back: found, each by the line that says otherwise."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import models
from django.utils import timezone

from cases.enums import ReferralForm, Role, StepStatus
from cases.log import case_transaction, writer
from cases.log.entry_crypto import data_key, open_entry
from cases.models import Case, Entry, ErasureRequest, LegalHold, Participant, Referral, RetentionRule, School, User
from cases.retention import due
from cases.sharing import actions
from tests.cases.operations.test_verify import faults, tamper
from tests.factories import add_note, file_step, make_case, make_municipality, make_school, make_user, step_content


@pytest.fixture
def lived(case: Case, staff: User, leader: User, school: School) -> Case:
    """A case with something in every column."""
    file_step(case, content=step_content(levels=[2, 4], confirmed=3, police_first=True), status=StepStatus.READY)
    writer.skip_step(case=case, by=staff, step="stop", title="Stop", reason="Nej.", submission_id=uuid4())
    colleague = make_user(school=school)
    actions.add_participant(case=case, by=staff, user=colleague)
    actions.remove_participant(case=case, by=staff, user=colleague)
    actions.add_participant(case=case, by=staff, user=leader)
    actions.refer(
        case=case, by=staff, form=ReferralForm.ANONYMOUS, purpose="Råd", message="", included=[], submission_id=uuid4()
    )
    add_note(case)
    return case


def test_sound_through_a_whole_life(lived: Case, staff: User, leader: User) -> None:
    """Every verb leaves columns that the log agrees with."""
    steps: list[Callable[[], object]] = [
        lambda: actions.refer(
            case=lived,
            by=staff,
            form=ReferralForm.NAMED,
            purpose="Hjælp",
            message="",
            included=[],
            submission_id=uuid4(),
        ),
        lambda: actions.end_referral(case=lived, by=staff, reason="", submission_id=uuid4()),
        lambda: actions.remove_participant(case=lived, by=staff, user=leader),
        lambda: actions.add_participant(case=lived, by=staff, user=leader),
        lambda: actions.add_participant(case=lived, by=staff, user=leader),
        lambda: file_step(lived, content=step_content("stop", levels=[1])),
        lambda: actions.assign_owner(case=lived, by=leader, owner=leader),
        lambda: actions.refer(
            case=lived,
            by=leader,
            form=ReferralForm.ANONYMOUS,
            purpose="Råd",
            message="",
            included=[],
            submission_id=uuid4(),
        ),
        lambda: writer.close_case(case=lived, by=leader, reason="Færdig."),
        lambda: actions.end_referral(case=lived, by=leader, reason="", submission_id=uuid4()),
        lambda: actions.remove_participant(case=lived, by=leader, user=leader),
        lambda: writer.reopen_case(case=lived, by=leader, reason="Alligevel ikke."),
        lambda: writer.close_case(case=lived, by=leader, reason="Nu."),
    ]
    assert faults() == set()
    for step in steps:
        step()
        assert faults() == set()


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("levels = '[1]', level_low = 1, level_high = 1", 2),
        ("levels = '[2]'", 2),
        ("level_high = 3", 2),
        ("confirmed_level = 1", 2),
        ("confirmed_level = NULL", 2),
        ("police_first = %s", 2),
        ("""progress = '{"afdaek": "skipped", "stop": "skipped"}'""", 2),
        ("""progress = '{"afdaek": "ready", "stop": "ready"}'""", 4),
        ("""progress = '{"afdaek": "ready"}'""", 4),
        ("""progress = '{"afdaek": "ready", "stop": "skipped", "anmeld": "ready"}'""", 9),
        ("status = 'closed', closed_at = updated_at, closed_by_id = owner_id", 1),
        ("opened_at = '2020-01-01 00:00:00+00:00'", 1),
        ("updated_at = '2020-01-01 00:00:00+00:00'", 9),
        ("owner_id = (SELECT max(id) FROM cases_user)", 1),
        ("opened_by_id = (SELECT max(id) FROM cases_user)", 1),
    ],
)
def test_column_changed(change: str, line: int, lived: Case) -> None:
    tamper(f"UPDATE cases_case SET {change} WHERE id = {lived.pk}", *([False] if "%s" in change else []))
    assert (lived.reference, line) in faults()


@pytest.mark.parametrize("change", ["closed_at = '2020-01-01 00:00:00+00:00'", "closed_by_id = opened_by_id"])
def test_end_brought_near(change: str, lived: Case, leader: User) -> None:
    """An earlier end would make the case due for erasure earlier."""
    writer.close_case(case=lived, by=leader, reason="Færdig.")
    tamper(f"UPDATE cases_case SET {change} WHERE id = %s", lived.pk)
    assert faults() == {(lived.reference, 10)}


def test_reopened_past_the_log(lived: Case, leader: User) -> None:
    writer.close_case(case=lived, by=leader, reason="Færdig.")
    tamper("UPDATE cases_case SET status = 'open', closed_at = NULL, closed_by_id = NULL WHERE id = %s", lived.pk)
    assert faults() == {(lived.reference, 10)}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cases_referral SET form = 'named'",
        "UPDATE cases_referral SET ended_at = sent_at, ended_by_id = sent_by_id",
        "UPDATE cases_referral SET entry_seq = 1",
        "DELETE FROM cases_referral",
    ],
)
def test_referral_changed(sql: str, lived: Case) -> None:
    tamper(sql)
    assert faults() == {(lived.reference, 8)}


def test_ssp_let_in_past_the_log(lived: Case) -> None:
    other = make_case(lived.owner)
    municipality = lived.school.municipality
    Referral.objects.create(
        case=other,
        municipality=municipality,
        form=ReferralForm.NAMED,
        entry_seq=1,
        sent_at=timezone.now(),
        sent_by=other.owner,
    )
    assert faults() == {(other.reference, 1)}


def test_colleague_let_in_past_the_log(lived: Case) -> None:
    intruder = make_user(Role.STAFF, school=lived.school)
    Participant.objects.create(case=lived, user=intruder, added_at=timezone.now(), added_by=lived.owner)
    assert faults() == {(lived.reference, 7)}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cases_participant SET removed_at = NULL, removed_by_id = NULL",
        "UPDATE cases_participant SET removed_at = added_at, removed_by_id = added_by_id WHERE removed_at IS NULL",
    ],
)
def test_access_turned_round(sql: str, lived: Case) -> None:
    tamper(sql)
    assert faults() == {(lived.reference, 7)}


@contextmanager
def earlier_version() -> Iterator[None]:
    """Lines as they were written before they named anybody by number."""
    with pytest.MonkeyPatch.context() as patched:
        sealed = case_transaction.seal_entry
        patched.setattr(case_transaction, "seal_entry", lambda line, **place: sealed(replace(line, about={}), **place))
        yield


def begin(owner: User) -> Case:
    """A case begun long ago, to which one colleague came and went, and another stayed; SSP was asked."""
    with time_machine.travel(datetime(2020, 1, 2, 9, tzinfo=UTC)):
        case = make_case(owner)
        first, second = (make_user(school=owner.school) for _number in range(2))
        for colleague in (first, second, second):
            actions.add_participant(case=case, by=owner, user=colleague)
        actions.remove_participant(case=case, by=owner, user=first)
        refer(case, owner, ReferralForm.ANONYMOUS)
    return case


def refer(case: Case, by: User, form: ReferralForm) -> None:
    actions.refer(case=case, by=by, form=form, purpose="Råd", message="", included=[], submission_id=uuid4())


def go_on(case: Case, leader: User) -> None:
    """SSP is told names; colleagues change, the owner twice; the case ends, and is proposed for erasure, and held."""
    with time_machine.travel(datetime(2020, 3, 4, 9, tzinfo=UTC)):
        refer(case, leader, ReferralForm.NAMED)
        actions.end_referral(case=case, by=leader, reason="", submission_id=uuid4())
        refer(case, leader, ReferralForm.NAMED)
        stays = Participant.objects.get(case=case, removed_at=None).user
        actions.remove_participant(case=case, by=leader, user=stays)
        actions.add_participant(case=case, by=leader, user=stays)
        for owner in (stays, leader):
            actions.assign_owner(case=case, by=leader, owner=owner)
        writer.close_case(case=case, by=leader, reason="Færdig.")
    RetentionRule.objects.create(municipality=case.school.municipality, months=12, basis="Journalplan 4.2")
    due.set_hold(case=case, by=leader, reason="Der er klaget.")
    due.release_hold(case=case, by=leader, reason="Klagen er afgjort.")
    due.refuse_erasure(request=due.propose_erasure(case=case, by=leader), by=leader)
    due.propose_erasure(case=case, by=leader)
    due.set_hold(case=case, by=leader, reason="Der er klaget igen.")


@pytest.fixture
def whole(staff: User, leader: User) -> Case:
    """A case with rows of every kind that lets somebody in or keeps it from ending, and another beside it."""
    case = begin(staff)
    go_on(case, leader)
    other = make_school()
    go_on(begin(make_user(school=other)), make_user(Role.LEADER, school=other))
    return case


@pytest.fixture
def old(staff: User, leader: User) -> Case:
    """The same from an earlier version."""
    with earlier_version():
        case = begin(staff)
        go_on(case, leader)
    return case


def test_sound_with_everything(whole: Case) -> None:
    assert faults() == set()


def test_sound_from_an_earlier_version(old: Case, leader: User) -> None:
    assert faults() == set()
    writer.reopen_case(case=old, by=leader, reason="Alligevel ikke.")
    refer(old, leader, ReferralForm.ANONYMOUS)
    actions.remove_participant(case=old, by=leader, user=Participant.objects.get(case=old, removed_at=None).user)
    actions.end_referral(case=old, by=leader, reason="", submission_id=uuid4())
    assert faults() == set()


def test_sound_when_the_version_changed_on_the_way(staff: User, leader: User) -> None:
    with earlier_version():
        case = begin(staff)
    go_on(case, leader)
    assert faults() == set()


def test_sound_when_the_school_changed_its_municipality(staff: User, leader: User) -> None:
    case = begin(staff)
    assert case.school_id == staff.school_id
    School.objects.filter(pk=case.school_id).update(municipality=make_municipality())
    refer(case, staff, ReferralForm.NAMED)
    assert faults() == set()
    actions.end_referral(case=case, by=staff, reason="", submission_id=uuid4())
    assert faults() == set()


LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)


def someone(case: Case) -> User:
    """A colleague who has nothing to do with the case."""
    return make_user(school=case.school)


def standing(model: Any, case: Case) -> models.QuerySet[Any]:
    end = {Participant: "removed_at", Referral: "ended_at", LegalHold: "released_at", ErasureRequest: "refused_at"}
    return model.objects.filter(case=case, **{end[model]: None})


def over(model: Any, case: Case) -> models.QuerySet[Any]:
    return model.objects.filter(case=case).exclude(pk__in=standing(model, case).values("pk"))


def copy(row: Any, **columns: Any) -> None:
    """Put in a row like this one, save for these columns."""
    row.pk, row.public_id = None, uuid4()
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def on_case(case: Case, **columns: Any) -> None:
    Case.objects.unscoped("test").filter(pk=case.pk).update(**columns)


# What also shows where no line names anybody by number.
ROWS: dict[str, Callable[[Case], object]] = {
    "participant taken away": lambda case: standing(Participant, case).delete(),
    "former participant taken away": lambda case: over(Participant, case).first().delete(),
    "participant let in by a copied row": lambda case: copy(standing(Participant, case).get(), user=someone(case)),
    "former participant copied": lambda case: copy(over(Participant, case).first(), user=someone(case)),
    "participant at another moment": lambda case: standing(Participant, case).update(added_at=LONG_AGO),
    "participant by another": lambda case: standing(Participant, case).update(added_by=someone(case)),
    "participant out": lambda case: standing(Participant, case).update(
        removed_at=models.F("added_at"), removed_by=models.F("added_by")
    ),
    "former participant out earlier": lambda case: over(Participant, case).update(removed_at=LONG_AGO),
    "former participant out by another": lambda case: over(Participant, case).update(removed_by=someone(case)),
    "former participant in again": lambda case: Participant.objects.filter(
        pk=over(Participant, case).first().pk
    ).update(removed_at=None, removed_by=None),
    "referral taken away": lambda case: standing(Referral, case).delete(),
    "former referral taken away": lambda case: over(Referral, case).first().delete(),
    "referral copied": lambda case: copy(standing(Referral, case).get(), municipality=make_municipality()),
    "former referral copied": lambda case: copy(over(Referral, case).first()),
    "referral in another form": lambda case: standing(Referral, case).update(form=ReferralForm.ANONYMOUS),
    "referral of another line": lambda case: standing(Referral, case).update(entry_seq=1),
    "referral at another moment": lambda case: standing(Referral, case).update(sent_at=LONG_AGO),
    "referral by another": lambda case: standing(Referral, case).update(sent_by=someone(case)),
    "referral ended": lambda case: standing(Referral, case).update(
        ended_at=models.F("sent_at"), ended_by=models.F("sent_by")
    ),
    "former referral ended earlier": lambda case: over(Referral, case).update(ended_at=LONG_AGO),
    "former referral ended by another": lambda case: over(Referral, case).update(ended_by=someone(case)),
    "former referral back": lambda case: (
        standing(Referral, case).update(ended_at=models.F("sent_at"), ended_by=models.F("sent_by")),
        Referral.objects.filter(pk=over(Referral, case).first().pk).update(ended_at=None, ended_by=None),
    ),
    "hold taken away": lambda case: standing(LegalHold, case).delete(),
    "former hold taken away": lambda case: over(LegalHold, case).delete(),
    "every hold taken away": lambda case: LegalHold.objects.filter(case=case).delete(),
    "hold released": lambda case: standing(LegalHold, case).update(
        released_at=models.F("set_at"), released_by=models.F("set_by"), release_reason=models.F("reason")
    ),
    "hold at another moment": lambda case: standing(LegalHold, case).update(set_at=LONG_AGO),
    "hold by another": lambda case: standing(LegalHold, case).update(set_by=someone(case)),
    "hold moved to another case": lambda case: standing(LegalHold, case).update(case=make_case(case.owner)),
    "former hold released earlier": lambda case: over(LegalHold, case).update(released_at=LONG_AGO),
    "former hold released by another": lambda case: over(LegalHold, case).update(released_by=someone(case)),
    "former hold copied": lambda case: copy(over(LegalHold, case).get()),
    "proposal taken away": lambda case: standing(ErasureRequest, case).delete(),
    "former proposal taken away": lambda case: over(ErasureRequest, case).delete(),
    "proposal at another moment": lambda case: standing(ErasureRequest, case).update(proposed_at=LONG_AGO),
    "proposal by another": lambda case: standing(ErasureRequest, case).update(proposed_by=someone(case)),
    "proposal refused": lambda case: standing(ErasureRequest, case).update(
        refused_at=models.F("proposed_at"), refused_by=models.F("proposed_by")
    ),
    "former proposal refused by another": lambda case: over(ErasureRequest, case).update(refused_by=someone(case)),
    "former proposal standing again": lambda case: (
        standing(ErasureRequest, case).delete(),
        over(ErasureRequest, case).update(refused_at=None, refused_by=None),
    ),
    "proposal made up": lambda case: copy(over(ErasureRequest, case).get()),
}
# What shows only where the lines do.
BY_NUMBER: dict[str, Callable[[Case], object]] = {
    "case at another school": lambda case: on_case(case, school=make_school(case.school.municipality)),
    "case given to a colleague": lambda case: on_case(case, owner=someone(case)),
    "case given back": lambda case: on_case(case, owner=case.opened_by),
    "participant is another": lambda case: standing(Participant, case).update(user=someone(case)),
    "former participant was another": lambda case: Participant.objects.filter(
        pk=over(Participant, case).first().pk
    ).update(user=someone(case)),
    "referral to another municipality": lambda case: standing(Referral, case).update(municipality=make_municipality()),
    "former referral was to another municipality": lambda case: Referral.objects.filter(
        pk=over(Referral, case).first().pk
    ).update(municipality=make_municipality()),
}


@pytest.mark.parametrize("name", ROWS | BY_NUMBER)
def test_what_the_door_goes_by(name: str, whole: Case) -> None:
    """Found, and in that case only."""
    (ROWS | BY_NUMBER)[name](whole)
    found = {reference for reference, _seq in faults()}
    assert whole.reference in found
    # The hold that was moved is one too many where it came to.
    assert len(found) == 1 + (name == "hold moved to another case")


@pytest.mark.parametrize("name", ROWS)
def test_what_the_door_goes_by_from_an_earlier_version(name: str, old: Case) -> None:
    ROWS[name](old)
    assert old.reference in {reference for reference, _seq in faults()}


@pytest.mark.parametrize("verb", ["hold", "propose_erasure"])
def test_keeping_that_the_access_log_does_not_know(verb: str, whole: Case, leader: User) -> None:
    other = make_case(leader)
    rows: dict[str, Callable[[], object]] = {
        "hold": lambda: LegalHold.objects.create(case=other, set_at=timezone.now(), set_by=leader, reason=b"x"),
        "propose_erasure": lambda: ErasureRequest.objects.create(
            case=other, proposed_at=timezone.now(), proposed_by=leader
        ),
    }
    rows[verb]()
    assert faults() == {(other.reference, 1)}


def test_numbers_are_no_part_of_what_people_read(whole: Case) -> None:
    """They stand beside the content, which every page, paper and export walks through."""
    key, told = data_key(whole), []
    for entry in Entry.objects.filter(case=whole).order_by("seq"):
        body = open_entry(entry, case_id=whole.public_id, key=key)
        told.append(sorted(body.get("about", {})))
        assert not [number for number in body.get("about", {}).values() if number in json.dumps(body["content"])]
    assert told[0] == ["school"]
    assert ["user"] in told
    assert ["municipality"] in told
