"""What is open in many cases: the next duty, and how many are urgent, with a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, Subquery

from cases.crypto.encryption import SealBroken
from cases.enums import FETCHES_LEADERS, DutyState, EntryKind, FrozenKey
from cases.log.duty_status import DutyReading, Tick, duty_readings, with_question_to_ssp
from cases.log.entries import DutyEntry, ReferralEntry, StepEntry, opened
from cases.log.entry_crypto import data_key
from cases.log.entry_types import FrozenAssessment
from cases.models import Case, Entry

_WAITING = (DutyState.OPEN, DutyState.OVERDUE)


@dataclass(frozen=True)
class OpenDuties:
    """What is done first, without a name, "" where nothing is open, and how many duties are to be done now."""

    first: str = ""
    urgent: int = 0


def open_duties(cases: Sequence[Case], now: datetime) -> dict[int, OpenDuties]:
    """Return primary key -> what is open; without cases whose log cannot be decrypted."""
    by_case: dict[int, list[Entry]] = {}
    for entry in _entries(cases):
        by_case.setdefault(entry.case_id, []).append(entry)
    found = {}
    for case in cases:
        try:
            found[case.pk] = _open_duties(case, by_case.get(case.pk, []), now)
        except SealBroken:
            continue
    return found


def _entries(cases: Sequence[Case]) -> list[Entry]:
    """Return the newest filing, every answered duty and every referral of each case, oldest first."""
    filings = Entry.objects.filter(case=OuterRef("case"), kind=EntryKind.STEP).order_by("-seq")
    newest = Q(kind=EntryKind.STEP, seq=Subquery(filings.values("seq")[:1]))
    every = Q(kind__in=(EntryKind.DUTY, EntryKind.REFERRAL))
    wanted = Entry.objects.filter(newest | every, case__in=[case.pk for case in cases])
    return list(wanted.order_by("case_id", "seq"))


def _open_duties(case: Case, entries: list[Entry], now: datetime) -> OpenDuties:
    assessment: FrozenAssessment | None = None
    ticks: dict[str, Tick] = {}
    referrals: list[ReferralEntry] = []
    key = data_key(case) if entries else b""
    for entry in entries:
        match opened(entry, case, key):
            case StepEntry(content=step):
                assessment = step["judgement"]
            case DutyEntry(content=answer, by_name=by_name, entered_at=at):
                ticks[answer["key"]] = Tick(answer, by_name, at)
            case ReferralEntry() as referral:
                referrals.append(referral)
    answered = with_question_to_ssp(ticks, referrals, assessment)
    settled = FETCHES_LEADERS if case.taken_by_id else frozenset[str]()
    waiting = [
        duty for duty in duty_readings(assessment, answered, now) if duty.state in _WAITING and duty.key not in settled
    ]
    urgent = sum(duty.urgency == FrozenKey.DUTY_NOW for duty in waiting)
    return OpenDuties(_first(assessment, waiting), urgent)


def _first(assessment: FrozenAssessment | None, waiting: Sequence[DutyReading]) -> str:
    """Return the title of the first action with a waiting duty, as the case's own pages have it; else of the duty."""
    keys = {duty.key for duty in waiting}
    actions = assessment.get("actions", []) if assessment else []
    titles = [action["title"] for action in actions if keys & set(action["duties"])]
    return next(iter([*titles, *(duty.title_without_name for duty in waiting)]), "")
