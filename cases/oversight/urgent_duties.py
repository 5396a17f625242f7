"""How many duties of each listed case are urgent, in a number of queries that does not grow with the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import OuterRef, Q, Subquery

from cases.crypto.encryption import SealBroken
from cases.enums import DutyState, EntryKind, FrozenKey
from cases.log.duty_status import Tick, duty_readings
from cases.log.entries import DutyEntry, StepEntry, opened
from cases.log.entry_crypto import data_key
from cases.log.entry_types import FrozenAssessment
from cases.models import Case, Entry

_WAITING = (DutyState.OPEN, DutyState.OVERDUE)


def count_urgent_duties(cases: Sequence[Case], now: datetime) -> dict[int, int]:
    """Return primary key -> open duties that are to be done now, for cases from ``cases.access.permissions``.

    A case whose log was tampered with is left out: its own pages show what is wrong.
    """
    by_case: dict[int, list[Entry]] = {}
    for entry in _entries(cases):
        by_case.setdefault(entry.case_id, []).append(entry)
    found = {}
    for case in cases:
        try:
            found[case.pk] = _count(case, by_case.get(case.pk, []), now)
        except SealBroken:
            continue
    return found


def _entries(cases: Sequence[Case]) -> list[Entry]:
    """The newest filing and every answered duty of each case, oldest first."""
    filings = Entry.objects.filter(case=OuterRef("case"), kind=EntryKind.STEP).order_by("-seq")
    newest = Q(kind=EntryKind.STEP, seq=Subquery(filings.values("seq")[:1]))
    wanted = Entry.objects.filter(newest | Q(kind=EntryKind.DUTY), case__in=[case.pk for case in cases])
    return list(wanted.order_by("case_id", "seq"))


def _count(case: Case, entries: list[Entry], now: datetime) -> int:
    assessment: FrozenAssessment | None = None
    ticks: dict[str, Tick] = {}
    key = data_key(case) if entries else b""
    for entry in entries:
        found = opened(entry, case, key)
        if isinstance(found, StepEntry):
            assessment = found.content["judgement"]
        elif isinstance(found, DutyEntry):
            ticks[found.content["key"]] = Tick(found.content, found.by_name, found.entered_at)
    readings = duty_readings(assessment, ticks, now)
    return sum(duty.urgency == FrozenKey.DUTY_NOW and duty.state in _WAITING for duty in readings)
