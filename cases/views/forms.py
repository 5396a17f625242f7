"""The forms around a case. Each carries its own number, so that a second press writes nothing new."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cases.enums import DisclosureBasis, NoteNature, ReferralForm
from cases.models import User
from cases.text.dates import moment_of, read_clock, require_day
from cases.text.form_fields import FreeTextField

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words: TypeAlias = str | _StrPromise

LINE_LENGTH = 200
_SENSITIVE = {"autocomplete": "off", "spellcheck": "false"}
_TOO_LONG = _("Teksten fylder %(show_value)s tegn. Der er plads til %(limit_value)s.")
_NO_SUCH_CHOICE = {"invalid_choice": _("Vælg et af svarene på listen."), "required": _("Vælg et af svarene.")}


class SubmissionNumber(forms.UUIDField):
    """The form's own number. A missing or broken one is replaced: it is no fault of the person who typed."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> UUID:
        """The number as sent, or a fresh one."""
        try:
            return super().clean(value) or uuid4()
        except ValidationError:
            return uuid4()


class SubmissionForm(forms.Form):
    """A form that is carried out once, however often it is sent."""

    use_required_attribute = False

    submission_id = SubmissionNumber(initial=uuid4, required=False)

    def carries_out(self, act: Callable[[dict[str, Any]], object]) -> bool:
        """Call ``act`` with what was typed, if all of it can be kept; a refusal by the record becomes an error here."""
        if not self.is_valid():
            return False
        try:
            act(self.cleaned_data)
        except ValidationError as refusal:
            self.add_error(None, refusal)
            return False
        return True


def long_text(label: Words, hint: Words = "", *, rows: int = 4, required: Words = "") -> FreeTextField:
    """A text of several lines; ``required`` is the sentence for when it is missing."""
    return FreeTextField(
        label=label,
        help_text=hint,
        required=bool(required),
        widget=forms.Textarea(attrs={**_SENSITIVE, "rows": rows}),
        error_messages={"required": required or ""},
    )


def short_text(label: Words, hint: Words = "", *, css: str = "", max_length: int = LINE_LENGTH) -> FreeTextField:
    """A text on one line."""
    attrs = {**_SENSITIVE, "class": css} if css else _SENSITIVE
    return FreeTextField(
        label=label,
        help_text=hint,
        required=False,
        max_length=max_length,
        widget=forms.TextInput(attrs=attrs),
        error_messages={"max_length": _TOO_LONG},
    )


class NoteForm(SubmissionForm):
    """An event or a remark for the log: when, who, where, what, and of which nature."""

    nature = forms.ChoiceField(
        label=_("Hvad er det for en slags notat?"),
        choices=[
            (NoteNature.FACT, _("Konstateret: det, der skete, uden fortolkning")),
            (NoteNature.OWN_WORDS, _("Elevens egne ord: så ordret, du kan")),
            (NoteNature.ASSESSMENT, _("Faglig vurdering: det, du selv mener, og hvorfor")),
        ],
        widget=forms.RadioSelect(attrs={"class": "choices--column"}),
        error_messages={**_NO_SUCH_CHOICE, "required": _("Vælg, hvad det er for en slags notat.")},
    )
    day = short_text(_("Hvilken dag skete det?"), _("Fx 21-11-2026, i dag eller i går."), css="dato")
    clock = short_text(_("Klokken?"), _("Fx 14.30."), css="tal")
    who = short_text(_("Hvem var med?"), _("Fx Alma og klasselæreren."))
    where = short_text(_("Hvor?"), _("Et sted, en app eller en samtale i telefonen."))
    text = long_text(_("Hvad skete der?"), rows=8, required=_("Skriv, hvad der skete."))

    def clean_day(self) -> date | None:
        """A day of the calendar, not one to come."""
        typed = self.cleaned_data["day"]
        return require_day(typed) if typed else None

    def clean_clock(self) -> time | None:
        """A time of day."""
        typed = self.cleaned_data["clock"]
        if not typed:
            return None
        clock = read_clock(typed)
        if clock is None:
            raise ValidationError(_("Skriv klokkeslættet som timer og minutter, fx 14.30."), "clock")
        return clock

    def clean(self) -> dict[str, Any]:
        """Put day and clock together under ``happened_at``; a clock without a day says nothing."""
        data: dict[str, Any] = super().clean() or {}
        data["happened_at"] = None
        if "day" in data and "clock" in data:
            data["happened_at"] = self._moment(data["day"], data["clock"])
        return data

    def _moment(self, day: date | None, clock: time | None) -> datetime | None:
        if day is None:
            if clock is not None:
                self.add_error("day", ValidationError(_("Skriv også, hvilken dag det var."), "required"))
            return None
        moment = moment_of(day, clock)
        if moment > timezone.now():
            late = _("Klokkeslættet ligger ude i fremtiden. Skriv, hvornår det skete.")
            self.add_error("clock", ValidationError(late, "future"))
        return moment


class CorrectionForm(SubmissionForm):
    """What should stand instead of, or beside, a line of the log."""

    text = long_text(_("Hvad er det rigtige?"), rows=5, required=_("Skriv rettelsen."))


class ReasonForm(SubmissionForm):
    """A reason for closing or reopening a case."""

    reason = long_text(_("Hvorfor?"), rows=3, required=_("Skriv begrundelsen. Den følger sagen."))


class CloseForm(ReasonForm):
    """A reason for closing; where duties that cannot wait are open, also a tick that says so."""

    despite = forms.BooleanField(
        error_messages={"required": _("Sæt kryds, hvis sagen skal afsluttes alligevel. Ellers gå til planen.")}
    )

    def __init__(self, *args: Any, pressing: int, **kwargs: Any) -> None:
        """``pressing`` is how many duties that cannot wait are open."""
        super().__init__(*args, **kwargs)
        if not pressing:
            del self.fields["despite"]
            return
        self.fields["despite"].label = ngettext(
            "Jeg afslutter sagen, selv om %(count)d opgave, der haster, ikke er krydset af.",
            "Jeg afslutter sagen, selv om %(count)d opgaver, der haster, ikke er krydset af.",
            pressing,
        ) % {"count": pressing}


class EndReferralForm(SubmissionForm):
    """Why a referral is taken back; may be empty."""

    reason = long_text(_("Hvorfor trækker I den tilbage?"), _("Må gerne stå tomt."), rows=2)


class ReferForm(SubmissionForm):
    """A referral to SSP: in which form, what for, and what goes along."""

    form = forms.ChoiceField(
        label=_("Hvad skal SSP kunne se?"),
        choices=[
            (ReferralForm.ANONYMOUS, _("Anonymt: SSP rådgiver uden at vide, hvem det handler om")),
            (ReferralForm.NAMED, _("Med navne: SSP kan læse hele sagen og skrive notater i den")),
        ],
        widget=forms.RadioSelect(attrs={"class": "choices--column"}),
        error_messages={**_NO_SUCH_CHOICE, "required": _("Vælg, om SSP skal se navne.")},
    )
    purpose = long_text(
        _("Hvad skal SSP hjælpe med?"),
        _("Formålet afgør, hvad I må dele. Skriv ingen navne her, når I spørger anonymt."),
        rows=3,
        required=_("Skriv, hvad SSP skal hjælpe med."),
    )
    message = long_text(_("Besked til SSP"), _("Må gerne stå tom. SSP læser den, som du skriver den."), rows=4)
    parts = forms.MultipleChoiceField(
        label=_("Hvad sender I med, når I spørger anonymt?"),
        help_text=_("Kun svar valgt på en liste, og datoer. Det, nogen har skrevet, og navne kommer aldrig med."),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices--column"}),
        error_messages=_NO_SUCH_CHOICE,
    )

    read_through = forms.BooleanField(
        label=_("Jeg har læst teksten igennem: der er ingen navne, adresser eller andet, som eleven kan kendes på."),
        required=False,
    )
    basis = forms.ChoiceField(
        label=_("Hvilken lov bygger I på?"),
        help_text=_("Er I i tvivl, så spørg SSP, før I sender."),
        choices=[("", _("Vælg")), *DisclosureBasis.choices],
        required=False,
        error_messages=_NO_SUCH_CHOICE,
    )
    necessity = short_text(_("Hvorfor er det nødvendigt, at SSP får navne?"), _("Én sætning er nok."))

    def __init__(self, *args: Any, parts: Sequence[tuple[str, Words]] = (), **kwargs: Any) -> None:
        """``parts`` are key and label of what can go along."""
        super().__init__(*args, **kwargs)
        if parts:
            self.fields["parts"].choices = list(parts)  # type: ignore[attr-defined]  # a choice field, seen as a field
        else:
            del self.fields["parts"]

    def clean(self) -> dict[str, Any]:
        """Ask for what each of the two forms needs: a reading without names, a basis and a necessity with them."""
        data: dict[str, Any] = super().clean() or {}
        for name, sentence in _NEEDED_TO_REFER.get(data.get("form", ""), {}).items():
            if name not in self.errors and not data[name]:
                self.add_error(name, ValidationError(sentence, "required"))
        return data


_NEEDED_TO_REFER: dict[str, dict[str, Words]] = {
    ReferralForm.ANONYMOUS: {"read_through": _("Læs teksten igennem, og sæt kryds, før I sender.")},
    ReferralForm.NAMED: {
        "basis": _("Vælg, hvilken lov I bygger på."),
        "necessity": _("Skriv, hvorfor det er nødvendigt."),
    },
}


class ColleagueForm(SubmissionForm):
    """One colleague out of those that a page offers."""

    colleague = forms.ModelChoiceField(
        label=_("Kollega"),
        queryset=User.objects.none(),
        to_field_name="public_id",
        empty_label=_("Vælg en kollega"),
        error_messages={"invalid_choice": _("Vælg en kollega på listen."), "required": _("Vælg en kollega.")},
    )

    def __init__(self, *args: Any, colleagues: QuerySet[User], label: Words = "", **kwargs: Any) -> None:
        """``colleagues`` may be chosen; their public ids stand in the page."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["colleague"]
        field.queryset = colleagues
        if label:
            field.label = label
