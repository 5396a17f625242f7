"""What SSP's list shows of a referral: form and day. What the school wrote is read behind a look-up of the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cases.enums import ReferralForm
from cases.models import Case, Referral, User


@dataclass(frozen=True)
class ReferredLine:
    """The active referral of one case."""

    form: ReferralForm
    sent_at: datetime


def referred_cases(cases: Sequence[Case], user: User) -> dict[UUID, ReferredLine]:
    """Public id -> the active referral to the user's municipality, for cases that came through the door."""
    keys = [case.pk for case in cases]
    active = Referral.objects.filter(case__in=keys, municipality=user.municipality_id, ended_at=None)
    rows = active.values_list("case__public_id", "form", "sent_at")
    return {public_id: ReferredLine(ReferralForm(form), sent_at) for public_id, form, sent_at in rows}
