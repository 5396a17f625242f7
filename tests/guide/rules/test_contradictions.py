"""Answers that hardly go together: each pair told once, and nothing told of answers that do."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from guide.rules.contradictions import find_contradictions
from tests.factories import make_case, make_school, make_user
from tests.guide.page_reader import logged_in
from tests.guide.reading import assess
from tests.guide.rules.test_assessment import NUDE, answers

NOW = datetime(2026, 11, 18, 9, 30)
VICTIM = {"name": "A", "roles": ["victim"], "age_band": "adult"}
OFFENDER = {"name": "B", "roles": ["offender"], "age_band": "15_17", "pupil_of": "same_class"}
GROWN = {"people": [{"name": "B", "roles": ["offender"], "age_band": "adult"}]}


def told(changes: dict[str, Any], assessed: dict[str, Any] | None = None, **steps: Any) -> list[str]:
    given = answers(changes, assessed, **steps)
    return list(find_contradictions(assess(given, NOW)))


@pytest.mark.parametrize(
    ("changes", "steps", "sentence"),
    [
        ({"passed_on": "ja", "reached": "nobody"}, {}, "ingen andre har set eller fået det"),
        ({"passed_on": "nej", "reached": "nobody"}, {}, ""),
        ({"kinds": ["extortion"], "threat": "nej"}, {}, "ikke er trusler eller pres"),
        ({"kinds": ["threats_hate"], "threat": "nej"}, {}, ""),
        ({"victim_age": "14", "youngest_age": "17"}, {}, "ældre, end eleven"),
        ({"victim_age": "14", "youngest_age": "14"}, {}, ""),
        ({"depicts": ["sender"], "victim_age": "14", "youngest_age": "40"}, {}, ""),
        ({"victim_age": "14", "youngest_age": "14", "people": [VICTIM, OFFENDER]}, {}, "en anden på listen"),
        ({"victim_age": "19", "youngest_age": "19", "people": [VICTIM, OFFENDER]}, {}, ""),
        (
            {"victim_age": "14", "youngest_age": "14", "people": [VICTIM, {**VICTIM, "age_band": "under_15"}]},
            {},
            "flere krænkede",
        ),
        ({"people": [{**VICTIM, "key": "a"}, {**VICTIM, "key": "b"}], "victims": [{"who": "b", "age": "14"}]}, {}, ""),
        ({"people": [{**VICTIM, "key": "a"}, {**VICTIM, "key": "b"}], "victims": [{"who": "c"}]}, {}, "flere krænkede"),
        ({"reached": "nobody", "passed_on": "nej"}, {"stop": {"spread": [{"name": "C"}]}}, "modtagere på listen"),
        ({"reached": "public"}, {"stop": {"spread": [{"name": "C"}]}}, ""),
        ({"first_on": "2026-11-17", "known_on": "2026-11-16"}, {}, "før det begyndte"),
        ({"first_on": "2026-11-16", "known_on": "2026-11-16"}, {}, ""),
        (NUDE, {"assessed": {"tracks": ["pedagogical"]}}, "den pædagogiske vej"),
        (NUDE, {"assessed": {"tracks": ["pedagogical", "police"]}}, ""),
        ({"victim_age": "19", "youngest_age": "19"}, {"assessed": {"tracks": ["notification"]}}, ""),
        (
            {"victim_age": "19", "youngest_age": "19", **GROWN},
            {"assessed": {"tracks": ["notification"]}},
            "fyldt 18 år",
        ),
        ({"victim_age": ""}, {"assessed": {"tracks": ["notification"]}}, ""),
        ({}, {"anmeld": {"report_decision": "reported", "police_contacted": "nej"}}, "politiet ikke er kontaktet"),
        ({}, {"anmeld": {"report_decision": "reported", "police_contacted": "ja"}}, ""),
        *(
            (
                {"danger_self_harm": "ja", "self_harm_plan": "nej", "suspicion_home": home, "handed_over": over, **who},
                {},
                "" if home == "nej" or over != "ja" or who else "ring til kommunen",
            )
            for home in ("ja", "nej", "ved_ikke", "")
            for over in ("ja", "nej", "ved_ikke")
            for who in ({}, {"victim_age": "18", "youngest_age": "18"})
        ),
        *(
            (
                {"suspicion_home": home},
                {"inddrag": {"parents_told": told}},
                "Spørg eleven" if home in ("ved_ikke", "") and told in ("all", "some") else "",
            )
            for home in ("ja", "nej", "ved_ikke", "")
            for told in ("all", "some", "nej", "ved_ikke")
        ),
    ],
)
def test_pair_of_answers_is_doubted_or_not(changes: dict[str, Any], steps: dict[str, Any], sentence: str) -> None:
    found = told(changes, **steps)
    assert [sentence in words for words in found] == ([True] if sentence else [])


@pytest.mark.parametrize("garbage", [None, "", "\x00", 7, [], ["x"], {"a": 1}, [{"a": object()}]])
def test_doubts_bear_whatever_is_stored(garbage: Any) -> None:
    names = ("victim_age", "youngest_age", "people", "first_on", "known_on", "passed_on", "threat", "kinds", "reached")
    given: Any = {
        "afdaek": dict.fromkeys(names, garbage),
        "stop": {"spread": garbage},
        "vurder": {"tracks": garbage},
        "anmeld": {"report_decision": garbage, "police_contacted": garbage},
    }
    assert find_contradictions(assess(given, NOW)) == ()


def test_empty_case_is_not_doubted() -> None:
    assert find_contradictions(assess({}, NOW)) == ()


@pytest.mark.django_db
def test_doubt_stands_beside_the_questions_and_stops_nobody() -> None:
    owner = make_user(school=make_school())
    case, client = make_case(owner), logged_in(owner)
    for section, told in {
        "billede": {"shown": "private", "passed_on": "ja"},
        "spredning": {"reached": "nobody"},
    }.items():
        address = reverse("trin", args=[case.public_id, "afdaek", section])
        sent = {"handling": "gem", "base_seq": "9", "submission_id": str(uuid4()), "vist": ["passed_on"], **told}
        assert client.post(address, sent).status_code == 302
    for page in (address, reverse("sag", args=[case.public_id])):
        assert "ingen andre har set eller fået det" in client.get(page).text.split("Passer det?")[1]
