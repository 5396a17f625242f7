"""A session as the database has it opens nothing: neither its key, nor its data in another row."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from cases.models import User
from guide.accounts.session_store import SessionStore, row_key
from tests.guide.accounts.test_login import give_password

pytestmark = [pytest.mark.urls("tests.guide.house_urls"), pytest.mark.django_db]

PAGE = "/konto/her-er-du-logget-ind/"


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


def in_a_browser(key: str) -> Client:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def is_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    assert is_in(client)
    return client


def test_engine_of_the_product_is_this_one() -> None:
    assert import_module(settings.SESSION_ENGINE).SessionStore is SessionStore


def test_row_read_from_the_database_is_no_cookie(staff: User) -> None:
    logged_in(staff)
    (row,) = Session.objects.all()
    # The key as it is, in the shape that the product looks up, and by the store without the middleware's check.
    for key in (row.session_key, row.session_key.ljust(48, "a"), row.session_data[:48]):
        assert not is_in(in_a_browser(key))
        assert SessionStore(key).load() == {}


def test_cookie_is_not_in_the_database(staff: User) -> None:
    key = logged_in(staff).cookies[settings.SESSION_COOKIE_NAME].value
    assert re.fullmatch(r"[a-z0-9]{48}", key)
    assert key not in repr(list(Session.objects.values_list()))


def test_data_of_another_in_ones_own_row_opens_nothing(staff: User, administrator: User) -> None:
    """Somebody writes the table: the leader's row, copied over that of their own browser."""
    own, other = logged_in(staff), logged_in(administrator)
    data = Session.objects.get(session_key=row_key(other.session.session_key)).session_data
    Session.objects.filter(session_key=row_key(own.session.session_key)).update(session_data=data)
    assert not is_in(own)
    assert is_in(other)


def test_row_made_for_a_key_of_ones_own_opens_nothing(staff: User) -> None:
    logged_in(staff)
    row = Session.objects.get()
    key = "a" * 48
    Session.objects.create(session_key=row_key(key), session_data=row.session_data, expire_date=row.expire_date)
    assert not is_in(in_a_browser(key))


def test_rows_of_the_earlier_kind_let_nobody_in(staff: User) -> None:
    """Django's store had the cookie's key in the row: after the upgrade all log in again."""
    key = logged_in(staff).session.session_key[:32]
    Session.objects.update(session_key=key)
    assert not is_in(in_a_browser(key))


def test_session_whose_key_has_the_mark_of_another_is_nobodys(staff: User, administrator: User) -> None:
    """It would stay when all sessions of its user end."""
    key = logged_in(administrator).cookies[settings.SESSION_COOKIE_NAME].value
    store = SessionStore(key)
    store["_auth_user_id"] = str(staff.pk)
    store.save()
    assert SessionStore(key).load() == {}
    assert not is_in(in_a_browser(key))


def test_store_keeps_what_djangos_store_does(staff: User) -> None:
    store = SessionStore()
    store["word"] = "æ"
    store.create()
    first = store.session_key
    assert first is not None
    store["word"] = "ø"
    store.save()
    assert SessionStore(first)["word"] == "ø"
    assert store.exists(first)
    store.cycle_key()
    store.save()
    assert not store.exists(first)
    assert SessionStore(store.session_key)["word"] == "ø"
    store.flush()
    assert not Session.objects.exists()


def test_expired_sessions_are_deleted_by_the_next_login_and_by_djangos_command(staff: User) -> None:
    def leave_one() -> None:
        SessionStore().create()
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    leave_one()
    give_password(Client(), staff)
    assert not Session.objects.filter(expire_date__lt=timezone.now()).exists()
    assert Session.objects.count() == 1
    leave_one()
    call_command("clearsessions")
    assert not Session.objects.exists()


def test_each_of_two_requests_saves_what_it_changed() -> None:
    first = SessionStore()
    first.update({"kept": 1, "taken": 1, "set anew": 1, "both": 1, "list": [1]})
    first.save()
    one, other = SessionStore(first.session_key), SessionStore(first.session_key)
    assert one["kept"] == other["kept"] == 1
    one.update({"both": 2, "of one": 1, "set anew": 2})
    one["list"].append(2)
    del other["taken"], other["set anew"]
    other.update({"both": 3, "of other": 1})
    one.save()
    other.save()
    # Its own key again, after what it took over.
    other["of other"] = 2
    other.save()
    assert dict(SessionStore(first.session_key).items()) == {
        "kept": 1,
        "set anew": 2,
        "both": 3,
        "list": [1, 2],
        "of one": 1,
        "of other": 2,
    }


def test_session_deleted_meanwhile_is_not_saved() -> None:
    first = SessionStore()
    first.save()
    late = SessionStore(first.session_key)
    late["seen"] = 1
    first.delete()
    with pytest.raises(UpdateError):
        late.save()
    assert not Session.objects.exists()
