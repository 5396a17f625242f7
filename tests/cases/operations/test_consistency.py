"""What lists and the door go by, changed behind the product's back: found, each by the line that says otherwise."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.utils import timezone

from cases.enums import ReferralForm, Role, StepStatus
from cases.log import writer
from cases.models import Case, Participant, Referral, School, User
from cases.sharing import actions
from tests.cases.operations.test_verify import faults, tamper
from tests.factories import add_note, file_step, make_case, make_user, step_content


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
        lambda: actions.tell_leaders(case=lived, by=staff, submission_id=uuid4()),
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
        ("told_leader_at = '2020-01-01 00:00:00+00:00'", 9),
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
