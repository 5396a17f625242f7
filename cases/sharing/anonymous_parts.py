"""What can be sent to SSP anonymously: answers chosen from a list, and dates, no typed word. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cases.log.case_file import CaseFile, CurrentCase, sort_steps
from cases.log.entries import StepEntry, of_kind
from cases.log.entry_text import all_rows
from cases.log.entry_types import StepContent
from cases.privacy.masking import Finder
from cases.privacy.person_names import (
    ALSO_A_WORD,
    initials,
    name_words,
    names_in,
    names_in_answers,
    names_in_tables,
    nfc,
    proper_names,
    user_names,
)

_NO_WORD = re.compile(r"[\d_.@]")
"""What user names have and ordinary words have not."""
_SSP = "ssp"
"""The value in ``shown_in`` of what can be sent to SSP anonymously."""


@dataclass(frozen=True)
class Part:
    """A step that can be sent, with the texts that would be sent."""

    key: str
    title: str
    lines: tuple[str, ...]


def parts_of(case_file: CurrentCase) -> tuple[Part, ...]:
    """Return the steps with anything that can be sent, in card order."""
    parts = []
    for step in sort_steps(case_file.steps):
        content = case_file.steps[step].content
        rows = [row for row in all_rows(content) if row["known"] and _SSP in row["shown_in"]]
        if rows:
            parts.append(Part(step, content["title"], tuple(f"{row['question']} {row['answer']}" for row in rows)))
    return tuple(parts)


def names_shown(case_file: CaseFile, *texts: str) -> list[str]:
    """Return the people of the case who are named in the texts, in the order of the case, then the user names."""
    written = nfc("\n".join(texts))
    steps = [entry.content for entry in of_kind(case_file.entries, StepEntry)]
    return [
        *(name for name in _known(case_file, steps) if _finder(name).find(written)),
        *(handle for handle in _handles(steps) if Finder([handle.lstrip("@")]).find(written)),
    ]


def _known(case_file: CaseFile, steps: Sequence[StepContent]) -> list[str]:
    """Return everybody whom any filing or note names, the newest or not."""
    notes = [entry.content for entry in case_file.notes]
    return list(dict.fromkeys([*names_in_tables(steps), *names_in_answers(steps, notes)]))


def _handles(steps: Iterable[StepContent]) -> list[str]:
    """Return the user names of any filing; a word such as "ukendt" in their place is none."""
    written = dict.fromkeys(handle.strip() for content in steps for handle in user_names(content))
    return [handle for handle in written if _NO_WORD.search(handle) or proper_names(handle)]


def _finder(cell: str) -> Finder:
    """Return a finder of the people of a cell."""
    names = names_in(cell)
    return Finder({word for name in names for word in _clear(name)}, {initials(name) for name in names})


def _clear(name: str) -> list[str]:
    """Return the words that are only names; of "Liv Storm", where both are words, the whole name and the first."""
    words = name_words(name)
    return [word for word in words if word not in ALSO_A_WORD] or [name, *words[:1]] if words else []
