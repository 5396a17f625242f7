"""What SSP's list shows of a referral: form and day. The text is on the page of the case, which is a look-up."""

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
    """Return public id -> active referral to the user's municipality, for cases that the user may see."""
    keys = [case.pk for case in cases]
    active = Referral.objects.filter(case__in=keys, municipality=user.municipality_id, ended_at=None)
    rows = active.values_list("case__public_id", "form", "sent_at")
    return {public_id: ReferredLine(ReferralForm(form), sent_at) for public_id, form, sent_at in rows}
