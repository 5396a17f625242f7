"""SSP's page of a referral: what was sent, the thread, and the case where it was sent with names."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.access.current_user import current_user
from cases.access.permissions import Hidden, can, require
from cases.documents.summary import build_review, build_summary
from cases.enums import CaseAction, ReferralChange, Status, Turn, turn_of
from cases.log.case_file import read_case, read_referral
from cases.log.entry_text import level_in_words, log_lines
from cases.models import Case, User
from cases.sharing import sparring
from cases.views import receipts
from cases.views.forms import AnswerForm, AsideForm, ColleagueForm, ShownForm
from cases.views.receipts import receipt_of, with_receipt

ANSWER, CLAIM, HAND, ASIDE = "svar", "tag", "giv", "vig"


def review(request: HttpRequest, case: Case) -> HttpResponse:
    """Read a referral, answer it, claim it, hand it to a colleague, or step aside."""
    user = current_user(request)
    level = level_in_words(case.levels, case.confirmed_level)
    pressed = request.POST.get("handling", ANSWER) if request.method == "POST" else ""
    sent = {name: request.POST if pressed == name else None for name in (ANSWER, CLAIM, HAND, ASIDE)}
    answer = AnswerForm(sent[ANSWER], level=level)
    claim = ShownForm(sent[CLAIM])
    colleagues = User.objects.filter(pk__in=[one.pk for one in sparring.colleagues(case, user)])
    hand = ColleagueForm(sent[HAND], colleagues=colleagues, label=_("Hvem skal have henvendelsen?"), prefix="giv")
    aside = AsideForm(sent[ASIDE], prefix="vig")
    page = reverse("henvis", args=[case.public_id])
    if pressed:
        require(user, case, CaseAction.ANSWER)
    if answer.carries_out(lambda data: _write(case, user, answer.shown, data)):
        return redirect(with_receipt(page, receipts.ANSWERED))
    if claim.carries_out(lambda data: sparring.claim(case=case, by=user, shown=claim.shown, submission_id=_id(data))):
        return redirect(with_receipt(page, receipts.CLAIMED))
    if hand.carries_out(
        lambda data: sparring.hand_over(case=case, by=user, colleague=data["colleague"], submission_id=_id(data))
    ):
        return redirect(with_receipt(page, receipts.HANDED))
    if aside.carries_out(lambda data: sparring.step_aside(case=case, by=user, submission_id=_id(data))):
        return redirect(with_receipt(reverse("mine_sager"), receipts.STEPPED_ASIDE))
    wrong = next((form for form in (answer, claim, hand, aside) if form.is_bound), None)
    return _show(
        request, case, {"form": answer, "hand": hand, "aside": aside, "wrong": wrong, "colleagues": colleagues}
    )


def _id(data: dict[str, Any]) -> Any:
    return data["submission_id"]


def _write(case: Case, by: User, shown: sparring.Shown, data: dict[str, Any]) -> None:
    sparring.write_line(
        case=case,
        by=by,
        change=ReferralChange(data["change"]),
        text=data["text"],
        shown=shown,
        submission_id=data["submission_id"],
    )


def _show(request: HttpRequest, case: Case, forms: dict[str, Any]) -> HttpResponse:
    user = current_user(request)
    may_read = can(user, case, CaseAction.READ)
    sheet = build_summary(case, read_case(case), user, timezone.now()) if may_read else None
    reading = read_referral(case, user)
    if reading is None:
        raise Hidden
    context = {
        "case": case,
        "referral": reading,
        "lines": log_lines(reading.lines),
        "is_ssp_turn": turn_of(reading.state) is Turn.SSP,
        "is_done": turn_of(reading.state) is Turn.NOBODY,
        "is_mine": reading.claimed_by == user,
        "shown_seq": reading.lines[-1].seq,
        "level": level_in_words(case.levels, case.confirmed_level),
        "claim_id": uuid4(),
        "is_open": case.status == Status.OPEN,
        "sheet": sheet,
        "review": build_review(sheet) if sheet else None,
        "done": receipt_of(request, receipts.ANSWERED, receipts.CLAIMED, receipts.HANDED),
        **forms,
    }
    return render(request, "cases/henvendelse.html", context, status=422 if forms["wrong"] else 200)
