"""The order and the filters of SSP's list: what waits for an answer, most serious and longest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value, When

from cases.access.capabilities import CasesSeen, roles_that_see
from cases.enums import AuditVerb, ReferralChange, Status, Turn
from cases.models import AuditEvent, Case, Referral, School, User
from cases.models.tables import case_weight

_GRAVEST: Final = 4
FILTER_NAMES: Final = {"turn": "tur", "school": "skole", "level": "niveau", "reference": "nr", "who": "hvem"}
"""The filters, and the names by which an address asks for them."""


@dataclass(frozen=True)
class QueueFilter:
    """Which referrals are asked for; "" leaves all of them."""

    turn: str = ""
    school: str = ""
    level: str = ""
    reference: str = ""
    who: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Return whether some are left out."""
        return bool(self.fields)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Return the names and values by which an address asks for the same."""
        named = {name: getattr(self, field) for field, name in FILTER_NAMES.items()}
        return [(name, value) for name, value in named.items() if value]

    @property
    def choices(self) -> dict[str, str]:
        """Return what was chosen among what is offered: no search, and nothing else that somebody typed."""
        schools = [self.school] if _is_uuid(self.school) else []
        offered = {"turn": Turn.values, "school": schools, "level": [*"1234"], "who": ["mig", "ingen"]}
        return {field: getattr(self, field) for field, values in offered.items() if getattr(self, field) in values}


def referred(cases: QuerySet[Case], user: User) -> QuerySet[Case]:
    """Return the cases that SSP may see, each with the ``state`` of its referral, ``since`` when, and ``claimed``."""
    active = cases.filter(referrals__municipality=user.municipality_id, referrals__ended_at=None)
    return active.alias(
        state=F("referrals__state"),
        since=F("referrals__state_since"),
        claimed=F("referrals__claimed_by"),
        weight=case_weight(),
    )


def schools(user: User) -> QuerySet[School]:
    """Return the schools that have a referral to the user's municipality."""
    active = Referral.objects.filter(municipality=user.municipality_id, ended_at=None)
    return School.objects.filter(pk__in=active.values("case__school"))


def unread_endings() -> Q:
    """Return the condition for cases that the school closed before SSP answered, until SSP has looked."""
    looks = AuditEvent.objects.filter(
        case_public_id=OuterRef("public_id"),
        at__gt=OuterRef("closed_at"),
        verb=AuditVerb.OPEN,
        role__in=roles_that_see(CasesSeen.REFERRED),
    )
    return Q(status=Status.CLOSED, state__in=Turn.SSP.states) & ~Q(Exists(looks))


def filtered(cases: QuerySet[Case], asked: QueueFilter, user: User) -> QuerySet[Case]:
    """Return those of ``referred`` that are asked for; a value that means nothing finds nothing."""
    if asked.turn:
        states = Turn(asked.turn).states if asked.turn in Turn.values else []
        cases = cases.filter(Q(state__in=states))
    if asked.school:
        cases = cases.filter(school__public_id=asked.school) if _is_uuid(asked.school) else cases.none()
    if asked.level:
        cases = cases.filter(Q(weight=int(asked.level))) if asked.level in ("1", "2", "3", "4") else cases.none()
    if asked.reference:
        cases = cases.filter(reference__icontains=asked.reference)
    match asked.who:
        case "":
            return cases
        case "mig":
            return cases.filter(Q(claimed=user.pk))
        case "ingen":
            return cases.filter(Q(claimed=None))
        case _:
            return cases.none()


def in_order(cases: QuerySet[Case], now: datetime) -> QuerySet[Case]:
    """Sort ``referred`` cases by what has to be answered first.

    Danger, as long as something urgent is open; level 4 that nobody at SSP has claimed or answered; what waits for SSP;
    overdue duties; the rest. Each part begins with the most serious, and of one level with what has waited longest.
    """
    is_open = Q(status=Status.OPEN)
    rank = models.Case(
        When(is_open & Q(in_danger=True), then=Value(0)),
        When(is_open & Q(weight=_GRAVEST, claimed=None, state=ReferralChange.SENT), then=Value(1)),
        When(Q(state__in=Turn.SSP.states), then=Value(2)),
        When(is_open & Q(next_due__lt=now), then=Value(3)),
        default=Value(4),
        output_field=models.IntegerField(),
    )
    return cases.order_by(rank, F("weight").desc(), F("since"), "pk")


def _is_uuid(text: str) -> Any:
    try:
        return UUID(text)
    except ValueError:
        return None
