"""The list of cases that a user may see: own, the school's, or those referred to SSP."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Case as When
from django.db.models import F, IntegerField, QuerySet, Value
from django.db.models import When as If
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from cases.access.capabilities import Capability, CasesSeen, rights_of
from cases.access.current_user import current_user
from cases.access.permissions import list_cases, role_view
from cases.enums import CardStep, Status, StepStatus
from cases.models import Case, User
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
    cases = _filtered(list_cases(user, detail=chosen), chosen)
    page = Paginator(_sorted(cases, user, today), CASES_PER_PAGE).get_page(request.GET.get("side"))
    context = {
        "title": LIST_TITLES[rights_of(user).sees],
        "filters": FILTERS.items(),
        "chosen": chosen,
        "page": page,
        "rows": _rows(page, user, today),
        "query": f"vis={chosen}&",
    }
    return render(request, "cases/mine_sager.html", context)


def _filtered(cases: QuerySet[Case], chosen: str) -> QuerySet[Case]:
    if chosen == ALL_CASES:
        return cases
    return cases.filter(status=Status.OPEN if chosen == OPEN_CASES else Status.CLOSED)


def _sorted(cases: QuerySet[Case], user: User, today: date) -> QuerySet[Case]:
    """Return the cases by last change; except for staff, overdue and serious cases come first."""
    if rights_of(user).sees is CasesSeen.OWN:
        return cases.order_by("-updated_at", "-pk")
    overdue = When(
        If(status=Status.OPEN, next_due__lt=today, then=Value(1)), default=Value(0), output_field=IntegerField()
    )
    weight = Coalesce(F("confirmed_level"), F("level_high"), Value(0))
    return cases.annotate(overdue=overdue, weight=weight).order_by("-overdue", "-weight", "-updated_at", "-pk")


def _rows(page: Page[Case], user: User, today: date) -> list[CaseRow]:
    cases = list(page.object_list)
    by_referral = rights_of(user).sees is CasesSeen.REFERRED
    referrals: Mapping[UUID, ReferredLine] = referred_cases(cases, user) if by_referral else {}
    urgent = count_urgent_duties([case for case in cases if case.status == Status.OPEN], timezone.now())
    return [_row(case, user, today, referrals.get(case.public_id), urgent.get(case.pk, 0)) for case in cases]


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
