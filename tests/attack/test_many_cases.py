"""Pages over all cases take hardly longer with 100,000 cases than with 100: none of their queries reads a whole table.

The suite looks at the plans of the queries. `script/prove lists` measures.
"""

import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from io import StringIO
from typing import Any, NamedTuple

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from cases.access import permissions
from cases.models import AuditEvent, Case
from tests import figures
from tests.attack.many_cases import People, Size, analyze, fill
from tests.built_once import built_once
from tests.engines import IS_POSTGRESQL

FEW = Size(cases=100, schools=1, municipalities=1, staff=2, open=0.5, referred_of=1)
MANY = Size(cases=100_000, schools=40, municipalities=5, staff=15, open=0.2, referred_of=50)
SOME = Size(cases=1_000, schools=20, municipalities=4, staff=3, open=0.5, referred_of=20)
ONE_SCHOOL = Size(cases=1_500, schools=1, municipalities=1, staff=3, open=0.5, referred_of=20)

LISTS = [
    (who, f"/sager/?vis={which}")
    for who in ("teacher", "colleague", "leader", "ssp")
    for which in ("aabne", "afsluttede", "alle")
]
OVERSIGHT = [
    ("leader", "/statistik/"),
    ("ssp", "/statistik/"),
    ("leader", "/opslag/"),
    ("leader", "/opslag/?tid=alt"),
    ("leader", "/opslag/?tid=alt&hvad=afvist"),
    ("leader", "/opbevaring/"),
    ("administrator", "/opbevaring/"),
]
LIST_AT_MOST, OVERSIGHT_AT_MOST = 1.5, 4.0
LOOKUPS_BYTES = 100_000
BESIDE = "/akut/"
_FOR_SMALL_TABLES = ("seqscan", "hashjoin", "mergejoin")
"""What PostgreSQL rightly does with a thousand cases and not with a hundred thousand, if there is an index."""


class Query(NamedTuple):
    """A statement and its parameters."""

    sql: str
    params: Any


@built_once
def made() -> People:
    """A thousand cases, a twentieth of them at the school that is looked at."""
    people = fill(SOME)
    analyze()
    return people


@pytest.fixture
def some(made: People, db: None) -> People:
    return made


def queries(asked: Callable[[], Any]) -> list[Query]:
    """The queries that read something while this is asked."""
    found = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.startswith("SELECT") and "pg_advisory" not in sql:
            found.append(Query(sql, params))
        return execute(sql, params, many, context)

    noted: AbstractContextManager[None] = connection.execute_wrapper(note)
    with noted:
        asked()
    return found


def whole_tables(query: Query) -> set[str]:
    """The tables of cases and of the access log of which the query reads more than half."""
    return _large_reads(query) if IS_POSTGRESQL else _scans(query)


def _scans(query: Query) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {query.sql}", query.params)
        names = re.findall(r"SCAN (\w+)", "\n".join(row[3] for row in cursor.fetchall()))
    called = {alias: table for table, alias in re.findall(r'"(cases_\w+)" ([A-Z]\d+)', query.sql)}
    return {called.get(name, name) for name in names} & {"cases_case", "cases_auditevent"}


def _large_reads(query: Query) -> set[str]:
    half = {"cases_case": SOME.cases / 2, "cases_auditevent": AuditEvent.objects.count() / 2}
    with connection.cursor() as cursor:
        cursor.execute("".join(f"SET LOCAL enable_{way} = off;" for way in _FOR_SMALL_TABLES))
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query.sql}", query.params)
        nodes = list(_nodes(cursor.fetchone()[0][0]["Plan"]))
    return {table for table, rows in half.items() if any(_rows_read(node, table) > rows for node in nodes)}


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _rows_read(node: dict[str, Any], table: str) -> float:
    if node.get("Relation Name") != table:
        return 0
    read = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float(read * node["Actual Loops"])


def opened(people: People, who: str) -> Client:
    """A browser in which this person is logged in."""
    client = Client()
    client.force_login(getattr(people, who))
    return client


def test_no_page_reads_a_whole_table(some: People) -> None:
    found = {}
    for who, page in LISTS + OVERSIGHT:
        client = opened(some, who)
        assert "/sager/" not in page or client.get(page).context["rows"]
        asked = queries(lambda: client.get(page))  # noqa: B023 - called at once
        found[who, page] = [query.sql for query in asked if whole_tables(query)]
    assert {where: whole for where, whole in found.items() if whole} == {}


def test_search_for_what_is_due_reads_no_whole_table(some: People) -> None:
    asked = queries(lambda: call_command("retention", stdout=StringIO()))
    assert [query.sql for query in asked if whole_tables(query)] == []


def test_query_over_all_is_noticed(some: People) -> None:
    """The proof can fail."""
    one_by_one = queries(lambda: list(permissions.visible_to(some.ssp)))
    whole = queries(lambda: list(Case.objects.unscoped("test").filter(late=False)))
    log = queries(lambda: list(AuditEvent.objects.filter(detail="")))
    assert [whole_tables(query) for query in whole + log] == [{"cases_case"}, {"cases_auditevent"}]
    assert IS_POSTGRESQL or whole_tables(one_by_one[0]) == {"cases_case"}


def test_both_forms_of_visible_cases_are_the_same(some: People) -> None:
    """What lists ask begins with what the user has; a single case is asked for itself."""
    for user in (*vars(some).values(), *type(some.ssp).objects.order_by("pk")[:20]):
        found = [
            {case.pk: case.case_role for case in permissions.visible_to(user, many=many)}  # type: ignore[attr-defined]
            for many in (False, True)
        ]
        assert found[0] == found[1], user.role


def test_page_of_look_ups_is_small_at_a_school_with_many_cases(db: None) -> None:
    page = opened(fill(ONE_SCHOOL), "leader").get("/opslag/?tid=alt")
    assert len(page.context["rows"]) == 50
    assert len(page.content) <= LOOKUPS_BYTES


# --- The long form ---


class Measured(NamedTuple):
    """The median time of a page, beside a page without cases that is asked for in turn, and its size."""

    time: float
    size: int


def measured(people: People, rounds: int = 25) -> dict[tuple[str, str], Measured]:
    """How long each page takes. Whatever else the machine does meanwhile, it does to both pages."""
    found = {}
    for who, page in LISTS + OVERSIGHT:
        client = opened(people, who)
        answer = client.get(page)
        assert answer.status_code == 200
        took = [seconds(client, page) / seconds(client, BESIDE) for _round in range(rounds)]
        found[who, page] = Measured(statistics.median(took), len(answer.content))
    return found


def seconds(client: Client, page: str) -> float:
    """How long one answer takes."""
    began = time.perf_counter()
    client.get(page)
    return time.perf_counter() - began


@pytest.mark.slow
@pytest.mark.skipif(not figures.LONG, reason="script/prove lists measures")
@pytest.mark.django_db(transaction=True)
def test_times_hardly_grow_with_the_cases() -> None:
    people = fill(FEW)
    analyze()
    few = measured(people)
    people = fill(MANY)
    analyze()
    many = measured(people)
    times = {where: many[where].time / few[where].time for where in few}
    figures.record("lists: cases", MANY.cases)
    figures.record("lists: percent", round(100 * max(times[where] for where in LISTS)))
    figures.record("lists: oversight percent", round(100 * max(times[where] for where in OVERSIGHT)))
    figures.record("lists: bytes", max(many[where].size for where in OVERSIGHT if "/opslag/" in where[1]))
    told = {f"{who} {page}": f"{times[who, page]:.2f}" for who, page in times}
    assert max(times[where] for where in LISTS) <= LIST_AT_MOST, told
    assert max(times[where] for where in OVERSIGHT) <= OVERSIGHT_AT_MOST, told
    assert all(many[where].size <= LOOKUPS_BYTES for where in OVERSIGHT if "/opslag/" in where[1])
