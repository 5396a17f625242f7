"""Days and hours as people type them, and as the log keeps and shows them. A leaf."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DANISH_DATE = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4}|\d{2})", re.ASCII)
_CLOCK = re.compile(r"(?:kl\.?\s*)?(\d{1,2})(?:[.:]?(\d{2}))?", re.ASCII)

HOUR_UNKNOWN = time(0, 0, 0, 1)
"""Stands for "some time that day": a microsecond past midnight, which nobody can type and both engines keep."""


def read_day(typed: str) -> date | None:
    """Read 21-11-2026, 21.11.26, 2026-11-21, "i dag", "i går" or "i forgårs"; None where it is no day."""
    typed = typed.strip().lower()
    spoken = {"i dag": 0, "idag": 0, "i går": 1, "igår": 1, "i forgårs": 2}
    if typed in spoken:
        return timezone.localdate() - timedelta(days=spoken[typed])
    try:
        if _ISO.fullmatch(typed):
            return date.fromisoformat(typed)
        found = _DANISH_DATE.fullmatch(typed)
        if found is None:
            return None
        day, month, year = found.groups()
        return date(int(year) if len(year) == 4 else 2000 + int(year), int(month), int(day))
    except ValueError:
        return None


def read_clock(typed: str) -> time | None:
    """Read 14.30, 14:30, 1430, "kl. 14.30" or 14; None where it is no time of day."""
    found = _CLOCK.fullmatch(typed.strip().lower())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def moment_of(day: date, clock: time | None) -> datetime:
    """The aware local time of an event; without a clock only the day counts."""
    return timezone.make_aware(datetime.combine(day, clock or HOUR_UNKNOWN))


def in_words(moment: datetime | None) -> str:
    """21. november 2026 kl. 14.30, or the day alone where the hour is not known; empty for None."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    day = date_format(local, "j. F Y")
    if local.time() == HOUR_UNKNOWN:
        return day
    return _("%(day)s kl. %(clock)s") % {"day": day, "clock": local.strftime("%H.%M")}


def lately(moment: datetime, today: date) -> str:
    """I dag kl. 14.30, i går, or 21-11-2026: how long ago is seen before the date is read."""
    local = timezone.localtime(moment)
    match (today - local.date()).days:
        case 0:
            return _("i dag kl. %(clock)s") % {"clock": local.strftime("%H.%M")}
        case 1:
            return _("i går")
        case _:
            return local.strftime("%d-%m-%Y")
