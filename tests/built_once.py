"""What many tests start from, built once for all of them."""

from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker


def built_once(build: Callable[[], object], scope: Literal["module", "session"] = "module") -> Any:
    """A fixture: what ``build`` returns, made once for a file and taken back at its end. Not for tests that commit."""

    @pytest.fixture(scope=scope)
    def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[object]:
        with django_db_blocker.unblock(), transaction.atomic():
            yield build()
            transaction.set_rollback(True)

    return built
