"""Reading facts from raw answers."""

from datetime import date

import pytest

from guide.rules.enums import AgeBand, Kind, Reach, Reaction, Relation, Revenge, Shown
from guide.rules.facts import VICTIM_ORDERS, Facts, Offender, Victim, age_band, all_of, any_of
from tests.guide.grid import CASE_ORDERS, OFFENDER_ORDERS
from tests.guide.reading import from_answers

UNREADABLE = [
    None,
    "",
    "ved_ikke",
    "noget helt andet",
    7,
    [],
    ["ja"],
    [{"a": "b"}],
    {"a": "b"},
    "\x00",
    "\ud800",
    "9" * 5000,
]
FIELDS = [
    "danger_self_harm",
    "danger_violence",
    "danger_ongoing_abuse",
    "danger_offender_reach",
    "suspicion_home",
    "kinds",
    "shown",
    "recognisable",
    "identity_published",
    "shared",
    "victim_age",
    "youngest_age",
    "ongoing",
    "reached",
    "threat",
    "motive",
    "reaction",
    "offender_known",
    "known_on",
    "people",
    "victims",
    "demands",
]


def test_no_answers_are_one_victim_of_whom_nothing_is_known() -> None:
    assert from_answers({}) == Facts() == Facts(victims=(Victim(),), kinds_open=True)


@pytest.mark.parametrize("value", UNREADABLE, ids=lambda value: repr(value)[:20])
def test_what_cannot_be_read_is_not_known(value: object) -> None:
    answers = {"afdaek": dict.fromkeys(FIELDS, value), "vurder": {"special_support": value, "bullying_judged": value}}
    found = from_answers(answers)
    assert found == Facts()


def _as_dict(facts: Facts) -> dict[str, object]:
    return {name: getattr(facts, name) for name in Facts.__slots__}


def test_every_answer_finds_its_fact() -> None:
    answers = {
        "afdaek": {
            "danger_self_harm": "ja",
            "danger_violence": "nej",
            "danger_ongoing_abuse": "ja",
            "danger_offender_reach": "nej",
            "suspicion_home": "nej",
            "kinds": ["manipulated", "bullying"],
            "shown": "nude",
            "recognisable": "ja",
            "identity_published": "nej",
            "shared": "nej",
            "victim_age": "14",
            "youngest_age": "17",
            "ongoing": "ja",
            "reached": "public",
            "threat": "nej",
            "motive": "some",
            "reaction": "panic",
            "offender_known": "some",
            "known_on": "2026-11-18",
            "people": [
                {"name": "A", "roles": ["offender", "friend"], "age_band": "adult", "relation": "staff"},
                {"name": "B", "roles": ["witness"], "age_band": "under_15", "relation": "same_class"},
                {"name": "C", "roles": "offender", "age_band": "ved_ikke", "relation": ""},
            ],
            "victims": [
                {"name": "D", "age": "18", "shown": "private", "reaction": "ved_ikke"},
                {"name": "", "age": "", "shown": "ved_ikke", "recognisable": "ved_ikke"},
            ],
        },
        "vurder": {"special_support": "ja", "bullying_judged": "nej"},
    }
    assert from_answers(answers) == Facts(
        victims=(
            Victim(Shown.NUDE, True, False, Reaction.PANIC, AgeBand.UNDER_15, AgeBand.FROM_15_TO_17),
            Victim(shown=Shown.PRIVATE, age=AgeBand.ADULT),
        ),
        kinds=frozenset({Kind.MANIPULATED, Kind.BULLYING}),
        kinds_open=False,
        shared=False,
        threat=False,
        sexual_demand=False,
        revenge=Revenge.SOME,
        self_harm=True,
        violence=False,
        ongoing_abuse=True,
        offender_reach=False,
        suspicion_home=False,
        special_support=True,
        bullying=False,
        offenders=(Offender(AgeBand.ADULT, Relation.STAFF), Offender()),
        offender_identified=False,
        ongoing=True,
        reach=Reach.PUBLIC,
        known_on=date(2026, 11, 18),
    )


@pytest.mark.parametrize(
    ("kinds", "named", "still_open"),
    [
        ([], set(), True),
        (["ved_ikke"], set(), True),
        (["bullying"], {Kind.BULLYING}, False),
        (["bullying", "ved_ikke"], {Kind.BULLYING}, True),
        (["ukendt"], set(), True),
        ("bullying", {Kind.BULLYING}, False),
    ],
)
def test_kinds_are_open_until_they_are_told(kinds: object, named: set[Kind], still_open: bool) -> None:
    facts = from_answers({"afdaek": {"kinds": kinds}})
    assert (facts.kinds, facts.kinds_open) == (named, still_open)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("answer", ["nej", "ved_ikke", ""])
def test_a_kind_implies_what_it_says_whatever_is_answered(kind: Kind, answer: str) -> None:
    facts = from_answers({"afdaek": {"kinds": [kind], "threat": answer, "shared": answer}})
    plain = False if answer == "nej" else None
    threatens = kind in (Kind.THREAT_TO_SHARE, Kind.EXTORTION)
    assert facts.threat is (True if threatens else plain)
    assert facts.shared is (True if kind == Kind.IMAGE_SHARED else plain)


@pytest.mark.parametrize(("demands", "approach"), [(["images"], True), (["acts"], True), (["money", "silence"], False)])
def test_whoever_demands_images_or_acts_makes_a_sexual_approach(demands: list[str], approach: bool) -> None:
    facts = from_answers({"afdaek": {"kinds": ["extortion"], "demands": demands}})
    assert facts.sexual_demand is approach
    assert facts.kinds == {Kind.EXTORTION}


@pytest.mark.parametrize(
    ("threat", "demands", "expected"),
    [
        ("ja", ["ved_ikke"], None),
        ("ja", [], None),
        ("ja", ["money", "ved_ikke"], None),
        ("ja", ["images", "ved_ikke"], True),
        ("ja", ["nothing"], False),
        ("nej", [], False),
        ("nej", ["images"], False),
        ("ved_ikke", [], None),
        ("", ["money"], False),
    ],
)
def test_demand_that_nobody_asked_about_is_not_known(threat: str, demands: list[str], expected: bool | None) -> None:
    facts = from_answers({"afdaek": {"kinds": ["other"], "threat": threat, "demands": demands}})
    assert facts.sexual_demand is expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"roles": ["offender", "parent"], "relation": "acquaintance"}, {Relation.ACQUAINTANCE, Relation.FAMILY}),
        ({"roles": ["offender", "parent"]}, {Relation.FAMILY}),
        ({"roles": ["offender", "staff"]}, {Relation.STAFF}),
        ({"roles": ["offender", "staff", "parent"]}, {Relation.STAFF, Relation.FAMILY}),
        ({"roles": ["offender"]}, {None}),
        ({"roles": ["offender"], "relation": "same_class"}, {Relation.SAME_CLASS}),
        ({"roles": ["forwarded"], "age_band": "adult", "relation": "stranger"}, {Relation.STRANGER}),
        ({"roles": ["forwarded", "staff"]}, {Relation.STAFF}),
        ({"roles": ["forwarded"], "age_band": "15_17", "relation": "same_class"}, set()),
        ({"roles": ["parent"], "age_band": "adult"}, set()),
        ({"roles": ["witness", "staff"], "age_band": "adult"}, set()),
    ],
)
def test_second_role_tells_how_an_offender_stands_to_the_pupil(row: dict[str, object], expected: set[object]) -> None:
    found = from_answers({"afdaek": {"people": [row]}}).offenders
    assert {offender.relation for offender in found} == expected


@pytest.mark.parametrize("kind", list(Kind))
def test_image_that_is_shared_or_made_is_never_nothing(kind: Kind) -> None:
    (victim,) = from_answers({"afdaek": {"kinds": [kind], "shown": "nothing"}}).victims
    assert victim.shown is (None if kind in (Kind.IMAGE_SHARED, Kind.MANIPULATED) else Shown.NOTHING)


@pytest.mark.parametrize(
    ("kind", "age", "youngest", "expected"),
    [
        (Kind.IMAGE_SHARED, "14", "", AgeBand.UNDER_15),
        (Kind.IMAGE_SHARED, "16", "ved_ikke", AgeBand.FROM_15_TO_17),
        (Kind.IMAGE_SHARED, "16", "14", AgeBand.UNDER_15),
        (Kind.IMAGE_SHARED, "16", "19", AgeBand.ADULT),
        (Kind.IMAGE_SHARED, "19", "", None),
        (Kind.IMAGE_SHARED, "", "", None),
        (Kind.UNSOLICITED_IMAGES, "14", "", None),
    ],
)
def test_victim_was_never_older_on_the_image_than_today(
    kind: Kind, age: str, youngest: str, expected: AgeBand | None
) -> None:
    row = {"age": age, "youngest_age": youngest, "name": "B"}
    given = {"kinds": [kind], "victim_age": age, "youngest_age": youngest, "victims": [row]}
    assert [victim.youngest_age for victim in from_answers({"afdaek": given}).victims] == [expected, expected]


@pytest.mark.parametrize(
    ("years", "band"),
    [
        ("0", AgeBand.UNDER_15),
        ("14", AgeBand.UNDER_15),
        ("15", AgeBand.FROM_15_TO_17),
        ("17", AgeBand.FROM_15_TO_17),
        ("18", AgeBand.ADULT),
        (" 16 ", AgeBand.FROM_15_TO_17),
        ("-3", None),
        ("²", None),
        ("14,5", None),
        (14, None),
    ],
)
def test_age_band_of_whole_years(years: object, band: AgeBand | None) -> None:
    assert age_band(years) == band


def test_three_valued_or_and_and() -> None:
    assert [any_of(*pair) for pair in ((True, None), (False, None), (False, False), ())] == [True, None, False, False]
    assert [all_of(*pair) for pair in ((True, None), (False, None), (True, True), ())] == [None, False, True, True]


def test_every_fact_of_a_victim_case_and_offender_has_its_order_written_down() -> None:
    unordered = {"victims", "kinds", "kinds_open", "offenders", "known_on"}
    assert set(VICTIM_ORDERS) == set(Victim.__slots__)
    assert set(CASE_ORDERS) == set(Facts.__slots__) - unordered
    assert set(OFFENDER_ORDERS) == set(Offender.__slots__) - {"relation"}


def test_a_case_without_a_victim_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one victim"):
        Facts(victims=())
