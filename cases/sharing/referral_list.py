"""What SSP's list shows of a referral: form, day and school. The text is on the case's page, which is a look-up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cases.enums import ReferralForm
from cases.models import Case, Referral, School, User


@dataclass(frozen=True)
class ReferredLine:
    """The active referral of one case."""

    form: ReferralForm
    sent_at: datetime
    school: School


def referred_cases(cases: Sequence[Case], user: User) -> dict[UUID, ReferredLine]:
    """Return public id -> active referral to the user's municipality, for cases that the user may see."""
    keys = [case.pk for case in cases]
    active = Referral.objects.filter(case__in=keys, municipality=user.municipality_id, ended_at=None)
    return {
        referral.case.public_id: ReferredLine(ReferralForm(referral.form), referral.sent_at, referral.case.school)
        for referral in active.select_related("case__school")
    }
