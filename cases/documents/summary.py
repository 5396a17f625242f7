"""Arrange a case for reading: a first page, and all that was answered. The same for screen and paper. Pure.

What stands now is shown, and shown once: what a newer filing has replaced is in the log, which is a print of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from cases.documents.first_page import FirstPage, build_first_page
from cases.enums import DutyState, FrozenKey
from cases.log.case_file import CaseFile, sort_steps
from cases.log.duty_status import DutyReading
from cases.log.entries import CorrectionEntry, NoteEntry, SkipEntry, StepEntry, of_kind
from cases.log.entry_text import LogLine, all_tables, log_lines
from cases.log.entry_types import FrozenAssessment, FrozenFlag, FrozenRow, FrozenSection, FrozenTable
from cases.models import Case, User
from cases.text.dates import format_moment

_SUMMARY = "summary"
"""The document as questions name it."""
WIDEST = 5
"""Columns that fit beside each other on a page of A4; the rows of a wider table are set as running text."""


@dataclass(frozen=True)
class SheetTable:
    """A table without its empty columns; the rows of a wide one are set as ``cards``."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def is_wide(self) -> bool:
        """Return whether each row is set as running text."""
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
class SheetStep:
    """A step as it stands (``reading``) or skipped (``skip``): what is known, what is not, and its tables."""

    key: str
    title: str
    reading: StepEntry | None
    skip: SkipEntry | None
    rows: tuple[FrozenRow, ...]
    unknown: tuple[str, ...]
    tables: tuple[SheetTable, ...]


@dataclass(frozen=True)
class SheetEvent:
    """A note of the log with its corrections, or a correction of something else."""

    at: datetime
    title: str
    when: str
    entered: str
    by_name: str
    who: str
    where: str
    text: str
    nature: str
    corrections: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """The whole summary, in the order in which it is read."""

    case_file: CaseFile
    municipality_name: str
    school_phone: str
    owner_email: str
    label: str
    status_label: str
    updated_at: datetime
    printed_by: str
    printed_at: datetime
    first: FirstPage
    assessment: FrozenAssessment | None
    flags_set: tuple[FrozenFlag, ...]
    flags_possible: tuple[FrozenFlag, ...]
    deviations: tuple[str, ...]
    steps: tuple[SheetStep, ...]
    people: tuple[SheetTable, ...]
    evidence: tuple[SheetTable, ...]
    ledgers: tuple[SheetTable, ...]
    sparring: tuple[LogLine, ...]
    events: tuple[SheetEvent, ...]

    @property
    def printed(self) -> str:
        """Return the time of printing as text."""
        return format_moment(self.printed_at)

    @property
    def home_suspected(self) -> bool:
        """Return whether the abuse may come from the home."""
        return any(flag["key"] == FrozenKey.FLAG_HOME for flag in self.flags_set)


@dataclass(frozen=True)
class Review:
    """What SSP reads beside the summary: the duties by whether they are done, and what happened in its order."""

    waiting: tuple[DutyReading, ...]
    answered: tuple[DutyReading, ...]
    events: tuple[LogLine, ...]


def build_summary(case: Case, case_file: CaseFile, by: User, now: datetime, label: str = "") -> Sheet:
    """Return the summary of a case with this label, printed by ``by`` at ``now``."""
    assessment = case_file.assessment
    flags = assessment["flags"] if assessment else []
    return Sheet(
        case_file=case_file,
        municipality_name=case.school.municipality.name,
        school_phone=case.school.phone,
        owner_email=case.owner.email,
        label=label,
        status_label=case.get_status_display(),
        updated_at=case.updated_at,
        printed_by=by.name,
        printed_at=now,
        first=build_first_page(case_file),
        assessment=assessment,
        flags_set=tuple(flag for flag in flags if flag["state"] == "set"),
        flags_possible=tuple(flag for flag in flags if flag["state"] == "possible"),
        deviations=tuple(assessment.get("deviations", ())) if assessment else (),
        steps=tuple(_steps(case_file)),
        people=tables_of(case_file, "people"),
        evidence=tables_of(case_file, "evidence"),
        ledgers=tables_of(case_file, "spread"),
        sparring=log_lines(case_file.referrals),
        events=tuple(events_of(case_file)),
    )


def build_review(sheet: Sheet) -> Review:
    """Return the duties and the chronology of a summary: the log by when it happened, else by when it was written."""
    open_states = (DutyState.OPEN, DutyState.OVERDUE)
    duties = sheet.case_file.duties
    lines = log_lines(sheet.case_file.entries)
    return Review(
        waiting=tuple(duty for duty in duties if duty.state in open_states),
        answered=tuple(duty for duty in duties if duty.state not in open_states),
        events=tuple(sorted(lines, key=lambda line: line.entry.happened_at or line.entry.entered_at)),
    )


def sections_for(document: str, case_file: CaseFile) -> Iterator[tuple[str, FrozenSection]]:
    """Yield each filed section, with its step, as far as its questions are declared to be shown in the document."""
    for step in sort_steps(case_file.steps):
        for section in case_file.steps[step].content["sections"]:
            rows = [row for row in section["rows"] if document in row["shown_in"]]
            tables = [table for table in section["tables"] if document in table["shown_in"]]
            yield step, {**section, "rows": rows, "tables": tables}


def tables_of(case_file: CaseFile, chapter: str, *, derived: bool = True) -> tuple[SheetTable, ...]:
    """Return the tables of a chapter that have rows; ``derived`` says whether with what the product computed."""
    return tuple(
        sheet_table(table, derived=derived)
        for reading in case_file.steps.values()
        for table in all_tables(reading.content)
        if table["chapter"] == chapter and table["rows"]
    )


def sheet_table(table: FrozenTable, *, derived: bool = True) -> SheetTable:
    """Return the table without its empty columns, and without the computed one unless it is ``derived``."""
    left_out = None if derived else table["derived"] or None
    used = [
        place
        for place, title in enumerate(table["columns"])
        if title != left_out and any(row[place] for row in table["rows"])
    ]
    return SheetTable(
        key=table["key"],
        title=table["title"],
        columns=tuple(table["columns"][place] for place in used),
        rows=tuple(tuple(row[place] for place in used) for row in table["rows"]),
    )


def events_of(case_file: CaseFile) -> Iterator[SheetEvent]:
    """Yield the notes in the order in which it happened, and the corrections of other entries."""
    corrections = list(of_kind(case_file.entries, CorrectionEntry))
    texts = {entry.seq: entry.content["text"] for entry in corrections}
    notes = {note.seq for note in case_file.notes}
    found = [_event(note, texts) for note in case_file.notes]
    found += [_correction(one) for one in corrections if one.content["corrects"] not in notes]
    yield from sorted(found, key=lambda event: event.at)


def _event(note: NoteEntry, corrections: Mapping[int, str]) -> SheetEvent:
    content = note.content
    return SheetEvent(
        at=note.happened_at or note.entered_at,
        title=note.nature_label,
        when=format_moment(note.happened_at),
        entered=format_moment(note.entered_at),
        by_name=note.by_name,
        who=content["who"],
        where=content["where"],
        text=content["text"],
        nature=content["nature"],
        corrections=tuple(corrections[seq] for seq in note.corrected_by),
    )


def _correction(entry: CorrectionEntry) -> SheetEvent:
    return SheetEvent(
        at=entry.entered_at,
        title=_("Rettelse til nr. %(number)d") % {"number": entry.content["corrects"]},
        when="",
        entered=format_moment(entry.entered_at),
        by_name=entry.by_name,
        who="",
        where="",
        text=entry.content["text"],
        nature="",
    )


def _steps(case_file: CaseFile) -> Iterator[SheetStep]:
    shown: dict[str, list[FrozenSection]] = {}
    for key, section in sections_for(_SUMMARY, case_file):
        shown.setdefault(key, []).append(section)
    for key in sort_steps({**case_file.steps, **case_file.skips}):
        reading, skip = case_file.steps.get(key), case_file.skips.get(key)
        rows = [row for section in shown.get(key, ()) for row in section["rows"] if row["answered"]]
        tables = [table for section in shown.get(key, ()) for table in section["tables"]]
        yield SheetStep(
            key=key,
            title=reading.content["title"] if reading else case_file.skips[key].content["title"],
            reading=reading,
            skip=skip,
            rows=tuple(row for row in rows if row["known"]),
            unknown=tuple(row["question"] for row in rows if not row["known"]),
            tables=tuple(sheet_table(table) for table in tables if table["rows"] and not table["chapter"]),
        )


@dataclass(frozen=True)
class LogPrint:
    """Every entry of the log as it was filed."""

    reference: str
    school_name: str
    is_intact: bool
    lines: tuple[LogLine, ...]
    printed_by: str
    printed: str


def build_log(case_file: CaseFile, by: User, now: datetime) -> LogPrint:
    """Return the whole log, printed by ``by`` at ``now``."""
    return LogPrint(
        reference=case_file.reference,
        school_name=case_file.school_name,
        is_intact=case_file.intact,
        lines=log_lines(case_file.entries),
        printed_by=by.name,
        printed=format_moment(now),
    )
