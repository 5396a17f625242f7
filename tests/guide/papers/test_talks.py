"""The sheets for talks: the same five for everybody, with what the case says, and never against it."""

from typing import Any

import pytest

from guide.papers.talks import talk_sheets
from tests.guide.reading import assess
from tests.guide.rules.test_assessment import NOW, answers


def said(sheet: str, anmeld: dict[str, Any] | None = None, **changes: Any) -> str:
    """The lines of a sheet for a mild case with these changes."""
    assessment = assess(answers(changes, anmeld=anmeld or {}), NOW)
    sheets = {one.key: one for one in talk_sheets(assessment)}
    lines = [line for part in sheets[sheet].parts for line in part.lines]
    return "\n".join(f"{line.label} {line.words}" for line in lines)


def test_every_sheet_has_first_sentences_what_to_ask_and_what_never() -> None:
    sheets = talk_sheets()
    assert [sheet.key for sheet in sheets] == ["eleven", "foraeldrene", "kraenkeren", "klassen", "kollegerne"]
    for sheet in sheets:
        assert {"say", "ask", "never"} <= {part.kind for part in sheet.parts}
        assert len([line for part in sheet.parts for line in part.lines]) <= 22


@pytest.mark.parametrize(
    ("sheet", "changes", "words", "holds"),
    [
        ("foraeldrene", {"suspicion_home": "ja"}, "Tal ikke med hjemmet", True),
        ("foraeldrene", {"suspicion_home": "nej", "victim_age": "13"}, "Tal ikke med hjemmet", False),
        ("foraeldrene", {"victim_age": "19"}, "bestemmer selv", True),
        ("foraeldrene", {"victim_age": "13"}, "bestemmer selv", False),
        ("kraenkeren", {"offender_is": ["adult"]}, "Tal ikke med vedkommende", True),
        ("eleven", {"danger_self_harm": "ja"}, "ring 112", True),
        ("eleven", {"abuse": "before"}, "Spørg ikke ud", True),
        ("eleven", {"threat": "ja"}, "Betal ikke", True),
        ("eleven", {"telling_help": "nej"}, "tolk", False),
    ],
)
def test_a_sheet_says_what_the_case_asks_for(sheet: str, changes: dict[str, Any], words: str, holds: bool) -> None:
    assert (words in said(sheet, **changes)) is holds


@pytest.mark.parametrize("sheet", ["eleven", "foraeldrene", "kraenkeren", "klassen"])
def test_nobody_is_asked_to_delete_while_deletion_waits(sheet: str) -> None:
    nude = {"kinds": ["image_shared"], "shown": "nude", "depicts": ["pupil"], "victim_age": "14", "youngest_age": "14"}
    waiting = said(sheet, **nude)
    assert "slettet alle steder" not in waiting
    assert "Slet det så" not in waiting
    assert "Før politiet har sagt ja" in waiting or "Skal politiet med" in waiting
    allowed = said(sheet, {"police_contacted": "ja", "police_deletion": "allowed"}, **nude)
    assert "intet bliver slettet endnu" not in allowed
    assert "Slet det ikke" not in allowed
    assert "lade være med at slette" not in allowed
