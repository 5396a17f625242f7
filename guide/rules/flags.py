"""Thirteen flags for what the law and the pupil's safety require at any level, each set, possible or not set.

A flag is possible where some answer to what is unknown would set it, and where the sources are unclear; it then creates
its protective, reversible duties already, and the question that decides it. No flag depends on the level.
Source: the flag table behind the action card; straffeloven and Barnets lov as listed in guide.reference.legal_sources.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from guide.rules.enums import AgeBand, Flag, FlagState, Kind, Reach, Relation, Shown
from guide.rules.facts import (
    APPROACH_KINDS,
    DANGERS,
    INTIMATE,
    NOT_PRIVATE,
    Facts,
    Offender,
    Tri,
    Victim,
    all_of,
    any_of,
    as_tri,
    has_kind,
)
from guide.rules.flag_texts import FLAG_TITLES, QUESTIONS, REASONS, SPREAD_REASONS
from guide.rules.victim_words import fit_victim, has_pupil_victim, has_staff_victim

LATE_AFTER_DAYS: Final = 2
OF_EVERY_VICTIM: Final = ("support_needed", "suspicion_home", "self_harm", "ongoing_abuse", "abuse_before")
"""What is told once of the case and counts for every victim."""
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
    """Return all flags in the order of `Flag`. `clock.known_on` counts, not `facts.known_on`."""
    states = {flag: flag_state(rule(facts)) for flag, rule in FLAG_RULES.items()}
    states[Flag.LATE] = flag_state(_late(clock))
    return tuple(_finding(flag, states[flag], facts) for flag in Flag)


def state_of(findings: Iterable[FlagFinding], flag: Flag) -> FlagState:
    """Return the state of one flag; NOT_SET when it is not among the findings."""
    return next((finding.state for finding in findings if finding.flag == flag), FlagState.NOT_SET)


def flag_state(answer: Tri) -> FlagState:
    """Return the state of a flag that some answer gives."""
    if answer is None:
        return FlagState.POSSIBLE
    return FlagState.SET if answer else FlagState.NOT_SET


def _finding(flag: Flag, state: FlagState, facts: Facts) -> FlagFinding:
    reason = REASONS[flag][state]
    if flag is Flag.SPREAD and state is FlagState.SET:
        reason = SPREAD_REASONS[facts.ongoing is True, is_wide(facts) is True]
    question = str(QUESTIONS[flag]) if state == FlagState.POSSIBLE else ""
    return FlagFinding(
        flag=flag,
        state=state,
        title=str(FLAG_TITLES[flag]),
        reason=str(reason),
        question=fit_victim(question, staff=has_staff_victim(facts)),
    )


def under_18(age: AgeBand | None) -> Tri:
    """Return whether an age is under 18."""
    return None if age is None else age != AgeBand.ADULT


def endangered_by_others(facts: Facts) -> Tri:
    """Return whether the danger comes from others: suicidal signs alone are no matter for the police."""
    return any_of(facts.violence, facts.ongoing_abuse, facts.offender_harm)


def maybe_minor(facts: Facts) -> bool:
    """Return whether some victim is, or may be, under 18."""
    return any(under_18(victim.age) is not False for victim in facts.victims)


def maybe_minor_in_case(facts: Facts) -> bool:
    """Return whether anybody in the case is, or may be, under 18: a victim, an offender, somebody shown."""
    shown = (_shows_child(victim) is not False for victim in facts.victims)
    return maybe_minor(facts) or _young_offender(facts) is not False or any(shown)


def has_adult(facts: Facts) -> bool:
    """Return whether some pupil who is violated is 18 or more."""
    return any(victim.age == AgeBand.ADULT and not victim.is_staff for victim in facts.victims)


def shows_intimate(victim: Victim) -> Tri:
    """Return whether nude parts, nudity or something sexual is shown."""
    return None if victim.shown is None else victim.shown in INTIMATE


def shows_minor(victim: Victim) -> Tri:
    """Return whether somebody shown was under 18 then: whoever is under 18 today was so, whatever else is known."""
    return any_of(all_of(victim.depicted, under_18(victim.age)), under_18(victim.youngest_age))


def _shows_child(victim: Victim) -> Tri:
    """Return whether somebody shown was under 18 then and may be so today: the victim, or others."""
    return any_of(child_is_shown(victim), shows_others_under_18(victim))


def child_is_shown(victim: Victim) -> Tri:
    """Return whether somebody shown was under 18 then, and the victim is so today."""
    return False if victim.shown == Shown.NOTHING else all_of(shows_minor(victim), under_18(victim.age))


def shows_others_under_18(victim: Victim) -> Tri:
    """Return whether others are shown and somebody shown was under 18 then."""
    return False if victim.shown == Shown.NOTHING else all_of(shows_minor(victim), victim.others_shown)


def is_wide(facts: Facts) -> Tri:
    """Return whether it has reached more people than the school can name, or is public."""
    return None if facts.reach is None else facts.reach in WIDE


def adult_or_staff(offender: Offender) -> Tri:
    """Return whether the offender is 18 or more, or employed at the school."""
    adult = None if offender.age is None else offender.age == AgeBand.ADULT
    staff = None if offender.relation is None else offender.relation == Relation.STAFF
    if offender.relation is None and offender.pupil_here:
        staff = False
    return any_of(adult, staff)


def _danger(facts: Facts) -> Tri:
    return any_of(*(getattr(facts, name) for name in DANGERS))


def _abuse(facts: Facts) -> Tri:
    harmed = any_of(*(_harmed_by_adult(facts, victim) for victim in facts.victims))
    return any_of(beaten_or_abused(facts), harmed, possible_at_most(facts.sexual_demand))


def beaten_or_abused(facts: Facts) -> Tri:
    """Return whether there is or was violence or abuse."""
    return any_of(facts.ongoing_abuse, facts.abuse_before, has_kind(facts, Kind.VIOLENCE_FILMED))


def _harmed_by_adult(facts: Facts, victim: Victim) -> Tri:
    """A sexual approach, pressure or intimate images of a minor, by an adult or somebody employed at the school."""
    recorded = all_of(has_kind(facts, Kind.SECRET_RECORDING), shows_private(victim))
    pressed = all_of(facts.threat, shows_intimate(victim))
    violated = all_of(under_18(victim.age), any_of(_approached(facts), recorded, pressed))
    return all_of(_by_adult(facts), any_of(_shows_minor_intimately(victim), violated))


def _by_adult(facts: Facts) -> Tri:
    """Somebody who is not listed or not identified may be an adult."""
    if not facts.offenders:
        return None
    return any_of(*map(adult_or_staff, facts.offenders), False if facts.offender_identified else None)


def minor_content(facts: Facts) -> Tri:
    """Return whether somebody under 18 is shown intimately, by the age when the image was made: who is 20 today may
    have been 16 then."""
    return any_of(*map(_shows_minor_intimately, facts.victims))


def _shows_minor_intimately(victim: Victim) -> Tri:
    return all_of(shows_intimate(victim), shows_minor(victim))


def _private_image(facts: Facts) -> Tri:
    """Passed on, recorded without a right to, forged with something sexual, or private information made known."""
    shown = any_of(*(shows_private(victim) for victim in facts.victims))
    intimate = any_of(*(shows_intimate(victim) for victim in facts.victims))
    return any_of(
        all_of(facts.passed_on, shown),
        all_of(has_kind(facts, Kind.MANIPULATED), intimate),
        has_kind(facts, Kind.SECRET_RECORDING, Kind.WHEREABOUTS, Kind.PRIVATE_INFORMATION),
    )


def shows_private(victim: Victim) -> Tri:
    """Return whether something intimate or private is shown."""
    return None if victim.shown is None else victim.shown not in NOT_PRIVATE


def _approach(facts: Facts) -> Tri:
    minor = any_of(*(under_18(victim.age) for victim in facts.victims))
    return all_of(_approached(facts), minor)


def _approached(facts: Facts) -> Tri:
    """By the kind, or by what somebody who threatens demands."""
    return any_of(has_kind(facts, *APPROACH_KINDS), facts.sexual_demand)


def _under_15(facts: Facts) -> Tri:
    return any_of(*(any_of(_is_under_15(victim.age), _shown_under_15(victim)) for victim in facts.victims))


def _shown_under_15(victim: Victim) -> Tri:
    """Without the age on the image, somebody who is older today may have been under 15 then."""
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
    return any_of(facts.ongoing, is_wide(facts))


def _home(facts: Facts) -> Tri:
    """With an offender in the family a no is possible only: it is to be clarified before the parents are called."""
    family = any(offender.relation == Relation.FAMILY for offender in facts.offenders)
    return None if family and facts.suspicion_home is False else facts.suspicion_home


def _support(facts: Facts) -> Tri:
    """For each minor in the case, also one who is only shown."""
    unseen = (Offender(),) if not facts.offenders or facts.offender_identified is not True else ()
    return any_of(
        *(all_of(under_18(victim.age), needs_support(facts, victim)) for victim in facts.victims),
        *(young_violates(facts, who) for who in (*facts.offenders, *facts.forwarders, *unseen)),
        possible_at_most(any_of(*(all_of(shows_intimate(victim), _shows_child(victim)) for victim in facts.victims))),
    )


def sexual_acts(facts: Facts) -> Tri:
    """Return whether what was done is sexual: an approach, or something intimate that is shown."""
    return any_of(_approached(facts), *(shows_intimate(victim) for victim in facts.victims))


def needs_support(facts: Facts, victim: Victim) -> Tri:
    """Return whether a victim may need special support or was abused.

    Whether blows between young people count is unclear, so they make it possible.
    """
    facts = _told_of(facts, victim)
    abused = beaten_or_abused(facts)
    return any_of(
        facts.support_needed,
        facts.suspicion_home,
        facts.self_harm,
        all_of(abused, any_of(facts.abuse_sexual, facts.abuse_by_adult)),
        _harmed_by_adult(facts, victim),
        possible_at_most(any_of(abused, facts.violence, facts.offender_harm, _approached(facts), facts.threat)),
    )


def _told_of(facts: Facts, victim: Victim) -> Facts:
    """Return the facts as they are about one victim.

    Danger, abuse and the home are asked about the pupil of the first questions and count for every victim, until it is
    answered about another one alone that it is not so, or not known.
    """
    own = as_tri(victim.support)
    if not victim.support:
        return facts
    if own is True or victim is facts.victims[0]:
        return replace(facts, support_needed=own)
    return replace(facts, kinds=facts.kinds - {Kind.VIOLENCE_FILMED}, **dict.fromkeys(OF_EVERY_VICTIM, own))


def young_violates(facts: Facts, who: Offender) -> Tri:
    """Return whether somebody who violates or passed it on is under 18 and may need special support.

    Always possible for sexual acts and for violence; set for sexual acts by a child under 12: at that age they are a
    sign that the child may need support itself, and a reasonable suspicion of that is enough.
    Source: Barnets lov § 133.
    """
    young = False if who.relation == Relation.STAFF else under_18(who.age)
    own = as_tri(who.support) if who.support else facts.support_needed
    sexual = sexual_acts(facts)
    acts = possible_at_most(any_of(sexual, beaten_or_abused(facts)))
    return all_of(young, any_of(own, acts, all_of(who.under_12, sexual)))


def _young_offender(facts: Facts) -> Tri:
    """Return whether somebody who violates or passed it on is under 18; nobody employed at the school is."""
    if facts.forwarders:
        return True
    if not facts.offenders:
        return None
    return any_of(
        *(False if who.relation == Relation.STAFF else under_18(who.age) for who in facts.offenders),
        False if facts.offender_identified else None,
    )


def possible_at_most(answer: Tri) -> Tri:
    """Return the answer of a sign that makes something possible, never certain."""
    return None if answer is not False else False


def _bullying(facts: Facts) -> Tri:
    """The school's leadership decides. Before that it is possible where an offender is or may be a pupil here.

    Leaders who do not know may still say yes, whoever violates.

    Source: undervisningsmiljøloven, which is about pupils.
    """
    if not has_pupil_victim(facts):
        return False
    if facts.bullying is not None:
        return facts.bullying
    if facts.bullying_in_doubt:
        return None
    others = facts.offender_identified is not True or not facts.offenders
    may_be = others and facts.offender_pupil is not False
    pupils = any(offender.pupil_here is not False for offender in facts.offenders)
    return None if may_be or pupils or has_kind(facts, Kind.BULLYING) is not False else False


def _late(clock: Clock) -> Tri:
    if clock.known_on is None:
        return None
    return ((clock.first_act_on or clock.today) - clock.known_on).days > LATE_AFTER_DAYS


# Every flag but LATE, which depends on the clock alone.
FLAG_RULES: Final[Mapping[Flag, Callable[[Facts], Tri]]] = {
    Flag.DANGER: _danger,
    Flag.ABUSE: _abuse,
    Flag.MINOR_CONTENT: minor_content,
    Flag.PRIVATE_IMAGE: _private_image,
    Flag.APPROACH: _approach,
    Flag.UNDER_15: _under_15,
    Flag.THREAT: lambda facts: any_of(facts.threat, facts.violence),
    Flag.OFFENDER: _offender,
    Flag.SPREAD: _spread,
    Flag.HOME: _home,
    Flag.SUPPORT: _support,
    Flag.BULLYING: _bullying,
}
