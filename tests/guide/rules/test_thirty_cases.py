"""Thirty cases as a teacher, a social worker and a lawyer meet them: what the advice must and must not hold.

Answered through the step's own form like those in `test_real_cases`, each by the one who has it in hand.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from guide.rules.duty_texts import DUTY_TEXTS
from tests.guide.rules.test_real_cases import CLASSMATE, case, keys, person

YOUTH = person(age_band="from_15_to_17", pupil_of="same_school", relation="acquaintance")
ADULT = person(age_band="adult", pupil_of="no_pupil", relation="acquaintance")
PARENT = person(age_band="adult", pupil_of="no_pupil", relation="family")
A_PUPIL_UNKNOWN: dict[str, Any] = {"offender_is": ["stranger"], "offender_pupil": "ja", "people": []}
SOMEBODY_UNKNOWN: dict[str, Any] = {"offender_is": ["stranger"], "offender_pupil": "nej", "people": []}
NOTHING_SENT: dict[str, Any] = {"kinds": ["sexual_approach"], "shown": "nothing", "reached": "nobody"}
NUDE_KEPT: dict[str, Any] = {"shown": "nude", "passed_on": "nej", "reached": "nobody"}
NOBODY_ASKED = dict.fromkeys(("danger_self_harm", "abuse", "suspicion_home", "reaction"), "ved_ikke")


def of_age(victim: str, shown: str = "") -> dict[str, str]:
    return {"victim_age": victim, "youngest_age": shown or victim}


@dataclass(frozen=True)
class Told:
    """A case in a few words, its answers, and what must hold."""

    name: str
    answers: dict[str, Any]
    levels: set[int]
    there: str = ""
    absent: str = ""


TEACHER = (
    Told("a cousin at the school shared a bath video of two siblings",
        {
            **of_age("15", "7"), "shown": "nude", "depicts": ["pupil", "other_pupil"], "more_victims": "ja",
            "victims": [{"name": "Lillebror", "age": "11", "youngest_age": "7", "shown": "nude"}],
            "people": person(age_band="from_15_to_17", pupil_of="same_school", relation="family"),
        }, {3, 4},
        "ask_before_parents offender_help under_15_police consider_notification keep_apart",
        "inform_parents"),
    Told("a sexual video of a stranger in the chat of eight-year-olds",
        {
            **of_age("8", "ved_ikke"), "kinds": ["unsolicited_images"], "shown": "sexual", "depicts": ["somebody"],
            "passed_on": "ved_ikke", "reached": "more_than_named", "people": CLASSMATE,
        }, {2},
        "do_not_view ask_police inform_parents offender_help",
        "remove_under_18 call_112"),
    Told("a pupil is shown and does not know it",
        {**of_age("15"), **NOBODY_ASKED, "victim_is": "absent", "reporter": "pupil", "shown": "nude", "people": YOUTH},
        {3, 4},
        "reach_victim ask_danger ask_before_parents do_not_view support_4",
        "inform_parents mediation_should"),
    Told("a pupil filmed an angry teacher and put it online",
        {
            "victim_is": "staff", "victim_age": "", "youngest_age": "45", "shown": "ordinary", "passed_on": "",
            "kinds": ["secret_recording", "image_shared"], "reached": "public", "ongoing": "ja", "people": YOUTH,
        }, {1},
        "staff_victim offender_talk no_mediation",
        "judge_bullying inform_parents adult_consent do_not_view remove_adult"),
    Told("a diary was photographed and sent around",
        {
            "victim_age": "14", "kinds": ["private_information"], "shown": "", "reaction": "panic",
            "reached": "beyond_class", "people": CLASSMATE,
        }, {3},
        "support_3 stop_spread report_soon judge_bullying",
        "ask_police do_not_delete remove_under_18 keep_out"),
    Told("a picture from the changing room by a pupil nobody knows",
        {**of_age("12"), **A_PUPIL_UNKNOWN, "kinds": ["secret_recording"], "shown": "nude_parts",
         "recognised": "nej"}, {2},
        "offender_police judge_bullying under_15_police remove_under_18",
        "offender_talk"),
    Told("two pupils of 16 made a nude of the headteacher",
        {
            "victim_is": "staff", "victim_age": "", "youngest_age": "50", "kinds": ["manipulated"], "shown": "nude",
            "people": [*YOUTH, *YOUTH],
        }, {3},
        "staff_victim consider_notification offender_talk remove_adult ask_police",
        "judge_bullying inform_parents do_not_view remove_under_18"),
    Told("false nudes of the whole class with their names",
        {
            "kinds": ["manipulated", "image_shared"], "shown": "nude", "depicts": ["pupil", "other_pupil"],
            "more_victims": "ja", "victims_number": "22", "offender_is": ["pupil", "stranger"], "offender_pupil": "ja",
            "victims": [{"name": "De øvrige", "age": "13", "shown": "nude", "recognised": "named"}],
            "people": CLASSMATE, "reached": "beyond_class",
        }, {4},
        "police_report stop_spread remove_under_18 offender_talk keep_apart",
        "mediation_may"),
    Told("a grown brother filmed the blows of a classmate",
        {
            **of_age("12"), "kinds": ["violence_filmed"], "abuse": "foer", "abuse_kind": ["blows"],
            "abuse_by": ["young", "adult"], "people": [*CLASSMATE, *ADULT],
        }, {2},
        "contingency_plan notify do_not_question offender_police keep_apart",
        "call_112"),
    Told("a pupil who has difficulty telling was asked for images by a boy of another school",
        {
            **of_age("16"), **NUDE_KEPT, "kinds": ["sexual_approach"], "telling_help": "ja", "threat": "ved_ikke",
            "people": person(age_band="from_15_to_17", pupil_of="other_school", relation="acquaintance"),
        }, {3, 4},
        "help_to_tell threat_advice approach_police consider_notification",
        "judge_bullying recipients mediation_may"),
)  # fmt: skip
SOCIAL_WORKER = (
    Told("a grown man shows an image that was made when she was 14",
        {**of_age("19", "14"), "shown": "sexual", "people": person(age_band="adult", pupil_of="no_pupil")}, {4},
        "do_not_view police_report remove_under_18 adult_consent under_15_police",
        "consider_notification notify inform_parents remove_adult secrecy"),
    Told("a pupil of 18 does not want to live, and is beaten at home",
        {
            **of_age("18"), **NUDE_KEPT, "danger_self_harm": "ja", "self_harm_plan": "nej", "suspicion_home": "ja",
            "abuse": "foer", "abuse_kind": ["blows"], "abuse_by": ["home"], "people": PARENT,
        }, {4},
        "stay_with_pupil leader_now ask_police",
        "adult_consent parents_fetch inform_parents call_112"),
    Told("a parent put a child's outburst online",
        {**of_age("9"), "suspicion_home": "ved_ikke", "reached": "public", "ongoing": "ja", "people": PARENT}, {1},
        "ask_before_parents offender_police do_not_delete under_15_police consider_notification",
        "inform_parents offender_talk judge_bullying"),
    Told("a pupil of 14 put an own nude online and regrets it",
        {**of_age("14"), **SOMEBODY_UNKNOWN, "shown": "nude", "passed_on": "nej", "reached": "public"}, {3},
        "do_not_view remove_under_18 stop_spread inform_parents",
        "judge_bullying recipients"),
    Told("a coach of 17 asks a pupil of 13",
        {**NOTHING_SENT, "people": person(age_band="from_15_to_17", pupil_of="no_pupil", relation="acquaintance")}, {2},
        "approach_police consider_notification offender_help under_15_police",
        "staff_track support_1 judge_bullying mediation_may"),
    Told("a pupil of 12 abused one of nine and filmed it",
        {
            **of_age("9"), "shown": "sexual", "abuse": "foer", "abuse_kind": ["sexual"], "abuse_by": ["young"],
            "people": CLASSMATE,
        }, {4},
        "contingency_plan notify consider_notification do_not_question keep_apart offender_help police_report",
        "call_112 mediation_may"),
    Told("the mother's friend filmed a pupil of 17 undressing",
        {
            **of_age("17", "16"), **NUDE_KEPT, "kinds": ["secret_recording"], "suspicion_home": "ja", "people": PARENT,
            "reaction": "panic",
        }, {3},
        "home_municipality contingency_plan notify remove_under_18 ask_police",
        "inform_parents insurance police_report report_soon offender_talk"),
    Told("a brother of 14 shares pictures of his sister from home",
        {"suspicion_home": "nej", "people": person(age_band="under_15", pupil_of="same_school", relation="family")},
        {1},
        "ask_before_parents offender_talk offender_help keep_apart",
        "inform_parents call_112"),
    Told("two of 14 sent each other nudes and nobody else has them",
        {**of_age("14"), **NUDE_KEPT, "kinds": ["other"], "kinds_other": "De sendte til hinanden",
         "depicts": ["pupil", "sender"], "people": CLASSMATE}, {3},
        "do_not_view ask_police inform_parents consider_notification offender_help",
        "recipients contingency_plan stop_spread police_report"),
    Told("a friend tells of a pupil elsewhere who is pressed",
        {
            **of_age("15", "ved_ikke"), **NOBODY_ASKED, "victim_is": "absent", "kinds": ["extortion"], "threat": "ja",
            "demands": ["acts"], "shown": "ved_ikke", "depicts": ["ved_ikke"], "offender_is": ["stranger"],
            "offender_pupil": "ved_ikke", "people": [],
        }, {2, 3, 4},
        "reach_victim ask_danger threat_advice ask_police no_mediation consider_notification",
        "inform_parents offender_talk"),
)  # fmt: skip
LAWYER = (
    Told("a stranger abroad got money from a pupil of 17",
        {
            **of_age("17"), **NUDE_KEPT, **SOMEBODY_UNKNOWN, "kinds": ["extortion"], "shown": "sexual", "threat": "ja",
            "demands": ["money"], "paid": "ja", "ongoing": "ja",
        }, {4},
        "money_paid threat_advice police_report stop_ongoing no_mediation remove_under_18",
        "judge_bullying recipients stop_spread"),
    Told("a stolen account sends nudes of its owner",
        {
            **of_age("16"), **SOMEBODY_UNKNOWN, "kinds": ["account_taken", "image_shared"], "shown": "nude",
            "recognised": "named", "reached": "more_than_named", "ongoing": "ja",
        }, {4},
        "police_report stop_spread recipients remove_under_18 offender_police",
        "offender_talk"),
    Told("somebody who was employed last year writes to a pupil of 15",
        {"victim_age": "15", **NOTHING_SENT, "people": ADULT}, {2},
        "contingency_plan notify offender_police approach_police do_not_question",
        "staff_track offender_talk support_1 judge_bullying"),
    Told("the father of another pupil threatens with blows",
        {
            "victim_age": "15", "abuse": "ja", "danger_what": ["threats"], "kinds": ["threats_hate"], "shown": "",
            "threat": "ja", "demands": ["nothing"], "people": ADULT,
        }, {4},
        "call_112 leader_now contingency_plan threat_advice consider_notification",
        "do_not_view keep_out remove_under_18 offender_talk"),
    Told("a former boyfriend of 19 put the nude of a pupil of 18 online with her name",
        {
            **of_age("18"), "shown": "nude", "recognised": "named", "motive": "extensive", "reached": "public",
            "people": person(age_band="adult", pupil_of="same_school", relation="partner"),
        }, {4},
        "police_report remove_adult adult_consent keep_apart judge_bullying stop_spread",
        "consider_notification notify do_not_view remove_under_18 inform_parents secrecy"),
    Told("a false profile tells that a pupil is gay; is it safe at home?",
        {
            **of_age("15"), "kinds": ["fake_profile", "private_information"], "shown": "ordinary", "passed_on": "",
            "hate": "ja", "ongoing": "ja", "suspicion_home": "ved_ikke", "people": CLASSMATE,
        }, {1},
        "tell_hate ask_before_parents stop_ongoing judge_bullying no_mediation",
        "inform_parents remove_under_18"),
    Told("a film of two pupils, 16 then and 18 now, shared by one of 17",
        {**of_age("18", "16"), "shown": "sexual", "people": YOUTH}, {4},
        "do_not_view consider_notification adult_consent remove_under_18 offender_help",
        "remove_adult inform_parents under_15_police"),
    Told("a stranger collects swimwear pictures of a pupil of 12",
        {**of_age("12"), **SOMEBODY_UNKNOWN, "shown": "underwear", "reached": "public", "ongoing": "ja"}, {1},
        "ask_police offender_police do_not_delete stop_spread under_15_police support_1",
        "do_not_view remove_under_18 judge_bullying"),
    Told("a teacher had the image sent to keep it as evidence",
        {**of_age("15"), "shown": "nude", "staff_hold": "ja", "people": YOUTH}, {3},
        "staff_material do_not_view do_not_delete do_not_search_phone",
        "staff_track contingency_plan"),
    Told("a teacher and a pupil of 16 send each other sexual images; she is calm",
        {
            **of_age("16"), **NUDE_KEPT, "kinds": ["sexual_approach"], "shown": "sexual",
            "depicts": ["pupil", "sender"], "people": person(age_band="adult", pupil_of="no_pupil", relation="staff"),
        }, {4},
        "staff_track contingency_plan notify police_report offender_police do_not_question",
        "offender_talk mediation_may judge_bullying recipients"),
)  # fmt: skip
ALL = (*TEACHER, *SOCIAL_WORKER, *LAWYER)


@pytest.mark.parametrize("told", ALL, ids=[told.name for told in ALL])
def test_the_advice_fits_the_case(told: Told) -> None:
    found = case(**told.answers)
    plan = keys(found)
    assert set(map(int, found.rating.levels)) == told.levels
    assert set(told.there.split()) - plan == set()
    assert set(told.absent.split()) & plan == set()


def test_ten_of_each_are_told_with_duties_that_exist() -> None:
    assert [len(told) for told in (TEACHER, SOCIAL_WORKER, LAWYER)] == [10, 10, 10]
    assert set(" ".join(f"{told.there} {told.absent}" for told in ALL).split()) <= set(DUTY_TEXTS)
