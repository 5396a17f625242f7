"""Read days and hours as people type them, and format them for pages and documents."""

import re
from datetime import date, datetime, time, timedelta
from datetime import timezone as fixed_zone

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DANISH_DATE = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4}|\d{2})", re.ASCII)
_CLOCK = re.compile(r"(?:kl\.?\s*)?(\d{1,2})(?:[.:]?(\d{2}))?", re.ASCII)
_DISTANCE = re.compile(
    r"(?:om (?P<ahead>\d{1,3}|en|et)|for (?P<back>\d{1,3}|en|et)) (?P<unit>dage?|uger?)(?P<since> siden)?"
)
_WEEKDAY = re.compile(r"(?P<way>i |på )?(?P<day>mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag)(?P<past>s)?")
_WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
_RELATIVE_DAYS = {
    "i dag": 0,
    "idag": 0,
    "i går": -1,
    "igår": -1,
    "i forgårs": -2,
    "i morgen": 1,
    "imorgen": 1,
    "i overmorgen": 2,
}

_SUMMER, _WINTER = "sommertid", "vintertid"
_OFFSETS = {_SUMMER: timedelta(hours=2), _WINTER: timedelta(hours=1)}

HOUR_UNKNOWN = time(0, 0, 0, 1)
"""Means "some time that day": a microsecond past midnight, which nobody can type and both engines keep."""


def read_day(typed: str, *, ahead: bool = False) -> date | None:
    """Return the day that was typed; None for text that is no day.

    21-11-2026, 21.11.26, 2026-11-21, "i dag", "i forgårs", "om 3 dage", "for en uge siden", "i fredags", "på fredag".
    A weekday alone is the last one, or with ``ahead`` the next one; never today.
    """
    typed = " ".join(typed.lower().split())
    if numbers := _date_parts(typed):
        try:
            return date(*numbers)
        except ValueError:
            return None
    days = _RELATIVE_DAYS.get(typed, _days_by_distance(typed) or _days_to_weekday(typed, ahead=ahead))
    return None if days is None else timezone.localdate() + timedelta(days=days)


def require_day(typed: str, *, ahead: bool = False) -> date:
    """Return the day that was typed. Raises ValidationError; a future day is refused unless ``ahead``."""
    day = read_day(typed, ahead=ahead)
    if day is None and _date_parts(" ".join(typed.split())):
        raise ValidationError(_("Den dato findes ikke. Skriv dag-måned-år, og se efter i kalenderen."), "no_such_day")
    if day is None and ahead:
        raise ValidationError(_("Skriv dag-måned-år, eller fx i morgen, om 3 dage eller på fredag."), "date")
    if day is None:
        raise ValidationError(_("Skriv datoen som dag-måned-år, fx 21-11-2026."), "date")
    if not 2000 <= day.year <= 2100:
        raise ValidationError(_("Årstallet ser forkert ud. Skriv fx 21-11-2026."), "year")
    if day > timezone.localdate() and not ahead:
        raise ValidationError(_("Datoen ligger ude i fremtiden. Skriv den dag, det skete."), "future")
    return day


def _date_parts(typed: str) -> tuple[int, int, int] | None:
    """Return year, month and day of text in the form of a date, in the calendar or not."""
    if found := _ISO.fullmatch(typed):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _DANISH_DATE.fullmatch(typed):
        year = int(found[3]) if len(found[3]) == 4 else 2000 + int(found[3])
        return year, int(found[2]), int(found[1])
    return None


def _days_by_distance(typed: str) -> int | None:
    """Return the days from today of "om 3 dage" and "for 2 uger siden"."""
    found = _DISTANCE.fullmatch(typed)
    if found is None or bool(found["back"]) != bool(found["since"]):
        return None
    count = found["ahead"] or found["back"]
    days = (1 if count in ("en", "et") else int(count)) * (7 if found["unit"].startswith("uge") else 1)
    return days if found["ahead"] else -days


def _days_to_weekday(typed: str, *, ahead: bool) -> int | None:
    """Return the days from today of "i fredags" (past), "på fredag" (future) and "fredag" (by ``ahead``)."""
    found = _WEEKDAY.fullmatch(typed)
    if found is None or (found["way"] == "i ") != bool(found["past"]):
        return None
    forward = found["way"] == "på " or (ahead and not found["past"])
    days = (_WEEKDAYS.index(found["day"]) - timezone.localdate().weekday()) % 7 or 7
    return days if forward else (days - 7 or -7)


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
