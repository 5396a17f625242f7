"""What of a step stands: the newest filing of each of its sections, put together. Pure.

An entry files one or more sections of a step. Its ``history`` names the entries in which the other sections were last
filed. Entries of versions that filed whole steps name none: all of such a filing stands.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

from cases.log.entries import StepEntry
from cases.log.entry_types import FrozenSection, StepContent

THIS_ENTRY = 0
"""The number under which an entry names itself: it has none before it is written."""


def section_seqs(entry: StepEntry) -> dict[str, int]:
    """Return the number of the newest filing of each section of the step, in the order of the page."""
    standing = entry.content.get("history", {}).get("standing")
    if standing is None:
        return {section["key"]: entry.seq for section in entry.content["sections"]}
    return {part["section"]: part["seq"] or entry.seq for part in standing}


def put_together(newest: StepEntry, filings: Mapping[int, StepEntry]) -> tuple[StepEntry, Mapping[str, Any]]:
    """Return the newest filing of a step with the answers and sections of all that stands, and apart from it the
    answers to questions that are closed since.

    ``filings`` has, by its number, each entry that ``section_seqs`` names.
    """
    seqs = section_seqs(newest)
    closed = dict(newest.content.get("history", {}).get("closed", {}))
    if set(seqs.values()) <= {newest.seq}:
        return newest, closed
    answers: dict[str, Any] = {}
    sections: dict[str, FrozenSection] = {}
    for seq in sorted({*seqs.values(), newest.seq}):
        content = filings[seq].content
        kept = [section for section in content["sections"] if seqs.get(section["key"]) == seq]
        own = _answers_of(content, kept)
        sections = {key: _without(section, own) for key, section in sections.items()}
        sections |= {section["key"]: section for section in kept}
        answers |= own
    left = (_without(sections[key], closed) for key in seqs if key in sections)
    whole: StepContent = {
        **newest.content,
        "answers": {name: answer for name, answer in answers.items() if name not in closed},
        "sections": [section for section in left if section["rows"] or section["tables"]],
    }
    return replace(newest, content=cast(Any, whole)), closed


def _answers_of(content: StepContent, kept: Iterable[FrozenSection]) -> dict[str, Any]:
    """The answers of these sections of an entry, and those that no section shows: empty tables, computed values."""
    keys = {section["key"] for section in kept}
    elsewhere = {name for section in content["sections"] if section["key"] not in keys for name in _names(section)}
    return {name: answer for name, answer in content["answers"].items() if name not in elsewhere}


def _names(section: FrozenSection) -> set[str]:
    return {row["key"] for row in section["rows"]} | {table["key"] for table in section["tables"]}


def _without(section: FrozenSection, names: Iterable[str]) -> FrozenSection:
    left_out = set(names)
    return {
        **section,
        "rows": [row for row in section["rows"] if row["key"] not in left_out],
        "tables": [table for table in section["tables"] if table["key"] not in left_out],
    }
