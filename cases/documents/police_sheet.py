"""Arrange the facts of a case for the police: two pages, and annexes for what is long. Pure.

No question is shown that asks for a view, nothing that is empty, and no advice to the school.
"""

from dataclasses import dataclass

from cases.documents.summary import Sheet, SheetEvent, SheetTable, sections_for, tables_of
from cases.enums import NoteNature

_POLICE_SHEET = "police_sheet"
"""The document as questions name it."""
_PEOPLE, _ROWS, _EVENTS = 6, 4, 4
"""The most rows of a table, and events, that stand on the two pages; of more there is an annex."""
_LONG = 200
"""The most signs of an answer on the two pages, and of the text of an event; a longer one is in the annex."""
_CELLS = 300
"""The most signs in a row of a table on the two pages."""


@dataclass(frozen=True)
class PoliceRow:
    """A question with its answer; a long one is in the annex under the number of its question."""

    question: str
    answer: str
    annex: int = 0


@dataclass(frozen=True)
class PoliceSection:
    """What is known of one subject."""

    title: str
    rows: tuple[PoliceRow, ...]


@dataclass(frozen=True)
class Register:
    """A table; a long one is in the annex, and only counted on the two pages."""

    table: SheetTable
    is_long: bool


@dataclass(frozen=True)
class PoliceSheet:
    """What the police need to know: facts, no opinions."""

    sheet: Sheet
    people: tuple[Register, ...]
    sections: tuple[PoliceSection, ...]
    unknown: tuple[str, ...]
    evidence: tuple[Register, ...]
    ledgers: tuple[Register, ...]
    events: tuple[SheetEvent, ...]
    events_are_long: bool

    @property
    def long_answers(self) -> list[PoliceRow]:
        """Return the answers of the annex."""
        return [row for section in self.sections for row in section.rows if row.annex]

    @property
    def long_registers(self) -> list[SheetTable]:
        """Return the tables of the annex."""
        return [one.table for one in (*self.people, *self.evidence, *self.ledgers) if one.is_long]

    @property
    def has_annex(self) -> bool:
        """Return whether anything is too long for the two pages."""
        return bool(self.long_answers or self.long_registers or self.events_are_long)


def build_police_sheet(sheet: Sheet) -> PoliceSheet:
    """Return the facts of a summary."""
    sections, unknown, numbers = [], [], iter(range(1, 1_000))
    for _step, section in sections_for(_POLICE_SHEET, sheet.case_file):
        known = [(row["question"], row["answer"]) for row in section["rows"] if row["known"]]
        rows = [PoliceRow(asked, said, next(numbers) if len(said) > _LONG else 0) for asked, said in known]
        unknown += [row["question"] for row in section["rows"] if row["answered"] and not row["known"]]
        if rows:
            sections.append(PoliceSection(section["title"], tuple(rows)))
    events = tuple(event for event in sheet.events if event.nature == NoteNature.FACT)
    return PoliceSheet(
        sheet=sheet,
        people=_registers(tables_of(sheet.case_file, "people", derived=False), _PEOPLE),
        sections=tuple(sections),
        unknown=tuple(unknown),
        evidence=_registers(tables_of(sheet.case_file, "evidence", derived=False), _ROWS),
        ledgers=_registers(tables_of(sheet.case_file, "spread", derived=False), _ROWS),
        events=events,
        events_are_long=len(events) > _EVENTS or any(_length(event) > _LONG for event in events),
    )


def _registers(tables: tuple[SheetTable, ...], most: int) -> tuple[Register, ...]:
    return tuple(Register(table, _is_long(table, most)) for table in tables)


def _is_long(table: SheetTable, most: int) -> bool:
    return len(table.rows) > most or any(sum(map(len, row)) > _CELLS for row in table.rows)


def _length(event: SheetEvent) -> int:
    return sum(map(len, (event.who, event.where, event.text, *event.corrections)))
