"""The list of cases that a user may see: own, the school's, or those referred to SSP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import cast
from uuid import UUID, uuid4

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet, prefetch_related_objects
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
from cases.enums import CardStep, Status, StepStatus
from cases.models import Case, User
from cases.models.tables import case_weight
from cases.oversight.urgent_duties import count_urgent_duties
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

    ``dots`` are the seven steps' statuses in card order, ``waiting`` the next step, ``urgent`` the duties to do now.
    """

    case: Case
    url: str
    dots: tuple[str, ...]
    ready: int
    begun: int
    skipped: int
    waiting: str
    overdue: bool
    due_today: bool
    urgent: int
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
    page = Paginator(_sorted(cases, user, today), CASES_PER_PAGE).get_page(request.GET.get("side"))
    rows, locked = _rows(page, user, today)
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
    """Cases with the overdue ones first, in two queries that each find their cases in the order of an index."""

    cases: QuerySet[Case]
    today: date

    @cached_property
    def _counts(self) -> dict[str, int]:
        return self.cases.aggregate(all=Count("pk"), overdue=Count("pk", filter=_overdue(self.today)))

    def count(self) -> int:
        """Return how many there are."""
        return self._counts["all"]

    def __getitem__(self, part: slice) -> list[Case]:
        """Return a part of the list."""
        first, found = self._counts["overdue"], list[Case]()
        weighed = self.cases.order_by(case_weight().desc(), "-updated_at", "-pk")
        if part.start < first:
            found += weighed.filter(_overdue(self.today))[part]
        if part.stop > first:
            in_time = ~Q(status=Status.OPEN) | Q(next_due=None) | Q(next_due__gte=self.today)
            found += weighed.filter(in_time)[max(0, part.start - first) : part.stop - first]
        return found


def _overdue(today: date) -> Q:
    return Q(status=Status.OPEN, next_due__lt=today)


def _sorted(cases: QuerySet[Case], user: User, today: date) -> Sequence[Case]:
    """Return the cases by last change; except for staff, overdue and serious cases come first."""
    by_change = rights_of(user).sees is CasesSeen.OWN
    return cast("Sequence[Case]", cases.order_by("-updated_at", "-pk") if by_change else UrgentFirst(cases, today))


def _rows(page: Page[Case], user: User, today: date) -> tuple[list[CaseRow], int]:
    """Return the rows of the page, and how many cases are left out because they are locked, which is logged."""
    found = list(page.object_list)
    by_referral = rights_of(user).sees is CasesSeen.REFERRED
    referrals: Mapping[UUID, ReferredLine] = referred_cases(found, user) if by_referral else {}
    for case in found:
        if case.public_id in referrals:
            case.school = referrals[case.public_id].school
    if not by_referral:
        prefetch_related_objects(found, "school", "owner")
    cases = [case for case in found if access_macs.is_case_genuine(case, user)]
    for case in found:
        if case not in cases:
            log_case_denied(user, case.public_id, access_macs.LOCKED)
    urgent = count_urgent_duties([case for case in cases if case.status == Status.OPEN], timezone.now())
    rows = [_row(case, user, today, referrals.get(case.public_id), urgent.get(case.pk, 0)) for case in cases]
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


def _row(case: Case, user: User, today: date, referral: ReferredLine | None, urgent: int) -> CaseRow:
    statuses = {key: str(case.progress.get(key, StepStatus.NOT_BEGUN)) for key in CardStep.values}
    dots = tuple(statuses.values())
    is_open = case.status == Status.OPEN
    return CaseRow(
        case=case,
        url=reverse("henvis" if rights_of(user).sees is CasesSeen.REFERRED else "sag", args=[case.public_id]),
        dots=dots,
        ready=dots.count(StepStatus.READY),
        begun=dots.count(StepStatus.BEGUN),
        skipped=dots.count(StepStatus.SKIPPED),
        waiting=next((str(CardStep(key).label) for key, status in statuses.items() if status in _WAITING), ""),
        overdue=is_open and case.next_due is not None and case.next_due < today,
        due_today=is_open and case.next_due == today,
        urgent=urgent,
        changed=format_recent(case.updated_at, today),
        is_mine=case.owner_id == user.pk,
        referral=referral,
    )
