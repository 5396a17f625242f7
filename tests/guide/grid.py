"""All combinations of some facts in one flat table, so that a claim can be tried on every one of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import prod
from typing import Any

from guide.rules.enums import AgeBand, Reach, Relation, Revenge
from guide.rules.facts import DANGERS

# The order of each fact of a case, from mild to serious, as ``VICTIM_ORDERS`` has it for a victim. Besides these: a
# further kind is more serious than none, an open list more serious than a closed one, and an earlier day of knowledge
# more serious than a later one.
CASE_ORDERS = {
    **dict.fromkeys(("shared", "threat", "sexual_demand", "special_support", "staff_hold", "bullying"), (False, True)),
    **dict.fromkeys((*DANGERS, "suspicion_home", "ongoing"), (False, True)),
    "revenge": tuple(Revenge),
    "offender_identified": (True, False),
    "reach": tuple(Reach),
}
OFFENDER_ORDERS = {"age": (AgeBand.UNDER_15, AgeBand.FROM_15_TO_17, AgeBand.ADULT)}
# Relations have no single order: staff, family and the same school each create duties of their own. Each of these is
# more serious than the relations that create none.
PLAIN_RELATIONS = frozenset({Relation.OTHER_SCHOOL, Relation.PARTNER, Relation.ACQUAINTANCE, Relation.STRANGER})
SERIOUS_RELATIONS = frozenset(Relation) - PLAIN_RELATIONS


@dataclass(frozen=True)
class Dimension:
    """One fact: its values, and the pairs of positions (milder, worse) its order knows."""

    name: str
    values: tuple[Any, ...]
    worse: tuple[tuple[int, int], ...]


def ordered(name: str, values: Sequence[Any]) -> Dimension:
    """A fact whose values run from mild to serious; not known (None) lies between the ends."""
    unknown = len(values)
    chain = tuple(pairwise(range(len(values))))
    return Dimension(name, (*values, None), (*chain, (0, unknown), (unknown, len(values) - 1)))


class Grid:
    """The product of the dimensions; the last one runs fastest."""

    def __init__(self, *dimensions: Dimension) -> None:
        self.dimensions = dimensions
        self.size = prod(len(dimension.values) for dimension in dimensions)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return product(*(dimension.values for dimension in self.dimensions))

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
