"""Nothing pickled lies in the database, and nothing that is written there runs when it is read."""

import base64
import json
import pickle
import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.serializers import JSONSerializer
from django.core.cache import cache, caches
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from cases.models import User
from guide.accounts.json_cache import JsonCache
from guide.models import CachedValue
from tests.cases.log.test_parallel import at_once
from tests.guide.accounts.test_login import SECRET, code_now, give_password

pytestmark = [pytest.mark.urls("tests.guide.house_urls"), pytest.mark.django_db]

RAN: list[str] = []


def run(word: str) -> None:
    RAN.append(word)


class Payload:
    """Runs code when it is unpickled."""

    def __reduce__(self) -> Any:
        return run, ("ran",)


PICKLED = pickle.dumps(Payload())
WRITTEN = base64.b64encode(PICKLED).decode()


@pytest.fixture(autouse=True)
def _fresh(db: None) -> None:
    cache.clear()
    RAN.clear()


@pytest.fixture
def armed(staff: User) -> User:
    TOTP.activate(staff, SECRET)
    return staff


def guess_and_log_in(user: User) -> Client:
    client = Client()
    for _guess in range(3):
        give_password(client, user, "forkert-adgangskode")
    give_password(client, user)
    client.post("/konto/2fa/authenticate/", {"code": "000000"})
    client.post("/konto/2fa/authenticate/", {"code": code_now()})
    client.post("/konto/password/reset/", {"email": user.email})
    assert client.get("/konto/her-er-du-logget-ind/").status_code == 200
    return client


def stored_values() -> Iterator[tuple[str, bytes]]:
    """Every value of every table, tables without a model included, as bytes."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    if isinstance(value, str):
                        yield table, value.encode()
                    elif isinstance(value, bytes | memoryview):
                        yield table, bytes(value)


def is_pickled(value: bytes) -> bool:
    """Whether the value, or what it is the base64 of, is a pickle of protocol 2 or later."""
    try:
        plain = base64.b64decode(value, validate=True)
    except ValueError:
        plain = b""
    return any(found[:1] == b"\x80" and found[1:2] <= b"\x05" and found[-1:] == b"." for found in (value, plain))


def test_pickle_is_recognised() -> None:
    assert is_pickled(PICKLED)
    assert is_pickled(WRITTEN.encode())
    assert not is_pickled(json.dumps([1.5, True]).encode())


def test_nothing_pickled_is_stored_by_guesses_and_a_login(armed: User) -> None:
    guess_and_log_in(armed)
    found = list(stored_values())
    assert {"guide_cachedvalue", "django_session"} <= {table for table, _value in found}
    assert [table for table, value in found if is_pickled(value)] == []


@pytest.fixture
def unpickled() -> Iterator[list[str]]:
    """The names that a pickle has looked up since, whoever read it."""
    names: list[str] = []
    watching = True

    def watch(event: str, args: tuple[Any, ...]) -> None:
        if watching and event == "pickle.find_class":
            names.append(".".join(map(str, args)))

    sys.addaudithook(watch)
    yield names
    watching = False


def test_written_pickle_is_never_read(armed: User, unpickled: list[str]) -> None:
    """Written over every text of the cache, the sessions and the other tables of the login."""
    client = guess_and_log_in(armed)
    CachedValue.objects.update(value=WRITTEN)
    client.get("/konto/her-er-du-logget-ind/")
    for model in apps.get_models():
        if model._meta.app_label in {"sessions", "mfa"}:
            for field in model._meta.concrete_fields:
                if isinstance(field, models.TextField | models.JSONField) and not field.primary_key:
                    model._base_manager.update(**{field.name: WRITTEN})
    client.raise_request_exception = False
    client.get("/konto/her-er-du-logget-ind/")
    for _try in range(2):
        give_password(client, armed)
        client.post("/konto/2fa/authenticate/", {"code": code_now()})
    assert (RAN, unpickled) == ([], [])
    pickle.loads(PICKLED)  # noqa: S301 - the control: both watches see it
    assert (len(RAN), len(unpickled)) == (1, 1)


def test_what_the_settings_name_reads_json_only() -> None:
    assert [type(caches[name]) for name in settings.CACHES] == [JsonCache]
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    assert store.serializer is JSONSerializer
    assert settings.MESSAGE_STORAGE == "django.contrib.messages.storage.session.SessionStorage"


def test_value_that_is_not_json_is_refused() -> None:
    with pytest.raises(TypeError):
        cache.set("a", {1, 2})


def test_value_is_kept_until_its_time(time_machine: Any) -> None:
    time_machine.move_to("2026-03-02 08:00:05+00:00", tick=False)
    cache.set("a", [1.25, 2], 10)
    assert cache.get("a") == [1.25, 2]
    cache.set("a", [3], 10)
    assert (cache.get("a"), cache.get("b", "none")) == ([3], "none")
    assert not cache.add("a", True, 10)
    time_machine.shift(10)
    assert cache.get("a") is None
    assert cache.add("a", True, 10)
    assert cache.delete("a")
    assert not cache.delete("a")


def test_expired_values_are_deleted_and_live_ones_are_not(time_machine: Any) -> None:
    time_machine.move_to("2026-03-02 08:00:05+00:00", tick=False)
    for number in range(500):
        cache.set(f"short{number}", 1, 10)
        cache.set(f"long{number}", 1, 1000)
    time_machine.shift(11)
    cache.add("new", 1, 10)
    assert CachedValue.objects.count() == 501
    assert not CachedValue.objects.filter(expires_at__lt=timezone.now() - timedelta(seconds=1)).exists()


def test_no_address_is_readable_in_the_table(armed: User) -> None:
    client = Client(REMOTE_ADDR="192.0.2.77")
    give_password(client, armed, "forkert-adgangskode")
    rows = repr(list(CachedValue.objects.values_list()))
    assert "192.0.2.77" not in rows
    assert armed.email not in rows


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_adds() -> None:
    assert sorted(at_once(lambda _number: cache.add("mark", True, 60), 8)) == [False] * 7 + [True]
