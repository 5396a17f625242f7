"""The closed days of a school: which are read, and what is refused with a sentence."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from cases.models import ClosedDays, School
from cases.models.school_calendar import LOOK_AHEAD, closed_days
from tests.factories import make_school

MONDAY = date(2026, 11, 16)


def close(school: School, first: date, last: date) -> None:
    ClosedDays.objects.create(school=school, first=first, last=last, name="Ferie")


def test_closed_days_of_the_school_in_the_year_from_a_day(school: School) -> None:
    """Periods that end before it, begin long after it, overlap, and reach over both ends."""
    day, year = timedelta(days=1), MONDAY + LOOK_AHEAD
    for first, last in (
        (MONDAY - 9 * day, MONDAY - day),
        (MONDAY - 2 * day, MONDAY + day),
        (MONDAY, MONDAY + 2 * day),
        (year, year + 300 * day),
        (year + day, year + 2 * day),
    ):
        close(school, first, last)
    close(make_school(), MONDAY, year)
    assert closed_days(school, MONDAY) == {MONDAY, MONDAY + day, MONDAY + 2 * day, year}


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-10-12", "2026-10-12", ""),
        ("2026-08-01", "2027-07-31", ""),
        ("2026-10-16", "2026-10-12", "Den sidste dag ligger før den første."),
        ("2026-10-12", "2027-10-16", "Det er mere end et år. Se efter i årstallet."),
    ],
)
def test_days_that_cannot_be_right_are_refused(school: School, first: str, last: str, words: str) -> None:
    row = ClosedDays(school=school, first=date.fromisoformat(first), last=date.fromisoformat(last), name="Ferie")
    if not words:
        row.full_clean()
        return
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert refused.value.message_dict["last"] == [words]
