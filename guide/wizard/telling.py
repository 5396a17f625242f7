"""Tell the leaders of a case from the page of the first actions, and take that page along on a telephone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from cases.access.current_user import current_user
from cases.access.permissions import can, case_view
from cases.enums import AuditVerb, CaseAction, Status
from cases.models import Case, User
from cases.sharing.actions import tell_leaders
from cases.views.forms import SubmissionForm
from guide.web.qr_code import qr_code


@require_POST
@case_view(AuditVerb.OPEN, action=CaseAction.WALK)
def tell(request: HttpRequest, case: Case) -> HttpResponse:
    """Tell the leaders, once."""
    form = SubmissionForm(request.POST)
    form.is_valid()
    tell_leaders(case=case, by=current_user(request), submission_id=form.cleaned_data["submission_id"])
    return redirect("nu", case.public_id)


def form_to_tell(user: User, case: Case) -> SubmissionForm | None:
    """Return the form that tells the leaders; None for whoever may not, or when they have been told."""
    may = can(user, case, CaseAction.WALK) and not can(user, case, CaseAction.CLOSE)
    return SubmissionForm() if may and case.status == Status.OPEN and case.told_leader_at is None else None


def page_as_qr_code(request: HttpRequest, case: Case) -> SafeString:
    """Return the address of the page as a QR code in SVG. It has the public id of the case, and nothing else."""
    return qr_code(request.build_absolute_uri(reverse("nu", args=[case.public_id])))
