"""One world for each file of attacks; what a test changes in it is taken back."""

import logging
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from cases.documents import pdf
from tests import figures
from tests.attack.fuzzing import tried
from tests.attack.world import World, build


@pytest.fixture(scope="module")
def made_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The world, made once for a file and taken back at its end. Not for tests that commit."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def world(made_world: World, db: None) -> World:
    """The world, and a database that forgets what the test does."""
    return made_world


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have been printed: the press is slow, and draws what it is given."""
    printed: list[str] = []

    def press(html: str) -> bytes:
        printed.append(html)
        return b"%PDF-1.7"

    monkeypatch.setattr(pdf, "render_pdf", press)
    return printed


@pytest.fixture
def hushed() -> Iterator[None]:
    """Thousands of refusals are asked for here: nobody needs a line in a log for each."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def counted() -> Iterator[None]:
    """Tell how much was tried, once it was seen that nothing went wrong."""
    before = tried["inputs"]
    yield
    figures.record("fuzzed", tried["inputs"] - before)
