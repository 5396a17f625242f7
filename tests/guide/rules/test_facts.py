"""Reading facts from raw answers."""

from datetime import date

import pytest

from guide.rules.enums import AgeBand, Kind, Reach, Reaction, Relation, Revenge, Shown
from guide.rules.facts import VICTIM_ORDERS, Facts, Offender, Victim, age_band, all_of, any_of
from tests.guide.grid import CASE_ORDERS
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
    "abuse",
    "danger_what",
    "self_harm_plan",
    "abuse_kind",
    "abuse_by",
    "suspicion_home",
    "handed_over",
    "victim_is",
    "kinds",
    "shown",
    "depicts",
    "recognised",
    "passed_on",
    "victim_age",
    "youngest_age",
    "ongoing",
    "reached",
    "threat",
    "motive",
    "reaction",
    "telling_help",
    "offender_is",
    "offender_pupil",
    "offender_near",
    "known_on",
    "reporter",
    "people",
    "victims",
    "demands",
    "paid",
    "hate",
    "staff_hold",
]


def test_no_answers_are_one_victim_of_whom_nothing_is_known() -> None:
    assert from_answers({}) == Facts() == Facts(victims=(Victim(),), kinds_open=True)


@pytest.mark.parametrize("value", UNREADABLE, ids=lambda value: repr(value)[:20])
def test_what_cannot_be_read_is_not_known(value: object) -> None:
    answers = {"afdaek": dict.fromkeys(FIELDS, value), "vurder": {"support_needed": value, "bullying_judged": value}}
    found = from_answers(answers)
    # That the leaders were asked and do not know is known.
    assert found == Facts(bullying_in_doubt=value == "ved_ikke")


def test_every_answer_finds_its_fact() -> None:
    answers = {
        "afdaek": {
            "danger_self_harm": "ja",
            "abuse": "ja",
            "danger_what": ["abuse", "before"],
            "self_harm_plan": "nej",
            "abuse_kind": ["blows"],
            "abuse_by": ["adult"],
            "suspicion_home": "nej",
            "handed_over": "ja",
            "victim_is": "pupil",
            "kinds": ["manipulated", "bullying"],
            "shown": "nude",
            "depicts": ["pupil"],
            "recognised": "ja",
            "passed_on": "nej",
            "victim_age": "14",
            "youngest_age": "17",
            "ongoing": "ja",
            "reached": "public",
            "threat": "nej",
            "paid": "nej",
            "motive": "some",
            "hate": "ja",
            "reaction": "panic",
            "telling_help": "ja",
            "offender_is": ["pupil", "stranger"],
            "offender_pupil": "nej",
            "offender_near": "ja",
            "staff_hold": "nej",
            "known_on": "2026-11-18",
            "reporter": "parent",
            "people": [
                {"key": "a", "name": "A", "roles": ["offender", "friend"], "age_band": "adult", "relation": "staff"},
                {"name": "B", "roles": ["witness"], "age_band": "under_15", "pupil_of": "same_class"},
                {"name": "C", "roles": "offender", "age_band": "ved_ikke", "relation": "", "pupil_of": "same_class"},
            ],
            "victims": [
                {"who": "d", "name": "D", "age": "18", "shown": "private", "reaction": "ved_ikke"},
                {"name": "", "age": "", "shown": "ved_ikke", "recognised": "ved_ikke"},
            ],
        },
        "inddrag": {"parents_agree": "ja"},
        "vurder": {"support_needed": "ja", "bullying_judged": "nej"},
    }
    assert from_answers(answers) == Facts(
        victims=(
            Victim(Shown.NUDE, True, False, Reaction.PANIC, True, False, AgeBand.UNDER_15, AgeBand.FROM_15_TO_17),
            Victim(shown=Shown.PRIVATE, depicted=True, others_shown=False, age=AgeBand.ADULT, key="d", name="D"),
        ),
        kinds=frozenset({Kind.MANIPULATED, Kind.BULLYING}),
        kinds_open=False,
        passed_on=False,
        threat=False,
        sexual_demand=False,
        paid=False,
        revenge=Revenge.SOME,
        hate=True,
        self_harm=True,
        self_harm_plan=False,
        violence=False,
        ongoing_abuse=True,
        offender_harm=False,
        abuse_before=True,
        abuse_sexual=False,
        abuse_by_adult=True,
        suspicion_home=False,
        handed_over=True,
        telling_help=True,
        parents_agree=True,
        support_needed=True,
        staff_hold=False,
        bullying=False,
        offenders=(
            Offender(AgeBand.ADULT, Relation.STAFF, False, "a", "A"),
            Offender(AgeBand.FROM_15_TO_17, None, True, "", "C"),
        ),
        offender_identified=False,
        offender_pupil=False,
        offender_near=True,
        ongoing=True,
        reach=Reach.PUBLIC,
        known_on=date(2026, 11, 18),
        parent_told=True,
    )


@pytest.mark.parametrize("question", ["danger_offender_reach", "shared", "special_support"])
@pytest.mark.parametrize("step", ["afdaek", "vurder"])
def test_answer_to_a_question_whose_meaning_changed_is_not_known(step: str, question: str) -> None:
    assert from_answers({step: {question: "ja"}}) == Facts()


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
    facts = from_answers({"afdaek": {"kinds": [kind], "threat": answer, "passed_on": answer}})
    plain = False if answer == "nej" else None
    threatens = kind in (Kind.THREAT_TO_SHARE, Kind.EXTORTION)
    assert facts.threat is (True if threatens else plain)
    assert facts.passed_on is plain, "an image that is shared is not yet passed on against a will"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"threat": "nej", "kinds": ["other"]}, False),
        ({"threat": "nej", "kinds": ["other"], "abuse": "ja", "danger_what": ["threats"]}, False),
        ({"threat": "nej", "kinds": ["other"], "abuse": "ved_ikke"}, False),
        ({"threat": "nej", "kinds": []}, None),
        ({"threat": "nej", "kinds": ["other", "ved_ikke"]}, None),
        ({"threat": "nej", "kinds": ["threat_to_share", "ved_ikke"]}, True),
        ({"threat": "ja", "kinds": []}, True),
    ],
)
def test_no_threat_is_certain_once_the_kinds_are_told(answers: dict[str, object], expected: bool | None) -> None:
    assert from_answers({"afdaek": answers}).threat is expected


@pytest.mark.parametrize("self_harm", ["ja", "nej", "ved_ikke", ""])
@pytest.mark.parametrize("plan", ["ja", "nej", "ved_ikke", ""])
def test_whoever_has_a_plan_is_in_danger_whatever_was_answered_first(self_harm: str, plan: str) -> None:
    facts = from_answers({"afdaek": {"danger_self_harm": self_harm, "self_harm_plan": plan}})
    told: dict[str, bool | None] = {"ja": True, "nej": False}
    assert facts.self_harm is (True if plan == "ja" else told.get(self_harm))
    assert facts.self_harm_plan is told.get(plan)


@pytest.mark.parametrize(
    ("depicts", "rows", "expected"),
    [
        ([], [], [None]),
        (["ved_ikke"], [], [None]),
        (["pupil"], [], [True]),
        (["pupil", "ved_ikke"], [], [True]),
        (["sender"], [], [False]),
        (["somebody"], [], [False]),
        (["sender", "ved_ikke"], [], [None]),
        (["sender", "pupil"], [], [True]),
        (["other_pupil"], [], [False, True]),
        (["pupil", "other_pupil"], [], [True, True]),
        (["other_pupil"], [{"name": "B"}], [False, True]),
    ],
)
def test_image_of_somebody_else_does_not_show_the_receiver(
    depicts: list[str], rows: list[dict[str, str]], expected: list[bool | None]
) -> None:
    """Another pupil who is shown is a victim, listed or not."""
    found = from_answers({"afdaek": {"shown": "nude", "depicts": depicts, "victims": rows}}).victims
    assert [victim.depicted for victim in found] == expected


def test_unlisted_pupil_on_the_image_has_no_age_or_reaction_of_the_first() -> None:
    answers = {"victim_is": "staff", "shown": "nude", "recognised": "ja", "reaction": "panic", "youngest_age": "14"}
    first, other = from_answers({"afdaek": {**answers, "depicts": ["other_pupil"]}}).victims
    image = {
        "shown": Shown.NUDE,
        "recognisable": True,
        "identity_published": False,
        "others_shown": True,
        "youngest_age": AgeBand.UNDER_15,
    }
    assert first == Victim(**image, reaction=Reaction.PANIC, depicted=False, age=AgeBand.ADULT, is_staff=True)
    assert other == Victim(**image, depicted=True)


@pytest.mark.parametrize("victim_is", ["pupil", "absent", "staff", "ved_ikke", ""])
def test_whoever_is_employed_is_an_adult(victim_is: str) -> None:
    (victim,) = from_answers({"afdaek": {"victim_is": victim_is, "victim_age": "14"}}).victims
    employed = victim_is == "staff"
    assert (victim.is_staff, victim.age) == (employed, AgeBand.ADULT if employed else AgeBand.UNDER_15)


@pytest.mark.parametrize(
    ("kind", "by", "sexual", "by_adult", "at_home"),
    [
        ([], [], None, None, False),
        (["blows"], ["young"], False, False, False),
        (["blows", "sexual"], ["young", "adult"], True, True, False),
        (["sexual"], ["home"], True, True, True),
        (["blows", "ved_ikke"], ["young", "ved_ikke"], None, None, None),
        (["sexual", "ved_ikke"], ["home", "ved_ikke"], True, True, True),
    ],
)
def test_abuse_is_read_by_its_kind_and_by_whom(
    kind: list[str], by: list[str], sexual: bool | None, by_adult: bool | None, at_home: bool | None
) -> None:
    facts = from_answers({"afdaek": {"abuse_kind": kind, "abuse_by": by, "suspicion_home": "nej"}})
    assert (facts.abuse_sexual, facts.abuse_by_adult, facts.suspicion_home) == (sexual, by_adult, at_home)


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
        ({"roles": ["offender"], "relation": "partner", "pupil_of": "same_class"}, {Relation.PARTNER}),
        ({"roles": ["forwarded"], "age_band": "adult", "relation": "stranger"}, {Relation.STRANGER}),
        ({"roles": ["forwarded", "staff"]}, {Relation.STAFF}),
        ({"roles": ["forwarded"], "age_band": "from_15_to_17", "relation": "acquaintance"}, set()),
        ({"roles": ["forwarded"], "age_band": "under_15"}, set()),
        ({"roles": ["forwarded"], "age_band": "ved_ikke", "relation": "acquaintance"}, {Relation.ACQUAINTANCE}),
        ({"roles": ["parent"], "age_band": "adult"}, set()),
        ({"roles": ["witness", "staff"], "age_band": "adult"}, set()),
    ],
)
def test_second_role_tells_how_an_offender_stands_to_the_pupil(row: dict[str, object], expected: set[object]) -> None:
    found = from_answers({"afdaek": {"people": [row]}}).offenders
    assert {offender.relation for offender in found} == expected


@pytest.mark.parametrize(
    ("place", "relation", "expected"),
    [
        ("same_class", "partner", True),
        ("same_school", "stranger", True),
        ("other_school", "partner", False),
        ("no_pupil", "", False),
        ("", "stranger", False),
        ("ved_ikke", "staff", False),
        ("", "acquaintance", None),
        ("", "", None),
    ],
)
def test_offender_is_a_pupil_here_by_the_place_apart_from_the_relation(
    place: str, relation: str, expected: bool | None
) -> None:
    row = {"roles": ["offender"], "pupil_of": place, "relation": relation}
    (found,) = from_answers({"afdaek": {"people": [row]}}).offenders
    assert found.pupil_here is expected


@pytest.mark.parametrize("kind", list(Kind))
def test_image_that_is_shared_or_made_is_never_nothing(kind: Kind) -> None:
    (victim,) = from_answers({"afdaek": {"kinds": [kind], "shown": "nothing"}}).victims
    assert victim.shown is (None if kind in (Kind.IMAGE_SHARED, Kind.MANIPULATED) else Shown.NOTHING)


@pytest.mark.parametrize("kind", [Kind.IMAGE_SHARED, Kind.UNSOLICITED_IMAGES])
@pytest.mark.parametrize(
    ("youngest", "expected"),
    [("14", AgeBand.UNDER_15), ("17", AgeBand.FROM_15_TO_17), ("19", AgeBand.ADULT), ("", None), ("ved_ikke", None)],
)
@pytest.mark.parametrize("age", ["14", "16", "19", ""])
def test_age_on_the_image_is_what_was_answered_and_never_the_age_of_today(
    kind: Kind, age: str, youngest: str, expected: AgeBand | None
) -> None:
    """Who is 16 today may have been under 15 then: not known stays not known."""
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


def test_every_fact_of_a_victim_and_a_case_has_its_order_written_down() -> None:
    unordered = {
        "victims",
        "victim_absent",
        "kinds",
        "kinds_open",
        "offenders",
        "forwarders",
        "known_on",
        "parent_told",
    }
    assert set(VICTIM_ORDERS) == set(Victim.__slots__) - {"is_staff", "key", "name", "support"}
    assert set(CASE_ORDERS) == set(Facts.__slots__) - unordered


def test_a_case_without_a_victim_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one victim"):
        Facts(victims=())


@pytest.mark.parametrize(
    ("answer", "what", "violence", "abuse", "harm", "before"),
    [
        ("nej", [], False, False, False, False),
        ("foer", [], False, False, False, True),
        ("ved_ikke", [], None, None, None, None),
        ("", [], None, None, None, None),
        ("ja", [], None, None, True, None),
        ("ja", ["ved_ikke"], None, None, True, None),
        ("ja", ["threats"], True, False, False, False),
        ("ja", ["threats", "before"], True, False, False, True),
        ("ja", ["before"], None, None, True, True),
        ("ja", ["abuse", "ved_ikke"], None, True, None, None),
        ("ja", ["harm", "abuse"], False, True, True, False),
    ],
)
def test_danger_now_and_abuse_before_are_what_was_told(
    answer: str, what: list[str], violence: bool | None, abuse: bool | None, harm: bool | None, before: bool | None
) -> None:
    found = from_answers({"afdaek": {"abuse": answer, "danger_what": what}})
    assert (found.violence, found.ongoing_abuse, found.offender_harm) == (violence, abuse, harm)
    assert found.abuse_before is before


@pytest.mark.parametrize(
    ("recognised", "recognisable", "published"),
    [("nej", False, False), ("ja", True, False), ("named", True, True), ("ved_ikke", None, None), ("", None, None)],
)
def test_who_is_recognised_is_one_answer(recognised: str, recognisable: bool | None, published: bool | None) -> None:
    (victim,) = from_answers({"afdaek": {"recognised": recognised}}).victims
    assert (victim.recognisable, victim.identity_published) == (recognisable, published)


@pytest.mark.parametrize(
    ("told", "people", "offenders", "identified"),
    [
        (["pupil"], [], [Offender(AgeBand.FROM_15_TO_17, None, True)], True),
        (["minor"], [], [Offender(AgeBand.FROM_15_TO_17, Relation.ACQUAINTANCE, False)], True),
        (["adult", "stranger"], [], [Offender(AgeBand.ADULT, None, False)], False),
        (["staff"], [], [Offender(AgeBand.ADULT, Relation.STAFF, False)], True),
        (["stranger"], [], [], False),
        (["ved_ikke"], [], [], None),
        (["pupil"], [("under_15", "same_class", "")], [Offender(AgeBand.UNDER_15, None, True)], True),
        (["adult"], [("ved_ikke", "no_pupil", "family")], [Offender(AgeBand.ADULT, Relation.FAMILY, False)], True),
        (
            ["staff"],
            [("under_15", "same_class", "")],
            [Offender(AgeBand.UNDER_15, None, True), Offender(AgeBand.ADULT, Relation.STAFF, False)],
            True,
        ),
    ],
)
def test_whoever_violates_is_told_by_kind_and_by_the_list(
    told: list[str], people: list[tuple[str, str, str]], offenders: list[Offender], identified: bool | None
) -> None:
    rows = [
        {"roles": ["offender"], "age_band": age, "pupil_of": place, "relation": relation}
        for age, place, relation in people
    ]
    found = from_answers({"afdaek": {"offender_is": told, "people": rows}})
    assert (list(found.offenders), found.offender_identified) == (offenders, identified)


@pytest.mark.parametrize(
    ("kinds", "shown"),
    [
        (["bullying"], Shown.NOTHING),
        (["bullying", "threats_hate"], Shown.NOTHING),
        (["bullying", "ved_ikke"], None),
        (["bullying", "image_shared"], None),
        ([], None),
    ],
)
def test_no_image_where_nothing_told_can_involve_one(kinds: list[str], shown: Shown | None) -> None:
    assert from_answers({"afdaek": {"kinds": kinds}}).victims[0].shown is shown
