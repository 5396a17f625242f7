"""The summary on the screen, and three PDFs."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.access.current_user import current_user
from cases.access.permissions import can, case_view
from cases.documents import pdf
from cases.documents.summary import Sheet, build_police_sheet, build_summary
from cases.enums import AuditVerb, CaseAction
from cases.log.case_file import read_case
from cases.models import Case


class PdfResponse(HttpResponse):
    """A PDF that is made after the view's transaction has ended, so that no lock is held meanwhile."""

    def __init__(self, request: HttpRequest, case: Case, name: str, draw: Callable[[], bytes]) -> None:
        """``name`` and the reference make the file name, which names no person."""
        super().__init__(content_type="application/pdf")
        self["Content-Disposition"] = f'attachment; filename="{name}-{case.reference}.pdf"'
        self["Cache-Control"] = "no-store"
        self._request, self._case, self._draw = request, case, draw

    def render(self) -> HttpResponse:
        """Make the PDF; called by Django after the view. Returns a page with the reason when it cannot be made."""
        try:
            self.content = self._draw()
        except pdf.PdfError as refusal:
            context = {"case": self._case, "title": refusal.title, "sentences": refusal.sentences}
            return render(self._request, "cases/ingen_pdf.html", context, status=503)
        return self


@require_safe
@case_view(AuditVerb.OPEN)
def resume(request: HttpRequest, case: Case) -> HttpResponse:
    """The whole case on one page."""
    context = {"case": case, "sheet": _sheet(request, case), "may_export": can(request.user, case, CaseAction.EXPORT)}
    return render(request, "cases/resume.html", context)


@require_safe
@case_view(AuditVerb.EXPORT, action=CaseAction.EXPORT)
def resume_pdf(request: HttpRequest, case: Case) -> HttpResponse:
    """The whole case as a PDF."""
    sheet = _sheet(request, case)
    return PdfResponse(request, case, "sagsresume", lambda: pdf.render_summary(sheet))


@require_safe
@case_view(AuditVerb.EXPORT, action=CaseAction.EXPORT)
def police_pdf(request: HttpRequest, case: Case) -> HttpResponse:
    """The facts for the police as a PDF."""
    sheet = build_police_sheet(_sheet(request, case))
    return PdfResponse(request, case, "politiark", lambda: pdf.render_police_sheet(sheet))


@require_safe
@case_view(AuditVerb.EXPORT, action=CaseAction.EXPORT)
def log_sheet_view(request: HttpRequest, case: Case) -> HttpResponse:
    """An empty form for the family's own notes as a PDF; of the case it has only the number."""
    contact = ", ".join(part for part in (case.owner.name, case.school.phone, case.owner.email) if part)
    return PdfResponse(request, case, "logark", lambda: pdf.render_log_sheet(case.reference, case.school.name, contact))


def _sheet(request: HttpRequest, case: Case) -> Sheet:
    return build_summary(case, read_case(case), current_user(request), timezone.now())
