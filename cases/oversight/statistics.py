"""Counts that may be passed on: how many cases, by year, level, status and school, and no number that tells of a child.

At a school with a handful of cases a year, "one case at level 4" is a pupil whom everybody knows. So a list follows two
rules. A count under ``SMALL`` is hidden, nought included. Where one is hidden, so is the smallest of the others and all
that equal it; else what is shown, subtracted from the total, would tell it. What is hidden is then always everything up
to some number, so that the hidden counts could change places among themselves and the page would be the same: from
each of them nobody can tell more than that, not even who knows these rules.

Lists are given side by side and never crossed (levels within one year): two lists with one total say nothing about
each other. Rows are there whether they have cases or not. What two pages of different days tell together is not hidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.enums import Status
from cases.models import Case, School

SMALL = 5
"""The smallest number that is told."""

YEARS = 5
"""How many years have a row of their own."""

LEVELS = (1, 2, 3, 4)

_Key = TypeVar("_Key", bound=Hashable)
Words = str | Promise


@dataclass(frozen=True)
class StatisticsRow:
    """One row of a list; ``count`` is None where it is hidden."""

    title: Words
    count: int | None


@dataclass(frozen=True)
class Breakdown:
    """The same cases, counted by one thing."""

    key: str
    title: Words
    lines: tuple[StatisticsRow, ...]

    @property
    def tells(self) -> bool:
        """Whether some row tells a number."""
        return any(line.count is not None for line in self.lines)


@dataclass(frozen=True)
class Statistics:
    """What the page shows. ``total`` is None for fewer cases than may be told; then no list tells a number."""

    total: int | None
    breakdowns: tuple[Breakdown, ...]


@dataclass(frozen=True)
class _Counted:
    """What of a case is counted; no name, no number of the case."""

    opened_at: datetime
    confirmed_level: int | None
    level_high: int | None
    status: str
    school: int

    @property
    def year(self) -> int:
        return timezone.localtime(self.opened_at).year

    @property
    def level(self) -> int | None:
        """The confirmed level, or the highest that is possible."""
        return self.confirmed_level or self.level_high


def suppress_small_total(total: int) -> int | None:
    """The total, if it is large enough to be told."""
    return total if total >= SMALL else None


def suppress_small_counts(counts: Mapping[_Key, int]) -> dict[_Key, int | None]:
    """The counts of one list as they may be shown beside their total: None is hidden. Pure."""
    if suppress_small_total(sum(counts.values())) is None:
        return dict.fromkeys(counts)
    if min(counts.values()) >= SMALL:
        return dict(counts)
    cover = min(count for count in counts.values() if count >= SMALL) if max(counts.values()) >= SMALL else SMALL
    return {key: count if count > cover else None for key, count in counts.items()}


def statistics_of(cases: QuerySet[Case], schools: Sequence[School], today: date) -> Statistics:
    """Count the cases of these schools that came through the door. Several schools get a list of their own."""
    counted = cases.filter(school__in=schools)
    columns = counted.values_list("opened_at", "confirmed_level", "level_high", "status", "school")
    rows = [_Counted(*row) for row in columns]
    lists = [
        _breakdown("aar", _("Efter det år, sagen blev oprettet"), _years(today), rows, _year_row(today)),
        _breakdown("niveau", _("Efter niveau"), _levels(), rows, lambda row: row.level),
        _breakdown("status", _("Efter status"), dict(Status.choices), rows, lambda row: row.status),
    ]
    if len(schools) > 1:
        titles = {school.pk: school.name for school in schools}
        lists.append(_breakdown("skole", _("Efter skole"), titles, rows, lambda row: row.school))
    return Statistics(suppress_small_total(len(rows)), tuple(lists))


def _breakdown(
    key: str,
    title: Words,
    titles: Mapping[_Key, Words],
    rows: Iterable[_Counted],
    of: Callable[[_Counted], _Key],
) -> Breakdown:
    found = Counter(map(of, rows))
    counts = suppress_small_counts({one: found[one] for one in titles})
    return Breakdown(key, title, tuple(StatisticsRow(titles[one], count) for one, count in counts.items()))


def _years(today: date) -> dict[int, Words]:
    """The years with a row, the newest first, and one row for all that came before."""
    first = today.year - YEARS + 1
    rows: dict[int, Words] = {year: str(year) for year in range(today.year, first - 1, -1)}
    rows[first - 1] = _("Tidligere")
    return rows


def _year_row(today: date) -> Callable[[_Counted], int]:
    return lambda row: max(row.year, today.year - YEARS)


def _levels() -> dict[int | None, Words]:
    rows: dict[int | None, Words] = {level: _("Niveau %(level)d") % {"level": level} for level in LEVELS}
    rows[None] = _("Ikke vurderet endnu")
    return rows
