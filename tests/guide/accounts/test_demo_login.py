import uuid

import pytest
from django.conf import LazySettings
from django.test import Client

from cases.models import User
from tests.factories import change

pytestmark = [pytest.mark.urls("tests.guide.house_urls"), pytest.mark.django_db]


@pytest.fixture
def demo(settings: LazySettings) -> None:
    settings.DEMO = True


def ask(client: Client, user: User, **extra: object):
    return client.post("/demo/log-ind/", {"user": str(user.public_id)}, SERVER_NAME="127.0.0.1", **extra)


@pytest.mark.usefixtures("demo")
def test_demo_logs_in_with_one_click(client: Client, staff: User) -> None:
    assert ask(client, staff)["Location"] == "/sager/"
    assert client.get("/sager/").text == "private for Lis: "


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("wanted", "location"),
    [("/admin/", "/admin/"), ("//evil.example/", "/sager/"), ("id", "/sager/"), ('"><svg onload=x>', "/sager/")],
)
def test_demo_goes_on_to_where_the_user_was_going(client: Client, staff: User, wanted: str, location: str) -> None:
    data = {"user": str(staff.public_id), "next": wanted}
    assert client.post("/demo/log-ind/", data, SERVER_NAME="localhost")["Location"] == location


def test_production_knows_no_demo_login(client: Client, staff: User) -> None:
    assert ask(client, staff).status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    "extra",
    [
        {"REMOTE_ADDR": "10.0.0.7"},
        {"REMOTE_ADDR": ""},
        {"HTTP_HOST": "testserver"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
    ],
)
def test_demo_refuses_whoever_is_not_on_this_machine(client: Client, staff: User, extra: dict[str, str]) -> None:
    assert ask(client, staff, **extra).status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("user", ["", "1", "x" * 5000, str(uuid.UUID(int=7)), "\x00"])
def test_unknown_user_is_not_found(client: Client, staff: User, user: str) -> None:
    assert client.post("/demo/log-ind/", {"user": user}, SERVER_NAME="127.0.0.1").status_code == 404


@pytest.mark.usefixtures("demo")
def test_disabled_user_is_not_found(client: Client, staff: User) -> None:
    change(staff, is_active=False)
    assert ask(client, staff).status_code == 404


@pytest.mark.usefixtures("demo")
def test_demo_login_needs_a_post_with_a_token(staff: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.get("/demo/log-ind/", SERVER_NAME="127.0.0.1").status_code == 405
    assert ask(client, staff).status_code == 403


def test_demo_session_is_worth_nothing_outside_the_demo(client: Client, staff: User, settings: LazySettings) -> None:
    settings.DEMO = True
    ask(client, staff)
    settings.DEMO = False
    assert client.get("/sager/")["Location"] == "/konto/2fa/"


def test_login_page_offers_users_in_the_demo_only(client: Client, staff: User, settings: LazySettings) -> None:
    assert str(staff.public_id) not in client.get("/konto/login/").text
    settings.DEMO = True
    assert str(staff.public_id) in client.get("/konto/login/").text
