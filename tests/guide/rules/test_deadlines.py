"""Deadlines: hours for what is for now, school days for the rest, over weekends, holidays and closed days."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest

from guide.rules.deadlines import add_working_days, deadline
from guide.rules.enums import Urgency

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
CHRISTMAS = frozenset(date(2026, 12, 21) + timedelta(days=days) for days in range(14))
AUTUMN = frozenset(date(2026, 10, 12) + timedelta(days=days) for days in range(7))
NOW, TODAY, SOON = Urgency.NOW, Urgency.TODAY, Urgency.SOON


def local(text: str) -> datetime:
    """The aware time of a text such as 2026-11-18 10.00."""
    return datetime.strptime(text, "%Y-%m-%d %H.%M").replace(tzinfo=COPENHAGEN)


@pytest.mark.parametrize(
    ("urgency", "since", "closed", "due"),
    [
        # An ordinary Wednesday.
        (NOW, "2026-11-18 10.00", (), "2026-11-18T12:00:00+01:00"),
        (TODAY, "2026-11-18 10.00", (), "2026-11-18T15:00:00+01:00"),
        (SOON, "2026-11-18 10.00", (), "2026-11-23T15:00:00+01:00"),
        # Late in the day there is as much time as for what is for now; afterwards the next school day is meant.
        (TODAY, "2026-11-18 14.59", (), "2026-11-18T16:59:00+01:00"),
        (TODAY, "2026-11-18 15.00", (), "2026-11-19T15:00:00+01:00"),
        # Over a weekend; what is for now does not wait.
        (NOW, "2026-11-20 23.00", (), "2026-11-21T01:00:00+01:00"),
        (TODAY, "2026-11-20 16.00", (), "2026-11-23T15:00:00+01:00"),
        (TODAY, "2026-11-21 10.00", (), "2026-11-23T15:00:00+01:00"),
        (SOON, "2026-11-20 10.00", (), "2026-11-25T15:00:00+01:00"),
        # Over Easter: Thursday, Friday and Monday are holidays.
        (TODAY, "2026-04-01 16.00", (), "2026-04-07T15:00:00+02:00"),
        (TODAY, "2026-04-03 10.00", (), "2026-04-07T15:00:00+02:00"),
        (SOON, "2026-03-31 10.00", (), "2026-04-08T15:00:00+02:00"),
        # Over Christmas: the law knows two days of it, the school two weeks.
        (TODAY, "2026-12-25 10.00", (), "2026-12-28T15:00:00+01:00"),
        (TODAY, "2026-12-18 16.00", CHRISTMAS, "2027-01-04T15:00:00+01:00"),
        (SOON, "2026-12-18 10.00", CHRISTMAS, "2027-01-06T15:00:00+01:00"),
        # A school closed for the autumn.
        (NOW, "2026-10-13 10.00", AUTUMN, "2026-10-13T12:00:00+02:00"),
        (TODAY, "2026-10-13 10.00", AUTUMN, "2026-10-19T15:00:00+02:00"),
        (SOON, "2026-10-09 10.00", AUTUMN, "2026-10-21T15:00:00+02:00"),
        # The clock: hours that pass, and the end of the day by the clock on the wall.
        (NOW, "2026-03-29 01.30", (), "2026-03-29T04:30:00+02:00"),
        (NOW, "2026-10-25 01.30", (), "2026-10-25T02:30:00+01:00"),
        (TODAY, "2026-03-27 16.00", (), "2026-03-30T15:00:00+02:00"),
        (SOON, "2026-10-23 10.00", (), "2026-10-28T15:00:00+01:00"),
    ],
)
def test_deadline(urgency: Urgency, since: str, closed: frozenset[date], due: str) -> None:
    found = deadline(urgency, local(since), closed)
    assert found is not None
    assert found.isoformat() == due


def test_later_has_no_deadline() -> None:
    assert deadline(Urgency.LATER, local("2026-11-18 10.00")) is None


def test_more_urgent_is_never_due_later_and_time_never_moves_a_deadline_back() -> None:
    """Each hour of a year with the closed days of two holidays."""
    before = dict.fromkeys((NOW, TODAY, SOON), local("2026-01-01 00.00"))
    for hour in range(365 * 24):
        since = (datetime.fromisoformat("2026-01-01T00:00:00+01:00") + timedelta(hours=hour)).astimezone(COPENHAGEN)
        due = {urgency: found for urgency in before if (found := deadline(urgency, since, CHRISTMAS | AUTUMN))}
        assert since < due[NOW] <= due[TODAY] <= due[SOON]
        assert all(due[urgency] >= before[urgency] for urgency in before)
        before = due


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 12, 23), 2, date(2026, 12, 28)),
        (date(2026, 12, 23), 10, date(2027, 1, 8)),
        (date(2026, 3, 31), 10, date(2026, 4, 17)),
        (date(2026, 11, 18), 0, date(2026, 11, 18)),
    ],
)
def test_working_days_pass_over_weekends_and_danish_holidays(start: date, days: int, end: date) -> None:
    assert add_working_days(start, days) == end


def test_ten_working_days_over_five_years_are_counted_right() -> None:
    free = holidays.country_holidays("DK", years=range(2025, 2032))
    for offset in range(5 * 365):
        start = date(2026, 1, 1) + timedelta(days=offset)
        end = add_working_days(start, 10)
        between = [start + timedelta(days=days) for days in range(1, (end - start).days + 1)]
        assert sum(day.weekday() < 5 and day not in free for day in between) == 10
        assert end.weekday() < 5
        assert end not in free
