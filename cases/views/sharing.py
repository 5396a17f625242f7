"""Give and end access: SSP by a referral, colleagues one by one."""

from typing import Any
from uuid import uuid4

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.access.capabilities import CasesSeen, rights_of, roles_that_see
from cases.access.current_user import current_user
from cases.access.permissions import can, case_view, require
from cases.enums import AuditVerb, CaseAction, Status
from cases.models import Case, Participant, Referral, User
from cases.sharing import actions
from cases.views import asking, receipts, sparring
from cases.views.forms import ColleagueForm
from cases.views.receipts import receipt_of, with_receipt

ADD, REMOVE = "tilfoej", "fjern"


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, action=CaseAction.SEE)
def refer_page(request: HttpRequest, case: Case) -> HttpResponse:
    """For the school: send or take back a referral, and write in its thread. For SSP: read and answer it."""
    user = current_user(request)
    if rights_of(user).sees is CasesSeen.REFERRED:
        return sparring.review(request, case)
    require(user, case, CaseAction.REFER)
    return asking.ask(request, case)


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, action=CaseAction.PARTICIPANTS)
def people(request: HttpRequest, case: Case) -> HttpResponse:
    """Who sees the case; add a colleague, or end an access."""
    user = current_user(request)
    pressed = request.POST.get("handling", ADD) if request.method == "POST" else ""
    page = reverse("adgang", args=[case.public_id])
    # A form sent twice must still be valid: the record then returns the first result.
    add = ColleagueForm(
        request.POST if pressed == ADD else None, colleagues=_staff(case) if pressed else _addable(case)
    )
    remove = ColleagueForm(request.POST if pressed == REMOVE else None, colleagues=_ever_added(case))
    if add.carries_out(lambda data: actions.add_participant(case=case, by=user, **_whom(data))):
        return redirect(with_receipt(page, receipts.ADDED))
    if remove.carries_out(lambda data: actions.remove_participant(case=case, by=user, **_whom(data))):
        return redirect(with_receipt(page, receipts.REMOVED))
    wrong = remove if remove.is_bound else add
    context = {
        "case": case,
        "done": receipt_of(request, receipts.ADDED, receipts.REMOVED, receipts.ASSIGNED),
        "form": add,
        "wrong": wrong,
        "participants": [(one, uuid4()) for one in _participants(case)],
        "leaders": _colleagues(case).filter(role__in=roles_that_see(CasesSeen.SCHOOL)).exclude(pk=case.owner_id),
        "referral": Referral.objects.filter(case=case, ended_at=None).first(),
        "may_assign": can(user, case, CaseAction.ASSIGN),
        "is_open": case.status == Status.OPEN,
        "lead": _("Her ser du, hvem der kan læse sagen. Giv kun adgang til dem, der har brug for det."),
    }
    return render(request, "cases/adgang.html", context, status=422 if wrong.is_bound else 200)


def _whom(data: dict[str, Any]) -> dict[str, Any]:
    return {"user": data["colleague"], "submission_id": data["submission_id"]}


def _colleagues(case: Case) -> QuerySet[User]:
    return User.objects.filter(school=case.school_id, is_active=True)


def _staff(case: Case) -> QuerySet[User]:
    """Return the staff of the school but the owner; leaders see the case anyway."""
    return _colleagues(case).filter(role__in=roles_that_see(CasesSeen.OWN)).exclude(pk=case.owner_id)


def _ever_added(case: Case) -> QuerySet[User]:
    """Return everybody who ever had access, whatever their school is now: every access can be ended."""
    return User.objects.filter(pk__in=Participant.objects.filter(case=case).values("user"))


def _addable(case: Case) -> QuerySet[User]:
    """Return the staff of the school who do not see the case yet."""
    return _staff(case).exclude(pk__in=Participant.objects.filter(case=case, removed_at=None).values("user"))


def _participants(case: Case) -> QuerySet[Participant]:
    return Participant.objects.filter(case=case, removed_at=None).select_related("user", "added_by")
