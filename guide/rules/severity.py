"""How serious a case is: two axes and their maximum, computed for every value of the unknown facts.

Source: the four levels of the booklet on image sharing without consent, by today's practice. The level says
how much help is needed and how fast; what the law requires is in guide.rules.flags.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, product
from typing import Final, NamedTuple

from guide.rules.enums import Axis, Level, Reaction, Revenge, Shown
from guide.rules.facts import DANGERS, VICTIM_ORDERS, Facts, Tri, Victim, any_of
from guide.rules.severity_texts import axes_in_words, reasons_for

RATED_OF_VICTIM: Final = ("shown", "recognisable", "identity_published", "reaction")
REACTION_LEVEL: Final = dict(zip(Reaction, Level, strict=True))
THREAT_FLOOR: Final = Level.TWO


@dataclass(frozen=True, slots=True)
class UnknownFact:
    """An unknown fact of the case, or of one victim (index from 0)."""

    name: str
    victim: int | None

    def answers(self, facts: Facts) -> Iterator[Facts]:
        """Yield the facts with each possible answer."""
        if self.victim is None:
            values: Iterable[object] = tuple(Revenge) if self.name == "revenge" else (False, True)
            for value in values:
                yield replace(facts, **{self.name: value})  # type: ignore[arg-type]
            return
        for value in VICTIM_ORDERS[self.name]:
            victims = list(facts.victims)
            victims[self.victim] = replace(victims[self.victim], **{self.name: value})  # type: ignore[arg-type]
            yield replace(facts, victims=tuple(victims))


Tipping = tuple[UnknownFact, ...]
"""An unknown fact, or a pair of them, of which some answer would change the possible levels."""


@dataclass(frozen=True, slots=True)
class VictimRating:
    """The rating of one victim; `number` counts from 1 in the order of the facts."""

    number: int
    levels: tuple[Level, ...]
    axes: tuple[Axis, ...]


@dataclass(frozen=True, slots=True)
class Rating:
    """The possible levels in rising order, what decides the highest, why, and which answers would change the levels."""

    levels: tuple[Level, ...]
    axes: tuple[Axis, ...]
    reasons: tuple[str, ...]
    tipping: tuple[Tipping, ...]
    victims: tuple[VictimRating, ...]

    @property
    def highest(self) -> Level:
        """Return the highest possible level, by which is planned."""
        return self.levels[-1]

    @property
    def axis_text(self) -> str:
        """Return the name of the deciding axis."""
        return axes_in_words(self.axes, self.highest, certain=len(self.levels) == 1)


class _Shared(NamedTuple):
    """One combination of the facts that all victims share, fully known."""

    threat: bool
    extensive_revenge: bool
    danger: bool


def rate(facts: Facts) -> Rating:
    """Return the rating of a case, for every combination of known and unknown facts."""
    levels = possible_levels(facts)
    victims = tuple(_rate_victim(facts, number) for number in range(1, len(facts.victims) + 1))
    axes = {axis for rating in victims if rating.levels[-1] == levels[-1] for axis in rating.axes}
    return Rating(
        levels=levels,
        axes=tuple(axis for axis in Axis if axis in axes),
        reasons=reasons_for(facts, levels, tuple(_image_levels(facts, victim) for victim in facts.victims)),
        tipping=tipping_facts(facts, levels),
        victims=victims,
    )


def image_level(victim: Victim, aggravated: bool) -> Level:
    """Return the image axis for fully known facts. `aggravated`: extensive revenge or a threat, or published identity.

    A published identity also makes recognisable. Sharing has no influence here, only on the flags.
    """
    recognisable = victim.recognisable or victim.identity_published
    aggravated = aggravated or bool(victim.identity_published)
    if victim.shown == Shown.SEXUAL:
        return Level.FOUR if recognisable else Level.TWO
    if victim.shown == Shown.NUDE:
        return (Level.FOUR if aggravated else Level.THREE) if recognisable else Level.TWO
    if victim.shown == Shown.NUDE_PARTS:
        return Level.THREE if recognisable and aggravated else Level.TWO
    return Level.ONE


def possible_levels(facts: Facts) -> tuple[Level, ...]:
    """Return all levels that the case may have, in rising order.

    The shared facts are the same for all victims; the others are independent, so every level of one victim is possible
    unless another victim's lowest level is higher.
    """
    found: set[Level] = set()
    tables = [_levels_of(_rated(victim)) for victim in facts.victims]
    for shared in _shared_scenarios(facts):
        each = [table[shared] for table in tables]
        floor = max(levels[0] for levels in each)
        found.update(level for levels in each for level in levels if level >= floor)
    return tuple(sorted(found))


def _rated(victim: Victim) -> Victim:
    """Return the victim without facts that have no influence here, so that the cache is used."""
    return victim if victim.age is None is victim.youngest_age else replace(victim, age=None, youngest_age=None)


@cache
def _levels_of(victim: Victim) -> dict[_Shared, tuple[Level, ...]]:
    """Return this victim's possible levels for each combination of the shared facts."""
    return {
        shared: tuple(sorted({max(marks.values()) for marks in _axis_levels(victim, shared)}))
        for shared in (_Shared(*way) for way in product((False, True), repeat=3))
    }


@cache
def _axis_levels(victim: Victim, shared: _Shared) -> tuple[dict[Axis, Level], ...]:
    """Return the levels of both axes for every combination of this victim's unknown facts."""
    found = []
    for known in _completions(victim):
        marks = {Axis.IMAGE: image_level(known, shared.threat or shared.extensive_revenge)}
        marks[Axis.REACTION] = REACTION_LEVEL[known.reaction] if known.reaction else Level.ONE
        if shared.threat:
            marks[Axis.THREAT] = THREAT_FLOOR
        if shared.danger:
            marks[Axis.DANGER] = Level.FOUR
        if marks not in found:
            found.append(marks)
    return tuple(found)


def _completions(victim: Victim) -> Iterator[Victim]:
    unknown = [name for name in RATED_OF_VICTIM if getattr(victim, name) is None]
    for values in product(*(VICTIM_ORDERS[name] for name in unknown)):
        yield replace(victim, **dict(zip(unknown, values, strict=True)))  # type: ignore[arg-type]


def _shared_scenarios(facts: Facts) -> tuple[_Shared, ...]:
    extensive = None if facts.revenge is None else facts.revenge == Revenge.EXTENSIVE
    danger = any_of(facts.self_harm, facts.violence, facts.ongoing_abuse, facts.offender_reach)
    return _combined(facts.threat, extensive, danger)


@cache
def _combined(threat: Tri, extensive: Tri, danger: Tri) -> tuple[_Shared, ...]:
    return tuple(_Shared(*way) for way in product(_either(threat), _either(extensive), _either(danger)))


def _either(fact: Tri) -> tuple[bool, ...]:
    return (False, True) if fact is None else (fact,)


def _rate_victim(facts: Facts, number: int) -> VictimRating:
    alone = _rated(facts.victims[number - 1])
    every = [marks for shared in _shared_scenarios(facts) for marks in _axis_levels(alone, shared)]
    levels = tuple(sorted({max(marks.values()) for marks in every}))
    reaching = [{axis for axis, level in marks.items() if level == levels[-1]} for marks in every]
    # A known fact that decides takes precedence over unknown ones.
    axes = set.intersection(*reaching) or set.union(*reaching)
    return VictimRating(number, levels, tuple(axis for axis in Axis if axis in axes))


def _image_levels(facts: Facts, victim: Victim) -> tuple[Level, ...]:
    every = (marks[Axis.IMAGE] for shared in _shared_scenarios(facts) for marks in _axis_levels(_rated(victim), shared))
    return tuple(sorted(set(every)))


def tipping_facts(facts: Facts, levels: tuple[Level, ...]) -> tuple[Tipping, ...]:
    """Return each unknown fact that alone can change the levels; if none can, the pairs that together can."""
    if len(levels) == 1:
        return ()
    unknown = list(_unknown(facts))
    single = [fact for fact in unknown if any(possible_levels(known) != levels for known in fact.answers(facts))]
    if single:
        return tuple((fact,) for fact in single)
    return tuple(
        (first, second)
        for first, second in combinations(unknown, 2)
        if any(possible_levels(both) != levels for known in first.answers(facts) for both in second.answers(known))
    )


def _unknown(facts: Facts) -> Iterator[UnknownFact]:
    for name in DANGERS:
        if getattr(facts, name) is None:
            yield UnknownFact(name, None)
    for index, victim in enumerate(facts.victims):
        for name in RATED_OF_VICTIM:
            if getattr(victim, name) is None:
                yield UnknownFact(name, index)
    for name in ("threat", "revenge"):
        if getattr(facts, name) is None:
            yield UnknownFact(name, None)
