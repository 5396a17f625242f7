"""Subject access: the leader chooses the person, reads everything, and downloads it as PDF or JSON."""

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cases.access import paper_log, recent_login
from cases.access.current_user import current_user
from cases.access.paper_log import Stamp
from cases.access.permissions import case_view
from cases.documents import pdf
from cases.enums import AuditVerb, CaseAction
from cases.log.case_file import CaseFile, read_case
from cases.log.case_label import read_label
from cases.models import AuditEvent, Case, User
from cases.privacy.masking import Masks
from cases.privacy.subject_access import (
    AccessRow,
    Disclosure,
    Passage,
    Scope,
    drop_passages,
    masks_of,
    passages_of,
    people_of,
    preview_signature,
)
from cases.retention import due
from cases.views.documents import file_response, pdf_response
from cases.views.forms import one_choice, text_area, text_line

SHOW, PDF, JSON = "vis", "pdf", "json"
SEEN = "laest"
"""The field with the signature of the preview that was shown."""
OTHER = "-"
_READ_FIRST = _("Intet er hentet endnu. Læs det igennem, sæt kryds, og hent det så.")
_READ_AGAIN = _(
    "Intet er hentet. Sagen eller dine valg er ændret, siden du læste det igennem. Her er det, som det ser ud nu. "
    "Læs det igennem igen, og sæt kryds."
)


class SubjectAccessForm(forms.Form):
    """Who it is about, how much of the case, which further names to hide, and what to leave out."""

    use_required_attribute = False

    person = one_choice(_("Hvem beder om indsigt?"))
    name = text_line(_("Navn, hvis personen ikke står på listen"))
    scope = one_choice(_("Hvor meget af sagen handler om personen?"), Scope.choices)
    others = text_area(
        _("Flere navne, der skal sløres"),
        _(
            "Ét på hver linje. Navne på skolens ansatte og navne, som står på sagens lister eller er svar på et "
            "»hvem«, bliver sløret automatisk."
        ),
        rows=3,
    )
    left_out = forms.MultipleChoiceField(required=False)
    read = forms.BooleanField(
        label=_("Jeg har læst det hele igennem, og der står intet om andre, som ikke må gives videre"), required=False
    )

    def __init__(self, *args: Any, people: list[str], **kwargs: Any) -> None:
        """``people`` are the names of the case's lists."""
        super().__init__(*args, **kwargs)
        choices = [*((name, name) for name in people), (OTHER, _("En anden, som jeg skriver navnet på"))]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]  # a choice field, seen as a field

    def offer(self, passages: list[Passage]) -> None:
        """Set the passages that may be left out."""
        choices = [(passage.key, passage.title) for passage in passages]
        self.fields["left_out"].choices = choices  # type: ignore[attr-defined]  # as above

    def clean(self) -> dict[str, Any]:
        """Require a typed name where the person is not on the list."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("person") == OTHER and not data.get("name", "").strip():
            self.add_error("name", _("Skriv navnet på den, der beder om indsigt."))
        return data

    @property
    def subject(self) -> str:
        """The name, once the form is valid."""
        chosen = str(self.cleaned_data["person"])
        return str(self.cleaned_data["name"]).strip() if chosen == OTHER else chosen


@dataclass(frozen=True)
class Preview:
    """What the leader has to read, and its signature."""

    masks: Masks
    passages: list[Passage]
    signature: str


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, action=CaseAction.DISCLOSE)
def subject_access(request: HttpRequest, case: Case) -> HttpResponse:
    """Ask for a person, show a preview, return what was shown as a file. Names are sent by POST only."""
    case_file = read_case(case)
    people = people_of(case_file)
    if request.method != "POST":
        return _page(request, case, SubjectAccessForm(people=people))
    # The passages that can be left out are known only when the person is, so the form is read twice.
    first = SubjectAccessForm(_data(request, "left_out"), people=people)
    if not first.is_valid():
        return _page(request, case, first, status=422)
    shown = _shown(request, case, case_file, first)
    wanted = request.POST.get("handling", SHOW)
    if request.POST.get(SEEN) != shown.signature:
        # This was not shown yet, so a tick in the form was for something else.
        form = SubjectAccessForm(_data(request, "left_out", "read"), people=people)
        if wanted in (PDF, JSON) and form.is_valid():
            form.add_error("read", _READ_AGAIN if SEEN in request.POST else _READ_FIRST)
            return _page(request, case, form, shown=shown, status=409)
        return _page(request, case, form, shown=shown)
    form = SubjectAccessForm(request.POST, people=people)
    form.offer(shown.passages)
    if form.is_valid() and wanted in (PDF, JSON):
        if form.cleaned_data["read"]:
            if not recent_login.is_recent(request):
                return _page(request, case, form, shown=shown, status=422, renewal=recent_login.page_for(request))
            # Logged first: the file lists this download too.
            stamp = paper_log.ask_for_insight(case, current_user(request), wanted)
            return _download(request, _disclosure(case, case_file, form, shown.passages, stamp), stamp, wanted)
        form.add_error("read", _("Læs det igennem, og sæt kryds, før du henter det."))
    return _page(request, case, form, shown=shown, status=200 if form.is_valid() else 422)


def _data(request: HttpRequest, *but: str) -> Any:
    """Return the POST data without the fields ``but``."""
    data = request.POST.copy()
    for name in but:
        data.pop(name, None)
    return data


def _shown(request: HttpRequest, case: Case, case_file: CaseFile, form: SubjectAccessForm) -> Preview:
    scope, extra = form.cleaned_data["scope"], form.cleaned_data["others"].splitlines()
    masks = masks_of(case_file, form.subject, _staff(case), extra)
    passages = passages_of(case_file, masks, Scope(scope), due.holds(case), read_label(case))
    who = str(current_user(request).public_id)
    signature = preview_signature(who, str(case.public_id), scope, *extra, masks=masks, passages=passages)
    return Preview(masks, passages, signature)


def _page(
    request: HttpRequest,
    case: Case,
    form: SubjectAccessForm,
    *,
    shown: Preview | None = None,
    status: int = 200,
    renewal: str = "",
) -> HttpResponse:
    # As sent, also where this preview has no such passage.
    marked = request.POST.getlist("left_out")
    context = {
        "case": case,
        "form": form,
        "shown": shown,
        "marked": marked,
        "seen_name": SEEN,
        "renewal": renewal,
    }
    return render(request, "cases/indsigt.html", context, status=status)


def _disclosure(
    case: Case, case_file: CaseFile, form: SubjectAccessForm, passages: list[Passage], stamp: Stamp
) -> Disclosure:
    kept = drop_passages(passages, form.cleaned_data["left_out"])
    return Disclosure(
        subject=form.subject,
        reference=case.reference,
        school_name=case.school.name,
        municipality_name=case.school.municipality.name,
        opened_at=case_file.opened_at,
        closed_at=case_file.closed_at,
        made_at=stamp.at,
        passages=kept,
        left_out=len(passages) - len(kept),
        lookups=_lookups(case),
    )


def _download(request: HttpRequest, found: Disclosure, stamp: Stamp, wanted: str) -> HttpResponse:
    if wanted == PDF:
        context = {"insight": found, "stamp": stamp}
        return pdf_response(
            request, "indsigt", lambda: pdf.render_pdf(render_to_string("pdf/indsigt.html", context)), stamp
        )
    content = json.dumps(found.as_json(), ensure_ascii=False, indent=2).encode()
    paper_log.log_made(stamp, current_user(request), content)
    return file_response(content, "application/json", f"indsigt-{found.reference}.json")


def _lookups(case: Case) -> tuple[AccessRow, ...]:
    """Return everything that was done with the case, without who did it."""
    events = AuditEvent.objects.filter(case_public_id=case.public_id).order_by("seq").values_list("at", "verb")
    return tuple(AccessRow(at, str(AuditVerb(verb).label)) for at, verb in events)


def _staff(case: Case) -> list[str]:
    """Return the names of all users of the school and of its municipality."""
    place = Q(school=case.school_id) | Q(municipality=case.school.municipality_id)
    return list(User.objects.filter(place).order_by("pk").values_list("name", flat=True))
