"""Terms, legal holds and erasure requests; ``cases.retention.erasure`` erases.

Nothing is erased automatically: a rule makes a case due, a leader proposes its erasure, a second person approves it.
Lists go by the rows; what erases believes the rule, the closing, the hold and the proposal only as the access log has
them, since whoever writes the database can change a row.
The controller sets the rules (GDPR art. 5(1)(e); the archives law forbids unrecorded deletion); without one no case
falls due.
"""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from heapq import merge
from itertools import islice
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.access import access_macs, audit_log
from cases.access.capabilities import Capability
from cases.access.permissions import can
from cases.crypto import encryption
from cases.crypto.encryption import Sealed
from cases.enums import AuditVerb, Status
from cases.log.case_transaction import RecordError, required_text
from cases.log.entry_crypto import data_key
from cases.models import AuditEvent, Case, ErasureRequest, LegalHold, RetentionRule, School, Tombstone, User

RuleBook = Mapping[tuple[str, int, str], RetentionRule]
"""Rules by "school" or "municipality", its primary key, and the status."""

_CLOSING_NOT_LOGGED = _(
    "Adgangsloggen kender ikke afslutningen, som den står her: den kan være ændret uden om Handlekort. Ring til den, "
    "der driver Handlekort hos jer. Genåbnes sagen, og afsluttes den igen, løber fristen forfra."
)
_RULE_NOT_LOGGED = _(
    "Adgangsloggen kender ikke opbevaringsfristen, som den står her: den kan være ændret uden om Handlekort. "
    "Administratoren ser efter, om den er rigtig, og gemmer den igen. Så kan sagen slettes."
)

_BATCH = 1000
"""The number of cases that are read at a time."""


@dataclass(frozen=True)
class Term:
    """A closed case, its rule, and ``on``, the first day on which it may be erased."""

    case: Case
    rule: RetentionRule
    closed_at: datetime
    on: date

    def is_due(self, today: date) -> bool:
        """Return whether the case may be erased today."""
        return self.on <= today


@dataclass(frozen=True)
class OpenedHold:
    """A legal hold, decrypted."""

    set_at: datetime
    set_by: str
    reason: str
    released_at: datetime | None
    released_by: str
    release_reason: str


def rule_book() -> RuleBook:
    """Return all rules; there are few."""
    book: dict[tuple[str, int, str], RetentionRule] = {}
    for rule in RetentionRule.objects.select_related("municipality", "school"):
        owner = ("school", rule.school_id) if rule.school_id else ("municipality", rule.municipality_id)
        book[*owner, rule.status] = rule
    return book


def log_rule(rule: RetentionRule, *, by: User | None, deleted: bool = False) -> None:
    """Log a rule that was set or deleted: what ``is_rule_logged`` believes."""
    audit_log.write_event(AuditVerb.SET_RETENTION, by=by, detail=_rule_detail(rule, "none" if deleted else rule.months))


def _rule_detail(rule: RetentionRule, months: int | str) -> str:
    return f"{rule.public_id}:{rule.status}:{months}:{_owner(rule.school_id, rule.municipality_id)}"


def _owner(school: int | None, municipality: int) -> str:
    # Short: the log takes 64 signs.
    return f"s{school}" if school else f"m{municipality}"


def is_rule_logged(rule: RetentionRule, school: int | None = None) -> bool:
    """Return whether the access log has the rule as it is, and for the school none of its own instead of it.

    Events of earlier versions do not say whose rule it is; that of a deleted school's rule is no reason then.
    """
    last = {event.detail.partition(":")[0]: event for event in _rule_events()}
    event = last.get(str(rule.public_id))
    if event is None or not all(map(audit_log.is_genuine, last.values())):
        return False
    known = _rule_detail(rule, rule.months)
    if event.detail not in (known, known.rpartition(":")[0]):
        return False
    own = f":{_owner(school, 0)}" if school and rule.school_id is None else None
    return not own or not any(_says(one.detail, rule.status, own) for one in last.values())


def _says(detail: str, status: str, own: str) -> bool:
    return detail.endswith(own) and f":{status}:" in detail and ":none:" not in detail


def _rule_events() -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(verb=AuditVerb.SET_RETENTION).order_by("seq")


def unlogged_rules() -> Iterator[str]:
    """Yield the public ids of rules that are not as the access log has them, or are gone."""
    rules = {str(rule.public_id): rule for rule in RetentionRule.objects.all()}
    yield from (key for key, rule in rules.items() if not is_rule_logged(rule))
    last = {event.detail.partition(":")[0]: event.detail for event in _rule_events()}
    yield from (key for key, detail in last.items() if key not in rules and detail.split(":")[2] != "none")


def term_of(case: Case, book: RuleBook) -> Term | None:
    """Return the term of a case, None for an open case or one without a rule. A school's own rule takes precedence."""
    if case.status == Status.OPEN or case.closed_at is None:
        return None
    rule = book.get(("school", case.school_id, case.status)) or book.get(
        ("municipality", case.school.municipality_id, case.status)
    )
    if rule is None:
        return None
    return Term(case, rule, case.closed_at, months_later(timezone.localdate(case.closed_at), rule.months))


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or the last day of a month without such a day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True)
class _DueKey:
    """What ``DueCases`` sorts by, read from an index."""

    on: date
    closed_at: datetime
    case: int
    rule: RetentionRule


@dataclass(frozen=True)
class DueCases:
    """The closed cases that are due, held ones too, longest overdue first; each read fetches only the part it asks for.

    For lists without content. ``parts`` are the cases under one rule each.
    """

    parts: tuple[tuple[RetentionRule, QuerySet[Case]], ...]

    def count(self) -> int:
        """Return how many there are."""
        return sum(cases.count() for _rule, cases in self.parts)

    def __getitem__(self, wanted: slice) -> list[Term]:
        """Return a part of the list."""
        return list(self._terms(islice(self._keys(wanted.stop), wanted.start, wanted.stop)))

    def __iter__(self) -> Iterator[Term]:
        """Return all of them."""
        keys = self._keys(None)
        while some := list(islice(keys, _BATCH)):
            yield from self._terms(some)

    def _keys(self, most: int | None) -> Iterator[_DueKey]:
        parts = [_due_keys(rule, cases[:most]) for rule, cases in self.parts]
        return merge(*parts, key=lambda key: (key.on, key.closed_at, key.case))

    @staticmethod
    def _terms(keys: Iterable[_DueKey]) -> Iterator[Term]:
        keys = list(keys)
        found = Case.objects.unscoped("retention").select_related("school__municipality")
        by_key = found.in_bulk([key.case for key in keys])
        return (Term(by_key[key.case], key.rule, key.closed_at, key.on) for key in keys if key.case in by_key)


def cases_due(today: date, schools: QuerySet[School] | None = None) -> DueCases:
    """Return the cases of these schools, or of all, that are due. A school's own rule takes precedence."""
    book, under = rule_book(), defaultdict[RetentionRule, list[int]](list)
    for school, place in (School.objects.all() if schools is None else schools).values_list("pk", "municipality"):
        rule = book.get(("school", school, Status.CLOSED)) or book.get(("municipality", place, Status.CLOSED))
        if rule is not None:
            under[rule].append(school)
    closed = Case.objects.unscoped("retention").filter(status=Status.CLOSED).order_by("closed_at", "pk")
    return DueCases(
        tuple(
            (rule, closed.filter(school__in=places, closed_at__lt=_closed_before(today, rule.months)))
            for rule, places in under.items()
        )
    )


def _due_keys(rule: RetentionRule, cases: QuerySet[Case]) -> Iterator[_DueKey]:
    for closed_at, case in cases.values_list("closed_at", "pk"):
        if closed_at:
            yield _DueKey(months_later(timezone.localdate(closed_at), rule.months), closed_at, case, rule)


def _closed_before(today: date, months: int) -> datetime:
    """Return the moment before which a case was closed that is due today: ``months_later`` the other way round."""
    day = months_later(today, -months)
    while months_later(day + timedelta(days=1), months) <= today:  # the last days of a long month, in a short one
        day += timedelta(days=1)
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


@transaction.atomic
def set_hold(*, case: Case, by: User, reason: str) -> LegalHold:
    """Stop erasure of the case until the hold is released. Raises RecordError when there is a hold."""
    reason = required_text(reason)
    row = lock(case)
    if active_hold(row):
        raise RecordError(_("Sagen har allerede et slettestop."), "hold")
    hold = LegalHold(case=row, set_at=timezone.now(), set_by=by)
    hold.reason = encryption.seal_json(data_key(row), reason, *_hold_context(row, hold.public_id, "reason"))
    hold.save()
    audit_log.write_event(AuditVerb.HOLD, by=by, case=row)
    return hold


@transaction.atomic
def release_hold(*, case: Case, by: User, reason: str) -> LegalHold:
    """Release the hold, with the reason. Raises RecordError when there is none."""
    reason = required_text(reason)
    row = lock(case)
    hold = active_hold(row)
    if hold is None:
        raise RecordError(_("Sagen har intet slettestop."), "hold")
    hold.released_at, hold.released_by = timezone.now(), by
    hold.release_reason = encryption.seal_json(data_key(row), reason, *_hold_context(row, hold.public_id, "release"))
    hold.save()
    audit_log.write_event(AuditVerb.RELEASE, by=by, case=row)
    return hold


def active_hold(case: Case) -> LegalHold | None:
    """Return the hold that is not released, or None."""
    return LegalHold.objects.filter(case=case, released_at=None).first()


def holds(case: Case) -> list[OpenedHold]:
    """Return all holds of a case from ``get_case``, newest first. Raises SealBroken for a changed reason."""
    key = data_key(case)

    def opened(sealed: Sealed | None, hold: LegalHold, what: str) -> str:
        return str(encryption.unseal_json(key, sealed, *_hold_context(case, hold.public_id, what))) if sealed else ""

    rows = LegalHold.objects.filter(case=case).select_related("set_by", "released_by").order_by("-set_at")
    return [
        OpenedHold(
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
def propose_erasure(*, case: Case, by: User) -> ErasureRequest:
    """Propose the erasure of a case. Raises RecordError while it is not due, is held or is proposed already."""
    row = lock(case)
    require_erasable(row)
    if active_request(row):
        raise RecordError(_("Sagen er allerede foreslået slettet."), "proposed")
    request = ErasureRequest.objects.create(case=row, proposed_at=timezone.now(), proposed_by=by)
    audit_log.write_event(AuditVerb.PROPOSE_ERASURE, by=by, case=row)
    return request


@transaction.atomic
def refuse_erasure(*, request: ErasureRequest, by: User) -> None:
    """Refuse an erasure request; the proposer may too. Raises RecordError when it is decided already."""
    row = lock(request.case)
    decided = ErasureRequest.objects.filter(pk=request.pk, refused_at=None).update(
        refused_at=timezone.now(), refused_by=by
    )
    if not decided:
        raise RecordError(_("Forslaget er allerede afgjort."), "settled")
    audit_log.write_event(AuditVerb.REFUSE_ERASURE, by=by, case=row)


def active_request(case: Case) -> ErasureRequest | None:
    """Return the erasure request that is not decided, or None."""
    return ErasureRequest.objects.filter(case=case, refused_at=None).select_related("proposed_by").first()


def logged_proposal(proposal: ErasureRequest | Tombstone, case_id: UUID) -> AuditEvent | None:
    """Return the event of the proposal, None unless it is the last one decided for this case in the access log."""
    last = _last_event(case_id, AuditVerb.PROPOSE_ERASURE, AuditVerb.REFUSE_ERASURE)
    if last is None or last.verb != AuditVerb.PROPOSE_ERASURE or last.actor != proposal.proposed_by.public_id:
        return None
    return last if audit_log.is_time_of(proposal.proposed_at, last.at) else None


def is_held_by_log(case_id: UUID) -> bool:
    """Return whether the last hold in the access log was not released."""
    last = _last_event(case_id, AuditVerb.HOLD, AuditVerb.RELEASE)
    return last is not None and last.verb == AuditVerb.HOLD


def is_closing_logged(case: Case) -> bool:
    """Return whether the case was closed last when its row says so, as the access log has it."""
    last = _last_event(case.public_id, AuditVerb.CLOSE, AuditVerb.REOPEN)
    if last is None or last.verb != AuditVerb.CLOSE or not audit_log.is_time_of(case.closed_at, last.at):
        return False
    return audit_log.is_genuine(last)


def _last_event(case_id: UUID, *verbs: AuditVerb) -> AuditEvent | None:
    return AuditEvent.objects.filter(case_public_id=case_id, verb__in=verbs).order_by("-seq").first()


def require_erasable(case: Case) -> Term:
    """Return the term of a case that may be erased now. Raises RecordError with the reason for any other.

    Raises AccessChanged for a case that was changed in the database, its school for one: that decides the rule.
    """
    if case.status == Status.OPEN:
        raise RecordError(_("Sagen er åben. Kun en afsluttet sag kan slettes."), "open")
    term = term_of(case, rule_book())
    if term is None:
        raise RecordError(
            _("Der er ikke sat en opbevaringsfrist. Administratoren sætter den, før noget kan slettes."), "rule"
        )
    if not term.is_due(timezone.localdate()):
        raise RecordError(
            _("Fristen er ikke udløbet. Sagen kan tidligst slettes den %(day)s."),
            "early",
            {"day": term.on.strftime("%d-%m-%Y")},
        )
    require_genuine(case)
    if not is_closing_logged(case):
        raise RecordError(_CLOSING_NOT_LOGGED, "closing")
    if not is_rule_logged(term.rule, case.school_id):
        raise RecordError(_RULE_NOT_LOGGED, "rule_not_logged")
    if active_hold(case) or is_held_by_log(case.public_id):
        raise RecordError(_("Sagen har et slettestop. Det skal ophæves, før sagen kan slettes."), "hold")
    return term


def require_genuine(case: Case) -> None:
    """Raise AccessChanged unless the row of the case and its school are as the product wrote them."""
    found = access_macs.with_case_macs(Case.objects.unscoped("retention").filter(pk=case.pk), AnonymousUser()).get()
    access_macs.require_case_genuine(found, AnonymousUser())


def is_current(request: ErasureRequest, closed_at: datetime) -> bool:
    """Return whether the case was neither reopened nor held since the request."""
    held = LegalHold.objects.filter(case=request.case_id, released_at__gte=request.proposed_at)
    return closed_at <= request.proposed_at and not held.exists()


def requests_for(user: User) -> QuerySet[ErasureRequest]:
    """Return the requests that the user may decide: a leader's school's, an administrator's municipality's.

    For pages that show the case's reference and dates only.
    """
    waiting = ErasureRequest.objects.filter(refused_at=None).select_related("case__school", "proposed_by")
    return waiting.filter(case__school__in=schools_of(user))


def tombstones_for(user: User) -> QuerySet[Tombstone]:
    """Return the tombstones of the user's school or municipality, newest first."""
    tombstones = Tombstone.objects.filter(school__in=schools_of(user))
    return tombstones.select_related("school", "proposed_by", "approved_by").order_by("-approved_at")


def schools_of(user: User) -> QuerySet[School]:
    """Return the schools whose retention the user manages, by the user's present row."""
    schools: QuerySet[School] = School.objects.select_related("municipality")
    known = User.objects.filter(pk=user.pk, is_active=True).first()
    if known is None or not can(known, Capability.RETENTION):
        return schools.none()
    return schools.filter(Q(pk=known.school_id) | Q(municipality=known.municipality_id))


def lock(case: Case) -> Case:
    """Lock the access log, then the case, as every writer does; return the row. Raises RecordError when erased."""
    audit_log.lock_log()
    locked = Case.objects.unscoped("retention").select_for_update(of=("self",)).select_related("school__municipality")
    found = locked.filter(pk=case.pk).first()
    if found is None:
        raise RecordError(_("Sagen er slettet."), "erased")
    return found


def _hold_context(case: Case, hold_id: UUID, what: str) -> tuple[str, str, str]:
    return (str(case.public_id), str(hold_id), f"hold {what}")
