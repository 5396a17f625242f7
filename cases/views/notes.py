"""What is written in the log by hand: an event or a remark, and a correction to a line that stands."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases import record
from cases.access import case_view
from cases.dossier import read as read_dossier
from cases.drafts import NOTE, correction
from cases.forms import CorrectionForm, NoteForm
from cases.loglines import LogLine, log_lines
from cases.models import Case
from cases.views import receipts
from cases.views.log import row_of
from cases.views.receipts import with_receipt
from cases.views.unfiled import Unfiled, shown_again
from cases.views.visitor import visitor
from cases.vocabulary import AuditVerb, Deed, NoteNature

BACK, DISCARD = "tilbage", "kasser"


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, deed=Deed.NOTE)
def note(request: HttpRequest, case: Case) -> HttpResponse:
    """Write an event or a remark."""
    unfiled = Unfiled(request, case, NOTE)
    if way := _leaving(unfiled):
        return redirect(way)
    draft = unfiled.read()
    form = NoteForm(request.POST if request.method == "POST" else None, initial=shown_again(draft))
    if form.is_bound and form.carries_out(
        lambda data: record.add_note(
            case=case,
            by=visitor(request),
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
@case_view(AuditVerb.OPEN, deed=Deed.NOTE)
def correct(request: HttpRequest, case: Case, seq: int) -> HttpResponse:
    """Write what should stand instead of, or beside, a line. The line itself stays."""
    line = _line(case, seq)
    unfiled = Unfiled(request, case, correction(seq))
    if way := _leaving(unfiled):
        return redirect(way)
    draft = unfiled.read()
    form = CorrectionForm(request.POST if request.method == "POST" else None, initial=shown_again(draft))
    if form.is_bound and form.carries_out(
        lambda data: record.correct(
            case=case, by=visitor(request), corrects=seq, text=data["text"], submission_id=data["submission_id"]
        )
    ):
        return redirect(_in_the_log(case, receipts.CORRECTED))
    draft_url = reverse("ret_kladde", args=[case.public_id, seq])
    context = {"form": form, "draft": draft, "draft_url": draft_url, "row": row_of(case, line)}
    return _ask(unfiled, "cases/ret.html", context)


@require_POST
@case_view(AuditVerb.DRAFT, deed=Deed.NOTE)
def note_draft(request: HttpRequest, case: Case) -> HttpResponse:
    """Keep what is being typed in a note."""
    return Unfiled(request, case, NOTE).answer()


@require_POST
@case_view(AuditVerb.DRAFT, deed=Deed.NOTE)
def correction_draft(request: HttpRequest, case: Case, seq: int) -> HttpResponse:
    """Keep what is being typed in a correction."""
    if not 0 < seq <= case.head_seq:
        raise Http404
    return Unfiled(request, case, correction(seq)).answer()


def _line(case: Case, seq: int) -> LogLine:
    line = next((line for line in log_lines(read_dossier(case).entries) if line.entry.seq == seq), None)
    if line is None:
        raise Http404(_("Den linje findes ikke i sagens log."))
    return line


def _leaving(unfiled: Unfiled) -> str:
    """Where a button leads that files nothing: to the log, with what is typed kept, or to a blank page again."""
    pressed = unfiled.request.POST.get("handling", "")
    if pressed == DISCARD:
        unfiled.drop()
        return unfiled.request.path
    if pressed == BACK and unfiled.keep():
        return reverse("log", args=[unfiled.case.public_id])
    return ""


def _ask(unfiled: Unfiled, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page to write on; what cannot be filed as it is stays in its fields, and as a draft."""
    refused = context["form"].is_bound
    if refused:
        unfiled.keep()
    context |= {"case": unfiled.case, "has_draft": context["draft"] and not refused}
    return render(unfiled.request, template, context, status=422 if refused else 200)


def _in_the_log(case: Case, word: str) -> str:
    """The log with its newest lines first, at the one just written."""
    return f"{with_receipt(reverse('log', args=[case.public_id]), word)}#nr-{case.head_seq}"
