"""What is left out on PostgreSQL is there, and is what was meant."""

import pytest

from tests.engines import ONE_ENGINE, ROOT, is_left_out


def test_every_path_that_needs_one_engine_is_there() -> None:
    assert [path for path in ONE_ENGINE if not (ROOT / path).exists()] == []


def test_file_is_left_unread_only_where_no_test_of_it_is_chosen() -> None:
    on_both = "@pytest.mark." + "both_engines"
    left_out = [path for path in (ROOT / "tests").rglob("test_*.py") if is_left_out(path, "not one_engine")]
    assert len(left_out) > 20
    assert [path for path in left_out if on_both in path.read_text(encoding="utf-8")] == []
    assert [path for path in left_out if is_left_out(path, "")] == []


@pytest.fixture
def _uses_rows(db: None) -> None:
    """A fixture that needs the database, through another."""


@pytest.mark.usefixtures("_uses_rows")
def test_what_uses_the_database_runs_on_both(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("one_engine") is None


def test_what_uses_no_database_needs_one_engine(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("one_engine") is not None
