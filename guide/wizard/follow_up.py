"""Set a follow-up of the school's own: what, by when, by whom. The plan shows it, where it is ticked off."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases.access.current_user import current_user
from cases.access.permissions import case_view
from cases.enums import AuditVerb, CaseAction
from cases.log import writer
from cases.models import Case
from cases.views import receipts
from cases.views.receipts import with_receipt
from guide.wizard.forms import FollowUpForm


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, action=CaseAction.TICK)
def follow_up(request: HttpRequest, case: Case) -> HttpResponse:
    """Set a follow-up. A closed case says so, and keeps what was typed."""
    form = FollowUpForm(request.POST if request.method == "POST" else None, case=case)
    if form.carries_out(
        lambda data: writer.set_follow_up(
            case=case,
            by=current_user(request),
            title=data["text"],
            due=data["day"],
            owner=data["colleague"].name,
            submission_id=data["submission_id"],
        )
    ):
        return redirect(with_receipt(reverse("plan", args=[case.public_id]), receipts.FOLLOW_UP_SET))
    context = {"case": case, "form": form}
    return render(request, "guide/opfoelgning.html", context, status=422 if form.is_bound else 200)
