"""Count the urgent open duties of many cases, with a fixed number of queries."""

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
    """Return primary key -> number of open duties to be done now; without cases whose log cannot be decrypted."""
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
    """Return the newest filing and every answered duty of each case, oldest first."""
    filings = Entry.objects.filter(case=OuterRef("case"), kind=EntryKind.STEP).order_by("-seq")
    newest = Q(kind=EntryKind.STEP, seq=Subquery(filings.values("seq")[:1]))
    wanted = Entry.objects.filter(newest | Q(kind=EntryKind.DUTY), case__in=[case.pk for case in cases])
    return list(wanted.order_by("case_id", "seq"))


def _count(case: Case, entries: list[Entry], now: datetime) -> int:
    assessment: FrozenAssessment | None = None
    ticks: dict[str, Tick] = {}
    key = data_key(case) if entries else b""
    for entry in entries:
        match opened(entry, case, key):
            case StepEntry(content=step):
                assessment = step["judgement"]
            case DutyEntry(content=answer, by_name=by_name, entered_at=at):
                ticks[answer["key"]] = Tick(answer, by_name, at)
    readings = duty_readings(assessment, ticks, now)
    return sum(duty.urgency == FrozenKey.DUTY_NOW and duty.state in _WAITING for duty in readings)
