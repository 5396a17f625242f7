"""Close and reopen a case, and choose its owner: the leader's pages."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.access.capabilities import Capability, roles_with
from cases.access.current_user import current_user
from cases.access.permissions import case_view
from cases.enums import AuditVerb, CaseAction, DutyState, FrozenKey, Status, Turn
from cases.log import writer
from cases.log.case_file import read_current
from cases.log.case_transaction import StaleReading
from cases.models import Case, User
from cases.sharing import actions
from cases.sharing.referral_list import referral_status
from cases.views import receipts
from cases.views.forms import CloseForm, OwnerForm, ReasonForm, SubmissionForm
from cases.views.receipts import with_receipt

REOPEN = "genaabn"


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, action=CaseAction.CLOSE)
def status(request: HttpRequest, case: Case) -> HttpResponse:
    """Close or reopen the case, with the reason."""
    return _status(request, case, request.POST if request.method == "POST" else None)


def _status(request: HttpRequest, case: Case, sent: QueryDict | None, *, meanwhile: bool = False) -> HttpResponse:
    """``meanwhile``: somebody wrote in the case after the form was opened, which asks again by what it says now."""
    user = current_user(request)
    # The button says which, not the case: somebody may have closed it in between.
    reopens = sent.get("handling") == REOPEN if sent is not None else case.status == Status.CLOSED
    case_file = read_current(case)
    waiting = [duty for duty in case_file.duties if duty.state in (DutyState.OPEN, DutyState.OVERDUE)]
    urgent = [duty for duty in waiting if duty.urgency in (FrozenKey.DUTY_NOW, FrozenKey.DUTY_TODAY)]
    sparring = referral_status(case)
    asks_ssp = sparring is not None and sparring.turn is Turn.SSP
    if sent is not None and meanwhile:
        sent = sent.copy()
        sent["read_to"] = str(case_file.last_seq)
    form = (
        ReasonForm(sent)
        if reopens
        else CloseForm(sent, urgent=len(urgent), asks_ssp=asks_ssp, read_to=case_file.last_seq)
    )
    left_open = [duty.title for duty in urgent] + ([_("Svar fra SSP på jeres spørgsmål")] if asks_ssp else [])
    if meanwhile:
        form.add_error(
            None, _("Nogen skrev i sagen imens. Se, hvad der står nu, og tryk igen, hvis den stadig skal afsluttes.")
        )
    try:
        carried_out = form.carries_out(lambda data: _set_status(case, user, data, reopens, left_open))
    except StaleReading:
        return _status(request, case, sent, meanwhile=True)
    if carried_out:
        done = receipts.REOPENED if reopens else receipts.CLOSED
        return redirect(with_receipt(reverse("sag", args=[case.public_id]), done))
    context = {
        "case": case,
        "form": form,
        "urgent": urgent,
        "waiting": [duty for duty in waiting if duty not in urgent],
        "asks_ssp": asks_ssp,
        "is_open": case.status == Status.OPEN,
    }
    return render(request, "cases/status.html", context, status=422 if form.is_bound else 200)


def _set_status(case: Case, by: User, data: dict[str, Any], reopens: bool, left_open: list[Any]) -> None:
    change = {"case": case, "by": by, "reason": data["reason"], "submission_id": data["submission_id"]}
    if reopens:
        writer.reopen_case(**change)
    else:
        writer.close_case(**change, left_open=list(map(str, left_open)), read_to=data["read_to"])


@require_POST
@case_view(AuditVerb.OPEN, action=CaseAction.ASSIGN)
def take(request: HttpRequest, case: Case) -> HttpResponse:
    """Say that the leader has the case. Raises CaseClosed for a closed one."""
    form = SubmissionForm(request.POST)
    submission_id = form.cleaned_data["submission_id"] if form.is_valid() else uuid4()
    actions.take_case(case=case, by=current_user(request), submission_id=submission_id)
    return redirect("sag", case.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, action=CaseAction.ASSIGN)
def owner(request: HttpRequest, case: Case) -> HttpResponse:
    """Choose the owner of the case."""
    user = current_user(request)
    may_receive = roles_with(Capability.RECEIVE_CASE)
    colleagues = User.objects.filter(school=case.school_id, is_active=True, role__in=may_receive)
    form = OwnerForm(
        request.POST if request.method == "POST" else None,
        colleagues=colleagues.exclude(pk=case.owner_id),
        before=case.owner if actions.may_keep_access(case, case.owner) else None,
    )
    if form.carries_out(
        lambda data: actions.assign_owner(
            case=case,
            by=user,
            owner=data["colleague"],
            keeps_access=data.get("keeps_access", False),
            submission_id=data["submission_id"],
        )
    ):
        return redirect(with_receipt(reverse("adgang", args=[case.public_id]), receipts.ASSIGNED))
    context = {"case": case, "form": form}
    return render(request, "cases/ansvarlig.html", context, status=422 if form.is_bound else 200)
