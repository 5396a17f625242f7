"""Measures what a page costs beside the plain POST of script/bench_app.py, and writes it to docs/figures.md.

Both apps are served by gunicorn in the same way. Each round asks for every page once, and before each page sends the
bare form, so that whatever else the machine does falls on both alike; the ratio is that of the medians. Where the time
goes is measured afterwards in this process. Arguments: a folder for the two databases, and the page to write to; with
`--show` the figures are printed and not written.
"""

import http.client
import os
import platform
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import django

from guide.web.compile_translations import compile_translations

compile_translations(ROOT / "locale")
django.setup()

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.template.base import Template
from django.urls import reverse
from django.utils import timezone

from cases.crypto import encryption
from cases.enums import Role
from cases.log import entry_crypto, writer
from cases.log.case_file import read_current
from cases.models import Case, Municipality, School, User
from guide.accounts.second_factor import SECOND_FACTOR_MARK
from guide.accounts.session_store import SessionStore
from guide.demo.demo_data import file_answers
from guide.demo.story import Answers, stories
from guide.questionnaire import card
from guide.questionnaire.schema import Section
from guide.questionnaire.step_form import data_from_answers, fields_of
from guide.steps import BY_KEY, afdaek
from script.write_figures import with_speed

ROUNDS = int(os.environ.get("HANDLEKORT_BENCH_ROUNDS", "60"))
SAVED = "afdaek"
TYPICAL, LARGEST, LAST_FIRST = "spredning", "personer", afdaek.FIRST[-1]
"""The sections that are saved, of the step with the most questions: five questions as most have, the one with the most
fields, and the last of the first pages, with which all of them are filed."""
SECRET = "b" * 32
"""The CSRF cookie, and the field of the form."""

Request = Callable[[int], tuple[str, str, dict[str, Any] | None]]
"""Round -> (method, path, form)."""


@dataclass
class Site:
    """One app, served or in this process: how to reach it and who is logged in."""

    name: str
    cookies: str
    headers: dict[str, str] = field(default_factory=dict)
    port: int = 0


@dataclass(frozen=True)
class Page:
    """What is measured: in words, the most it may cost, and how to ask for it."""

    title: str
    most: int | None
    request: Request


# --- What is there to ask for ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class World:
    """A user with cases: whole ones in which all seven steps are filed, and new ones in which none is."""

    user: User
    story: dict[str, Answers]
    whole: list[Case]
    new: list[Case]


def make_world() -> World:
    """Fill the product's database: a case of each kind for every round, since saving makes a case longer."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    school = School.objects.create(name="Åskolen", municipality=Municipality.objects.create(name="Sundby"))
    user = User.objects.create_user("bench@sundby.example", name="Bente Bænk", role=Role.STAFF, school=school)
    story = next(dict(told.steps) for told in stories(timezone.localdate()) if set(told.steps) == set(BY_KEY))
    whole = [writer.create_case(by=user, school=school) for _round in range(ROUNDS)]
    for case in whole:
        for step, answers in story.items():
            file_answers(case, user, step, answers)
    return World(user, story, whole, [writer.create_case(by=user, school=school) for _round in range(2 * ROUNDS)])


def pages(world: World) -> list[Page]:
    """Everything that is measured."""
    largest = [(step, max(step.layout, key=fields_in)[0]) for step in BY_KEY.values()]
    showing = [
        Page(f"»{section.title}« of {step.title}, all seven steps filed", 10, get(world, "trin", step.key, section.key))
        for step, section in largest
    ]
    return [
        Page(f"Saving {titled(TYPICAL)}, whole case (all seven steps filed)", 4, save(world.whole, world)),
        Page(f"Saving {titled(LARGEST)}, whole case", 4, save(world.whole, world, LARGEST)),
        Page(f"Saving {titled(TYPICAL)}, new case", None, save(world.new, world)),
        Page("Change of one answer (htmx), whole case", None, save(world.whole[:1], world, action="opdater")),
        Page(f"First page {titled(afdaek.FIRST[0])}, whole case", 10, get(world, "foerst", afdaek.FIRST[0])),
        Page(f"Filing the first pages with {titled(LAST_FIRST)}, whole case", None, file_first_pages(world)),
        Page("»Gør nu«, whole case", None, get(world, "nu")),
        Page("Overview, whole case", 5, get(world, "sag")),
        *showing,
        Page("Plan, whole case", 8, get(world, "plan")),
    ]


def fields_in(part: tuple[Section, tuple[str, ...]]) -> int:
    """How many questions and columns of tables a section has."""
    section, names = part
    return len(names) + sum(len(table.columns) for table in section.tables)


def titled(section: str) -> str:
    """The section's title in quotation marks."""
    found = BY_KEY[SAVED].section(section)
    return f"»{found.title}«" if found else ""


def get(world: World, name: str, *words: str) -> Request:
    """Show a page of a whole case."""
    return lambda number: ("GET", reverse(name, args=[world.whole[0].public_id, *words]), None)


def save(cases: list[Case], world: World, section: str = TYPICAL, action: str = "gem") -> Request:
    """Send the section as the page has it, with one answer changed."""

    def request(number: int) -> tuple[str, str, dict[str, Any]]:
        case = cases[number % len(cases)]
        return "POST", reverse("trin", args=[case.public_id, SAVED, section]), form_of(case, world, section, action)

    return request


def file_first_pages(world: World) -> Request:
    """Send the last of the first pages, with another answer than is filed."""

    def request(number: int) -> tuple[str, str, dict[str, Any]]:
        case = Case.objects.unscoped("bench").get(pk=world.whole[number % len(world.whole)].pk)
        filed = read_current(case).steps[SAVED].content["answers"]["victim_age"]
        form = form_of(case, world, LAST_FIRST, "videre") | {"victim_age": "15" if filed == "16" else "16"}
        return "POST", reverse("foerst", args=[case.public_id, LAST_FIRST]), form

    return request


def form_of(case: Case, world: World, section: str, action: str) -> dict[str, Any]:
    """What the page of the section sends; an answer of the typical section differs each time."""
    newest = Case.objects.unscoped("bench").get(pk=case.pk).entries.filter(kind="step", step=SAVED).last()
    names = BY_KEY[SAVED].names([section])
    answers = dict(data_from_answers(BY_KEY[SAVED], world.story[SAVED]).lists())
    changed = {"who_knows": f"Klassen {uuid4().hex[:8]}"} if section == TYPICAL else {}
    return (
        fields_of(names, answers)
        | changed
        | {
            "handling": action,
            "base_seq": str(newest.seq) if newest else "0",
            "submission_id": str(uuid4()),
            "vist": [name for name in BY_KEY[SAVED].conditions if name in names],
            "csrfmiddlewaretoken": SECRET,
        }
    )


def bare_form(number: int) -> tuple[str, str, dict[str, Any]]:
    """The plain POST that everything is measured by."""
    return "POST", "/", {"title": f"Note {number}", "text": "Noget tekst", "csrfmiddlewaretoken": SECRET}


# --- The two servers -------------------------------------------------------------------------------------------------


def our_site(world: World) -> Site:
    """The product, with a session that has both factors behind it."""
    session = SessionStore()
    session["_auth_user_id"] = str(world.user.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = world.user.get_session_auth_hash()
    session[SECOND_FACTOR_MARK] = str(world.user.pk)
    session.create()
    return Site(
        "guide.wsgi",
        f"__Host-session={session.session_key}; __Host-csrf={SECRET}",
        {
            "Host": "127.0.0.1",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "127.0.0.1",
            "Origin": "https://127.0.0.1",
        },
    )


def bare_site() -> Site:
    """The bare app; its database is made in a process of its own, which has its settings."""
    made = subprocess.run(
        [sys.executable, "-m", "script.bench_app"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return Site("script.bench_app", f"sessionid={made.stdout.strip()}; csrftoken={SECRET}")


@contextmanager
def served(site: Site) -> Iterator[http.client.HTTPConnection]:
    """Serve a site by one process, and give a connection to it that stays open."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        site.port = probe.getsockname()[1]
    options = ["--workers=1", "--threads=1", "--worker-class=gthread", "--keep-alive=600", "--log-level=warning"]
    options += ["--no-control-socket"]
    server = subprocess.Popen(  # noqa: S603 - our own app
        [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{site.port}", *options, f"{site.name}:application"],
        cwd=ROOT,
    )
    try:
        for _attempt in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", site.port)) == 0:
                    break
            time.sleep(0.1)
        yield http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    finally:
        server.terminate()
        server.wait()


def headers_of(site: Site, form: dict[str, Any] | None) -> dict[str, str]:
    """What the browser would send."""
    htmx = {"HX-Request": "true"} if form and form.get("handling") == "opdater" else {}
    typed = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    return {"Cookie": site.cookies, **site.headers, **typed, **htmx}


def timed(site: Site, link: http.client.HTTPConnection, asked: tuple[str, str, dict[str, Any] | None]) -> float:
    """Milliseconds of one request. Raises SystemExit for an answer that is none."""
    method, path, form = asked
    body = urlencode(form, doseq=True) if form else None
    headers = headers_of(site, form)
    began = time.perf_counter()
    link.request(method, path, body, headers)
    response = link.getresponse()
    response.read()
    took = (time.perf_counter() - began) * 1000
    check(method, path, form, response.status)
    return took


def check(method: str, path: str, form: dict[str, Any] | None, status: int) -> None:
    """A save is answered with a redirect, everything else with a page."""
    wanted = 302 if method == "POST" and (form or {}).get("handling") != "opdater" else 200
    if status != wanted:
        sys.exit(f"{method} {path} was answered {status}, not {wanted}.")


def compare(ours: Site, bare: Site, asked: list[Page]) -> dict[str, tuple[float, float]]:
    """Page -> median milliseconds of it, and of the bare form sent just before it."""
    times: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with served(ours) as our_link, served(bare) as bare_link:
        for number in range(-3, ROUNDS):
            for page in asked:
                request = page.request(number % ROUNDS)
                plain = timed(bare, bare_link, bare_form(number))
                took = timed(ours, our_link, request)
                if number >= 0:
                    times[page.title].append((took, plain))
    return {
        title: (statistics.median(took for took, _plain in both), statistics.median(plain for _took, plain in both))
        for title, both in times.items()
    }


# --- Where the time goes ---------------------------------------------------------------------------------------------

PARTS = ("database", "decryption", "assessment", "templates")


class Clock:
    """Adds up the time of each part; a part called from within another counts for itself alone."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self.inner: list[float] = []

    def watch(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with its time counted for the part."""

        def watched(*args: Any, **kwargs: Any) -> Any:
            self.inner.append(0.0)
            began = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                took = time.perf_counter() - began
                self.spent[part] += took - self.inner.pop()
                if self.inner:
                    self.inner[-1] += took

        return watched


def watch_everything(clock: Clock) -> None:
    """Put the clock around what each part goes through."""
    watched: list[tuple[str, Any, str]] = [
        ("database", CursorWrapper, "execute"),
        ("database", CursorWrapper, "executemany"),
        ("database", CursorWrapper, "fetchmany"),
        ("database", CursorWrapper, "fetchone"),
        ("database", BaseDatabaseWrapper, "connect"),
        ("database", BaseDatabaseWrapper, "_commit"),
        ("database", BaseDatabaseWrapper, "_close"),
        ("decryption", encryption, "unseal"),
        ("decryption", encryption, "unseal_json"),
        ("decryption", entry_crypto, "_hash"),
        ("assessment", card, "assess"),
        ("templates", Template, "render"),
    ]
    for part, owner, name in watched:
        if hasattr(owner, name):
            setattr(owner, name, clock.watch(part, getattr(owner, name)))


def ask_here(application: WSGIHandler, site: Site, asked: tuple[str, str, dict[str, Any] | None]) -> None:
    """One request to the product in this process, as gunicorn would hand it over."""
    method, path, form = asked
    body = urlencode(form or {}, doseq=True).encode()
    headers = headers_of(site, form)
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": headers.pop("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)) if form else "",
        "HTTP_HOST": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }
    response = application(environ, lambda *_head: None)
    b"".join(response)
    response.close()
    check(method, path, form, response.status_code)


def where_it_goes(site: Site, asked: list[Page]) -> dict[str, dict[str, float]]:
    """Page -> part -> median milliseconds, measured in this process."""
    connection.close()
    application = get_wsgi_application()
    clock = Clock()
    watch_everything(clock)
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    for number in range(-3, ROUNDS // 2):
        for page in asked:
            request = page.request(number % ROUNDS)
            connection.close()
            clock.spent.clear()
            began = time.perf_counter()
            ask_here(application, site, request)
            whole = time.perf_counter() - began
            if number >= 0:
                spent = {part: clock.spent[part] for part in PARTS}
                found[page.title].append(spent | {"the rest": whole - sum(spent.values())})
    return {
        title: {part: statistics.median(one[part] for one in each) * 1000 for part in (*PARTS, "the rest")}
        for title, each in found.items()
    }


# --- The page --------------------------------------------------------------------------------------------------------


def section(asked: list[Page], compared: dict[str, tuple[float, float]], parts: dict[str, dict[str, float]]) -> str:
    """The section "Speed" of docs/figures.md."""
    bare = statistics.median(plain for _took, plain in compared.values())
    ratios = []
    for page in asked:
        took, plain = compared[page.title]
        most = f"{page.most} ×" if page.most else "–"
        ratios.append(f"| {page.title} | {took:.1f} ms | {took / plain:.1f} × | {most} |")
    spent = [
        f"| {page.title} | {' | '.join(f'{parts[page.title][part]:.1f}' for part in (*PARTS, 'the rest'))} |"
        for page in asked
    ]
    return "\n".join(
        [
            "## Speed",
            "",
            f"Written by `script/bench` on {date.today().isoformat()}: Python {platform.python_version()}, Django "
            f"{django.__version__}, SQLite {sqlite3.sqlite_version}.",
            "Each page beside the plain POST of a bare Django app (`script/bench_app.py`: login, session, CSRF, one",
            "ModelForm, one row inserted), both served by gunicorn with the same SQLite settings, in turn, median of",
            f"{ROUNDS} rounds. The bare POST took {bare:.1f} ms.",
            "",
            "| Page | Time | Beside the bare POST | At most |",
            "|---|---|---|---|",
            *ratios,
            "",
            "Where the time of a page goes, in milliseconds within the process, median of "
            f"{ROUNDS // 2} rounds: the database (connecting, queries, commits), decryption (unsealing and hashing the "
            "lines of the log), the assessment (the rules), templates (what their tags call included), and the rest "
            "(forms, routing, middleware, writing entries).",
            "",
            f"| Page | {' | '.join(part.capitalize() for part in (*PARTS, 'the rest'))} |",
            "|---|---|---|---|---|---|",
            *spent,
            "",
        ]
    )


def main() -> None:
    """Measure, and write or show the section."""
    world = make_world()
    asked = pages(world)
    ours, bare = our_site(world), bare_site()
    text = section(asked, compare(ours, bare, asked), where_it_goes(ours, asked))
    if sys.argv[1:2] == ["--show"]:
        print(text)
        return
    page = Path(sys.argv[1])
    page.write_text(with_speed(page.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(f"{text}\n{page} is written.")


if __name__ == "__main__":
    main()
