"""What every test stands on: no network, whole translations, and tables that can be emptied between tests."""

import ipaddress
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import TransactionTestCase

from cases import append_only
from guide.translations import compile_translations

ROOT = Path(__file__).resolve().parent.parent


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
    """Shut the network for the rest of the process and make the translations up to date."""
    sys.addaudithook(_refuse_network)
    compile_translations(ROOT / "locale")


def _lift_while_emptying(empty: Callable[[TransactionTestCase], None]) -> Callable[[TransactionTestCase], None]:
    def emptied(case: TransactionTestCase) -> None:
        with append_only.lifted(connections["default"]):
            empty(case)

    return emptied


# Tests that commit empty the tables afterwards, which the append-only triggers rightly refuse; here they are lifted.
TransactionTestCase._fixture_teardown = _lift_while_emptying(TransactionTestCase._fixture_teardown)  # type: ignore[method-assign]
