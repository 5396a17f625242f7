"""The summary on the screen, and the papers of a case as PDF."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.access.current_user import current_user
from cases.access.page_queue import PAGE_QUEUE
from cases.access.permissions import can, case_view
from cases.documents import pdf
from cases.documents.pdf_queue import pdf_place
from cases.documents.police_sheet import build_police_sheet
from cases.documents.summary import Sheet, build_log, build_summary
from cases.enums import AuditVerb, CaseAction, Document
from cases.log.case_file import read_case
from cases.log.case_label import read_label
from cases.models import Case

_CSRF = "csrfmiddlewaretoken"


def pdf_response(request: HttpRequest, case: Case, name: str, draw: Callable[[], bytes]) -> HttpResponse:
    """Return the PDF that ``draw`` makes once there is a place for it, or a page with the reason why there is none.

    ``name`` and the reference make the file name, which names no person. No transaction may be open meanwhile.
    """
    try:
        with pdf_place(current_user(request)):
            response = HttpResponse(draw(), content_type="application/pdf")
    except pdf.PdfError as refusal:
        return _no_pdf(request, case, refusal)
    response["Content-Disposition"] = f'attachment; filename="{name}-{case.reference}.pdf"'
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
    context = {"case": case, "sheet": _sheet(request, case), "may_print": can(request.user, case, CaseAction.PRINT)}
    return render(request, "cases/resume.html", context)


@require_safe
@case_view(AuditVerb.EXPORT, action=CaseAction.PRINT, detail=Document.SUMMARY)
def resume_pdf(request: HttpRequest, case: Case) -> HttpResponse:
    """The case as it stands, as a PDF."""
    return pdf_response(request, case, "sagsresume", lambda: pdf.render_summary(_sheet(request, case)))


@require_safe
@case_view(AuditVerb.EXPORT, action=CaseAction.EXPORT, detail=Document.LOG)
def log_pdf(request: HttpRequest, case: Case) -> HttpResponse:
    """The whole log as a PDF."""

    def draw() -> bytes:
        with PAGE_QUEUE:
            log = build_log(read_case(case), current_user(request), timezone.now())
        return pdf.render_log(log)

    return pdf_response(request, case, "log", draw)


@require_safe
@case_view(AuditVerb.EXPORT, action=CaseAction.EXPORT, detail=Document.POLICE_SHEET)
def police_pdf(request: HttpRequest, case: Case) -> HttpResponse:
    """The facts for the police as a PDF."""
    return pdf_response(
        request, case, "politiark", lambda: pdf.render_police_sheet(build_police_sheet(_sheet(request, case)))
    )


@require_safe
@case_view(AuditVerb.EXPORT, action=CaseAction.EXPORT, detail=Document.LOG_SHEET)
def log_sheet_view(request: HttpRequest, case: Case) -> HttpResponse:
    """An empty form for the family's own notes as a PDF; of the case it has only the number."""
    contact = ", ".join(part for part in (case.owner.name, case.school.phone, case.owner.email) if part)
    return pdf_response(
        request, case, "logark", lambda: pdf.render_log_sheet(case.reference, case.school.name, contact)
    )


def _sheet(request: HttpRequest, case: Case) -> Sheet:
    with PAGE_QUEUE:
        # SSP was sent no label.
        label = read_label(case) if can(request.user, case, CaseAction.EXPORT) else ""
        return build_summary(case, read_case(case), current_user(request), timezone.now(), label)
