"""The duties of a case, with deadlines and reasons, from the flags, the plan level and the clock.

Source: the duties of the flag table and the level table, the special duty of notification (Barnets lov § 133), the
ten working days of undervisningsmiljøloven § 1 b-c. Each duty names its sources in guide.reference.legal_sources.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

import holidays
from django.utils.translation import gettext_lazy as _

from guide.rules.duty_texts import DUTY_TEXTS
from guide.rules.enums import AgeBand, Flag, FlagState, Kind, Level, Reach, Relation, Shown, Urgency
from guide.rules.facts import Facts
from guide.rules.flags import Clock, FlagFinding, has_adult, maybe_minor, shows_intimate, state_of, under_18
from guide.rules.police_first import Ruling, mediation, police_first

BULLYING_WORKING_DAYS: Final = 10
OWN_SOURCE: Final = "handlekortet"
"""The source of a duty that no law requires: the card."""

_BULLYING: Final = frozenset({"bullying_plan", "judge_bullying"})
_REMOVAL: Final = frozenset({"remove_under_18", "remove_adult"})
_AFTER_POLICE: Final = _REMOVAL | {"recipients", "stop_spread"}
WAIT_FOR_POLICE: Final = _("Vent med selve sletningen, til politiet har sagt ja til den.")

_OF_KIND: Final = {
    Kind.MANIPULATED: "straffeloven_264e",
    Kind.FAKE_PROFILE: "straffeloven_264e",
    Kind.ACCOUNT_TAKEN: "straffeloven_263",
    Kind.SECRET_RECORDING: "straffeloven_264a",
}
# Duties that involve the parents. With a suspicion against the home the municipality decides who does them, if anybody.
_THROUGH_THE_HOME: Final = frozenset(
    {"police_report", "report_soon", "recipients", "remove_under_18", "removal_refused", "insurance"}
)
_GRAVE_UNDER_15: Final = (Flag.MINOR_CONTENT, Flag.APPROACH, Flag.THREAT, Flag.OFFENDER, Flag.DANGER)
# The contacts that remain with a suspicion against the home: the municipality and the police.
_HOME_AT_ONCE: Final = frozenset({"notify", "ask_police"})
_POLICE_AT_ONCE: Final = (Flag.THREAT, Flag.APPROACH, Flag.OFFENDER)
_OF_FLAG: Final = {
    Flag.MINOR_CONTENT: ("straffeloven_235", "straffeloven_226_227"),
    Flag.PRIVATE_IMAGE: ("straffeloven_264d",),
    Flag.APPROACH: ("straffeloven_231", "straffeloven_232"),
    Flag.THREAT: ("straffeloven_266", "straffeloven_260"),
}


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to do. `due` is set where the law gives a date; `sources`, `contacts` and `step` are keys.

    A `rule` holds as long as the case lasts; it is never ticked off.
    """

    key: str
    title: str
    text: str
    why: str
    urgency: Urgency
    due: date | datetime | None
    sources: tuple[str, ...]
    contacts: tuple[str, ...]
    step: str
    rule: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the conditions read."""

    flags: Sequence[FlagFinding]
    level: Level
    facts: Facts
    police: bool
    mediation: Ruling
    consulted: bool

    def sure(self, flag: Flag) -> bool:
        return state_of(self.flags, flag) == FlagState.SET

    def possible(self, flag: Flag) -> bool:
        return state_of(self.flags, flag) == FlagState.POSSIBLE

    def raised(self, *flags: Flag) -> bool:
        return any(state_of(self.flags, flag) != FlagState.NOT_SET for flag in flags)

    @property
    def image(self) -> bool:
        """Return whether there is, or may be, an image not to view or to remove."""
        return any(victim.shown != Shown.NOTHING for victim in self.facts.victims)

    @property
    def shown_minor(self) -> bool:
        """Return whether somebody shown may be under 18: the service for removal differs."""
        return any(under_18(victim.youngest_age) is not False for victim in self.facts.victims)

    @property
    def shown_adult(self) -> bool:
        """Return whether some image shows adults only."""
        return any(victim.youngest_age == AgeBand.ADULT for victim in self.facts.victims)

    @property
    def removal(self) -> bool:
        return self.image and self.raised(Flag.PRIVATE_IMAGE, Flag.MINOR_CONTENT)


_Rule = tuple[str, Urgency, Callable[[_Plan], bool]]

# In the order they are shown within one urgency.
DUTY_RULES: Final[tuple[_Rule, ...]] = (
    ("call_112", Urgency.NOW, lambda plan: plan.sure(Flag.DANGER)),
    ("stay_with_pupil", Urgency.NOW, lambda plan: plan.raised(Flag.DANGER)),
    ("leader_now", Urgency.NOW, lambda plan: plan.sure(Flag.DANGER)),
    ("home_municipality", Urgency.NOW, lambda plan: _home(plan, FlagState.SET)),
    ("contingency_plan", Urgency.NOW, lambda plan: plan.sure(Flag.DANGER) or _home(plan, FlagState.SET)),
    ("ask_danger", Urgency.NOW, lambda plan: plan.possible(Flag.DANGER)),
    ("ask_before_parents", Urgency.NOW, lambda plan: _home(plan, FlagState.POSSIBLE)),
    ("involve_leadership", Urgency.NOW, lambda plan: not plan.sure(Flag.DANGER)),
    ("staff_track", Urgency.NOW, lambda plan: any(who.relation == Relation.STAFF for who in plan.facts.offenders)),
    ("staff_material", Urgency.NOW, lambda plan: plan.facts.staff_hold is True),
    ("do_not_view", Urgency.NOW, lambda plan: plan.raised(Flag.MINOR_CONTENT)),
    ("keep_out", Urgency.NOW, lambda plan: plan.image and not plan.raised(Flag.MINOR_CONTENT)),
    ("do_not_delete", Urgency.NOW, lambda plan: plan.police and not plan.consulted),
    ("follow_police", Urgency.NOW, lambda plan: plan.police and plan.consulted),
    ("threat_advice", Urgency.NOW, lambda plan: plan.raised(Flag.THREAT)),
    ("ask_police", Urgency.TODAY, lambda plan: plan.police),
    ("support_4", Urgency.NOW, lambda plan: plan.level == Level.FOUR),
    ("support_3", Urgency.NOW, lambda plan: plan.level == Level.THREE),
    ("support_2", Urgency.NOW, lambda plan: plan.level == Level.TWO),
    ("secrecy", Urgency.NOW, lambda plan: maybe_minor(plan.facts)),
    ("approach_police", Urgency.TODAY, lambda plan: plan.sure(Flag.APPROACH)),
    ("offender_police", Urgency.TODAY, lambda plan: plan.sure(Flag.OFFENDER)),
    ("under_15_police", Urgency.TODAY, lambda plan: plan.sure(Flag.UNDER_15) and plan.raised(*_GRAVE_UNDER_15)),
    ("police_report", Urgency.TODAY, lambda plan: plan.level == Level.FOUR),
    ("secure_evidence", Urgency.TODAY, lambda plan: True),
    ("do_not_search_phone", Urgency.TODAY, lambda plan: True),
    ("stop_spread", Urgency.TODAY, lambda plan: plan.sure(Flag.SPREAD)),
    ("inform_parents", Urgency.TODAY, lambda plan: _home(plan, FlagState.NOT_SET)),
    ("adult_consent", Urgency.TODAY, lambda plan: has_adult(plan.facts)),
    ("notify", Urgency.TODAY, lambda plan: plan.sure(Flag.SUPPORT)),
    ("consider_notification", Urgency.TODAY, lambda plan: _may_need_notification(plan)),
    (
        "report_soon",
        Urgency.TODAY,
        lambda plan: plan.level < Level.FOUR and (plan.police or plan.raised(Flag.PRIVATE_IMAGE)),
    ),
    ("late_to_leader", Urgency.TODAY, lambda plan: plan.sure(Flag.LATE)),
    ("bullying_plan", Urgency.SOON, lambda plan: plan.sure(Flag.BULLYING)),
    ("judge_bullying", Urgency.SOON, lambda plan: plan.possible(Flag.BULLYING)),
    ("remove_under_18", Urgency.SOON, lambda plan: plan.removal and plan.shown_minor),
    ("remove_adult", Urgency.SOON, lambda plan: plan.removal and plan.shown_adult),
    ("recipients", Urgency.SOON, lambda plan: plan.raised(Flag.PRIVATE_IMAGE) and plan.facts.reach != Reach.NOBODY),
    ("support_1", Urgency.SOON, lambda plan: plan.level == Level.ONE),
    ("ask_ssp", Urgency.SOON, lambda plan: plan.level >= Level.TWO),
    ("professionals_in_touch", Urgency.SOON, lambda plan: plan.level >= Level.THREE),
    ("sharing_basis", Urgency.SOON, lambda plan: plan.police or plan.level >= Level.TWO),
    ("removal_refused", Urgency.LATER, lambda plan: plan.removal),
    ("insurance", Urgency.LATER, lambda plan: True),
    ("mediation_may", Urgency.LATER, lambda plan: plan.mediation.holds and plan.level in (Level.TWO, Level.FOUR)),
    ("mediation_should", Urgency.LATER, lambda plan: plan.mediation.holds and plan.level == Level.THREE),
    ("no_mediation", Urgency.LATER, lambda plan: not plan.mediation.holds),
)


def duties(
    flags: Sequence[FlagFinding],
    level: Level,
    clock: Clock,
    facts: Facts,
    *,
    police_consulted: bool = False,
    done: frozenset[str] = frozenset(),
) -> tuple[Duty, ...]:
    """Return the duties, most urgent first. `level` is the plan level; `done` the keys of duties that are done.

    After the police were consulted, mediation may be considered, and deletion follows what they said.
    """
    police = police_first(flags, level, facts)
    plan = _Plan(flags, level, facts, police.holds, mediation(flags, police, police_consulted), police_consulted)
    left_out = done | (_THROUGH_THE_HOME if _home(plan, FlagState.SET) else frozenset())
    found = [
        _duty(key, urgency, plan, clock)
        for key, urgency, applies in DUTY_RULES
        if key not in left_out and applies(plan)
    ]
    urgencies = list(Urgency)
    return tuple(sorted(found, key=lambda duty: urgencies.index(duty.urgency)))


def add_working_days(start: date, days: int) -> date:
    """Return the day `days` Danish working days after `start`, which is not counted."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in _holidays(day.year):
            days -= 1
    return day


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DK", years=year))


def _duty(key: str, urgency: Urgency, plan: _Plan, clock: Clock) -> Duty:
    words = DUTY_TEXTS[key]
    due = _bullying_due(clock) if key in _BULLYING else None
    hurry = key in _REMOVAL and (plan.sure(Flag.SPREAD) or plan.level == Level.FOUR)
    if hurry or (due is not None and due <= clock.today):
        urgency = Urgency.TODAY
    if key == "ask_police" and any(plan.sure(flag) for flag in _POLICE_AT_ONCE):
        urgency = Urgency.NOW
    if key in _HOME_AT_ONCE and _home(plan, FlagState.SET):
        urgency = Urgency.NOW
    wait = f" {WAIT_FOR_POLICE}" if plan.police and not plan.consulted and key in _AFTER_POLICE else ""
    return Duty(
        key=key,
        title=str(words.title),
        text=f"{words.text}{wait}",
        why=plan.mediation.reason if key == "no_mediation" else str(words.why),
        urgency=urgency,
        due=due,
        sources=tuple(dict.fromkeys((words.sources or (OWN_SOURCE,)) + _further_sources(key, plan))),
        contacts=words.contacts,
        step=words.step,
        rule=words.rule,
    )


def _bullying_due(clock: Clock) -> date | None:
    """Return the tenth working day after the school knew; None without that day."""
    return add_working_days(clock.known_on, BULLYING_WORKING_DAYS) if clock.known_on else None


def _home(plan: _Plan, state: FlagState) -> bool:
    """Return whether HOME has this state for a pupil who is, or may be, under 18: it selects one of three duties."""
    return maybe_minor(plan.facts) and state_of(plan.flags, Flag.HOME) == state


def _may_need_notification(plan: _Plan) -> bool:
    """Return whether a notification is not certain but may be needed; never for adults."""
    return maybe_minor(plan.facts) and not plan.sure(Flag.SUPPORT) and plan.raised(Flag.SUPPORT, Flag.MINOR_CONTENT)


def _further_sources(key: str, plan: _Plan) -> tuple[str, ...]:
    """Return the provisions that may apply; naming them is no prediction."""
    kinds, flags = plan.facts.kinds, [flag for flag in _OF_FLAG if plan.raised(flag)]
    if key == "threat_advice":
        extortion = ("straffeloven_281",) if Kind.EXTORTION in kinds else ()
        coerced = any(shows_intimate(victim) is not False for victim in plan.facts.victims)
        return extortion + (("straffeloven_225",) if coerced else ())
    if key == "report_soon":
        return _OF_FLAG[Flag.PRIVATE_IMAGE] if Flag.PRIVATE_IMAGE in flags else ()
    if key == "ask_police":
        by_kind = tuple(source for kind, source in _OF_KIND.items() if kind in kinds)
        return tuple(source for flag in flags for source in _OF_FLAG[flag]) + by_kind
    return ()
