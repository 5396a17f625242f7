"""What nobody answered is told in one line; what somebody answered, "ved ikke endnu" too, stands."""

import pytest

from cases.log.entry_text import answered_sections, format_levels, unanswered_questions
from cases.log.entry_types import FrozenRow, FrozenSection
from cases.log.old_cards import with_traits
from tests.factories import step_content


def row(question: str, answer: str, *, answered: bool = True, known: bool = False) -> FrozenRow:
    return {
        "key": question,
        "question": question,
        "answer": answer,
        "answered": answered,
        "known": known,
        "names": "",
        "is_act": False,
        "act": "",
        "shown_in": ["summary"],
    }


def section(key: str, *rows: FrozenRow, tables: int = 0) -> FrozenSection:
    table = {"key": "people", "title": "Personer", "columns": ["Navn"], "rows": [["Alma"]]}
    return {"key": key, "title": key, "rows": list(rows), "tables": [table] * tables}  # type: ignore[list-item]


BLANK = row("Hvor?", "Not answered", answered=False)
"""In whatever language."""
UNKNOWN = row("Hvem?", "Ved ikke endnu")
SAID = row("Hvad?", "Ikke besvaret", known=True)
"""Somebody typed the very words."""


def test_only_what_nobody_answered_is_left_out() -> None:
    sections = [section("a", BLANK, UNKNOWN, SAID), section("b", BLANK), section("c", BLANK, tables=1)]
    assert [(one["key"], one["rows"]) for one in answered_sections(sections)] == [("a", [UNKNOWN, SAID]), ("c", [])]
    assert sections[0]["rows"] == [BLANK, UNKNOWN, SAID]


def test_each_question_without_an_answer_is_named_once() -> None:
    content = {**step_content(), "sections": [section("a", BLANK, UNKNOWN, SAID)], "missing": ["Hvor?", "Personer"]}
    assert unanswered_questions(content) == ["Hvor?", "Personer"]  # type: ignore[arg-type]


def test_entry_of_an_earlier_card_is_read_by_the_words_it_was_frozen_in() -> None:
    rows = [
        {"key": "a", "question": "A?", "answer": answer, "known": False} for answer in ("Ikke besvaret", "Ved ikke")
    ]
    old = {**step_content(), "sections": [{"key": "a", "title": "A", "rows": rows * 2, "tables": []}]}
    assert [row["answered"] for row in with_traits(old)["sections"][0]["rows"]] == [False, True] * 2  # type: ignore[arg-type]


def test_entry_of_an_earlier_card_has_its_places_in_the_papers() -> None:
    told = {**row("Fortæl det kort", "Alma fik den."), "key": "what_happened", "shown_in": ["summary"]}
    del told["act"]
    old = {**step_content(), "sections": [{"key": "a", "title": "A", "rows": [told], "tables": []}]}
    read = with_traits(old)["sections"][0]["rows"][0]  # type: ignore[arg-type]
    assert (read["act"], read["shown_in"]) == ("", ["summary", "told", "seen"])


@pytest.mark.parametrize(
    ("levels", "words"), [([], ""), ([2], "2"), ([2, 4], "2 eller 4"), ([1, 2, 3, 4], "1, 2, 3 eller 4")]
)
def test_levels_are_listed_as_people_say_them(levels: list[int], words: str) -> None:
    assert format_levels(levels) == words
