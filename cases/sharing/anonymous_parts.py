"""What may go to SSP when the school asks anonymously: answers picked from a list, and dates, no typed word. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from cases.log.case_file import CaseFile, sort_steps
from cases.log.entries import StepEntry, of_kind
from cases.log.entry_text import all_rows
from cases.privacy.masking import Finder
from cases.privacy.person_names import (
    ALSO_A_WORD,
    initials,
    name_words,
    names_in,
    names_in_answers,
    names_in_tables,
    nfc,
)

_SSP = "ssp"
"""An anonymous question to SSP, as questions name it."""


@dataclass(frozen=True)
class Part:
    """A step that can go along, with exactly the lines that would."""

    key: str
    title: str
    lines: tuple[str, ...]


def parts_of(case_file: CaseFile) -> tuple[Part, ...]:
    """The steps that hold anything that can go along, in card order."""
    parts = []
    for step in sort_steps(case_file.steps):
        content = case_file.steps[step].content
        rows = [row for row in all_rows(content) if row["known"] and _SSP in row["shown_in"]]
        if rows:
            parts.append(Part(step, content["title"], tuple(f"{row['question']} {row['answer']}" for row in rows)))
    return tuple(parts)


def names_shown(case_file: CaseFile, *texts: str) -> list[str]:
    """The people of the case who are named in texts meant to go along without names, in the order of the case."""
    written = nfc("\n".join(texts))
    return [name for name in _known(case_file) if _finder(name).find(written)]


def _known(case_file: CaseFile) -> list[str]:
    """Everybody whom any filing or note names, whether it still stands or not."""
    steps = [entry.content for entry in of_kind(case_file.entries, StepEntry)]
    notes = [entry.content for entry in case_file.notes]
    return list(dict.fromkeys([*names_in_tables(steps), *names_in_answers(steps, notes)]))


def _finder(cell: str) -> Finder:
    """Finds the people of a cell in a text."""
    names = names_in(cell)
    return Finder({word for name in names for word in _clear(name)}, {initials(name) for name in names})


def _clear(name: str) -> list[str]:
    """The words of a name that are nothing but a name; of "Liv Storm" the whole and the first. "Storm" begins many."""
    words = name_words(name)
    return [word for word in words if word not in ALSO_A_WORD] or [name, *words[:1]] if words else []
