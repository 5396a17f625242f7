"""Tell which places of a text stand in a web address."""

import re
from collections.abc import Callable

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def address_lookup(text: str) -> Callable[[int], bool]:
    """Return a function that tells whether a place stands in a web address; ask it for places in ascending order."""
    spans = (match.span() for match in _ADDRESS.finditer(text))
    start, end = 0, 0

    def is_inside(place: int) -> bool:
        nonlocal start, end
        while end <= place:
            start, end = next(spans, (len(text), len(text) + 1))
        return start <= place

    return is_inside
