"""All that the record knows of the action card: what lists, the closing of a case and its print need. A leaf."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

STEPS = {
    "afdaek": _("Afdæk"),
    "vurder": _("Vurder"),
    "inddrag": _("Inddrag"),
    "dokumenter": _("Dokumentér"),
    "stop": _("Stop"),
    "anmeld": _("Anmeld"),
    "behandl": _("Behandl"),
}
"""Key and name of the seven steps, in card order."""
STEP_KEYS = tuple(STEPS)
NO_ANSWER = _("Ikke besvaret")
"""What a filing has in place of an answer that nobody gave."""
NOW = "now"
"""The urgency of a duty that is to be done at once."""
URGENT = frozenset({NOW, "today"})
"""The urgencies of a duty that cannot wait."""
LATE = "late"
"""The flag of a school that has known for days without acting."""
HOME = "home"
"""The flag of abuse that may come from the home: what is meant for the family is not handed out then."""


def sort_steps(steps: Iterable[str]) -> list[str]:
    """The step keys as the card has them; keys that the card no longer knows come last, in the order given."""
    known = {key: place for place, key in enumerate(STEP_KEYS)}
    return sorted(steps, key=lambda key: known.get(key, len(known)))
