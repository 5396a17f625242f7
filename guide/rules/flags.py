"""Twelve flags for what the law and the pupil's safety require at any level, each set, possible or not set.

A flag is possible where some answer to what is unknown would set it, and where the sources are unclear; it then creates
its protective, reversible duties already, and the question that decides it. No flag depends on the level.
Source: the flag table behind the action card; straffeloven and Barnets lov as listed in guide.reference.legal_sources.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from guide.rules.enums import AgeBand, Flag, FlagState, Kind, Reach, Relation, Shown
from guide.rules.facts import APPROACH_KINDS, DANGERS, INTIMATE, Facts, Offender, Tri, Victim, all_of, any_of
from guide.rules.flag_texts import FLAG_TITLES, QUESTIONS, REASONS

LATE_AFTER_DAYS: Final = 2
SAME_SCHOOL: Final = frozenset({Relation.SAME_CLASS, Relation.SAME_SCHOOL})
WIDE: Final = frozenset({Reach.MORE_THAN_NAMED, Reach.BEYOND_CLASS, Reach.PUBLIC})


@dataclass(frozen=True, slots=True)
class Clock:
    """The time, as an argument: rules read no clock.

    `now` is aware and in the school's time zone, `known_on` the day the school first knew, `first_act_on` the day it
    first acted (None: it has not).
    """

    now: datetime
    known_on: date | None = None
    first_act_on: date | None = None

    @property
    def today(self) -> date:
        """Return the school's date."""
        return self.now.date()


@dataclass(frozen=True, slots=True)
class FlagFinding:
    """One flag with its reason as a sentence; `question` is what to find out, empty unless the flag is possible."""

    flag: Flag
    state: FlagState
    title: str
    reason: str
    question: str


def evaluate_flags(facts: Facts, clock: Clock) -> tuple[FlagFinding, ...]:
    """Return all twelve flags in the order of `Flag`. `clock.known_on` counts, not `facts.known_on`."""
    states = {flag: _state(rule(facts)) for flag, rule in FLAG_RULES.items()}
    states[Flag.LATE] = _state(_late(clock))
    return tuple(_finding(flag, states[flag]) for flag in Flag)


def state_of(findings: Iterable[FlagFinding], flag: Flag) -> FlagState:
    """Return the state of one flag; NOT_SET when it is not among the findings."""
    return next((finding.state for finding in findings if finding.flag == flag), FlagState.NOT_SET)


def _state(answer: Tri) -> FlagState:
    if answer is None:
        return FlagState.POSSIBLE
    return FlagState.SET if answer else FlagState.NOT_SET


def _finding(flag: Flag, state: FlagState) -> FlagFinding:
    return FlagFinding(
        flag=flag,
        state=state,
        title=str(FLAG_TITLES[flag]),
        reason=str(REASONS[flag][state]),
        question=str(QUESTIONS[flag]) if state == FlagState.POSSIBLE else "",
    )


def under_18(age: AgeBand | None) -> Tri:
    """Return whether an age is under 18."""
    return None if age is None else age != AgeBand.ADULT


def maybe_minor(facts: Facts) -> bool:
    """Return whether some victim is, or may be, under 18."""
    return any(under_18(victim.age) is not False for victim in facts.victims)


def has_adult(facts: Facts) -> bool:
    """Return whether some victim is 18 or more."""
    return any(victim.age == AgeBand.ADULT for victim in facts.victims)


def shows_intimate(victim: Victim) -> Tri:
    """Return whether nude parts, nudity or something sexual is shown."""
    return None if victim.shown is None else victim.shown in INTIMATE


def pupil_at_school(offender: Offender) -> Tri:
    """Return whether the offender is a pupil at the victim's school."""
    return None if offender.relation is None else offender.relation in SAME_SCHOOL


def adult_or_staff(offender: Offender) -> Tri:
    """Return whether the offender is 18 or more, or employed at the school."""
    adult = None if offender.age is None else offender.age == AgeBand.ADULT
    staff = None if offender.relation is None else offender.relation == Relation.STAFF
    return any_of(adult, staff)


def has_kind(facts: Facts, *kinds: Kind) -> Tri:
    """Return whether one of these kinds is named; None while the list may be incomplete."""
    if facts.kinds & set(kinds):
        return True
    return None if facts.kinds_open else False


def _danger(facts: Facts) -> Tri:
    return any_of(*(getattr(facts, name) for name in DANGERS))


def _minor_content(facts: Facts) -> Tri:
    """By the age when the image was made: a victim of 20 today may have been 16 then."""
    return any_of(*(all_of(shows_intimate(victim), under_18(victim.youngest_age)) for victim in facts.victims))


def _private_image(facts: Facts) -> Tri:
    shown = (None if victim.shown is None else victim.shown != Shown.NOTHING for victim in facts.victims)
    return all_of(facts.shared, any_of(*shown))


def _approach(facts: Facts) -> Tri:
    minor = any_of(*(under_18(victim.age) for victim in facts.victims))
    return all_of(_approached(facts), minor)


def _approached(facts: Facts) -> Tri:
    """By the kind, or by what somebody who threatens demands."""
    return any_of(has_kind(facts, *APPROACH_KINDS), facts.sexual_demand)


def _under_15(facts: Facts) -> Tri:
    return any_of(*(any_of(_is_under_15(victim.age), _shown_under_15(victim)) for victim in facts.victims))


def _shown_under_15(victim: Victim) -> Tri:
    anyone = None if victim.shown is None else victim.shown != Shown.NOTHING
    return all_of(anyone, _is_under_15(victim.youngest_age))


def _is_under_15(age: AgeBand | None) -> Tri:
    return None if age is None else age == AgeBand.UNDER_15


def _offender(facts: Facts) -> Tri:
    """Set by an unidentified offender; possible while one may be missing, or an age or role is not known."""
    unknown = None if facts.offender_identified is None else not facts.offender_identified
    listed = None if not facts.offenders else any_of(*(adult_or_staff(offender) for offender in facts.offenders))
    return any_of(unknown, listed)


def _spread(facts: Facts) -> Tri:
    return any_of(facts.ongoing, None if facts.reach is None else facts.reach in WIDE)


def _home(facts: Facts) -> Tri:
    """With an offender in the family a no is possible only: it is to be clarified before the parents are called."""
    family = any(offender.relation == Relation.FAMILY for offender in facts.offenders)
    return None if family and facts.suspicion_home is False else facts.suspicion_home


def _support(facts: Facts) -> Tri:
    return any_of(*(all_of(under_18(victim.age), _needs_support(facts, victim)) for victim in facts.victims))


def _needs_support(facts: Facts, victim: Victim) -> Tri:
    """Special support, or abuse. Whether abuse between young people counts is unclear, so it is possible at least."""
    sure = any_of(facts.special_support, facts.ongoing_abuse, facts.suspicion_home, facts.self_harm)
    return any_of(sure, _abused(facts, victim), _unsure(facts.violence), _unsure(facts.offender_reach))


def _abused(facts: Facts, victim: Victim) -> Tri:
    """A sexual approach or coercion with intimate images: set with an adult or staff offender, else possible."""
    suspected = any_of(_approached(facts), all_of(facts.threat, shows_intimate(victim)))
    by_adult = any_of(*(adult_or_staff(offender) for offender in facts.offenders))
    return suspected if by_adult else _unsure(suspected)


def _unsure(answer: Tri) -> Tri:
    """A sign that makes the flag possible, never set."""
    return None if answer is not False else False


def _bullying(facts: Facts) -> Tri:
    """The school's leadership decides. Before that a pupil at the same school or bullying makes it possible."""
    if facts.bullying is not None:
        return facts.bullying
    pupils = [pupil_at_school(offender) for offender in facts.offenders]
    someone_else = facts.offender_identified is not True or not facts.offenders
    may_be = someone_else or any(pupil is not False for pupil in pupils) or has_kind(facts, Kind.BULLYING) is not False
    return None if may_be else False


def _late(clock: Clock) -> Tri:
    if clock.known_on is None:
        return None
    return ((clock.first_act_on or clock.today) - clock.known_on).days > LATE_AFTER_DAYS


# Every flag but LATE, which depends on the clock alone.
FLAG_RULES: Final[Mapping[Flag, Callable[[Facts], Tri]]] = {
    Flag.DANGER: _danger,
    Flag.MINOR_CONTENT: _minor_content,
    Flag.PRIVATE_IMAGE: _private_image,
    Flag.APPROACH: _approach,
    Flag.UNDER_15: _under_15,
    Flag.THREAT: lambda facts: facts.threat,
    Flag.OFFENDER: _offender,
    Flag.SPREAD: _spread,
    Flag.HOME: _home,
    Flag.SUPPORT: _support,
    Flag.BULLYING: _bullying,
}
