"""The house itself in a browser: pages are dressed, the rules for browsers do not stop the product, login works."""

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


def test_first_page_is_dressed_and_quiet(page: Page, assert_dressed: Callable[[Page], None]) -> None:
    page.goto("/")
    assert_dressed(page)
    expect(page.get_by_role("banner").get_by_role("link", name="Log ind")).to_be_visible()


def test_demo_login_by_one_click(page: Page, staff: User, settings: LazySettings) -> None:
    settings.DEMO = True
    page.goto("/konto/login/")
    page.get_by_role("button", name="Log ind som Lis").click()
    expect(page).to_have_url("/sager/")


def test_demo_login_without_javascript(plain_page: Page, staff: User, settings: LazySettings) -> None:
    settings.DEMO = True
    plain_page.goto("/konto/login/")
    plain_page.get_by_role("button", name="Log ind som Lis").click()
    expect(plain_page).to_have_url("/sager/")


def test_back_after_logout_shows_nothing(page: Page, staff: User, log_in: Callable[[Page, User], None]) -> None:
    log_in(page, staff)
    page.goto("/sager/")
    expect(page.get_by_text("Lis").first).to_be_visible()
    page.locator(".user-menu summary").click()
    page.get_by_role("button", name="Log ud").click()
    expect(page).to_have_url("/")
    page.go_back()
    expect(page.get_by_role("button", name="Log ind", exact=True)).to_be_visible()


def test_setting_up_a_phone_shows_the_code_to_scan(page: Page, staff: User) -> None:
    staff.set_password("tolv-gule-ænder-på-åen")
    staff.save()
    page.goto("/konto/login/")
    page.get_by_label("E-mail").fill(staff.email)
    page.get_by_label("Adgangskode").fill("tolv-gule-ænder-på-åen")
    page.get_by_role("button", name="Log ind", exact=True).click()
    expect(page).to_have_url("/konto/2fa/")
    page.goto("/konto/2fa/totp/activate/")
    page.get_by_label("Adgangskode").fill("tolv-gule-ænder-på-åen")
    page.get_by_role("button").last.click()
    expect(page).to_have_url("/konto/2fa/totp/activate/")
    expect(page.locator("main svg").first).to_be_visible()
