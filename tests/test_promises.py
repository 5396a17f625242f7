"""docs/security.md promises nothing untested: every row names tests, and every test that it names is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| Promise ")]
LINK = re.compile(r"\[(\w+)\]\(\.\./(tests/[\w/]+\.py)\)")
NAMED = sorted(set(LINK.findall(PAGE)))


def test_every_promise_names_a_test() -> None:
    assert len(ROWS) > 40
    assert [row for row in ROWS if not LINK.search(row)] == []


@pytest.mark.parametrize(("name", "file"), NAMED, ids=lambda part: part.rpartition("/")[2])
def test_named_test_is_there(name: str, file: str) -> None:
    path = ROOT / file
    text = path.read_text(encoding="utf-8")
    assert name == path.stem or re.search(rf"^def {name}\(", text, re.MULTILINE)
    assert re.search(r"^def test_", text, re.MULTILINE)


def test_every_decision_that_is_named_is_there() -> None:
    named = re.findall(r"docs/decisions/[\w-]+\.md", PAGE)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
