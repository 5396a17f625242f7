"""How many cases there are, by year, level, status and school, without numbers small enough to identify a pupil.

At a school with a handful of cases a year, "one case at level 4" is a pupil whom everybody knows. So a list follows two
rules. A count under ``SMALL`` is hidden, zero included. Where one is hidden, so are the smallest of the others and all
that equal it; otherwise the total minus the shown counts would give it. The hidden counts are then always all counts up
to some number, and interchangeable without a change of the page: nobody can infer more, even knowing these rules.

Lists are shown side by side and never crossed (levels within one year): two lists with one total say nothing about
each other. Rows without cases are shown too. What can be inferred from pages of different days is not hidden.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db.models import Case as SqlCase
from django.db.models import Count, IntegerField, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.enums import Status
from cases.models import Case, School

SMALL = 5
"""The smallest number that is shown."""

YEARS = 5
"""The number of years with a row of their own."""

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
    """The cases counted by one property."""

    key: str
    title: Words
    lines: tuple[StatisticsRow, ...]

    @property
    def has_counts(self) -> bool:
        """Return whether a row has a count that is shown."""
        return any(line.count is not None for line in self.lines)


@dataclass(frozen=True)
class Statistics:
    """What the page shows. ``total`` is None for too few cases; then every count is None."""

    total: int | None
    breakdowns: tuple[Breakdown, ...]


@dataclass(frozen=True)
class _Group:
    """How many cases are alike in all that is counted; ``level`` is the confirmed one, or the highest possible."""

    year: int
    level: int | None
    status: str
    school: int
    cases: int


def suppress_small_total(total: int) -> int | None:
    """Return the total, or None if it is too small to be shown."""
    return total if total >= SMALL else None


def suppress_small_counts(counts: Mapping[_Key, int]) -> dict[_Key, int | None]:
    """Return the counts of one list as they may be shown beside their total, None for hidden ones."""
    if suppress_small_total(sum(counts.values())) is None:
        return dict.fromkeys(counts)
    if min(counts.values()) >= SMALL:
        return dict(counts)
    highest_hidden = min((count for count in counts.values() if count >= SMALL), default=SMALL)
    return {key: count if count > highest_hidden else None for key, count in counts.items()}


def statistics_of(cases: QuerySet[Case], schools: Sequence[School], today: date) -> Statistics:
    """Count the visible cases of these schools; with several schools, by school too."""
    groups = _groups(cases.filter(school__in=schools), today)
    lists = [
        _breakdown("aar", _("Efter det år, sagen blev oprettet"), _years(today), groups, lambda group: group.year),
        _breakdown("niveau", _("Efter niveau"), _levels(), groups, lambda group: group.level),
        _breakdown("status", _("Efter status"), dict(Status.choices), groups, lambda group: group.status),
    ]
    if len(schools) > 1:
        titles = {school.pk: school.name for school in schools}
        lists.append(_breakdown("skole", _("Efter skole"), titles, groups, lambda group: group.school))
    return Statistics(suppress_small_total(sum(group.cases for group in groups)), tuple(lists))


def _groups(cases: QuerySet[Case], today: date) -> list[_Group]:
    """Count in the database, which gives back a few groups however many cases there are."""
    first = today.year - YEARS + 1
    years = [When(opened_at__gte=_new_year(year), then=Value(year)) for year in range(today.year + 1, first - 1, -1)]
    year = SqlCase(*years, default=Value(first - 1), output_field=IntegerField())
    counted = cases.order_by().annotate(year=year, level=Coalesce("confirmed_level", "level_high"))
    groups = counted.values_list("year", "level", "status", "school").annotate(cases=Count("pk"))
    return [_Group(*group) for group in groups]


def _new_year(year: int) -> datetime:
    return timezone.make_aware(datetime(year, 1, 1))


def _breakdown(
    key: str,
    title: Words,
    titles: Mapping[_Key, Words],
    groups: Iterable[_Group],
    of: Callable[[_Group], _Key],
) -> Breakdown:
    found: Counter[_Key] = Counter()
    for group in groups:
        found[of(group)] += group.cases
    counts = suppress_small_counts({one: found[one] for one in titles})
    return Breakdown(key, title, tuple(StatisticsRow(titles[one], count) for one, count in counts.items()))


def _years(today: date) -> dict[int, Words]:
    """Return the years with a row, newest first, and a row for all earlier years."""
    first = today.year - YEARS + 1
    rows: dict[int, Words] = {year: str(year) for year in range(today.year, first - 1, -1)}
    rows[first - 1] = _("Tidligere")
    return rows


def _levels() -> dict[int | None, Words]:
    rows: dict[int | None, Words] = {level: _("Niveau %(level)d") % {"level": level} for level in LEVELS}
    rows[None] = _("Ikke vurderet endnu")
    return rows
