"""The duties of a case, with deadlines and reasons, from the flags, the plan level and the clock.

Source: the duties of the flag table and the level table, the special duty of notification (Barnets lov § 133), the
ten working days of undervisningsmiljøloven § 1 b-c. Each duty names its sources in guide.reference.legal_sources.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Final

from django.utils.translation import gettext_lazy as _

from guide.rules.children import Child, children, key_about
from guide.rules.deadlines import add_working_days
from guide.rules.duty_texts import DUTY_OWNERS, DUTY_TEXTS
from guide.rules.enums import AgeBand, Flag, FlagState, Kind, Level, Reach, Relation, Shown, Urgency, Words
from guide.rules.facts import Facts, Offender
from guide.rules.flags import (
    Clock,
    FlagFinding,
    endangered_by_others,
    has_adult,
    is_wide,
    maybe_minor,
    shows_intimate,
    shows_minor,
    shows_private,
    under_18,
)
from guide.rules.police_first import Ruling, mediation
from guide.rules.victim_words import fit_victim, has_pupil_victim, has_staff_victim

BULLYING_WORKING_DAYS: Final = 10
OWN_SOURCE: Final = "handlekortet"
"""The source of a duty that no law requires: the card."""

_NEXT_SENTENCE: Final = re.compile(r"(?<=[.?!]) (?=[A-ZÆØÅ])")
_PER_CHILD: Final = {"notify": FlagState.SET, "consider_notification": FlagState.POSSIBLE}
_BULLYING: Final = frozenset({"bullying_plan", "judge_bullying"})
_REMOVAL: Final = frozenset({"remove_under_18", "remove_adult"})
_TO_BE_ALLOWED: Final = _REMOVAL | {"recipients", "whereabouts"}
"""Of these the title itself asks for a deletion."""
_DELETING: Final = _REMOVAL | {"recipients", "stop_spread", "stop_ongoing", "whereabouts", "removal_refused"}
_REPORTED: Final = frozenset({"police_report", "report_soon"})
_OUTSIDERS: Final = frozenset({Relation.STAFF, Relation.STRANGER})
_SUPPORT: Final = frozenset({"support_2", "support_3", "support_4", "stay_with_pupil"})

_CALLS: Final = _REPORTED | {
    "call_112",
    "stay_with_pupil",
    "parents_fetch",
    "home_municipality",
    "ask_before_parents",
    "inform_parents",
    "notify",
}
"""Whom the school calls: when the danger is handed over and all of them are called, nothing is left for now."""

_OF_KIND: Final = {
    Kind.MANIPULATED: "straffeloven_264e",
    Kind.FAKE_PROFILE: "straffeloven_264e",
    Kind.ACCOUNT_TAKEN: "straffeloven_263",
    Kind.SECRET_RECORDING: "straffeloven_264a",
}
# Duties that involve the parents. With a suspicion against the home the municipality decides who does them, if anybody.
_THROUGH_THE_HOME: Final = frozenset(
    {"police_report", "report_soon", "recipients", "removal_refused", "insurance", "parents_disagree"}
)
_GRAVE_UNDER_15: Final = (Flag.MINOR_CONTENT, Flag.APPROACH, Flag.THREAT, Flag.OFFENDER, Flag.ABUSE)
# The contacts that remain with a suspicion against the home: the municipality and the police.
_FOR_CHILDREN: Final = frozenset({"boernetelefonen"})
"""Contacts that somebody grown who is violated is not sent to."""
_HOME_AT_ONCE: Final = frozenset({"notify", "ask_police"})
_POLICE_AT_ONCE: Final = (Flag.THREAT, Flag.APPROACH, Flag.OFFENDER)
_OF_FLAG: Final = {
    Flag.MINOR_CONTENT: ("straffeloven_235", "straffeloven_226_227"),
    Flag.APPROACH: ("straffeloven_231", "straffeloven_232"),
    Flag.THREAT: ("straffeloven_266", "straffeloven_260"),
}


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to do. `due` is set where the law gives a date; `sources`, `contacts` and `step` are keys.

    A `rule` holds as long as the case lasts; it is never ticked off, and is for everybody: `who` is "". A duty about
    one child of several has the key of the child behind its own (`guide.rules.children.key_about`), and `about` is what
    its title says of the child. `asks` as in `DutyText`.
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
    who: str
    about: str = ""
    asks: str = ""

    @property
    def first_sentence(self) -> str:
        """Return the first sentence of the text."""
        return _NEXT_SENTENCE.split(self.text, maxsplit=1)[0]

    @property
    def other_sentences(self) -> str:
        """Return what follows the first sentence of the text, "" for a single one."""
        return self.text.removeprefix(self.first_sentence).strip()

    @property
    def kind(self) -> str:
        """Return its key in `DUTY_TEXTS`, the same for every child."""
        return self.key.partition("-")[0]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the conditions read. `police_level` is the one by which the police are asked."""

    states: Mapping[Flag, FlagState]
    level: Level
    police_level: Level
    facts: Facts
    children: tuple[Child, ...]
    police: Ruling
    deletion: Ruling
    mediation: Ruling
    consulted: bool

    def about(self, state: FlagState) -> list[Child]:
        return [child for child in self.children if child.state == state]

    def sure(self, flag: Flag) -> bool:
        return self.states.get(flag) == FlagState.SET

    def possible(self, flag: Flag) -> bool:
        return self.states.get(flag) == FlagState.POSSIBLE

    def raised(self, *flags: Flag) -> bool:
        return any(self.sure(flag) or self.possible(flag) for flag in flags)

    @property
    def emergency(self) -> bool:
        return endangered_by_others(self.facts) is True or self.facts.self_harm_plan is True

    @property
    def image(self) -> bool:
        """Return whether there is, or may be, an image not to view or to remove."""
        return any(victim.shown != Shown.NOTHING for victim in self.facts.victims)

    @property
    def pupils_who_violate(self) -> list[Offender]:
        """Return the known pupils who violate: with them and their parents the school talks."""
        outside = _OUTSIDERS | ({Relation.FAMILY} if self.sure(Flag.HOME) else frozenset())
        minors = [who for who in self.facts.offenders if who.relation not in outside and who.age != AgeBand.ADULT]
        return [who for who in minors if who.pupil_here or under_18(who.age)]

    @property
    def apart(self) -> bool:
        return self.facts.offender_near is True or any(who.pupil_here for who in self.facts.offenders)

    def removal(self, minor: bool) -> bool:
        """Return whether a service is of use for an intimate image of a victim who has it; `minor` when it was made."""
        if not self.raised(Flag.PRIVATE_IMAGE, Flag.MINOR_CONTENT, Flag.THREAT):
            return False
        return any(
            shows_intimate(victim) is not False
            and victim.depicted is not False
            and (shows_minor(victim) is not False if minor else victim.youngest_age == AgeBand.ADULT)
            for victim in self.facts.victims
        )


_Rule = tuple[str, Urgency, Callable[[_Plan], bool]]

# In the order they are shown within one urgency.
DUTY_RULES: Final[tuple[_Rule, ...]] = (
    ("call_112", Urgency.NOW, lambda plan: plan.emergency),
    ("reach_victim", Urgency.NOW, lambda plan: plan.facts.victim_absent),
    ("ask_suicide", Urgency.NOW, lambda plan: plan.facts.self_harm is True and plan.facts.self_harm_plan is None),
    ("stay_with_pupil", Urgency.NOW, lambda plan: plan.raised(Flag.DANGER)),
    ("see_injury", Urgency.NOW, lambda plan: Kind.VIOLENCE_FILMED in plan.facts.kinds),
    ("see_doctor", Urgency.TODAY, lambda plan: plan.facts.self_harm is True and not plan.facts.self_harm_plan),
    ("leader_now", Urgency.NOW, lambda plan: plan.sure(Flag.DANGER)),
    ("parents_fetch", Urgency.NOW, lambda plan: _parents_fetch(plan)),
    ("home_municipality", Urgency.NOW, lambda plan: _home(plan, FlagState.SET)),
    ("contingency_plan", Urgency.NOW, lambda plan: _contingency(plan)),
    ("ask_danger", Urgency.NOW, lambda plan: plan.possible(Flag.DANGER)),
    ("ask_before_parents", Urgency.NOW, lambda plan: _home(plan, FlagState.POSSIBLE)),
    ("involve_leadership", Urgency.NOW, lambda plan: not plan.sure(Flag.DANGER)),
    ("staff_track", Urgency.NOW, lambda plan: any(who.relation == Relation.STAFF for who in plan.facts.offenders)),
    ("staff_victim", Urgency.NOW, lambda plan: has_staff_victim(plan.facts)),
    ("staff_material", Urgency.NOW, lambda plan: plan.facts.staff_hold is True),
    ("threat_advice", Urgency.NOW, lambda plan: plan.facts.threat is not False),
    ("do_not_view", Urgency.NOW, lambda plan: plan.raised(Flag.MINOR_CONTENT)),
    ("keep_out", Urgency.NOW, lambda plan: plan.image and not plan.raised(Flag.MINOR_CONTENT)),
    ("do_not_question", Urgency.NOW, lambda plan: plan.raised(Flag.ABUSE) and has_pupil_victim(plan.facts)),
    ("do_not_confront", Urgency.NOW, lambda plan: _must_not_confront(plan)),
    ("do_not_delete", Urgency.NOW, lambda plan: plan.deletion.holds),
    ("follow_police", Urgency.NOW, lambda plan: plan.consulted and not plan.deletion.holds and plan.police.holds),
    ("ask_police", Urgency.TODAY, lambda plan: plan.police.holds),
    ("ask_deletion", Urgency.TODAY, lambda plan: plan.consulted and plan.deletion.holds),
    ("money_paid", Urgency.TODAY, lambda plan: plan.facts.paid is True),
    ("support_4", Urgency.NOW, lambda plan: plan.level == Level.FOUR),
    ("support_3", Urgency.NOW, lambda plan: plan.level == Level.THREE),
    ("support_2", Urgency.NOW, lambda plan: plan.level == Level.TWO),
    ("secrecy", Urgency.NOW, lambda plan: maybe_minor(plan.facts)),
    ("help_to_tell", Urgency.TODAY, lambda plan: plan.facts.telling_help is True),
    ("approach_police", Urgency.TODAY, lambda plan: plan.sure(Flag.APPROACH)),
    ("offender_police", Urgency.TODAY, lambda plan: plan.sure(Flag.OFFENDER)),
    ("under_15_police", Urgency.TODAY, lambda plan: plan.sure(Flag.UNDER_15) and plan.raised(*_GRAVE_UNDER_15)),
    ("police_report", Urgency.TODAY, lambda plan: plan.police_level == Level.FOUR),
    ("report_soon", Urgency.TODAY, lambda plan: plan.police_level < Level.FOUR and _to_report(plan)),
    ("tell_hate", Urgency.TODAY, lambda plan: plan.facts.hate is True),
    ("tell_threats", Urgency.TODAY, lambda plan: plan.facts.threat is True),
    ("secure_evidence", Urgency.TODAY, lambda plan: True),
    ("do_not_search_phone", Urgency.TODAY, lambda plan: True),
    ("stop_spread", Urgency.TODAY, lambda plan: is_wide(plan.facts) is True),
    ("stop_ongoing", Urgency.TODAY, lambda plan: plan.facts.ongoing is True and not is_wide(plan.facts)),
    ("whereabouts", Urgency.TODAY, lambda plan: Kind.WHEREABOUTS in plan.facts.kinds),
    ("keep_apart", Urgency.TODAY, lambda plan: plan.apart),
    ("inform_parents", Urgency.TODAY, lambda plan: _home(plan, FlagState.NOT_SET)),
    ("adult_consent", Urgency.TODAY, lambda plan: has_adult(plan.facts) and not plan.sure(Flag.DANGER)),
    ("notify", Urgency.TODAY, lambda plan: bool(plan.about(FlagState.SET))),
    ("consider_notification", Urgency.TODAY, lambda plan: bool(plan.about(FlagState.POSSIBLE))),
    ("late_to_leader", Urgency.TODAY, lambda plan: plan.sure(Flag.LATE)),
    ("bullying_plan", Urgency.SOON, lambda plan: plan.sure(Flag.BULLYING)),
    ("judge_bullying", Urgency.SOON, lambda plan: plan.possible(Flag.BULLYING)),
    ("remove_under_18", Urgency.SOON, lambda plan: plan.removal(minor=True)),
    ("remove_adult", Urgency.SOON, lambda plan: plan.removal(minor=False)),
    ("recipients", Urgency.SOON, lambda plan: _has_recipients(plan)),
    ("support_1", Urgency.SOON, lambda plan: plan.level == Level.ONE),
    ("offender_talk", Urgency.SOON, lambda plan: bool(plan.pupils_who_violate)),
    ("offender_help", Urgency.SOON, lambda plan: bool(plan.pupils_who_violate)),
    ("network", Urgency.SOON, lambda plan: plan.level >= Level.TWO),
    ("parents_disagree", Urgency.SOON, lambda plan: plan.facts.parents_agree is False),
    ("ask_ssp", Urgency.SOON, lambda plan: plan.level >= Level.TWO),
    ("professionals_in_touch", Urgency.SOON, lambda plan: plan.level >= Level.THREE),
    ("sharing_basis", Urgency.SOON, lambda plan: plan.police.holds or plan.level >= Level.TWO),
    ("removal_refused", Urgency.LATER, lambda plan: plan.removal(minor=True) or plan.removal(minor=False)),
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
    police: Ruling,
    police_level: Level,
    deletion: Ruling,
    police_consulted: bool = False,
    done: frozenset[str] = frozenset(),
) -> tuple[Duty, ...]:
    """Return the duties, most urgent first. `level` is the plan level; `done` the keys of duties that are done.

    `police` says whether the police come first, `deletion` whether everything that deletes waits.
    """
    may_mediate = mediation(flags, police, facts, consulted=police_consulted)
    states = {found.flag: found.state for found in flags}
    plan = _Plan(states, level, police_level, facts, children(facts), police, deletion, may_mediate, police_consulted)
    left_out = done | (_THROUGH_THE_HOME if _home(plan, FlagState.SET) else frozenset())
    found = [
        duty
        for key, urgency, applies in DUTY_RULES
        if (key in _PER_CHILD or key not in left_out) and applies(plan)
        for duty in _duties(key, urgency, plan, clock)
        if duty.key not in left_out
    ]
    if facts.handed_over and not any(duty.kind in _CALLS for duty in found):
        found = [replace(duty, urgency=Urgency.TODAY) if _is_for_now(duty) else duty for duty in found]
    urgencies = list(Urgency)
    return tuple(sorted(found, key=lambda duty: urgencies.index(duty.urgency)))


def _is_for_now(duty: Duty) -> bool:
    return duty.urgency is Urgency.NOW and not duty.rule


def _duties(key: str, urgency: Urgency, plan: _Plan, clock: Clock) -> list[Duty]:
    """Return the duty, or the same for each child whom it is about; of several children the title says which."""
    duty = _duty(key, urgency, plan, clock)
    if key not in _PER_CHILD:
        return [duty]
    several = len(plan.children) > 1
    return [
        replace(
            duty,
            key=key_about(key, child.key),
            title=f"{duty.title}: {child.words}" if several or child.key else duty.title,
            about=child.words if several or child.key else "",
        )
        for child in plan.about(_PER_CHILD[key])
    ]


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
    if key in _SUPPORT and plan.facts.handed_over and urgency is Urgency.NOW:
        urgency = Urgency.TODAY
    fit = partial(fit_victim, staff=has_staff_victim(plan.facts))
    return Duty(
        key=key,
        title=fit(_title(key, plan) or str(words.title)),
        text=fit(f"{words.text}{_further_words(key, plan)}"),
        why=fit(_why(key, plan) or str(words.why)),
        urgency=urgency,
        due=due,
        sources=tuple(dict.fromkeys((words.sources or (OWN_SOURCE,)) + _further_sources(key, plan))),
        contacts=tuple(key for key in words.contacts if key not in _FOR_CHILDREN or maybe_minor(plan.facts)),
        step=words.step,
        rule=words.rule,
        who=fit(str(DUTY_OWNERS.get(key, ""))),
        asks=words.asks,
    )


def _further_words(key: str, plan: _Plan) -> str:
    """Return the sentences that the case adds to the text of a duty."""
    return "".join(f" {words}" for keys, applies, words in _FURTHER_WORDS if key in keys and applies(plan))


def _title(key: str, plan: _Plan) -> str:
    """Return the title where it depends on the case, "" elsewhere."""
    if key == "threat_advice" and plan.facts.threat is None:
        return str(_("Presser nogen eleven, så betal ikke, og send ikke mere"))
    if key == "inform_parents" and plan.facts.parent_told:
        return str(_("Sørg for, at alle med forældremyndighed ved det"))
    if key in _TO_BE_ALLOWED and plan.deletion.holds:
        return str(_("Når politiet siger ja: %(title)s")) % {"title": DUTY_TEXTS[key].title}
    return ""


def _why(key: str, plan: _Plan) -> str:
    """Return the reason where it depends on the case, "" elsewhere."""
    reasons = {"no_mediation": plan.mediation, "do_not_delete": plan.deletion}
    return reasons[key].reason if key in reasons else ""


def _parents_fetch(plan: _Plan) -> bool:
    """Suicidal signs without a plan: the parents come now, unless the home may be what is feared."""
    alone = plan.facts.self_harm is True and plan.facts.self_harm_plan is not True
    return alone and _home(plan, FlagState.NOT_SET)


def _must_not_confront(plan: _Plan) -> bool:
    """The municipality says who talks with a suspect, the police come before a talk with a pupil."""
    first_police = plan.police.holds and not plan.consulted and bool(plan.pupils_who_violate)
    return plan.sure(Flag.ABUSE) or plan.raised(Flag.HOME) or first_police


def _contingency(plan: _Plan) -> bool:
    """The municipality's plan against violence and abuse of children."""
    harmed = plan.sure(Flag.ABUSE) or plan.facts.violence is True
    return _home(plan, FlagState.SET) or (harmed and maybe_minor(plan.facts))


def _to_report(plan: _Plan) -> bool:
    return plan.police.holds or plan.raised(Flag.PRIVATE_IMAGE)


def _has_recipients(plan: _Plan) -> bool:
    """Somebody may have an image that was passed on against the wish of the one whom it shows."""
    return plan.image and plan.raised(Flag.PRIVATE_IMAGE) and plan.facts.reach != Reach.NOBODY


def _bullying_due(clock: Clock) -> date | None:
    """Return the tenth working day after the school knew; None without that day."""
    return add_working_days(clock.known_on, BULLYING_WORKING_DAYS) if clock.known_on else None


def _home(plan: _Plan, state: FlagState) -> bool:
    """Return whether HOME has this state for a pupil who is, or may be, under 18: it selects one of three duties."""
    return maybe_minor(plan.facts) and plan.states.get(Flag.HOME, FlagState.NOT_SET) == state


def _sexual(plan: _Plan) -> bool:
    """Return whether it is, or may be, a sexual offence against somebody under 18, or sexual abuse."""
    return plan.raised(Flag.MINOR_CONTENT, Flag.APPROACH) or plan.facts.abuse_sexual is True


def _further_sources(key: str, plan: _Plan) -> tuple[str, ...]:
    """Return the provisions that may apply; naming them is no prediction."""
    kinds, flags = plan.facts.kinds, [flag for flag in _OF_FLAG if plan.raised(flag)]
    privacy = _sources_of_privacy(plan)
    if key == "threat_advice":
        extortion = ("straffeloven_281",) if Kind.EXTORTION in kinds else ()
        coerced = any(shows_intimate(victim) is not False for victim in plan.facts.victims)
        return extortion + (("straffeloven_225",) if coerced else ())
    if key in ("keep_out", "recipients"):
        return privacy
    if key in _REPORTED:
        return (privacy if key == "report_soon" else ()) + (("retsplejeloven_741a",) if _sexual(plan) else ())
    if key == "staff_track":
        return ("straffeloven_223",) if _sexual(plan) and maybe_minor(plan.facts) else ()
    if key == "ask_police":
        by_kind = tuple(source for kind, source in _OF_KIND.items() if kind in kinds)
        return tuple(source for flag in flags for source in _OF_FLAG[flag]) + privacy + by_kind
    return ()


def _sources_of_privacy(plan: _Plan) -> tuple[str, ...]:
    """Return the paragraphs that fit what was done with something private: passed on, recorded, forged."""
    if not plan.raised(Flag.PRIVATE_IMAGE):
        return ()
    kinds = plan.facts.kinds
    shown = any(shows_private(victim) is not False for victim in plan.facts.victims)
    passed_on = shown and plan.facts.passed_on is not False
    passed_on = passed_on or bool(kinds & {Kind.WHEREABOUTS, Kind.PRIVATE_INFORMATION})
    named = (
        ("straffeloven_264d", passed_on),
        ("straffeloven_264a", Kind.SECRET_RECORDING in kinds),
        ("straffeloven_264e", Kind.MANIPULATED in kinds),
    )
    return tuple(source for source, fits in named if fits)


_FURTHER_WORDS: Final[tuple[tuple[frozenset[str], Callable[[_Plan], bool], Words], ...]] = (
    (
        _DELETING | {"support_2"},
        lambda plan: plan.deletion.holds,
        _("Vent med selve sletningen, til politiet har sagt ja til den."),
    ),
    (_DELETING | {"support_2"}, lambda plan: plan.deletion.partly, _("Slet kun det, politiet har sagt ja til.")),
    (frozenset({"support_1"}), lambda plan: not plan.deletion.holds, _("Løs resten på skolen.")),
    (
        frozenset({"stay_with_pupil"}),
        lambda plan: plan.raised(Flag.HOME) and not maybe_minor(plan.facts),
        _("Ring ikke hjem, hvis hjemmet ikke er trygt."),
    ),
    (
        frozenset({"call_112", "stay_with_pupil", "parents_fetch"}),
        lambda plan: plan.facts.victim_absent,
        _("Er eleven ikke hos jer, så find først ud af, hvor eleven er."),
    ),
    (_REPORTED, _sexual, _("Ved visse seksualforbrydelser kan den krænkede først tale gratis med en advokat.")),
    (
        frozenset({"offender_talk"}),
        lambda plan: plan.police.holds and not plan.consulted,
        _("Vent, til I har talt med politiet."),
    ),
    (
        frozenset({"offender_talk"}),
        lambda plan: plan.raised(Flag.ABUSE),
        _("Er der mistanke om vold eller overgreb, så spørg kommunen, før nogen taler med den, der krænker."),
    ),
    (
        frozenset({"offender_talk"}),
        lambda plan: any(who.relation == Relation.FAMILY for who in plan.pupils_who_violate),
        _("Vent også, til I ved, om hjemmet er trygt."),
    ),
    (
        frozenset({"offender_talk"}),
        lambda plan: any(who.pupil_here is False for who in plan.pupils_who_violate),
        _("Går den, der krænker, ikke på jeres skole, så spørg SSP, hvem der gør det."),
    ),
)
"""What the case adds to the text of which duties."""
