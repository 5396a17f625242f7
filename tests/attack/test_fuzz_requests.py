"""No header, address, query or kind of body makes the server fail."""

import re
from itertools import cycle, islice

import pytest
from django.conf import settings
from django.db import transaction

from cases.sharing.queue import FILTER_NAMES
from guide.steps import STEPS
from tests.attack import matrix, naughty
from tests.attack.actions import object_of
from tests.attack.fuzzing import VALUES, chosen, encoded, faults, tried
from tests.attack.walk import FORM, address, ask
from tests.attack.world import World
from tests.engines import IS_POSTGRESQL
from tests.figures import LONG

# How many of its pairs of a name and a value each page is asked with alone, in the long form: the choice is even over
# both. All of them at once it is asked with as many times as there are values, so that each name has had every value.
MOST_PAIRS = 240

pytestmark = pytest.mark.usefixtures("paper", "hushed", "counted")


@pytest.mark.one_engine
@pytest.mark.parametrize("content_type", naughty.CONTENT_TYPES, ids=range(len(naughty.CONTENT_TYPES)))
def test_content_types(content_type: str, world: World) -> None:
    wrong = []
    case = f"/sager/{world.cases['named'].public_id}/"
    for method in ("GET", "POST"):
        for path in (
            "/",
            "/proev/",
            "/konto/login/?next=/%2B2AA-",
            "/sager/?vis=%2B2AA-",
            f"{case}log/?art=%2B2AA-",
            f"{case}log/notat/",
        ):
            for actor in ("anonymous", "leader"):
                with transaction.atomic():
                    response = world.client(actor).generic(method, path, b"a=%2B2AA-&text=x", content_type=content_type)
                    wrong += [(method, path, actor, fault) for fault in faults(response)]
                    transaction.set_rollback(True)
                tried["inputs"] += 1
    assert wrong == []


def odd_names() -> list[str]:
    """Names of fields that no page has: numbers of rows that are none, or too long to be read as one."""
    numbers = ["9" * 5000, "²", "١", "-1", "", "\x00", "\ud800"]
    cells = [(table.key, next(iter(table.columns))) for step in STEPS for table in step.tables]
    return [*numbers, "__proto__", *(f"{key}-{number}-{column}" for key, column in cells for number in numbers)]


PLAIN, FILE = "to ord", "to ord data:image/png;base64,AAAA"
# A file is refused before it is asked who sends it: the short form has one of the three send it.
SENT_BY = [("anonymous", PLAIN), ("leader", PLAIN), ("administrator", PLAIN), ("leader", FILE)]
SENT_BY += [("anonymous", FILE), ("administrator", FILE)] if LONG else []


@pytest.mark.one_engine
@pytest.mark.parametrize(("actor", "text"), SENT_BY)
def test_names_of_fields(actor: str, text: str, world: World) -> None:
    """Also on the pages that hand text back: after a login that ended, and for a file."""
    wrong = []
    names = {name: [text] for name in odd_names()}
    for pattern in matrix.rows():
        path = address(pattern, {**world.fills(actor), "object_id": object_of(world, pattern)})
        with transaction.atomic():
            response = ask(world.client(actor), "POST", path, encoded(names))
            wrong += [(pattern, fault) for fault in faults(response)]
            transaction.set_rollback(True)
        tried["inputs"] += len(names)
    assert wrong == []


WAYS = [
    *[("GET", path) for path in ("/", "/proev/", "/konto/login/", "/sager/", "/admin/", "/nowhere/")],
    *[("GET", "/static/css/base.css"), ("POST", "/proev/"), ("POST", "/konto/login/")],
]


@pytest.mark.one_engine
@pytest.mark.parametrize("name", naughty.HEADERS)
def test_headers(name: str, world: World) -> None:
    wrong = []
    case = f"/sager/{world.cases['named'].public_id}/"
    for method, path in [*WAYS, ("GET", case), ("POST", f"{case}trin/afdaek/sted/"), ("POST", f"{case}log/")]:
        for actor in ("anonymous", "leader"):
            with transaction.atomic():
                client = world.client("anonymous" if "Cookie" in naughty.HEADERS[name] else actor)
                response = client.generic(method, path, "a=b", content_type=FORM, headers=naughty.HEADERS[name])
                wrong += [(method, path, actor, fault) for fault in faults(response)]
                transaction.set_rollback(True)
            tried["inputs"] += 1
    assert wrong == []


def queried() -> list[tuple[str, str]]:
    """(actor, pattern) of every page that may be asked with a query string."""
    pages = [("leader", pattern) for pattern in matrix.rows() if matrix.declared("leader")[pattern]["GET"] == "200"]
    lists = [f"admin/{model}/" for model in matrix.ADMIN_MODELS]
    others = ["admin/", "admin/autocomplete/", "admin/login/", "admin/cases/user/add/"]
    ssp = [
        ("ssp_named", "sager/"),
        ("anonymous", "konto/login/"),
        ("anonymous", "konto/sso/<slug:provider_key>/retur/"),
    ]
    return [*pages, *ssp, *[("administrator", pattern) for pattern in [*lists, *others]]]


@pytest.mark.parametrize(("actor", "pattern"), queried())
def test_query_strings(actor: str, pattern: str, world: World) -> None:
    """In the short form each name has a value on SQLite and another one on PostgreSQL."""
    wrong = []
    values = list(VALUES.items())
    path = address(pattern, {**world.fills(actor), "object_id": object_of(world, pattern)})
    client = world.client(actor)
    asked = []
    for turn in range(len(values)) if LONG else (int(IS_POSTGRESQL),):
        picked = list(zip(naughty.QUERIES, islice(cycle(values), turn * 17 + len(pattern), None), strict=False))
        asked += [picked, *([pair] for pair in picked if pattern.startswith("admin/") and not LONG)]
    if LONG:
        asked += [[pair] for pair in chosen(naughty.QUERIES, VALUES, MOST_PAIRS)]
    for pairs in asked:
        query = encoded({field: [value[:4000]] for field, (_what, value) in pairs})
        with transaction.atomic():
            response = ask(client, "GET", f"{path}?{query}")
            wrong += [(field, what, fault) for field, (what, _value) in pairs[:1] for fault in faults(response)]
            transaction.set_rollback(True)
        tried["inputs"] += len(pairs)
    assert wrong == []


def test_every_name_that_is_read_of_a_query_is_tried() -> None:
    files = [path for room in ("cases", "guide") for path in (settings.BASE_DIR / room).rglob("*.py")]
    read = {name for path in files for name in re.findall(r'\.GET\.get\("(\w+)"', path.read_text(encoding="utf-8"))}
    assert {"vis", "side"} <= read
    assert read | set(FILTER_NAMES.values()) <= set(naughty.QUERIES)


@pytest.mark.parametrize(("actor", "pattern"), [("ssp_named", "sager/"), ("leader", "sager/"), ("leader", "opslag/")])
def test_nul_in_any_name_of_a_query(actor: str, pattern: str, world: World) -> None:
    """PostgreSQL fails at it, so it is not asked: SSP's search by number did."""
    client, wrong = world.client(actor), []
    for name in naughty.QUERIES:
        with transaction.atomic():
            response = ask(client, "GET", f"/{pattern}?{name}=%00")
            wrong += [(name, response.status_code)] if response.status_code != 400 else []
            transaction.set_rollback(True)
        tried["inputs"] += 1
    assert wrong == []


PARTS = {
    "uuid": ["0" * 36, "g" * 36, str(2**200), "00000000-0000-0000-0000-000000000000"],
    "slug": ["x" * 5000, "__proto__", "-", "_", "afdaek-"],
    "int": ["0", "9" * 400, "9" * 5000, "2147483648", "9223372036854775808", "-1", "١"],
    "path": ["0", "9" * 400, "x/y", "..%2f..", "%00", "%ed%a0%80", "_3A_20", "'", "<script>"],
    "str": ["%00", "%ff", "%ed%a0%80", "<script>", "x" * 5000],
}
TAKING = {
    "uuid": ("public_id", "proposal_id"),
    "slug": ("step", "section", "duty", "provider_key"),
    "int": ("seq", "pk"),
    "path": ("object_id", "content_type_id"),
    "str": ("key",),
}


@pytest.mark.parametrize("actor", ["leader", "administrator"])
def test_parts_of_addresses(actor: str, world: World) -> None:
    wrong = []
    client = world.client(actor)
    for pattern in matrix.rows():
        if (actor == "administrator") != pattern.startswith("admin/"):
            continue
        for kind, values in PARTS.items():
            if f"<{kind}:" not in pattern:
                continue
            for value in values:
                known = {**world.fills(actor), "object_id": object_of(world, pattern)}
                path = address(
                    pattern,
                    known | dict.fromkeys(TAKING[kind], value),
                )
                for method in ("GET", "POST"):
                    with transaction.atomic():
                        wrong += [(pattern, value[:40], method, fault) for fault in faults(ask(client, method, path))]
                        transaction.set_rollback(True)
                    tried["inputs"] += 1
    for path in (
        "/%00",
        "/%ff",
        "/%ed%a0%80",
        "/" + "x/" * 3000,
        "/konto/password/reset/key/" + "z" * 500 + "-x/",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/static/%00",
        "/static/%ff.css",
        "//evil.example/",
    ):
        wrong += [(path[:40], fault) for fault in faults(ask(client, "GET", path))]
        tried["inputs"] += 1
    assert wrong == []
