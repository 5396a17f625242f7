"""Duties: which, how urgent, by when, from which source."""

import re
from datetime import date, datetime
from typing import Any

import pytest

from guide.reference.contacts import CONTACTS
from guide.reference.legal_sources import SOURCES
from guide.rules.duties import DUTY_RULES, Duty
from guide.rules.duty_texts import DUTY_OWNERS, DUTY_TEXTS
from guide.rules.enums import Urgency
from guide.steps import STEPS
from tests.guide.reading import assess
from tests.guide.rules.test_assessment import CASES, NUDE, answers, person

NOW = datetime(2026, 11, 18, 9, 30)
ALWAYS = {"secure_evidence", "do_not_search_phone", "insurance"}


def keys_of(changes: dict[str, Any], assessed: dict[str, str] | None = None, **steps: Any) -> set[str]:
    return {duty.kind for duty in assess(answers(changes, assessed, **steps), NOW).duties}


def duty_of(key: str, changes: dict[str, Any], assessed: dict[str, str] | None = None) -> Duty:
    return next(duty for duty in assess(answers(changes, assessed), NOW).duties if duty.key == key)


def test_the_mildest_case_has_few_duties() -> None:
    assert [duty.key for duty in assess(answers({}), NOW).duties] == [
        "involve_leadership",
        "keep_out",
        "secrecy",
        "report_soon",
        "secure_evidence",
        "do_not_search_phone",
        "keep_apart",
        "inform_parents",
        "recipients",
        "support_1",
        "offender_talk",
        "offender_help",
        "insurance",
    ]


@pytest.mark.parametrize(
    ("changes", "assessed", "there", "absent"),
    [
        (
            {"abuse": "ja", "danger_what": ["threats"]},
            {},
            "call_112 stay_with_pupil leader_now contingency_plan ask_police",
            "ask_danger",
        ),
        (
            {"danger_self_harm": "ja"},
            {},
            "ask_suicide stay_with_pupil leader_now notify",
            "ask_danger call_112 ask_police",
        ),
        ({"danger_self_harm": ""}, {}, "ask_danger stay_with_pupil", "call_112 ask_police"),
        ({"abuse": ""}, {}, "ask_danger stay_with_pupil ask_police do_not_delete", "call_112"),
        ({"shown": "nude"}, {}, "ask_police do_not_delete do_not_view consider_notification", "keep_out notify"),
        ({"shown": ""}, {}, "ask_police do_not_delete do_not_view consider_notification", "keep_out notify"),
        ({"shown": "nude", "youngest_age": ""}, {}, "ask_police do_not_delete do_not_view", "keep_out"),
        ({}, {}, "report_soon recipients", "ask_police do_not_delete remove_under_18 removal_refused"),
        ({"shown": "nude"}, {}, "report_soon recipients remove_under_18 removal_refused", ""),
        (
            {"kinds": ["bullying"], "shown": "nothing", "passed_on": "", "depicts": []},
            {},
            "",
            "keep_out do_not_view recipients remove_under_18 report_soon",
        ),
        ({"kinds": ["sexual_approach"]}, {}, "approach_police ask_police consider_notification", "notify"),
        ({"kinds": ["sexual_approach"], **person("adult", "stranger")}, {}, "approach_police notify", ""),
        ({"victim_age": "13", **NUDE}, {}, "under_15_police ask_police", ""),
        ({"victim_age": "13"}, {}, "", "under_15_police ask_police"),
        ({"threat": "ja"}, {}, "threat_advice ask_police do_not_delete no_mediation", "mediation_may"),
        ({"threat": ""}, {}, "threat_advice ask_police do_not_delete", ""),
        (person("adult", "stranger"), {}, "offender_police ask_police", "staff_track"),
        (person("adult", "staff"), {}, "offender_police staff_track ask_police", ""),
        ({"offender_is": ["stranger"]}, {}, "offender_police ask_police", "staff_track"),
        ({"ongoing": "ja"}, {}, "stop_ongoing no_mediation", "ask_police stop_spread"),
        ({"reached": "public"}, {}, "stop_spread", "ask_police stop_ongoing"),
        (
            {"suspicion_home": "ja"},
            {},
            "home_municipality contingency_plan notify",
            "inform_parents ask_before_parents insurance police_report report_soon recipients parents_fetch",
        ),
        ({"suspicion_home": ""}, {}, "ask_before_parents consider_notification", "inform_parents home_municipality"),
        ({}, {"support_needed": "ja"}, "notify", "consider_notification"),
        ({}, {"support_needed": ""}, "consider_notification", "notify"),
        ({"reaction": "needs_help"}, {}, "network", ""),
        ({}, {"bullying_judged": "ja"}, "bullying_plan", "judge_bullying"),
        ({}, {"bullying_judged": ""}, "judge_bullying", "bullying_plan"),
        (person("adult", "stranger"), {"bullying_judged": "ved_ikke"}, "judge_bullying", "bullying_plan"),
        (person("adult", "stranger"), {"bullying_judged": ""}, "", "judge_bullying bullying_plan"),
        ({"known_on": "2026-11-11"}, {}, "late_to_leader", ""),
        ({"known_on": "2026-11-16"}, {}, "", "late_to_leader"),
        (
            {
                "victim_age": "19",
                "youngest_age": "18",
                "shown": "nude",
                "suspicion_home": "ja",
                **person("adult", "partner"),
            },
            {"support_needed": "ja"},
            "adult_consent remove_adult",
            "inform_parents notify consider_notification secrecy home_municipality remove_under_18",
        ),
        (
            {"victim_age": "19", "shown": "nude"},
            {},
            "ask_police do_not_view adult_consent consider_notification",
            "notify inform_parents",
        ),
        (
            {},
            {"confirmed_level": "2"},
            "support_2 ask_ssp mediation_may sharing_basis",
            "professionals_in_touch ask_police",
        ),
        (
            {},
            {"confirmed_level": "3"},
            "support_3 ask_ssp ask_police professionals_in_touch no_mediation",
            "police_report",
        ),
        (
            {},
            {"confirmed_level": "4"},
            "support_4 ask_ssp ask_police professionals_in_touch police_report",
            "support_3",
        ),
    ],
)
def test_duties_of_a_case(changes: dict[str, Any], assessed: dict[str, str], there: str, absent: str) -> None:
    found = keys_of(changes, assessed)
    assert set(there.split()) <= found
    assert not set(absent.split()) & found
    # With a suspicion towards the home nothing goes through the family.
    assert found >= (ALWAYS - {"insurance"} if "home_municipality" in found else ALWAYS)


@pytest.mark.parametrize(("answer", "there"), [("ja", True), ("nej", False), ("ved_ikke", False), ("", False)])
def test_material_with_a_member_of_staff_is_a_matter_for_the_police_at_once(answer: str, there: bool) -> None:
    found = assess(answers({"staff_hold": answer}), NOW).duties
    assert [duty.urgency for duty in found if duty.key == "staff_material"] == [Urgency.NOW] * there


@pytest.mark.parametrize(
    ("key", "step", "given", "still"),
    [
        ("ask_police", "anmeld", {"police_contacted": "ja"}, {"police_contacted": "nej"}),
        (
            "report_soon",
            "anmeld",
            {"report_decision": "nej", "report_reason": "Familien vil ikke."},
            {"report_decision": "nej", "recommended": "ja"},
        ),
        ("report_soon", "anmeld", {"report_decision": "reported"}, {"report_decision": "will"}),
        ("notify", "anmeld", {"notification": "sent"}, {"notification": "will"}),
        ("insurance", "anmeld", {"insurance": "ja"}, {"insurance": "ved_ikke"}),
        ("inform_parents", "inddrag", {"parents_told": "all"}, {"parents_told": "some"}),
        ("secrecy", "inddrag", {"secrecy_told": "ja"}, {"secrecy_told": "nej"}),
        ("secure_evidence", "dokumenter", {"helped_to_keep": "ja"}, {"helped_to_keep": "nej"}),
        ("ask_ssp", "vurder", {"ssp_asked": "ja"}, {"ssp_asked": "nej"}),
        ("offender_talk", "stop", {"offender_talk": "ja"}, {"offender_talk": "nej"}),
    ],
)
def test_answer_that_tells_of_it_settles_the_duty(
    key: str, step: str, given: dict[str, str], still: dict[str, str]
) -> None:
    worst = {**NUDE}
    vurder = {"support_needed": "ja"}
    steps = {"anmeld": {}, "inddrag": {}, "dokumenter": {}, "stop": {}}
    for said, there in ((still, True), (given, False)):
        assessed = vurder | said if step == "vurder" else vurder
        given_steps = steps | {step: said} if step != "vurder" else steps
        found = assess(answers(worst, assessed, **given_steps), NOW).duties
        assert (key in {duty.key for duty in found}) is there


def test_every_duty_that_an_answer_shows_done_is_one_and_every_answer_can_be_given() -> None:
    known = {key for key, _urgency, _applies in DUTY_RULES}
    for field in (field for step in STEPS for field in step.questions.values()):
        for duty, values in field.traits.shows_done.items():
            assert duty in known
            assert set(values) <= {str(value) for value, _label in getattr(field, "choices", ())}


def test_what_the_police_said_takes_the_place_of_waiting_for_them() -> None:
    said = {"police_contacted": "ja", "police_deletion": "allowed"}
    before, after = (assess(answers(NUDE, anmeld=anmeld), NOW) for anmeld in ({"police_contacted": "nej"}, said))
    assert (before.deletion_waits, after.deletion_waits) == (True, False)
    rules = [{duty.key for duty in found.duties} & {"do_not_delete", "follow_police"} for found in (before, after)]
    assert rules == [{"do_not_delete"}, {"follow_police"}]
    assert ["Vent med selve sletningen" in str([duty.text for duty in found.duties]) for found in (before, after)] == [
        True,
        False,
    ]


FAMILY = re.compile(r"foræld|famil|hjem(?!me|side)", re.IGNORECASE)


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
@pytest.mark.parametrize("level", ["1", "2", "3", "4"])
def test_nothing_goes_through_a_home_that_is_suspected(case: tuple[Any, ...], level: str) -> None:
    given = answers({**case[1], "suspicion_home": "ja", "victim_age": "14"}, {"confirmed_level": level})
    named = {duty.key for duty in assess(given, NOW).duties if FAMILY.search(f"{duty.title} {duty.text} {duty.why}")}
    # The parents of the one who violates are others.
    assert named <= {"home_municipality", "mediation_may", "mediation_should", "offender_talk"}
    assert "home_municipality" in named


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_adult_victim_decides_without_the_family(case: tuple[Any, ...]) -> None:
    grown = {**case[1], "victim_age": "19", "youngest_age": "19", "suspicion_home": "nej", "victims": []}
    told = {duty.key for duty in assess(answers(grown), NOW).duties if FAMILY.search(duty.title)}
    assert told <= {"offender_talk"}


@pytest.mark.parametrize(
    ("level", "expected"),
    [("1", "mediation_none"), ("2", "mediation_may"), ("3", "mediation_should"), ("4", "mediation_may")],
)
def test_mediation_by_level_once_the_police_were_asked(level: str, expected: str) -> None:
    found = keys_of({}, {"confirmed_level": level}, anmeld={"police_contacted": "ja"})
    assert {key for key in found if "mediation" in key} == {expected} - {"mediation_none"}


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_exactly_one_duty_towards_the_home_of_a_minor_and_one_support_by_level(case: tuple[Any, ...]) -> None:
    found = keys_of(case[1])
    homes = found & {"inform_parents", "ask_before_parents", "home_municipality"}
    assert len(homes) == (0 if case[1].get("victim_age") == "19" else 1)
    assert len([key for key in found if key.startswith("support_")]) == 1


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_police_are_asked_wherever_they_come_first_and_before_anything_is_deleted(case: tuple[Any, ...]) -> None:
    found = assess(answers(case[1]), NOW)
    order = [duty.key for duty in found.duties]
    assert ("ask_police" in order) == ("do_not_delete" in order) == found.police_first
    for key in (
        {"remove_under_18", "remove_adult", "recipients", "stop_spread"} & set(order) if found.police_first else ()
    ):
        assert order.index("ask_police") < order.index(key)
        duty = next(duty for duty in found.duties if duty.key == key)
        assert duty.text.endswith("Vent med selve sletningen, til politiet har sagt ja til den.")


def test_duties_stand_by_urgency() -> None:
    order = list(Urgency)
    found = [order.index(duty.urgency) for duty in assess({}, NOW).duties]
    assert found == sorted(found)
    assert set(found) == {0, 1, 2, 3}


def test_removal_becomes_urgent_when_it_spreads() -> None:
    assert duty_of("remove_under_18", NUDE).urgency == Urgency.SOON
    assert duty_of("remove_under_18", {**NUDE, "reached": "public"}).urgency == Urgency.TODAY
    assert duty_of("remove_under_18", NUDE, {"confirmed_level": "4"}).urgency == Urgency.TODAY


@pytest.mark.parametrize(
    ("known", "due", "urgency"),
    [
        ("2026-11-18", date(2026, 12, 2), Urgency.SOON),
        ("2026-11-13", date(2026, 11, 27), Urgency.SOON),
        ("2026-11-04", date(2026, 11, 18), Urgency.TODAY),
        ("2026-10-01", date(2026, 10, 15), Urgency.TODAY),
        ("", None, Urgency.SOON),
    ],
)
@pytest.mark.parametrize(("assessed", "key"), [("ja", "bullying_plan"), ("", "judge_bullying")])
def test_bullying_plan_is_due_ten_working_days_after_the_school_knew(
    known: str, due: date | None, urgency: Urgency, assessed: str, key: str
) -> None:
    duty = duty_of(key, {"known_on": known}, {"bullying_judged": assessed})
    assert (duty.due, duty.urgency) == (due, urgency)


def test_every_duty_has_words_sources_contacts_and_a_step_that_exist() -> None:
    written = DUTY_TEXTS
    assert [key for key, _urgency, _applies in DUTY_RULES] == list(
        dict.fromkeys(key for key, _urgency, _applies in DUTY_RULES)
    )
    assert set(written) == {key for key, _urgency, _applies in DUTY_RULES}
    for words in written.values():
        assert set(words.sources) <= set(SOURCES)
        assert set(words.contacts) <= set(CONTACTS)
        assert words.step in {"afdaek", "vurder", "inddrag", "dokumenter", "stop", "anmeld", "behandl"}
        assert str(words.title)
        assert str(words.text).endswith((".", "?"))
        assert str(words.why).endswith(".")


@pytest.mark.parametrize(
    ("changes", "key", "sources"),
    [
        (NUDE, "ask_police", {"straffeloven_235", "straffeloven_264d"}),
        (
            {"kinds": ["manipulated"], "passed_on": "nej", **NUDE},
            "ask_police",
            {"straffeloven_235", "straffeloven_264e"},
        ),
        ({"kinds": ["account_taken"], "threat": "ja"}, "ask_police", {"straffeloven_263", "straffeloven_266"}),
        ({"kinds": ["secret_recording"], **NUDE}, "ask_police", {"straffeloven_264a"}),
        (
            {"kinds": ["extortion"], **NUDE},
            "threat_advice",
            {"straffeloven_281", "straffeloven_225", "straffeloven_260"},
        ),
        ({}, "report_soon", {"erstatning_72_timer", "straffeloven_264d"}),
        ({"kinds": ["secret_recording"], "passed_on": "nej"}, "report_soon", {"straffeloven_264a"}),
        ({}, "secrecy", {"barnets_lov_133"}),
    ],
)
def test_duty_names_its_sources(changes: dict[str, Any], key: str, sources: set[str]) -> None:
    found = duty_of(key, changes).sources
    assert sources <= set(found)
    assert len(set(found)) == len(found)
    assert set(found) <= set(SOURCES)


def test_the_word_of_the_police_opens_for_deletion_mediation_and_the_talk_and_nothing_else() -> None:
    asked, told = (
        keys_of(NUDE, anmeld={"police_contacted": said, "police_deletion": "allowed"}) for said in ("nej", "ja")
    )
    assert (asked - told, told - asked) == (
        {"no_mediation", "do_not_delete", "do_not_confront", "ask_police"},
        {"mediation_should", "follow_police"},
    )


def test_nothing_known_brings_every_protective_duty() -> None:
    assert {duty.key for duty in assess({}, NOW).duties} >= {
        "ask_danger", "ask_before_parents", "do_not_view", "do_not_delete", "threat_advice", "ask_police",
        "consider_notification", "judge_bullying", "no_mediation", "secrecy", "do_not_question",
    }  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_every_duty_names_its_source_and_whom_to_call(case: tuple[Any, ...]) -> None:
    found = assess(answers(case[1]), NOW).duties
    assert [duty.key for duty in found if not duty.sources or not duty.contacts] == []


def test_every_duty_says_who_does_it_and_a_rule_is_for_everybody() -> None:
    assert {key for key, _urgency, _applies in DUTY_RULES if not DUTY_TEXTS[key].rule} == set(DUTY_OWNERS)
    assert [duty.key for duty in assess({}, NOW).duties if bool(duty.who) is duty.rule] == []


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_text_of_a_duty_is_its_first_sentence_and_the_others(case: tuple[Any, ...]) -> None:
    for duty in assess(answers(case[1]), NOW).duties:
        assert f"{duty.first_sentence} {duty.other_sentences}".strip() == duty.text
        assert duty.first_sentence[-1] in ".?"
        assert len(duty.first_sentence.split()) <= 26
