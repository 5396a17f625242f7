"""Pages about the cases as a whole: how many there are, and who has looked at them."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from cases import access, audit, lookups, statistics
from cases.models import School, User
from cases.views.visitor import visitor
from cases.vocabulary import AuditVerb, Role

PAGE_SIZE = 50


@require_safe
@access.role_view
def counts(request: HttpRequest) -> HttpResponse:
    """Statistics of the cases that the leader, or the municipality's SSP, may see."""
    user = _one_of(request, Role.LEADER, Role.SSP)
    own = Q(users=user) if user.role == Role.LEADER else Q(municipality__users=user)
    schools = School.objects.filter(own)
    found = access.list_cases(user, detail="statistics")
    context = {
        "statistics": statistics.statistics_of(found, list(schools), timezone.localdate()),
        "small": statistics.SMALL,
        "is_ssp": user.role == Role.SSP,
    }
    return render(request, "cases/statistik.html", context)


@require_safe
@access.role_view
def looked_at(request: HttpRequest) -> HttpResponse:
    """Who looked at which of the school's cases, and when."""
    user = _one_of(request, Role.LEADER)
    audit.write(AuditVerb.LIST, by=user, detail="lookups")
    asked = _asked(request)
    events = lookups.of_school(user)
    found = lookups.narrowed(events, asked, timezone.now())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("side"))
    references = lookups.cases_told(user)
    context = {
        "asked": asked,
        "page": page,
        "rows": lookups.in_words(list(page.object_list), references),
        "references": references.items(),
        "people": lookups.people_in(events),
        "kinds": lookups.KINDS.items(),
        "periods": lookups.PERIODS.items(),
        "query": f"{_query(asked)}&",
    }
    return render(request, "cases/opslag.html", context)


def _one_of(request: HttpRequest, *roles: Role) -> User:
    """The user that is logged in. Raises PermissionDenied for another role."""
    user = visitor(request)
    if user.role not in roles:
        raise PermissionDenied
    return user


def _asked(request: HttpRequest) -> lookups.Asked:
    kind, period = request.GET.get("hvad", ""), request.GET.get("tid", "")
    return lookups.Asked(
        case=_uuid(request.GET.get("sag", "")),
        person=_uuid(request.GET.get("hvem", "")),
        kind=kind if kind in lookups.KINDS else "",
        period=period if period in lookups.PERIODS else lookups.MONTH,
    )


def _query(asked: lookups.Asked) -> str:
    told = {"sag": asked.case, "hvem": asked.person, "hvad": asked.kind, "tid": asked.period}
    return urlencode({name: str(value) for name, value in told.items() if value})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
