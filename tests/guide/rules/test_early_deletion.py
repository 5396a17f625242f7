from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from guide.questionnaire.card import read_answers
from guide.rules.assessment import Assessment
from guide.rules.early_deletion import deleted_before_police, deletion_logged, deviations
from guide.rules.enums import UNKNOWN
from guide.rules.facts import police_consulted
from guide.rules.takedown_routes import ASK_POLICE
from tests.guide.reading import assess

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SEVERE = {"shown": "nude", "recognised": "ja", "victim_age": "14"}
MILD = {
    "danger_self_harm": "nej",
    "abuse": "nej",
    "suspicion_home": "nej",
    "kinds": ["bullying"],
    "shown": "nothing",
    "victim_age": "14",
    "reaction": "no_special_need",
    "offender_is": ["pupil"],
    "threat": "nej",
    "motive": "none",
    "ongoing": "nej",
    "reached": "nobody",
    "people": [{"roles": ["offender"], "age_band": "under_15", "pupil_of": "same_class"}],
}


def assessed(answers: Mapping[str, Any]) -> Assessment:
    return assess(answers, NOW)


def test_examples_differ_in_whether_the_police_come_first() -> None:
    assert assessed({"afdaek": SEVERE}).police_first is True
    assert assessed({"afdaek": MILD}).police_first is False


@pytest.mark.parametrize(("answer", "consulted"), [("ja", True), ("nej", False), (UNKNOWN, False), ("", False)])
def test_police_are_consulted_once_somebody_says_so(answer: str, consulted: bool) -> None:
    assert police_consulted(read_answers({"anmeld": {"police_contacted": answer}}).given) is consulted
    assert police_consulted({}) is False


@pytest.mark.parametrize(
    ("stop", "logged"),
    [
        ({}, False),
        ({"deletion_asked": "ja"}, True),
        ({"deletion_asked": "nej"}, False),
        ({"deletion_asked": UNKNOWN}, False),
        ({"spread": [{"name": "A"}]}, False),
        ({"spread": [{"name": "A", "asked_on": "2026-11-19"}]}, True),
        ({"spread": [{"name": "A"}, {"name": "B", "outcome": "deleted"}]}, True),
        ({"spread": [{"name": "A", "outcome": UNKNOWN}]}, False),
        ({"takedown": [{"platform": "tiktok", "what": "profil"}]}, False),
        ({"takedown": [{"route": UNKNOWN}]}, False),
        ({"takedown": [{"route": ""}]}, False),
        ({"takedown": [{"route": "report"}]}, True),
        ({"takedown": [{"tried_on": "2026-11-19"}]}, True),
        ({"takedown": "", "spread": None}, False),
        ({"takedown": [{"route": ASK_POLICE, "tried_on": "2026-11-19", "outcome": "waiting"}]}, False),
        ({"spread": [{"outcome": None}]}, False),
    ],
)
def test_deletion_is_logged_by_answer_or_ledger(stop: dict[str, Any], logged: bool) -> None:
    assert deletion_logged(read_answers({"stop": stop}).given) is logged


@pytest.mark.parametrize(("severe", "deleted", "consulted"), list(product([True, False], repeat=3)))
def test_deletion_came_too_early_only_where_the_police_come_first(severe: bool, deleted: bool, consulted: bool) -> None:
    answers = {
        "afdaek": SEVERE if severe else MILD,
        "stop": {"deletion_asked": "ja" if deleted else "nej"},
        "anmeld": {"police_contacted": "ja" if consulted else "nej"},
    }
    too_early = severe and deleted and not consulted
    assert deleted_before_police(assessed(answers)) is too_early
    assert bool(deviations(assessed(answers))) is too_early


@pytest.mark.parametrize("consulted", ["ja", "nej"])
def test_written_reason_outlives_the_call_to_the_police(consulted: str) -> None:
    answers = {
        "afdaek": SEVERE,
        "stop": {"deletion_asked": "ja", "before_police_reason": "Det lå åbent."},
        "anmeld": {"police_contacted": consulted},
    }
    (found,) = deviations(assessed(answers))
    assert (found.key, found.title, found.reason) == (
        "deletion_before_police",
        "Der er bedt om sletning for tidligt",
        "Det lå åbent.",
    )
    assert "før politiet var spurgt" in found.text


def test_reason_alone_is_no_departure() -> None:
    answers = {"afdaek": SEVERE, "stop": {"deletion_asked": "nej", "before_police_reason": "Det lå åbent."}}
    assert deviations(assessed(answers)) == ()


ASKED_ON = "2026-11-18"
BEFORE, AFTER = "2026-11-17", "2026-11-19"


@pytest.mark.parametrize(
    ("stop", "asked_on", "early"),
    [
        ({"deletion_asked": "ja", "deletion_asked_on": BEFORE}, ASKED_ON, True),
        ({"deletion_asked": "ja", "deletion_asked_on": ASKED_ON}, ASKED_ON, False),
        ({"deletion_asked": "ja", "deletion_asked_on": AFTER}, ASKED_ON, False),
        ({"deletion_asked": "ja", "deletion_asked_on": UNKNOWN}, ASKED_ON, False),
        ({"deletion_asked": "ja"}, ASKED_ON, False),
        ({"spread": [{"asked_on": AFTER}, {"asked_on": BEFORE}]}, ASKED_ON, True),
        ({"spread": [{"asked_on": AFTER}]}, ASKED_ON, False),
        ({"takedown": [{"route": "report", "tried_on": BEFORE}]}, ASKED_ON, True),
        (
            {"takedown": [{"route": ASK_POLICE, "tried_on": BEFORE}, {"route": "report", "tried_on": AFTER}]},
            ASKED_ON,
            False,
        ),
        ({"deletion_asked": "ja", "deletion_asked_on": BEFORE}, UNKNOWN, False),
        ({"deletion_asked": "ja", "deletion_asked_on": BEFORE}, None, False),
    ],
)
def test_dates_tell_the_order_once_the_police_were_asked(
    stop: dict[str, Any], asked_on: str | None, early: bool
) -> None:
    answers = {"afdaek": SEVERE, "stop": stop, "anmeld": {"police_contacted": "ja", "police_contacted_on": asked_on}}
    assert deleted_before_police(assessed(answers)) is early


@pytest.mark.parametrize(("severe", "deleted", "noted"), list(product([True, False], repeat=3)))
def test_departure_that_the_record_tells_of_outlives_an_undated_call(severe: bool, deleted: bool, noted: bool) -> None:
    answers = {
        "afdaek": SEVERE if severe else MILD,
        "stop": {"deletion_asked": "ja" if deleted else "nej"},
        "anmeld": {"police_contacted": "ja"},
    }
    found = deviations(assessed(answers), noted=noted)
    assert bool(found) is (severe and deleted and noted)
