"""How long a case is kept, what stops its erasure, and the second person who approves it.

The overview shows references, dates and rules only, to the leader for the school and to the administrator for the
municipality. The page of one case is the leader's.
"""

from collections.abc import Sequence
from functools import wraps
from typing import cast
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.access import audit_log
from cases.access.capabilities import Capability
from cases.access.current_user import current_user
from cases.access.permissions import PublicView, case_view, log_case_denied, log_role_denied, role_view
from cases.enums import AuditVerb, CaseAction
from cases.models import Case, ErasureRequest, RetentionRule, User
from cases.retention import due, erasure
from cases.views.forms import ReasonForm, SubmissionForm

PER_PAGE = 50
ERASED_PAGE = "slettede"
"""The parameter with the page of the erased cases; "side" is that of the cases that are due."""
HOLD, RELEASE, PROPOSE, KEEP, ERASE = "stop", "ophaev", "foreslaa", "behold", "slet"


@require_safe
@role_view(Capability.RETENTION)
def retention_overview(request: HttpRequest) -> HttpResponse:
    """What is due, what waits for a second person, which rules apply, and what was erased."""
    user = current_user(request)
    audit_log.commit_event(AuditVerb.LIST, by=user, detail="retention")
    schools = due.schools_of(user)
    found = cast("Sequence[due.Term]", due.cases_due(timezone.localdate(), schools))  # it counts without a length
    context = {
        "waiting": due.requests_for(user),
        "due": Paginator(found, PER_PAGE).get_page(request.GET.get("side")),
        "rules": RetentionRule.objects.filter(municipality__schools__in=schools).distinct().select_related("school"),
        "tombstones": Paginator(due.tombstones_for(user), PER_PAGE).get_page(request.GET.get(ERASED_PAGE)),
        "erased_page": ERASED_PAGE,
    }
    return render(request, "cases/retention.html", context)


def _logs_hidden(view: PublicView) -> PublicView:
    """Log that a proposal was not found."""

    @wraps(view)
    def logged(request: HttpRequest, proposal_id: UUID) -> HttpResponseBase:
        try:
            return view(request, proposal_id)
        except Http404:
            _log_refusal(current_user(request), proposal_id)
            raise

    return logged


@require_http_methods(["GET", "HEAD", "POST"])
@_logs_hidden
@role_view(Capability.APPROVE_ERASURE)
def proposal(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """The second person's page: erase the case, or keep it. 404 for a proposal of another school."""
    user = current_user(request)
    found = due.requests_for(user).filter(public_id=proposal_id).first()
    if found is None:
        raise Http404
    audit_log.commit_event(AuditVerb.OPEN, by=user, case=found.case, detail="retention")
    pressed = request.POST.get("handling", KEEP)
    form = SubmissionForm(request.POST if request.method == "POST" else None)
    action = erasure.approve if pressed == ERASE else due.refuse_erasure
    if form.carries_out(lambda data: action(request=found, by=user)):
        return redirect("opbevaring")
    term = due.term_of(found.case, due.rule_book())
    is_outdated = term is not None and not due.is_current(found, term.closed_at)
    context = {
        "proposal": found,
        "term": term,
        "form": form,
        "is_own": found.proposed_by_id == user.pk,
        "outdated": erasure.OUTDATED if is_outdated else "",
    }
    return render(request, "cases/retention_proposal.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, action=CaseAction.KEEP)
def of_case(request: HttpRequest, case: Case) -> HttpResponse:
    """The leader's page for one case: the hold, and the proposal to erase."""
    user = current_user(request)
    pressed = request.POST.get("handling", "") if request.method == "POST" else ""
    reason = ReasonForm(request.POST if pressed in (HOLD, RELEASE) else None)
    plain = SubmissionForm(request.POST if pressed == PROPOSE else None)
    action = due.release_hold if pressed == RELEASE else due.set_hold
    if reason.carries_out(lambda data: action(case=case, by=user, reason=data["reason"])):
        return redirect("sag_opbevaring", case.public_id)
    if plain.carries_out(lambda data: due.propose_erasure(case=case, by=user)):
        return redirect("sag_opbevaring", case.public_id)
    wrong = plain if plain.is_bound else reason
    term = due.term_of(case, due.rule_book())
    context = {
        "case": case,
        "form": reason,
        "wrong": wrong,
        "plain": plain,
        "term": term,
        "is_due": term is not None and term.is_due(timezone.localdate()),
        "hold": due.active_hold(case),
        "holds": due.holds(case),
        "proposal": due.active_request(case),
        "lead": _("Her ser du, hvor længe sagen bliver gemt, og hvad der skal til, før den kan slettes."),
    }
    return render(request, "cases/retention_case.html", context, status=422 if wrong.is_bound else 200)


def _log_refusal(user: User, proposal_id: UUID) -> None:
    """Log it with the case, if there is one: its leader can see that."""
    about = ErasureRequest.objects.filter(public_id=proposal_id).values_list("case__public_id", flat=True).first()
    if about is None:
        log_role_denied(user)
    else:
        log_case_denied(user, about, CaseAction.KEEP)
