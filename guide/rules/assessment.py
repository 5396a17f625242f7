"""The assessment of a case from its answers: levels, flags, duties, and whether the police come before deletion."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from guide.rules.children import Child, children
from guide.rules.duties import Duty, duties
from guide.rules.enums import UNKNOWN, Flag, FlagState, Level, Track, Words
from guide.rules.facts import Facts, Given, Reading, from_given, police_consulted, said_of_deletion
from guide.rules.flags import Clock, FlagFinding, evaluate_flags, state_of
from guide.rules.police_first import Ruling, deletion, police_first
from guide.rules.severity import Rating, rate

_TITLES: dict[Track, Words] = {
    Track.POLICE: _("Politisag"),
    Track.NOTIFICATION: _("Underretning til kommunen"),
    Track.PEDAGOGICAL: _("Pædagogisk håndtering på skolen"),
}


@dataclass(frozen=True, slots=True)
class TrackAdvice:
    """One recommended track, with its reason as a sentence."""

    track: Track
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that the rules say about a case at one time."""

    given: Given = field(compare=False)
    facts: Facts
    rating: Rating
    confirmed: Level | None
    outdated: Level | None
    flags: tuple[FlagFinding, ...]
    duties: tuple[Duty, ...]
    children: tuple[Child, ...]
    police_first: bool
    police_consulted: bool
    deletion_waits: bool
    deletion_reason: str
    tracks: tuple[TrackAdvice, ...]

    @property
    def plan_level(self) -> Level:
        """Return the level to plan by: the confirmed one, else the highest possible."""
        return self.confirmed or self.rating.highest

    def state(self, flag: Flag) -> FlagState:
        """Return the state of one flag."""
        return state_of(self.flags, flag)


def assess(reading: Reading, now: datetime, first_act_on: date | None = None) -> Assessment:
    """Return the assessment. `now` is in the school's time zone; `first_act_on` the day it first acted (None: not yet).

    Never raises: an unreadable answer counts as not known. A confirmed level below the possible ones changes the plan
    while its reason covers what is known (see `outdated`), but no flag.
    """
    given = reading.given
    facts = from_given(given)
    clock = Clock(now, facts.known_on, first_act_on)
    rating = rate(facts)
    chosen = confirmed_level(given)
    confirmed = chosen if chosen and _confirmed_level_still_valid(given, chosen, rating.highest) else None
    level = confirmed or rating.highest
    flags = evaluate_flags(facts, clock)
    consulted = police_consulted(given)
    police_level = _level_for_police(rating, confirmed)
    police = police_first(flags, police_level, facts)
    waiting = deletion(police, consulted=consulted, said=said_of_deletion(given))
    return Assessment(
        given=given,
        facts=facts,
        rating=rating,
        confirmed=confirmed,
        outdated=chosen if confirmed is None else None,
        flags=flags,
        duties=duties(
            flags,
            level,
            clock,
            facts,
            police=police,
            police_level=police_level,
            deletion=waiting,
            police_consulted=consulted,
            done=reading.done,
        ),
        children=children(facts),
        police_first=police.holds,
        police_consulted=consulted,
        deletion_waits=waiting.holds,
        deletion_reason=waiting.reason,
        tracks=_tracks(flags, police, facts),
    )


def _level_for_police(rating: Rating, confirmed: Level | None) -> Level:
    """Return the level by which the police are asked: without the reaction, unless the school sets a higher one."""
    if confirmed is None or confirmed == rating.highest:
        return rating.without_reaction
    return confirmed if confirmed > rating.highest else min(confirmed, rating.without_reaction)


def _confirmed_level_still_valid(given: Given, chosen: Level, highest: Level) -> bool:
    """Return whether a confirmed level is valid: a lower one needs a reason, and no higher possible level since.

    ``computed_level`` is the highest possible level when the step was filed.
    """
    reason, seen = given.get("confirm_reason"), given.get("computed_level")
    known = int(seen) if isinstance(seen, str) and seen.isdecimal() else int(highest)
    return chosen >= highest or (bool(reason) and reason != UNKNOWN and known >= highest)


def confirmed_level(given: Given) -> Level | None:
    """Return the level that the staff confirmed in the step Vurder, or None."""
    chosen = given.get("confirmed_level")
    return next((level for level in Level if chosen == str(int(level))), None)


def _tracks(flags: Sequence[FlagFinding], police: Ruling, facts: Facts) -> tuple[TrackAdvice, ...]:
    """Return the recommended tracks, one or several."""
    found = []
    if police.holds:
        found.append(_advice(Track.POLICE, police.reason))
    support = state_of(flags, Flag.SUPPORT)
    if support == FlagState.SET:
        found.append(_advice(Track.NOTIFICATION, str(_("Det gælder børn under 18 år, og en rimelig mistanke er nok."))))
    elif support == FlagState.POSSIBLE:
        found.append(_advice(Track.NOTIFICATION, str(_("Det kan være nødvendigt: Tag stilling, og spørg kommunen."))))
    if not police.holds:
        found.append(_advice(Track.PEDAGOGICAL, str(_("Skolen kan selv tage hånd om sagen."))))
    elif state_of(flags, Flag.BULLYING) != FlagState.NOT_SET or any(who.pupil_here for who in facts.offenders):
        reason = str(_("Elever på skolen kan være med i det, så fællesskabet skal også hjælpes."))
        found.append(_advice(Track.PEDAGOGICAL, reason))
    return tuple(found)


def _advice(track: Track, reason: str) -> TrackAdvice:
    return TrackAdvice(track, str(_TITLES[track]), reason)
