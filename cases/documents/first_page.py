"""Arrange the first page of a case: who, what, how serious, what is done, what is next. Pure.

It is one page whatever was typed: a list is cut to the lines that fit, a text to the signs. What is cut stands whole in
the summary.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils import timezone

from cases.enums import DutyState
from cases.log.case_file import CaseFile, sort_steps
from cases.log.entries import StepEntry
from cases.log.entry_text import all_rows, all_tables
from cases.log.entry_types import FrozenAssessment, FrozenRow
from cases.text.dates import format_deadline

_TOLD, _DECISION, _ADVICE = "told", "decision", "advice"
"""The places of the page as questions name them."""
_LINES = 44
"""The lines of the parts together for which there is room beside the headings."""
_SIGNS = 88
"""The signs of a line."""
_LINE, _HALF, _TEXT = 120, 60, 400
"""The most signs of a short text, of half of one, and of a long one."""
_MORE = " …"
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class Act:
    """Something that was done; ``by_name`` wrote it down."""

    day: date
    what: str
    by_name: str

    def __str__(self) -> str:
        """Return the line, as wide as the page has it."""
        return f"{self.day.day}/{self.day.month} {self.what} ({self.by_name})"


@dataclass(frozen=True)
class Task:
    """Something to do, by whom and when; ``due`` is "" for what has no deadline."""

    what: str
    owner: str
    due: str
    is_overdue: bool

    def __str__(self) -> str:
        """Return the line, as wide as the page has it."""
        return f"{self.what} – {self.owner}, senest {self.due}{' (overskredet)' if self.is_overdue else ''}"


@dataclass(frozen=True)
class FirstPage:
    """What a leader has to know of a case. ``is_cut`` says whether the case holds more than the page has room for."""

    told: tuple[str, ...]
    flags_set: str
    flags_possible: str
    advice: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    deviations: tuple[str, ...]
    acts: tuple[Act, ...]
    tasks: tuple[Task, ...]
    decisions: tuple[tuple[str, str], ...]
    is_cut: bool


class _Cut:
    """Masks and cuts texts, and knows whether anything was cut."""

    def __init__(self, mask: Callable[[str], str]) -> None:
        self._mask = mask
        self.happened = False

    def text(self, text: str, most: int = _LINE) -> str:
        """Return the text on one line, cut at a blank where it is longer than ``most``."""
        words = " ".join(self._mask(text).split())
        if _width(words) <= most:
            return words
        self.happened = True
        kept = words[: most - len(_MORE)]
        while _width(kept) > most:
            kept = kept[:-1]
        return (kept[: kept.rindex(" ")] if " " in kept[len(kept) // 2 :] else kept) + _MORE

    def lists(self, parts: Mapping[str, list[Any]], lines: int) -> dict[str, tuple[Any, ...]]:
        """Return the parts in so many lines: what is too much is taken from the end of the longest."""
        kept = {name: list(rows) for name, rows in parts.items()}
        heights = {name: list(map(_height, rows)) for name, rows in kept.items()}
        while sum(map(sum, heights.values())) > lines:
            longest = max(heights, key=lambda name: sum(heights[name]))
            heights[longest].pop()
            kept[longest].pop()
            self.happened = True
        return {name: tuple(rows) for name, rows in kept.items()}


def _width(text: str) -> int:
    """Return how many signs of usual width the text is as wide as."""
    return sum(2 if sign.isupper() or unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _height(row: object) -> int:
    """Return the lines of a row: a text, several beside each other, or an act or a task."""
    return 1 + _width(" ".join(row) if isinstance(row, tuple) else str(row)) // _SIGNS


def build_first_page(case_file: CaseFile, mask: Callable[[str], str] = str) -> FirstPage:
    """Return the first page; ``mask`` replaces what is not to be read in a text."""
    cut = _Cut(mask)
    assessment = case_file.assessment
    steps = [case_file.steps[key] for key in sort_steps(case_file.steps)]
    told, advice = (
        tuple(cut.text(row["answer"], _TEXT) for row in _answers(steps, place)) for place in (_TOLD, _ADVICE)
    )
    flags = [cut.text(" · ".join(_flags(assessment, state)), 3 * _LINE) for state in ("set", "possible")]
    acts = [
        replace(act, what=cut.text(act.what, _HALF), by_name=cut.text(act.by_name, _HALF)) for act in acts_of(case_file)
    ]
    parts: dict[str, list[Any]] = {
        "people": list(_people(steps, cut)),
        "reasons": [cut.text(one) for one in (assessment["reasons"] if assessment else ())],
        "deviations": [cut.text(one, 2 * _LINE) for one in (assessment["deviations"] if assessment else ())],
        "acts": acts[::-1],
        "tasks": list(_tasks(case_file, cut)),
        "decisions": list(_decisions(steps, cut)),
    }
    lists = cut.lists(parts, _LINES - sum(map(_height, [*told, *flags, *advice])))
    lists["acts"] = lists["acts"][::-1]
    return FirstPage(
        told=told, flags_set=flags[0], flags_possible=flags[1], advice=advice, **lists, is_cut=cut.happened
    )


def _answers(steps: Sequence[StepEntry], place: str) -> Iterator[FrozenRow]:
    return (row for step in steps for row in all_rows(step.content) if row["known"] and place in row["shown_in"])


def _people(steps: Sequence[StepEntry], cut: _Cut) -> Iterator[tuple[str, str]]:
    tables = [table for step in steps for table in all_tables(step.content) if table["chapter"] == "people"]
    for name, *rest in (row for table in tables for row in table["rows"]):
        yield cut.text(name, _HALF), cut.text(", ".join(filter(None, rest)))


def _flags(assessment: FrozenAssessment | None, state: str) -> list[str]:
    return [flag["title"] for flag in (assessment["flags"] if assessment else []) if flag["state"] == state]


def acts_of(case_file: CaseFile) -> list[Act]:
    """Return what was done, oldest first: what the steps give a day of, and the duties that were ticked off."""
    return sorted(_acts(case_file), key=lambda act: act.day)


def _acts(case_file: CaseFile) -> Iterator[Act]:
    for step, reading in case_file.steps.items():
        answers = reading.content["answers"]
        for section in reading.content["sections"]:
            by_name = case_file.sections[step].get(section["key"], reading).by_name
            for row in section["rows"]:
                day = answers.get(row["key"])
                if row["is_act"] and isinstance(day, str) and _ISO_DAY.fullmatch(day):
                    yield Act(date.fromisoformat(day), row["act"] or row["question"], by_name)
    for duty in case_file.duties:
        if duty.state is DutyState.DONE and duty.at:
            yield Act(timezone.localdate(duty.at), duty.title, duty.by_name)


def _tasks(case_file: CaseFile, cut: _Cut) -> Iterator[Task]:
    for duty in case_file.duties:
        if duty.state in {DutyState.OPEN, DutyState.OVERDUE}:
            due = format_deadline(duty.due, briefly=True)
            yield Task(cut.text(duty.title), cut.text(duty.owner), due, duty.state is DutyState.OVERDUE)


def _decisions(steps: Sequence[StepEntry], cut: _Cut) -> Iterator[tuple[str, str]]:
    """Questions with their answers, and the rows of tables that hold a decision each."""
    for step in steps:
        for row in all_rows(step.content):
            if row["known"] and _DECISION in row["shown_in"]:
                yield cut.text(row["question"]), cut.text(row["answer"])
        for table in all_tables(step.content):
            if _DECISION in table["shown_in"]:
                for name, *rest in table["rows"]:
                    about = ", ".join(filter(None, (table["columns"][1], name)))
                    yield cut.text(f"{about}:"), cut.text(", ".join(filter(None, rest)))
