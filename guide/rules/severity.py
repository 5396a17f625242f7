"""How serious a case is: two axes and their maximum, computed for every value of the unknown facts.

Source: the four levels of the booklet on image sharing without consent, by today's practice. The level says
how much help is needed and how fast; what the law requires is in guide.rules.flags.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import combinations, product
from typing import Final, NamedTuple

from guide.rules.enums import AgeBand, Axis, Kind, Level, Reaction, Revenge, Shown
from guide.rules.facts import (
    APPROACH_KINDS,
    DANGERS,
    INTIMATE,
    VICTIM_ORDERS,
    Facts,
    Tri,
    Victim,
    all_of,
    any_of,
    has_kind,
)
from guide.rules.severity_texts import axes_in_words, reasons_for

RATED_OF_VICTIM: Final = ("shown", "depicted", "recognisable", "identity_published", "reaction")
REACTION_LEVEL: Final = dict(zip(Reaction, Level, strict=True))
FLOOR: Final = Level.TWO
"""The lowest level with a threat, a sexual approach to a minor, violence or abuse, a whereabouts made known, or an
intimate image of somebody else that was sent to the pupil."""
MOST_UNKNOWN: Final = 20
"""With more unknown facts no pairs of them are tried: there is enough to ask, and their number grows by its square."""
_OF_THE_CASE: Final = ("abuse_before", "threat", "revenge")
_KINDS: Final = {
    "approach": frozenset({Kind.SEXUAL_APPROACH}),
    "violence_filmed": frozenset({Kind.VIOLENCE_FILMED}),
    "whereabouts": frozenset({Kind.WHEREABOUTS}),
}
"""What a list of kinds that is still open may hold, as far as the level asks."""


@dataclass(frozen=True, slots=True)
class UnknownFact:
    """An unknown fact of the case, or of one victim (index from 0)."""

    name: str
    victim: int | None

    def answers(self, facts: Facts) -> Iterator[Facts]:
        """Yield the facts with each possible answer."""
        if self.name == "kinds":
            for more in (frozenset({Kind.OTHER}), *_KINDS.values()):
                yield replace(facts, kinds=facts.kinds | more, kinds_open=False)
            return
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
    """The possible levels in rising order, what decides the highest, why, and which answers would change the levels.

    `without_reaction` is the highest possible level that the reaction and a danger leave out: what the level asks of
    the police. A strong reaction to a mild image decides the help, not the law.
    """

    levels: tuple[Level, ...]
    without_reaction: Level
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
    event: bool


def rate(facts: Facts) -> Rating:
    """Return the rating of a case, for every combination of known and unknown facts."""
    levels = possible_levels(facts)
    victims = tuple(_rate_victim(facts, number) for number in range(1, len(facts.victims) + 1))
    axes = {axis for rating in victims if rating.levels[-1] == levels[-1] for axis in rating.axes}
    return Rating(
        levels=levels,
        without_reaction=_without_reaction(facts),
        axes=tuple(axis for axis in Axis if axis in axes),
        reasons=reasons_for(
            facts,
            levels,
            tuple(_image_levels(_rated(victim), _shared_scenarios(facts)) for victim in facts.victims),
            happened=event(facts) is True,
        ),
        tipping=tipping_facts(facts, levels),
        victims=victims,
    )


def image_level(victim: Victim, aggravated: bool) -> Level:
    """Return the image axis for fully known facts. `aggravated`: extensive revenge or a threat, or published identity.

    A published identity also makes recognisable. An image that shows somebody else is not rated here. Sharing has no
    influence here, only on the flags.
    """
    if not victim.depicted:
        return Level.ONE
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
    return _levels_together(frozenset(map(_rated, facts.victims)), _shared_scenarios(facts))


@lru_cache(maxsize=4096)
def _levels_together(victims: frozenset[Victim], scenarios: tuple[_Shared, ...]) -> tuple[Level, ...]:
    found = 0
    tables = [_levels_of(victim) for victim in victims]
    for shared in scenarios:
        each = [table[shared] for table in tables]
        floor = max(levels & -levels for levels in each)
        for levels in each:
            found |= levels & -floor
    return tuple(level for level in Level if found & 1 << level)


def _rated(victim: Victim) -> Victim:
    """Return the victim without what has no influence here, so that the cache is used and keeps nobody's name."""
    return Victim(
        shown=victim.shown,
        recognisable=victim.recognisable,
        identity_published=victim.identity_published,
        reaction=victim.reaction,
        depicted=victim.depicted,
    )


@cache
def _levels_of(victim: Victim) -> dict[_Shared, int]:
    """Return this victim's possible levels for each combination of the shared facts, one bit for each level.

    The lowest bit of ``levels`` is ``levels & -levels``; ``levels & -floor`` are those from the bit of a floor up.
    """
    return {
        shared: sum(1 << level for level in {max(marks.values()) for marks in _axis_levels(victim, shared)})
        for shared in (_Shared(*way) for way in product((False, True), repeat=4))
    }


@cache
def _axis_levels(victim: Victim, shared: _Shared) -> tuple[dict[Axis, Level], ...]:
    """Return the levels of both axes for every combination of this victim's unknown facts."""
    found = []
    for known in _completions(victim):
        marks = {Axis.IMAGE: image_level(known, shared.threat or shared.extensive_revenge)}
        marks[Axis.REACTION] = REACTION_LEVEL[known.reaction] if known.reaction else Level.ONE
        if shared.threat:
            marks[Axis.THREAT] = FLOOR
        if shared.event or (not known.depicted and known.shown in INTIMATE):
            marks[Axis.EVENT] = FLOOR
        if shared.danger:
            marks[Axis.DANGER] = Level.FOUR
        if marks not in found:
            found.append(marks)
    return tuple(found)


@cache
def _completions(victim: Victim) -> tuple[Victim, ...]:
    unknown = [name for name in RATED_OF_VICTIM if getattr(victim, name) is None]
    ways = product(*(VICTIM_ORDERS[name] for name in unknown))
    return tuple(replace(victim, **dict(zip(unknown, way, strict=True))) for way in ways)  # type: ignore[arg-type]


def _shared_scenarios(facts: Facts) -> tuple[_Shared, ...]:
    extensive = None if facts.revenge is None else facts.revenge == Revenge.EXTENSIVE
    danger = any_of(*[getattr(facts, name) for name in DANGERS])
    return _combined(facts.threat, extensive, danger, event(facts))


@cache
def _combined(threat: Tri, extensive: Tri, danger: Tri, happened: Tri) -> tuple[_Shared, ...]:
    return tuple(_Shared(*way) for way in product(*map(_either, (threat, extensive, danger, happened))))


def event(facts: Facts) -> Tri:
    """Return whether something happened that keeps the level at 2 or more, whatever an image shows."""
    minor = any_of(*[None if victim.age is None else victim.age != AgeBand.ADULT for victim in facts.victims])
    approached = any_of(has_kind(facts, *APPROACH_KINDS), facts.sexual_demand)
    named = has_kind(facts, Kind.VIOLENCE_FILMED, Kind.WHEREABOUTS)
    return any_of(all_of(approached, minor), facts.abuse_before, named)


def _either(fact: Tri) -> tuple[bool, ...]:
    return (False, True) if fact is None else (fact,)


def _rate_victim(facts: Facts, number: int) -> VictimRating:
    return VictimRating(number, *_alone(_rated(facts.victims[number - 1]), _shared_scenarios(facts)))


@cache
def _alone(victim: Victim, scenarios: tuple[_Shared, ...]) -> tuple[tuple[Level, ...], tuple[Axis, ...]]:
    """Return the possible levels of one victim, and what decides the highest."""
    every = [marks for shared in scenarios for marks in _axis_levels(victim, shared)]
    levels = tuple(sorted({max(marks.values()) for marks in every}))
    reaching = [{axis for axis, level in marks.items() if level == levels[-1]} for marks in every]
    # A known fact that decides takes precedence over unknown ones.
    axes = set.intersection(*reaching) or set.union(*reaching)
    return levels, tuple(axis for axis in Axis if axis in axes)


def _without_reaction(facts: Facts) -> Level:
    """A threat of violence aggravates here as any threat does; else it sets the level as a danger."""
    facts = replace(facts, threat=any_of(facts.threat, facts.violence))
    shared_facts = _shared_scenarios(facts)
    return max(_calm_level(_rated(victim), shared) for victim in facts.victims for shared in shared_facts)


@cache
def _calm_level(victim: Victim, shared: _Shared) -> Level:
    """Return the highest level without the reaction and a danger for one combination of the shared facts."""
    every = (marks.items() for marks in _axis_levels(victim, shared))
    return max(level for marks in every for axis, level in marks if axis not in (Axis.REACTION, Axis.DANGER))


@cache
def _image_levels(victim: Victim, scenarios: tuple[_Shared, ...]) -> tuple[Level, ...]:
    every = (marks[Axis.IMAGE] for shared in scenarios for marks in _axis_levels(victim, shared))
    return tuple(sorted(set(every)))


def tipping_facts(facts: Facts, levels: tuple[Level, ...]) -> tuple[Tipping, ...]:
    """Return each unknown fact that alone can change the levels; if none can, the pairs that together can."""
    if len(levels) == 1:
        return ()
    unknown = list(_unknown(facts))
    alike = {_likeness(facts, fact): fact for fact in unknown}
    tips = {like for like, fact in alike.items() if any(possible_levels(one) != levels for one in fact.answers(facts))}
    if tips:
        return tuple((fact,) for fact in unknown if _likeness(facts, fact) in tips)
    if len(unknown) > MOST_UNKNOWN:
        return ()
    return tuple(
        (first, second)
        for first, second in combinations(unknown, 2)
        if any(possible_levels(both) != levels for known in first.answers(facts) for both in second.answers(known))
    )


def _likeness(facts: Facts, fact: UnknownFact) -> tuple[object, ...]:
    """Return what two facts have in common whose answers change the levels alike: those of victims who are alike."""
    if fact.victim is None:
        return (fact.name,)
    victim = facts.victims[fact.victim]
    return (fact.name, _rated(victim), victim.age)


def _unknown(facts: Facts) -> Iterator[UnknownFact]:
    for name in DANGERS:
        if getattr(facts, name) is None:
            yield UnknownFact(name, None)
    for index, victim in enumerate(facts.victims):
        for name in RATED_OF_VICTIM:
            if getattr(victim, name) is None:
                yield UnknownFact(name, index)
        if victim.age is None:
            yield UnknownFact("age", index)
    if facts.kinds_open:
        yield UnknownFact("kinds", None)
    for name in _OF_THE_CASE:
        if getattr(facts, name) is None:
            yield UnknownFact(name, None)
