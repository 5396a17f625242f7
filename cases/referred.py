"""What SSP's list shows of a referral, for many cases at once: the queries do not grow with the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from cases.content import ReferralContent
from cases.line import data_key, open_line
from cases.models import Case, Entry, Referral, User
from cases.vocabulary import EntryKind, ReferralForm


@dataclass(frozen=True)
class ReferredLine:
    """The active referral of one case, as the school wrote it."""

    form: ReferralForm
    sent_at: datetime
    purpose: str


def referred(cases: Sequence[Case], user: User) -> dict[UUID, ReferredLine]:
    """Public id -> the active referral to the user's municipality, for cases that came through the door."""
    active = Referral.objects.filter(
        case__in=[case.pk for case in cases], municipality=user.municipality_id, ended_at=None
    )
    by_case = {referral.case_id: referral for referral in active}
    sent = Entry.objects.filter(case__in=list(by_case), kind=EntryKind.REFERRAL)
    entries = {(entry.case_id, entry.seq): entry for entry in sent}
    return {
        case.public_id: _line(case, referral, entries[case.pk, referral.entry_seq])
        for case in cases
        if (referral := by_case.get(case.pk))
    }


def _line(case: Case, referral: Referral, entry: Entry) -> ReferredLine:
    content = cast(ReferralContent, open_line(entry, case_id=case.public_id, key=data_key(case)).body["content"])
    return ReferredLine(ReferralForm(referral.form), referral.sent_at, content["purpose"])
