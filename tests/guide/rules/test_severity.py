"""Severity, tried on every combination of the facts it reads."""

from dataclasses import replace
from functools import cache
from itertools import combinations, combinations_with_replacement, product
from time import perf_counter

import pytest

from guide.questionnaire.card import tipping_questions
from guide.rules.enums import AgeBand, Axis, Kind, Level, Reaction, Relation, Revenge, Shown
from guide.rules.facts import DANGERS, VICTIM_ORDERS, Facts, Offender, Victim
from guide.rules.severity import Tipping, UnknownFact, possible_levels, rate, tipping_facts
from tests import figures
from tests.guide.grid import CASE_ORDERS, Grid, ordered

VICTIM = ("shown", "recognisable", "identity_published", "reaction")
CASE = ("threat", "revenge", *DANGERS)
GRID = Grid(
    *(ordered(name, VICTIM_ORDERS[name]) for name in VICTIM), *(ordered(name, CASE_ORDERS[name]) for name in CASE)
)
KNOWN = Facts(
    kinds_open=False,
    threat=False,
    revenge=Revenge.NONE,
    self_harm=False,
    violence=False,
    ongoing_abuse=False,
    offender_reach=False,
)

# The severity table once more, in another form: what the image says when nobody can tell who it is, when one can, and
# when one can and it is aggravated.
IMAGE = {"nothing": "111", "private": "111", "underwear": "111", "nude_parts": "223", "nude": "234", "sexual": "244"}
REACTION = {"no_special_need": 1, "needs_help": 2, "panic": 3, "overwhelmed": 4}


def oracle_level(values: tuple) -> int:
    shown, recognisable, published, reaction, threat, revenge, *dangers = values
    column = 0
    if recognisable or published:
        column = 2 if published or threat or revenge == "extensive" else 1
    level = max(int(IMAGE[shown][column]), REACTION[reaction])
    if threat and level == 1:
        level = 2
    return 4 if any(dangers) else level


@cache
def oracle() -> list[int]:
    """The possible levels of all combinations as bit masks: filled in one unknown at a time, from the known ones."""
    found: dict[tuple, int] = {}

    def mask(values: tuple) -> int:
        if values not in found:
            if None in values:
                at = values.index(None)
                found[values] = 0
                for answer in GRID.dimensions[at].values[:-1]:
                    found[values] |= mask((*values[:at], answer, *values[at + 1 :]))
            else:
                found[values] = 1 << oracle_level(values)
        return found[values]

    return [mask(values) for values in GRID]


@cache
def rated() -> list[int]:
    return [as_mask(possible_levels(facts_of(values))) for values in GRID]


victim_of = cache(Victim)


def facts_of(values: tuple) -> Facts:
    return Facts((victim_of(*values[:4]),), kinds_open=False, **dict(zip(CASE, values[4:], strict=True)))


def as_mask(levels: tuple[Level, ...]) -> int:
    return sum(1 << level for level in levels)


def lowest(mask: int) -> int:
    return (mask & -mask).bit_length()


def test_all_306_180_combinations_have_exactly_the_possible_levels_of_the_table() -> None:
    assert GRID.size == len(rated()) == 306_180
    assert rated() == oracle()
    figures.record("severity combinations", len(rated()))


def test_all_306_180_combinations_have_at_least_one_level_from_1_to_4() -> None:
    assert GRID.size == 306_180
    assert all(mask and not mask & ~0b11110 for mask in rated())


def test_making_any_fact_worse_never_lowers_lowest_or_highest_in_all_306_180_combinations() -> None:
    table = [(lowest(mask), mask.bit_length()) for mask in rated()]
    assert len(table) == 306_180
    assert GRID.breaches(table, lambda mild, bad: mild[0] <= bad[0] and mild[1] <= bad[1]) == []


def test_learning_any_fact_narrows_the_levels_and_loses_none_in_all_306_180_combinations() -> None:
    table = rated()
    assert len(table) == 306_180
    for position, dimension in enumerate(GRID.dimensions):
        unknown = len(dimension.values) - 1
        answers = [list(GRID.pairs(position, unknown, answer, table)) for answer in range(unknown)]
        for told in zip(*answers, strict=True):
            union = 0
            for _before, after in told:
                union |= after
            assert union == told[0][0], dimension.name


def test_a_threat_never_leaves_the_level_below_2_in_all_102_060_combinations_with_one() -> None:
    table = [mask for values, mask in zip(GRID, rated(), strict=True) if values[4]]
    assert len(table) == 102_060
    assert min(lowest(mask) for mask in table) == lowest(1 << 2)


def test_any_acute_danger_is_level_4_in_all_245_700_combinations_with_one() -> None:
    table = [mask for values, mask in zip(GRID, rated(), strict=True) if True in values[6:]]
    assert len(table) == 245_700
    assert set(table) == {1 << 4}


def test_the_four_dangers_weigh_the_same_in_all_306_180_combinations() -> None:
    table = dict(zip(GRID, rated(), strict=True))
    assert len(table) == 306_180
    assert all(mask == table[(*values[:6], *sorted(values[6:], key=str))] for values, mask in table.items())


def test_tipping_facts_are_those_of_brute_force_in_all_56_700_combinations() -> None:
    """All facts of victim, threat and revenge; of the dangers, which weigh the same, every way in any one order."""
    table = dict(zip(GRID, oracle(), strict=True))
    dangers = list(combinations_with_replacement((False, None, True), 4))
    tried = 0
    for values in product(*(dimension.values for dimension in GRID.dimensions[:6]), dangers):
        combination = (*values[:6], *values[6])
        facts = facts_of(combination)
        found = {fields_of(tip) for tip in tipping_facts(facts, possible_levels(facts))}
        assert found == brute_force_tipping(combination, table), combination
        tried += 1
    assert tried == 56_700


FIELDS = (*VICTIM, "threat", "revenge", *DANGERS)


def fields_of(tip: Tipping) -> frozenset[str]:
    """The facts by name; those of a further victim with its row, from 0."""
    return frozenset(f"victims.{fact.victim - 1}.{fact.name}" if fact.victim else fact.name for fact in tip)


def brute_force_tipping(values: tuple, table: dict[tuple, int]) -> set[frozenset[str]]:
    if table[values].bit_count() == 1:
        return set()  # every answer narrows the levels, and one level cannot be narrowed
    open_facts = [at for at, value in enumerate(values) if value is None]
    for size in (1, 2):
        found = set()
        for chosen in combinations(open_facts, size):
            for answers in product(*(GRID.dimensions[at].values[:-1] for at in chosen)):
                told = list(values)
                for at, answer in zip(chosen, answers, strict=True):
                    told[at] = answer
                if table[tuple(told)] != table[values]:
                    found.add(frozenset(FIELDS[at] for at in chosen))
        if found:
            return found
    return set()


# Reduced profiles: one image row of each kind, two steps of the reaction axis; danger is known to be 4 in any case.
PROFILES = list(
    product(
        (Shown.NOTHING, Shown.NUDE_PARTS, Shown.NUDE, Shown.SEXUAL, None),
        (False, True, None),
        (False, None),
        (Reaction.NO_SPECIAL_NEED, Reaction.PANIC, None),
    )
)
WAYS = list(product((False, True, None), (Revenge.NONE, Revenge.EXTENSIVE, None), (False, None)))


def completed(values: tuple, names: tuple[str, ...]) -> list[tuple]:
    orders = {**VICTIM_ORDERS, **CASE_ORDERS}
    options = (orders[name] if value is None else (value,) for name, value in zip(names, values, strict=True))
    return list(product(*options))


@cache
def levels_of(profile: tuple, way: tuple) -> frozenset[int]:
    return frozenset(oracle_level((*known, *way)) for known in completed(profile, VICTIM))


def brute_force_maximum(profiles: tuple[tuple, ...], way: tuple) -> frozenset[int]:
    """Complete what the victims share once, then each victim on its own, and take the maximum of every outcome."""
    found: set[int] = set()
    for shared in completed(way, ("threat", "revenge", "self_harm")):
        outcomes = {0}
        for profile in profiles:
            outcomes = {max(pair) for pair in product(outcomes, levels_of(profile, shared))}
        found |= outcomes
    return frozenset(found)


def case_of(profiles: tuple[tuple, ...], way: tuple) -> Facts:
    threat, revenge, danger = way
    victims = tuple(Victim(*profile) for profile in profiles)
    return replace(KNOWN, victims=victims, threat=threat, revenge=revenge, self_harm=danger)


def test_two_victims_show_the_maximum_in_all_73_710_cases_of_the_reduced_table() -> None:
    tried = 0
    for pair in combinations_with_replacement(PROFILES, 2):
        for way in WAYS:
            assert set(possible_levels(case_of(pair, way))) == brute_force_maximum(pair, way), (pair, way)
            tried += 1
    assert (len(PROFILES), tried) == (90, 73_710)


def test_three_victims_show_the_maximum_in_all_17_442_cases_of_the_smaller_table() -> None:
    profiles = [profile for profile in PROFILES if profile[2] is False and profile[3] is not None][::2]
    profiles += [(None, None, None, None), (None, None, False, Reaction.NEEDS_HELP)]
    tried = 0
    for triple in combinations_with_replacement(profiles, 3):
        for way in WAYS:
            assert set(possible_levels(case_of(triple, way))) == brute_force_maximum(triple, way), (triple, way)
            tried += 1
    assert (len(profiles), tried) == (17, 17_442)


def test_two_victims_share_one_answer_about_threats() -> None:
    """Completed apart, one could be threatened and the other not; together, a nude image is 3 or 4 for both."""
    nude = Victim(Shown.NUDE, True, False, Reaction.NO_SPECIAL_NEED)
    facts = replace(KNOWN, victims=(nude, Victim(Shown.NOTHING, None, None, Reaction.NO_SPECIAL_NEED)), threat=None)
    assert possible_levels(facts) == (Level.THREE, Level.FOUR)
    assert [rating.levels for rating in rate(facts).victims] == [(3, 4), (1, 2)]


def test_two_unsure_victims_are_tipped_by_pairs_where_no_single_answer_tells() -> None:
    unsure = Victim(None, None, False, Reaction.NEEDS_HELP)
    rating = rate(replace(KNOWN, victims=(unsure, unsure)))
    assert rating.levels == (2, 3, 4)
    unknown = [UnknownFact(name, victim) for victim in (0, 1) for name in ("shown", "recognisable")]
    assert set(rating.tipping) == set(combinations(unknown, 2))
    assert tipping_questions(rating)[0] == (
        "Elev 1: Hvad viser billedet eller videoen? Og samtidig: Elev 1: Kan man se, hvem det er?"
    )


def test_two_victims_are_tipped_as_by_brute_force_in_all_2_340_cases() -> None:
    profiles = [p for p in PROFILES if p[2] is False and p[0] != Shown.NOTHING]
    profiles += [(shown, None, False, Reaction.NEEDS_HELP) for shown in (None, Shown.NUDE, Shown.NUDE_PARTS)]
    ways = [(False, Revenge.NONE, False), (None, Revenge.NONE, False), (False, None, False)]
    tried, pairs = 0, 0
    for pair in combinations_with_replacement(profiles, 2):
        for way in ways:
            facts = case_of(pair, way)
            found = {fields_of(tip) for tip in tipping_facts(facts, possible_levels(facts))}
            assert found == brute_force_tipping_of_two(pair, way), (pair, way)
            assert bool(found) == (len(possible_levels(facts)) > 1), "open levels always have something that tips them"
            pairs += any(len(fields) == 2 for fields in found)
            tried += 1
    assert tried == 2_340
    assert pairs > 0


TWO = (*VICTIM, *(f"victims.0.{name}" for name in VICTIM), "threat", "revenge", "self_harm")


def brute_force_tipping_of_two(pair: tuple[tuple, tuple], way: tuple) -> set[frozenset[str]]:
    values = (*pair[0], *pair[1], *way)
    names = (*VICTIM, *VICTIM, "threat", "revenge", "self_harm")
    before = brute_force_maximum(pair, way)
    open_facts = [at for at, value in enumerate(values) if value is None]
    for size in (1, 2):
        found = set()
        for chosen in combinations(open_facts, size):
            for answers in completed((None,) * size, tuple(names[at] for at in chosen)):
                told = list(values)
                for at, answer in zip(chosen, answers, strict=True):
                    told[at] = answer
                if brute_force_maximum((tuple(told[:4]), tuple(told[4:8])), tuple(told[8:])) != before:
                    found.add(frozenset(TWO[at] for at in chosen))
        if found:
            return found
    return set()


@pytest.mark.parametrize(
    "other",
    [
        {"kinds": frozenset(Kind), "kinds_open": True},
        {"shared": True},
        {"suspicion_home": True},
        {"special_support": True},
        {"bullying": True},
        {"offender_identified": False},
        {"offenders": (Offender(AgeBand.ADULT, Relation.STAFF),)},
        {"ongoing": True},
        {"reach": CASE_ORDERS["reach"][-1]},
    ],
    ids=lambda other: next(iter(other)),
)
def test_rating_does_not_look_at(other: dict[str, object]) -> None:
    for values in list(GRID)[::4999]:
        facts = facts_of(values)
        victim = replace(facts.victims[0], age=AgeBand.UNDER_15, youngest_age=AgeBand.UNDER_15)
        assert rate(replace(facts, victims=(victim,), **other)) == rate(facts)


def test_what_decides_is_named_with_every_axis_that_reaches_the_level() -> None:
    both = Victim(Shown.NUDE, True, False, Reaction.PANIC)
    assert rate(replace(KNOWN, victims=(both,))).axes == (Axis.IMAGE, Axis.REACTION)
    assert rate(replace(KNOWN, victims=(both,), self_harm=True)).axes == (Axis.DANGER,)
    assert rate(replace(KNOWN, victims=(both,))).axis_text == "Niveau 3 skyldes billedets indhold og elevens reaktion."


def test_what_is_unknown_decides_nothing_beside_what_is_certain() -> None:
    nothing_else_known = Facts(victims=(Victim(), Victim()), self_harm=True)
    assert rate(nothing_else_known).axes == (Axis.DANGER,)
    assert rate(nothing_else_known).axis_text == "Niveau 4 skyldes akut fare."
    assert rate(replace(KNOWN, victims=(Victim(Shown.NUDE, True, None, None),))).axes == (Axis.IMAGE, Axis.REACTION)


def test_reasons_are_sentences_and_end_with_what_is_open() -> None:
    facts = replace(KNOWN, victims=(Victim(Shown.NUDE, None, False, Reaction.NEEDS_HELP),), threat=True)
    assert rate(facts).reasons == (
        "Der er trusler, tvang eller pres. Så er niveauet mindst 2.",
        "Billedet viser en nøgen krop, og I ved ikke endnu, om man kan se, hvem det er. Truslerne trækker op. "
        "Billedet kan svare til niveau 2 eller 4.",
        "Eleven har brug for hjælp. Reaktionen svarer til niveau 2.",
        "Noget er ikke afklaret, så niveauet kan være 2 eller 4. Planlæg efter niveau 4.",
    )


@pytest.mark.parametrize(("victims", "limit"), [(1, 0.005), (6, 0.050)])
def test_rating_with_everything_unknown_is_quick(victims: int, limit: float) -> None:
    facts = Facts(victims=(Victim(),) * victims)

    def once() -> float:
        start = perf_counter()
        rate(facts)
        return perf_counter() - start

    assert min(once() for _ in range(5)) < limit
