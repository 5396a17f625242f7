"""The case arranged for reading from one end to the other: the same for the screen, for paper and for the police. Pure.

Nothing is left out of a résumé: tables that a reader looks for (people, evidence, spread) get chapters of their own,
and a step's answers stand once, under the step, and again in the log only where a newer filing has replaced them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cases.enums import DutyState, EntryKind, NoteNature
from cases.log.answered import answered, unanswered
from cases.log.card_keys import HOME, sort_steps
from cases.log.case_file import CaseFile, OpenedEntry, SkipReading, StepReading
from cases.log.duty_status import DutyReading
from cases.log.entry_text import LogLine, log_lines
from cases.log.entry_types import (
    CorrectionContent,
    FrozenAssessment,
    FrozenFlag,
    FrozenRow,
    FrozenSection,
    FrozenTable,
    NoteContent,
)
from cases.models import Case, User
from cases.text.dates import format_moment

PEOPLE = ("people", "victims")
EVIDENCE = ("evidence",)
LEDGERS = ("spread", "takedown")
WIDEST = 5
"""Columns that fit beside each other on a page of A4; a wider table is set as one card per row."""

_POLICE_STEPS = ("afdaek", "dokumenter", "stop")
_NOT_FOR_POLICE = frozenset(
    {"assessment", "wants", "suspicion_home", "before_police_reason", "family_log", "family_log_on"}
)
"""Rows that are somebody's view, or that the police have no need of. What is not necessary is not passed on."""


@dataclass(frozen=True)
class SheetTable:
    """A table ready to be set: columns without a single entry are gone, ``cards`` are set when it is too wide."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def is_wide(self) -> bool:
        """Whether each row is a card of its own."""
        return len(self.columns) > WIDEST

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """Each row as pairs of column and text, empty ones included."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]

    @property
    def cards(self) -> list[list[tuple[str, str]]]:
        """Each row as pairs of column and text, empty ones left out."""
        return [[(column, text) for column, text in row if text] for row in self.labelled]


@dataclass(frozen=True)
class SheetSection:
    """A heading of a step with what stands under it."""

    title: str
    rows: tuple[FrozenRow, ...]
    tables: tuple[SheetTable, ...]


@dataclass(frozen=True)
class SheetStep:
    """A step as last filed (``reading``) or passed by (``skip``)."""

    key: str
    title: str
    reading: StepReading | None
    skip: SkipReading | None
    sections: tuple[SheetSection, ...]
    unanswered: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """Everything that a page of the case says, in the order in which it is said."""

    case_file: CaseFile
    municipality_name: str
    school_phone: str
    owner_email: str
    status_label: str
    updated_at: datetime
    printed_by: str
    printed_at: datetime
    assessment: FrozenAssessment | None
    judged_at: datetime | None
    flags_set: tuple[FrozenFlag, ...]
    flags_possible: tuple[FrozenFlag, ...]
    deviations: tuple[str, ...]
    rules: tuple[str, ...]
    steps: tuple[SheetStep, ...]
    people: tuple[SheetTable, ...]
    evidence: tuple[SheetTable, ...]
    ledgers: tuple[SheetTable, ...]
    reasoned: tuple[DutyReading, ...]
    lines: tuple[LogLine, ...]

    @property
    def printed(self) -> str:
        """When it was printed, in words."""
        return format_moment(self.printed_at)

    @property
    def home_suspected(self) -> bool:
        """Whether the abuse may come from the home."""
        return any(flag["key"] == HOME for flag in self.flags_set)

    @property
    def assessed(self) -> str:
        """When the level was last reckoned, in words."""
        return format_moment(self.judged_at)


@dataclass(frozen=True)
class PoliceSheet:
    """What the police need to know: facts as given, nobody's view of them."""

    sheet: Sheet
    sections: tuple[SheetSection, ...]
    unknown: tuple[str, ...]
    events: tuple[PoliceEvent, ...]


@dataclass(frozen=True)
class PoliceEvent:
    """An event that was written down as a fact, with the corrections made to it."""

    when: str
    entered: str
    by_name: str
    who: str
    where: str
    text: str
    corrections: tuple[str, ...]


def build_summary(case: Case, case_file: CaseFile, by: User, now: datetime) -> Sheet:
    """Arrange a reading of the case, as printed by ``by`` at ``now``."""
    assessment = case_file.assessment
    flags = assessment["flags"] if assessment else []
    own_chapter = frozenset((*PEOPLE, *EVIDENCE, *LEDGERS))
    return Sheet(
        case_file=case_file,
        municipality_name=case.school.municipality.name,
        school_phone=case.school.phone,
        owner_email=case.owner.email,
        status_label=case.get_status_display(),
        updated_at=case.updated_at,
        printed_by=by.name,
        printed_at=now,
        assessment=assessment,
        judged_at=max((reading.entered_at for reading in case_file.steps.values()), default=None),
        flags_set=tuple(flag for flag in flags if flag["state"] == "set"),
        flags_possible=tuple(flag for flag in flags if flag["state"] == "possible"),
        deviations=_added_later(assessment, "deviations"),
        rules=_added_later(assessment, "rules"),
        steps=tuple(_steps(case_file, own_chapter)),
        people=_tables(case_file, PEOPLE),
        evidence=_tables(case_file, EVIDENCE),
        ledgers=_tables(case_file, LEDGERS),
        reasoned=tuple(duty for duty in case_file.duties if duty.state == DutyState.NOT_RELEVANT),
        lines=log_lines(case_file.entries),
    )


def build_police_sheet(sheet: Sheet) -> PoliceSheet:
    """The part of the résumé that is fact, for the police."""
    filed = [sheet.case_file.steps[step] for step in _POLICE_STEPS if step in sheet.case_file.steps]
    told = [section for reading in filed for section in reading.content["sections"]]
    rows = [row for section in told for row in section["rows"] if row["key"] not in _NOT_FOR_POLICE]
    sections = tuple(_section(_facts_only(section), (*PEOPLE, *EVIDENCE, *LEDGERS)) for section in told)
    return PoliceSheet(
        sheet=sheet,
        sections=tuple(section for section in sections if section.rows),
        unknown=tuple(row["question"] for row in rows if not row["known"]),
        events=tuple(_events(sheet.case_file)),
    )


def _added_later(assessment: FrozenAssessment | None, key: Literal["deviations", "rules"]) -> tuple[str, ...]:
    """What a filing of an older card does not have at all."""
    return tuple(assessment.get(key, ())) if assessment else ()


def _steps(case_file: CaseFile, own_chapter: Collection[str]) -> Iterator[SheetStep]:
    for key in sort_steps({**case_file.steps, **case_file.skips}):
        reading, skip = case_file.steps.get(key), case_file.skips.get(key)
        sections = reading.content["sections"] if reading else []
        yield SheetStep(
            key=key,
            title=reading.content["title"] if reading else case_file.skips[key].content["title"],
            reading=reading,
            skip=skip,
            sections=tuple(
                found for part in answered(sections) if _says_something(found := _section(part, own_chapter))
            ),
            unanswered=tuple(unanswered(sections, reading.content["missing"] if reading else ())),
        )


def _says_something(section: SheetSection) -> bool:
    return bool(section.rows or section.tables)


def _section(section: FrozenSection, own_chapter: Collection[str]) -> SheetSection:
    tables = [table for table in section["tables"] if table["key"] not in own_chapter and table["rows"]]
    return SheetSection(section["title"], tuple(section["rows"]), tuple(_table(table) for table in tables))


def _facts_only(section: FrozenSection) -> FrozenSection:
    rows = [row for row in section["rows"] if row["known"] and row["key"] not in _NOT_FOR_POLICE]
    return {"key": section["key"], "title": section["title"], "rows": rows, "tables": []}


def _tables(case_file: CaseFile, keys: tuple[str, ...]) -> tuple[SheetTable, ...]:
    return tuple(_table(table) for key in keys for table in case_file.tables(key) if table["rows"])


def _table(table: FrozenTable) -> SheetTable:
    used = [place for place in range(len(table["columns"])) if any(row[place] for row in table["rows"])]
    return SheetTable(
        key=table["key"],
        title=table["title"],
        columns=tuple(table["columns"][place] for place in used),
        rows=tuple(tuple(row[place] for place in used) for row in table["rows"]),
    )


def _events(case_file: CaseFile) -> Iterator[PoliceEvent]:
    by_seq: Mapping[int, OpenedEntry] = {entry.seq: entry for entry in case_file.entries}
    facts = [
        entry
        for entry in case_file.entries
        if entry.kind == EntryKind.NOTE and _note(entry)["nature"] == NoteNature.FACT
    ]
    for entry in sorted(facts, key=lambda fact: fact.happened_at or fact.entered_at):
        content = _note(entry)
        yield PoliceEvent(
            when=format_moment(entry.happened_at),
            entered=format_moment(entry.entered_at),
            by_name=entry.by_name,
            who=content["who"],
            where=content["where"],
            text=content["text"],
            corrections=tuple(_corrections(by_seq, entry)),
        )


def _note(entry: OpenedEntry) -> NoteContent:
    content: NoteContent = entry.content  # type: ignore[assignment]  # the kind of the entry says which shape it has
    return content


def _corrections(by_seq: Mapping[int, OpenedEntry], entry: OpenedEntry) -> Iterator[str]:
    for seq in entry.corrected_by:
        content: CorrectionContent = by_seq[seq].content  # type: ignore[assignment]  # as above
        yield content["text"]
