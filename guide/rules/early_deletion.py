"""The order between police and deletion.

Where the police come first (`guide.rules.police_first`), a deletion or takedown that the school already noted is a
deviation. It is shown and explained, never blocked: it may have been right in an emergency.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from guide.rules.assessment import Assessment
from guide.rules.enums import UNKNOWN, YES
from guide.rules.facts import Given, police_consulted
from guide.rules.takedown_routes import ASK_POLICE

_NOT_KNOWN = ("", None, UNKNOWN)


@dataclass(frozen=True)
class Deviation:
    """A deviation from the order of the card, with the school's reason or ""."""

    key: str
    title: str
    text: str
    reason: str


def deletion_logged(given: Given) -> bool:
    """Return whether a deletion or takedown was asked for, by the answers and lists of Stop."""
    return (
        given.get("deletion_asked") == YES
        or any(row.get("asked_on") or row.get("outcome") not in _NOT_KNOWN for row in given.get("spread", ()))
        or any(_is_takedown(row) for row in given.get("takedown", ()))
    )


def deleted_before_police(assessment: Assessment, *, given: Given | None = None, noted: bool = False) -> bool:
    """Return whether a deletion was asked for although the police had to be asked first and were not.

    A later call to the police does not undo it, if there is a written reason, an earlier date, or (`noted`) an entry
    that named the deviation. `given`: the answers that count, where that is less than was assessed.
    """
    given = assessment.given if given is None else given
    if not (assessment.police_first and deletion_logged(given)):
        return False
    return noted or bool(_reason(given)) or not police_consulted(given) or _dated_before_police(given)


def deviations(assessment: Assessment, *, noted: bool = False) -> tuple[Deviation, ...]:
    """Return the deviations from the order of the card. `noted`: see `deleted_before_police`."""
    if not deleted_before_police(assessment, noted=noted):
        return ()
    return (
        Deviation(
            "deletion_before_police",
            _("Der er bedt om sletning for tidligt"),
            _("Der er bedt om sletning, før politiet var spurgt. Fortæl politiet det, når I taler med dem."),
            _reason(assessment.given),
        ),
    )


def _reason(given: Given) -> str:
    return str(given.get("before_police_reason") or "")


def _is_takedown(row: Mapping[str, object]) -> bool:
    """Return whether a row is an attempt at removal; asking the police is none."""
    if row.get("route") == ASK_POLICE:
        return False
    return bool(row.get("tried_on")) or row.get("route") not in _NOT_KNOWN or row.get("outcome") not in _NOT_KNOWN


def _dated_before_police(given: Given) -> bool:
    """Return whether a deletion has a day before that on which the police were asked. ISO dates compare as text."""
    days = [given.get("deletion_asked_on"), *(row.get("asked_on") for row in given.get("spread", ()))]
    days += [row.get("tried_on") for row in given.get("takedown", ()) if row.get("route") != ASK_POLICE]
    asked = given.get("police_contacted_on")
    return (
        isinstance(asked, str)
        and asked not in _NOT_KNOWN
        and any(isinstance(day, str) and day not in _NOT_KNOWN and day < asked for day in days)
    )
