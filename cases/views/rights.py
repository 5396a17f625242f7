"""Insight for a person concerned: the leader picks the person, reads it through, and hands it out as PDF and JSON."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cases import audit, pdf
from cases.access import case_view
from cases.dossier import Dossier
from cases.dossier import read as read_dossier
from cases.forms import line, written
from cases.masking import Masks
from cases.models import AuditEvent, Case, User
from cases.rights import Insight, LookUp, Passage, Scope, masks_of, passages_of, people_of, without
from cases.views.paper import Paper
from cases.views.visitor import visitor
from cases.vocabulary import AuditVerb, Deed

SHOW, PDF, JSON = "vis", "pdf", "json"
OTHER = "-"
_CHOOSE = {"required": _("Vælg et af svarene."), "invalid_choice": _("Vælg et af svarene på listen.")}


class InsightForm(forms.Form):
    """Who it is about, how much of the case, which further names to hide, and what to leave out."""

    use_required_attribute = False

    person = forms.ChoiceField(
        label=_("Hvem beder om indsigt?"),
        widget=forms.RadioSelect(attrs={"class": "choices--column"}),
        error_messages=_CHOOSE,
    )
    name = line(_("Navn, hvis personen ikke står på listen"))
    scope = forms.ChoiceField(
        label=_("Hvor meget af sagen handler om personen?"),
        choices=Scope.choices,
        widget=forms.RadioSelect(attrs={"class": "choices--column"}),
        error_messages=_CHOOSE,
    )
    others = written(
        _("Flere navne, der skal sløres"),
        _("Ét på hver linje. Navne fra sagens lister og på skolens ansatte bliver sløret af sig selv."),
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


@require_http_methods(["GET", "HEAD", "POST"])
@case_view(AuditVerb.OPEN, deed=Deed.DISCLOSE)
def insight(request: HttpRequest, case: Case) -> HttpResponse:
    """Ask for a person, show what would be handed out, hand it out. Names are sent by POST only."""
    dossier = read_dossier(case)
    people = people_of(dossier)
    if request.method != "POST":
        return _page(request, case, InsightForm(people=people))
    # What can be left out is known once the person is: the first reading says who, the second everything.
    first = InsightForm(_without_marks(request), people=people)
    if not first.is_valid():
        return _page(request, case, first, status=422)
    masks = masks_of(dossier, first.subject, _staff(case), first.cleaned_data["others"].splitlines())
    passages = passages_of(dossier, masks, Scope(first.cleaned_data["scope"]))
    form = InsightForm(request.POST, people=people)
    form.offer(passages)
    wanted = request.POST.get("handling", SHOW)
    if form.is_valid() and wanted in (PDF, JSON):
        if form.cleaned_data["read"]:
            # Logged first: that it was handed out is one of the look-ups it tells of.
            audit.write(AuditVerb.INSIGHT, by=visitor(request), case=case, detail=wanted)
            return _hand_out(request, case, _insight(case, dossier, form, passages), wanted)
        form.add_error("read", _("Læs det igennem, og sæt kryds, før du henter det."))
    status = 200 if form.is_valid() else 422
    return _page(request, case, form, masks=masks, passages=passages, status=status)


def _without_marks(request: HttpRequest) -> Any:
    data = request.POST.copy()
    data.pop("left_out", None)
    return data


def _page(
    request: HttpRequest,
    case: Case,
    form: InsightForm,
    *,
    masks: Masks | None = None,
    passages: list[Passage] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "case": case,
        "form": form,
        "masks": masks,
        "passages": passages,
        "marked": form.data.getlist("left_out") if form.is_bound else [],  # type: ignore[attr-defined]  # a QueryDict
    }
    return render(request, "cases/indsigt.html", context, status=status)


def _insight(case: Case, dossier: Dossier, form: InsightForm, passages: list[Passage]) -> Insight:
    kept = without(passages, form.cleaned_data["left_out"])
    return Insight(
        subject=form.subject,
        reference=case.reference,
        school_name=case.school.name,
        municipality_name=case.school.municipality.name,
        opened_at=dossier.opened_at,
        closed_at=dossier.closed_at,
        made_at=timezone.now(),
        passages=kept,
        left_out=len(passages) - len(kept),
        lookups=_lookups(case),
    )


def _hand_out(request: HttpRequest, case: Case, found: Insight, wanted: str) -> HttpResponse:
    if wanted == PDF:
        return Paper(
            request, case, "indsigt", lambda: pdf.press(render_to_string("pdf/indsigt.html", {"insight": found}))
        )
    response = JsonResponse(found.as_json(), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="indsigt-{case.reference}.json"'
    response["Cache-Control"] = "no-store"
    return response


def _lookups(case: Case) -> tuple[LookUp, ...]:
    """Everything that was done with the case, without who."""
    events = AuditEvent.objects.filter(case_public_id=case.public_id).order_by("seq").values_list("at", "verb")
    return tuple(LookUp(at, str(AuditVerb(verb).label)) for at, verb in events)


def _staff(case: Case) -> list[str]:
    """The names of everybody who works at the school or for its municipality."""
    place = Q(school=case.school_id) | Q(municipality=case.school.municipality_id)
    return list(User.objects.filter(place).order_by("pk").values_list("name", flat=True))
