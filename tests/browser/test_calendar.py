"""A day is typed, or chosen in the browser's calendar, which writes it into the same field."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from cases.log.drafts import read_draft
from cases.models import Case, User
from guide.wizard.step_request import draft_key
from tests.browser import stories
from tests.browser.conftest import Town

LogIn = Callable[[Page, User], None]
# The calendar itself is the browser's, outside the page: what it is opened with, and what it does when a day is chosen.
SPY = "HTMLInputElement.prototype.showPicker = function () { window.opened = this.value; }"
CHOOSE = "(input, day) => { input.value = day; input.dispatchEvent(new Event('change', {bubbles: true})); }"
KNOWN = "Hvornår fik skolen det at vide?"


@pytest.fixture
def case(town: Town) -> Case:
    return town.case({"afdaek": stories.mild()})


def open_step(page: Page, town: Town, case: Case, log_in: LogIn) -> None:
    log_in(page, town.staff)
    page.goto(f"/sager/{case.public_id}/trin/afdaek/fortalt/")


def test_calendar_writes_the_day_into_the_field_at_every_width(
    page: Page, town: Town, case: Case, log_in: LogIn
) -> None:
    page.add_init_script(SPY)
    open_step(page, town, case, log_in)
    field, button = page.get_by_label(KNOWN, exact=True), page.get_by_role("button", name=f"Vælg i kalenderen: {KNOWN}")
    for width, typed, day in ((1280, "5-11-2025", 6), (390, "7-11-2025", 8)):
        page.set_viewport_size({"width": width, "height": 844})
        field.fill(typed)
        field.press("Tab")
        expect(button).to_be_focused()
        page.keyboard.press("Enter")
        assert page.evaluate("opened") == f"2025-11-0{day - 1}"
        chosen = f"0{day}-11-2025"
        with page.expect_response(lambda answer, chosen=chosen: chosen in (answer.request.post_data or "")):
            button.locator("xpath=following-sibling::input").evaluate(CHOOSE, f"2025-11-0{day}")
        expect(field).to_have_value(chosen)
        expect(field).to_be_focused()
        draft = read_draft(case=case, by=town.staff, step=draft_key("afdaek", "fortalt"))
        assert draft is not None
        assert draft.data["known_on"] == [chosen]
        assert Axe().run(page).response["violations"] == []


def test_each_field_has_one_calendar_also_after_a_fragment(page: Page, town: Town, case: Case, log_in: LogIn) -> None:
    open_step(page, town, case, log_in)
    fields = page.locator("input[data-kalender]")
    before = fields.count()
    page.goto(f"/sager/{case.public_id}/trin/stop/naaet/")
    expect(fields).to_have_count(0)
    page.get_by_role("button", name="Tilføj", exact=False).first.click()
    expect(fields).not_to_have_count(0)
    assert before > 0
    # A fragment stands in the page a moment before the calendars are added to it.
    expect(page.locator("input[data-kalender] + .calendar")).to_have_count(fields.count())
    expect(page.locator(".calendar")).to_have_count(fields.count())


def test_without_javascript_the_field_stands_alone(plain_page: Page, town: Town, case: Case, log_in: LogIn) -> None:
    open_step(plain_page, town, case, log_in)
    expect(plain_page.get_by_label(KNOWN, exact=True)).to_be_visible()
    expect(plain_page.locator("input[type=date], .calendar")).to_have_count(0)
