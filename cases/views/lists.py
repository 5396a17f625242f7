"""The list of cases that a user may see: own, the school's, or those referred to SSP."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import cast
from urllib.parse import urlencode
from uuid import uuid4

from django.core.paginator import Page, Paginator
from django.db.models import Case as ModelCase
from django.db.models import (
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
    prefetch_related_objects,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.http import require_safe

from cases.access import access_macs
from cases.access.capabilities import Capability, CasesSeen, rights_of
from cases.access.current_user import current_user
from cases.access.permissions import list_cases, log_case_denied, role_view
from cases.crypto.encryption import SealBroken
from cases.enums import AuditVerb, CardStep, Status, StepStatus, Turn
from cases.log.case_label import read_label
from cases.models import AuditEvent, Case, Referral, User
from cases.models.tables import case_weight
from cases.oversight.open_duties import OpenDuties, open_duties
from cases.sharing import queue
from cases.sharing.actions import may_have_case
from cases.sharing.queue import FILTER_NAMES, QueueFilter
from cases.sharing.referral_list import ReferralStatus, referral_statuses
from cases.text.dates import format_recent
from cases.views import receipts
from cases.views.receipts import receipt_of

CASES_PER_PAGE = 25
_LONGEST_REFERENCE = 8
_KEPT_FILTER = "koe"
"""SSP's filters, in the session."""
_WAITING = (StepStatus.NOT_BEGUN, StepStatus.BEGUN)
OPEN_CASES, CLOSED_CASES, ALL_CASES = "aabne", "afsluttede", "alle"
FILTERS = {
    OPEN_CASES: pgettext_lazy("cases", "Åbne"),
    CLOSED_CASES: pgettext_lazy("cases", "Afsluttede"),
    ALL_CASES: pgettext_lazy("cases", "Alle"),
}
LIST_TITLES = {
    CasesSeen.OWN: _("Mine sager"),
    CasesSeen.SCHOOL: _("Skolens sager"),
    CasesSeen.REFERRED: _("Henvendelser til SSP"),
    CasesSeen.NONE: _("Sager"),
}


@dataclass(frozen=True)
class CaseRow:
    """A case as the list shows it.

    ``dots`` are the seven steps' statuses in card order, ``waiting`` the next step, ``duties`` what is open, ``first``
    the title of the first of them, which is not for SSP: perhaps they were asked without names.
    ``is_told`` is true where the leaders were told and none of them has opened the case since, ``owner_left`` where a
    leader has to choose a new owner.
    """

    case: Case
    label: str
    is_told: bool
    url: str
    dots: tuple[str, ...]
    ready: int
    begun: int
    skipped: int
    waiting: str
    overdue: bool
    due_today: bool
    due: str
    duties: OpenDuties
    first: str
    changed: str
    is_mine: bool
    owner_left: bool
    in_danger: bool
    waits_since: str
    referral: ReferralStatus | None


@require_safe
@role_view(Capability.CASE_LIST)
def my_cases(request: HttpRequest) -> HttpResponse:
    """The cases that the user sees, a page at a time."""
    user = current_user(request)
    now = timezone.now()
    chosen = request.GET.get("vis", OPEN_CASES)
    chosen = chosen if chosen in FILTERS else OPEN_CASES
    # School and owner follow for the page alone: PostgreSQL would begin the joined list with all schools.
    cases = list_cases(user, detail=chosen).select_related(None)
    by_referral = rights_of(user).sees is CasesSeen.REFERRED
    asked = _asked(request) if by_referral else QueueFilter()
    found = _queue(cases, chosen, asked, user, now) if by_referral else _filtered(cases, chosen)
    told = _told(found, user)
    page = Paginator(_sorted(found, user, now, told), CASES_PER_PAGE).get_page(request.GET.get("side"))
    rows, locked = _rows(page, user, now, told)
    context = {
        "title": LIST_TITLES[rights_of(user).sees],
        "filters": FILTERS.items(),
        "chosen": chosen,
        "asked": asked,
        "turns": Turn.choices,
        "schools": queue.schools(user) if by_referral else (),
        "done": receipt_of(request, receipts.STEPPED_ASIDE),
        "page": page,
        "rows": rows,
        "locked": _locked_sentence(locked),
        "query": urlencode([("vis", chosen), *asked.fields]) + "&",
        "submission_id": uuid4(),
    }
    return render(request, "cases/mine_sager.html", context)


def _asked(request: HttpRequest) -> QueueFilter:
    """Return the referrals that are asked for: those of the address, or of the session where the address asks nothing.

    What is chosen is kept until the session ends, so that a choice of last week hides no case of today. A search by
    reference is not kept: it would hide all other cases.
    """
    if not request.GET.keys() & FILTER_NAMES.values():
        return QueueFilter(**request.session.get(_KEPT_FILTER, {}))
    typed = {field: request.GET.get(name, "").strip() for field, name in FILTER_NAMES.items()}
    asked = QueueFilter(**typed | {"reference": typed["reference"][:_LONGEST_REFERENCE]})
    if asked.choices != request.session.get(_KEPT_FILTER, {}):
        request.session[_KEPT_FILTER] = asked.choices
    return asked


def _queue(cases: QuerySet[Case], chosen: str, asked: QueueFilter, user: User, now: datetime) -> QuerySet[Case]:
    """Return SSP's cases in their order; among the open ones those that were closed unanswered, until SSP looks."""
    cases = queue.filtered(queue.referred(cases, user), asked, user)
    if chosen == OPEN_CASES:
        cases = cases.filter(Q(status=Status.OPEN) | queue.unread_endings())
    elif chosen == CLOSED_CASES:
        cases = cases.filter(status=Status.CLOSED)
    return queue.in_order(cases, now)


def _filtered(cases: QuerySet[Case], chosen: str) -> QuerySet[Case]:
    if chosen == ALL_CASES:
        return cases
    return cases.filter(status=Status.OPEN if chosen == OPEN_CASES else Status.CLOSED)


@dataclass(frozen=True)
class UrgentFirst:
    """Cases with those that the leaders were told of first, for them, and then the overdue ones.

    Each part is a query that finds its cases in the order of an index; the few of the first part are left out of the
    others by their keys.
    """

    cases: QuerySet[Case]
    now: datetime
    told: Sequence[int] = ()
    """The keys of the cases of the first part, in their order."""

    @cached_property
    def _counts(self) -> dict[str, int]:
        rest = self.cases.exclude(pk__in=self.told) if self.told else self.cases
        return rest.aggregate(all=Count("pk"), overdue=Count("pk", filter=_overdue(self.now)))

    def count(self) -> int:
        """Return how many there are."""
        return len(self.told) + self._counts["all"]

    def __getitem__(self, part: slice) -> list[Case]:
        """Return a part of the list."""
        weighed = self.cases.order_by(case_weight().desc(), "-updated_at", "-pk")
        rest = weighed.exclude(pk__in=self.told) if self.told else weighed
        in_time = ~Q(status=Status.OPEN) | Q(next_due=None) | Q(next_due__gte=self.now)
        parts = [
            (len(self.told), self.cases.filter(pk__in=self.told).order_by(_places(self.told))),
            (self._counts["overdue"], rest.filter(_overdue(self.now))),
            (self._counts["all"] - self._counts["overdue"], rest.filter(in_time)),
        ]
        found, begin = list[Case](), 0
        for length, cases in parts:
            if part.start < begin + length and begin < part.stop:
                found += cases[max(0, part.start - begin) : part.stop - begin]
            begin += length
        return found


def _places(keys: Sequence[int]) -> ModelCase:
    """Return the place of each case among the keys, to sort by."""
    return ModelCase(*(When(pk=key, then=Value(place)) for place, key in enumerate(keys)), output_field=IntegerField())


def _told(cases: QuerySet[Case], user: User) -> dict[int, bool]:
    """Return the keys of the open cases that come first for leaders, with whether they are new to them.

    First those in danger, then those that they were told of and none has opened or taken since, then those in which SSP
    waits for the school. Empty for everybody but leaders.
    """
    if rights_of(user).sees is not CasesSeen.SCHOOL:
        return {}
    since = AuditEvent.objects.filter(
        case_public_id=OuterRef("public_id"), at__gt=OuterRef("told_leader_at"), verb=AuditVerb.OPEN, role=user.role
    )
    is_open = cases.filter(status=Status.OPEN).order_by()
    in_danger = is_open.filter(in_danger=True)
    new = is_open.filter(told_leader_at__isnull=False, taken_by=None).exclude(Exists(since))
    asked = Referral.objects.filter(case__school=user.school_id, ended_at=None, state__in=Turn.SCHOOL.states)
    parts = [
        part.annotate(part=Value(number)).values_list("part", "pk")
        for number, part in enumerate((in_danger, new, is_open.filter(pk__in=asked.values("case"))))
    ]
    found = sorted(parts[0].union(*parts[1:]))
    told = {pk for number, pk in found if number == 1}
    return {pk: pk in told for _number, pk in found}


def _overdue(now: datetime) -> Q:
    return Q(status=Status.OPEN, next_due__lt=now)


def _sorted(cases: QuerySet[Case], user: User, now: datetime, told: dict[int, bool]) -> Sequence[Case]:
    """Return the cases in the order of the list: for staff by last change, for SSP as they are."""
    match rights_of(user).sees:
        case CasesSeen.OWN:
            return cast("Sequence[Case]", cases.order_by("-updated_at", "-pk"))
        case CasesSeen.REFERRED:
            return cast("Sequence[Case]", cases)
        case _:
            return cast("Sequence[Case]", UrgentFirst(cases, now, list(told)))


def _rows(page: Page[Case], user: User, now: datetime, told: dict[int, bool]) -> tuple[list[CaseRow], int]:
    """Return the rows of the page, and how many cases are left out because they are locked, which is logged."""
    found = list(page.object_list)
    by_referral = rights_of(user).sees is CasesSeen.REFERRED
    referrals = referral_statuses(found)
    for case in found if by_referral else ():
        case.school = referrals[case.pk].school
    if rights_of(user).sees is CasesSeen.SCHOOL and user.school:
        for case in found:
            case.school = user.school
    if not by_referral:
        prefetch_related_objects(found, "school", "owner", "taken_by")
    cases = [case for case in found if access_macs.is_case_genuine(case, user)]
    for case in found:
        if case not in cases:
            log_case_denied(user, case.public_id, access_macs.LOCKED)
    duties = open_duties([case for case in cases if case.status == Status.OPEN], now)
    rows = [
        _row(
            case,
            user,
            now,
            referral=referrals.get(case.pk),
            duties=duties.get(case.pk, OpenDuties()),
            is_told=told.get(case.pk, False),
        )
        for case in cases
    ]
    return rows, len(found) - len(cases)


def _locked_sentence(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(count)d sag er låst og vises ikke: noget, der afgør, hvem der må se den, er ændret uden om Handlekort. "
        "Ring til den, der driver Handlekort hos jer.",
        "%(count)d sager er låst og vises ikke: noget, der afgør, hvem der må se dem, er ændret uden om Handlekort. "
        "Ring til den, der driver Handlekort hos jer.",
        count,
    ) % {"count": count}


def _row(
    case: Case, user: User, now: datetime, *, referral: ReferralStatus | None, duties: OpenDuties, is_told: bool
) -> CaseRow:
    statuses = {key: str(case.progress.get(key, StepStatus.NOT_BEGUN)) for key in CardStep.values}
    dots = tuple(statuses.values())
    today, due = timezone.localdate(now), case.next_due if case.status == Status.OPEN else None
    return CaseRow(
        case=case,
        label=_label(case, user),
        is_told=is_told,
        url=reverse("henvis" if rights_of(user).sees is CasesSeen.REFERRED else "sag", args=[case.public_id]),
        dots=dots,
        ready=dots.count(StepStatus.READY),
        begun=dots.count(StepStatus.BEGUN),
        skipped=dots.count(StepStatus.SKIPPED),
        waiting=next((str(CardStep(key).label) for key, status in statuses.items() if status in _WAITING), ""),
        overdue=due is not None and due < now,
        due_today=due is not None and due >= now and timezone.localdate(due) == today,
        due=format_recent(due, today) if due else "",
        duties=duties,
        first="" if rights_of(user).sees is CasesSeen.REFERRED else duties.first,
        changed=format_recent(case.updated_at, today),
        is_mine=case.owner_id == user.pk,
        owner_left=_has_no_owner(case, user),
        in_danger=case.status == Status.OPEN and case.in_danger,
        waits_since=format_recent(referral.since, today) if referral else "",
        referral=referral,
    )


def _has_no_owner(case: Case, user: User) -> bool:
    """Return whether the owner of an open case of the leader's has left."""
    is_leader = rights_of(user).sees is CasesSeen.SCHOOL
    return is_leader and case.status == Status.OPEN and not may_have_case(case, case.owner)


def _label(case: Case, user: User) -> str:
    """Return the label of the case; "" for SSP, to whom nobody sent it, and where it cannot be decrypted."""
    if rights_of(user).sees is CasesSeen.REFERRED:
        return ""
    try:
        return read_label(case)
    except SealBroken:
        return ""
