"""What may go to SSP when the school asks anonymously: answers picked from a list, and dates, no typed word. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cases.card import in_card_order
from cases.content import FrozenRow, StepContent
from cases.dossier import Dossier
from cases.masking import ALSO_A_WORD, fold, telling


@dataclass(frozen=True)
class Part:
    """A step that can go along, with exactly the lines that would."""

    key: str
    title: str
    lines: tuple[str, ...]


def parts_of(dossier: Dossier) -> tuple[Part, ...]:
    """The steps that hold anything that can go along, in card order."""
    parts = []
    for step in in_card_order(dossier.steps):
        content = dossier.steps[step].content
        rows = [row for section in content["sections"] for row in section["rows"] if _was_picked(row, content)]
        if rows:
            parts.append(Part(step, content["title"], tuple(f"{row['question']} {row['answer']}" for row in rows)))
    return tuple(parts)


def names_told(dossier: Dossier, *texts: str) -> list[str]:
    """The people of the case who are named in texts meant to go along without names, in the order of the case."""
    written = " ".join(fold(text) for text in texts)
    people = [row[0] for table in dossier.tables("people") + dossier.tables("victims") for row in table["rows"]]
    return [name for name in people if any(re.search(rf"\b{re.escape(word)}\b", written) for word in _clear(name))]


def _clear(name: str) -> list[str]:
    """The words of a name that are nothing but a name; "Storm" and "Liv" may stand in any text."""
    return [word for word in telling(name) if word not in ALSO_A_WORD] or [fold(name)]


def _was_picked(row: FrozenRow, content: StepContent) -> bool:
    """A typed answer is frozen word for word as given; one that reads differently was put in words by the card."""
    raw = content["answers"].get(row["key"])
    return bool(raw) and row["known"] and raw != row["answer"]
