"""What is left out on PostgreSQL is there, and is what was meant."""

import pytest

from tests.engines import ONE_ENGINE, ROOT


def test_every_path_that_needs_one_engine_is_there() -> None:
    assert [path for path in ONE_ENGINE if not (ROOT / path).exists()] == []


@pytest.fixture
def _uses_rows(db: None) -> None:
    """A fixture that needs the database, through another."""


@pytest.mark.usefixtures("_uses_rows")
def test_what_uses_the_database_runs_on_both(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("one_engine") is None


def test_what_uses_no_database_needs_one_engine(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("one_engine") is not None
