"""What a visit costs on the line: every file that the browser asks for, as the server sends it, headers left out."""

import gzip
from collections.abc import Callable

import brotli
import pytest
from playwright.sync_api import Page, Response, Route, expect

from cases.models import Case, User
from tests.browser import stories
from tests.browser.conftest import Town

LogIn = Callable[[Page, User], None]
FIRST, LATER = 120_000, 20_000
HEADERS = 500
"""More than the headers of any answer."""


def weight(response: Response) -> int:
    """Bytes of the body: a page as it comes, a file as WhiteNoise keeps it, compressed beforehand."""
    kind, body = response.headers["content-type"], response.body()
    if kind.startswith("text/html"):
        assert response.headers["content-encoding"] == "gzip"
        return len(gzip.compress(body, 6)) + HEADERS
    return (len(body) if "font" in kind else min(len(body), len(brotli.compress(body)))) + HEADERS


def assert_light(page: Page, address: str) -> None:
    """A first visit is light, for which nothing is kept, and a later one, for which all but the page is."""
    answers: list[Response] = []
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.on("response", lambda response: answers.append(response))
    page.goto(address, wait_until="networkidle")
    pages = [answer for answer in answers if answer.request.is_navigation_request()]
    assert {answer.status for answer in answers} == {200}
    assert len([answer for answer in answers if answer.url.endswith(".woff2")]) == 2
    assert 20_000 < sum(map(weight, answers)) <= FIRST, address
    assert sum(map(weight, pages)) <= LATER, address


def test_public_pages_are_light(page: Page) -> None:
    for address in ("/", "/akut/", "/proev/"):
        assert_light(page, address)


@pytest.fixture
def case(town: Town) -> Case:
    return town.case({"afdaek": stories.mild()})


def test_pages_of_a_case_are_light(page: Page, town: Town, case: Case, log_in: LogIn) -> None:
    log_in(page, town.staff)
    for address in ("foerst/hvem/", "nu/", "", "trin/afdaek/spredning/", "trin/dokumenter/register/"):
        assert_light(page, f"/sager/{case.public_id}/{address}")


def test_letter_of_a_foreign_name_comes_with_the_second_font(page: Page, town: Town, case: Case, log_in: LogIn) -> None:
    town.staff.name = "Łukasz Şahin"
    town.staff.save()
    log_in(page, town.staff)
    with page.expect_response(lambda response: response.url.endswith("HandlekortSans-Regular-more.woff2")) as coming:
        page.goto("/sager/")
    assert coming.value.ok
    fits = "document.fonts.ready.then(() => document.fonts.check('16px \\'Handlekort Sans\\'', 'Łukasz æøå'))"
    assert page.evaluate(fits)


# Within the click itself: what the page shows before anything has come from the server.
CLICK = """name => {
  document.querySelector(name).click();
  return [document.documentElement.className, getComputedStyle(document.documentElement, "::before").height]; }"""


def test_bar_shows_at_once_that_a_page_is_on_its_way_and_not_for_a_place_on_the_same_page(page: Page) -> None:
    page.goto("/")
    assert page.evaluate(CLICK, ".skipnav") == ["js", "auto"]
    assert page.evaluate(CLICK, "nav a[href='/vejledning/']") == ["js busy", "4px"]
    page.wait_for_url("/vejledning/")
    expect(page.locator("html.busy")).to_have_count(0)


def test_bar_goes_when_a_fragment_has_come(page: Page, town: Town, case: Case, log_in: LogIn) -> None:
    log_in(page, town.staff)
    page.goto(f"/sager/{case.public_id}/trin/afdaek/fortalt/")
    page.get_by_label("Hvornår fik skolen det at vide?", exact=True).fill("i går")
    held: list[Route] = []
    page.route("**/fortalt/", lambda route: held.append(route))
    with page.expect_request("**/fortalt/"):
        page.keyboard.press("Tab")
    expect(page.locator("html.busy")).to_have_count(1)
    for route in held:
        route.continue_()
    expect(page.locator("html.busy")).to_have_count(0)
