"""How long a case is kept, what stops its erasure, and the second person who approves it.

The overview shows no content: references, dates, rules. It is the leader's for the own school and the administrator's
for the municipality; what is about one case alone is the leader's.
"""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from cases import audit, erasure, retention
from cases.access import case_view, deny, role_view, turn_away
from cases.forms import ReasonForm, SubmissionForm
from cases.keeping import ErasureRequest, RetentionRule
from cases.models import Case, User
from cases.views.visitor import visitor
from cases.vocabulary import AuditVerb, Deed, Role

HOLD, RELEASE, PROPOSE, KEEP, ERASE = "stop", "ophaev", "foreslaa", "behold", "slet"


@require_safe
@role_view
def overview(request: HttpRequest) -> HttpResponse:
    """What is due, what waits for a second person, which rules hold, and what was erased."""
    user = _keeper(request)
    audit.write(AuditVerb.LIST, by=user, detail="retention")
    schools = retention.schools_of(user)
    context = {
        "waiting": retention.requests_for(user),
        "due": list(retention.due(timezone.localdate(), schools)),
        "rules": RetentionRule.objects.filter(municipality__schools__in=schools).distinct().select_related("school"),
        "tombstones": retention.tombstones_for(user),
        "is_leader": user.role == Role.LEADER,
    }
    return render(request, "cases/retention.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, proposal_id: UUID) -> HttpResponseBase:
    """The second person's page: erase the case, or keep it. A proposal of another school answers as if it were none."""
    try:
        return _settle(request, proposal_id)
    except Http404:
        _log_refusal(visitor(request), proposal_id)
        raise


@role_view
def _settle(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    user = _keeper(request)
    # Before the case is read: its head goes into the log.
    audit.hold_chain()
    found = retention.requests_for(user).filter(public_id=proposal_id).first()
    if found is None:
        raise Http404
    audit.write(AuditVerb.OPEN, by=user, case=found.case, detail="retention")
    pressed = request.POST.get("handling", KEEP)
    form = SubmissionForm(request.POST if request.method == "POST" else None)
    act = erasure.approve if pressed == ERASE else retention.refuse
    if form.is_bound and form.carries_out(lambda data: act(request=found, by=user)):
        return redirect("opbevaring")
    term = retention.term_of(found.case, retention.rule_book())
    is_outdated = term is not None and not retention.still_stands(found, term.closed_at)
    context = {
        "proposal": found,
        "term": term,
        "form": form,
        "is_own": found.proposed_by_id == user.pk,
        "outdated": erasure.OUTDATED if is_outdated else "",
    }
    return render(request, "cases/retention_proposal.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, deed=Deed.KEEP)
def of_case(request: HttpRequest, case: Case) -> HttpResponse:
    """The leader's page for one case: the hold, and the proposal to erase."""
    user = visitor(request)
    pressed = request.POST.get("handling", "") if request.method == "POST" else ""
    reason = ReasonForm(request.POST if pressed in (HOLD, RELEASE) else None)
    plain = SubmissionForm(request.POST if pressed == PROPOSE else None)
    act = retention.release_hold if pressed == RELEASE else retention.set_hold
    if reason.is_bound and reason.carries_out(lambda data: act(case=case, by=user, reason=data["reason"])):
        return redirect("sag_opbevaring", case.public_id)
    if plain.is_bound and plain.carries_out(lambda data: retention.propose(case=case, by=user)):
        return redirect("sag_opbevaring", case.public_id)
    wrong = plain if plain.is_bound else reason
    term = retention.term_of(case, retention.rule_book())
    context = {
        "case": case,
        "form": reason,
        "wrong": wrong,
        "plain": plain,
        "term": term,
        "has_come": term is not None and term.has_come(timezone.localdate()),
        "hold": retention.active_hold(case),
        "holds": retention.holds(case),
        "proposal": retention.active_request(case),
        "lead": _("Her ser du, hvor længe sagen bliver gemt, og hvad der skal til, før den kan slettes."),
    }
    return render(request, "cases/retention_case.html", context, status=422 if wrong.is_bound else 200)


def _log_refusal(user: User, proposal_id: UUID) -> None:
    """Log it with the case, if there is one, so that the leader of its school sees who asked for it."""
    about = ErasureRequest.objects.filter(public_id=proposal_id).values_list("case__public_id", flat=True).first()
    if about is None:
        turn_away(user)
    else:
        deny(user, about, Deed.KEEP)


def _keeper(request: HttpRequest) -> User:
    user = visitor(request)
    if user.role not in (Role.LEADER, Role.ADMINISTRATOR):
        raise PermissionDenied
    return user
