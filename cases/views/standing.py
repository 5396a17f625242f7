"""Whether a case is open, and who answers for it: both for the leader to decide."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cases import record
from cases.access import case_view
from cases.dossier import read as read_dossier
from cases.forms import ColleagueForm, ReasonForm
from cases.models import Case, User
from cases.views.visitor import visitor
from cases.vocabulary import AuditVerb, Deed, DutyState, Role, Status

REOPEN = "genaabn"


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, deed=Deed.CLOSE)
def status(request: HttpRequest, case: Case) -> HttpResponse:
    """Close the case, or open it again, with the reason."""
    user = visitor(request)
    # The button says which, not the case: somebody may have closed it in between.
    act = record.reopen if request.POST.get("handling") == REOPEN else record.close
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.carries_out(lambda data: act(case=case, by=user, **data)):
        return redirect("sag", case.public_id)
    waiting = [duty for duty in read_dossier(case).duties if duty.state in (DutyState.OPEN, DutyState.OVERDUE)]
    context = {"case": case, "form": form, "waiting": waiting, "is_open": case.status == Status.OPEN}
    return render(request, "cases/status.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, deed=Deed.ASSIGN)
def owner(request: HttpRequest, case: Case) -> HttpResponse:
    """Choose who answers for the case."""
    user = visitor(request)
    colleagues = User.objects.filter(school=case.school_id, is_active=True, role__in=[Role.STAFF, Role.LEADER])
    form = ColleagueForm(
        request.POST if request.method == "POST" else None,
        colleagues=colleagues.exclude(pk=case.owner_id),
        label=_("Hvem skal være ansvarlig?"),
    )
    if form.is_bound and form.carries_out(
        lambda data: record.assign(case=case, by=user, owner=data["colleague"], submission_id=data["submission_id"])
    ):
        return redirect("adgang", case.public_id)
    context = {"case": case, "form": form}
    return render(request, "cases/ansvarlig.html", context, status=422 if form.is_bound else 200)
