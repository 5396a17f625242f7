"""All combinations of some facts in one flat table, so that a claim can be tried on every one of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from math import prod
from typing import Any

from guide.rules.enums import Kind, Reach, Revenge
from guide.rules.facts import VICTIM_ORDERS

# The order of each fact of a case, from mild to serious, as ``VICTIM_ORDERS`` has it for a victim. Besides these: a
# further kind is more serious than none, an open list more serious than a closed one, and an earlier day of knowledge
# more serious than a later one.
_YES_IS_WORSE = (
    "passed_on", "threat", "sexual_demand", "paid", "hate", "self_harm", "self_harm_plan", "violence", "ongoing_abuse",
    "offender_harm", "abuse_before", "abuse_sexual", "abuse_by_adult", "suspicion_home", "telling_help",
    "support_needed", "staff_hold", "bullying", "bullying_in_doubt", "offender_pupil", "offender_near", "ongoing",
)  # fmt: skip
CASE_ORDERS: Mapping[str, tuple[object, ...]] = {
    **dict.fromkeys(_YES_IS_WORSE, (False, True)),
    **dict.fromkeys(("handed_over", "parents_agree", "offender_identified"), (True, False)),
    "revenge": tuple(Revenge),
    "reach": tuple(Reach),
}
# That a parent told of it has none: it only changes who is still to be told. The ages and relations of offenders have
# no order: a younger offender adds a notification, an older one the police.
# Nor is it worse that the victim is employed at the school. Whether an offender is a pupil has one for bullying alone:
# elsewhere a pupil is known not to be employed.


@dataclass(frozen=True)
class Dimension:
    """One fact: its values, the pairs of positions (milder, worse) its order knows, and for the position of each value
    that is not known the positions of the answers it may turn out to be."""

    name: str
    values: tuple[Any, ...]
    worse: tuple[tuple[int, int], ...] = ()
    answers: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


def ordered(name: str, values: Sequence[Any]) -> Dimension:
    """A fact whose values run from mild to serious; not known (None) lies between the ends."""
    unknown = len(values)
    chain = tuple(pairwise(range(unknown)))
    worse = (*chain, (0, unknown), (unknown, unknown - 1))
    return Dimension(name, (*values, None), worse, {unknown: tuple(range(unknown))})


def of_case(*names: str) -> list[Dimension]:
    """Facts of the case, by their orders."""
    return [ordered(name, CASE_ORDERS[name]) for name in names]


def of_victim(*names: str) -> list[Dimension]:
    """Facts of a victim, by their orders."""
    return [ordered(name, VICTIM_ORDERS[name]) for name in names]


def kinds(*decisive: Kind) -> Dimension:
    """Lists of kinds as (kinds, open): none that decides, each or all of them; then none and one, still open."""
    none = frozenset({Kind.OTHER})
    told = [none, *(none | {kind} for kind in decisive), none | set(decisive)]
    values = (*((named, False) for named in told), (none, True), (told[1], True))
    every, may_be_any, one_or_more = len(told) - 1, len(told), len(told) + 1
    worse = [(0, at) for at in range(1, every)] + [(at, every) for at in range(1, every)]
    worse += [(0, may_be_any), (1, one_or_more), (may_be_any, one_or_more), (may_be_any, every), (one_or_more, every)]
    return Dimension("kinds", values, tuple(worse), {may_be_any: tuple(range(may_be_any)), one_or_more: (1, every)})


class Grid:
    """The product of the dimensions; the last one runs fastest."""

    def __init__(self, *dimensions: Dimension) -> None:
        self.dimensions = dimensions
        self.size = prod(len(dimension.values) for dimension in dimensions)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return product(*(dimension.values for dimension in self.dimensions))

    def places(self) -> Iterator[tuple[int, ...]]:
        """The position of every value instead of the value."""
        return product(*(range(len(dimension.values)) for dimension in self.dimensions))

    def at(self, places: tuple[int, ...]) -> int:
        """Where these positions stand in the flat table."""
        return sum(place * self.stride(position) for position, place in enumerate(places))

    def stride(self, position: int) -> int:
        """How far two neighbours in one dimension lie apart in the flat table."""
        return prod(len(dimension.values) for dimension in self.dimensions[position + 1 :])

    def pairs(self, position: int, first: int, second: int, table: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
        """The table's entries for two values of one dimension, all else being equal."""
        step = self.stride(position)
        block = step * len(self.dimensions[position].values)
        for start in range(0, self.size, block):
            left, right = start + first * step, start + second * step
            yield from zip(table[left : left + step], table[right : right + step], strict=True)

    def breaches(self, table: Sequence[Any], holds: Callable[[Any, Any], bool]) -> list[tuple[str, Any, Any]]:
        """Every case where making one fact worse breaks what must hold between the milder and the worse entry."""
        return [
            (dimension.name, mild, bad)
            for position, dimension in enumerate(self.dimensions)
            for first, second in dimension.worse
            for mild, bad in set(self.pairs(position, first, second, table))
            if not holds(mild, bad)
        ]

    def by_answers(self, known: Callable[[tuple[Any, ...]], int], joined: Callable[[list[int]], int]) -> list[int]:
        """A table filled in one unknown at a time: where all is known by ``known``, else joined over the answers."""
        table: dict[tuple[int, ...], int] = {}

        def entry(places: tuple[int, ...]) -> int:
            if places not in table:
                fact = next((at for at, place in enumerate(places) if place in self.dimensions[at].answers), None)
                if fact is None:
                    table[places] = known(tuple(d.values[at] for d, at in zip(self.dimensions, places, strict=True)))
                else:
                    answers = self.dimensions[fact].answers[places[fact]]
                    table[places] = joined([entry((*places[:fact], one, *places[fact + 1 :])) for one in answers])
            return table[places]

        return [entry(places) for places in self.places()]
