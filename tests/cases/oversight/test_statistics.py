"""What statistics tell: right numbers, and none from which a hidden one can be reckoned.

The searches go through *every* list and table up to a size, and ask what somebody knows who knows the rules: all that
gives exactly this page. A hidden number is safe when it differs between them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.access import permissions
from cases.enums import ReferralForm, Role
from cases.log import writer
from cases.models import AuditEvent, Case, Municipality, School, User
from cases.oversight import statistics
from cases.oversight.statistics import SMALL, Statistics, suppress_small_counts, suppress_small_total
from cases.sharing import actions
from tests import figures
from tests.factories import file_step, make_case, make_school, make_user, step_content

PAGE = "/statistik/"
TODAY = date(2026, 3, 2)


def page_of(*lists: tuple[int, ...]) -> tuple[Any, ...]:
    """All that is shown of lists that count the same cases."""
    return (
        suppress_small_total(sum(lists[0])),
        *(tuple(suppress_small_counts(dict(enumerate(counts))).values()) for counts in lists),
    )


def reckoned(secrets: Iterable[tuple[tuple[int, ...], ...]]) -> list[Any]:
    """The pages from which some hidden number, or a hidden total, follows."""
    behind: dict[Any, list[tuple[tuple[int, ...], ...]]] = defaultdict(list)
    for lists in secrets:
        behind[page_of(*lists)].append(lists)
    return [page for page, possible in behind.items() if _tells(page, possible)]


def _tells(page: Any, possible: list[tuple[tuple[int, ...], ...]]) -> bool:
    total, *shown = page
    if total is None and len({sum(lists[0]) for lists in possible}) == 1:
        return True
    return any(
        count is None and len({lists[place][row] for lists in possible}) == 1
        for place, counts in enumerate(shown)
        for row, count in enumerate(counts)
    )


def summing(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way to spread that many cases over that many cells."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        yield from ((first, *rest) for rest in summing(total - first, parts - 1))


def up_to(highest: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way to fill the cells with at most so many cases: all that can stand behind a page with such a total."""
    for total in range(highest + 1):
        yield from summing(total, parts)


@pytest.mark.parametrize(("rows", "highest"), [(1, 60), (2, 60), (3, 40), (4, 24), (5, 17), (6, 13)])
def test_no_hidden_count_of_a_list_can_be_reckoned(rows: int, highest: int) -> None:
    lists = [(counts,) for counts in up_to(highest, rows)]
    assert reckoned(lists) == []
    figures.record("statistics: tables", len(lists))


@pytest.mark.parametrize(
    ("rows", "columns", "highest", "small"), [(2, 2, 25, SMALL), (2, 3, 12, SMALL), (3, 3, 8, 3), (3, 3, 8, 2)]
)
def test_no_hidden_count_of_a_table_can_be_reckoned(
    rows: int, columns: int, highest: int, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cases by year and by level, side by side: both edges of every table, with the total that they share."""
    monkeypatch.setattr(statistics, "SMALL", small)

    def edges(cells: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        lines = [cells[row * columns : (row + 1) * columns] for row in range(rows)]
        return tuple(map(sum, lines)), tuple(map(sum, zip(*lines, strict=True)))

    tables = [edges(cells) for cells in up_to(highest, rows * columns)]
    assert reckoned(tables) == []
    figures.record("statistics: tables", len(tables))


def hide_small_only(counts: dict[int, int]) -> dict[int, int | None]:
    return {key: count if count >= SMALL else None for key, count in counts.items()}


def hide_one_more(counts: dict[int, int]) -> dict[int, int | None]:
    """What is often done: when one alone is hidden, hide the smallest of the others too."""
    shown = hide_small_only(counts)
    if list(shown.values()).count(None) == 1 and len(counts) > 1:
        shown[min((key for key in shown if shown[key] is not None), key=lambda key: counts[key])] = None
    return shown


@pytest.mark.parametrize("rule", [hide_small_only, hide_one_more])
def test_the_search_finds_what_weaker_rules_give_away(
    rule: Callable[[dict[int, int]], dict[int, int | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "suppress_small_counts", rule)
    assert reckoned((counts,) for counts in up_to(20, 3)) != []


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([0, 0], [None, None]),
        ([4, 0], [None, None]),
        ([5, 6], [5, 6]),
        ([4, 6], [None, None]),
        ([4, 6, 9], [None, None, 9]),
        ([4, 6, 6, 9], [None, None, None, 9]),
        ([4, 4, 4], [None, None, None]),
        ([0, 12, 30], [None, None, 30]),
    ],
)
def test_told(counts: list[int], shown: list[int | None]) -> None:
    assert list(suppress_small_counts(dict(enumerate(counts))).values()) == shown


# --- What is counted ---


def rated(owner: User, level: int | None, confirmed: int | None = None) -> Case:
    case = make_case(owner)
    if level:
        file_step(case, content=step_content(levels=[1, level] if level > 1 else [1], confirmed=confirmed))
    return case


def opened(case: Case, year: int) -> None:
    Case.objects.unscoped("test").filter(pk=case.pk).update(opened_at=datetime(year, 1, 1, 0, 30, tzinfo=UTC))


def counted(user: User, *schools: School) -> dict[str, dict[str, int | None]]:
    found: Statistics = statistics.statistics_of(permissions.visible_to(user), schools, TODAY)
    return {one.key: {str(line.title): line.count for line in one.lines} for one in found.breakdowns}


def test_cases_are_counted_by_year_level_and_status(
    staff: User, leader: User, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "SMALL", 0)
    for year, level, confirmed in [(2026, 4, None), (2026, 4, 2), (2025, 1, None), (2019, None, None)]:
        opened(rated(staff, level, confirmed), year)
    closed = rated(staff, 3)
    opened(closed, 2021)
    writer.close_case(case=closed, by=leader, reason="Færdig.")
    make_case()
    assert counted(leader, school) == {
        "aar": {"2026": 2, "2025": 1, "2024": 0, "2023": 0, "2022": 0, "Tidligere": 2},
        "niveau": {"Niveau 1": 1, "Niveau 2": 1, "Niveau 3": 1, "Niveau 4": 1, "Ikke vurderet endnu": 1},
        "status": {"Åben": 4, "Afsluttet": 1},
    }


def refer(case: Case) -> None:
    actions.refer(
        case=case,
        by=case.owner,
        form=ReferralForm.ANONYMOUS,
        purpose="Råd",
        message="",
        included=[],
        submission_id=uuid4(),
    )


def test_ssp_counts_what_was_referred_by_school(
    ssp: User, staff: User, municipality: Municipality, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "SMALL", 0)
    neighbour = make_school(municipality, "Naboskolen")
    silent = make_school(municipality, "Stille Skole")
    for case in (make_case(staff), make_case(staff), make_case(make_user(school=neighbour))):
        refer(case)
    make_case(staff)
    assert counted(ssp, school, neighbour, silent)["skole"] == {school.name: 2, "Naboskolen": 1, "Stille Skole": 0}


# --- The page ---


@pytest.mark.parametrize("who", ["leader", "ssp"])
def test_page_shows_large_numbers_and_hides_small_ones(
    client: Client, staff: User, request: pytest.FixtureRequest, who: str
) -> None:
    for level in [1] * 3 + [2] * 6 + [3] * 7:
        refer(rated(staff, level))
    client.force_login(request.getfixturevalue(who))
    response = client.get(PAGE)
    found = {one.key: [line.count for line in one.lines] for one in response.context["statistics"].breakdowns}
    assert found["niveau"] == [None, None, 7, None, None]
    text = response.text
    assert "16 sager i alt" in text
    assert text.count("Vises ikke") == sum(counts.count(None) for counts in found.values() if any(counts))
    assert text.count("for få sager i hver gruppe") == sum(not any(counts) for counts in found.values())


def test_few_cases_give_no_number(client: Client, staff: User, leader: User) -> None:
    for _number in range(SMALL - 1):
        make_case(staff)
    client.force_login(leader)
    text = client.get(PAGE).text
    assert "færre end 5 sager" in text
    assert "i alt" not in text


def test_nothing_beyond_the_door_is_counted(client: Client, staff: User, leader: User, ssp: User) -> None:
    """Another school's cases, and for SSP those that were not referred, are in no number."""
    for _number in range(SMALL):
        make_case(staff)
        make_case()
    for user, total in ((leader, SMALL), (ssp, None)):
        client.force_login(user)
        assert client.get(PAGE).context["statistics"].total == total


def test_page_is_logged(client: Client, leader: User) -> None:
    client.force_login(leader)
    client.get(PAGE)
    assert list(AuditEvent.objects.values_list("verb", "actor", "detail")) == [("list", leader.public_id, "statistics")]


def test_queries_do_not_grow_with_the_cases(client: Client, staff: User, leader: User) -> None:
    client.force_login(leader)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for _number in range(10):
        make_case(staff)
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)
    assert len(many) == len(few)


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMINISTRATOR])
def test_page_is_not_for_others(client: Client, role: Role, db: None) -> None:
    client.force_login(make_user(role))
    assert client.get(PAGE).status_code == 403
