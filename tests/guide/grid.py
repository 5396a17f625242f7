"""All combinations of some facts in one flat table, so that a claim can be tried on every one of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import prod
from typing import Any


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
