"""The decrypted log of one case: its newest entries for the pages of the card, or the whole of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from cases.access.permissions import ask_again, require_readable
from cases.crypto.hash_chain import GENESIS
from cases.enums import CardStep, EntryKind, FrozenKey, ReferralChange, ReferralForm
from cases.log.duty_status import DutyReading, Tick, deadline_key, duty_readings, with_question_to_ssp
from cases.log.entries import (
    CorrectionEntry,
    DutyEntry,
    LevelEntry,
    NoteEntry,
    OpenedEntry,
    ReferralEntry,
    SkipEntry,
    StatusEntry,
    StepEntry,
    of_kind,
    opened,
)
from cases.log.entry_crypto import data_key, entry_hash
from cases.log.entry_types import FrozenAssessment, FrozenHistory, FrozenTable
from cases.log.newest_sections import put_together, section_seqs
from cases.models import Case, Entry, Participant, Referral, User
from cases.models.prepared_query import Given, PreparedQuery, numbered, places

_READS = 3
"""How often a case is read again when somebody writes in between; a line beyond its head is a fault after that."""


@dataclass(frozen=True)
class ParticipantReading:
    """A colleague with access now."""

    name: str
    role: str
    added_at: datetime


@dataclass(frozen=True)
class CurrentCase:
    """What the newest entries of a case say: what the pages of the card show."""

    steps: Mapping[str, StepEntry]
    """The newest filing of each step, with the answers and sections of all that stands."""
    sections: Mapping[str, Mapping[str, StepEntry]]
    """For each step, the newest filing of each section."""
    closed: Mapping[str, Mapping[str, Any]]
    """For each step, the answers to questions that other answers have closed since."""
    skips: Mapping[str, SkipEntry]
    assessment: FrozenAssessment | None
    duties: tuple[DutyReading, ...]
    status_entry: StatusEntry
    first_filed: Mapping[str, str]
    """The ISO day on which each duty was first filed."""
    deadlines: Mapping[str, str]
    """The ISO deadline of each duty without a date of the law, under ``deadline_key``, as it was first filed."""
    deviated: bool
    """Whether a deviation was ever filed."""
    referrals: tuple[ReferralEntry, ...]
    """Every referral to SSP, each with the lines of its thread and its end."""
    last_seq: int
    """The number of the last line of the log that was read."""

    def answers(self) -> dict[str, Mapping[str, Any]]:
        """Return the newest raw answers of each step."""
        return {step: reading.content["answers"] for step, reading in self.steps.items()}

    @property
    def follow_ups(self) -> list[DutyReading]:
        """Return the school's own follow-ups, those that wait before those answered."""
        return [duty for duty in self.duties if duty.is_own]


@dataclass(frozen=True)
class CaseFile(CurrentCase):
    """Everything about a case that its professionals may read."""

    public_id: UUID
    reference: str
    status: str
    school_name: str
    owner_name: str
    opened_at: datetime
    closed_at: datetime | None
    progress: Mapping[str, str]
    entries: tuple[OpenedEntry, ...]
    levels: tuple[LevelEntry, ...]
    notes: tuple[NoteEntry, ...]
    participants: tuple[ParticipantReading, ...]
    intact: bool
    """Whether every entry, and the end of the log, is what was written."""

    def tables(self, key: str) -> tuple[FrozenTable, ...]:
        """Return the tables with this key in the newest filings, in the order in which the steps were first filed."""
        return tuple(
            table
            for reading in self.steps.values()
            for section in reading.content["sections"]
            for table in section["tables"]
            if table["key"] == key
        )


@dataclass(frozen=True)
class StoredLog:
    """The whole log of one case as it is stored. Only what ``open`` is given is decrypted, since a log may be long."""

    rows: Sequence[Entry]
    intact: bool
    """Whether every entry, and the end of the log, is what was written."""
    case: Case
    key: bytes = field(repr=False)

    def open(self, rows: Iterable[Entry]) -> tuple[OpenedEntry, ...]:
        """Return these rows decrypted, with what the rest of the log says of them. Raises SealBroken."""
        corrections: dict[int, list[int]] = {}
        correcting = _open((row for row in self.rows if row.kind == EntryKind.CORRECTION), self.case, self.key)
        for correction in of_kind(correcting, CorrectionEntry):
            corrections.setdefault(correction.content["corrects"], []).append(correction.seq)
        newest = {row.step: row for row in self.rows if row.kind == EntryKind.STEP}
        filings = of_kind(_open(newest.values(), self.case, self.key), StepEntry)
        standing = {seq for filing in filings for seq in section_seqs(filing).values()}
        return tuple(
            replace(
                entry,
                corrected_by=tuple(corrections.get(entry.seq, ())),
                newest=entry.seq in standing,
            )
            for entry in _open(rows, self.case, self.key)
        )


@dataclass(frozen=True)
class ReferralFacts:
    """What SSP sees beside the text of a referral, without reading the case. Holds no name of anybody in the case."""

    reference: str
    school_name: str
    included: tuple[str, ...]
    levels: tuple[int, ...]
    confirmed: int | None
    deletion_waits: bool
    flags: tuple[tuple[str, str, str], ...]
    """Key, title and state of each flag that is set or possible; SSP does not see the reason."""
    progress: Mapping[str, str]


@dataclass(frozen=True)
class ReferralReading(ReferralFacts):
    """What SSP sees of a referral: ``lines`` is its thread with the referral first.

    In an anonymous one the lines of the school have no author.
    """

    form: ReferralForm
    sent_at: datetime
    purpose: str
    message: str
    basis: str
    necessity: str
    lines: tuple[ReferralEntry, ...]
    state: ReferralChange
    claimed_by: User | None


def read_case(case: Case, *, now: datetime | None = None) -> CaseFile:
    """Return everything about a case from ``cases.access.permissions``. ``now`` decides what is overdue.

    No lock is held: entries written since the case was read are read with the case again, which raises what
    ``get_case`` raises when the access has ended. Raises PermissionDenied for a case that SSP opened on an anonymous
    referral, SealBroken for a tampered entry. The number of queries does not grow with the case.
    """
    log = read_log(case)
    entries = log.open(log.rows)
    return CaseFile(
        **vars(_current(entries, now)),
        public_id=case.public_id,
        reference=case.reference,
        status=case.status,
        school_name=case.school.name,
        owner_name=case.owner.name,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        progress=dict(case.progress),
        entries=entries,
        levels=tuple(of_kind(entries, LevelEntry)),
        notes=tuple(of_kind(entries, NoteEntry)),
        participants=_participants(case),
        intact=log.intact,
    )


def read_log(case: Case) -> StoredLog:
    """Return the log with its chain checked. Raises what ``read_case`` raises, SealBroken when it is opened."""
    require_readable(case)
    rows, key = _rows(case, _all_rows), data_key(case)
    return StoredLog(rows, _is_intact(case, rows, key), case, key)


def read_current(case: Case, *, now: datetime | None = None) -> CurrentCase:
    """Return what the newest entries of a case say. Raises what ``read_case`` raises; the chain is not checked.

    The log may be long: only the newest filing of each section and the newest answer to each duty are opened. Entries
    of versions that carried nothing forward are opened too, until a step is filed again.
    """
    require_readable(case)
    key = data_key(case)
    entries = _open(_rows(case, _newest_rows), case, key)
    entries += _open(_earlier_filings(case, entries), case, key)
    return _current(sorted(entries, key=lambda entry: entry.seq), now)


def sort_steps(steps: Iterable[str]) -> list[str]:
    """Return the step keys in the order of the card; keys that the card no longer has come last, in the order given."""
    places = {key: place for place, key in enumerate(CardStep.values)}
    return sorted(steps, key=lambda key: places.get(key, len(places)))


def preview_referral(case: Case, included: Sequence[str]) -> ReferralFacts:
    """Return what SSP would see beside the text of an anonymous referral with these lines."""
    return ReferralFacts(**_facts(case, data_key(case), included))


def _facts(case: Case, key: bytes, included: Sequence[str]) -> dict[str, Any]:
    assessment = _newest_assessment(case, key)
    flags = [flag for flag in assessment["flags"] if flag["state"] != "not_set"] if assessment else []
    # Entries of earlier cards do not say what the police answered, only that they come first.
    waits = assessment.get("deletion_waits", case.police_first) if assessment else case.police_first
    return {
        "reference": case.reference,
        "school_name": case.school.name,
        "included": tuple(included),
        "levels": tuple(case.levels),
        "confirmed": case.confirmed_level,
        "deletion_waits": waits,
        "flags": tuple((flag["key"], flag["title"], flag["state"]) for flag in flags),
        "progress": dict(case.progress),
    }


def read_referral(case: Case, user: User) -> ReferralReading | None:
    """Return the active referral to the user's municipality, or None."""
    active = Referral.objects.filter(case=case, municipality=user.municipality_id, ended_at=None)
    referral = active.select_related("claimed_by").first()
    if user.municipality_id is None or referral is None:
        return None
    key = data_key(case)
    lines = _thread(case, referral, key)
    content = lines[0].content
    if referral.form == ReferralForm.ANONYMOUS:
        lines = tuple(line if line.content.get("by_ssp") else replace(line, by_name="", by_id="") for line in lines)
    return ReferralReading(
        **_facts(case, key, content["included"]),
        form=ReferralForm(referral.form),
        sent_at=referral.sent_at,
        purpose=content["purpose"],
        message=content["message"],
        basis=content.get("basis", ""),
        necessity=content.get("necessity", ""),
        lines=lines,
        state=ReferralChange(referral.state),
        claimed_by=referral.claimed_by,
    )


def _thread(case: Case, referral: Referral, key: bytes) -> tuple[ReferralEntry, ...]:
    """Return the referral as sent, and what was written in its thread. Raises TypeError for another entry."""
    rows = _of(case).filter(kind=EntryKind.REFERRAL, seq__gte=referral.entry_seq)
    lines = tuple(of_kind(_open(rows, case, key), ReferralEntry))
    if not lines or lines[0].seq != referral.entry_seq:
        raise TypeError(f"entry {referral.entry_seq} is no referral")
    return lines


def _newest_assessment(case: Case, key: bytes) -> FrozenAssessment | None:
    newest = Entry.objects.filter(case=case, kind=EntryKind.STEP).order_by("-seq").first()
    entry = opened(newest, case, key) if newest else None
    return entry.content["judgement"] if isinstance(entry, StepEntry) else None


def _of(case: Any) -> models.QuerySet[Entry]:
    return Entry.objects.filter(case=case).order_by("seq")


_CASE: Final = Given("case", Entry._meta.get_field("case"))


@PreparedQuery
def _all_rows() -> models.QuerySet[Entry]:
    return _of(_CASE)


@PreparedQuery
def _newest_rows() -> models.QuerySet[Entry]:
    """The newest entry of each kind, step and duty; of answers that do not say which duty, and of referrals, all."""
    newest = RawSQL("SELECT max(seq) FROM cases_entry WHERE case_id = %s GROUP BY kind, step, duty_hash", [_CASE])
    every = Q(kind=EntryKind.DUTY, duty_hash=None) | Q(kind=EntryKind.REFERRAL)
    return _of(_CASE).filter(Q(seq__in=newest) | every)


def _earlier_filings(case: Case, entries: Sequence[OpenedEntry]) -> Iterable[Entry]:
    """The filings besides ``entries`` that count: of some sections the newest, or all where nothing is carried on."""
    filing, known = _newest_filing(entries), {entry.seq for entry in entries}
    if filing and "history" not in filing.content:
        return _of(case).filter(kind=EntryKind.STEP).exclude(seq__in=known)
    named = {seq for entry in of_kind(entries, StepEntry) for seq in section_seqs(entry).values()}
    missing = named - known
    return _rows_with_numbers(len(missing))(case=case.pk, **numbered("seq", missing)) if missing else ()


@cache
def _rows_with_numbers(count: int) -> PreparedQuery[Entry]:
    return PreparedQuery(lambda: _of(_CASE).filter(seq__in=places("seq", Entry._meta.get_field("seq"), count)))


def _rows(case: Case, wanted: PreparedQuery[Entry]) -> list[Entry]:
    for _attempt in range(_READS):
        rows = wanted(case=case.pk)
        if rows and rows[-1].seq == case.head_seq:
            break
        ask_again(case)
    return rows


def _open(rows: Iterable[Entry], case: Case, key: bytes) -> list[OpenedEntry]:
    return [opened(row, case, key) for row in rows]


def _is_intact(case: Case, rows: Sequence[Entry], key: bytes) -> bool:
    links = [GENESIS, *(row.hash for row in rows)]
    return links[-1] == case.head_hash and all(
        row.seq == number
        and row.prev_hash == links[number - 1]
        and row.hash == entry_hash(row, case_id=case.public_id, key=key)
        for number, row in enumerate(rows, start=1)
    )


def _current(entries: Sequence[OpenedEntry], now: datetime | None) -> CurrentCase:
    """``entries`` are in their order, with the newest of each kind, section and duty."""
    filing = _newest_filing(entries)
    filings = {entry.seq: replace(entry, newest=True) for entry in of_kind(entries, StepEntry)}
    newest = {entry.step: entry for entry in filings.values()}
    standing = {step: put_together(entry, filings) for step, entry in newest.items()}
    assessment = filing.content["judgement"] if filing else None
    histories = [_history(entry) for entry in filings.values()]
    referrals = tuple(of_kind(entries, ReferralEntry))
    ticks = with_question_to_ssp(_ticks(entries), referrals, assessment)
    return CurrentCase(
        steps={step: entry for step, (entry, _closed) in standing.items()},
        sections={
            step: {section: filings[seq] for section, seq in section_seqs(entry).items()}
            for step, entry in newest.items()
        },
        closed={step: closed for step, (_entry, closed) in standing.items()},
        skips=_open_skips(entries),
        assessment=assessment,
        duties=duty_readings(assessment, ticks, now or timezone.now()),
        status_entry=list(of_kind(entries, StatusEntry))[-1],
        first_filed=_earliest(history["first_filed"] for history in histories),
        deadlines=_earliest(history["deadlines"] for history in histories),
        deviated=any(history["deviated"] for history in histories),
        referrals=referrals,
        last_seq=entries[-1].seq,
    )


def _earliest(parts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the earliest of the days that stand under each key."""
    days = sorted((day, key) for part in parts for key, day in part.items())
    return {key: day for day, key in reversed(days)}


def _newest_filing(entries: Sequence[OpenedEntry]) -> StepEntry | None:
    return next(of_kind(reversed(entries), StepEntry), None)


def _history(entry: StepEntry) -> FrozenHistory:
    """What the filing carries forward; that of an earlier version speaks for itself alone."""
    history = entry.content.get("history") or _history_alone(entry)
    if "deadlines" in history:
        return history
    # Earlier versions had the first day as the deadline of what is to be done now or today.
    days = {
        deadline_key(duty, urgency): day
        for duty, day in history["first_filed"].items()
        for urgency in (FrozenKey.DUTY_NOW, FrozenKey.DUTY_TODAY)
    }
    return {**history, "deadlines": days}


def _history_alone(entry: StepEntry) -> FrozenHistory:
    day, judgement = timezone.localdate(entry.entered_at).isoformat(), entry.content["judgement"]
    return {
        "first_filed": {duty["key"]: day for duty in judgement["duties"]},
        "deviated": bool(judgement["deviations"]),
    }


def _open_skips(entries: Sequence[OpenedEntry]) -> dict[str, SkipEntry]:
    skips: dict[str, SkipEntry] = {}
    for entry in entries:
        if isinstance(entry, StepEntry):
            skips.pop(entry.step, None)
        elif isinstance(entry, SkipEntry):
            skips[entry.step] = entry
    return skips


def _ticks(entries: Sequence[OpenedEntry]) -> dict[str, Tick]:
    """The newest answer to each duty by its key, oldest first."""
    ticks: dict[str, Tick] = {}
    for entry in of_kind(entries, DutyEntry):
        ticks.pop(entry.content["key"], None)
        ticks[entry.content["key"]] = Tick(entry.content, entry.by_name, entry.entered_at)
    return ticks


def _participants(case: Case) -> tuple[ParticipantReading, ...]:
    active = Participant.objects.filter(case=case, removed_at=None).select_related("user")
    return tuple(ParticipantReading(one.user.name, one.user.role, one.added_at) for one in active)
