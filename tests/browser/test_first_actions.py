"""The page of the first actions and what goes on from it: on a telephone, without JavaScript, and on a desk."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cases.models import Case, User
from tests.browser import stories
from tests.browser.conftest import Town
from tests.browser.hand import DRAWN, IN_ITS_FONTS

LogIn = Callable[[Page, User], None]
TWO_SCREENS = 2 * 844
SCROLLS = """() => [...document.querySelectorAll("main *")].filter(one => one.checkVisibility()
  && one.scrollHeight > one.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(one).overflowY)
  && !one.matches("textarea")).map(one => one.className)"""


@pytest.fixture
def case(town: Town) -> Case:
    return town.case({"afdaek": stories.nude()})


def test_first_actions_fit_two_screens_of_a_phone_and_tell_the_leaders(
    plain_page: Page, town: Town, log_in: LogIn, case: Case
) -> None:
    page = plain_page
    page.set_viewport_size({"width": 390, "height": 844})
    log_in(page, town.staff)
    page.goto(f"/sager/{case.public_id}/nu/")
    page.evaluate(IN_ITS_FONTS)
    assert page.evaluate("document.documentElement.scrollHeight") <= TWO_SCREENS
    expect(page.get_by_role("figure")).to_have_count(0)
    page.get_by_role("button", name="Sig det til ledelsen").click()
    expect(page.get_by_text("Står på ledelsens liste siden")).to_be_visible()
    page.get_by_role("link", name="Færdig for nu").click()
    strip = page.get_by_role("complementary", name="Niveau og det næste")
    expect(strip).to_be_in_viewport()
    strip.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1, name="Gør det her nu")).to_be_visible()


def test_on_a_desk_nothing_scrolls_by_itself_no_strip_stands_and_the_code_for_the_phone_does(
    page: Page, town: Town, log_in: LogIn, case: Case
) -> None:
    page.set_viewport_size({"width": 1280, "height": 600})
    log_in(page, town.staff)
    for address in ("", "plan/", "trin/vurder/niveau/"):
        page.goto(f"/sager/{case.public_id}/{address}")
        expect(page.get_by_role("complementary", name="Niveau og det næste")).to_have_count(0)
        page.evaluate(DRAWN)
        assert page.evaluate(SCROLLS) == [], address
    page.goto(f"/sager/{case.public_id}/nu/")
    expect(page.get_by_role("figure").locator("svg")).to_be_visible()
