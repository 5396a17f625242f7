"""The flags, each tried on every combination of the facts it reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import combinations_with_replacement, product
from types import SimpleNamespace
from typing import Any

import pytest

from guide.rules.enums import AgeBand, Flag, FlagState, Kind, Relation, Shown
from guide.rules.facts import DANGERS, VICTIM_ORDERS, Facts, Offender, Victim
from guide.rules.flags import FLAG_RULES, Clock, evaluate_flags, flag_state, state_of
from tests.guide.grid import Dimension, Grid, kinds, of_case, of_victim

NOW = datetime(2026, 11, 18, 9, 30)
NOT_SET, POSSIBLE, SET = range(3)
INTIMATE = ("nude_parts", "nude", "sexual")
Known = SimpleNamespace
"""Facts of which none is unknown, or the fewer ones that a rule may look at."""


@dataclass(frozen=True)
class FlagGrid:
    """A flag on all combinations of some facts, the rest of what it reads being fixed.

    ``known``: the other form of the rule, for facts that are all known. What is not known follows from the answers.
    """

    flag: Flag
    known: Callable[[Known], int]
    count: int
    grid: Grid
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def facts(self, values: tuple[Any, ...]) -> Known:
        """Facts that hold these values and nothing else: a rule that looks further fails."""
        given = {**self.fixed, **dict(zip((one.name for one in self.grid.dimensions), values, strict=True))}
        victim = {name: given.pop(name) for name in (*VICTIM_ORDERS, "is_staff") if name in given}
        if victim:
            given["victims"] = (SimpleNamespace(support="", **victim),)
        if "kinds" in given:
            given["kinds"], given["kinds_open"] = given["kinds"]
        if "offender" in given:
            named = (given.pop("offender"), given.pop("second", None))
            given["offenders"] = tuple(offender for offender in named if offender)
        return SimpleNamespace(**given)


def offender_dimension(
    name: str,
    values: Mapping[str, tuple[Any, ...]],
    *,
    impossible: tuple[Offender, ...] = (),
    never_learned: tuple[str, ...] = (),
    pupils_are_worse: bool = False,
) -> Dimension:
    """Nobody listed, or one person of every combination; not known (None) is any of that fact's other values.

    Naming somebody is not worse: it may settle that all is well.
    """
    people = [Offender(**dict(zip(values, way, strict=True))) for way in product(*values.values())]
    at = {person: position for position, person in enumerate(people, start=1)}
    answers, worse = {}, []
    for person, position in at.items():
        excluded = () if person in impossible else impossible
        unknown = [fact for fact in values if getattr(person, fact) is None and fact not in never_learned]
        if unknown:
            told = [other for other in people if _differs_in(person, other, unknown[0])]
            answers[position] = tuple(at[other] for other in told if other not in excluded)
        if pupils_are_worse:
            worse += [(position, at[other]) for other in people if _is_rather_a_pupil(person, other)]
    return Dimension(name, (None, *people), tuple(worse), answers)


def _differs_in(person: Offender, other: Offender, fact: str) -> bool:
    rest = {"age", "relation", "pupil_here"} - {fact}
    alike = all(getattr(person, name) == getattr(other, name) for name in rest)
    return alike and getattr(other, fact) is not None


def _is_rather_a_pupil(person: Offender, other: Offender) -> bool:
    steps = [(False, None), (None, True)]
    return (person.pupil_here, other.pupil_here) in steps


# --- each flag once more, read from the table of the flags, for facts that are all known ------------------------------


def minor(age: AgeBand) -> bool:
    return age in ("under_15", "from_15_to_17")


def adult(person: Offender) -> bool:
    return person.age == "adult" or person.relation == "staff"


def shows_minor(victim: Known) -> bool:
    """Whoever is under 18 today was so on the image."""
    return victim.shown in INTIMATE and (minor(victim.youngest_age) or (victim.depicted and minor(victim.age)))


def approached(facts: Known) -> bool:
    return bool(facts.sexual_demand or facts.kinds & {"sexual_approach", "unsolicited_images"})


def wronged(facts: Known) -> bool:
    """What is abuse if an adult does it: images of a minor; approach, recording or pressure with images of a victim."""
    (victim,) = facts.victims
    recorded = "secret_recording" in facts.kinds and victim.shown not in ("nothing", "ordinary")
    pressed = facts.threat and victim.shown in INTIMATE
    return shows_minor(victim) or (minor(victim.age) and (approached(facts) or recorded or pressed))


def somebody_unseen(facts: Known) -> bool:
    return not facts.offenders or not facts.offender_identified


def danger(facts: Known) -> int:
    return SET if True in vars(facts).values() else NOT_SET


def abuse(facts: Known) -> int:
    if facts.ongoing_abuse or facts.abuse_before or "violence_filmed" in facts.kinds:
        return SET
    if wronged(facts) and any(map(adult, facts.offenders)):
        return SET
    return POSSIBLE if facts.sexual_demand or (wronged(facts) and somebody_unseen(facts)) else NOT_SET


def minor_content(facts: Known) -> int:
    return SET if shows_minor(facts.victims[0]) else NOT_SET


def private_image(facts: Known) -> int:
    shown = facts.victims[0].shown
    if facts.kinds & {"secret_recording", "whereabouts", "private_information"}:
        return SET
    if "manipulated" in facts.kinds and shown in INTIMATE:
        return SET
    return SET if facts.passed_on and shown not in ("nothing", "ordinary") else NOT_SET


def approach(facts: Known) -> int:
    return SET if approached(facts) and minor(facts.victims[0].age) else NOT_SET


def under_15(facts: Known) -> int:
    (victim,) = facts.victims
    return SET if "under_15" in (victim.age, victim.shown != "nothing" and victim.youngest_age) else NOT_SET


def threat(facts: Known) -> int:
    return SET if facts.threat or facts.violence else NOT_SET


def offender(facts: Known) -> int:
    if not facts.offender_identified or any(map(adult, facts.offenders)):
        return SET
    return NOT_SET if facts.offenders else POSSIBLE


def spread(facts: Known) -> int:
    return SET if facts.ongoing or facts.reach in ("more_than_named", "beyond_class", "public") else NOT_SET


def home(facts: Known) -> int:
    if facts.suspicion_home:
        return SET
    return POSSIBLE if any(person.relation == "family" for person in facts.offenders) else NOT_SET


def support(facts: Known) -> int:
    """The most certain of what is said about the victim, about a child who violates, and about a child shown."""
    (victim,) = facts.victims
    beaten = facts.ongoing_abuse or facts.abuse_before or "violence_filmed" in facts.kinds
    found = {NOT_SET}
    if minor(victim.age):
        if facts.support_needed or facts.suspicion_home or facts.self_harm:
            found.add(SET)
        if (beaten and (facts.abuse_sexual or facts.abuse_by_adult)) or abuse_by_listed_adult(facts):
            found.add(SET)
        if beaten or facts.violence or facts.offender_harm or facts.threat or approached(facts):
            found.add(POSSIBLE)
        if wronged(facts) and somebody_unseen(facts):
            found.add(POSSIBLE)
    young = any(minor(person.age) for person in facts.offenders)
    if young and facts.support_needed:
        found.add(SET)
    if (young or somebody_unseen(facts)) and (beaten or approached(facts) or victim.shown in INTIMATE):
        found.add(POSSIBLE)
    if somebody_unseen(facts) and facts.support_needed:
        found.add(POSSIBLE)
    if shows_minor(victim) and (minor(victim.age) or victim.others_shown):
        found.add(POSSIBLE)
    return max(found)


def abuse_by_listed_adult(facts: Known) -> bool:
    return wronged(facts) and any(map(adult, facts.offenders))


def bullying(facts: Known) -> int:
    if facts.victims[0].is_staff:
        return NOT_SET
    if facts.bullying is not None:
        return SET if facts.bullying else NOT_SET
    if facts.bullying_in_doubt:
        return POSSIBLE
    listed = any(person.pupil_here for person in facts.offenders)
    may_be = listed or "bullying" in facts.kinds or (somebody_unseen(facts) and facts.offender_pupil)
    return POSSIBLE if may_be else NOT_SET


# --- the grids --------------------------------------------------------------------------------------------------------

# Images and ages as far as abuse and notification tell them apart; every value of them is in the grids of the flags
# about images and ages.
IMAGE = Dimension(
    "shown",
    (Shown.NOTHING, Shown.PRIVATE, Shown.NUDE, None),
    ((0, 1), (1, 2), (0, 3), (3, 2)),
    {3: (0, 1, 2)},
)


def under_18_or_not(name: str) -> Dimension:
    values = (AgeBand.ADULT, AgeBand.FROM_15_TO_17, None)
    return Dimension(name, values, ((0, 1), (0, 2), (2, 1)), {2: (0, 1)})


YOUNG = Offender(AgeBand.UNDER_15, Relation.ACQUAINTANCE, True)
GROWN = Offender(AgeBand.ADULT, Relation.PARTNER, False)
YOUNG_OR_GROWN = Dimension("offender", (YOUNG, GROWN, Offender()), answers={2: (0, 1)})
NOBODY_YOUNG_OR_GROWN = Dimension("offender", (YOUNG, GROWN, Offender(), None), answers={2: (0, 1)})
HARM = (
    kinds(Kind.SEXUAL_APPROACH, Kind.SECRET_RECORDING, Kind.VIOLENCE_FILMED),
    *of_case("sexual_demand", "threat", "offender_identified"),
    under_18_or_not("age"),
    under_18_or_not("youngest_age"),
    IMAGE,
    NOBODY_YOUNG_OR_GROWN,
)
ABUSE = ("ongoing_abuse", "abuse_before")
ONLY_OTHER = (frozenset({Kind.OTHER}), False)
CALM = {
    **dict.fromkeys((*ABUSE, "sexual_demand", "threat"), False),
    "offender_identified": True,
    "offender": YOUNG,
    "kinds": ONLY_OTHER,
    "depicted": True,
    "others_shown": False,
    "shown": Shown.NOTHING,
    "age": AgeBand.FROM_15_TO_17,
    "youngest_age": AgeBand.ADULT,
}
NO_NEED = {
    **CALM,
    **dict.fromkeys(("support_needed", "suspicion_home", "self_harm", "violence", "offender_harm"), False),
    **dict.fromkeys(("abuse_sexual", "abuse_by_adult"), False),
    "forwarders": (),
}
PUPIL_OR_NOT = {"pupil_here": (False, True, None)}
WHO = {"age": (*AgeBand, None), "relation": (Relation.STAFF, Relation.STRANGER, None), **PUPIL_OR_NOT}
# A pupil of the school is not employed there.
EMPLOYED_PUPILS = tuple(Offender(age, Relation.STAFF, True) for age in WHO["age"])
# The leadership's judgement is no fact that is learned: not judged stands for neither answer.
JUDGED = Dimension("bullying", (False, None, True), ((0, 1), (1, 2)))
IN_DOUBT = Dimension("bullying_in_doubt", (False, True), ((0, 1),))
# A no about the home stands where a relation is not told: with every classmate whose relation nobody wrote, the
# parents would otherwise not be called.
RELATED = {"relation": (Relation.FAMILY, Relation.STRANGER, None)}

GRIDS = {
    "danger": FlagGrid(Flag.DANGER, danger, 81, Grid(*of_case(*DANGERS))),
    "abuse": FlagGrid(Flag.ABUSE, abuse, 45, Grid(*of_case(*ABUSE), kinds(Kind.VIOLENCE_FILMED)), CALM),
    "abuse by adults": FlagGrid(
        Flag.ABUSE, abuse, 81_648, Grid(*HARM, *of_victim("depicted")), dict.fromkeys(ABUSE, False)
    ),
    "minor content": FlagGrid(
        Flag.MINOR_CONTENT, minor_content, 384, Grid(*of_victim("shown", "depicted", "age", "youngest_age"))
    ),
    "private image": FlagGrid(
        Flag.PRIVATE_IMAGE,
        private_image,
        192,
        Grid(
            kinds(Kind.MANIPULATED, Kind.SECRET_RECORDING, Kind.WHEREABOUTS, Kind.PRIVATE_INFORMATION),
            *of_case("passed_on"),
            *of_victim("shown"),
        ),
    ),
    "approach": FlagGrid(
        Flag.APPROACH,
        approach,
        72,
        Grid(kinds(Kind.SEXUAL_APPROACH, Kind.UNSOLICITED_IMAGES), *of_case("sexual_demand"), *of_victim("age")),
    ),
    "under 15": FlagGrid(Flag.UNDER_15, under_15, 128, Grid(*of_victim("shown", "age", "youngest_age"))),
    "threat": FlagGrid(Flag.THREAT, threat, 9, Grid(*of_case("threat", "violence"))),
    "offender": FlagGrid(
        Flag.OFFENDER,
        offender,
        4_107,
        Grid(
            *of_case("offender_identified"),
            *(offender_dimension(name, WHO, impossible=EMPLOYED_PUPILS) for name in ("offender", "second")),
        ),
    ),
    "spread": FlagGrid(Flag.SPREAD, spread, 18, Grid(*of_case("ongoing", "reach"))),
    "home": FlagGrid(
        Flag.HOME,
        home,
        48,
        Grid(
            *of_case("suspicion_home"),
            *(offender_dimension(name, RELATED, never_learned=("relation",)) for name in ("offender", "second")),
        ),
    ),
    "support": FlagGrid(
        Flag.SUPPORT,
        support,
        19_683,
        Grid(
            *of_case("support_needed", "suspicion_home", "self_harm", "violence"),
            *of_case("abuse_before", "abuse_sexual", "abuse_by_adult"),
            under_18_or_not("age"),
            YOUNG_OR_GROWN,
        ),
        NO_NEED,
    ),
    "support after signs": FlagGrid(
        Flag.SUPPORT,
        support,
        1_215,
        Grid(
            *of_case("ongoing_abuse", "abuse_before", "violence", "offender_harm", "threat"),
            kinds(Kind.VIOLENCE_FILMED),
        ),
        NO_NEED,
    ),
    "support after harm": FlagGrid(Flag.SUPPORT, support, 27_216, Grid(*HARM), NO_NEED),
    "support by an old image": FlagGrid(
        Flag.SUPPORT,
        support,
        1_152,
        Grid(*of_victim("shown", "depicted", "others_shown", "age", "youngest_age")),
        {**NO_NEED, "offender": GROWN},
    ),
    "bullying": FlagGrid(
        Flag.BULLYING,
        bullying,
        8_640,
        Grid(
            JUDGED,
            IN_DOUBT,
            *of_case("offender_identified", "offender_pupil"),
            kinds(Kind.BULLYING),
            Dimension("is_staff", (False, True)),
            *(offender_dimension(name, PUPIL_OR_NOT, pupils_are_worse=True) for name in ("offender", "second")),
        ),
    ),
}
STATES = list(FlagState)


@cache
def table(name: str) -> list[int]:
    one = GRIDS[name]
    return [STATES.index(flag_state(FLAG_RULES[one.flag](one.facts(values)))) for values in one.grid]


def surest(answers: list[int]) -> int:
    """What holds before the answer is known: what all answers say, else possible."""
    return answers[0] if len(set(answers)) == 1 else POSSIBLE


def test_every_flag_has_a_grid() -> None:
    assert {one.flag for one in GRIDS.values()} == set(FLAG_RULES) == set(Flag) - {Flag.LATE}


@pytest.mark.parametrize("name", GRIDS)
def test_flag_is_what_its_table_says_in_every_combination(name: str) -> None:
    one = GRIDS[name]
    assert len(table(name)) == one.grid.size == one.count
    assert table(name) == one.grid.by_answers(lambda values: one.known(one.facts(values)), surest)


@pytest.mark.parametrize("name", GRIDS)
def test_making_any_fact_worse_never_removes_a_flag_in_any_combination(name: str) -> None:
    assert GRIDS[name].grid.breaches(table(name), lambda mild, bad: mild <= bad) == []


@pytest.mark.parametrize("name", GRIDS)
def test_not_known_never_takes_away_what_some_answer_would_set_in_any_combination(name: str) -> None:
    grid = GRIDS[name].grid
    tried = 0
    for position, dimension in enumerate(grid.dimensions):
        for unknown, answers in dimension.answers.items():
            for answer in answers:
                pairs = set(grid.pairs(position, unknown, answer, table(name)))
                assert all(told == NOT_SET or before != NOT_SET for before, told in pairs), dimension.name
                tried += 1
    assert tried


@pytest.mark.parametrize("flag", list(FLAG_RULES))
def test_every_state_a_flag_can_have_occurs(flag: Flag) -> None:
    assert set().union(*(table(name) for name, one in GRIDS.items() if one.flag is flag)) == {NOT_SET, POSSIBLE, SET}


# --- several victims, the clock, the words -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "flag",
    [Flag.ABUSE, Flag.MINOR_CONTENT, Flag.PRIVATE_IMAGE, Flag.APPROACH, Flag.UNDER_15, Flag.SUPPORT],
)
@pytest.mark.parametrize("person", [YOUNG, GROWN], ids=["young", "grown"])
def test_one_victim_is_enough_in_all_9_180_pairs(flag: Flag, person: Offender) -> None:
    """A flag of two victims is the graver of the two, the facts they share being the same."""
    no = ("support_needed", "suspicion_home", "threat", "sexual_demand", "abuse_before", *DANGERS)
    shared = Facts(
        kinds=frozenset({Kind.SEXUAL_APPROACH}),
        kinds_open=False,
        passed_on=True,
        offenders=(person,),
        offender_identified=True,
        **dict.fromkeys(no, False),
    )
    images = (Shown.NOTHING, Shown.ORDINARY, Shown.PRIVATE, Shown.NUDE, None)
    ages = (AgeBand.ADULT, AgeBand.UNDER_15, None)
    victims = [
        Victim(shown=shown, depicted=depicted, age=age, youngest_age=youngest)
        for shown, depicted, age, youngest in product(images, (False, True, None), ages, ages)
    ]

    def found(*victims: Victim) -> int:
        return STATES.index(flag_state(FLAG_RULES[flag](replace(shared, victims=victims))))

    alone = {victim: found(victim) for victim in victims}
    pairs = list(combinations_with_replacement(victims, 2))
    assert len(pairs) == 9_180
    assert all(found(*pair) == max(alone[victim] for victim in pair) for pair in pairs)


@pytest.mark.parametrize(
    ("known", "acted", "expected"),
    [
        (None, None, FlagState.POSSIBLE),
        (date(2026, 11, 18), None, FlagState.NOT_SET),
        (date(2026, 11, 16), None, FlagState.NOT_SET),
        (date(2026, 11, 15), None, FlagState.SET),
        (date(2026, 11, 10), date(2026, 11, 12), FlagState.NOT_SET),
        (date(2026, 11, 10), date(2026, 11, 13), FlagState.SET),
        (date(2026, 12, 24), None, FlagState.NOT_SET),
    ],
)
def test_late_is_more_than_two_days_from_knowledge_to_action_or_now(
    known: date | None, acted: date | None, expected: FlagState
) -> None:
    assert state_of(evaluate_flags(Facts(), Clock(NOW, known, acted)), Flag.LATE) == expected


def test_an_earlier_day_of_knowledge_never_removes_late_over_a_year() -> None:
    rank = list(FlagState).index
    days = [NOW.date() - timedelta(days=days) for days in range(366)]
    found = [rank(state_of(evaluate_flags(Facts(), Clock(NOW, day)), Flag.LATE)) for day in days]
    assert found == sorted(found)


def test_all_thirteen_flags_are_possible_when_nothing_is_known_and_each_asks_its_question() -> None:
    found = evaluate_flags(Facts(), Clock(NOW))
    assert [finding.flag for finding in found] == list(Flag)
    assert {finding.state for finding in found} == {FlagState.POSSIBLE}
    assert all("?" in finding.question and finding.question.endswith(("?", ".")) for finding in found)
    assert all(finding.reason.endswith(".") and finding.title for finding in found)


def test_only_a_possible_flag_asks() -> None:
    found = evaluate_flags(Facts(threat=True, suspicion_home=False), Clock(NOW))
    questions = {finding.flag: finding.question for finding in found}
    assert questions[Flag.THREAT] == questions[Flag.HOME] == ""
    assert questions[Flag.DANGER] != ""


@pytest.mark.parametrize(
    ("depicted", "expected"), [(True, FlagState.SET), (None, FlagState.POSSIBLE), (False, FlagState.POSSIBLE)]
)
def test_a_victim_under_18_was_so_on_the_image_whose_age_is_unknown(depicted: bool | None, expected: FlagState) -> None:
    nude = Victim(shown=Shown.NUDE, depicted=depicted, age=AgeBand.FROM_15_TO_17)
    assert state_of(evaluate_flags(Facts(victims=(nude,)), Clock(NOW)), Flag.MINOR_CONTENT) == expected


@pytest.mark.parametrize("kind", [Kind.IMAGE_SHARED, Kind.MANIPULATED, Kind.SECRET_RECORDING])
def test_real_and_manipulated_images_of_a_minor_count_alike(kind: Kind) -> None:
    nude = Victim(shown=Shown.NUDE, age=AgeBand.ADULT, youngest_age=AgeBand.FROM_15_TO_17)
    facts = Facts(victims=(nude,), kinds=frozenset({kind}), kinds_open=False)
    assert state_of(evaluate_flags(facts, Clock(NOW)), Flag.MINOR_CONTENT) == FlagState.SET
