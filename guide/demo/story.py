"""Read the demo cases from their files, one per case, with days counted from today."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from guide.questionnaire.schema import Answers

FOLDER = Path(__file__).parent / "stories"
_DAYS = re.compile(r"(?:(?P<today>i dag)|for (?P<back>\d+) dage? siden|om (?P<ahead>\d+) dage?)")


@dataclass(frozen=True)
class Note:
    """A note for the log; ``day`` and ``clock`` say when it happened."""

    nature: str
    day: str
    clock: str
    who: str
    where: str
    text: str


@dataclass(frozen=True)
class DemoCase:
    """One case: its owner, the answers of each step in the order of filing, notes, ticks and more."""

    owner: str
    steps: Mapping[str, Answers]
    notes: tuple[Note, ...] = ()
    ticks: Mapping[str, str] = field(default_factory=dict)
    skips: Mapping[str, str] = field(default_factory=dict)
    referral: str = ""
    purpose: str = ""
    basis: str = ""
    necessity: str = ""
    closed_because: str = ""


def stories(today: date) -> list[DemoCase]:
    """Return the demo cases in order of their files; "i dag", "for 3 dage siden" and "om 3 dage" become ISO dates."""
    return [_story(_dated(tomllib.loads(path.read_text("utf-8")), today)) for path in sorted(FOLDER.glob("*.toml"))]


def _story(read: dict[str, Any]) -> DemoCase:
    return DemoCase(**read | {"notes": tuple(Note(**note) for note in read.get("notes", []))})


def _dated(value: Any, today: date) -> Any:
    if isinstance(value, dict):
        return {key: _dated(part, today) for key, part in value.items()}
    if isinstance(value, list):
        return [_dated(part, today) for part in value]
    found = _DAYS.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    days = int(found["ahead"] or 0) - int(found["back"] or 0)
    return (today + timedelta(days=days)).isoformat()
