"""The flags, each tried on every combination of the facts it reads."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

from guide.rules.enums import AgeBand, Flag, FlagState, Kind, Reach, Relation, Shown
from guide.rules.facts import VICTIM_ORDERS, Facts, Offender, Victim
from guide.rules.flags import FLAG_RULES, Clock, evaluate_flags, state_of
from tests.guide.grid import CASE_ORDERS, OFFENDER_ORDERS, PLAIN_RELATIONS, SERIOUS_RELATIONS, Dimension, Grid, ordered

NOW = datetime(2026, 11, 18, 9, 30)
INTIMATE = ("nude_parts", "nude", "sexual")

# Kinds as far as the flags tell them apart, a milder list before a worse one.
KINDS = Dimension(
    "kinds",
    (
        (frozenset({Kind.OTHER}), False),
        (frozenset({Kind.OTHER}), True),
        (frozenset({Kind.OTHER, Kind.BULLYING}), False),
        (frozenset({Kind.OTHER, Kind.SEXUAL_APPROACH}), False),
        (frozenset({Kind.OTHER, Kind.UNSOLICITED_IMAGES}), False),
        (frozenset({Kind.OTHER, Kind.UNSOLICITED_IMAGES, Kind.BULLYING}), True),
    ),
    ((0, 1), (0, 2), (0, 3), (0, 4), (1, 5), (2, 5), (4, 5)),
)


def offender_dimension(name: str = "offender") -> Dimension:
    """No offender named, or one of every age and relation. Naming one is not worse: it may settle that all is well."""
    values: list[Offender | None] = [None]
    values += [Offender(age, relation) for age, relation in product((*AgeBand, None), (*Relation, None))]
    at = {value: position for position, value in enumerate(values)}
    ages = OFFENDER_ORDERS["age"]
    worse = []
    for relation in (*Relation, None):
        steps = [(ages[0], ages[1]), (ages[1], ages[2]), (ages[0], None), (None, ages[2])]
        worse += [(at[Offender(mild, relation)], at[Offender(bad, relation)]) for mild, bad in steps]
    for age, mild, bad in product((*AgeBand, None), PLAIN_RELATIONS, SERIOUS_RELATIONS):
        worse.append((at[Offender(age, mild)], at[Offender(age, bad)]))
    return Dimension(name, tuple(values), tuple(worse))


def tri(*names: str) -> list[Dimension]:
    return [ordered(name, CASE_ORDERS[name]) for name in names]


def of_victim(*names: str) -> list[Dimension]:
    return [ordered(name, VICTIM_ORDERS[name]) for name in names]


DANGERS = ("self_harm", "violence", "ongoing_abuse", "offender_reach")
# For notification, what the other grids show to weigh alike stands once: images by whether they are intimate, kinds by
# whether there is a sexual approach, offenders by whether they are adult.
INTIMACY = Dimension(
    "shown", (Shown.NOTHING, Shown.UNDERWEAR, Shown.NUDE_PARTS, None), ((0, 1), (1, 2), (0, 3), (3, 2))
)
APPROACH = Dimension("kinds", (KINDS.values[0], KINDS.values[1], KINDS.values[3]), ((0, 1), (1, 2)))
ADULT_OR_NOT = Dimension(
    "offender",
    (Offender(AgeBand.UNDER_15, Relation.SAME_CLASS), Offender(), Offender(AgeBand.ADULT, Relation.PARTNER)),
    ((0, 1), (1, 2)),
)
GRIDS: dict[Flag, Grid] = {
    Flag.DANGER: Grid(*tri(*DANGERS)),
    Flag.MINOR_CONTENT: Grid(*of_victim("shown", "youngest_age")),
    Flag.PRIVATE_IMAGE: Grid(*tri("shared"), *of_victim("shown")),
    Flag.APPROACH: Grid(KINDS, *tri("sexual_demand"), *of_victim("age")),
    Flag.UNDER_15: Grid(*of_victim("shown", "age", "youngest_age")),
    Flag.THREAT: Grid(*tri("threat")),
    Flag.OFFENDER: Grid(*tri("offender_identified"), offender_dimension(), offender_dimension("second")),
    Flag.SPREAD: Grid(*tri("ongoing", "reach")),
    Flag.HOME: Grid(*tri("suspicion_home"), offender_dimension(), offender_dimension("second")),
    Flag.SUPPORT: Grid(
        *tri("special_support", "suspicion_home", "threat", *DANGERS),
        *of_victim("age"),
        INTIMACY,
        APPROACH,
        ADULT_OR_NOT,
    ),
    Flag.BULLYING: Grid(
        *tri("bullying", "offender_identified"), KINDS, offender_dimension(), offender_dimension("second")
    ),
}
COUNTS = {
    Flag.DANGER: 81,
    Flag.MINOR_CONTENT: 28,
    Flag.PRIVATE_IMAGE: 21,
    Flag.APPROACH: 72,
    Flag.UNDER_15: 112,
    Flag.THREAT: 3,
    Flag.OFFENDER: 4_107,
    Flag.SPREAD: 18,
    Flag.HOME: 4_107,
    Flag.SUPPORT: 314_928,
    Flag.BULLYING: 73_926,
}


def only(grid: Grid, values: tuple[Any, ...]) -> Any:
    """Facts that hold these values and nothing else: a rule that looks further fails."""
    given = dict(zip((dimension.name for dimension in grid.dimensions), values, strict=True))
    victim = {name: given.pop(name) for name in VICTIM_ORDERS if name in given}
    if victim:
        given["victims"] = (SimpleNamespace(**victim),)
    if "kinds" in given:
        given["kinds"], given["kinds_open"] = given["kinds"]
        given.setdefault("sexual_demand", False)
    if "offender" in given:
        named = (given.pop("offender"), given.pop("second", None))
        given["offenders"] = tuple(offender for offender in named if offender)
    return SimpleNamespace(**given)


def state(answer: bool | None) -> FlagState:
    return {True: FlagState.SET, None: FlagState.POSSIBLE, False: FlagState.NOT_SET}[answer]


@cache
def table(flag: Flag) -> list[FlagState]:
    return [state(FLAG_RULES[flag](only(GRIDS[flag], values))) for values in GRIDS[flag]]


def worst_first(known_yes: bool, maybe: bool) -> bool | None:
    """The other form of the rules: is there a certain yes, else is anything open or suspicious."""
    if known_yes:
        return True
    return None if maybe else False


def minor(age: AgeBand | None) -> bool:
    return age in ("under_15", "from_15_to_17")


def danger(*answers: bool | None) -> bool | None:
    return worst_first(True in answers, None in answers)


def minor_content(shown: Shown | None, youngest: AgeBand | None) -> bool | None:
    if shown in ("nothing", "private", "underwear") or youngest == "adult":
        return False
    return worst_first(shown in INTIMATE and minor(youngest), maybe=True)


def private_image(shared: bool | None, shown: Shown | None) -> bool | None:
    if shared is False or shown == "nothing":
        return False
    return worst_first(shared is True and shown is not None, maybe=True)


def approach(kinds: tuple[frozenset[Kind], bool], demanded: bool | None, age: AgeBand | None) -> bool | None:
    approached = demanded is True or {"sexual_approach", "unsolicited_images"} & kinds[0]
    if age == "adult" or not (approached or kinds[1] or demanded is None):
        return False
    return worst_first(bool(approached) and minor(age), maybe=True)


def under_15(shown: Shown | None, age: AgeBand | None, youngest: AgeBand | None) -> bool | None:
    someone_shown = shown not in ("nothing", None)
    sure = age == "under_15" or (someone_shown and youngest == "under_15")
    return worst_first(sure, age is None or (shown != "nothing" and youngest in (None, "under_15")))


def threat(answer: bool | None) -> bool | None:
    return answer


def offender(identified: bool | None, *named: Offender | None) -> bool | None:
    people = [person for person in named if person]
    sure = identified is False or any(person.age == "adult" or person.relation == "staff" for person in people)
    open_still = not people or any(None in (person.age, person.relation) for person in people)
    return worst_first(sure, identified is None or open_still)


def spread(ongoing: bool | None, reach: Reach | None) -> bool | None:
    return worst_first(
        ongoing is True or reach in ("more_than_named", "beyond_class", "public"), None in (ongoing, reach)
    )


def home(suspicion: bool | None, *named: Offender | None) -> bool | None:
    family = any(person and person.relation == "family" for person in named)
    return worst_first(suspicion is True, suspicion is None or family)


def support(
    special: bool | None,
    at_home: bool | None,
    threatened: bool | None,
    harm: bool | None,
    violence: bool | None,
    abuse: bool | None,
    reach: bool | None,
    age: AgeBand | None,
    shown: Shown | None,
    kinds: tuple[frozenset[Kind], bool],
    person: Offender,
) -> bool | None:
    if age == "adult":
        return False
    approached = "sexual_approach" in kinds[0]
    coerced = threatened is True and shown in INTIMATE
    sure = True in (special, at_home, harm, abuse) or (person.age == "adult" and (approached or coerced))
    unclear = None in (special, at_home, harm, abuse) or violence is not False or reach is not False
    suspicion = approached or kinds[1] or (threatened is not False and shown in (*INTIMATE, None))
    return worst_first(sure and age is not None, sure or unclear or suspicion)


def bullying(
    assessed: bool | None, identified: bool | None, kinds: tuple[frozenset[Kind], bool], *named: Offender | None
) -> bool | None:
    if assessed is not None:
        return assessed
    people = [person for person in named if person]
    pupil = any(person.relation in ("same_class", "same_school", None) for person in people)
    return worst_first(False, identified is not True or not people or pupil or "bullying" in kinds[0] or kinds[1])


ORACLES: dict[Flag, Callable[..., bool | None]] = {
    Flag.DANGER: danger,
    Flag.MINOR_CONTENT: minor_content,
    Flag.PRIVATE_IMAGE: private_image,
    Flag.APPROACH: approach,
    Flag.UNDER_15: under_15,
    Flag.THREAT: threat,
    Flag.OFFENDER: offender,
    Flag.SPREAD: spread,
    Flag.HOME: home,
    Flag.SUPPORT: support,
    Flag.BULLYING: bullying,
}


@pytest.mark.parametrize("flag", list(FLAG_RULES))
def test_flag_is_what_its_table_says_in_every_combination(flag: Flag) -> None:
    assert len(table(flag)) == GRIDS[flag].size == COUNTS[flag]
    assert table(flag) == [state(ORACLES[flag](*values)) for values in GRIDS[flag]]


@pytest.mark.parametrize("flag", list(FLAG_RULES))
def test_making_any_fact_worse_never_removes_a_flag_in_any_combination(flag: Flag) -> None:
    rank = list(FlagState).index
    assert GRIDS[flag].size == COUNTS[flag]
    assert GRIDS[flag].breaches(table(flag), lambda mild, bad: rank(mild) <= rank(bad)) == []


@pytest.mark.parametrize("flag", list(FLAG_RULES))
def test_every_state_a_flag_can_have_occurs(flag: Flag) -> None:
    assert set(table(flag)) == set(FlagState)


# --- several victims, the clock, the words -------------------------------------------------------------------------


@pytest.mark.parametrize("flag", [Flag.MINOR_CONTENT, Flag.PRIVATE_IMAGE, Flag.APPROACH, Flag.UNDER_15, Flag.SUPPORT])
def test_one_victim_is_enough_in_all_12_544_pairs(flag: Flag) -> None:
    """A flag of two victims is the graver of the two, the facts they share being the same."""
    shared: dict[str, Any] = {"kinds": frozenset({Kind.SEXUAL_APPROACH}), "kinds_open": False, "shared": True}
    quiet = dict.fromkeys(("special_support", "suspicion_home", "threat", *DANGERS), False)
    victims = [
        Victim(shown=shown, age=age, youngest_age=youngest)
        for shown, age, youngest in product((*Shown, None), (*AgeBand, None), (*AgeBand, None))
    ]
    rank = list(FlagState).index
    alone = {victim: state(FLAG_RULES[flag](Facts(victims=(victim,), **shared, **quiet))) for victim in victims}
    pairs = list(product(victims, victims))
    assert len(pairs) == 12_544
    for pair in pairs:
        together = state(FLAG_RULES[flag](Facts(victims=pair, **shared, **quiet)))
        assert together == max((alone[victim] for victim in pair), key=rank)


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


def test_all_twelve_flags_are_possible_when_nothing_is_known_and_each_asks_its_question() -> None:
    found = evaluate_flags(Facts(), Clock(NOW))
    assert [finding.flag for finding in found] == list(Flag)
    assert {finding.state for finding in found} == {FlagState.POSSIBLE}
    assert all(finding.question.rstrip(".").endswith(("?", "forældrene")) for finding in found)
    assert all(finding.reason.endswith(".") and finding.title for finding in found)


def test_only_a_possible_flag_asks() -> None:
    found = evaluate_flags(Facts(threat=True, suspicion_home=False), Clock(NOW))
    questions = {finding.flag: finding.question for finding in found}
    assert questions[Flag.THREAT] == questions[Flag.HOME] == ""
    assert questions[Flag.DANGER] != ""


def test_a_victim_under_18_makes_minor_content_possible_when_the_youngest_age_is_unknown() -> None:
    nude = Victim(shown=Shown.NUDE, age=AgeBand.FROM_15_TO_17)
    assert state_of(evaluate_flags(Facts(victims=(nude,)), Clock(NOW)), Flag.MINOR_CONTENT) == FlagState.POSSIBLE


@pytest.mark.parametrize("kind", [Kind.IMAGE_SHARED, Kind.MANIPULATED, Kind.SECRET_RECORDING])
def test_real_and_manipulated_images_of_a_minor_count_alike(kind: Kind) -> None:
    nude = Victim(shown=Shown.NUDE, age=AgeBand.ADULT, youngest_age=AgeBand.FROM_15_TO_17)
    facts = Facts(victims=(nude,), kinds=frozenset({kind}), kinds_open=False)
    assert state_of(evaluate_flags(facts, Clock(NOW)), Flag.MINOR_CONTENT) == FlagState.SET
