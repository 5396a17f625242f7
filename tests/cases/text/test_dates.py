from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError

from cases.text.dates import read_day, require_day

# A Friday noon, clear of both ends of a day, a month and a year.
FRIDAY = "2026-11-20T12:00:00+01:00"

NO_DAY = "Skriv datoen som dag-måned-år, fx 21-11-2026."
NOT_THERE = "Den dato findes ikke. Skriv dag-måned-år, og se efter i kalenderen."
NO_YEAR = "Den dag er ikke kommet endnu i år. Skriv årstallet med, fx 21-11-2026."
TWO_DAYS = "Det kan være to forskellige dage. Skriv datoen, fx 21-11-2026."
WEEKDAY = "Den {} er en {}. Ret dagen eller datoen."

# What is written, on a Friday: the day, or the sentence with which it is refused.
WRITTEN: dict[str, date | str] = {
    # In numbers, with a year.
    "21-11-2026": date(2026, 11, 21),
    "21.11.26": date(2026, 11, 21),
    "21/11-26": date(2026, 11, 21),
    "21 11 2026": date(2026, 11, 21),
    "21. 11. 2026": date(2026, 11, 21),
    "1/2-2026": date(2026, 2, 1),
    "1/2/2026": date(2026, 2, 1),
    "1/2 2026": date(2026, 2, 1),
    "01-02-2026": date(2026, 2, 1),
    "2026-11-21": date(2026, 11, 21),
    "29-02-2028": date(2028, 2, 29),
    "1-1-00": date(2000, 1, 1),
    "21-11-0026": date(26, 11, 21),
    "31-12-9999": date(9999, 12, 31),
    "31-02-2026": NOT_THERE,
    "29-02-2026": NOT_THERE,
    "2026-02-31": NOT_THERE,
    "2026-13-01": NOT_THERE,
    "00-00-0000": NOT_THERE,
    "1-1-0000": NOT_THERE,
    "32-1-2026": NOT_THERE,
    "1-13-2026": NOT_THERE,
    # In numbers, without a year: the last such day, unless the next one comes within a month.
    "19/11": date(2026, 11, 19),
    "19.11.": date(2026, 11, 19),
    "19.11": date(2026, 11, 19),
    "19-11": date(2026, 11, 19),
    "den 19/11": date(2026, 11, 19),
    "d. 19/11": date(2026, 11, 19),
    "20/11": date(2026, 11, 20),
    "1/3": date(2026, 3, 1),
    "24/12": date(2025, 12, 24),
    "22/12": date(2025, 12, 22),
    "21/12": NO_YEAR,
    "21/11": NO_YEAR,
    "29/2": NOT_THERE,
    "31/4": NOT_THERE,
    "14.30": NOT_THERE,
    # With the month or the weekday in words.
    "19. november": date(2026, 11, 19),
    "19 november": date(2026, 11, 19),
    "19.november": date(2026, 11, 19),
    "19. nov.": date(2026, 11, 19),
    "d. 19. nov": date(2026, 11, 19),
    "Den 19. November 2026": date(2026, 11, 19),
    "19. november 26": date(2026, 11, 19),
    "1. maj": date(2026, 5, 1),
    "1. sept. 2026": date(2026, 9, 1),
    "torsdag den 19. november 2026": date(2026, 11, 19),
    "torsdag d. 19/11": date(2026, 11, 19),
    "torsdag 19/11": date(2026, 11, 19),
    "torsdag, 19. november": date(2026, 11, 19),
    "fredag den 19. november": WEEKDAY.format("19-11-2026", "torsdag"),
    "30. februar": NOT_THERE,
    "21. november": NO_YEAR,
    "19. novembr": NO_DAY,
    "november": NO_DAY,
    # From today.
    "i dag": date(2026, 11, 20),
    "idag": date(2026, 11, 20),
    " I DAG ": date(2026, 11, 20),
    "i morges": date(2026, 11, 20),
    "i formiddags": date(2026, 11, 20),
    "i eftermiddags": date(2026, 11, 20),
    "i går": date(2026, 11, 19),
    "igår": date(2026, 11, 19),
    "i aftes": date(2026, 11, 19),
    "i forgårs": date(2026, 11, 18),
    "iforgårs": date(2026, 11, 18),
    "for 3 dage siden": date(2026, 11, 17),
    "for to dage siden": date(2026, 11, 18),
    "for et døgn siden": date(2026, 11, 19),
    "for fjorten dage siden": date(2026, 11, 6),
    "for en uge siden": date(2026, 11, 13),
    "i morgen": date(2026, 11, 21),
    "i overmorgen": date(2026, 11, 22),
    "om 3 dage": date(2026, 11, 23),
    "om 14 dage": date(2026, 12, 4),
    "om en uge": date(2026, 11, 27),
    "Om  to uger": date(2026, 12, 4),
    "for 3 dage": NO_DAY,
    "om 3 dage siden": NO_DAY,
    "om 1000 dage": NO_DAY,
    "for et par dage siden": NO_DAY,
    "for en måned siden": NO_DAY,
    "i nat": NO_DAY,
    # By the weekday.
    "i torsdags": date(2026, 11, 19),
    "i fredags": date(2026, 11, 13),
    "sidste torsdag": date(2026, 11, 19),
    "sidste fredag": date(2026, 11, 13),
    "torsdag": date(2026, 11, 19),
    "fredag": date(2026, 11, 13),
    "på mandag": date(2026, 11, 23),
    "på fredag": date(2026, 11, 27),
    "mandag i sidste uge": date(2026, 11, 9),
    "søndag i sidste uge": date(2026, 11, 15),
    "mandag i denne uge": date(2026, 11, 16),
    "søndag i næste uge": date(2026, 11, 29),
    "næste fredag": TWO_DAYS,
    "i torsdag": NO_DAY,
    "på torsdags": NO_DAY,
    "sidste uge": NO_DAY,
    # Nothing that is one day.
    "14": NO_DAY,
    "den 14.": NO_DAY,
    "2026": NO_DAY,
    "21-11-20261": NO_DAY,
    "21-11-202": NO_DAY,
    "12026-11-21": NO_DAY,
    "21112026": NO_DAY,
    "211126": NO_DAY,
    "29-03-2026 02.30": NO_DAY,
    "20/11 eller 21/11": NO_DAY,
    "19-20/11": NO_DAY,
    "9-10/11": NO_DAY,
    "9.-10. november": NO_DAY,
    "11/20/2026": NOT_THERE,
    "for nylig": NO_DAY,
    "-21-11-2026": NO_DAY,
    "21--11-2026": NO_DAY,
    "١٩٩٩-٠١-٠١": NO_DAY,
    "\x00": NO_DAY,
    "": NO_DAY,
    "9" * 5000: NO_DAY,
}

# Where the question looks ahead, a weekday alone is the next one, and a day without a year the nearest one.
AHEAD = {
    "torsdag": date(2026, 11, 26),
    "fredag": date(2026, 11, 27),
    "i torsdags": date(2026, 11, 19),
    "sidste torsdag": date(2026, 11, 19),
    "på torsdag": date(2026, 11, 26),
    "21/11": date(2026, 11, 21),
    "19/11": date(2026, 11, 19),
    "4. januar": date(2027, 1, 4),
    "1/6": date(2026, 6, 1),
    "næste fredag": TWO_DAYS,
}


def said(typed: str, *, ahead: bool = False) -> date | str | None:
    """The day, or the sentence with which the text is refused for another reason than that the day is far or ahead."""
    try:
        return require_day(typed, ahead=ahead)
    except ValidationError as refusal:
        return read_day(typed, ahead=ahead) or refusal.message % (refusal.params or {})


@pytest.mark.parametrize(("typed", "read"), WRITTEN.items())
@time_machine.travel(FRIDAY, tick=False)
def test_written_day(typed: str, read: date | str) -> None:
    assert said(typed) == read


@pytest.mark.parametrize(("typed", "read"), AHEAD.items())
@time_machine.travel(FRIDAY, tick=False)
def test_written_day_where_the_question_looks_ahead(typed: str, read: date | str) -> None:
    assert said(typed, ahead=True) == read


@pytest.mark.parametrize("typed", ["21-11-2026", "i morgen", "på mandag", "om 14 dage"])
@time_machine.travel(FRIDAY, tick=False)
def test_day_to_come_is_refused_unless_the_question_looks_ahead(typed: str) -> None:
    with pytest.raises(ValidationError, match="ude i fremtiden"):
        require_day(typed)
    assert require_day(typed, ahead=True) == read_day(typed, ahead=True)


@time_machine.travel("2028-03-01T12:00:00+01:00", tick=False)
def test_leap_day_without_a_year() -> None:
    assert read_day("29/2") == date(2028, 2, 29)


@time_machine.travel("2026-01-01T00:30:00+01:00", tick=False)
def test_days_are_counted_by_the_danish_calendar() -> None:
    """Half past midnight in Denmark is still last year at Greenwich."""
    assert [read_day(typed) for typed in ("i dag", "i går", "31/12")] == [
        date(2026, 1, 1),
        date(2025, 12, 31),
        date(2025, 12, 31),
    ]
