"""Pages about the cases as a whole: how many there are, and who has looked at them."""

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from cases.access import audit_log, permissions
from cases.access.capabilities import Capability, CasesSeen, rights_of
from cases.access.current_user import current_user
from cases.enums import AuditVerb
from cases.models import School
from cases.oversight import audit_review, statistics

LOOKUPS_PER_PAGE = 50


@require_safe
@permissions.role_view(Capability.STATISTICS)
def counts(request: HttpRequest) -> HttpResponse:
    """Statistics of the cases that the leader, or the municipality's SSP, may see."""
    user = current_user(request)
    own = Q(users=user) if rights_of(user).sees is CasesSeen.SCHOOL else Q(municipality__users=user)
    schools = School.objects.filter(own)
    found = permissions.list_cases(user, detail="statistics")
    context = {
        "statistics": statistics.statistics_of(found, list(schools), timezone.localdate()),
        "small": statistics.SMALL,
    }
    return render(request, "cases/statistik.html", context)


@require_safe
@permissions.role_view(Capability.LOOKUPS)
def looked_at(request: HttpRequest) -> HttpResponse:
    """Who looked at which of the school's cases, and when."""
    user = current_user(request)
    audit_log.commit_event(AuditVerb.LIST, by=user, detail="lookups")
    asked = _asked(request)
    events = audit_review.events_of_school(user)
    found = audit_review.filter_events(events, asked, timezone.now())
    page = Paginator(found, LOOKUPS_PER_PAGE).get_page(request.GET.get("side"))
    references = audit_review.cases_in(user)
    context = {
        "asked": asked,
        "page": page,
        "rows": audit_review.describe_events(list(page.object_list), references),
        "references": references.items(),
        "people": audit_review.people_in(events),
        "kinds": audit_review.EVENT_KINDS.items(),
        "periods": audit_review.PERIODS.items(),
        "query": f"{_query(asked)}&",
    }
    return render(request, "cases/opslag.html", context)


def _asked(request: HttpRequest) -> audit_review.AuditFilter:
    kind, period = request.GET.get("hvad", ""), request.GET.get("tid", "")
    return audit_review.AuditFilter(
        case=_uuid(request.GET.get("sag", "")),
        person=_uuid(request.GET.get("hvem", "")),
        kind=kind if kind in audit_review.EVENT_KINDS else "",
        period=period if period in audit_review.PERIODS else audit_review.MONTH,
    )


def _query(asked: audit_review.AuditFilter) -> str:
    chosen = {"sag": asked.case, "hvem": asked.person, "hvad": asked.kind, "tid": asked.period}
    return urlencode({name: str(value) for name, value in chosen.items() if value})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
