"""The short label of a case, written on the overview."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cases.access.current_user import current_user
from cases.access.permissions import case_view
from cases.enums import AuditVerb, CaseAction
from cases.log.case_label import set_label
from cases.models import Case
from guide.wizard.forms import LabelForm
from guide.wizard.overview import show_overview


@require_POST
@case_view(AuditVerb.OPEN, action=CaseAction.WALK)
def label(request: HttpRequest, case: Case) -> HttpResponse:
    """Write the label, or show on the overview what is wrong with it."""
    form = LabelForm(request.POST, case=case)
    user = current_user(request)
    if form.carries_out(lambda data: set_label(case=case, by=user, label=data["label"])):
        return redirect("sag", case.public_id)
    return show_overview(request, case, label_form=form)
