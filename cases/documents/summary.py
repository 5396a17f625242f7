"""Arrange a case as a summary, the same for screen and paper, and as a police sheet. Pure.

A summary is complete: tables that readers look for (people, evidence, spread) are chapters of their own, and a step's
answers are shown once, under the step, and in the log only where a newer filing has replaced them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cases.enums import DutyState, FrozenKey, NoteNature
from cases.log.case_file import CaseFile, sort_steps
from cases.log.duty_status import DutyReading
from cases.log.entries import CorrectionEntry, SkipEntry, StepEntry, of_kind
from cases.log.entry_text import LogLine, all_tables, answered_sections, log_lines, unanswered_questions
from cases.log.entry_types import FrozenAssessment, FrozenFlag, FrozenRow, FrozenSection, FrozenTable
from cases.models import Case, User
from cases.text.dates import format_moment

_SUMMARY, _POLICE_SHEET = "summary", "police_sheet"
"""The documents as questions name them."""
WIDEST = 5
"""Columns that fit beside each other on a page of A4; a wider table is set as one card per row."""


@dataclass(frozen=True)
class SheetTable:
    """A table without its empty columns; a wide one is set as ``cards``."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def is_wide(self) -> bool:
        """Return whether each row is set as a card."""
        return len(self.columns) > WIDEST

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """Return each row as pairs of column and text, empty ones included."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]

    @property
    def cards(self) -> list[list[tuple[str, str]]]:
        """Return each row as pairs of column and text, without empty ones."""
        return [[(column, text) for column, text in row if text] for row in self.labelled]


@dataclass(frozen=True)
class SheetSection:
    """A section of a step with its rows and tables."""

    title: str
    rows: tuple[FrozenRow, ...]
    tables: tuple[SheetTable, ...]


@dataclass(frozen=True)
class SheetStep:
    """A step as last filed (``reading``) or skipped (``skip``)."""

    key: str
    title: str
    reading: StepEntry | None
    skip: SkipEntry | None
    sections: tuple[SheetSection, ...]
    unanswered: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """The whole summary, in the order in which it is read."""

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
    sparring: tuple[LogLine, ...]
    lines: tuple[LogLine, ...]

    @property
    def printed(self) -> str:
        """Return the time of printing as text."""
        return format_moment(self.printed_at)

    @property
    def home_suspected(self) -> bool:
        """Return whether the abuse may come from the home."""
        return any(flag["key"] == FrozenKey.FLAG_HOME for flag in self.flags_set)

    @property
    def assessed(self) -> str:
        """Return the time of the last assessment as text."""
        return format_moment(self.judged_at)


@dataclass(frozen=True)
class Review:
    """What SSP reads beside the summary: the duties by whether they are done, and what happened in its order."""

    waiting: tuple[DutyReading, ...]
    answered: tuple[DutyReading, ...]
    events: tuple[LogLine, ...]


@dataclass(frozen=True)
class PoliceEvent:
    """A note of a fact, with its corrections."""

    when: str
    entered: str
    by_name: str
    who: str
    where: str
    text: str
    corrections: tuple[str, ...]


@dataclass(frozen=True)
class PoliceSheet:
    """What the police need to know: facts, no opinions."""

    sheet: Sheet
    sections: tuple[SheetSection, ...]
    unknown: tuple[str, ...]
    events: tuple[PoliceEvent, ...]


def build_summary(case: Case, case_file: CaseFile, by: User, now: datetime) -> Sheet:
    """Return the summary of a case, printed by ``by`` at ``now``."""
    assessment = case_file.assessment
    flags = assessment["flags"] if assessment else []
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
        steps=tuple(_steps(case_file)),
        people=_tables(case_file, "people"),
        evidence=_tables(case_file, "evidence"),
        ledgers=_tables(case_file, "spread"),
        reasoned=tuple(duty for duty in case_file.duties if duty.state == DutyState.NOT_RELEVANT),
        sparring=log_lines(case_file.referrals),
        lines=log_lines(case_file.entries),
    )


def build_review(sheet: Sheet) -> Review:
    """Return the duties and the chronology of a summary: the log by when it happened, else by when it was written."""
    open_states = (DutyState.OPEN, DutyState.OVERDUE)
    duties = sheet.case_file.duties
    return Review(
        waiting=tuple(duty for duty in duties if duty.state in open_states),
        answered=tuple(duty for duty in duties if duty.state not in open_states),
        events=tuple(sorted(sheet.lines, key=lambda line: line.entry.happened_at or line.entry.entered_at)),
    )


def build_police_sheet(sheet: Sheet) -> PoliceSheet:
    """Return the facts of a summary."""
    filed = [sheet.case_file.steps[step].content for step in sort_steps(sheet.case_file.steps)]
    sections = [_for(_POLICE_SHEET, section) for content in filed for section in content["sections"]]
    rows = [row for section in sections for row in section["rows"]]
    return PoliceSheet(
        sheet=sheet,
        sections=tuple(found for section in sections if (found := _known_rows(section)).rows),
        unknown=tuple(row["question"] for row in rows if not row["known"]),
        events=tuple(_events(sheet.case_file)),
    )


def _added_later(assessment: FrozenAssessment | None, key: Literal["deviations", "rules"]) -> tuple[str, ...]:
    """Return a part of the assessment that filings of older cards do not have."""
    return tuple(assessment.get(key, ())) if assessment else ()


def _steps(case_file: CaseFile) -> Iterator[SheetStep]:
    for key in sort_steps({**case_file.steps, **case_file.skips}):
        reading, skip = case_file.steps.get(key), case_file.skips.get(key)
        sections = [_for(_SUMMARY, section) for section in reading.content["sections"]] if reading else []
        yield SheetStep(
            key=key,
            title=reading.content["title"] if reading else case_file.skips[key].content["title"],
            reading=reading,
            skip=skip,
            sections=tuple(
                found for part in answered_sections(sections) if (found := _section(part)).rows or found.tables
            ),
            unanswered=tuple(unanswered_questions(reading.content) if reading else ()),
        )


def _for(document: str, section: FrozenSection) -> FrozenSection:
    """Return the part of a section whose questions are declared to be shown in the document."""
    rows = [row for row in section["rows"] if document in row["shown_in"]]
    tables = [table for table in section["tables"] if document in table["shown_in"]]
    return {**section, "rows": rows, "tables": tables}


def _section(section: FrozenSection) -> SheetSection:
    tables = [table for table in section["tables"] if table["rows"] and not table["chapter"]]
    return SheetSection(section["title"], tuple(section["rows"]), tuple(_table(table) for table in tables))


def _known_rows(section: FrozenSection) -> SheetSection:
    return SheetSection(section["title"], tuple(row for row in section["rows"] if row["known"]), ())


def _tables(case_file: CaseFile, chapter: str) -> tuple[SheetTable, ...]:
    return tuple(
        _table(table)
        for reading in case_file.steps.values()
        for table in all_tables(reading.content)
        if table["chapter"] == chapter and table["rows"]
    )


def _table(table: FrozenTable) -> SheetTable:
    used = [place for place in range(len(table["columns"])) if any(row[place] for row in table["rows"])]
    return SheetTable(
        key=table["key"],
        title=table["title"],
        columns=tuple(table["columns"][place] for place in used),
        rows=tuple(tuple(row[place] for place in used) for row in table["rows"]),
    )


def _events(case_file: CaseFile) -> Iterator[PoliceEvent]:
    corrections = {entry.seq: entry.content["text"] for entry in of_kind(case_file.entries, CorrectionEntry)}
    facts = [entry for entry in case_file.notes if entry.content["nature"] == NoteNature.FACT]
    for entry in sorted(facts, key=lambda fact: fact.happened_at or fact.entered_at):
        content = entry.content
        yield PoliceEvent(
            when=format_moment(entry.happened_at),
            entered=format_moment(entry.entered_at),
            by_name=entry.by_name,
            who=content["who"],
            where=content["where"],
            text=content["text"],
            corrections=tuple(corrections[seq] for seq in entry.corrected_by),
        )
