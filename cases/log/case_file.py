"""The decrypted log of one case, the same for screen, print and PDF. Every entry is decrypted once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from cases.access.permissions import ask_again, require_readable
from cases.crypto.hash_chain import GENESIS
from cases.enums import CardStep, EntryKind, ReferralForm
from cases.log.duty_status import DutyReading, Tick, duty_readings
from cases.log.entries import (
    CorrectionEntry,
    DutyEntry,
    LevelEntry,
    NoteEntry,
    OpenedEntry,
    ReferralEntry,
    SkipEntry,
    StepEntry,
    of_kind,
    opened,
)
from cases.log.entry_crypto import data_key, entry_hash
from cases.log.entry_types import FrozenAssessment, FrozenFlag, FrozenTable
from cases.models import Case, Entry, Participant, Referral, User

_READS = 3
"""How often a case is read again when somebody writes in between; a line beyond its head is a fault after that."""


@dataclass(frozen=True)
class ParticipantReading:
    """A colleague with access now."""

    name: str
    role: str
    added_at: datetime


@dataclass(frozen=True)
class CaseFile:
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
    steps: Mapping[str, StepEntry]
    skips: Mapping[str, SkipEntry]
    assessment: FrozenAssessment | None
    levels: tuple[LevelEntry, ...]
    notes: tuple[NoteEntry, ...]
    duties: tuple[DutyReading, ...]
    referrals: tuple[ReferralEntry, ...]
    participants: tuple[ParticipantReading, ...]
    intact: bool
    """Whether every entry, and the end of the log, is what was written."""

    def answers(self) -> dict[str, Mapping[str, Any]]:
        """Return the newest raw answers of each step."""
        return {step: reading.content["answers"] for step, reading in self.steps.items()}

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
class ReferralReading:
    """What SSP sees of a referral without reading the case. Holds no name of anybody in the case."""

    reference: str
    school_name: str
    form: ReferralForm
    sent_at: datetime
    purpose: str
    message: str
    basis: str
    necessity: str
    included: tuple[str, ...]
    levels: tuple[int, ...]
    confirmed: int | None
    police_first: bool
    flags: tuple[tuple[str, str, str], ...]
    """Key, title and state of each flag that is set or possible; SSP does not see the reason."""
    progress: Mapping[str, str]


def read_case(case: Case, *, now: datetime | None = None, whole: bool = True) -> CaseFile:
    """Return the case file of a case from ``cases.access.permissions``. ``now`` decides what is overdue.

    Unless ``whole``, participants are left out and the chain is checked by its links alone: for pages that show neither
    people nor log. No lock is held: entries written since the case was read are read with the case again, which raises
    what ``get_case`` raises when the access has ended. Raises PermissionDenied for a case that SSP opened on an
    anonymous referral, SealBroken for a tampered entry. The number of queries does not grow with the case.
    """
    require_readable(case)
    rows = _entries(case)
    entries, intact = _open_all(case, rows, whole)
    steps = {entry.step: entry for entry in of_kind(entries, StepEntry)}
    assessment = _newest_assessment(steps)
    return CaseFile(
        public_id=case.public_id,
        reference=case.reference,
        status=case.status,
        school_name=case.school.name,
        owner_name=case.owner.name,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        progress=dict(case.progress),
        entries=entries,
        steps=steps,
        skips=_open_skips(entries),
        assessment=assessment,
        levels=tuple(of_kind(entries, LevelEntry)),
        notes=tuple(of_kind(entries, NoteEntry)),
        duties=duty_readings(assessment, _ticks(entries), now or timezone.now()),
        referrals=tuple(of_kind(entries, ReferralEntry)),
        participants=_participants(case) if whole else (),
        intact=intact,
    )


def sort_steps(steps: Iterable[str]) -> list[str]:
    """Return the step keys in the order of the card; keys that the card no longer has come last, in the order given."""
    places = {key: place for place, key in enumerate(CardStep.values)}
    return sorted(steps, key=lambda key: places.get(key, len(places)))


def read_referral(case: Case, user: User) -> ReferralReading | None:
    """Return the active referral to the user's municipality, or None."""
    referral = Referral.objects.filter(case=case, municipality=user.municipality_id, ended_at=None).first()
    if user.municipality_id is None or referral is None:
        return None
    key = data_key(case)
    row = Entry.objects.get(case=case, seq=referral.entry_seq)
    sent = opened(row, case, key)
    if not isinstance(sent, ReferralEntry):
        raise TypeError(f"entry {row.seq} is no referral")
    content = sent.content
    return ReferralReading(
        reference=case.reference,
        school_name=case.school.name,
        form=ReferralForm(referral.form),
        sent_at=referral.sent_at,
        purpose=content["purpose"],
        message=content["message"],
        basis=content.get("basis", ""),
        necessity=content.get("necessity", ""),
        included=tuple(content["included"]),
        levels=tuple(case.levels),
        confirmed=case.confirmed_level,
        police_first=case.police_first,
        flags=tuple((flag["key"], flag["title"], flag["state"]) for flag in _raised_flags(case, key)),
        progress=dict(case.progress),
    )


def _raised_flags(case: Case, key: bytes) -> list[FrozenFlag]:
    newest = Entry.objects.filter(case=case, kind=EntryKind.STEP).order_by("-seq").first()
    if newest is None:
        return []
    entry = opened(newest, case, key)
    flags = entry.content["judgement"]["flags"] if isinstance(entry, StepEntry) else []
    return [flag for flag in flags if flag["state"] != "not_set"]


def _entries(case: Case) -> list[Entry]:
    for _attempt in range(_READS):
        rows = list(Entry.objects.filter(case=case).order_by("seq"))
        if rows and rows[-1].seq == case.head_seq:
            break
        ask_again(case)
    return rows


def _open_all(case: Case, rows: list[Entry], whole: bool) -> tuple[tuple[OpenedEntry, ...], bool]:
    key = data_key(case)
    entries = [opened(row, case, key) for row in rows]
    corrections: dict[int, list[int]] = {}
    for correction in of_kind(entries, CorrectionEntry):
        corrections.setdefault(correction.content["corrects"], []).append(correction.seq)
    links = [GENESIS, *(row.hash for row in rows)]
    intact = links[-1] == case.head_hash and all(
        row.seq == number
        and row.prev_hash == links[number - 1]
        and (not whole or row.hash == entry_hash(row, case_id=case.public_id, key=key))
        for number, row in enumerate(rows, start=1)
    )
    corrected = (replace(entry, corrected_by=tuple(corrections.get(entry.seq, ()))) for entry in entries)
    return tuple(corrected), intact


def _open_skips(entries: tuple[OpenedEntry, ...]) -> dict[str, SkipEntry]:
    skips: dict[str, SkipEntry] = {}
    for entry in entries:
        if isinstance(entry, StepEntry):
            skips.pop(entry.step, None)
        elif isinstance(entry, SkipEntry):
            skips[entry.step] = entry
    return skips


def _newest_assessment(steps: Mapping[str, StepEntry]) -> FrozenAssessment | None:
    newest = max(steps.values(), key=lambda reading: reading.seq, default=None)
    return newest.content["judgement"] if newest else None


def _ticks(entries: tuple[OpenedEntry, ...]) -> dict[str, Tick]:
    """The newest answer to each duty, by its key."""
    ticks = (Tick(entry.content, entry.by_name, entry.entered_at) for entry in of_kind(entries, DutyEntry))
    return {tick.content["key"]: tick for tick in ticks}


def _participants(case: Case) -> tuple[ParticipantReading, ...]:
    active = Participant.objects.filter(case=case, removed_at=None).select_related("user")
    return tuple(ParticipantReading(one.user.name, one.user.role, one.added_at) for one in active)
