"""Pages about the cases as a whole: how many there are, and who has looked at them."""

import re
from dataclasses import replace
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
from cases.models import School, User
from cases.oversight import audit_review, statistics

LOOKUPS_PER_PAGE = 50
_LONGEST_REFERENCE = 8


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
    asked = _asked(request, user)
    events = audit_review.events_of_school(user)
    numbers = events.newest(asked, timezone.now())
    page = Paginator(numbers[: audit_review.MOST], LOOKUPS_PER_PAGE).get_page(request.GET.get("side"))
    shown = audit_review.events_numbered(page.object_list)
    references = audit_review.references_of(shown, user)
    context = {
        "asked": asked,
        "reference": _reference(request, asked, references),
        "page": page,
        "older": numbers[audit_review.MOST - 1] if len(numbers) > audit_review.MOST else None,
        "rows": audit_review.describe_events(shown, references),
        "people": events.people(),
        "kinds": audit_review.EVENT_KINDS.items(),
        "periods": audit_review.PERIODS.items(),
        "query": f"{_query(asked)}&",
        "query_newest": f"{_query(replace(asked, before=None))}&",
    }
    return render(request, "cases/opslag.html", context)


def _asked(request: HttpRequest, user: User) -> audit_review.AuditFilter:
    kind, period, before = (request.GET.get(name, "") for name in ("hvad", "tid", "foer"))
    return audit_review.AuditFilter(
        case=_case(_typed(request), user),
        person=_uuid(request.GET.get("hvem", "")),
        kind=kind if kind in audit_review.EVENT_KINDS else "",
        period=period if period in audit_review.PERIODS else audit_review.MONTH,
        before=int(before) if re.fullmatch(r"[0-9]{1,18}", before) else None,
    )


def _case(text: str, user: User) -> UUID | None:
    """Return the case that is asked for by its id, or by the number that people know; nobody's for another number."""
    if not text:
        return None
    return _uuid(text) or audit_review.case_called(text, user) or permissions.NOWHERE


def _typed(request: HttpRequest) -> str:
    text = request.GET.get("sag", "").strip()
    return text if text.isprintable() else ""


def _reference(request: HttpRequest, asked: audit_review.AuditFilter, references: dict[UUID, str]) -> str:
    """Return the number to show in the field: that of the case, or what was typed and found no case."""
    if asked.case in references:
        return references[asked.case]
    typed = _typed(request)
    return "" if _uuid(typed) else typed[:_LONGEST_REFERENCE]


def _query(asked: audit_review.AuditFilter) -> str:
    chosen = {
        "sag": asked.case,
        "hvem": asked.person,
        "hvad": asked.kind,
        "tid": asked.period,
        "foer": asked.before,
    }
    return urlencode({name: str(value) for name, value in chosen.items() if value})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
