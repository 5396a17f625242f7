"""Write a note or a correction in the log."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.access.current_user import current_user
from cases.access.permissions import case_view
from cases.enums import AuditVerb, CaseAction, NoteNature
from cases.log import writer
from cases.log.case_file import read_log
from cases.log.drafts import NOTE_KEY, correction_key
from cases.log.entry_text import LogLine, log_lines
from cases.models import Case
from cases.views import receipts
from cases.views.drafts import RequestDraft, initial_from_draft
from cases.views.forms import CorrectionForm, NoteForm
from cases.views.log import row_of
from cases.views.receipts import with_receipt

BACK, DISCARD = "tilbage", "kasser"


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, action=CaseAction.NOTE)
def note(request: HttpRequest, case: Case) -> HttpResponse:
    """Write an event or a remark."""
    unfiled = RequestDraft(request, case, NOTE_KEY)
    if url := _leaving(unfiled):
        return redirect(url)
    draft = unfiled.read()
    form = NoteForm(request.POST if request.method == "POST" else None, initial=initial_from_draft(draft))
    if form.carries_out(
        lambda data: writer.add_note(
            case=case,
            by=current_user(request),
            nature=NoteNature(data["nature"]),
            happened_at=data["happened_at"],
            who=data["who"],
            where=data["where"],
            text=data["text"],
            submission_id=data["submission_id"],
        )
    ):
        return redirect(_in_the_log(case, receipts.NOTED))
    draft_url = reverse("notat_kladde", args=[case.public_id])
    return _ask(unfiled, "cases/notat.html", {"form": form, "draft": draft, "draft_url": draft_url})


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, action=CaseAction.NOTE)
def correct(request: HttpRequest, case: Case, seq: int) -> HttpResponse:
    """Write a correction of an entry, which stays as it is."""
    line = _line(case, seq)
    unfiled = RequestDraft(request, case, correction_key(seq))
    if url := _leaving(unfiled):
        return redirect(url)
    draft = unfiled.read()
    form = CorrectionForm(request.POST if request.method == "POST" else None, initial=initial_from_draft(draft))
    if form.carries_out(
        lambda data: writer.add_correction(
            case=case, by=current_user(request), corrects=seq, text=data["text"], submission_id=data["submission_id"]
        )
    ):
        return redirect(_in_the_log(case, receipts.CORRECTED))
    draft_url = reverse("ret_kladde", args=[case.public_id, seq])
    context = {"form": form, "draft": draft, "draft_url": draft_url, "row": row_of(case, line)}
    return _ask(unfiled, "cases/ret.html", context)


@require_POST
@case_view(AuditVerb.DRAFT, action=CaseAction.NOTE)
def note_draft(request: HttpRequest, case: Case) -> HttpResponse:
    """Save the draft of a note."""
    return RequestDraft(request, case, NOTE_KEY).answer()


@require_POST
@case_view(AuditVerb.DRAFT, action=CaseAction.NOTE)
def correction_draft(request: HttpRequest, case: Case, seq: int) -> HttpResponse:
    """Save the draft of a correction."""
    if not 0 < seq <= case.head_seq:
        raise Http404
    return RequestDraft(request, case, correction_key(seq)).answer()


def _line(case: Case, seq: int) -> LogLine:
    log = read_log(case)
    lines = log_lines(log.open(row for row in log.rows if row.seq == seq))
    if not lines:
        raise Http404(_("Den linje findes ikke i sagens log."))
    return lines[0]


def _leaving(unfiled: RequestDraft) -> str:
    """Return where a button that files nothing leads: the log, with a draft saved, or a blank page; else ""."""
    pressed = unfiled.request.POST.get("handling", "")
    if pressed == DISCARD:
        unfiled.drop()
        return unfiled.request.path
    if pressed == BACK and unfiled.keep():
        return reverse("log", args=[unfiled.case.public_id])
    return ""


def _ask(unfiled: RequestDraft, template: str, context: dict[str, Any]) -> HttpResponse:
    """Return the page with the form; what cannot be filed stays in its fields and is saved as a draft."""
    refused = context["form"].is_bound
    if refused:
        unfiled.keep()
    context |= {"case": unfiled.case, "has_draft": context["draft"] and not refused}
    return render(unfiled.request, template, context, status=422 if refused else 200)


def _in_the_log(case: Case, word: str) -> str:
    """Return the address of the entry just written."""
    return f"{with_receipt(reverse('log', args=[case.public_id]), word)}#nr-{case.head_seq}"
