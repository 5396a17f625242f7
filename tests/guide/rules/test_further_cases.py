"""Fifteen further cases of a teacher, a social worker and a lawyer through the forms, and the kinds they showed."""

from itertools import product
from typing import Any

import pytest

from guide.rules.actions import first_actions
from guide.rules.contradictions import find_contradictions
from tests.guide.rules.test_real_cases import ADULT_STRANGER, CLASSMATE, TODAY, case, keys, person, text
from tests.guide.rules.test_thirty_cases import ADULT, NUDE_KEPT, PARENT, SOMEBODY_UNKNOWN, YOUTH, of_age

COLLEAGUE: dict[str, Any] = {"victim_is": "staff", "victim_age": "", "youngest_age": "40"}
UNWELL: dict[str, Any] = {"danger_self_harm": "ja", "self_harm_plan": "nej"}
CONSULTED = {"anmeld": {"police_contacted": "ja", "police_deletion": "allowed"}}
BY_PARENT: dict[str, Any] = {"handed_over": "ja", "handed_to": "Mor, klokken 13"}
TOLD = {"inddrag": {"parents_told": "all", "told_on": TODAY}}

# What it is, its answers, later steps, possible levels, duties that must be there, and that must not.
CASES: tuple[tuple[str, dict[str, Any], dict[str, Any], set[int], str, str], ...] = (
    # As a teacher.
    ("a false nude that was made and not shared", {**NUDE_KEPT, "kinds": ["manipulated"], "people": CLASSMATE}, {},
     {3}, "ask_police do_not_view consider_notification judge_bullying network", "stop_spread recipients"),
    ("a pupil in tears over a group chat", {"reaction": "overwhelmed", "ongoing": "ja"}, {},
     {4}, "support_4 stop_ongoing network no_mediation", "ask_police police_report"),
    ("friends are thought of", {"reaction": "needs_help"}, {"behandl": {"network": "ja"}}, {2}, "ask_ssp", "network"),
    ("the leaders do not know whether it is bullying", SOMEBODY_UNKNOWN, {"vurder": {"bullying_judged": "ved_ikke"}},
     {1}, "judge_bullying", "bullying_plan"),
    ("a pupil elsewhere who does not want to live", {**UNWELL, "victim_is": "absent"}, {},
     {4}, "reach_victim stay_with_pupil parents_fetch", "call_112"),
    # As a social worker.
    ("the mother took over, and nobody knows of the home", {**UNWELL, **BY_PARENT, "suspicion_home": "ved_ikke"}, TOLD,
     {4}, "ask_before_parents notify", "parents_fetch inform_parents"),
    ("the police allow it, the home is feared", {"shown": "nude", "suspicion_home": "ja"}, CONSULTED,
     {3}, "home_municipality no_mediation follow_police", "mediation_should inform_parents"),
    ("a brother under 12 shows a pupil of eight",
     {**of_age("8"), "shown": "nude_parts", "suspicion_home": "nej",
      "people": person(age_band="under_12", pupil_of="same_school", relation="family")}, CONSULTED,
     {2}, "notify consider_notification ask_before_parents no_mediation", "mediation_may inform_parents"),
    ("a father sends a picture from the bath to others",
     {**of_age("10"), "shown": "nude_parts", "suspicion_home": "nej", "people": PARENT}, {},
     {2}, "contingency_plan notify ask_before_parents offender_police", "inform_parents offender_talk"),
    ("a colleague does not want to live", {**COLLEAGUE, **UNWELL}, {},
     {4}, "staff_victim stay_with_pupil see_doctor leader_now", "parents_fetch secrecy do_not_question judge_bullying"),
    # As a lawyer.
    ("a colleague is threatened by pupils", {**COLLEAGUE, "threat": "ja", "people": YOUTH}, {},
     {2}, "staff_victim tell_threats ask_police offender_talk", "do_not_question judge_bullying inform_parents"),
    ("a pupil sent a nude of herself to a teacher, who has it",
     {**NUDE_KEPT, **COLLEAGUE, "youngest_age": "15", "kinds": ["unsolicited_images"], "depicts": ["sender"],
      "staff_hold": "ja", "people": YOUTH}, {},
     {2}, "staff_material do_not_view consider_notification", "approach_police remove_under_18 remove_adult"),
    ("a colleague violates a colleague",
     {**COLLEAGUE, "shown": "nude", "people": person(age_band="adult", pupil_of="no_pupil", relation="staff")}, {},
     {3}, "staff_track staff_victim offender_police remove_adult", "consider_notification offender_talk secrecy"),
    ("a pupil of 17 is asked by a grown stranger for images",
     {**of_age("17"), **NUDE_KEPT, "kinds": ["sexual_approach"], "shown": "sexual", "people": ADULT_STRANGER}, {},
     {4}, "police_report approach_police notify contingency_plan", "recipients offender_talk"),
    ("somebody of 18 shares what both made at 14", {**of_age("15", "14"), "shown": "nude", "people": ADULT}, {},
     {3}, "do_not_view offender_police under_15_police notify remove_under_18", "remove_adult offender_talk"),
)  # fmt: skip


@pytest.mark.parametrize(("answers", "further", "levels", "there", "absent"), [one[1:] for one in CASES],
                         ids=[one[0] for one in CASES])  # fmt: skip
def test_the_advice_fits_the_case(
    answers: dict[str, Any], further: dict[str, Any], levels: set[int], there: str, absent: str
) -> None:
    found = case(further, **answers)
    plan = keys(found)
    assert set(map(int, found.rating.levels)) == levels
    assert set(there.split()) - plan == set()
    assert set(absent.split()) & plan == set()


VICTIMS: dict[str, dict[str, Any]] = {
    "a child": of_age("14"), "grown": of_age("18"), "a colleague": COLLEAGUE, "not reached": {"victim_is": "absent"},
    "a colleague and a child": {
        **COLLEAGUE, "more_victims": "ja", "victims": [{"name": "Ida", "age": "14", "shown": "nude"}],
    },
}  # fmt: skip
SITUATIONS: dict[str, dict[str, Any]] = {
    "calm": {}, "panic": {"reaction": "panic"}, "unwell": UNWELL, "nude": {"shown": "nude"},
    "abused": {"abuse": "foer", "abuse_kind": ["blows"], "abuse_by": ["young"]}, "home": {"suspicion_home": "ved_ikke"},
}  # fmt: skip


@pytest.mark.parametrize(("victim", "situation"), list(product(VICTIMS, SITUATIONS)))
def test_what_is_for_children_is_advised_where_a_child_is_violated(victim: str, situation: str) -> None:
    found = case(CONSULTED, **{**VICTIMS[victim], **SITUATIONS[situation]})
    plan, child = keys(found), "child" in victim or victim == "not reached"
    contacts = {contact for duty in found.duties for contact in duty.contacts}
    assert "boernetelefonen" not in contacts or child
    assert ("secrecy" in plan) is child
    assert ("do_not_question" in plan) is (situation == "abused" and victim != "a colleague")
    assert not {"mediation_may", "mediation_should"} & plan or not (child and situation == "home")


def test_a_pupil_who_is_not_here_is_found_before_anybody_stays_or_asks() -> None:
    absent = case(victim_is="absent", **UNWELL)
    order = [action.words.key for action in first_actions(absent.duties)]
    assert order[0] == "reach_victim"
    for duty in ("stay_with_pupil", "parents_fetch"):
        assert "find først ud af, hvor eleven er" in text(absent, duty)
        assert "find først" not in text(case(**UNWELL), duty)


def test_a_parent_who_took_over_is_asked_about_while_the_home_may_be_unsafe() -> None:
    doubted = find_contradictions(case(TOLD, suspicion_home="ved_ikke", **UNWELL, **BY_PARENT))
    assert ["ring til kommunen" in said or "Spørg eleven" in said for said in doubted] == [True, True]
    assert find_contradictions(case(TOLD, **UNWELL, **BY_PARENT)) == ()
