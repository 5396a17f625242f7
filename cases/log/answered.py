"""The filed answers of a step without the questions that nobody answered; those are told in one line. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from cases.log.card_keys import NO_ANSWER
from cases.log.entry_types import FrozenRow, FrozenSection


def is_answered(row: FrozenRow) -> bool:
    """Whether somebody answered; "ved ikke endnu" is an answer."""
    return row["known"] or row["answer"] != str(NO_ANSWER)


def answered(sections: Iterable[FrozenSection]) -> list[FrozenSection]:
    """The sections with the rows that hold an answer; a section that is empty then is left out."""
    kept = [
        cast(FrozenSection, {**section, "rows": [row for row in section["rows"] if is_answered(row)]})
        for section in sections
    ]
    return [section for section in kept if section["rows"] or section["tables"]]


def unanswered(sections: Iterable[FrozenSection], missing: Iterable[str] = ()) -> list[str]:
    """The questions without an answer, and what else the step names as missing, each once."""
    questions = [row["question"] for section in sections for row in section["rows"] if not is_answered(row)]
    return list(dict.fromkeys([*questions, *missing]))
