"""Insight for a person concerned: the leader picks the person, reads it through, and hands it out as PDF and JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cases.access import audit_log
from cases.access.current_user import current_user
from cases.access.permissions import case_view
from cases.documents import pdf
from cases.enums import AuditVerb, CaseAction
from cases.log.case_file import CaseFile, read_case
from cases.models import AuditEvent, Case, User
from cases.privacy.masking import Masks
from cases.privacy.subject_access import (
    AccessRow,
    Insight,
    Passage,
    Scope,
    drop_passages,
    masks_of,
    passages_of,
    people_of,
    preview_signature,
)
from cases.retention import due
from cases.views.documents import Paper
from cases.views.forms import long_text, short_text

SHOW, PDF, JSON = "vis", "pdf", "json"
SEEN = "laest"
"""Carries the mark of the preview from the page that showed it."""
OTHER = "-"
_CHOOSE = {"required": _("Vælg et af svarene."), "invalid_choice": _("Vælg et af svarene på listen.")}
_READ_FIRST = _("Intet er hentet endnu. Læs det igennem, sæt kryds, og hent det så.")
_READ_AGAIN = _(
    "Intet er hentet. Sagen eller dine valg er ændret, siden du læste det igennem. Her er det, som det ser ud nu. "
    "Læs det igennem igen, og sæt kryds."
)


class InsightForm(forms.Form):
    """Who it is about, how much of the case, which further names to hide, and what to leave out."""

    use_required_attribute = False

    person = forms.ChoiceField(
        label=_("Hvem beder om indsigt?"),
        widget=forms.RadioSelect(attrs={"class": "choices--column"}),
        error_messages=_CHOOSE,
    )
    name = short_text(_("Navn, hvis personen ikke står på listen"))
    scope = forms.ChoiceField(
        label=_("Hvor meget af sagen handler om personen?"),
        choices=Scope.choices,
        widget=forms.RadioSelect(attrs={"class": "choices--column"}),
        error_messages=_CHOOSE,
    )
    others = long_text(
        _("Flere navne, der skal sløres"),
        _(
            "Ét på hver linje. Navne på skolens ansatte og navne, der står i sagens lister og svar på hvem, bliver "
            "sløret automatisk."
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
        """What may be left out."""
        choices = [(passage.key, passage.title) for passage in passages]
        self.fields["left_out"].choices = choices  # type: ignore[attr-defined]  # as above

    def clean(self) -> dict[str, Any]:
        """A person by name, from the list or typed."""
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
class InsightPage:
    """What the leader is asked to read through, and the mark by which it is known again."""

    masks: Masks
    passages: list[Passage]
    mark: str


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, action=CaseAction.DISCLOSE)
def insight(request: HttpRequest, case: Case) -> HttpResponse:
    """Ask for a person, show what would be handed out, hand out what was shown. Names are sent by POST only."""
    case_file = read_case(case)
    people = people_of(case_file)
    if request.method != "POST":
        return _page(request, case, InsightForm(people=people))
    # What can be left out is known once the person is: the first reading says who, the second everything.
    first = InsightForm(_data(request, "left_out"), people=people)
    if not first.is_valid():
        return _page(request, case, first, status=422)
    shown = _shown(request, case, case_file, first)
    wanted = request.POST.get("handling", SHOW)
    if request.POST.get(SEEN) != shown.mark:
        # Nobody has read this: the tick, if there is one, was set under something else.
        form = InsightForm(_data(request, "left_out", "read"), people=people)
        if wanted in (PDF, JSON) and form.is_valid():
            form.add_error("read", _READ_AGAIN if SEEN in request.POST else _READ_FIRST)
            return _page(request, case, form, shown=shown, status=409)
        return _page(request, case, form, shown=shown)
    form = InsightForm(request.POST, people=people)
    form.offer(shown.passages)
    if form.is_valid() and wanted in (PDF, JSON):
        if form.cleaned_data["read"]:
            # Logged first: that it was handed out is one of the look-ups it tells of.
            audit_log.write_event(AuditVerb.INSIGHT, by=current_user(request), case=case, detail=wanted)
            return _hand_out(request, case, _insight(case, case_file, form, shown.passages), wanted)
        form.add_error("read", _("Læs det igennem, og sæt kryds, før du henter det."))
    return _page(request, case, form, shown=shown, status=200 if form.is_valid() else 422)


def _data(request: HttpRequest, *but: str) -> Any:
    """What was sent, without some of it."""
    data = request.POST.copy()
    for name in but:
        data.pop(name, None)
    return data


def _shown(request: HttpRequest, case: Case, case_file: CaseFile, form: InsightForm) -> InsightPage:
    scope, extra = form.cleaned_data["scope"], form.cleaned_data["others"].splitlines()
    masks = masks_of(case_file, form.subject, _staff(case), extra)
    passages = passages_of(case_file, masks, Scope(scope), due.holds(case))
    who = str(current_user(request).public_id)
    mark = preview_signature(who, str(case.public_id), scope, *extra, masks=masks, passages=passages)
    return InsightPage(masks, passages, mark)


def _page(
    request: HttpRequest, case: Case, form: InsightForm, *, shown: InsightPage | None = None, status: int = 200
) -> HttpResponse:
    # The marks as they were sent: a preview of something else may offer others, and forgets none.
    marked = request.POST.getlist("left_out")
    context = {"case": case, "form": form, "shown": shown, "marked": marked, "seen_name": SEEN}
    return render(request, "cases/indsigt.html", context, status=status)


def _insight(case: Case, case_file: CaseFile, form: InsightForm, passages: list[Passage]) -> Insight:
    kept = drop_passages(passages, form.cleaned_data["left_out"])
    return Insight(
        subject=form.subject,
        reference=case.reference,
        school_name=case.school.name,
        municipality_name=case.school.municipality.name,
        opened_at=case_file.opened_at,
        closed_at=case_file.closed_at,
        made_at=timezone.now(),
        passages=kept,
        left_out=len(passages) - len(kept),
        lookups=_lookups(case),
    )


def _hand_out(request: HttpRequest, case: Case, found: Insight, wanted: str) -> HttpResponse:
    if wanted == PDF:
        return Paper(
            request, case, "indsigt", lambda: pdf.render_pdf(render_to_string("pdf/indsigt.html", {"insight": found}))
        )
    response = JsonResponse(found.as_json(), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="indsigt-{case.reference}.json"'
    response["Cache-Control"] = "no-store"
    return response


def _lookups(case: Case) -> tuple[AccessRow, ...]:
    """Everything that was done with the case, without who."""
    events = AuditEvent.objects.filter(case_public_id=case.public_id).order_by("seq").values_list("at", "verb")
    return tuple(AccessRow(at, str(AuditVerb(verb).label)) for at, verb in events)


def _staff(case: Case) -> list[str]:
    """The names of everybody who works at the school or for its municipality."""
    place = Q(school=case.school_id) | Q(municipality=case.school.municipality_id)
    return list(User.objects.filter(place).order_by("pk").values_list("name", flat=True))
