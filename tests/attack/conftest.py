"""One world for all attacks; what a test changes in it is taken back."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases.documents import pdf
from tests import figures
from tests.attack.fuzzing import tried
from tests.attack.serial_keys import far_out
from tests.attack.world import World, build
from tests.built_once import built_once
from tests.engines import uses_database


def build_far_out() -> World:
    """The world, its serial keys numbers that cannot be mistaken."""
    far_out()
    return build()


HERE = Path(__file__).parent
made_world = built_once(build_far_out, "session")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Take the world back before a test that is to find an empty database, and when the last test here is done.

    A test elsewhere does not come by here again: the world would stay beneath those that commit, whatever lies between.
    """
    yield
    stays = nextitem is not None and HERE in nextitem.path.parents and not uses_database(nextitem)
    if "made_world" not in getattr(nextitem, "fixturenames", ()) and not stays:
        for made in item.session._fixturemanager.getfixturedefs("made_world", item) or ():
            made.finish(item._request)


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
