"""What nobody answered is told in one line; what somebody answered, "ved ikke endnu" too, stands."""

import pytest

from cases.log import card_keys
from cases.log.answered import answered, unanswered
from cases.log.entry_text import format_levels
from cases.log.entry_types import FrozenRow, FrozenSection
from guide.questionnaire.fields import NO_ANSWER


def row(question: str, answer: str, *, known: bool = False) -> FrozenRow:
    return {"key": question, "question": question, "answer": answer, "known": known}


def section(key: str, *rows: FrozenRow, tables: int = 0) -> FrozenSection:
    table = {"key": "people", "title": "Personer", "columns": ["Navn"], "rows": [["Alma"]]}
    return {"key": key, "title": key, "rows": list(rows), "tables": [table] * tables}  # type: ignore[list-item]


BLANK = row("Hvor?", "Ikke besvaret")
UNKNOWN = row("Hvem?", "Ved ikke endnu")
SAID = row("Hvad?", "Ikke besvaret", known=True)
"""Somebody typed the very words."""


def test_the_record_knows_the_cards_words_for_no_answer() -> None:
    assert str(card_keys.NO_ANSWER) == str(NO_ANSWER)


def test_only_what_nobody_answered_is_left_out() -> None:
    sections = [section("a", BLANK, UNKNOWN, SAID), section("b", BLANK), section("c", BLANK, tables=1)]
    assert [(one["key"], one["rows"]) for one in answered(sections)] == [("a", [UNKNOWN, SAID]), ("c", [])]
    assert sections[0]["rows"] == [BLANK, UNKNOWN, SAID]


def test_each_question_without_an_answer_is_named_once() -> None:
    assert unanswered([section("a", BLANK, UNKNOWN, SAID)], ["Hvor?", "Personer"]) == ["Hvor?", "Personer"]


@pytest.mark.parametrize(
    ("levels", "words"), [([], ""), ([2], "2"), ([2, 4], "2 eller 4"), ([1, 2, 3, 4], "1, 2, 3 eller 4")]
)
def test_levels_are_listed_as_people_say_them(levels: list[int], words: str) -> None:
    assert format_levels(levels) == words
