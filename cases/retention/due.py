"""What is due for erasure, what stops it, and who asked for it. ``cases.retention.erasure`` does the erasing.

Nothing is erased by itself: a rule makes a case due, a leader proposes it, a second person approves it. Rules are the
controller's (GDPR art. 5(1)(e); the archives law forbids silent deletion), so without a rule nothing ever falls due.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.access import audit_log
from cases.access.capabilities import Capability
from cases.access.permissions import can
from cases.crypto import encryption
from cases.crypto.encryption import Sealed
from cases.enums import AuditVerb, Status
from cases.log.case_transaction import RecordError, required_text
from cases.log.entry_crypto import data_key
from cases.models import Case, ErasureRequest, LegalHold, RetentionRule, School, Tombstone, User

RuleBook = Mapping[tuple[str, int, str], RetentionRule]
"""Rules by "school" or "municipality", its key, and the status."""


@dataclass(frozen=True)
class Term:
    """How a case stands to its rule. ``on`` is the first day on which it may be erased."""

    case: Case
    rule: RetentionRule
    closed_at: datetime
    on: date

    def has_come(self, today: date) -> bool:
        """Whether the case may be erased today."""
        return self.on <= today


@dataclass(frozen=True)
class HoldReading:
    """A hold in the clear."""

    set_at: datetime
    set_by: str
    reason: str
    released_at: datetime | None
    released_by: str
    release_reason: str


def rule_book() -> RuleBook:
    """All rules; there are few."""
    book: dict[tuple[str, int, str], RetentionRule] = {}
    for rule in RetentionRule.objects.select_related("municipality", "school"):
        place = ("school", rule.school_id) if rule.school_id else ("municipality", rule.municipality_id)
        book[*place, rule.status] = rule
    return book


def term_of(case: Case, book: RuleBook) -> Term | None:
    """When the case's time is up; None while no rule reaches it. A school's own rule goes before the municipality's."""
    if case.status == Status.OPEN or case.closed_at is None:
        return None
    rule = book.get(("school", case.school_id, case.status)) or book.get(
        ("municipality", case.school.municipality_id, case.status)
    )
    if rule is None:
        return None
    return Term(case, rule, case.closed_at, months_later(timezone.localdate(case.closed_at), rule.months))


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def cases_due(today: date, schools: QuerySet[School] | Iterable[School] | None = None) -> Iterator[Term]:
    """Closed cases whose time is up, longest overdue first. Holds are not looked at. For lists without content."""
    closed = Case.objects.unscoped("retention").filter(status=Status.CLOSED).select_related("school__municipality")
    if schools is not None:
        closed = closed.filter(school__in=schools)
    book = rule_book()
    terms = [term for case in closed.iterator() if (term := term_of(case, book)) and term.has_come(today)]
    yield from sorted(terms, key=lambda term: (term.on, term.case.reference))


@transaction.atomic
def set_hold(*, case: Case, by: User, reason: str) -> LegalHold:
    """Stop erasure of the case until somebody releases the hold. RecordError when one stands already."""
    reason = required_text(reason)
    row = lock(case)
    if active_hold(row):
        raise RecordError(_("Sagen har allerede et slettestop."), "hold")
    hold = LegalHold(case=row, set_at=timezone.now(), set_by=by)
    hold.reason = encryption.seal_json(data_key(row), reason, *_place(row, hold.public_id, "reason"))
    hold.save()
    audit_log.write_event(AuditVerb.HOLD, by=by, case=row)
    return hold


@transaction.atomic
def release_hold(*, case: Case, by: User, reason: str) -> LegalHold:
    """End the hold, with the reason. RecordError when there is none."""
    reason = required_text(reason)
    row = lock(case)
    hold = active_hold(row)
    if hold is None:
        raise RecordError(_("Sagen har intet slettestop."), "hold")
    hold.released_at, hold.released_by = timezone.now(), by
    hold.release_reason = encryption.seal_json(data_key(row), reason, *_place(row, hold.public_id, "release"))
    hold.save()
    audit_log.write_event(AuditVerb.RELEASE, by=by, case=row)
    return hold


def active_hold(case: Case) -> LegalHold | None:
    """The hold that stands, if one does."""
    return LegalHold.objects.filter(case=case, released_at=None).first()


def holds(case: Case) -> list[HoldReading]:
    """All holds of a case that came through the door, newest first. Raises SealBroken for a tampered reason."""
    key = data_key(case)

    def opened(sealed: Sealed | None, hold: LegalHold, what: str) -> str:
        return str(encryption.unseal_json(key, sealed, *_place(case, hold.public_id, what))) if sealed else ""

    rows = LegalHold.objects.filter(case=case).select_related("set_by", "released_by").order_by("-set_at")
    return [
        HoldReading(
            set_at=hold.set_at,
            set_by=hold.set_by.name,
            reason=opened(hold.reason, hold, "reason"),
            released_at=hold.released_at,
            released_by=hold.released_by.name if hold.released_by else "",
            release_reason=opened(hold.release_reason, hold, "release"),
        )
        for hold in rows
    ]


@transaction.atomic
def propose(*, case: Case, by: User) -> ErasureRequest:
    """Ask for the case to be erased. RecordError while it is not due, is held, or has been proposed already."""
    row = lock(case)
    demand_erasable(row)
    if active_request(row):
        raise RecordError(_("Sagen er allerede foreslået slettet."), "proposed")
    request = ErasureRequest.objects.create(case=row, proposed_at=timezone.now(), proposed_by=by)
    audit_log.write_event(AuditVerb.PROPOSE_ERASURE, by=by, case=row)
    return request


@transaction.atomic
def refuse(*, request: ErasureRequest, by: User) -> None:
    """Keep the case after all. The proposer may do so too. RecordError when the proposal is settled."""
    row = lock(request.case)
    settled = ErasureRequest.objects.filter(pk=request.pk, refused_at=None).update(
        refused_at=timezone.now(), refused_by=by
    )
    if not settled:
        raise RecordError(_("Forslaget er allerede afgjort."), "settled")
    audit_log.write_event(AuditVerb.REFUSE_ERASURE, by=by, case=row)


def active_request(case: Case) -> ErasureRequest | None:
    """The proposal that waits for a second person, if one does."""
    return ErasureRequest.objects.filter(case=case, refused_at=None).select_related("proposed_by").first()


def demand_erasable(case: Case) -> Term:
    """The term of a case that may be erased now; RecordError with the reason for any other."""
    if case.status == Status.OPEN:
        raise RecordError(_("Sagen er åben. Kun en afsluttet sag kan slettes."), "open")
    term = term_of(case, rule_book())
    if term is None:
        raise RecordError(
            _("Der er ikke sat en opbevaringsfrist. Administratoren sætter den, før noget kan slettes."), "rule"
        )
    if not term.has_come(timezone.localdate()):
        raise RecordError(
            _("Fristen er ikke udløbet. Sagen kan tidligst slettes den %(day)s."),
            "early",
            {"day": term.on.strftime("%d-%m-%Y")},
        )
    if active_hold(case):
        raise RecordError(_("Sagen har et slettestop. Det skal ophæves, før sagen kan slettes."), "hold")
    return term


def still_stands(request: ErasureRequest, closed_at: datetime) -> bool:
    """Whether the case is what was proposed: a case opened or held since then has to be judged anew."""
    held = LegalHold.objects.filter(case=request.case_id, released_at__gte=request.proposed_at)
    return closed_at <= request.proposed_at and not held.exists()


def requests_for(user: User) -> QuerySet[ErasureRequest]:
    """The proposals that the user may settle: a leader's of the own school, an administrator's of the municipality.

    The case comes along with its reference and dates only.
    """
    waiting = ErasureRequest.objects.filter(refused_at=None).select_related("case__school", "proposed_by")
    return waiting.filter(case__school__in=schools_of(user))


def tombstones_for(user: User) -> QuerySet[Tombstone]:
    """What is left of the erased cases of the user's school or municipality, newest first."""
    graves = Tombstone.objects.filter(school__in=schools_of(user))
    return graves.select_related("school", "proposed_by", "approved_by").order_by("-approved_at")


def schools_of(user: User) -> QuerySet[School]:
    """The schools whose keeping and ending the user looks after, as the database knows the user now."""
    schools: QuerySet[School] = School.objects.select_related("municipality")
    known = User.objects.filter(pk=user.pk, is_active=True).first()
    if known is None or not can(known, Capability.RETENTION):
        return schools.none()
    return schools.filter(Q(pk=known.school_id) | Q(municipality=known.municipality_id))


def lock(case: Case) -> Case:
    """The case's row as it is now, locked; the chain's lock first, as every writer takes them."""
    audit_log.lock_log()
    locked = Case.objects.unscoped("retention").select_for_update(of=("self",)).select_related("school__municipality")
    found = locked.filter(pk=case.pk).first()
    if found is None:
        raise RecordError(_("Sagen er slettet."), "erased")
    return found


def _place(case: Case, hold_id: UUID, what: str) -> tuple[str, str, str]:
    return (str(case.public_id), str(hold_id), f"hold {what}")
