"""Give and end access: SSP by a referral, colleagues one by one."""

from typing import Any
from uuid import uuid4

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cases.access.capabilities import CasesSeen, rights_of, roles_that_see
from cases.access.current_user import current_user
from cases.access.permissions import can, case_view, require
from cases.enums import AuditVerb, CaseAction, DisclosureBasis, ReferralForm, Status
from cases.log import case_transaction
from cases.log.case_file import read_active_referral, read_case, read_current, read_referral
from cases.models import Case, Participant, Referral, User
from cases.sharing import actions
from cases.sharing.anonymous_parts import Part, names_shown, parts_of
from cases.views import receipts
from cases.views.forms import ColleagueForm, EndReferralForm, ReferForm
from cases.views.receipts import receipt_of, with_receipt

SEND, END, ADD, REMOVE = "send", "traek_tilbage", "tilfoej", "fjern"


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, action=CaseAction.SEE)
def refer_page(request: HttpRequest, case: Case) -> HttpResponse:
    """For the school: send or take back a referral. For SSP: read it."""
    user = current_user(request)
    if rights_of(user).sees is CasesSeen.REFERRED and request.method != "POST":
        context = {"case": case, "referral": read_referral(case, user), "may_read": can(user, case, CaseAction.READ)}
        return render(request, "cases/henvendelse.html", context)
    require(user, case, CaseAction.REFER)
    parts = parts_of(read_current(case))
    pressed = request.POST.get("handling", SEND) if request.method == "POST" else ""
    send = ReferForm(request.POST if pressed == SEND else None, parts=[(part.key, _label(part)) for part in parts])
    end = EndReferralForm(request.POST if pressed == END else None, prefix="slut")
    page = reverse("henvis", args=[case.public_id])
    if send.carries_out(lambda data: _send(case, user, data, parts)):
        named = send.cleaned_data["form"] == ReferralForm.NAMED
        return redirect(with_receipt(page, receipts.REFERRED if named else receipts.ASKED))
    if end.carries_out(lambda data: actions.end_referral(case=case, by=user, **data)):
        return redirect(with_receipt(page, receipts.ENDED))
    return _render_referral(request, case, send, end, parts)


def _label(part: Part) -> str:
    count = len(part.lines)
    words = ngettext("%(title)s: %(count)d svar", "%(title)s: %(count)d svar", count)
    return words % {"title": part.title, "count": count}


def _send(case: Case, by: User, data: dict[str, Any], parts: tuple[Part, ...]) -> None:
    form = ReferralForm(data["form"])
    named = names_shown(read_case(case), data["purpose"], data["message"]) if form == ReferralForm.ANONYMOUS else []
    if named:
        words = _("Du spørger uden navne, men har skrevet %(names)s. Slet navnet, eller vælg at sende med navne.")
        raise case_transaction.RecordError(words % {"names": ", ".join(f"»{name}«" for name in named)}, "name")
    chosen = data.get("parts", []) if form == ReferralForm.ANONYMOUS else []
    actions.refer(
        case=case,
        by=by,
        form=form,
        purpose=data["purpose"],
        message=data["message"],
        included=[line for part in parts if part.key in chosen for line in part.lines],
        basis=DisclosureBasis(data["basis"]) if form == ReferralForm.NAMED else None,
        necessity=data["necessity"],
        submission_id=data["submission_id"],
    )


def _render_referral(
    request: HttpRequest,
    case: Case,
    send: ReferForm,
    end: EndReferralForm,
    parts: tuple[Part, ...],
) -> HttpResponse:
    wrong = send.is_bound or end.is_bound
    current = read_active_referral(case)
    sent = receipts.REFERRED if current and current.content["form"] == ReferralForm.NAMED else receipts.ASKED
    context = {
        "case": case,
        "done": receipt_of(request, sent if current else receipts.ENDED),
        "form": send,
        "end_form": end,
        "parts": parts,
        "current": current,
        "is_open": case.status == Status.OPEN,
    }
    return render(request, "cases/henvis.html", context, status=422 if wrong else 200)


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
