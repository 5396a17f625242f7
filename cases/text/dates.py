"""Read days and hours as people type them, and format them for pages and documents."""

import re
from datetime import date, datetime, time, timedelta
from datetime import timezone as fixed_zone

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

_CLOCK = re.compile(r"(?:kl\.?\s*)?(\d{1,2})(?:[.:]?(\d{2}))?", re.ASCII)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)
_WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_WEEKDAY_WORD = "|".join(_WEEKDAYS)
_MONTH_WORD = (
    r"(?P<month>jan(?:uar)?|feb(?:ruar)?|mar(?:ts)?|apr(?:il)?|maj|juni?|juli?|aug(?:ust)?|sept?(?:ember)?|okt(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_NAMED = rf"(?:(?P<weekday>{_WEEKDAY_WORD}),? )?(?:(?:den|d\.) ?)?(?P<day>\d{{1,2}})"
# "9-10/11" is two days in November, not one in 2011.
_IN_NUMBERS = re.compile(
    _NAMED + r"(?P<sign>[-./ ]) ?(?P<month>\d{1,2})(?:\.|(?:(?P=sign)|[- ]) ?(?P<year>\d{4}|\d{2}))?", re.ASCII
)
_IN_WORDS = re.compile(_NAMED + rf"\.? ?{_MONTH_WORD}(?: (?P<year>\d{{4}}|\d{{2}}))?", re.ASCII)
_NUMBERS = ["en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv", "tretten", "fjorten"]
_COUNT = "|".join((r"\d{1,3}", "et", *_NUMBERS))
_DISTANCE = re.compile(
    rf"(?:om (?P<ahead>{_COUNT})|for (?P<back>{_COUNT})) (?P<unit>dage?|døgn|uger?)(?P<since> siden)?", re.ASCII
)
_WEEKDAY = re.compile(rf"(?P<way>i |på |sidste |næste )?(?P<day>{_WEEKDAY_WORD})(?P<past>s)?")
_IN_A_WEEK = re.compile(rf"(?P<day>{_WEEKDAY_WORD}) i (?P<week>sidste|denne|næste) uge")
_WEEKS = {"sidste": -7, "denne": 0, "næste": 7}
_RELATIVE_DAYS = {
    "i dag": 0,
    "idag": 0,
    "i morges": 0,
    "i formiddags": 0,
    "i eftermiddags": 0,
    "i går": -1,
    "igår": -1,
    "i aftes": -1,
    "i forgårs": -2,
    "iforgårs": -2,
    "i morgen": 1,
    "imorgen": 1,
    "i overmorgen": 2,
    "iovermorgen": 2,
}
_NO_YEAR_AHEAD = timedelta(days=31)
"""A day without a year that comes within so many days is not read as last year's."""

_SUMMER, _WINTER = "sommertid", "vintertid"
_OFFSETS = {_SUMMER: timedelta(hours=2), _WINTER: timedelta(hours=1)}

HOUR_UNKNOWN = time(0, 0, 0, 1)
"""Means "some time that day": a microsecond past midnight, which nobody can type and both engines keep."""


def read_day(typed: str, *, ahead: bool = False) -> date | None:
    """Return the day that was typed; None for text that is no day, or not one only.

    21-11-2026, 21.11.26, 2026-11-21, 21/11, "lørdag den 21. november", "i dag", "i forgårs", "om 3 dage", "for en uge
    siden", "i fredags", "sidste fredag", "på fredag", "fredag i sidste uge". A weekday alone is the last one, or with
    ``ahead`` the next one; never today. A day without a year is the last one, or with ``ahead`` the nearest one.
    """
    try:
        return _read(typed, ahead=ahead)
    except ValidationError:
        return None


def require_day(typed: str, *, ahead: bool = False) -> date:
    """Return the day that was typed. Raises ValidationError; a future day is refused unless ``ahead``."""
    day = _read(typed, ahead=ahead)
    if day is None and ahead:
        raise ValidationError(_("Skriv dag-måned-år, eller fx i morgen, om 3 dage eller på fredag."), "date")
    if day is None:
        raise ValidationError(_("Skriv datoen som dag-måned-år, fx 21-11-2026."), "date")
    if not 2000 <= day.year <= 2100:
        raise ValidationError(_("Årstallet ser forkert ud. Skriv fx 21-11-2026."), "year")
    if day > timezone.localdate() and not ahead:
        raise ValidationError(_("Datoen ligger ude i fremtiden. Skriv den dag, det skete."), "future")
    return day


def _read(typed: str, *, ahead: bool) -> date | None:
    """Return the day that was typed, None for other text. Raises ValidationError for one that is not or is unclear."""
    typed = " ".join(typed.lower().split())
    if found := _ISO.fullmatch(typed) or _IN_NUMBERS.fullmatch(typed) or _IN_WORDS.fullmatch(typed):
        return _date(found.groupdict(), ahead=ahead)
    days = _RELATIVE_DAYS.get(typed)
    for read in (_days_by_distance, _days_to_weekday, _days_to_weekday_of_a_week):
        days = read(typed, ahead) if days is None else days
    return None if days is None else timezone.localdate() + timedelta(days=days)


def _date(parts: dict[str, str | None], *, ahead: bool) -> date:
    """Return the day of a written date. Raises ValidationError where it does not exist or its weekday differs."""
    word, year = str(parts["month"]), parts["year"]
    month = int(word) if word.isdecimal() else _MONTHS.index(word[:3]) + 1
    if year is None:
        found = _nearest(month, int(str(parts["day"])), ahead=ahead)
    else:
        found = _in_calendar(int(year) + (0 if len(year) == 4 else 2000), month, int(str(parts["day"])))
    if found is None:
        raise ValidationError(_("Den dato findes ikke. Skriv dag-måned-år, og se efter i kalenderen."), "no_such_day")
    weekday = parts.get("weekday")
    if weekday and _WEEKDAYS.index(weekday) != found.weekday():
        told = {"day": found.strftime("%d-%m-%Y"), "weekday": _WEEKDAYS[found.weekday()]}
        raise ValidationError(_("Den %(day)s er en %(weekday)s. Ret dagen eller datoen."), "weekday", told)
    return found


def _in_calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(month: int, day: int, *, ahead: bool) -> date | None:
    """Return the last such day, or with ``ahead`` the nearest; None for one that is not in the calendar.

    Raises ValidationError where both the last and the next may be meant.
    """
    today = timezone.localdate()
    days = [found for year in (-1, 0, 1) if (found := _in_calendar(today.year + year, month, day))]
    if not days:
        return None
    if ahead:
        return min(days, key=lambda found: abs(found - today))
    past = [found for found in days if found <= today]
    if not past or any(today < found <= today + _NO_YEAR_AHEAD for found in days):
        raise ValidationError(_("Den dag er ikke kommet endnu i år. Skriv årstallet med, fx 21-11-2026."), "year")
    return past[-1]


def _days_by_distance(typed: str, _ahead: bool) -> int | None:
    """Return the days from today of "om 3 dage" and "for to uger siden"."""
    found = _DISTANCE.fullmatch(typed)
    if found is None or bool(found["back"]) != bool(found["since"]):
        return None
    count = found["ahead"] or found["back"]
    number = int(count) if count.isdecimal() else _NUMBERS.index("en" if count == "et" else count) + 1
    days = number * (7 if found["unit"].startswith("uge") else 1)
    return days if found["ahead"] else -days


def _days_to_weekday(typed: str, ahead: bool) -> int | None:
    """Return the days from today of "i fredags", "sidste fredag", "på fredag", and "fredag" by ``ahead``.

    Raises ValidationError for "næste fredag", which is the coming one to some and the one after that to others.
    """
    found = _WEEKDAY.fullmatch(typed)
    if found is None or (found["way"] == "i ") != bool(found["past"]):
        return None
    if found["way"] == "næste ":
        raise ValidationError(_("Det kan være to forskellige dage. Skriv datoen, fx 21-11-2026."), "unclear")
    forward = found["way"] == "på " or (ahead and not found["way"])
    days = (_WEEKDAYS.index(found["day"]) - timezone.localdate().weekday()) % 7 or 7
    return days if forward else (days - 7 or -7)


def _days_to_weekday_of_a_week(typed: str, _ahead: bool) -> int | None:
    """Return the days from today of "fredag i sidste uge"; a week begins on Monday."""
    found = _IN_A_WEEK.fullmatch(typed)
    if found is None:
        return None
    return _WEEKS[found["week"]] + _WEEKDAYS.index(found["day"]) - timezone.localdate().weekday()


def read_clock(typed: str) -> time | None:
    """Return the time of 14.30, 14:30, 1430, "kl. 14.30" or 14; None for text that is no time of day."""
    found = _CLOCK.fullmatch(typed.strip().lower())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def read_clock_with_season(typed: str) -> time | None:
    """Return what ``read_clock`` does; "02.30 sommertid" and "02.30 vintertid" with their offset."""
    typed = typed.strip().lower()
    season = next((word for word in _OFFSETS if typed.endswith(word)), "")
    clock = read_clock(typed.removesuffix(season))
    return clock.replace(tzinfo=fixed_zone(_OFFSETS[season])) if clock and season else clock


def moment_of(day: date, clock: time | None) -> datetime:
    """Return the aware local time of a day and clock; without a clock at ``HOUR_UNKNOWN``.

    Raises ValidationError for a time that the clocks skipped that day, for one that they showed twice where the season
    is not stated, and for a season that it was not.
    """
    moment = datetime.combine(day, clock or HOUR_UNKNOWN, timezone.get_default_timezone())
    offsets = [moment.replace(fold=fold).utcoffset() for fold in (0, 1)]
    stated = clock.utcoffset() if clock else None
    if offsets[0] == _OFFSETS[_WINTER] and offsets[1] == _OFFSETS[_SUMMER]:
        raise ValidationError(_skipped() % {"clock": moment.strftime("%H.%M")}, "skipped")
    if stated is None and offsets[0] != offsets[1]:
        raise ValidationError(_doubled() % {"clock": moment.strftime("%H.%M")}, "doubled")
    if stated is not None and stated not in offsets:
        raise ValidationError(
            _("Sådan gik uret ikke den dag. Skriv klokkeslættet uden sommertid og vintertid."), "season"
        )
    return moment if stated is None else moment.replace(fold=offsets.index(stated))


def _skipped() -> str:
    return _(
        "Kl. %(clock)s fandtes ikke den dag: uret blev stillet frem fra kl. 02.00 til kl. 03.00. "
        "Skriv, hvad klokken var."
    )


def _doubled() -> str:
    return _(
        "Kl. %(clock)s var der to gange den nat: uret blev stillet tilbage fra kl. 03.00 til kl. 02.00. "
        "Skriv %(clock)s sommertid, hvis det var den første gang, og %(clock)s vintertid, hvis det var den anden."
    )


def format_moment(moment: datetime | None) -> str:
    """Return "21. november 2026 kl. 14.30", the day alone where the hour is unknown, "" for None.

    In an hour that the clocks showed twice "sommertid" or "vintertid" follows.
    """
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    day = date_format(local, "j. F Y")
    if local.time() == HOUR_UNKNOWN:
        return day
    clock = local.strftime("%H.%M")
    if local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset():
        clock = f"{clock} {_WINTER if local.fold else _SUMMER}"
    return _("%(day)s kl. %(clock)s") % {"day": day, "clock": clock}


def format_deadline(due: date | datetime | None, *, briefly: bool = False) -> str:
    """Return "21-11-2026", for a moment "21-11-2026 kl. 14.30", "" for None; ``briefly`` writes the day as 21/11."""
    if due is None:
        return ""
    local = timezone.localtime(due) if isinstance(due, datetime) else due
    day = date_format(local, "j/n" if briefly else "d-m-Y")
    if not isinstance(local, datetime):
        return day
    return _("%(day)s kl. %(clock)s") % {"day": day, "clock": local.strftime("%H.%M")}


def format_recent(moment: datetime, today: date) -> str:
    """Return "i dag kl. 14.30", "i går" or "21-11-2026"."""
    local = timezone.localtime(moment)
    match (today - local.date()).days:
        case 0:
            return _("i dag kl. %(clock)s") % {"clock": local.strftime("%H.%M")}
        case 1:
            return _("i går")
        case _:
            return local.strftime("%d-%m-%Y")
