"""The order of the action card's seven steps: all that the record knows of them, to sort and to count. A leaf."""

from __future__ import annotations

from collections.abc import Iterable

STEP_KEYS = ("afdaek", "vurder", "inddrag", "dokumenter", "stop", "anmeld", "behandl")


def in_card_order(steps: Iterable[str]) -> list[str]:
    """The step keys as the card has them; keys that the card no longer knows come last, in the order given."""
    known = {key: place for place, key in enumerate(STEP_KEYS)}
    return sorted(steps, key=lambda key: known.get(key, len(known)))
