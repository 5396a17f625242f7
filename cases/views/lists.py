"""The list of cases that a user may see: own, the school's, or those referred to SSP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import cast
from uuid import UUID, uuid4

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, prefetch_related_objects
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
from cases.enums import AuditVerb, CardStep, Status, StepStatus
from cases.log.case_label import read_label
from cases.models import AuditEvent, Case, User
from cases.models.tables import case_weight
from cases.oversight.open_duties import OpenDuties, open_duties
from cases.sharing.referral_list import ReferredLine, referred_cases
from cases.text.dates import format_recent

CASES_PER_PAGE = 30
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
    ``is_told`` is true where the leaders were told and none of them has opened the case since.
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
    duties: OpenDuties
    first: str
    changed: str
    is_mine: bool
    referral: ReferredLine | None


@require_safe
@role_view(Capability.CASE_LIST)
def my_cases(request: HttpRequest) -> HttpResponse:
    """The cases that the user sees, a page at a time."""
    user = current_user(request)
    today = timezone.localdate()
    chosen = request.GET.get("vis", OPEN_CASES)
    chosen = chosen if chosen in FILTERS else OPEN_CASES
    # School and owner follow for the page alone: PostgreSQL would begin the joined list with all schools.
    cases = _filtered(list_cases(user, detail=chosen).select_related(None), chosen)
    told = _told(cases, user)
    page = Paginator(_sorted(cases, user, today, told), CASES_PER_PAGE).get_page(request.GET.get("side"))
    rows, locked = _rows(page, user, today, told)
    context = {
        "title": LIST_TITLES[rights_of(user).sees],
        "filters": FILTERS.items(),
        "chosen": chosen,
        "page": page,
        "rows": rows,
        "locked": _locked_sentence(locked),
        "query": f"vis={chosen}&",
        "submission_id": uuid4(),
    }
    return render(request, "cases/mine_sager.html", context)


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
    today: date
    told: Sequence[int] = ()
    """The keys of the cases of the first part."""

    @cached_property
    def _counts(self) -> dict[str, int]:
        rest = self.cases.exclude(pk__in=self.told) if self.told else self.cases
        return rest.aggregate(all=Count("pk"), overdue=Count("pk", filter=_overdue(self.today)))

    def count(self) -> int:
        """Return how many there are."""
        return len(self.told) + self._counts["all"]

    def __getitem__(self, part: slice) -> list[Case]:
        """Return a part of the list."""
        weighed = self.cases.order_by(case_weight().desc(), "-updated_at", "-pk")
        rest = weighed.exclude(pk__in=self.told) if self.told else weighed
        in_time = ~Q(status=Status.OPEN) | Q(next_due=None) | Q(next_due__gte=self.today)
        parts = [
            (len(self.told), weighed.filter(pk__in=self.told)),
            (self._counts["overdue"], rest.filter(_overdue(self.today))),
            (self._counts["all"] - self._counts["overdue"], rest.filter(in_time)),
        ]
        found, begin = list[Case](), 0
        for length, cases in parts:
            if part.start < begin + length and begin < part.stop:
                found += cases[max(0, part.start - begin) : part.stop - begin]
            begin += length
        return found


def _told(cases: QuerySet[Case], user: User) -> list[int]:
    """Return the keys of the open cases that the leaders were told of and none of them has opened since.

    Empty for everybody but leaders.
    """
    if rights_of(user).sees is not CasesSeen.SCHOOL:
        return []
    since = AuditEvent.objects.filter(
        case_public_id=OuterRef("public_id"), at__gt=OuterRef("told_leader_at"), verb=AuditVerb.OPEN, role=user.role
    )
    told = cases.filter(status=Status.OPEN, told_leader_at__isnull=False)
    return list(told.exclude(Exists(since)).order_by().values_list("pk", flat=True))


def _overdue(today: date) -> Q:
    return Q(status=Status.OPEN, next_due__lt=today)


def _sorted(cases: QuerySet[Case], user: User, today: date, told: Sequence[int]) -> Sequence[Case]:
    """Return the cases by last change; except for staff, those ``told``, overdue and serious ones come first."""
    if rights_of(user).sees is CasesSeen.OWN:
        return cast("Sequence[Case]", cases.order_by("-updated_at", "-pk"))
    return cast("Sequence[Case]", UrgentFirst(cases, today, told))


def _rows(page: Page[Case], user: User, today: date, told: Sequence[int]) -> tuple[list[CaseRow], int]:
    """Return the rows of the page, and how many cases are left out because they are locked, which is logged."""
    found = list(page.object_list)
    by_referral = rights_of(user).sees is CasesSeen.REFERRED
    referrals: Mapping[UUID, ReferredLine] = referred_cases(found, user) if by_referral else {}
    for case in found:
        if case.public_id in referrals:
            case.school = referrals[case.public_id].school
    if rights_of(user).sees is CasesSeen.SCHOOL and user.school:
        for case in found:
            case.school = user.school
    if not by_referral:
        prefetch_related_objects(found, "school", "owner")
    cases = [case for case in found if access_macs.is_case_genuine(case, user)]
    for case in found:
        if case not in cases:
            log_case_denied(user, case.public_id, access_macs.LOCKED)
    duties = open_duties([case for case in cases if case.status == Status.OPEN], timezone.now())
    rows = [
        _row(
            case,
            user,
            today,
            referral=referrals.get(case.public_id),
            duties=duties.get(case.pk, OpenDuties()),
            is_told=case.pk in told,
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
    case: Case, user: User, today: date, *, referral: ReferredLine | None, duties: OpenDuties, is_told: bool
) -> CaseRow:
    statuses = {key: str(case.progress.get(key, StepStatus.NOT_BEGUN)) for key in CardStep.values}
    dots = tuple(statuses.values())
    is_open = case.status == Status.OPEN
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
        overdue=is_open and case.next_due is not None and case.next_due < today,
        due_today=is_open and case.next_due == today,
        duties=duties,
        first="" if rights_of(user).sees is CasesSeen.REFERRED else duties.first,
        changed=format_recent(case.updated_at, today),
        is_mine=case.owner_id == user.pk,
        referral=referral,
    )


def _label(case: Case, user: User) -> str:
    """Return the label of the case; "" for SSP, to whom nobody sent it, and where it cannot be decrypted."""
    if rights_of(user).sees is CasesSeen.REFERRED:
        return ""
    try:
        return read_label(case)
    except SealBroken:
        return ""
