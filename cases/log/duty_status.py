"""The duties of a case: those of the newest assessment, with how they were answered. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from cases.enums import DutyOutcome, DutyState
from cases.log.entry_types import DutyContent, FrozenAssessment, FrozenDuty


@dataclass(frozen=True)
class Tick:
    """The newest answer to a duty."""

    content: DutyContent
    by_name: str
    at: datetime


@dataclass(frozen=True)
class DutyReading:
    """A duty of the newest assessment, or one answered earlier (``current`` is false then), and its state."""

    key: str
    title: str
    text: str
    why: str
    urgency: str
    due: date | datetime | None
    source: str
    contact: str
    step: str
    state: DutyState
    by_name: str
    at: datetime | None
    reason: str
    current: bool


def duty_readings(
    assessment: FrozenAssessment | None, ticks: Mapping[str, Tick], now: datetime
) -> tuple[DutyReading, ...]:
    """Return the duties of the assessment in its order, then those answered that it no longer has."""
    current = assessment["duties"] if assessment else []
    named = {duty["key"] for duty in current}
    past = [_past(tick.content) for key, tick in ticks.items() if key not in named]
    return tuple(_duty(duty, ticks.get(duty["key"]), now, current=duty["key"] in named) for duty in (*current, *past))


def _past(tick: DutyContent) -> FrozenDuty:
    return {
        "key": tick["key"],
        "title": tick["title"],
        "text": "",
        "why": "",
        "urgency": "",
        "due": None,
        "source": "",
        "contact": "",
        "step": "",
    }


def _duty(duty: FrozenDuty, tick: Tick | None, now: datetime, *, current: bool) -> DutyReading:
    due = _due(duty["due"])
    if tick:
        state = DutyState.DONE if tick.content["outcome"] == DutyOutcome.DONE else DutyState.NOT_RELEVANT
    else:
        state = DutyState.OVERDUE if is_past(due, now) else DutyState.OPEN
    return DutyReading(
        key=duty["key"],
        title=duty["title"],
        text=duty["text"],
        why=duty["why"],
        urgency=duty["urgency"],
        due=due,
        source=duty["source"],
        contact=duty["contact"],
        step=duty["step"],
        state=state,
        by_name=tick.by_name if tick else "",
        at=tick.at if tick else None,
        reason=tick.content["reason"] if tick else "",
        current=current,
    )


def _due(text: str | None) -> date | datetime | None:
    if not text:
        return None
    if "T" not in text:
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def is_past(due: date | datetime | None, now: datetime) -> bool:
    """Return whether a deadline has passed: a moment at once, a day when it is over."""
    if isinstance(due, datetime):
        return due < now
    return due is not None and due < timezone.localdate(now)
