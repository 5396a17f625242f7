"""How far the referral of a case is, for lists and pages: whose turn it is, who has it, and whether SSP has seen it.

No text of it is here: that is on the case's page, which is a look-up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.access.capabilities import CasesSeen, roles_that_see
from cases.enums import AuditVerb, ReferralChange, ReferralForm, Turn, turn_of
from cases.models import AuditEvent, Case, Referral, School
from cases.models.prepared_query import PreparedQuery, numbered, places


@dataclass(frozen=True)
class ReferralStatus:
    """The active referral of one case. ``seen_at`` is when SSP first opened what waits for them, if that is so."""

    form: ReferralForm
    sent_at: datetime
    school: School
    state: ReferralChange
    since: datetime
    claimed_by: str
    seen_at: datetime | None

    @property
    def turn(self) -> Turn:
        """Return whose turn it is."""
        return turn_of(self.state)

    @property
    def for_school(self) -> str:
        """Return how far it is, in words for the school."""
        if self.turn is not Turn.SSP:
            return str(self.state.label)
        if self.seen_at:
            return _("Set af SSP %(when)s") % {"when": _day_and_clock(self.seen_at)}
        return _("Venter på SSP")

    @property
    def for_ssp(self) -> str:
        """Return how far it is, in words for SSP."""
        match self.turn:
            case Turn.SSP:
                return _("Jeres tur")
            case Turn.SCHOOL:
                return _("Skolens tur")
            case _:
                return _("Færdig")


def _day_and_clock(moment: datetime) -> str:
    local = timezone.localtime(moment)
    day = "" if local.date() == timezone.localdate() else local.strftime("%d-%m-%Y ")
    return day + _("kl. %(clock)s") % {"clock": local.strftime("%H.%M")}


def referral_statuses(cases: Sequence[Case]) -> dict[int, ReferralStatus]:
    """Return primary key -> active referral, for cases that the user may see, by one query."""
    found = _active(len(cases))(**numbered("case", [case.pk for case in cases])) if cases else []
    return {
        row.case_id: ReferralStatus(
            ReferralForm(row.form),
            row.sent_at,
            row.case.school,
            ReferralChange(row.state),
            row.state_since,
            row.claimed_by.name if row.claimed_by else "",
            vars(row)["seen_at"],
        )
        for row in found
    }


@cache
def _active(count: int) -> PreparedQuery[Referral]:
    """The active referrals of that many cases, with school and consultant; ``seen_at`` is when SSP first looked."""
    looks = AuditEvent.objects.filter(
        case_public_id=OuterRef("case__public_id"),
        at__gte=OuterRef("state_since"),
        verb=AuditVerb.OPEN,
        role__in=roles_that_see(CasesSeen.REFERRED),
    )
    wanted = places("case", Case._meta.pk, count)
    active = Referral.objects.filter(case__pk__in=wanted, ended_at=None).select_related("case__school", "claimed_by")
    return PreparedQuery(lambda: active.annotate(seen_at=Subquery(looks.order_by("at").values("at")[:1])))


def referral_status(case: Case) -> ReferralStatus | None:
    """Return the active referral of the case, or None."""
    return referral_statuses([case]).get(case.pk)
