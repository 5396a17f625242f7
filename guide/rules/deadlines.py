"""By when a duty is to be done: the working days of the law, and the days on which a school is open.

Source: the ten working days of undervisningsmiljøloven § 1 b-c. The law gives no date for what is to be done now, today
or within few days: these deadlines are the product's own, so that "overdue" in a list means that somebody has to act.
"""

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final

import holidays

from guide.rules.enums import Urgency

AT_ONCE: Final = timedelta(hours=2)
"""How long a duty for now may take: two hours are enough for the talk with the pupil and the calls that it asks for."""
SCHOOL_DAY_ENDS: Final = time(15)
"""When a school day is over, for every school. Later, nobody at school is left to do it the same day; a school that
works longer is at worst reminded too early."""
FEW_DAYS: Final = 3
"""School days that a duty for the next few days may take, besides the day on which it first stood in the plan."""


def deadline(urgency: Urgency, since: datetime, closed: Container[date] = ()) -> datetime | None:
    """Return when a duty that stood in the plan ``since`` is overdue; None for one that has no deadline.

    ``since`` is aware, in the zone of the school; ``closed`` are the school's own closed days. What is for now counts
    hours, on closed days too: danger does not wait until Monday. What is for today ends with the school day, but leaves
    as much time as what is for now; after the end of the day, and on a closed day, the next school day is meant.
    """
    today = since.date()
    match urgency:
        case Urgency.NOW:
            return _at_once(since)
        case Urgency.TODAY if is_working_day(today, closed) and since < end_of_school_day(today, since):
            return max(end_of_school_day(today, since), _at_once(since))
        case Urgency.TODAY:
            return end_of_school_day(add_working_days(today, 1, closed), since)
        case Urgency.SOON:
            return end_of_school_day(add_working_days(today, FEW_DAYS, closed), since)
        case _:
            return None


def urgency_until(due: datetime, now: datetime) -> Urgency:
    """Return how urgent it is ``now``, an aware moment in the zone of the school, to be done by ``due``."""
    if due.astimezone(now.tzinfo).date() <= now.date():
        return Urgency.TODAY
    few_days = end_of_school_day(add_working_days(now.date(), FEW_DAYS), now)
    return Urgency.SOON if due <= few_days else Urgency.LATER


def next_school_day(day: date, now: datetime, closed: Container[date] = ()) -> date:
    """Return the day itself, or the next one on which the school is open and its day not over ``now``."""
    if is_working_day(day, closed) and end_of_school_day(day, now) > now:
        return day
    return add_working_days(day, 1, closed)


def end_of_school_day(day: date, now: datetime) -> datetime:
    """Return the end of the school day in the zone of ``now``."""
    return datetime.combine(day, SCHOOL_DAY_ENDS, now.tzinfo)


def is_working_day(day: date, closed: Container[date] = ()) -> bool:
    """Return whether it is no weekend, no Danish holiday and none of the closed days."""
    return day.weekday() < 5 and day not in _holidays(day.year) and day not in closed


def add_working_days(start: date, days: int, closed: Container[date] = ()) -> date:
    """Return the day `days` Danish working days after `start`, which is not counted. The law knows no closed days."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if is_working_day(day, closed):
            days -= 1
    return day


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DK", years=year))


def _at_once(since: datetime) -> datetime:
    """Return the moment after so many hours as pass, also in the night in which the clocks change."""
    return (since.astimezone(UTC) + AT_ONCE).astimezone(since.tzinfo)
