"""Severity, tried on every combination of the facts it reads."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, reduce
from itertools import combinations, combinations_with_replacement, islice, product
from operator import or_
from time import thread_time

import pytest

from guide.questionnaire.card import tipping_questions
from guide.rules import severity
from guide.rules.enums import AgeBand, Axis, Kind, Level, Reaction, Relation, Revenge, Shown
from guide.rules.facts import DANGERS, VICTIM_ORDERS, Facts, Offender, Victim
from guide.rules.severity import Tipping, UnknownFact, possible_levels, rate, tipping_facts
from tests import figures
from tests.guide.grid import CASE_ORDERS, Grid, kinds, of_case, of_victim

VICTIM = ("shown", "recognisable", "identity_published", "reaction", "depicted")
CASE = ("threat", "revenge", "self_harm", "abuse_before")
INTIMATE = ("nude_parts", "nude", "sexual")
# One danger, and of what happened the earlier abuse: further down all dangers and all that happened weigh the same.
GRID = Grid(*of_victim(*VICTIM), *of_case(*CASE))
KNOWN = Facts(
    kinds_open=False,
    threat=False,
    sexual_demand=False,
    revenge=Revenge.NONE,
    abuse_before=False,
    **dict.fromkeys(DANGERS, False),
)

# The severity table once more, in another form: what the image says when nobody can tell who it is, when one can, and
# when one can and it is aggravated. What is in INTIMATE never leaves the level below 2, whomever it shows.
IMAGE = {
    **dict.fromkeys(("nothing", "ordinary", "private", "underwear"), "111"),
    "nude_parts": "223",
    "nude": "234",
    "sexual": "244",
}
REACTION = {"no_special_need": 1, "needs_help": 2, "panic": 3, "overwhelmed": 4}


def oracle_level(values: tuple) -> int:
    return 4 if values[7] else max(oracle_without_reaction(values), REACTION[values[3]])


def oracle_without_reaction(values: tuple) -> int:
    shown, recognisable, published, _reaction, depicted, threat, revenge, _danger, happened = values
    column = 0
    if recognisable or published:
        column = 2 if published or threat or revenge == "extensive" else 1
    floor = 2 if threat or happened or shown in INTIMATE else 1
    return max(floor, int(IMAGE[shown][column])) if depicted else floor


def union(masks: list[int]) -> int:
    return reduce(or_, masks)


@cache
def oracle() -> list[int]:
    """The possible levels of all combinations as bit masks: filled in one unknown at a time, from the known ones."""
    return GRID.by_answers(lambda values: 1 << oracle_level(values), union)


@cache
def rated() -> list[int]:
    return [as_mask(possible_levels(facts_of(values))) for values in GRID]


victim_of = cache(Victim)


def facts_of(values: tuple) -> Facts:
    case = dict(zip(CASE, values[5:], strict=True))
    others = dict.fromkeys(DANGERS[1:], False)
    return Facts((victim_of(*values[:5]),), kinds_open=False, sexual_demand=False, **case, **others)


def as_mask(levels: tuple[Level, ...]) -> int:
    return sum(1 << level for level in levels)


def lowest(mask: int) -> int:
    return (mask & -mask).bit_length() - 1


def highest(mask: int) -> int:
    return mask.bit_length() - 1


def neither_end_falls(mild: int, bad: int) -> bool:
    return lowest(mild) <= lowest(bad) and highest(mild) <= highest(bad)


def test_all_116_640_combinations_have_exactly_the_possible_levels_of_the_table() -> None:
    assert GRID.size == len(rated()) == 116_640
    assert rated() == oracle()
    figures.record("severity combinations", len(rated()))


def test_all_116_640_combinations_have_at_least_one_level_from_1_to_4() -> None:
    assert GRID.size == 116_640
    assert all(mask and not mask & ~0b11110 for mask in rated())


def test_making_any_fact_worse_never_lowers_lowest_or_highest_in_all_116_640_combinations() -> None:
    assert len(rated()) == 116_640
    assert GRID.breaches(rated(), neither_end_falls) == []


def test_learning_any_fact_narrows_the_levels_and_loses_none_in_all_116_640_combinations() -> None:
    table = rated()
    assert len(table) == 116_640
    for position, dimension in enumerate(GRID.dimensions):
        unknown = len(dimension.values) - 1
        answers = [list(GRID.pairs(position, unknown, answer, table)) for answer in range(unknown)]
        for told in zip(*answers, strict=True):
            assert union([after for _before, after in told]) == told[0][0], dimension.name


def test_threat_abuse_or_intimate_image_never_leaves_the_level_below_2_in_all_84_240_combinations_with_one() -> None:
    table = [
        mask for values, mask in zip(GRID, rated(), strict=True) if values[0] in INTIMATE or values[5] or values[8]
    ]
    assert len(table) == 84_240
    assert min(map(lowest, table)) == 2


def test_an_image_of_somebody_else_never_lifts_the_level_above_2_in_all_2_592_calm_combinations_with_one() -> None:
    table = [
        mask
        for values, mask in zip(GRID, rated(), strict=True)
        if values[4] is False and values[3] == "no_special_need" and values[7] is False
    ]
    assert len(table) == 2_592
    assert max(map(highest, table)) == 2


def test_acute_danger_is_level_4_in_all_38_880_combinations_with_one() -> None:
    table = [mask for values, mask in zip(GRID, rated(), strict=True) if values[7]]
    assert len(table) == 38_880
    assert set(table) == {1 << 4}


def test_the_four_dangers_weigh_the_same_in_all_81_combinations_beside_12_cases() -> None:
    ways = Grid(*of_case(*DANGERS))
    assert ways.size == 81
    for case in product((Shown.NOTHING, Shown.NUDE, None), (Reaction.NO_SPECIAL_NEED, None), (False, None)):
        shown, reaction, before = case
        facts = replace(KNOWN, victims=(Victim(shown, True, False, reaction, True),), abuse_before=before)
        calm = as_mask(possible_levels(facts))
        table = [as_mask(possible_levels(replace(facts, **dict(zip(DANGERS, way, strict=True))))) for way in ways]
        assert table == [1 << 4 if True in way else calm | (None in way) << 4 for way in ways]
        assert ways.breaches(table, neither_end_falls) == []


EVENTS = Grid(
    kinds(Kind.SEXUAL_APPROACH, Kind.UNSOLICITED_IMAGES, Kind.VIOLENCE_FILMED, Kind.WHEREABOUTS),
    *of_case("sexual_demand", "abuse_before"),
    *of_victim("age"),
)


def happened(values: tuple) -> int:
    (named, _open), demanded, before, age = values
    asked = demanded or named & {"sexual_approach", "unsolicited_images"}
    return bool(before or named & {"violence_filmed", "whereabouts"} or (asked and age != "adult"))


def with_event(facts: Facts, values: tuple) -> Facts:
    (named, still_open), demanded, before, age = values
    victims = (replace(facts.victims[0], age=age),)
    return replace(
        facts, victims=victims, kinds=named, kinds_open=still_open, sexual_demand=demanded, abuse_before=before
    )


def test_approach_to_a_minor_abuse_and_whereabouts_weigh_the_same_in_all_288_combinations_beside_6_cases() -> None:
    assert EVENTS.size == 288
    for shown, reaction in product((Shown.ORDINARY, Shown.NUDE, None), (Reaction.NO_SPECIAL_NEED, None)):
        facts = replace(KNOWN, victims=(Victim(shown, True, False, reaction, True),))
        calm, hurt = (as_mask(possible_levels(replace(facts, abuse_before=answer))) for answer in (False, True))
        table = [as_mask(possible_levels(with_event(facts, values))) for values in EVENTS]
        assert table == EVENTS.by_answers(
            lambda values, calm=calm, hurt=hurt: hurt if happened(values) else calm, union
        )
        assert EVENTS.breaches(table, neither_end_falls) == []


def test_tipping_facts_are_those_of_brute_force_for_all_that_may_have_happened() -> None:
    """A demand is answered here: what is demanded is asked where there is a threat, which keeps the level at 2."""
    facts = replace(KNOWN, victims=(Victim(Shown.ORDINARY, True, False, Reaction.NO_SPECIAL_NEED, True),))
    table = EVENTS.by_answers(lambda values: 1 << (2 if happened(values) else 1), union)
    tried = 0
    for places, values in zip(EVENTS.places(), EVENTS, strict=True):
        if values[1] is not None:
            found = rate(with_event(facts, values)).tipping
            assert set(map(fields_of, found)) == brute_force_tipping(EVENTS, places, table), values
            tried += 1
    assert tried == 192


# One of the images below INTIMATE and one serious reaction stay, and some revenge weighs as none: the grid shows it.
TIPPED = [
    values
    for values in GRID
    if values[0] not in ("nothing", "ordinary", "private")
    and values[6] != "some"
    and values[3] not in ("needs_help", "overwhelmed")
    and (values[7], values[8]) in ((False, False), (False, None), (None, False))
]


def test_tipping_facts_are_those_of_brute_force_in_all_10_935_combinations() -> None:
    places = dict(zip(GRID, GRID.places(), strict=True))
    for values in TIPPED:
        facts = facts_of(values)
        found = {fields_of(tip) for tip in tipping_facts(facts, possible_levels(facts))}
        assert found == brute_force_tipping(GRID, places[values], oracle()), values
    assert len(TIPPED) == 10_935


def test_level_without_reaction_is_the_highest_of_image_threat_and_event_in_1_203_combinations() -> None:
    """It is what the level asks of the police: neither the reaction nor a danger counts."""
    table = GRID.by_answers(lambda values: 1 << oracle_without_reaction(values), union)
    tried = [(facts_of(values), mask) for values, mask in islice(zip(GRID, table, strict=True), 0, None, 97)]
    assert len(tried) == 1_203
    assert all(rate(facts).without_reaction == highest(mask) for facts, mask in tried)


@pytest.mark.parametrize(("violence", "level"), [(False, 3), (None, 4), (True, 4)])
def test_threat_of_violence_aggravates_what_the_level_asks_of_the_police(violence: bool | None, level: int) -> None:
    nude = Victim(Shown.NUDE, True, False, Reaction.NO_SPECIAL_NEED, True)
    assert rate(replace(KNOWN, victims=(nude,), violence=violence)).without_reaction == level


def fields_of(tip: Tipping) -> frozenset[str]:
    """The facts by name; those of a further victim with its row, from 0."""
    return frozenset(f"victims.{fact.victim - 1}.{fact.name}" if fact.victim else fact.name for fact in tip)


def brute_force_tipping(grid: Grid, places: tuple[int, ...], table: list[int]) -> set[frozenset[str]]:
    """The names of the unknown facts of which some answer gives another entry; if none does, of the pairs."""
    here = grid.at(places)
    if table[here].bit_count() == 1:
        return set()  # every answer narrows the levels, and one level cannot be narrowed
    unknown = [(at, one) for at, one in enumerate(grid.dimensions) if places[at] in one.answers]
    for size in (1, 2):
        found = set()
        for chosen in combinations(unknown, size):
            for answers in product(*(one.answers[places[at]] for at, one in chosen)):
                moved = sum(
                    (answer - places[at]) * grid.stride(at) for (at, _one), answer in zip(chosen, answers, strict=True)
                )
                if table[here + moved] != table[here]:
                    found.add(frozenset(one.name for _at, one in chosen))
        if found:
            return found
    return set()


# Reduced profiles: one image row of each kind, two steps of the reaction axis; danger is known to be 4 in any case.
_IMAGES = (Shown.NOTHING, Shown.NUDE_PARTS, Shown.NUDE, Shown.SEXUAL, None)
PROFILES = [
    *product(_IMAGES, (False, True, None), (False, None), (Reaction.NO_SPECIAL_NEED, None), (True,)),
    *product(_IMAGES, (False, True, None), (False,), (Reaction.PANIC,), (True,)),
    *product((Shown.NUDE, None), (None,), (False,), (Reaction.NO_SPECIAL_NEED, None), (False, None)),
]
# Threat and revenge, with neither danger nor event open and with one of them.
WAYS = [
    (*aggravated, *rest)
    for rest in ((False, False), (None, False), (False, None))
    for aggravated in ((False, Revenge.NONE), (True, Revenge.NONE), (None, Revenge.NONE), (False, None))
]
SHARED = ("threat", "revenge", "self_harm", "abuse_before")


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
    for shared in completed(way, SHARED):
        outcomes = {0}
        for profile in profiles:
            outcomes = {max(pair) for pair in product(outcomes, levels_of(profile, shared))}
        found |= outcomes
    return frozenset(found)


def case_of(profiles: tuple[tuple, ...], way: tuple) -> Facts:
    victims = tuple(victim_of(*profile) for profile in profiles)
    return replace(KNOWN, victims=victims, **dict(zip(SHARED, way, strict=True)))


def test_two_victims_show_the_maximum_in_all_41_832_cases_of_the_reduced_table() -> None:
    tried = 0
    for pair in combinations_with_replacement(PROFILES, 2):
        for way in WAYS:
            assert set(possible_levels(case_of(pair, way))) == brute_force_maximum(pair, way), (pair, way)
            tried += 1
    assert (len(PROFILES), tried) == (83, 41_832)


def test_three_victims_show_the_maximum_in_all_15_960_cases_of_the_smaller_table() -> None:
    profiles = [profile for profile in PROFILES if profile[2] is False and profile[3] is not None][::2]
    profiles += [(None, None, None, None, None), (None, None, False, Reaction.NEEDS_HELP, None)]
    tried = 0
    for triple in combinations_with_replacement(profiles, 3):
        for way in WAYS:
            assert set(possible_levels(case_of(triple, way))) == brute_force_maximum(triple, way), (triple, way)
            tried += 1
    assert (len(profiles), tried) == (19, 15_960)


def test_two_victims_share_one_answer_about_threats() -> None:
    """Completed apart, one could be threatened and the other not; together, a nude image is 3 or 4 for both."""
    nude = Victim(Shown.NUDE, True, False, Reaction.NO_SPECIAL_NEED, True)
    facts = replace(KNOWN, victims=(nude, Victim(Shown.NOTHING, None, None, Reaction.NO_SPECIAL_NEED)), threat=None)
    assert possible_levels(facts) == (Level.THREE, Level.FOUR)
    assert [rating.levels for rating in rate(facts).victims] == [(3, 4), (1, 2)]


def test_two_unsure_victims_are_tipped_by_pairs_where_no_single_answer_tells() -> None:
    unsure = Victim(None, None, False, Reaction.NEEDS_HELP, True)
    rating = rate(replace(KNOWN, victims=(unsure, unsure)))
    assert rating.levels == (2, 3, 4)
    unknown = [UnknownFact(name, victim) for victim in (0, 1) for name in ("shown", "recognisable")]
    assert set(rating.tipping) == set(combinations(unknown, 2))
    assert tipping_questions(rating)[0] == (
        "Krænket 1: Hvad viser billedet? Og samtidig: Krænket 1: Kan man se, hvem det er?"
    )


def test_two_victims_are_tipped_as_by_brute_force_in_all_2_583_cases() -> None:
    profiles = [p for p in PROFILES if p[2] is False and p[0] != Shown.NOTHING and p[4]]
    profiles += [(shown, None, False, Reaction.NEEDS_HELP, True) for shown in (None, Shown.NUDE, Shown.NUDE_PARTS)]
    profiles += [(Shown.NUDE, True, False, Reaction.NEEDS_HELP, depicted) for depicted in (False, None)]
    ways = [(False, Revenge.NONE, False, False), (None, Revenge.NONE, False, False), (False, None, False, False)]
    tried, pairs = 0, 0
    for pair in combinations_with_replacement(profiles, 2):
        for way in ways:
            facts = case_of(pair, way)
            found = {fields_of(tip) for tip in tipping_facts(facts, possible_levels(facts))}
            assert found == brute_force_tipping_of_two(pair, way), (pair, way)
            assert bool(found) == (len(possible_levels(facts)) > 1), "open levels always have something that tips them"
            pairs += any(len(fields) == 2 for fields in found)
            tried += 1
    assert tried == 2_583
    assert pairs > 0


TWO = (*VICTIM, *(f"victims.0.{name}" for name in VICTIM), *SHARED)


def brute_force_tipping_of_two(pair: tuple[tuple, tuple], way: tuple) -> set[frozenset[str]]:
    values = (*pair[0], *pair[1], *way)
    names = (*VICTIM, *VICTIM, *SHARED)
    before = brute_force_maximum(pair, way)
    open_facts = [at for at, value in enumerate(values) if value is None]
    for size in (1, 2):
        found = set()
        for chosen in combinations(open_facts, size):
            for answers in completed((None,) * size, tuple(names[at] for at in chosen)):
                told = list(values)
                for at, answer in zip(chosen, answers, strict=True):
                    told[at] = answer
                if brute_force_maximum((tuple(told[:5]), tuple(told[5:10])), tuple(told[10:])) != before:
                    found.add(frozenset(TWO[at] for at in chosen))
        if found:
            return found
    return set()


RATED = {*CASE, *DANGERS, "sexual_demand"}


@pytest.mark.parametrize("name", [*sorted(set(CASE_ORDERS) - RATED), "offenders", "youngest_age", "is_staff"])
def test_rating_does_not_look_at(name: str) -> None:
    others = {"offenders": (Offender(AgeBand.ADULT, Relation.STAFF),), "is_staff": True}
    worst = others.get(name) or {**CASE_ORDERS, **VICTIM_ORDERS}[name][-1]
    for values in islice(GRID, 0, None, 4999):
        facts = facts_of(values)
        of_case = name in Facts.__slots__
        victims = facts.victims if of_case else (replace(facts.victims[0], **{name: worst}),)
        changed = replace(facts, victims=victims, **({name: worst} if of_case else {}))
        assert rate(changed) == rate(facts)


def test_what_decides_is_named_with_every_axis_that_reaches_the_level() -> None:
    both = Victim(Shown.NUDE, True, False, Reaction.PANIC, True)
    assert rate(replace(KNOWN, victims=(both,))).axes == (Axis.IMAGE, Axis.REACTION)
    assert rate(replace(KNOWN, victims=(both,), self_harm=True)).axes == (Axis.DANGER,)
    assert (
        rate(replace(KNOWN, victims=(both,))).axis_text
        == "Niveau 3 skyldes billedets indhold og den krænkedes reaktion."
    )


def test_what_is_unknown_decides_nothing_beside_what_is_certain() -> None:
    nothing_else_known = Facts(victims=(Victim(), Victim()), self_harm=True)
    assert rate(nothing_else_known).axes == (Axis.DANGER,)
    assert rate(nothing_else_known).axis_text == "Niveau 4 skyldes akut fare."
    assert rate(replace(KNOWN, victims=(Victim(Shown.NUDE, True, None, None, True),))).axes == (
        Axis.IMAGE,
        Axis.REACTION,
    )


def test_reasons_are_sentences_and_end_with_what_is_open() -> None:
    facts = replace(KNOWN, victims=(Victim(Shown.NUDE, None, False, Reaction.NEEDS_HELP, True),), threat=True)
    assert rate(facts).reasons == (
        "Der er trusler, tvang eller pres. Så er niveauet mindst 2.",
        "Billedet viser en nøgen krop, og I ved ikke endnu, om man kan se, hvem det er. "
        "På grund af truslerne er niveauet højere. Billedet kan svare til niveau 2 eller 4.",
        "Den krænkede har brug for hjælp. Reaktionen svarer til niveau 2.",
        "I mangler svar, så niveauet kan være 2 eller 4. Følg planen for niveau 4.",
    )


@pytest.mark.parametrize(("victims", "limit"), [(1, 120), (6, 400)])
def test_rating_with_everything_unknown_is_quick(victims: int, limit: int) -> None:
    """Beside so many copies of the facts, made in turn: how fast the machine is has no part in it."""
    facts = Facts(victims=(Victim(),) * victims)

    def taken(work: Callable[[], object]) -> float:
        start = thread_time()
        work()
        return thread_time() - start

    times = [
        (taken(lambda: rate(facts)), taken(lambda: [replace(facts) for _number in range(limit)])) for _ in range(20)
    ]
    assert min(rating for rating, _copies in times) < min(copies for _rating, copies in times)


VICTIMS = [
    Victim(shown, recognisable, reaction=reaction, key=f"k{number}", name=f"Elev {number}")
    for number, (shown, recognisable, reaction) in enumerate(
        product((Shown.SEXUAL, Shown.NUDE, Shown.PRIVATE, None), (True, False, None), (*Reaction, None))
    )
]


def test_a_whole_class_of_victims_is_rated_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question of every victim is tried once; the pairs of them would be as many as its square."""
    real, asked = severity.possible_levels, 0

    def counted(facts: Facts) -> tuple[Level, ...]:
        nonlocal asked
        asked += 1
        return real(facts)

    monkeypatch.setattr(severity, "possible_levels", counted)
    for victims in (tuple(VICTIMS[:50]), (replace(VICTIMS[-1], reaction=Reaction.PANIC),) * 50):
        asked = 0
        rate(replace(KNOWN, victims=victims))
        assert asked < 50 * 6 * 6


def test_nothing_keeps_the_name_of_a_victim() -> None:
    caches = [getattr(severity, name) for name in ("_levels_of", "_axis_levels", "_completions", "_calm_level")]
    rate(replace(KNOWN, victims=(VICTIMS[-1],)))
    before = [cache.cache_info().currsize for cache in caches]
    for number in range(30):
        rate(replace(KNOWN, victims=(replace(VICTIMS[-1], key=f"n{number}", name=f"Navn {number}"),)))
    assert [cache.cache_info().currsize for cache in caches] == before


def test_an_adult_at_home_who_abused_leaves_levels_2_to_4_open_until_reaction_and_image_are_known() -> None:
    """Who violates sets no level: abuse keeps it from 1, what is unknown may reach 4, and danger now is 4 at once."""
    adult = Offender(AgeBand.ADULT, Relation.FAMILY)
    unsure = replace(KNOWN, offenders=(adult,), abuse_before=True, victims=(Victim(Shown.SEXUAL, None, False),))
    assert rate(unsure).levels == (Level.TWO, Level.THREE, Level.FOUR)
    assert rate(replace(unsure, ongoing_abuse=True)).levels == (Level.FOUR,)
    calm = replace(unsure, victims=(Victim(Shown.NOTHING, reaction=Reaction.NO_SPECIAL_NEED),))
    assert rate(calm).levels == (Level.TWO,)
    assert rate(replace(calm, offenders=())).levels == (Level.TWO,)
