"""Browser tests: Debian's Chromium against the live server, and a page that fails on anything that goes wrong in it."""

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from cases.enums import Role
from cases.log import writer
from cases.log.drafts import read_draft
from cases.models import Case, Municipality, School, User
from guide.accounts.second_factor import SECOND_FACTOR_MARK
from guide.accounts.session_store import SessionStore
from guide.demo.demo_data import file_answers
from guide.questionnaire.schema import Answers
from tests.browser.hand import Hand
from tests.figures import LONG

# Playwright keeps an event loop running in this thread, which Django would take for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Nothing waits this long; a machine with other work to do may need more than the five seconds it would be.
expect.set_options(timeout=20_000)
PATIENCE = 90_000
"""Milliseconds that a click or a download may take: as long as a paper may be in the making."""

LAUNCH_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",  # the browser without a window would make lines longer than the whole one does
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder, so that `-m "not browser"` leaves it out."""
    for item in items:
        if "/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    path = os.environ.get("HANDLEKORT_CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if not path:
        pytest.fail("Chromium is missing. script/test installs it.")
    return {"executable_path": path, "args": LAUNCH_ARGS, "headless": True}


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """Lets tests write page.goto("/akut/")."""
    return str(live_server.url)


@pytest.fixture(scope="session")
def browser_context_args(base_url: str) -> dict[str, Any]:
    return {
        "base_url": base_url,
        "locale": "da-DK",
        "timezone_id": "Europe/Copenhagen",
        "viewport": {"width": 1280, "height": 900},
        "reduced_motion": "reduce",
    }


# What a page has put into the stores of the browser: names and contents.
_KEPT = """async () => [
  ...Object.entries(localStorage), ...Object.entries(sessionStorage),
  ...(await indexedDB.databases()).map(one => one.name), ...(window.caches ? await caches.keys() : [])].flat()"""


class Watch:
    """Collects what goes wrong in a context's pages: console errors, CSP violations, failed and foreign requests."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.problems: list[str] = []
        self._contexts: list[BrowserContext] = []
        self._allowed: list[re.Pattern[str]] = []

    def allow(self, pattern: str) -> None:
        """Expect problems that match: a test that asks for a 404 gets the browser's complaint about it too."""
        self._allowed.append(re.compile(pattern))

    def follow(self, context: BrowserContext) -> None:
        """Begin to watch every page of the context, with patience for a paper that is made on a busy machine."""
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"script error: {error.error}"))
        context.on("request", self._request)
        context.on("requestfailed", self._failed)

    def check(self) -> None:
        """Fail when anything went wrong that was not expected, or when a page has left something in the browser."""
        pages = [page for context in self._contexts for page in context.pages if page.url.startswith(self.origin)]
        assert [kept for page in pages if (kept := page.evaluate(_KEPT))] == []
        left = [problem for problem in self.problems if not any(pattern.search(problem) for pattern in self._allowed)]
        assert left == []

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.problems.append(f"request to another site: {request.url}")

    def _failed(self, request: Request) -> None:
        # Aborted: the user went on before an answer came, which is no fault.
        if request.failure and "ERR_ABORTED" not in request.failure:
            self.problems.append(f"failed request: {request.url} {request.failure}")


@pytest.fixture
def watch(base_url: str) -> Iterator[Watch]:
    """What went wrong in this test's pages; fails the test at its end unless `watch.allow(...)` expected it."""
    watching = Watch(base_url)
    yield watching
    watching.check()


@pytest.fixture
def page(context: BrowserContext, watch: Watch, live_server: LiveServer) -> Page:
    """A page with JavaScript, Danish, 1280 pixels wide."""
    watch.follow(context)
    return context.new_page()


@pytest.fixture
def plain_page(
    browser: Browser, browser_context_args: dict[str, Any], watch: Watch, live_server: LiveServer
) -> Iterator[Page]:
    """A page without JavaScript."""
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    watch.follow(context)
    yield context.new_page()
    context.close()


@pytest.fixture
def log_in(base_url: str) -> Callable[[Page, User], None]:
    """Logs a user in, second factor included, by a session cookie in the page's context."""

    def logged_in(page: Page, user: User) -> None:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session[SECOND_FACTOR_MARK] = str(user.pk)
        session.create()
        page.context.add_cookies(
            [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": str(session.session_key),
                    "url": base_url,
                    "httpOnly": True,
                }
            ]
        )

    return logged_in


@dataclass(frozen=True)
class Town:
    """The people of a school and a municipality."""

    school: School
    staff: User
    colleague: User
    leader: User
    ssp: User
    administrator: User

    def case(self, steps: Mapping[str, Answers] | None = None) -> Case:
        """An open case of the staff member, with these steps filed."""
        case = writer.create_case(by=self.staff, school=self.school)
        for step, answers in (steps or {}).items():
            file_answers(case, self.staff, step, answers)
        case.refresh_from_db()
        return case


@pytest.fixture
def town(transactional_db: None) -> Town:
    """A municipality with one school and somebody of every role."""
    place = Municipality.objects.create(name="Sundby")
    school = School.objects.create(name="Åskolen", municipality=place)

    def user(key: str, name: str, role: Role) -> User:
        home = {"school": school} if role in {Role.STAFF, Role.LEADER} else {"municipality": place}
        return User.objects.create_user(f"{key}@sundby.example", name=name, role=role, **home)

    return Town(
        school,
        user("bo", "Bo Underviser", Role.STAFF),
        user("ida", "Ida Kollega", Role.STAFF),
        user("lis", "Lis Leder", Role.LEADER),
        user("sara", "Sara Ssp", Role.SSP),
        user("adam", "Adam Administrator", Role.ADMINISTRATOR),
    )


def until_draft_holds(case: Case, step: str, words: str) -> None:
    """Wait for a draft to reach the server: what is sent by a page that closes shows on no page."""
    deadline = time.monotonic() + 20
    while not ((kept := read_draft(case=case, by=case.owner, step=step)) and [words] in kept.data.values()):
        assert time.monotonic() < deadline, "No draft came"
        time.sleep(0.05)


# For what another test does without JavaScript too, on the same page or on one made alike.
plain_in_the_long_form = pytest.mark.parametrize(
    "hand", ["javascript", "plain"] if LONG else ["javascript"], indirect=True
)


@pytest.fixture(params=["javascript", "plain"])
def hand(request: pytest.FixtureRequest, new_context: Any, watch: Watch, town: Town) -> Hand:
    """Somebody at the screen, once with JavaScript and once without."""
    javascript = request.param == "javascript"
    context = new_context(java_script_enabled=javascript)
    watch.follow(context)
    return Hand(context.new_page(), javascript=javascript)


@pytest.fixture
def live_hand(page: Page) -> Hand:
    """Somebody at the screen, with JavaScript."""
    return Hand(page)


@pytest.fixture
def assert_dressed() -> Callable[[Page], None]:
    """Fails on a page whose own stylesheet did not load: what is judged about a naked page is worth nothing."""

    def dressed(page: Page) -> None:
        rules = page.evaluate(
            "[...document.styleSheets].filter(s => s.href && s.href.includes('/css/'))"
            ".reduce((n, s) => n + s.cssRules.length, 0)"
        )
        assert rules > 10

    return dressed
