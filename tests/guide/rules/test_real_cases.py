"""Cases as they happen, answered through the steps' own forms as a person would, and what must be advised."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from guide.questionnaire.schema import Situation
from guide.questionnaire.step_form import StepForm, data_from_answers
from guide.rules.actions import first_actions
from guide.rules.assessment import Assessment
from guide.rules.enums import Flag, FlagState, Level, Track, Urgency
from guide.steps import BY_KEY
from guide.steps.former_answers import current_answers
from tests.guide.reading import with_offenders

NOW = timezone.make_aware(datetime(2026, 11, 27, 10, 0))
TODAY = NOW.date().isoformat()
Steps = Mapping[str, Mapping[str, Any]]

CALM: dict[str, Any] = {
    "danger_self_harm": "nej",
    "abuse": "nej",
    "suspicion_home": "nej",
    "victim_is": "pupil",
    "kinds": ["image_shared"],
    "known_on": TODAY,
    "shown": "private",
    "depicts": ["pupil"],
    "recognised": "ja",
    "passed_on": "ja",
    "youngest_age": "13",
    "ongoing": "nej",
    "reached": "few_named",
    "victim_age": "13",
    "reaction": "no_special_need",
    "offender_near": "nej",
    "threat": "nej",
    "motive": "none",
    "staff_hold": "nej",
    "people": [{"name": "Bo", "roles": ["offender"], "age_band": "under_15", "pupil_of": "same_class"}],
}
"""A private picture of a pupil of 13, passed on among a few classmates; nothing is not known."""
NO_IMAGE = {"kinds": ["other"], "kinds_other": "En episode", "shown": "nothing"}


def person(**traits: Any) -> list[dict[str, Any]]:
    return [{"name": "Bo", "roles": ["offender"], **traits}]


ADULT_STRANGER = person(age_band="adult", pupil_of="no_pupil", relation="stranger")
CLASSMATE = person(age_band="under_15", pupil_of="same_class", relation="acquaintance")


def file(steps: Steps) -> Situation:
    """File each step in turn through its form; the situation of them all."""
    filed: dict[str, Mapping[str, Any]] = {}
    form = None
    for key, given in steps.items():
        step = BY_KEY[key]
        form = StepForm(step, dict(data_from_answers(step, given).lists()), filed, NOW)
        assert form.is_valid(), [(error.where, error.text) for error in form.error_list]
        asked = {name for name, answer in given.items() if answer} - set(form.answers)
        assert not asked, f"not asked in this case: {asked}"
        computed = (item for section in step.sections for item in section.computed.items())
        filed[key] = {**form.answers, **{name: of(form.situation) for name, of in computed}}
    assert form is not None
    return form.situation


def case(further: Steps | None = None, **answers: Any) -> Assessment:
    """The calm case with these answers in Afdæk, and further steps. What is no longer asked is left out."""
    given = with_offenders({**CALM, **answers})
    step = BY_KEY["afdaek"]
    opened = StepForm(step, dict(data_from_answers(step, given).lists()), {}, NOW).answers
    kept = {name: answer for name, answer in given.items() if name in opened or name in answers}
    return file({"afdaek": kept, **(further or {})}).assessment


def keys(found: Assessment, *urgencies: Urgency) -> set[str]:
    return {duty.kind for duty in found.duties if not urgencies or duty.urgency in urgencies}


def text(found: Assessment, key: str) -> str:
    return next(duty.text for duty in found.duties if duty.key == key)


def state(found: Assessment, flag: Flag) -> str:
    return found.state(flag).value


def words(found: Assessment) -> str:
    """Every sentence that the assessment says."""
    said = [*found.rating.reasons, found.rating.axis_text, found.deletion_reason if found.deletion_waits else ""]
    said += [flag.reason for flag in found.flags if flag.state is not FlagState.NOT_SET]
    said += [f"{duty.title} {duty.text} {duty.why}" for duty in found.duties]
    return " ".join(said + [track.reason for track in found.tracks])


def test_a_pupil_who_passed_the_image_on_is_one_of_the_children() -> None:
    people = [*CLASSMATE, {"name": "Ida", "roles": ["forwarded"], "age_band": "under_15", "pupil_of": "same_class"}]
    found = case(shown="nude", people=people)
    assert {("Bo", "offender"), ("Ida", "forwarder")} <= {(child.name, child.part) for child in found.children}


@pytest.mark.parametrize(
    ("answers", "police", "report"),
    [
        ({"kinds": ["bullying"], "reaction": "needs_help"}, False, False),
        ({"victim_age": "16", "youngest_age": "16"}, False, True),
        ({"shown": "nude"}, True, False),
        ({"threat": "ja"}, True, False),
    ],
)
def test_police_are_called_where_a_duty_asks_for_it_not_because_somebody_may_report(
    answers: dict[str, Any], police: bool, report: bool
) -> None:
    asked = dict.fromkeys(("shown", "depicts", "recognised", "passed_on", "youngest_age"), "")
    found = case(**({**asked, **answers} if "kinds" in answers else answers))
    actions = [action.words.key for action in first_actions(found.duties)]
    assert ("call_114" in actions) == police
    assert not report or "report_soon" in keys(found)


def action_keys(found: Assessment) -> list[str]:
    return [action.words.key for action in first_actions(found.duties)]


@pytest.mark.parametrize("kind", ["image_shared", "bullying"])
@pytest.mark.parametrize(
    ("told", "police"), [("pupil", False), ("minor", False), ("adult", True), ("staff", True), ("stranger", True)]
)
def test_police_are_called_for_whoever_violates_where_no_minor_is_told_of(kind: str, told: str, police: bool) -> None:
    first_pages = file({"afdaek": {
        "danger_self_harm": "nej", "abuse": "nej", "suspicion_home": "nej", "kinds": [kind], "victim_age": "16",
        "reaction": "no_special_need", "offender_is": [told], "threat": "nej",
        **({"shown": "private", "recognised": "ja"} if kind == "image_shared" else {}),
    }})  # fmt: skip
    assert ("call_114" in action_keys(first_pages.assessment)) is police


def test_an_employee_among_the_victims_asks_no_pupil_of_12_for_consent() -> None:
    teacher = {"name": "Signe", "victim_is": "staff", "shown": "nude", "recognised": "ja", "reaction": "needs_help"}
    found = case(victim_age="12", youngest_age="12", shown="nude", more_victims="ja", victims=[teacher])
    assert "staff_victim" in keys(found)
    assert "adult_consent" not in keys(found)


def test_an_adult_pupil_beside_a_younger_one_is_asked_after_the_parents_of_that_one() -> None:
    grown = {"name": "Ida", "age": "18", "shown": "nude", "recognised": "ja", "reaction": "needs_help"}
    order = action_keys(case(victim_age="14", youngest_age="14", shown="nude", more_victims="ja", victims=[grown]))
    assert order.index("parents") < order.index("consent_of_one")
    assert "consent" in action_keys(case(victim_age="18", youngest_age="18"))


def test_whoever_may_be_pressed_is_not_told_what_only_helps_against_pressure() -> None:
    unsure = action_keys(case(shown="nude", threat="ved_ikke"))
    assert ("evidence" in unsure, "evidence_and_threats" in unsure) == (True, False)
    assert "Presser nogen eleven, så betal ikke, og send ikke mere" in words(case(threat="ved_ikke"))


def test_police_hear_what_is_demanded_and_the_bank_stops_the_payment() -> None:
    answers = {"kinds": ["extortion"], "threat": "ja", "shown": "nude", "demands": ["money"], "people": ADULT_STRANGER}
    pressed, paid = case(**answers, paid="nej"), case(**answers, paid="ja")
    order = action_keys(pressed)
    assert order.index("leader") < order.index("evidence_and_threats") < order.index("call_114")
    assert "evidence_and_threats" not in action_keys(paid)
    for found, first in ((pressed, "evidence_and_threats"), (paid, "money")):
        by_key = {action.words.key: action for action in first_actions(found.duties)}
        assert "tell_threats" in [duty.key for duty in by_key["call_114"].duties]
        assert "end ikke mere" in f"{by_key[first].words.title} {by_key[first].words.say}"


def test_a_filmed_beating_is_asked_about_injuries_first() -> None:
    beaten = case(**{**NO_IMAGE, "kinds": ["violence_filmed"], "kinds_other": "", "shown": "private"})
    (asked,) = [action for action in first_actions(beaten.duties) if "see_injury" in {d.key for d in action.duties}]
    assert "kommet til skade" in " ".join(map(str, asked.questions))


def test_what_is_agreed_with_the_municipality_is_not_asked_for_again() -> None:
    home = {"suspicion_home": "ja", "abuse": "foer", "abuse_kind": ["sexual"], "abuse_by": ["home"]}
    assert "home" in action_keys(case(**home))
    assert "home" not in action_keys(case({"inddrag": {"municipality_contacted": "ja"}}, **home))


def test_whoever_is_pressed_is_told_at_once_not_to_pay_and_not_to_send() -> None:
    pressed = action_keys(
        case(kinds=["extortion"], threat="ja", shown="nude", demands=["money"], people=ADULT_STRANGER)
    )
    assert "evidence_and_threats" in pressed[:5]
    assert "evidence" in action_keys(case())


def test_nobody_talks_with_a_known_pupil_before_the_police_were_asked() -> None:
    assert "do_not_confront" in keys(case(shown="nude", people=CLASSMATE))
    asked = {"anmeld": {"police_contacted": "ja", "police_deletion": "allowed"}}
    assert "do_not_confront" not in keys(case(asked, shown="nude", people=CLASSMATE))
    assert "do_not_confront" not in keys(case(people=CLASSMATE))


# --- Danger -----------------------------------------------------------------------------------------------------------


def test_a_classmate_who_can_meet_the_pupil_is_no_danger_but_kept_apart() -> None:
    found = case(offender_near="ja", people=CLASSMATE)
    assert state(found, Flag.DANGER) == "not_set"
    assert found.rating.levels == (Level.ONE,)
    assert "keep_apart" in keys(found)
    assert not keys(found) & {"call_112", "stay_with_pupil", "leader_now"}


@pytest.mark.parametrize(
    ("plan", "needed", "not_needed"),
    [
        ("", {"ask_suicide", "parents_fetch"}, {"call_112"}),
        ("ved_ikke", {"ask_suicide", "parents_fetch"}, {"call_112"}),
        ("nej", {"parents_fetch"}, {"call_112", "ask_suicide"}),
        ("ja", {"call_112"}, {"ask_suicide", "parents_fetch"}),
    ],
)
def test_a_pupil_who_does_not_want_to_live_is_asked_and_fetched(
    plan: str, needed: set[str], not_needed: set[str]
) -> None:
    found = case(danger_self_harm="ja", self_harm_plan=plan)
    assert needed | {"stay_with_pupil", "leader_now"} <= keys(found, Urgency.NOW)
    assert not keys(found) & (not_needed | {"contingency_plan"})
    assert found.rating.levels == (Level.FOUR,)
    assert "uden særlig hjælp" not in words(found)
    assert "ikke brug for særlig hjælp" not in words(found)


@pytest.mark.parametrize("home", ["ja", "ved_ikke"])
def test_nobody_calls_a_suspected_home_to_fetch_the_pupil(home: str) -> None:
    found = case(danger_self_harm="ja", self_harm_plan="nej", suspicion_home=home)
    assert not keys(found) & {"parents_fetch", "inform_parents"}
    assert keys(found) & {"home_municipality", "ask_before_parents"}


def test_consent_of_a_pupil_of_18_gives_way_to_danger() -> None:
    grown = {"victim_age": "18", "youngest_age": "18"}
    assert "adult_consent" in keys(case(**grown))
    found = case(danger_self_harm="ja", self_harm_plan="nej", **grown)
    assert not keys(found) & {"adult_consent", "parents_fetch"}
    asked = [
        "adult_consent"
        in file({"afdaek": {**CALM, **grown, **danger}, "inddrag": {"adult_wish": "Sin søster"}}).answers["inddrag"]
        for danger in ({}, {"danger_self_harm": "ja", "self_harm_plan": "nej"})
    ]
    assert asked == [True, False]


@pytest.mark.parametrize(
    ("answers", "doctor", "no_call_home"),
    [
        ({"suspicion_home": "nej"}, True, False),
        ({"suspicion_home": "ja"}, True, False),
        ({"suspicion_home": "ved_ikke"}, True, False),
        ({"suspicion_home": "nej", "victim_age": "18"}, True, False),
        ({"suspicion_home": "ja", "victim_age": "18"}, True, True),
        ({"suspicion_home": "ja", "victim_age": "18", "self_harm_plan": "ja"}, False, True),
    ],
)
def test_whoever_does_not_want_to_live_sees_a_doctor(answers: dict[str, str], doctor: bool, no_call_home: bool) -> None:
    found = case(**{"danger_self_harm": "ja", "self_harm_plan": "nej", **answers})
    assert ("see_doctor" in keys(found)) == doctor
    assert ("Ring ikke hjem" in text(found, "stay_with_pupil")) == no_call_home


def test_danger_that_was_handed_over_leaves_nothing_to_do_now() -> None:
    further: Steps = {
        "vurder": {"leadership": "ja"},
        "inddrag": {"secrecy_told": "ja", "parents_told": "all", "told_by": "Læreren", "told_on": TODAY},
        "anmeld": {
            "police_contacted": "ja",
            "police_deletion": "not_yet",
            "report_decision": "reported",
            "contingency": "ja",
            "notification": "sent",
        },
    }
    found = case(
        further,
        abuse="ja",
        danger_what=["threats"],
        danger_self_harm="ja",
        self_harm_plan="nej",
        handed_over="ja",
        handed_to="Mor, klokken 13.20",
    )
    assert [duty.title for duty in found.duties if duty.urgency is Urgency.NOW and not duty.rule] == []


@pytest.mark.parametrize("left_out", ["inddrag", "anmeld", "report_decision", "notification", ""])
def test_nothing_is_left_for_now_when_all_are_called_though_not_all_is_answered(left_out: str) -> None:
    """Whether the leaders know, the plan of the municipality runs and secrecy was spoken of is not answered yet."""
    anmeld = {"police_contacted": "ja", "police_deletion": "allowed", "report_decision": "reported"}
    further: dict[str, dict[str, Any]] = {
        "inddrag": {"parents_told": "all", "told_by": "Læreren", "told_on": TODAY},
        "anmeld": {key: answer for key, answer in {**anmeld, "notification": "sent"}.items() if key != left_out},
    }
    further.pop(left_out, None)
    found = case(further, abuse="ja", danger_what=["abuse"], abuse_kind=["blows"], abuse_by=["adult"],
                 handed_over="ja", handed_to="Kommunens akutvagt, klokken 13.20", shown="sexual")  # fmt: skip
    now = [duty.kind for duty in found.duties if duty.urgency is Urgency.NOW and not duty.rule]
    assert bool(now) is bool(left_out)
    assert {"leader_now", "contingency_plan"} <= keys(found)


# --- Violence and abuse -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "support", "contingency"),
    [
        ({"abuse": "foer", "abuse_kind": ["sexual"], "abuse_by": ["young"]}, "set", True),
        ({"abuse": "foer", "abuse_kind": ["blows"], "abuse_by": ["young"]}, "possible", True),
        ({"abuse": "foer", "abuse_kind": ["blows"], "abuse_by": ["adult"]}, "set", True),
        ({"abuse": "foer", "abuse_kind": ["blows"], "abuse_by": ["home"]}, "set", True),
        ({"abuse": "foer", "abuse_kind": ["ved_ikke"], "abuse_by": ["ved_ikke"]}, "possible", True),
        ({"kinds": ["violence_filmed"]}, "possible", True),
    ],
)
def test_abuse_that_is_over_calls_the_municipality_not_112(
    answers: dict[str, Any], support: str, contingency: bool
) -> None:
    found = case(**NO_IMAGE | answers) if "kinds" not in answers else case(**answers)
    assert state(found, Flag.ABUSE) == "set"
    assert state(found, Flag.SUPPORT) == support
    assert ("contingency_plan" in keys(found)) is contingency
    assert "call_112" not in keys(found)
    assert "do_not_question" in keys(found)
    assert min(found.rating.levels) >= Level.TWO
    wanted = {"set": "notify", "possible": "consider_notification"}[support]
    assert wanted in keys(found)


def test_an_employee_who_filmed_a_pupil_is_notified_whatever_the_support_question_says() -> None:
    filmed = {
        "kinds": ["secret_recording"],
        "shown": "nude_parts",
        "passed_on": "nej",
        "people": person(age_band="adult", relation="staff"),
    }
    found = case({"vurder": {"support_needed": "nej"}}, **filmed)
    assert (state(found, Flag.ABUSE), state(found, Flag.SUPPORT)) == ("set", "set")
    assert {"notify", "contingency_plan", "staff_track"} <= keys(found)
    step = BY_KEY["anmeld"]
    sent = dict(data_from_answers(step, {"notification": "nej"}).lists())
    filed = {"afdaek": {**CALM, **filmed}, "vurder": {"support_needed": "nej"}}
    form = StepForm(step, sent, filed, NOW)
    assert not form.is_valid()
    assert "notification_reason" in form.form.errors


def test_an_adult_stranger_who_presses_a_child_for_images() -> None:
    found = case(
        kinds=["extortion", "sexual_approach"],
        threat="ja",
        demands=["images"],
        shown="nothing",
        people=ADULT_STRANGER,
    )
    assert {"contingency_plan", "notify", "threat_advice", "ask_police"} <= keys(found)
    assert state(found, Flag.BULLYING) == "not_set"
    assert not keys(found) & {"judge_bullying", "bullying_plan"}


def test_an_approach_with_nothing_sent_is_never_tidied_up_locally() -> None:
    found = case(kinds=["sexual_approach"], shown="nothing", victim_age="14", people=ADULT_STRANGER)
    assert min(found.rating.levels) == Level.TWO
    assert "support_1" not in keys(found)
    assert {"approach_police", "ask_police"} <= keys(found)


# --- Children who violate, staff who are violated ---------------------------------------------------------------------


def test_a_child_who_made_a_sexual_fake_of_a_teacher() -> None:
    found = case(
        victim_is="staff",
        victim_age="",
        kinds=["manipulated"],
        shown="sexual",
        depicts=["pupil"],
        youngest_age="41",
        people=person(age_band="under_15", pupil_of="same_school"),
    )
    depicts = BY_KEY["afdaek"].form.base_fields["depicts"]
    assert dict(depicts.choices)["pupil"] == "Den krænkede"
    assert found.rating.levels == (Level.FOUR,)
    assert state(found, Flag.SUPPORT) == "possible"
    assert {"consider_notification", "staff_victim"} <= keys(found)
    assert not keys(found) & {"adult_consent", "inform_parents", "judge_bullying"}
    assert "Underretning er valgt" not in words(found)


ALMA = {"name": "Alma", "roles": ["victim"], "age_band": "under_15"}
BO = {"name": "Bo", "roles": ["offender"], "age_band": "under_15", "pupil_of": "same_class"}
TWO_VICTIMS = {"more_victims": "ja", "victims": [{"name": "Nora", "age": "14", "shown": "private", "recognised": "ja"}]}
BLOWS = {"abuse": "foer", "abuse_kind": ["blows"], "abuse_by": ["young"]}
ABUSED = {"abuse": "foer", "abuse_kind": ["sexual"], "abuse_by": ["young"]}
SAD = {"danger_self_harm": "ja", "self_harm_plan": "nej"}


def about_each(told: Mapping[str, Any], support: str, said: Mapping[str, str]) -> StepForm:
    """The form of Vurder with an answer about special support, and about each child by name."""
    people = [ALMA, told.get("bo", BO)]
    answers = {name: answer for name, answer in told.items() if name != "bo"}
    told_first = file({"afdaek": with_offenders({**CALM, "people": people, **answers})}).answers
    filed = current_answers({"afdaek": told_first["afdaek"]})
    keys_of = {row["name"]: row["key"] for row in filed["afdaek"]["people"]}
    children = [{"who": keys_of[name], "support": answer} for name, answer in said.items()]
    given = {"support_needed": support, "children": children}
    step = BY_KEY["vurder"]
    return StepForm(step, dict(data_from_answers(step, given).lists()), filed, NOW)


@pytest.mark.parametrize(
    ("told", "support", "said", "expected"),
    [
        # What is answered of the case counts for every child, until it is told of whom the yes is.
        ({}, "ja", {}, {"Alma": "set", "Bo": "set"}),
        ({}, "ja", {"Alma": "ved_ikke"}, {"Alma": "set", "Bo": "set"}),
        ({}, "ja", {"Alma": "ja"}, {"Alma": "set", "Bo": "set"}),
        ({}, "ja", {"Alma": "ja", "Bo": "ved_ikke"}, {"Alma": "set", "Bo": "possible"}),
        ({}, "ja", {"Alma": "ja", "Bo": "nej"}, {"Alma": "set"}),
        ({}, "ja", {"Alma": "nej", "Bo": "ja"}, {"Bo": "set"}),
        # A no takes nothing away that the child's own acts or what was done to it bring.
        ({"shown": "nude"}, "ja", {"Alma": "ja", "Bo": "nej"}, {"Alma": "set", "Bo": "possible"}),
        ({"shown": "nude"}, "ja", {"Alma": "nej", "Bo": "ja"}, {"Alma": "possible", "Bo": "set"}),
        (ABUSED, "ja", {"Alma": "nej", "Bo": "ja"}, {"Alma": "set", "Bo": "set"}),
        # Abuse is asked about too, whatever is answered about support.
        (BLOWS, "nej", {}, {"Alma": "possible", "Bo": "possible"}),
        (BLOWS, "nej", {"Bo": "ja"}, {"Alma": "possible", "Bo": "set"}),
        # What is told of the pupil is not so of another one of whom it is answered.
        (SAD | TWO_VICTIMS, "nej", {}, {"Alma": "set", "Nora": "set"}),
        (SAD | TWO_VICTIMS, "nej", {"Alma": "ja", "Nora": "ved_ikke"}, {"Alma": "set", "Nora": "possible"}),
        (SAD | TWO_VICTIMS, "nej", {"Alma": "ja", "Nora": "nej"}, {"Alma": "set"}),
        (ABUSED | TWO_VICTIMS, "nej", {"Alma": "ja", "Nora": "nej"}, {"Alma": "set", "Bo": "possible"}),
        # A child under 12 who violates sexually.
        ({"shown": "nude", "bo": {**BO, "age_band": "under_12"}}, "nej", {}, {"Alma": "possible", "Bo": "set"}),
        ({"bo": {**BO, "age_band": "under_12"}}, "nej", {}, {}),
    ],
)
def test_notification_is_by_the_answers_about_that_child(
    told: dict[str, Any], support: str, said: dict[str, str], expected: dict[str, str]
) -> None:
    form = about_each(told, support, said)
    assert form.is_valid(), form.error_list
    found = form.assessment
    assert {child.name: child.state.value for child in found.children} == expected
    assert ("set" in expected.values()) == (state(found, Flag.SUPPORT) == "set")
    duties = {"set": "notify", "possible": "consider_notification"}
    asked = {(duty.kind, duty.about) for duty in found.duties if duty.kind in duties.values()}
    one = len(expected) == 1 and "Alma" in expected
    assert asked == {(duties[of], "" if one else name) for name, of in expected.items()}


def test_yes_about_some_child_and_no_about_each_are_not_filed_together() -> None:
    form = about_each({}, "ja", {"Alma": "nej", "Bo": "nej"})
    assert not form.is_valid()
    assert [error.anchor for error in form.error_list] == ["id_support_needed_0"]
    assert {child.state.value for child in form.assessment.children} == {"set"}


@pytest.mark.parametrize(
    ("told", "support", "asked"),
    [({}, "ja", True), ({}, "nej", False), ({}, "ved_ikke", False), (BLOWS, "nej", True), (SAD, "ja", True)],
)
def test_each_child_is_asked_about_where_there_are_several(told: dict[str, Any], support: str, asked: bool) -> None:
    assert ("children" in about_each(told, support, {}).answers) is asked
    alone = {**told, "people": [ALMA], "offender_is": ["adult"]}
    assert "children" not in about_each(alone, support, {}).answers


def test_a_victim_of_18_and_an_offender_of_16() -> None:
    found = case(
        shown="nude",
        victim_age="18",
        youngest_age="18",
        people=person(age_band="from_15_to_17", pupil_of="same_school"),
    )
    assert state(found, Flag.SUPPORT) == "possible"
    assert [(child.part, child.name, child.state.value) for child in found.children] == [("offender", "Bo", "possible")]
    assert [duty.title for duty in found.duties if duty.kind == "consider_notification"] == [
        "Tag stilling til en underretning: Bo"
    ]


def test_a_known_pupil_who_violates_has_tasks_after_the_police() -> None:
    found = case(shown="nude", people=CLASSMATE)
    tasks = {duty.key: duty for duty in found.duties}
    assert {"offender_talk", "offender_help", "keep_apart"} <= set(tasks)
    assert "Vent, til I har talt med politiet." in tasks["offender_talk"].text
    after = case({"anmeld": {"police_contacted": "ja", "police_deletion": "allowed"}}, shown="nude", people=CLASSMATE)
    assert "Vent" not in next(duty.text for duty in after.duties if duty.key == "offender_talk")
    assert not keys(case(people=ADULT_STRANGER)) & {"offender_talk", "offender_help"}


@pytest.mark.parametrize(
    ("answers", "municipality", "ssp", "home"),
    [
        ({"people": CLASSMATE}, False, False, False),
        (
            {"people": person(age_band="under_15", pupil_of="other_school", relation="acquaintance")},
            False,
            True,
            False,
        ),
        (
            {"people": person(age_band="from_15_to_17", pupil_of="no_pupil", relation="acquaintance")},
            False,
            True,
            False,
        ),
        ({"people": person(age_band="under_15", pupil_of="same_school", relation="family")}, False, False, True),
        (
            {"abuse": "foer", "abuse_kind": ["sexual"], "abuse_by": ["young"], "people": CLASSMATE},
            True,
            False,
            False,
        ),
    ],
)
def test_whom_to_ask_before_the_talk_with_the_one_who_violates(
    answers: dict[str, Any], municipality: bool, ssp: bool, home: bool
) -> None:
    found = case(kinds=["sexual_approach", "image_shared"], **answers)
    talk = text(found, "offender_talk")
    assert ("spørg kommunen" in talk, "spørg SSP" in talk, "hjemmet er trygt" in talk) == (municipality, ssp, home)
    assert "offender_help" in keys(found)


def test_the_suspected_home_is_not_talked_with_about_a_brother() -> None:
    found = case(suspicion_home="ja", people=person(age_band="under_15", pupil_of="same_school", relation="family"))
    assert not keys(found) & {"offender_talk", "offender_help"}


@pytest.mark.parametrize("said", ["not_yet", "allowed"])
def test_nothing_is_tidied_up_before_the_police_allow_it(said: str) -> None:
    """The picture is mild, but a stranger put it on the open net."""
    asked: Steps = {"anmeld": {"police_contacted": "ja", "police_deletion": said}}
    found = case(asked, shown="underwear", reached="public", people=ADULT_STRANGER)
    assert ("Løs resten" in text(found, "support_1")) is not found.deletion_waits
    helped = text(case(asked, shown="nude", recognised="nej"), "support_2")
    assert ("Vent med selve sletningen" in helped) is (said == "not_yet")


def test_a_former_boyfriend_at_the_same_school_is_both() -> None:
    found = case(shown="nude", people=person(age_band="from_15_to_17", pupil_of="same_school", relation="partner"))
    assert state(found, Flag.BULLYING) == "possible"
    assert Track.PEDAGOGICAL in [track.track for track in found.tracks]


@pytest.mark.parametrize(
    ("answers", "bullying"),
    [
        ({"offender_is": ["stranger"], "people": [], "offender_pupil": "nej"}, "not_set"),
        ({"offender_is": ["stranger"], "people": [], "offender_pupil": "ja"}, "possible"),
        ({"offender_is": ["stranger"], "people": [], "offender_pupil": "ved_ikke"}, "possible"),
        ({"people": ADULT_STRANGER}, "not_set"),
        ({"people": CLASSMATE}, "possible"),
    ],
)
def test_bullying_is_possible_where_it_may_be_a_pupil_from_here(answers: dict[str, Any], bullying: str) -> None:
    assert state(case(**answers), Flag.BULLYING) == bullying


def test_a_pupil_who_is_not_known_yet_is_found() -> None:
    found = case(victim_is="absent", shown="nude", reaction="ved_ikke", danger_self_harm="ved_ikke")
    urgent = [duty.key for duty in found.duties]
    assert urgent.index("reach_victim") < urgent.index("stay_with_pupil")
    assert "reach_victim" not in keys(case(shown="nude"))


def test_an_approach_by_an_employee_is_not_called_violence_and_names_the_law_on_pupils_in_care() -> None:
    found = case(kinds=["sexual_approach"], shown="nothing", people=person(age_band="adult", relation="staff"))
    assert "eller en voksen har krænket et barn seksuelt" in found.deletion_reason
    assert "straffeloven_223" in next(duty.sources for duty in found.duties if duty.key == "staff_track")
    friendly = case(people=person(age_band="adult", relation="staff"))
    assert "straffeloven_223" not in next(duty.sources for duty in friendly.duties if duty.key == "staff_track")


@pytest.mark.parametrize(
    ("answers", "free"), [({"shown": "nude"}, True), ({"shown": "sexual"}, True), ({"shown": "private"}, False)]
)
def test_the_family_hears_of_the_free_lawyer_before_it_reports(answers: dict[str, str], free: bool) -> None:
    found = case(**answers)
    advice = next(duty for duty in found.duties if duty.key in ("report_soon", "police_report"))
    assert ("gratis" in advice.text, "retsplejeloven_741a" in advice.sources) == (free, free)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"depicts": ["pupil"]}, "not_set"),
        ({"depicts": ["pupil", "somebody"]}, "possible"),
        ({"depicts": ["ved_ikke"]}, "possible"),
    ],
)
def test_who_is_grown_today_is_not_notified_about_for_an_old_image(answers: dict[str, Any], expected: str) -> None:
    grown = person(age_band="adult", pupil_of="no_pupil", relation="partner")
    found = case(**{"shown": "nude", "victim_age": "19", "youngest_age": "14", "people": grown, **answers})
    assert state(found, Flag.SUPPORT) == expected
    assert ("consider_notification" in keys(found)) is (expected == "possible")
    assert state(found, Flag.MINOR_CONTENT) == "set"


@pytest.mark.parametrize("told", [["adult"], ["staff"], ["pupil"], ["minor"], ["adult", "pupil"], ["ved_ikke"]])
def test_a_blank_on_the_list_of_people_outranks_no_answer(told: list[str]) -> None:
    answers = {"offender_is": told, "shown": "sexual", "abuse": "ja", "danger_what": ["abuse"]}
    alone, listed = case(**answers, people=[]), case(**answers, people=person(age_band=""))
    assert [flag for flag in Flag if state(alone, flag) == "set" != state(listed, flag)] == []
    assert keys(alone) <= keys(listed)
    asked = [duty.key for duty in listed.duties if duty.key.startswith(("notify-", "consider_notification-"))]
    assert bool(asked) is (told not in (["adult"], ["staff"]))


# --- The image --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("age", "expected"), [("16", "possible"), ("18", "possible"), ("13", "set")])
def test_an_unknown_age_on_the_image_never_rules_out_a_child(age: str, expected: str) -> None:
    found = case(shown="nude", victim_age=age, youngest_age="ved_ikke")
    assert state(found, Flag.UNDER_15) == expected
    assert state(found, Flag.MINOR_CONTENT) == ("possible" if age == "18" else "set")


def test_a_strong_reaction_to_swimwear_gives_all_the_help_and_no_police_case() -> None:
    found = case(shown="underwear", reaction="overwhelmed", passed_on="nej", youngest_age="16", victim_age="16")
    assert found.rating.levels == (Level.FOUR,)
    assert {"support_4", "professionals_in_touch", "ask_ssp"} <= keys(found)
    assert not found.police_first
    assert not keys(found) & {"ask_police", "police_report", "do_not_delete", "report_soon"}
    assert [track.track for track in found.tracks if track.track is Track.POLICE] == []
    assert "sag for politiet" not in words(found)


@pytest.mark.parametrize("shown", ["ordinary", "private", "underwear"])
def test_an_image_without_nudity_gets_no_removal_service(shown: str) -> None:
    found = case(shown=shown)
    assert not keys(found) & {"remove_under_18", "remove_adult", "removal_refused"}
    contacts = {contact for duty in found.duties for contact in duty.contacts}
    assert not contacts & {"take_it_down", "stopncii", "anmelddet"}


def test_an_ordinary_image_is_an_answer_without_the_paragraph_on_private_images() -> None:
    found = case(shown="ordinary")
    assert state(found, Flag.PRIVATE_IMAGE) == "not_set"
    assert found.rating.levels == (Level.ONE,)
    filmed = case(kinds=["secret_recording", "image_shared"], shown="ordinary")
    named = {source for duty in (*found.duties, *filmed.duties) for source in duty.sources}
    assert "straffeloven_264d" not in named
    assert "straffeloven_264a" in named


def test_a_nude_from_a_classmate_who_was_not_asked() -> None:
    found = case(
        kinds=["unsolicited_images"], shown="nude", depicts=["sender"], passed_on="nej", reached="nobody",
        people=CLASSMATE,
    )  # fmt: skip
    assert found.rating.levels == (Level.TWO,)
    assert {"do_not_view", "ask_police"} <= keys(found)
    assert not keys(found) & {"remove_under_18", "remove_adult", "removal_refused", "recipients"}


def test_an_image_sent_to_the_boyfriend_alone_is_not_passed_on() -> None:
    found = case(shown="nude", passed_on="nej", reached="few_named")
    assert state(found, Flag.PRIVATE_IMAGE) == "not_set"
    assert state(found, Flag.MINOR_CONTENT) == "set"
    assert "recipients" not in keys(found)


def test_a_pupil_of_17_with_a_suspected_home_can_remove_alone() -> None:
    found = case(shown="nude", victim_age="17", youngest_age="17", suspicion_home="ja")
    assert "remove_under_18" in keys(found)
    assert "alene" in next(duty.text for duty in found.duties if duty.key == "remove_under_18")


def test_another_pupil_who_is_shown_is_rated_as_well() -> None:
    found = case(shown="nude", depicts=["pupil", "other_pupil"])
    assert len(found.rating.victims) == 2


# --- Spread, police, mediation ----------------------------------------------------------------------------------------


def test_nothing_shared_yet_is_not_called_spreading() -> None:
    found = case(
        kinds=["threat_to_share"], shown="nude", passed_on="nej", reached="nobody", ongoing="ja", threat="ja",
        demands=["money"],
    )  # fmt: skip
    assert "breder sig" not in words(found)
    assert "stop_ongoing" in keys(found)
    assert state(found, Flag.SPREAD) == "set"


def test_no_mediation_while_it_goes_on_or_an_address_stands_open() -> None:
    reported: Steps = {"anmeld": {"police_contacted": "ja", "police_deletion": "allowed"}}
    assert "no_mediation" in keys(case(reported, ongoing="ja", reaction="needs_help"))
    found = case(reported, kinds=["whereabouts"], ongoing="ja")
    assert min(found.rating.levels) == Level.TWO
    assert {"no_mediation", "whereabouts"} <= keys(found)
    assert "mediation_may" in keys(case(reported, reaction="needs_help"))


DELETING = {"remove_under_18", "recipients", "stop_spread", "removal_refused"}


@pytest.mark.parametrize(
    ("said", "waits"),
    [("", True), ("ved_ikke", True), ("not_yet", True), ("ask_again", True), ("partly", False), ("allowed", False)],
)
def test_what_the_police_said_opens_or_holds_back_everything_that_deletes(said: str, waits: bool) -> None:
    answered: Steps = {"anmeld": {"police_contacted": "ja", "police_deletion": said}}
    found = case(answered, shown="nude", reached="public")
    deleting = {duty.key: duty.text for duty in found.duties if duty.key in DELETING}
    assert set(deleting) == DELETING
    assert {"Vent med selve sletningen" in text for text in deleting.values()} == {waits}
    titles = [duty.title for duty in found.duties if duty.kind in ("remove_under_18", "recipients")]
    assert [title.startswith("Når politiet siger ja: ") for title in titles] == [waits, waits]
    assert found.deletion_waits is waits
    assert ("do_not_delete" in keys(found)) is waits
    assert ("follow_police" in keys(found)) is not waits
    assert {"Slet kun det, politiet har sagt ja til." in text for text in deleting.values()} == {said == "partly"}
    if said == "not_yet":
        assert found.deletion_reason == "Politiet har sagt, at intet må slettes endnu."


@pytest.mark.parametrize(
    ("decision", "reason", "open_still"),
    [
        ("", "", True),
        ("ved_ikke", "", True),
        ("will", "", True),
        ("reported", "", False),
        ("nej", "", True),
        ("nej", "ved_ikke", True),
        ("nej", "Forældrene vil have ro først.", False),
    ],
)
def test_a_recommended_report_stays_until_it_is_made_or_a_reason_is_written(
    decision: str, reason: str, open_still: bool
) -> None:
    recommended = {"recommended": "ja"} if decision in ("ved_ikke", "nej") else {}
    why = {"report_reason": reason} if decision == "nej" else {}
    anmeld = {"police_contacted": "ja", "report_decision": decision, **recommended, **why}
    found = case({"anmeld": anmeld}, shown="sexual")
    assert ("police_report" in keys(found)) is open_still
    assert "før noget slettes" not in " ".join(duty.why for duty in found.duties if duty.key == "police_report")


# --- Questions of their own -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("further", "answers", "duty"),
    [
        ({}, {"threat": "ja", "demands": ["money"], "paid": "ja"}, "money_paid"),
        ({}, {"kinds": ["threats_hate"], "hate": "ja"}, "tell_hate"),
        ({}, {"kinds": ["private_information"], "hate": "ja"}, "tell_hate"),
        ({}, {"kinds": ["image_shared"], "hate": "ja"}, "tell_hate"),
        ({}, {"telling_help": "ja"}, "help_to_tell"),
        ({}, {"staff_hold": "ja"}, "staff_material"),
        (
            {"inddrag": {"parents_told": "all", "told_by": "Læreren", "told_on": TODAY, "parents_agree": "nej"}},
            {},
            "parents_disagree",
        ),
    ],
)
def test_each_has_its_question_and_its_advice(further: Steps, answers: dict[str, Any], duty: str) -> None:
    assert duty in keys(case(further, **answers))
    assert duty not in keys(case())


def test_a_number_is_an_answer() -> None:
    found = file(
        {"afdaek": {**CALM, "more_victims": "ja", "victims_number": "82", "reached": "public", "reached_number": "300"}}
    )
    assert found.answers["afdaek"]["victims_number"] == "82"
    assert found.answers["afdaek"]["reached_number"] == "300"


@pytest.mark.parametrize("number", ["", "82"])
def test_whoever_is_known_by_number_alone_is_rated_as_not_known(number: str) -> None:
    """Of the others everything is possible, until one row says what holds for the one who is hit hardest."""
    more = {"more_victims": "ja", "victims_number": number}
    alone, counted = case(), case(**more)
    row = {"name": "De øvrige", "victim_is": "pupil", "age": "13", "youngest_age": "13", "shown": "private",
           "recognised": "ja", "reaction": "no_special_need"}  # fmt: skip
    told = case(**more, victims=[row])
    levels = [tuple(map(int, found.rating.levels)) for found in (alone, counted, told)]
    assert levels == [(1,), (1, 2, 3, 4), (1,)]
    assert [found.deletion_waits for found in (alone, counted, told)] == [False, True, False]


@pytest.mark.parametrize(
    ("reporter", "title"),
    [
        ("victim", "Inddrag forældrene hurtigst muligt"),
        ("parent", "Sørg for, at alle med forældremyndighed ved det"),
    ],
)
def test_a_parent_who_told_of_it_is_not_to_be_told(reporter: str, title: str) -> None:
    found = case(reporter=reporter)
    assert next(duty.title for duty in found.duties if duty.key == "inform_parents") == title


def test_the_school_that_waited_is_told() -> None:
    found = case(known_on=(NOW - timedelta(days=5)).date().isoformat())
    assert state(found, Flag.LATE) == "set"
