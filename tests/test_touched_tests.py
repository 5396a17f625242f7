"""`script/test --quick` runs the tests of what was changed."""

import pytest

from script.touched_tests import SHOWN_BY, where_tested
from tests.engines import ROOT


@pytest.mark.parametrize(
    ("path", "tests"),
    [
        ("guide/rules/flags.py", "tests/guide/rules"),
        ("cases/models/tables.py", "tests/cases/models"),
        ("guide/directory.py", "tests/guide/test_directory.py"),
        ("cases/sharing/actions.py", "tests/cases/views/test_sharing.py"),
        ("templates/pdf/resume.html", "tests/cases/documents"),
        ("tests/attack/test_fuzz.py", "tests/attack/test_fuzz.py"),
        ("tests/attack/walk.py", ""),
        ("tests/cases/log/helper.py", "tests/cases/log"),
        ("tests/factories.py", ""),
        ("README.md", ""),
    ],
)
def test_where_tested_a_changed_file(path: str, tests: str) -> None:
    assert where_tested(path) == tests


def test_every_place_that_is_named_is_there() -> None:
    assert [path for place in SHOWN_BY.items() for path in place if not (ROOT / path).exists()] == []
