"""How the advice calls whoever is violated: most texts say "eleven", which somebody employed at the school is not."""

import re
from typing import Final

from guide.rules.facts import Facts

_INSTEAD: Final = {
    "Den voksne, eleven er tryg ved": "En, den krænkede er tryg ved",
    "en voksen hos eleven": "en kollega hos den krænkede",
    "Eleven": "Den krænkede",
    "Elevens": "Den krænkedes",
    "eleven": "den krænkede",
    "elevens": "den krænkedes",
}
_SAID: Final = re.compile(rf"\b(?:{'|'.join(map(re.escape, _INSTEAD))})\b")


def has_staff_victim(facts: Facts) -> bool:
    """Return whether somebody who is violated is employed at the school."""
    return any(victim.is_staff for victim in facts.victims)


def has_pupil_victim(facts: Facts) -> bool:
    """Return whether somebody who is violated is a pupil, or may be."""
    return not all(victim.is_staff for victim in facts.victims)


def fit_victim(text: str, *, staff: bool) -> str:
    """Return the text in words that fit a pupil and somebody employed, where one is violated who is employed."""
    return _SAID.sub(lambda found: _INSTEAD[found[0]], text) if staff else text
