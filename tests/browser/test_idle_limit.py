"""The end of an unused session is announced two minutes before, and one press goes on."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from playwright.sync_api import BrowserContext, Locator, Page, expect

from cases.models import User
from tests.browser.conftest import Town, Watch

LogIn = Callable[[Page, User], None]
MINUTE = 60_000


@pytest.fixture
def page(context: BrowserContext, watch: Watch, town: Town, log_in: LogIn) -> Page:
    """The list of cases, with a clock that the test moves."""
    watch.follow(context)
    context.clock.install()
    page = context.new_page()
    log_in(page, town.staff)
    page.goto("/sager/")
    return page


def warning(page: Page) -> Locator:
    return page.get_by_role("alertdialog", name="Du bliver snart logget ud")


@pytest.mark.parametrize("width", [1280, 390])
def test_one_press_stays_each_time(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    button = warning(page).get_by_role("button", name="Bliv logget ind")
    for way in ("click", "Enter", "Space", "Escape"):
        page.clock.run_for(26 * MINUTE)
        expect(warning(page)).to_have_count(0)
        page.clock.run_for(1 * MINUTE + 2000)
        expect(warning(page)).to_be_visible()
        expect(button).to_be_focused()
        if way == "click":
            assert Axe().run(page).response["violations"] == []
        with page.expect_response(lambda response: response.url.endswith("/konto/bliv/") and response.status == 204):
            button.click() if way == "click" else page.keyboard.press(way)
        expect(warning(page)).to_have_count(0)
    page.clock.run_for(26 * MINUTE)
    expect(warning(page)).to_have_count(0)


def test_use_in_one_tab_counts_in_the_others(page: Page) -> None:
    other = page.context.new_page()
    other.goto("/sager/")
    page.clock.run_for(27 * MINUTE + 2000)
    for tab in (page, other):
        expect(warning(tab)).to_be_visible()
    warning(page).get_by_role("button").click()
    for tab in (page, other):
        expect(warning(tab)).to_have_count(0)


def test_end_is_told_and_the_page_stays(page: Page) -> None:
    page.clock.run_for(27 * MINUTE + 2000)
    page.clock.run_for(2 * MINUTE)
    expect(warning(page)).to_have_count(0)
    expect(page.get_by_role("alert").get_by_text("Du er ikke længere logget ind.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_press_after_the_session_has_ended_says_so(page: Page, watch: Watch) -> None:
    watch.allow("403")
    page.clock.run_for(27 * MINUTE + 2000)
    Session.objects.all().delete()
    warning(page).get_by_role("button").click()
    expect(page.get_by_role("alert").get_by_text("Du er ikke længere logget ind.")).to_be_visible()
