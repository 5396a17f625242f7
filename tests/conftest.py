"""What every test stands on: no network, and tables that can be emptied between tests."""

import gc
import ipaddress
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import setting_changed
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.test import Client, TransactionTestCase
from django.test.client import ClientHandler
from django.utils.http import urlencode

from cases.models import append_only
from guide.accounts.second_factor import SECOND_FACTOR_MARK
from guide.web.merge_catalogs import merge_catalogs
from tests.engines import WEB_ROLE, as_owner, is_left_out, mark_one_engine, take_web_role

FORM = "application/x-www-form-urlencoded"
UNTIL = float(os.environ.get("HANDLEKORT_TESTS_UNTIL", "inf"))


def _refuse_network(event: str, args: tuple[Any, ...]) -> None:
    """Audit hook: a test that reaches for another machine fails. Loopback and Unix sockets are the test's own."""
    if event in {"socket.connect", "socket.sendto"}:
        address = args[1]
        if isinstance(address, tuple) and not _is_local(str(address[0])):
            raise RuntimeError(f"A test tried to reach {address[0]}: the network is shut during tests.")
    elif event == "socket.getaddrinfo" and args[0] and not _is_local(_name(args[0])):
        raise RuntimeError(f"A test tried to look up {_name(args[0])}: the network is shut during tests.")


def _name(host: str | bytes) -> str:
    return host.decode() if isinstance(host, bytes) else host


def _is_local(host: str) -> bool:
    if host in {"localhost", ""}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def pytest_configure(config: pytest.Config) -> None:
    """Shut the network for the rest of the process."""
    sys.addaudithook(_refuse_network)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Read no file of which every test would be left out."""
    return is_left_out(collection_path, config.option.markexpr) or None


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark what one engine is enough for, before `-m` chooses. Long tests come first: none is left for the end."""
    mark_one_engine(items)
    yield
    items.sort(key=lambda item: (_commits(item), item.get_closest_marker("slow") is None))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Skip what is left when the time of `script/test --quick` is up."""
    if time.time() > UNTIL:
        pytest.skip("the time is up: script/test runs it")


def pytest_collection_finish() -> None:
    """Look texts up as the web server does, and keep the garbage collector from all that stays until the end."""
    merge_catalogs(settings.LANGUAGE_CODE)
    gc.collect()
    gc.freeze()


def _commits(item: pytest.Item) -> bool:
    """Whether the test empties the tables afterwards: the rows that migrations made are gone then."""
    mark = item.get_closest_marker("django_db")
    return "transactional_db" in getattr(item, "fixturenames", ()) or bool(mark and mark.kwargs.get("transaction"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Make the tables as their owner; let the tests do no more than the web server may."""
    connections["default"].close()
    if WEB_ROLE:
        connection_created.connect(take_web_role)
    yield
    connection_created.disconnect(take_web_role)
    connections["default"].close()


@pytest.fixture(autouse=True)
def _owner(request: pytest.FixtureRequest) -> Iterator[None]:
    """Do a test marked ``owner`` as the owner of the tables."""
    if not WEB_ROLE or request.node.get_closest_marker("owner") is None:
        yield
        return
    request.getfixturevalue("_django_db_helper")
    with as_owner():
        yield


def _owning(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def owned(connection: BaseDatabaseWrapper) -> Any:
        with as_owner(connection.alias):
            return function(connection)

    return owned


@contextmanager
def _lifted_as_owner(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with as_owner(connection.alias), _lifted(connection):
        yield


# Only the owner of the tables takes triggers off.
_lifted = append_only.lifted
append_only.install, append_only.remove = _owning(append_only.install), _owning(append_only.remove)
append_only.lifted = _lifted_as_owner


def _lift_while_emptying(empty: Callable[[TransactionTestCase], None]) -> Callable[[TransactionTestCase], None]:
    def emptied(case: TransactionTestCase) -> None:
        with append_only.lifted(connections["default"]):
            empty(case)

    return emptied


# Tests that commit empty the tables afterwards, which the append-only triggers rightly refuse; here they are lifted.
TransactionTestCase._fixture_teardown = _lift_while_emptying(TransactionTestCase._fixture_teardown)  # type: ignore[method-assign]


def _load_once(load: Callable[..., None]) -> Callable[..., None]:
    loaded: list[ClientHandler] = []
    setting_changed.connect(lambda **_changed: loaded.clear(), weak=False)

    def load_once(handler: ClientHandler, is_async: bool = False) -> None:
        if not loaded:
            load(handler, is_async)
            loaded.append(handler)
        handler.__dict__.update({name: vars(loaded[0])[name] for name in _LOADED})

    return load_once


# Every client would build the middleware anew; it is built once for as long as no setting changes.
_LOADED = ("_view_middleware", "_template_response_middleware", "_exception_middleware", "_middleware_chain")
ClientHandler.load_middleware = _load_once(ClientHandler.load_middleware)  # type: ignore[method-assign]


def _log_in_wholly(force: Callable[..., None]) -> Callable[..., None]:
    def logged_in(client: Client, user: Any, backend: str | None = None) -> None:
        force(client, user, backend)
        session = client.session
        session[SECOND_FACTOR_MARK] = str(user.pk)
        session.save()

    return logged_in


# `force_login` stands for a whole login, second factor included. What a password alone gives is tested in tests/guide.
Client.force_login = _log_in_wholly(Client.force_login)  # type: ignore[method-assign]


def _post_as_a_form(post: Callable[..., Any]) -> Callable[..., Any]:
    def posted(client: Client, path: str, data: Any = None, content_type: str = FORM, **extra: Any) -> Any:
        if content_type == FORM and (data is None or isinstance(data, dict)):
            data = urlencode(data or {}, doseq=True)
        return post(client, path, data, content_type, **extra)

    return posted


# Every form of the product is sent as a browser sends a form without files; Django's client would send multipart.
Client.post = _post_as_a_form(Client.post)  # type: ignore[method-assign]
