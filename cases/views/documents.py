"""The summary on the screen, the papers of a case as PDF, and whether a paper is genuine."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from django.contrib.auth import get_user
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cases.access import audit_log, paper_log, recent_login
from cases.access.capabilities import Capability
from cases.access.current_user import current_user
from cases.access.page_queue import PAGE_QUEUE
from cases.access.paper_log import USUAL, Found, Stamp
from cases.access.permissions import Hidden, LoggedResponse, can, case_view, get_case, require, role_view
from cases.documents import pdf
from cases.documents.case_folder import build_case_folder
from cases.documents.pdf_queue import pdf_place
from cases.documents.police_sheet import build_police_sheet
from cases.documents.summary import Sheet, build_log, build_summary
from cases.enums import AuditVerb, CaseAction, Document, FrozenKey, NoteNature, Recipient, Status
from cases.log import writer
from cases.log.case_file import read_case, read_current, read_log
from cases.log.case_label import read_label
from cases.models import Case
from cases.views.forms import HandOutForm

_CSRF = "csrfmiddlewaretoken"
ASKED_FOR: Final = ["GET", "HEAD", "POST"]
PDF, ZIP = "application/pdf", "application/zip"
LONGEST_CODE = 200
"""Characters that are looked at of what is typed as a code: more than a SHA-256 has."""


@dataclass(frozen=True)
class HandOut:
    """The buttons of a paper: where to ask for it, and for whom it usually is."""

    address: str
    usual: tuple[Recipient, ...]

    @classmethod
    def of(cls, document: Document, address: str) -> Self:
        """Return the buttons of this paper at this address."""
        return cls(address, USUAL[document])


class NotForTheHome(pdf.PdfError):
    """The paper was asked for to be given to the home, and the abuse may come from there."""

    title = gettext_lazy("Giv det ikke til hjemmet nu")
    sentences = (gettext_lazy("Det kan komme fra hjemmet. Der er ikke lavet noget papir, og sagen er uberørt."),)
    status = 409


def hand_out(
    request: HttpRequest, case: Case, document: Document, name: str, draw: Callable[[Stamp], bytes], kind: str = PDF
) -> HttpResponse:
    """Return the file that ``draw`` makes for the one who is chosen, or the page that asks for whom it is.

    Logged as asked for before ``draw`` reads anything. Whoever logged in long ago proves first who they are.
    """
    form = HandOutForm(request.POST if request.method == "POST" else None, is_open=case.status == Status.OPEN)
    stale = form.is_valid() and not recent_login.is_recent(request)
    if stale and not form.cleaned_data.get("purpose"):
        return recent_login.ask_again(request)
    if not stale and form.carries_out(lambda data: _file_purpose(request, case, document, data)):
        recipient = Recipient(form.cleaned_data["recipient"])
        stamp = paper_log.ask(case, current_user(request), document, recipient)
        return pdf_response(request, name, lambda: _for_recipient(case, recipient, stamp, draw), stamp, kind)
    renewal = recent_login.page_for(request) if stale else ""
    context = {"case": case, "form": form, "document": document.label, "renewal": renewal}
    return render(request, "cases/hent.html", context, status=422 if form.is_bound else 200)


def _file_purpose(request: HttpRequest, case: Case, document: Document, data: dict[str, Any]) -> None:
    """Write in the log of the case who gets the paper and what for, where that was typed."""
    if not data.get("purpose"):
        return
    require(request.user, case, CaseAction.NOTE)
    words = {"paper": document.label, "purpose": data["purpose"]}
    writer.add_note(
        case=case,
        by=current_user(request),
        nature=NoteNature.FACT,
        happened_at=None,
        who="",
        where="",
        text=_("Bad om et papir: %(paper)s. Til: %(purpose)s") % words,
        submission_id=data["submission_id"],
    )


def _for_recipient(case: Case, recipient: Recipient, stamp: Stamp, draw: Callable[[Stamp], bytes]) -> bytes:
    """Return the paper. Raises NotForTheHome where it is for a home from which the abuse may come."""
    if recipient == Recipient.HOME:
        assessment = read_current(case).assessment
        flags = assessment["flags"] if assessment else []
        if any(flag["key"] == FrozenKey.FLAG_HOME and flag["state"] != "not_set" for flag in flags):
            raise NotForTheHome
    return draw(stamp)


def pdf_response(
    request: HttpRequest, name: str, draw: Callable[[], bytes], stamp: Stamp, kind: str = PDF
) -> HttpResponse:
    """Return the PDF (or the ZIP with one) that ``draw`` makes once there is a place for it, or a page saying why not.

    Whoever may not have it any more once it is drawn gets what ``get_case`` says. Logged as made before it is returned.
    ``name`` and the reference make the file name, which names no person. No transaction may be open meanwhile.
    """
    user = current_user(request)
    try:
        with pdf_place(user):
            content = draw()
    except pdf.PdfError as refusal:
        return _no_pdf(request, stamp.case, refusal)
    _require_still(request, stamp.case)
    paper_log.log_made(stamp, user, content)
    return file_response(content, kind, f"{name}-{stamp.case.reference}.{kind.rpartition('/')[2]}")


def _require_still(request: HttpRequest, case: Case) -> None:
    """Ask for the case again, with the account as it is now. Raises what ``get_case`` raises."""
    get_case(get_user(request), case.public_id, case.given_for)


def file_response(content: bytes, content_type: str, name: str) -> HttpResponse:
    """Return a file that the access log has as made."""
    response = LoggedResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _no_pdf(request: HttpRequest, case: Case, refusal: pdf.PdfError) -> HttpResponse:
    """Return the reason, with a way to ask again that sends what was sent."""
    sent = [(name, value) for name, values in request.POST.lists() for value in values if name != _CSRF]
    context = {"case": case, "refusal": refusal, "sent": sent}
    response = render(request, "cases/ingen_pdf.html", context, status=refusal.status)
    if refusal.retry_after:
        response["Retry-After"] = str(refusal.retry_after)
    return response


@require_safe
@case_view(AuditVerb.OPEN)
def resume(request: HttpRequest, case: Case) -> HttpResponse:
    """The case as it stands."""
    hand = HandOut.of(Document.SUMMARY, reverse("resume_pdf", args=[case.public_id]))
    context = {
        "case": case,
        "sheet": _sheet(request, case, timezone.now()),
        "hand": hand if can(request.user, case, CaseAction.PRINT) else None,
    }
    return render(request, "cases/resume.html", context)


@require_http_methods(ASKED_FOR)
@case_view(AuditVerb.OPEN, action=CaseAction.PRINT)
def resume_pdf(request: HttpRequest, case: Case) -> HttpResponse:
    """The case as it stands, as a PDF."""

    def draw(stamp: Stamp) -> bytes:
        return pdf.render_summary(_sheet(request, case, stamp.at), stamp)

    return hand_out(request, case, Document.SUMMARY, "sagsresume", draw)


@require_http_methods(ASKED_FOR)
@case_view(AuditVerb.OPEN, action=CaseAction.EXPORT)
def log_pdf(request: HttpRequest, case: Case) -> HttpResponse:
    """The whole log as a PDF."""

    def draw(stamp: Stamp) -> bytes:
        with PAGE_QUEUE:
            log = build_log(read_case(case, now=stamp.at), current_user(request), stamp.at)
        return pdf.render_log(log, stamp)

    return hand_out(request, case, Document.LOG, "log", draw)


@require_http_methods(ASKED_FOR)
@case_view(AuditVerb.OPEN, action=CaseAction.EXPORT)
def police_pdf(request: HttpRequest, case: Case) -> HttpResponse:
    """The facts for the police as a PDF."""

    def draw(stamp: Stamp) -> bytes:
        return pdf.render_police_sheet(build_police_sheet(_sheet(request, case, stamp.at)), stamp)

    return hand_out(request, case, Document.POLICE_SHEET, "politiark", draw)


@require_http_methods(ASKED_FOR)
@case_view(AuditVerb.OPEN, action=CaseAction.EXPORT)
def log_sheet_view(request: HttpRequest, case: Case) -> HttpResponse:
    """An empty form for the family's own notes as a PDF; of the case it has only the number, and no code."""
    contact = ", ".join(part for part in (case.owner.name, case.school.phone, case.owner.email) if part)

    def draw(stamp: Stamp) -> bytes:
        return pdf.render_log_sheet(case.reference, case.school.name, contact)

    return hand_out(request, case, Document.LOG_SHEET, "logark", draw)


@require_http_methods(ASKED_FOR)
@case_view(AuditVerb.OPEN, action=CaseAction.EXPORT)
def case_folder_zip(request: HttpRequest, case: Case) -> HttpResponse:
    """The case for another system: the one page, the log as data, and what shows that they are genuine."""

    def draw(stamp: Stamp) -> bytes:
        first_page = pdf.render_first_page(_sheet(request, case, stamp.at), stamp)
        with PAGE_QUEUE:
            return build_case_folder(case, read_log(case), first_page, stamp)

    return hand_out(request, case, Document.CASE_FOLDER, "sagsmappe", draw, ZIP)


def _sheet(request: HttpRequest, case: Case, now: datetime) -> Sheet:
    with PAGE_QUEUE:
        # SSP was sent no label.
        label = read_label(case) if can(request.user, case, CaseAction.EXPORT) else ""
        return build_summary(case, read_case(case, now=now), current_user(request), now, label)


# --- Whether a paper is genuine ---------------------------------------------------------------------------------------


@require_http_methods(ASKED_FOR)
@role_view(Capability.CASE_LIST)  # which every role has
def check_paper(request: HttpRequest) -> HttpResponse:
    """Say whether a paper with this code, or a file with this SHA-256, was made, and when.

    For whoever may read its case also which it is, and how many lines the log has had since. The code is sent by POST
    only: addresses are logged.
    """
    typed = request.POST.get("kode", "").replace("\x00", "").strip()[:LONGEST_CODE]
    if not typed:
        return render(request, "cases/papirkontrol.html")
    audit_log.commit_event(AuditVerb.SEARCH, by=current_user(request))
    found = paper_log.find_paper(typed)
    case = _readable(request, found) if found else None
    context = {
        "typed": typed,
        "asked": True,
        "found": found,
        "case": case,
        "later": case.head_seq - found.position if found and case else 0,
    }
    return render(request, "cases/papirkontrol.html", context)


def _readable(request: HttpRequest, found: Found) -> Case | None:
    """Return the case of the paper, logged as opened, if the user may read it."""
    try:
        case = get_case(request.user, found.case)
    except (Hidden, PermissionDenied):
        return None
    audit_log.commit_event(AuditVerb.OPEN, by=current_user(request), case=case)
    return case
