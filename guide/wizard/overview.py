"""Create a case, its overview, and the short label that is written there."""

from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.access.capabilities import Capability
from cases.access.current_user import current_user
from cases.access.permissions import can, case_view, get_case, role_view
from cases.enums import AuditVerb, CaseAction, DutyState, Status, StepStatus
from cases.log import drafts, writer
from cases.log.case_file import read_current
from cases.log.case_label import read_label, set_label
from cases.models import Case, User
from cases.sharing.referral_list import referral_status
from cases.views import receipts
from cases.views.forms import SubmissionForm
from cases.views.receipts import receipt_of
from guide.questionnaire.schema import Situation
from guide.steps import afdaek
from guide.wizard import progress
from guide.wizard.case_state import situation_of
from guide.wizard.filing import settled_duty_keys
from guide.wizard.first_actions import drawn_actions
from guide.wizard.first_pages import file_first_answers
from guide.wizard.forms import LabelForm
from guide.wizard.sidebar import case_sidebar


@require_http_methods(["GET", "HEAD", "POST"])
@role_view(Capability.OPEN_CASE)
def new(request: HttpRequest) -> HttpResponse:
    """Open a case at the user's own school."""
    user = current_user(request)
    if user.school is None:
        raise PermissionDenied
    if request.method == "POST":
        sent = SubmissionForm(request.POST)
        submission_id = sent.cleaned_data["submission_id"] if sent.is_valid() else None
        opened = writer.create_case(by=user, school=user.school, submission_id=submission_id)
        # Sent again, it is the case opened the first time: by now perhaps another's, or closed.
        case = get_case(user, opened.public_id, CaseAction.WALK)
        return file_first_answers(request, case) or redirect("foerst", case.public_id, afdaek.FIRST[0])
    return render(request, "guide/ny_sag.html", {"school": user.school, "submission_id": uuid4()})


@require_safe
@case_view(AuditVerb.OPEN)
def overview(request: HttpRequest, case: Case) -> HttpResponse:
    """Every step with its status and what is missing, the level, and what to do next. SSP has a page of its own."""
    if not can(request.user, case, CaseAction.WALK):
        return redirect("henvis", case.public_id)
    return _show(request, case)


@require_POST
@case_view(AuditVerb.OPEN, action=CaseAction.WALK)
def label(request: HttpRequest, case: Case) -> HttpResponse:
    """Write the label, or show on the overview what is wrong with it."""
    form = LabelForm(request.POST, case=case)
    user = current_user(request)
    if form.carries_out(lambda data: set_label(case=case, by=user, label=data["label"])):
        return redirect("sag", case.public_id)
    return _show(request, case, label_form=form)


def _show(request: HttpRequest, case: Case, label_form: LabelForm | None = None) -> HttpResponse:
    """Return the overview; ``label_form`` is one that was refused."""
    case_file = read_current(case)
    with_draft = drafts.drafts_of(case=case, by=request.user) if isinstance(request.user, User) else []
    situation = situation_of(case_file, timezone.now())
    states = progress.step_states(case, case_file, situation, with_draft)
    task = progress.next_task(states, situation)
    written = read_label(case)
    context = {
        "case": case,
        "steps": states,
        "told": _told(situation),
        "next_task": task if case.status == Status.OPEN else None,
        "next_actions": drawn_actions(situation, settled_duty_keys(case, case_file), case.school.municipality)[:1],
        "follow_up": next((duty for duty in case_file.follow_ups if duty.at is None), None),
        "overdue": sum(duty.state is DutyState.OVERDUE for duty in case_file.duties),
        "ready": sum(state.status is StepStatus.READY for state in states),
        "open_step": request.GET.get("trin") or next((state.key for state in states if task in state.tasks), ""),
        "closing": case_file.status_entry if case.status == Status.CLOSED else None,
        "done": receipt_of(request, receipts.REOPENED) if case.status == Status.OPEN else "",
        "receipt": progress.receipt(case_file, request.GET.get("gemt", "")),
        "skipped": case_file.skips.get(request.GET.get("sprunget", "")),
        "nothing_filed": progress.nothing_filed(case_file, request.GET.get("tomt", "")),
        "panel": case_sidebar(situation, case_file, case),
        "may_fill": case.status == Status.OPEN,
        "actions": {action.value: can(request.user, case, action) for action in CaseAction},
        "may_take": can(request.user, case, CaseAction.ASSIGN) and case.owner_id != request.user.pk,
        "submission_id": uuid4(),
        "sparring": referral_status(case),
        "may_refer": can(request.user, case, CaseAction.REFER),
        "label": written,
        "label_form": label_form or LabelForm(case=case, initial={"label": written}),
    }
    return render(request, "guide/sag.html", context, status=422 if label_form else 200)


def _told(situation: Situation) -> str:
    """Return what happened and what the image shows, in the words of the card; "" before it is answered."""
    answers = ((name, situation.get(afdaek.KEY, name)) for name in ("kinds", "shown"))
    told = " · ".join(afdaek.STEP.questions[name].words(value) for name, value in answers if value)
    return told.replace("; ", " · ")
