"""The duties of a case: those of the newest assessment and the school's own, with how they were answered. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.enums import DutyOutcome, DutyState, FrozenKey
from cases.log.entries import ReferralEntry
from cases.log.entry_types import DutyContent, FrozenAssessment, FrozenDuty
from cases.log.thread import question_to_ssp

_OWN: Final = "own-"
"""With this begins the key of a follow-up that the school set itself; no rule of the card has such a key."""


@dataclass(frozen=True)
class Tick:
    """The newest answer to a duty."""

    content: DutyContent
    by_name: str
    at: datetime


@dataclass(frozen=True)
class DutyReading:
    """A duty and its state; the text is empty for a follow-up, and for a duty that the newest assessment lacks.

    ``about`` is the child whom the title names, ``owner`` who does it: of a follow-up somebody's name.
    """

    key: str
    title: str
    state: DutyState
    by_name: str = ""
    at: datetime | None = None
    reason: str = ""
    text: str = ""
    urgency: str = ""
    due: date | datetime | None = None
    source: str = ""
    contact: str = ""
    about: str = ""
    owner: str = ""

    @property
    def title_without_name(self) -> str:
        """Return the title without the child whom it names; of what somebody typed only that it is a follow-up."""
        return _("Opfølgning") if self.is_own else self.title.removesuffix(f": {self.about}")

    @property
    def is_own(self) -> bool:
        """Return whether it is a follow-up of the school's own."""
        return is_own(self.key)


def own_key(submission_id: UUID) -> str:
    """Return the key of the follow-up that is set by this submission."""
    return f"{_OWN}{submission_id}"


def is_own(key: str) -> bool:
    """Return whether it is the key of a follow-up of the school's own."""
    return key.startswith(_OWN)


def duty_readings(
    assessment: FrozenAssessment | None, ticks: Mapping[str, Tick], now: datetime
) -> tuple[DutyReading, ...]:
    """Return the duties of the assessment in its order, then those answered that it no longer has.

    Follow-ups that wait stand after the last duty with a deadline, the nearest first: what has no deadline can wait.
    """
    current = assessment["duties"] if assessment else []
    named = {duty["key"] for duty in current}
    duties = [_duty(duty, ticks.get(duty["key"]), now) for duty in current]
    timed = max((place for place, duty in enumerate(duties, start=1) if duty.due), default=0)
    others = {key: tick for key, tick in ticks.items() if key not in named}
    own = [_follow_up(tick, now) for tick in others.values() if tick.content["outcome"] == DutyOutcome.OPEN]
    own.sort(key=lambda one: moment_due(one.due) if one.due else now)
    past = [_answered(tick) for tick in others.values() if tick.content["outcome"] != DutyOutcome.OPEN]
    return (*duties[:timed], *own, *duties[timed:], *past)


def with_question_to_ssp(
    ticks: Mapping[str, Tick], referrals: Sequence[ReferralEntry], assessment: FrozenAssessment | None
) -> dict[str, Tick]:
    """Return the answers with that to the duty of asking SSP, where a referral did it and nobody answered it."""
    sent = question_to_ssp(referrals)
    is_duty = assessment is not None and any(duty["key"] == FrozenKey.DUTY_ASK_SSP for duty in assessment["duties"])
    if sent is None or not is_duty:
        return dict(ticks)
    done: DutyContent = {
        "key": FrozenKey.DUTY_ASK_SSP.value,
        "title": "",
        "outcome": DutyOutcome.DONE.value,
        "reason": _("Spurgt i Handlekort."),
    }
    return {FrozenKey.DUTY_ASK_SSP.value: Tick(done, sent.by_name, sent.entered_at), **ticks}


def _answered(tick: Tick) -> DutyReading:
    answer = tick.content
    return DutyReading(
        answer["key"],
        answer["title"],
        DutyState(answer["outcome"]),
        tick.by_name,
        tick.at,
        answer["reason"],
        due=read_deadline(answer.get("due")),
        owner=answer.get("owner", ""),
    )


def _follow_up(tick: Tick, now: datetime) -> DutyReading:
    """Return a follow-up that waits; who set it and when is in the log."""
    reading = _answered(tick)
    state = DutyState.OVERDUE if is_past(reading.due, now) else DutyState.OPEN
    return replace(reading, state=state, by_name="", at=None)


def _duty(duty: FrozenDuty, tick: Tick | None, now: datetime) -> DutyReading:
    due = read_deadline(duty["due"])
    state = DutyState.OVERDUE if is_past(due, now) else DutyState.OPEN
    return replace(
        _answered(tick) if tick else DutyReading(duty["key"], duty["title"], state),
        title=duty["title"],
        text=duty["text"],
        urgency=duty["urgency"],
        due=due,
        source=duty["source"],
        contact=duty["contact"],
        about=duty.get("about", ""),
        owner=duty.get("owner", ""),
    )


def read_deadline(text: str | None) -> date | datetime | None:
    """Return an ISO deadline, an aware moment or a day; None without one."""
    if not text:
        return None
    if "T" not in text:
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def deadline_key(duty: str, urgency: str) -> str:
    """Return the key under which a filing keeps a duty's deadline: a duty that becomes more urgent has another one."""
    return f"{duty}@{urgency}"


def is_past(due: date | datetime | None, now: datetime) -> bool:
    """Return whether a deadline has passed: a moment at once, a day when it is over."""
    return due is not None and moment_due(due) < now


def moment_due(due: date | datetime) -> datetime:
    """Return the moment after which it is overdue: of a day its end."""
    return due if isinstance(due, datetime) else timezone.make_aware(datetime.combine(due, time.max))
