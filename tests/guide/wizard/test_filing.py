"""The seam between card and record: what stands on the screen is what an entry keeps."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.enums import DutyOutcome, EntryKind
from cases.log import writer
from cases.log.case_file import CaseFile, read_case
from cases.log.case_transaction import StaleReading
from cases.log.entry_types import FrozenDuty
from cases.models import Case, ClosedDays
from guide.models import LocalContact
from guide.questionnaire import card
from guide.questionnaire.step_form import StepForm, data_from_answers
from guide.steps import BY_KEY
from guide.wizard import filing
from guide.wizard.case_state import situation_of
from tests.factories import make_assessment, make_case, make_duty, make_school
from tests.guide.page_reader import stored

pytestmark = pytest.mark.django_db

MONDAY = "2026-11-16T10:00:00+01:00"
THREAT = {"kinds": ["extortion"], "threat": "ja", "victim_age": "14", "shown": "nude", "known_on": "2026-11-16"}


@pytest.fixture
def case() -> Case:
    return make_case()


def case_file(case: Case) -> CaseFile:
    return read_case(stored(case))


def file(
    case: Case, step: str = "afdaek", answers: Mapping[str, Any] = THREAT, read: CaseFile | None = None
) -> StepForm:
    now = read or case_file(case)
    others = {key: given for key, given in now.answers().items() if key != step}
    step_form = StepForm(BY_KEY[step], dict(data_from_answers(BY_KEY[step], answers).lists()), others, timezone.now())
    assert step_form.is_valid()
    filing.save_step(case=case, by=case.owner, step_form=step_form, case_file=now, submission_id=uuid4())
    return step_form


def tick(case: Case, key: str, outcome: DutyOutcome = DutyOutcome.DONE) -> None:
    writer.tick_duty(case=case, by=case.owner, key=key, title=key, outcome=outcome, reason="Ja.", submission_id=uuid4())


def test_entry_keeps_questions_answers_and_judgement_as_shown(case: Case) -> None:
    step_form = file(case)
    content = case_file(case).steps["afdaek"].content
    assert (content["step"], content["title"], content["card_version"], content["language"]) == (
        "afdaek",
        "Afdæk",
        card.version(),
        "da",
    )
    assert content["answers"] == step_form.answers
    assert content["sections"] == step_form.frozen()
    assert content["missing"] == step_form.missing()
    assessment, shown = content["judgement"], step_form.assessment
    assert assessment["levels"] == [int(level) for level in shown.rating.levels]
    assert assessment["confirmed"] is None
    assert assessment["axis"] == shown.rating.axis_text
    assert assessment["reasons"] == [str(reason) for reason in shown.rating.reasons]
    assert assessment["tipping"] == card.tipping_questions(shown.rating)
    assert (assessment["police_first"], assessment["police_first_reason"]) == (True, shown.deletion_reason)
    assert [(flag["key"], flag["state"]) for flag in assessment["flags"]] == [(f.flag, f.state) for f in shown.flags]
    assert [duty["key"] for duty in assessment["duties"]] == [duty.key for duty in shown.duties if not duty.rule]
    assert len(assessment["rules"]) == len([duty for duty in shown.duties if duty.rule]) > 0


def test_entry_is_plain_json(case: Case) -> None:
    """No lazy text, no enum: an old entry is read without the card that asked."""
    file(case)
    content = case_file(case).steps["afdaek"].content
    assert json.loads(json.dumps(content)) == content


def test_duty_names_its_law_and_its_contacts_in_words(case: Case) -> None:
    LocalContact.objects.create(
        municipality=case.school.municipality, key="ssp_konsulent", phone="12 34 56 78", last_verified=date(2026, 1, 2)
    )
    file(case)
    duties = case_file(case).steps["afdaek"].content["judgement"]["duties"]
    assert [duty["key"] for duty in duties if not duty["title"] or not duty["text"] or not duty["why"]] == []
    police = next(duty for duty in duties if duty["key"] == "ask_police")
    assert "114" in police["contact"]
    assert "§" in police["source"]
    assert "kontrolleret" in police["source"]
    said = " ".join(duty["contact"] for duty in duties)
    assert "SSP-konsulent: 12 34 56 78" in said
    assert f"Ikke udfyldt for {case.school.municipality.name} endnu" in said


def test_freezing_takes_three_queries_whatever_is_judged(case: Case) -> None:
    file(case)
    read = case_file(case)
    situation = situation_of(read, timezone.now())
    row = stored(case)
    assert row.school.municipality
    with CaptureQueriesContext(connection) as captured:
        filing.freeze_assessment(situation, row, read)
    assert len(captured) == 3


def test_level_moves_with_its_reason(case: Case) -> None:
    file(case)
    file(case, "vurder", {"confirmed_level": "2", "confirm_reason": "Presset er hørt op."})
    (first, second) = case_file(case).levels
    assert (first.content["confirmed"], first.content["reason"]) == (None, "")
    assert (second.content["confirmed"], second.content["reason"]) == (2, "Presset er hørt op.")
    assert stored(case).confirmed_level == 2


def test_stale_filing_writes_nothing(case: Case) -> None:
    read = case_file(case)
    file(case)
    before = stored(case).head_seq
    with pytest.raises(StaleReading):
        file(case, read=read)
    assert stored(case).head_seq == before


def test_departure_from_the_order_is_frozen_with_its_reason(case: Case) -> None:
    file(case, answers={**THREAT, "offender_is": ["pupil"]})
    file(case, "stop", {"deletion_asked": "ja", "before_police_reason": "Det lå åbent."})
    (words,) = case_file(case).steps["stop"].content["judgement"]["deviations"]
    assert words.endswith("Begrundelse: Det lå åbent.")


# --- The clock ---


@pytest.mark.parametrize(
    ("days", "done", "nearest", "urgent"),
    [
        ({}, (), None, False),
        ({"a": None}, (), None, True),
        ({"a": "2026-11-20", "b": "2026-11-19", "c": None}, (), "2026-11-19T23:59:59.999999+01:00", True),
        ({"a": "2026-11-20", "b": "2026-11-19"}, ("b",), "2026-11-20T23:59:59.999999+01:00", True),
        ({"a": "2026-11-20"}, ("a",), None, False),
        ({"a": "2026-11-19", "b": "2026-11-19T15:00:00+01:00"}, (), "2026-11-19T15:00:00+01:00", True),
        ({"a": "2026-11-19", "soon": "2026-11-17"}, ("a",), "2026-11-17T23:59:59.999999+01:00", False),
    ],
)
def test_what_presses_is_the_nearest_open_deadline(
    days: dict[str, str | None], done: tuple[str, ...], nearest: str | None, urgent: bool
) -> None:
    duties: list[FrozenDuty] = [
        {**make_duty(key, due), "urgency": "soon" if key == "soon" else "today"} for key, due in days.items()
    ]
    pressing = filing.pressing_duties(make_assessment(duties=duties), frozenset(done))
    assert pressing.next_due == (datetime.fromisoformat(nearest) if nearest else None)
    assert pressing.is_urgent is urgent


def frozen_duties(case: Case, step: str) -> dict[str, FrozenDuty]:
    return {duty["key"]: duty for duty in case_file(case).steps[step].content["judgement"]["duties"]}


def test_duty_keeps_the_deadline_with_which_it_first_stood_in_the_plan(case: Case) -> None:
    with time_machine.travel(MONDAY, tick=False):
        file(case)
    with time_machine.travel("2026-11-18T10:00:00+01:00", tick=False):
        file(case, "vurder", {"leadership": "ja"})
    with time_machine.travel("2026-11-19T10:00:00+01:00", tick=False):
        file(case, "dokumenter", {"family_log": "ja"})
        found = {duty["urgency"]: duty["due"] for duty in frozen_duties(case, "dokumenter").values()}
    assert frozen_duties(case, "dokumenter")["ask_police"]["due"] == "2026-11-16T12:00:00+01:00"
    assert found["today"] == "2026-11-16T15:00:00+01:00"
    assert found["soon"] == "2026-11-19T15:00:00+01:00"
    assert stored(case).next_due == datetime.fromisoformat("2026-11-16T12:00:00+01:00")


def test_duty_that_becomes_more_urgent_gets_a_new_deadline(case: Case) -> None:
    """And the old one again when it is less urgent again."""
    shared = {**THREAT, "kinds": ["image_shared"], "threat": "nej"}
    due = []
    for day, given in enumerate((shared, THREAT, shared), start=16):
        with time_machine.travel(f"2026-11-{day}T10:00:00+01:00", tick=False):
            file(case, "afdaek", given)
            duty = frozen_duties(case, "afdaek")["ask_police"]
            due.append((duty["urgency"], duty["due"]))
    assert due == [
        ("today", "2026-11-16T15:00:00+01:00"),
        ("now", "2026-11-17T12:00:00+01:00"),
        ("today", "2026-11-16T15:00:00+01:00"),
    ]


def test_closed_days_of_the_school_move_what_is_filed_afterwards(case: Case) -> None:
    others = make_school()
    for school, first, last in ((case.school, 16, 18), (case.school, 23, 24), (others, 19, 20)):
        ClosedDays.objects.create(
            school=school, first=date(2026, 11, first), last=date(2026, 11, last), name="Pædagogiske dage"
        )
    with time_machine.travel(MONDAY, tick=False):
        file(case)
    found = {duty["urgency"]: duty["due"] for duty in frozen_duties(case, "afdaek").values()}
    assert found == {
        "now": "2026-11-16T12:00:00+01:00",
        "today": "2026-11-19T15:00:00+01:00",
        "soon": "2026-11-25T15:00:00+01:00",
        "later": None,
    }


def test_filing_of_an_earlier_version_keeps_the_day_it_had(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until now what is for now or today was overdue the day after it was first filed."""
    with monkeypatch.context() as earlier, time_machine.travel(MONDAY, tick=False):
        history = filing._history
        earlier.setattr(filing, "_history", lambda *given: without_deadlines(history(*given)))
        file(case)
    with time_machine.travel("2026-11-18T10:00:00+01:00", tick=False):
        file(case, "vurder", {"leadership": "ja"})
    found = {duty["urgency"]: duty["due"] for duty in frozen_duties(case, "vurder").values()}
    assert (found["now"], found["today"]) == ("2026-11-16", "2026-11-16")
    assert found["soon"] == "2026-11-23T15:00:00+01:00"


def without_deadlines(history: Any) -> Any:
    return {name: part for name, part in history.items() if name != "deadlines"}


def test_settled_are_duties_done_and_not_relevant(case: Case) -> None:
    file(case)
    tick(case, "ask_police")
    tick(case, "threat_advice", DutyOutcome.NOT_RELEVANT)
    assert filing.completed_duty_keys(case_file(case)) == {"ask_police", "threat_advice"}


def test_school_has_acted_on_the_day_of_the_first_duty_done(case: Case) -> None:
    file(case)
    assert filing.first_action_date(case_file(case)) is None
    with time_machine.travel("2026-11-30T23:30:00+00:00", tick=False):
        tick(case, "threat_advice", DutyOutcome.NOT_RELEVANT)
        assert filing.first_action_date(case_file(case)) is None
        tick(case, "ask_police")
    with time_machine.travel("2026-12-05T12:00:00+00:00", tick=False):
        tick(case, "leader_now")
    assert filing.first_action_date(case_file(case)) == date(2026, 12, 1)


def test_situation_is_judged_by_the_clock_of_reading(case: Case) -> None:
    file(case, answers={**THREAT, "known_on": "2026-11-02"})
    read = case_file(case)
    then = datetime(2026, 11, 2, 12, tzinfo=UTC)

    def late(now: datetime) -> list[str]:
        return [found.state for found in situation_of(read, now).assessment.flags if found.flag == "late"]

    assert late(then) != late(then + timedelta(days=10))
    assert situation_of(read, then).answers == read.answers()


def test_filing_writes_step_and_level_and_nothing_else(case: Case) -> None:
    file(case)
    assert [entry.kind for entry in case_file(case).entries] == [EntryKind.STATUS, EntryKind.STEP, EntryKind.LEVEL]
