"""The house itself without JavaScript: the first page is dressed, and leads to the login.

With JavaScript, test_every_page looks at every page and sets up a phone, test_whole_case logs in in both ways, and
test_traces goes back after logout.
"""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from cases.enums import Role
from cases.models import Municipality, School, User


@pytest.fixture
def staff(transactional_db: None) -> User:
    school = School.objects.create(name="Åskolen", municipality=Municipality.objects.create(name="Sundby"))
    return User.objects.create_user("lis@sundby.example", name="Lis", role=Role.STAFF, school=school)


def test_first_page_is_dressed_and_leads_to_the_demo_login_without_javascript(
    plain_page: Page, staff: User, settings: LazySettings, assert_dressed: Callable[[Page], None]
) -> None:
    settings.DEMO = True
    plain_page.goto("/")
    assert_dressed(plain_page)
    plain_page.get_by_role("banner").get_by_role("link", name="Log ind").click()
    plain_page.get_by_role("button", name="Log ind som Lis").click()
    expect(plain_page).to_have_url("/sager/")
