"""The case on paper: the résumé for the screen, and three PDFs."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases import pdf
from cases.access import case_view, may
from cases.dossier import read as read_dossier
from cases.models import Case
from cases.resume import Sheet, police_sheet_of, sheet_of
from cases.views.visitor import visitor
from cases.vocabulary import AuditVerb, Deed


class Paper(HttpResponse):
    """A PDF that is drawn when the view has returned: the case's transaction is over by then, and no lock is held."""

    def __init__(self, request: HttpRequest, case: Case, name: str, draw: Callable[[], bytes]) -> None:
        """``name`` and the reference make the file name, which tells of nobody."""
        super().__init__(content_type="application/pdf")
        self["Content-Disposition"] = f'attachment; filename="{name}-{case.reference}.pdf"'
        self["Cache-Control"] = "no-store"
        self._request, self._case, self._draw = request, case, draw

    def render(self) -> HttpResponse:
        """Draw; called by Django on the way out. A PDF that cannot be made becomes a page that says why."""
        try:
            self.content = self._draw()
        except pdf.NoPdf as refusal:
            context = {"case": self._case, "title": refusal.title, "sentences": refusal.sentences}
            return render(self._request, "cases/ingen_pdf.html", context, status=503)
        return self


@require_safe
@case_view(AuditVerb.OPEN)
def resume(request: HttpRequest, case: Case) -> HttpResponse:
    """The whole case on one page."""
    context = {"case": case, "sheet": _sheet(request, case), "may_export": may(request.user, case, Deed.EXPORT)}
    return render(request, "cases/resume.html", context)


@require_safe
@case_view(AuditVerb.EXPORT, deed=Deed.EXPORT)
def resume_pdf(request: HttpRequest, case: Case) -> HttpResponse:
    """The whole case as a PDF."""
    sheet = _sheet(request, case)
    return Paper(request, case, "sagsresume", lambda: pdf.resume(sheet))


@require_safe
@case_view(AuditVerb.EXPORT, deed=Deed.EXPORT)
def police_pdf(request: HttpRequest, case: Case) -> HttpResponse:
    """The facts for the police as a PDF."""
    sheet = police_sheet_of(_sheet(request, case))
    return Paper(request, case, "politiark", lambda: pdf.police_sheet(sheet))


@require_safe
@case_view(AuditVerb.EXPORT, deed=Deed.EXPORT)
def log_sheet_pdf(request: HttpRequest, case: Case) -> HttpResponse:
    """A sheet for the family's own notes as a PDF; nothing of the case stands on it but its number."""
    contact = ", ".join(part for part in (case.owner.name, case.school.phone, case.owner.email) if part)
    return Paper(request, case, "logark", lambda: pdf.log_sheet(case.reference, case.school.name, contact))


def _sheet(request: HttpRequest, case: Case) -> Sheet:
    return sheet_of(case, read_dossier(case), visitor(request), timezone.now())
