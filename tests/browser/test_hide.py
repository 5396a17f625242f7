"""The screen is hidden at once, by a button or by Shift three times, and comes back as it was."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request, expect

from cases.models import Case, User
from tests.browser import stories
from tests.browser.conftest import Town
from tests.guide.conftest import PASSWORD

LogIn = Callable[[Page, User], None]
# Every text that can be seen, the title included.
SEEN = """() => document.title + [...document.body.querySelectorAll("*")]
  .filter(one => one.checkVisibility({visibilityProperty: true})).map(one => [...one.childNodes]
  .filter(node => node.nodeType === 3).map(node => node.data).join("") + (one.value || "")).join(" ")"""


@pytest.fixture
def case(town: Town) -> Case:
    return town.case({"afdaek": stories.mild()})


def open_note(page: Page, town: Town, case: Case, log_in: LogIn) -> None:
    log_in(page, town.staff)
    page.goto(f"/sager/{case.public_id}/log/notat/")
    page.get_by_label("Hvad skete der?").fill("Hun kom selv.")
    page.get_by_label("Hvad skete der?").press("End")


def assert_hidden(page: Page) -> None:
    dialog = page.get_by_role("dialog", name="Skærmen er skjult")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Vis igen")).to_be_focused()
    assert " ".join(page.evaluate(SEEN).split()) == "Skjult Skærmen er skjult Vis igen"


def assert_shown(page: Page) -> None:
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_label("Hvad skete der?")).to_have_value("Hun kom selv.")
    expect(page).to_have_title(re.compile("^Skriv en hændelse – .* – Handlekort$"))


@pytest.mark.parametrize("by", ["button", "keys"])
def test_screen_is_hidden_and_shown_at_every_width(page: Page, town: Town, case: Case, log_in: LogIn, by: str) -> None:
    open_note(page, town, case, log_in)
    expect(page.get_by_text("Kladde gemt")).to_be_visible()
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        if by == "button":
            page.get_by_role("link", name="Skjul skærmen").click()
        else:
            for _press in range(3):
                page.keyboard.press("Shift")
        assert_hidden(page)
        assert Axe().run(page).response["violations"] == []
        page.keyboard.press("Enter")
        assert_shown(page)
        expect(
            page.get_by_label("Hvad skete der?") if by == "keys" else page.get_by_role("link", name="Skjul")
        ).to_be_focused()
    assert asked == []


def test_capitals_and_slow_presses_hide_nothing(page: Page, town: Town, case: Case, log_in: LogIn) -> None:
    open_note(page, town, case, log_in)
    for key in ("Shift+A", "Shift+B", "Shift+C", "Shift", "a", "Shift", "Shift"):
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_after_five_minutes_the_password_is_asked_for(page: Page, town: Town, case: Case, log_in: LogIn) -> None:
    town.staff.set_password(PASSWORD)
    town.staff.save()
    page.clock.install()
    open_note(page, town, case, log_in)
    expect(page.get_by_text("Kladde gemt")).to_be_visible()
    page.get_by_role("link", name="Skjul skærmen").click()
    assert_hidden(page)
    with page.expect_response(lambda response: response.url.endswith("/konto/skjul/")):
        page.clock.run_for(5 * 60_000 + 1000)
    expect(page.get_by_role("status").get_by_text("Der er gået over fem minutter.")).to_be_visible()
    with page.expect_response(lambda response: response.url.endswith("/konto/skjul/")):
        page.get_by_role("button", name="Vis igen").click()
    expect(page.get_by_role("dialog", name="Skærmen er skjult")).to_be_visible()
    with page.expect_popup() as opening:
        page.get_by_role("link", name="Bekræft i et nyt faneblad").click()
    proof = opening.value
    proof.get_by_label("Adgangskode").fill(PASSWORD)
    proof.get_by_role("button", name="Bekræft").click()
    expect(proof.get_by_role("heading", name="Skærmen er skjult")).to_be_visible()
    proof.close()
    page.get_by_role("button", name="Vis igen").click()
    assert_shown(page)


def test_without_javascript_a_page_opens_beside(plain_page: Page, town: Town, case: Case, log_in: LogIn) -> None:
    open_note(plain_page, town, case, log_in)
    with plain_page.expect_popup() as opening:
        plain_page.get_by_role("link", name="Skjul skærmen").click()
    expect(opening.value.get_by_role("heading", name="Skærmen er skjult")).to_be_visible()
    opening.value.close()
    assert_shown(plain_page)
