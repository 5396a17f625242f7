"""Answers under questions of earlier cards: which of them stand for an answer of today, and which count as none."""

from typing import Any

import pytest
from django.utils import timezone

from cases.log.case_file import read_case
from cases.models import Case
from guide.questionnaire.schema import Situation
from guide.questionnaire.step_form import StepForm, data_from_answers
from guide.rules.enums import Flag, FlagState
from guide.steps import BY_KEY
from guide.steps.former_answers import FORMER, current_answers
from guide.wizard.case_state import situation_of
from tests.factories import file_step, make_case, step_content
from tests.guide.page_reader import stored

pytestmark = pytest.mark.django_db

YES, NO, UNKNOWN = "ja", "nej", "ved_ikke"


def filed(case: Case, steps: dict[str, dict[str, Any]]) -> Situation:
    """The situation of a case in which the answers were filed as an earlier card asked for them."""
    for step, answers in steps.items():
        file_step(case, content=step_content(step, answers=answers))
    return situation_of(read_case(stored(case)), timezone.now())


# An answer of an earlier card -> where today's answer is, and what it is (None: not answered).
TABLE: tuple[tuple[str, str, object, tuple[str, str], object], ...] = (
    ("afdaek", "danger_offender_reach", YES, ("afdaek", "danger_now"), None),
    ("afdaek", "danger_offender_reach", NO, ("afdaek", "danger_now"), None),
    ("afdaek", "shared", YES, ("afdaek", "passed_on"), None),
    ("afdaek", "shared", NO, ("afdaek", "passed_on"), NO),
    ("afdaek", "shared", UNKNOWN, ("afdaek", "passed_on"), None),
    ("vurder", "special_support", YES, ("vurder", "support_needed"), YES),
    ("vurder", "special_support", NO, ("vurder", "support_needed"), None),
    ("vurder", "special_support", UNKNOWN, ("vurder", "support_needed"), None),
    ("vurder", "took_part", ["teacher", "leader", "ssp"], ("vurder", "took_part"), ["teacher"]),
    ("dokumenter", "staff_hold", YES, ("afdaek", "staff_hold"), YES),
    ("dokumenter", "staff_hold", NO, ("afdaek", "staff_hold"), NO),
    ("dokumenter", "staff_hold", UNKNOWN, ("afdaek", "staff_hold"), UNKNOWN),
    ("dokumenter", "staff_hold_note", "Politiet henter den.", ("afdaek", "staff_hold_note"), "Politiet henter den."),
    ("stop", "evidence_secured", YES, ("dokumenter", "helped_to_keep"), YES),
    ("stop", "evidence_secured", NO, ("dokumenter", "helped_to_keep"), NO),
    ("stop", "evidence_secured", UNKNOWN, ("dokumenter", "helped_to_keep"), UNKNOWN),
    ("behandl", "sparring", YES, ("vurder", "ssp_asked"), YES),
    ("behandl", "sparring", NO, ("vurder", "ssp_asked"), None),
    ("behandl", "sparring", UNKNOWN, ("vurder", "ssp_asked"), None),
    ("behandl", "sparring_on", "2026-11-20", ("vurder", "ssp_asked_on"), "2026-11-20"),
    ("behandl", "sparring_answer", "Tal med klassen.", ("vurder", "ssp_answer"), "Tal med klassen."),
    ("behandl", "same_school", YES, ("afdaek", "offender_near"), YES),
    ("behandl", "same_school", NO, ("afdaek", "offender_near"), None),
    ("behandl", "same_school", UNKNOWN, ("afdaek", "offender_near"), None),
)


@pytest.mark.parametrize(("step", "question", "answer", "today", "expected"), TABLE)
def test_answer_of_an_earlier_card_counts_where_it_means_the_same(
    step: str, question: str, answer: object, today: tuple[str, str], expected: object
) -> None:
    assert filed(make_case(), {step: {question: answer}}).get(*today) == expected


def test_table_has_every_question_that_stands_for_another() -> None:
    assert {(former.step, former.question, former.today) for former in FORMER} <= {(*row[:2], row[3]) for row in TABLE}
    assert [former.today for former in FORMER if former.today[1] not in BY_KEY[former.today[0]].questions] == []
    assert [former for former in FORMER if former.question in BY_KEY[former.step].questions] == []


@pytest.mark.parametrize(
    ("relation", "today"),
    [
        ("same_class", {"pupil_of": "same_class", "relation": ""}),
        ("same_school", {"pupil_of": "same_school", "relation": ""}),
        ("other_school", {"pupil_of": "other_school", "relation": ""}),
        ("partner", {"relation": "partner"}),
        ("", {"relation": ""}),
    ],
)
def test_school_among_the_relations_is_where_the_person_is_a_pupil(relation: str, today: dict[str, str]) -> None:
    people = [{"name": "Mads", "roles": ["offender"], "relation": relation}]
    assert filed(make_case(), {"afdaek": {"people": people}}).get("afdaek", "people") == [
        {"key": "r0", "name": "Mads", "roles": ["offender"], **today}
    ]


@pytest.mark.parametrize(
    ("violence", "abuse", "harm", "now", "what"),
    [
        (NO, NO, NO, None, None),
        (YES, NO, NO, YES, ["threats", UNKNOWN]),
        (YES, YES, NO, YES, ["abuse", "threats", UNKNOWN]),
        (NO, UNKNOWN, YES, YES, ["harm", UNKNOWN]),
        (NO, NO, UNKNOWN, UNKNOWN, None),
        (NO, NO, "", UNKNOWN, None),
        ("", "", "", None, None),
    ],
)
def test_three_questions_about_danger_became_one(
    violence: str, abuse: str, harm: str, now: str | None, what: list[str] | None
) -> None:
    told = {"danger_violence": violence, "danger_ongoing_abuse": abuse, "danger_offender_harm": harm}
    found = filed(make_case(), {"afdaek": told})
    assert (found.get("afdaek", "abuse"), found.get("afdaek", "danger_what")) == (now, what)


@pytest.mark.parametrize(
    ("now", "before", "today", "what"),
    [
        (NO, NO, NO, None), (NO, YES, "foer", None), (NO, UNKNOWN, None, None), (NO, "", None, None),
        (UNKNOWN, YES, "foer", None), ("", YES, "foer", None), (UNKNOWN, NO, UNKNOWN, None), ("", NO, None, None),
        (YES, NO, YES, ["harm"]), (YES, YES, YES, ["harm", "before"]), (YES, "", YES, ["harm", UNKNOWN]),
    ],
)  # fmt: skip
def test_danger_now_and_abuse_before_became_one_question(
    now: str, before: str, today: str | None, what: list[str] | None
) -> None:
    told = {"danger_now": now, "abuse_before": before, **({"danger_what": ["harm"]} if now == YES else {})}
    found = filed(make_case(), {"afdaek": told})
    assert (found.get("afdaek", "abuse"), found.get("afdaek", "danger_what")) == (today, what)


@pytest.mark.parametrize(
    ("recognisable", "published", "today"),
    [
        (YES, YES, "named"), (NO, YES, "named"), (YES, NO, YES), (NO, NO, NO), (YES, UNKNOWN, None), (NO, "", None),
        (UNKNOWN, NO, UNKNOWN), ("", "", None),
    ],
)  # fmt: skip
def test_two_questions_about_who_is_recognised_are_one(recognisable: str, published: str, today: str | None) -> None:
    told = {"recognisable": recognisable, "identity_published": published}
    found = filed(make_case(), {"afdaek": {**told, "victims": [{"name": "B", **told}]}})
    assert found.get("afdaek", "recognised") == today
    assert found.get("afdaek", "victims") == [{"who": "victims0", "name": "B", **told, "recognised": today or ""}]


@pytest.mark.parametrize(
    ("known", "person", "today"),
    [
        ("all", {"age_band": "under_15", "pupil_of": "same_class"}, ["pupil"]),
        ("all", {"age_band": "from_15_to_17", "pupil_of": "other_school"}, ["minor"]),
        ("all", {"age_band": "adult", "relation": "family"}, ["adult"]),
        ("all", {"age_band": "adult", "relation": "staff"}, ["staff"]),
        ("all", {"age_band": UNKNOWN}, [UNKNOWN]),
        ("some", {"relation": "same_school"}, ["pupil", "stranger"]),
        ("none", None, ["stranger"]),
        (UNKNOWN, {"pupil_of": "same_class"}, ["pupil", UNKNOWN]),
        ("", {"pupil_of": "same_class"}, None),
    ],
)
def test_whoever_violates_is_told_by_the_list_of_people(
    known: str, person: dict[str, str] | None, today: list[str] | None
) -> None:
    people = [{"name": "Mads", "roles": ["offender"], **person}] if person else []
    found = filed(make_case(), {"afdaek": {"offender_known": known, "people": people}})
    assert found.get("afdaek", "offender_is") == today


def test_image_that_was_told_of_stays_asked_whatever_else_was() -> None:
    """Earlier cards asked what the image shows of every kind of violation."""
    case = make_case()
    told = {"kinds": ["bullying"], "shown": "nude", "recognisable": YES, "identity_published": YES, "victim_age": "14"}
    assert filed(case, {"afdaek": told}).get("afdaek", "recognised") == "named"
    answers = current_answers({"afdaek": told})["afdaek"]
    data = dict(data_from_answers(BY_KEY["afdaek"], answers).lists())
    assert StepForm(BY_KEY["afdaek"], data, {}, timezone.now()).answers["shown"] == "nude"


def test_offender_who_could_reach_the_pupil_is_no_danger_but_a_question() -> None:
    calm = {"danger_self_harm": NO, "danger_violence": NO, "danger_ongoing_abuse": NO, "danger_offender_reach": YES}
    assessment = filed(make_case(), {"afdaek": calm}).assessment
    assert assessment.state(Flag.DANGER) == FlagState.POSSIBLE
    duties = {duty.key for duty in assessment.duties}
    assert ("ask_danger" in duties, "call_112" in duties) == (True, False)


@pytest.mark.parametrize(
    "row", [row for row in TABLE if row[4] is not None and row[1] != "took_part"], ids=lambda row: f"{row[1]}-{row[2]}"
)
def test_question_that_was_filed_anew_wins(row: tuple[str, str, object, tuple[str, str], object]) -> None:
    step, question, answer, (today, name), _expected = row
    for given in ("", UNKNOWN, NO):
        later = {step: {question: answer}} | ({today: {name: given}} if today != step else {})
        later[step] |= {name: given} if today == step else {}
        assert filed(make_case(), later).get(today, name) == given


def test_answers_that_were_read_stay_as_they_were_filed() -> None:
    answers = {"vurder": {"took_part": ["leader"]}, "behandl": {"sparring": YES}}
    current_answers(answers)
    assert answers == {"vurder": {"took_part": ["leader"]}, "behandl": {"sparring": YES}}


@pytest.mark.parametrize(
    ("listed", "rows", "whose"),
    [
        (["bo"], ["offender"], ["bo"]),
        (["bo", "ida"], ["offender"], ["offender"]),
        (["bo"], ["offender", "bo"], ["offender", "bo"]),
        ([], ["offender"], ["offender"]),
    ],
)
def test_decision_about_whoever_violates_stands_for_the_one_who_is_named_later(
    listed: list[str], rows: list[str], whose: list[str]
) -> None:
    people = [{"key": key, "name": key.title(), "roles": ["offender"]} for key in listed]
    decided = [{"who": key, "name": "", "decision": "sent"} for key in rows]
    found = current_answers({"afdaek": {"people": people}, "anmeld": {"notifications": decided}})
    assert [row["who"] for row in found["anmeld"]["notifications"]] == whose


@pytest.mark.parametrize(
    ("row", "plan", "expected"),
    [
        ({"by_whom": "Lederen", "what": "Ingen kommentar"}, "", "Lederen. Ingen kommentar"),
        ({"decision": "not_told"}, "Kun lederen svarer", "Kun lederen svarer. Orienteres ikke"),
        ({"by_whom": "Lederen", "when": "2026-11-20"}, UNKNOWN, "Lederen. 20-11-2026"),
        ({}, "", ""),
    ],
)
def test_press_among_the_audiences_is_what_the_press_is_told(row: dict[str, str], plan: str, expected: str) -> None:
    rows = [{"audience": "class", "what": "Kort"}, {"audience": "press", **row}]
    found = current_answers({"behandl": {"audiences": rows, "press_plan": plan, "press": ""}})["behandl"]
    assert found == {"audiences": rows[:1], "press": YES, "press_plan": expected}


def test_answer_about_the_pupil_stands_for_the_one_who_is_named_later() -> None:
    told = {
        "people": [{"key": key, "name": key.title(), "roles": ["victim"]} for key in ("alma", "nora")],
        "victims": [{"who": "nora", "name": "Nora"}],
    }
    rows = [{"who": "pupil", "name": "", "support": NO}, {"who": "nora", "name": "Nora", "support": YES}]
    found = current_answers({"afdaek": told, "vurder": {"children": rows}})
    assert [(row["who"], row["support"]) for row in found["vurder"]["children"]] == [("alma", NO), ("nora", YES)]
