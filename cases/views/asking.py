"""The school's page of its referral to SSP: send one, write in its thread, take it back.

What is sent without names is first shown as SSP will read it, after each finding in it is decided.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.access.current_user import current_user
from cases.enums import DisclosureBasis, ReferralChange, ReferralForm, Status
from cases.log.case_file import CurrentCase, preview_referral, read_case, read_current
from cases.log.case_transaction import RecordError
from cases.log.entries import ReferralEntry
from cases.log.entry_text import log_lines
from cases.log.thread import active_thread
from cases.models import Case, User
from cases.sharing import actions, sparring
from cases.sharing.anonymous_check import AnonymousCheck
from cases.sharing.anonymous_parts import Part, names_shown, parts_of
from cases.sharing.referral_list import referral_status
from cases.views import receipts
from cases.views.forms import EndReferralForm, ReferForm, ReplyForm, ShownForm, SubmissionForm
from cases.views.receipts import receipt_of, with_receipt

SEND, REPLY, FINISH, END = "send", "svar", "faerdig", "traek_tilbage"
SEND_NOW, REPLY_NOW = "send_nu", "svar_nu"
"""Pressed on the page that shows what SSP will read."""
READ = "laest"
"""The field that says what that page showed."""
CORRECT, CORRECT_REPLY = "ret", "ret_svar"
"""Pressed there to write something else."""


def ask(request: HttpRequest, case: Case) -> HttpResponse:
    """Carry out what was pressed, or show the page."""
    user = current_user(request)
    case_file = read_current(case)
    parts = parts_of(case_file)
    pressed = request.POST.get("handling", SEND) if request.method == "POST" else ""
    page = reverse("henvis", args=[case.public_id])
    send = ReferForm(
        request.POST if pressed in (SEND, SEND_NOW, CORRECT) else None,
        parts=[(part.key, _label(part)) for part in parts],
    )
    reply = ReplyForm(request.POST if pressed in (REPLY, REPLY_NOW, CORRECT_REPLY) else None)
    finish = ShownForm(request.POST if pressed == FINISH else None)
    end = EndReferralForm(request.POST if pressed == END else None, prefix="slut")
    if pressed in (SEND, SEND_NOW) and (answer := _send(request, case, send, parts)):
        return answer
    if pressed in (REPLY, REPLY_NOW) and (answer := _reply(request, case, reply, case_file)):
        return answer
    if finish.carries_out(lambda data: _write(case, user, ReferralChange.DONE, "", finish)):
        return redirect(with_receipt(page, receipts.SPARRING_DONE))
    if end.carries_out(lambda data: actions.end_referral(case=case, by=user, **data)):
        return redirect(with_receipt(page, receipts.ENDED))
    forms = {"form": send, "reply": reply, "finish": finish, "end_form": end}
    return _show(request, case, active_thread(case_file.referrals), parts, forms)


def _label(part: Part) -> str:
    count = len(part.lines)
    words = ngettext("%(title)s: %(count)d svar", "%(title)s: %(count)d svar", count)
    return words % {"title": part.title, "count": count}


def _send(request: HttpRequest, case: Case, form: ReferForm, parts: Sequence[Part]) -> HttpResponse | None:
    """Return the answer to a referral, None when it is refused: the form has the errors."""
    if not form.is_valid():
        return None
    is_named = form.cleaned_data["form"] == ReferralForm.NAMED
    chosen = [] if is_named else form.cleaned_data.get("parts", [])
    included = [line for part in parts if part.key in chosen for line in part.lines]
    if not is_named and (answer := _checked(request, case, form, ("purpose", "message"), SEND_NOW, included)):
        return answer
    if form.carries_out(lambda data: _refer(case, current_user(request), data, included)):
        done = receipts.REFERRED if is_named else receipts.ASKED
        return redirect(with_receipt(reverse("henvis", args=[case.public_id]), done))
    return None


def _refer(case: Case, by: User, data: dict[str, Any], included: Sequence[str]) -> None:
    is_named = data["form"] == ReferralForm.NAMED
    actions.refer(
        case=case,
        by=by,
        form=ReferralForm(data["form"]),
        purpose=data["purpose"],
        message=data["message"],
        included=included,
        basis=DisclosureBasis(data["basis"]) if is_named else None,
        necessity=data["necessity"],
        submission_id=data["submission_id"],
    )


def _reply(request: HttpRequest, case: Case, form: ReplyForm, case_file: CurrentCase) -> HttpResponse | None:
    """Return the answer to a line of the thread, None when it is refused: the form has the errors.

    Raises RecordError when a colleague has taken the referral back: there is no thread to show the form in.
    """
    if not form.is_valid():
        return None
    thread = active_thread(case_file.referrals)
    if not thread:
        raise RecordError(_("Henvendelsen er trukket tilbage. SSP kan ikke læse, hvad du skriver."), "referral")
    is_anonymous = thread[0].content["form"] == ReferralForm.ANONYMOUS
    if is_anonymous and (answer := _checked(request, case, form, ("text",), REPLY_NOW)):
        return answer
    by = current_user(request)
    if form.carries_out(lambda data: _write(case, by, ReferralChange.REPLIED, data["text"], form)):
        return redirect(with_receipt(reverse("henvis", args=[case.public_id]), receipts.ASKED_BACK))
    return None


def _write(case: Case, by: User, change: ReferralChange, text: str, form: ShownForm) -> None:
    submission_id = form.cleaned_data["submission_id"]
    sparring.write_line(case=case, by=by, change=change, text=text, shown=form.shown, submission_id=submission_id)


def _checked(
    request: HttpRequest,
    case: Case,
    form: SubmissionForm,
    names: Iterable[str],
    send_now: str,
    included: Sequence[str] = (),
) -> HttpResponse | None:
    """Return the page that asks about each finding in these fields and shows what SSP will read.

    None when it was shown and everything is decided, the fields then being without what is taken out, and when the
    text names people of the case, which is an error of the form.
    """
    texts = {name: form.cleaned_data[name] for name in names}
    if named := names_shown(read_case(case), *texts.values()):
        words = _("Du spørger uden navne, men har skrevet %(names)s. Slet navnet, eller vælg at sende med navne.")
        form.add_error(None, words % {"names": ", ".join(f"»{name}«" for name in named)})
        return None
    check = AnonymousCheck.of(texts.values(), dict(request.POST.lists()))
    cleaned = {name: check.cleaned(text) for name, text in texts.items()}
    shown = _mark([*cleaned.values(), *included])
    # A colleague may have filed other answers meanwhile: what is sent is what was shown.
    if check.is_decided and request.POST.get("handling") == send_now and request.POST.get(READ, shown) == shown:
        form.cleaned_data |= cleaned
        return None
    typed = ((name, value) for name, values in request.POST.lists() for value in values)
    context = {
        "case": case,
        "fields": [(name, value) for name, value in typed if name in form.fields],
        "check": check,
        "texts": cleaned.values(),
        "read": (READ, shown),
        "is_newer": request.POST.get(READ, shown) != shown,
        "send_now": send_now,
        "again": SEND if send_now == SEND_NOW else REPLY,
        "correct": CORRECT if send_now == SEND_NOW else CORRECT_REPLY,
        "referral": preview_referral(case, included) if send_now == SEND_NOW else None,
    }
    is_refused = check.was_asked and not check.is_decided
    return render(request, "cases/gennemse.html", context, status=422 if is_refused else 200)


def _mark(texts: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


def _show(
    request: HttpRequest,
    case: Case,
    thread: Sequence[ReferralEntry],
    parts: Sequence[Part],
    forms: dict[str, SubmissionForm],
) -> HttpResponse:
    wrong = next((form for form in forms.values() if form.errors), None)
    is_named = bool(thread) and thread[0].content["form"] == ReferralForm.NAMED
    sent = (receipts.REFERRED if is_named else receipts.ASKED) if thread else receipts.ENDED
    context = {
        "case": case,
        "done": receipt_of(request, sent, receipts.ASKED_BACK, receipts.SPARRING_DONE),
        "current": thread[0] if thread else None,
        "lines": log_lines(thread),
        "shown_seq": thread[-1].seq if thread else 0,
        "sparring": referral_status(case),
        "is_open": case.status == Status.OPEN,
        "parts": parts,
        "wrong": wrong,
        **forms,
    }
    return render(request, "cases/henvis.html", context, status=422 if wrong else 200)
