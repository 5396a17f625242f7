"""The forms of a case. Each has its own number, so that sending it twice writes once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cases.enums import DisclosureBasis, NoteNature, Recipient, ReferralChange, ReferralForm
from cases.models import User
from cases.sharing.sparring import ABOUT_LEVEL, Shown
from cases.text.dates import moment_of, read_clock_with_season, require_day
from cases.text.form_fields import DAY_INPUT, LINE_LENGTH, SENSITIVE_INPUT, TOO_LONG, FreeTextField

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words: TypeAlias = str | _StrPromise

NO_SUCH_CHOICE = {"invalid_choice": _("Vælg et af svarene på listen.")}


class SubmissionNumber(forms.UUIDField):
    """The form's own number. A missing or broken one is replaced without an error."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> UUID:
        """Return the number as sent, or a new one."""
        try:
            return super().clean(value) or uuid4()
        except ValidationError:
            return uuid4()


class SubmissionForm(forms.Form):
    """A form that is carried out once, however often it is sent."""

    use_required_attribute = False

    submission_id = SubmissionNumber(initial=uuid4, required=False)

    def carries_out(self, action: Callable[[dict[str, Any]], object]) -> bool:
        """Call ``action`` with the cleaned data of a valid form. Returns False, with errors, when that fails."""
        if not self.is_valid():
            return False
        try:
            action(self.cleaned_data)
        except ValidationError as refusal:
            self.add_error(None, refusal)
            return False
        return True


def text_area(label: Words, hint: Words = "", *, rows: int = 4, required: Words = "") -> FreeTextField:
    """Return a field of several lines; ``required`` is the error when it is empty, "" makes it optional."""
    return FreeTextField(
        label=label,
        help_text=hint,
        required=bool(required),
        widget=forms.Textarea(attrs={**SENSITIVE_INPUT, "rows": rows}),
        error_messages={"required": required or ""},
    )


def text_line(
    label: Words, hint: Words = "", *, attrs: Mapping[str, Any] = SENSITIVE_INPUT, max_length: int = LINE_LENGTH
) -> FreeTextField:
    """Return an optional field of one line."""
    return FreeTextField(
        label=label,
        help_text=hint,
        required=False,
        max_length=max_length,
        widget=forms.TextInput(attrs={**attrs}),
        error_messages={"max_length": TOO_LONG},
    )


def one_choice(label: Words, choices: Any = (), required: Words = "") -> forms.ChoiceField:
    """Return a field with one answer among ``choices``, below each other; ``required`` is the error without one."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect(attrs={"class": "choices--column"}),
        error_messages={**NO_SUCH_CHOICE, "required": required or _("Vælg et af svarene.")},
    )


class NoteForm(SubmissionForm):
    """An event or a remark for the log."""

    nature = one_choice(
        _("Hvad er det for en slags notat?"),
        [
            (NoteNature.FACT, _("Konstateret: det, der skete, uden fortolkning")),
            (NoteNature.OWN_WORDS, _("Elevens egne ord: så ordret, du kan")),
            (NoteNature.ASSESSMENT, _("Faglig vurdering: det, du selv mener, og hvorfor")),
        ],
        _("Vælg, hvad det er for en slags notat."),
    )
    day = text_line(_("Hvilken dag skete det?"), _("Fx 28/11, i dag eller i går."), attrs=DAY_INPUT)
    clock = text_line(_("Klokken?"), _("Fx 14.30."), attrs={**SENSITIVE_INPUT, "class": "tal"})
    who = text_line(_("Hvem var med?"), _("Fx Alma og klasselæreren."))
    where = text_line(_("Hvor?"), _("Et sted, en app eller en samtale i telefonen."))
    text = text_area(_("Hvad skete der?"), rows=8, required=_("Skriv, hvad der skete."))

    def clean_day(self) -> date | None:
        """Return the day. Raises ValidationError for text that is no day, or a future one."""
        typed = self.cleaned_data["day"]
        return require_day(typed) if typed else None

    def clean_clock(self) -> time | None:
        """Return the time of day. Raises ValidationError for other text."""
        typed = self.cleaned_data["clock"]
        if not typed:
            return None
        clock = read_clock_with_season(typed)
        if clock is None:
            raise ValidationError(_("Skriv klokkeslættet som timer og minutter, fx 14.30."), "clock")
        return clock

    def clean(self) -> dict[str, Any]:
        """Add ``happened_at`` from day and clock; a clock without a day is an error."""
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
        try:
            moment = moment_of(day, clock)
        except ValidationError as refusal:
            self.add_error("clock", refusal)
            return None
        if moment > timezone.now():
            late = _("Klokkeslættet ligger ude i fremtiden. Skriv, hvornår det skete.")
            self.add_error("clock", ValidationError(late, "future"))
        return moment


class CorrectionForm(SubmissionForm):
    """The correction of an entry of the log."""

    text = text_area(_("Hvad er det rigtige?"), rows=5, required=_("Skriv rettelsen."))


class ReasonForm(SubmissionForm):
    """A reason for closing or reopening a case."""

    reason = text_area(_("Hvorfor?"), rows=3, required=_("Skriv begrundelsen. Den følger sagen."))


class CloseForm(ReasonForm):
    """A reason for closing, a tick where urgent duties are open, and one where a question to SSP is unanswered."""

    despite = forms.BooleanField(
        error_messages={"required": _("Sæt kryds, hvis sagen skal afsluttes alligevel. Ellers gå til planen.")}
    )

    despite_ssp = forms.BooleanField(
        label=_("Jeg afslutter sagen, selv om SSP ikke har svaret. SSP får det at vide."),
        error_messages={"required": _("Sæt kryds, hvis sagen skal afsluttes, før SSP har svaret.")},
    )

    read_to = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, urgent: int, asks_ssp: bool, read_to: int, **kwargs: Any) -> None:
        """``urgent`` is how many urgent duties are open, ``asks_ssp`` whether a question to SSP waits for an answer.

        ``read_to`` is the last line of the log by which that is known.
        """
        super().__init__(*args, **kwargs)
        self._read_to = self.fields["read_to"].initial = read_to
        if not asks_ssp:
            del self.fields["despite_ssp"]
        if not urgent:
            del self.fields["despite"]
            return
        self.fields["despite"].label = ngettext(
            "Jeg afslutter sagen, selv om %(count)d opgave, der haster, ikke er krydset af.",
            "Jeg afslutter sagen, selv om %(count)d opgaver, der haster, ikke er krydset af.",
            urgent,
        ) % {"count": urgent}

    def clean_read_to(self) -> int:
        """Return the last line that the page knew; the newest for a form that does not say."""
        typed = self.cleaned_data["read_to"]
        return self._read_to if typed is None else int(typed)


class EndReferralForm(SubmissionForm):
    """Why a referral is taken back; may be empty."""

    reason = text_area(_("Hvorfor trækker I den tilbage?"), _("Må gerne stå tomt."), rows=2)


class ReferForm(SubmissionForm):
    """A referral to SSP: in which form, what for, and what is sent with it."""

    form = one_choice(
        _("Hvad skal SSP kunne se?"),
        [
            (ReferralForm.ANONYMOUS, _("Anonymt: SSP rådgiver uden at vide, hvem det handler om")),
            (ReferralForm.NAMED, _("Med navne: SSP kan læse hele sagen og skrive notater i den")),
        ],
        _("Vælg, om SSP skal se navne."),
    )
    purpose = text_area(
        _("Hvad skal SSP hjælpe med?"),
        _("Formålet afgør, hvad I må dele. Skriv ingen navne her, når I spørger anonymt."),
        rows=3,
        required=_("Skriv, hvad SSP skal hjælpe med."),
    )
    message = text_area(_("Besked til SSP"), _("Må gerne stå tom. SSP læser den, som du skriver den."), rows=4)
    parts = forms.MultipleChoiceField(
        label=_("Hvad sender I med, når I spørger anonymt?"),
        help_text=_("Kun svar valgt på en liste, og datoer. Det, nogen har skrevet, og navne kommer aldrig med."),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices--column"}),
        error_messages=NO_SUCH_CHOICE,
    )

    basis = forms.ChoiceField(
        label=_("Hvilken lov bygger I på?"),
        help_text=_("Er I i tvivl, så spørg SSP, før I sender."),
        choices=[("", _("Vælg")), *DisclosureBasis.choices],
        required=False,
        error_messages=NO_SUCH_CHOICE,
    )
    necessity = text_line(_("Hvorfor er det nødvendigt, at SSP får navne?"), _("Én sætning er nok."))

    def __init__(self, *args: Any, parts: Sequence[tuple[str, Words]] = (), **kwargs: Any) -> None:
        """``parts`` are key and label of what can be sent with it."""
        super().__init__(*args, **kwargs)
        if parts:
            self.fields["parts"].choices = list(parts)  # type: ignore[attr-defined]  # a choice field, seen as a field
        else:
            del self.fields["parts"]

    def clean(self) -> dict[str, Any]:
        """Require the basis and necessity of a referral with names."""
        data: dict[str, Any] = super().clean() or {}
        for name, sentence in _NEEDED_TO_REFER.items() if data.get("form") == ReferralForm.NAMED else ():
            if name not in self.errors and not data[name]:
                self.add_error(name, ValidationError(sentence, "required"))
        return data


_NEEDED_TO_REFER: dict[str, Words] = {
    "basis": _("Vælg, hvilken lov I bygger på."),
    "necessity": _("Skriv, hvorfor det er nødvendigt."),
}


class ShownForm(SubmissionForm):
    """A form that says what of a thread its page showed: the number of the newest line, and the level."""

    seq = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)
    level = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)

    @property
    def shown(self) -> Shown:
        """Return what the page showed; nothing where the form does not say it."""
        return Shown(self.cleaned_data["seq"] or 0, self.cleaned_data["level"])


class AnswerForm(ShownForm):
    """What SSP writes to the school."""

    change = one_choice(_("Hvad vil du?"), required=_("Vælg, hvad du vil."))
    text = text_area(_("Besked til skolen"), rows=6)

    def __init__(self, *args: Any, level: str, **kwargs: Any) -> None:
        """``level`` is that of the case in words, "" where none is known."""
        super().__init__(*args, **kwargs)
        choices = [
            (ReferralChange.ADVISED, _("Give skolen et råd")),
            (ReferralChange.ASKED_BACK, _("Spørge skolen om mere")),
            (ReferralChange.AGREED, _("Skrive, at jeg er enig i niveau %(level)s") % {"level": level}),
            (ReferralChange.RETURNED, _("Skrive, at jeg ikke er enig i niveau %(level)s") % {"level": level}),
            (ReferralChange.DONE, _("Afslutte sparringen: der er ikke mere at svare på")),
        ]
        if not level:
            choices = [choice for choice in choices if choice[0] not in ABOUT_LEVEL]
        self.fields["change"].choices = choices  # type: ignore[attr-defined]  # a choice field, seen as a field

    def clean(self) -> dict[str, Any]:
        """Require the text of everything but agreement and the end."""
        data: dict[str, Any] = super().clean() or {}
        sentence = _NEEDED_TO_ANSWER.get(data.get("change", ""))
        if sentence and "text" not in self.errors and not data.get("text", "").strip():
            self.add_error("text", ValidationError(sentence, "required"))
        return data


_NEEDED_TO_ANSWER: dict[str, Words] = {
    ReferralChange.ADVISED: _("Skriv dit råd."),
    ReferralChange.ASKED_BACK: _("Skriv, hvad du vil vide."),
    ReferralChange.RETURNED: _("Skriv, hvorfor du ikke er enig i niveauet."),
}


class ReplyForm(ShownForm):
    """What the school writes to SSP in a thread."""

    text = text_area(_("Besked til SSP"), rows=5, required=_("Skriv, hvad SSP skal vide."))


class AsideForm(SubmissionForm):
    """That a consultant steps aside; cannot be taken back."""

    sure = forms.BooleanField(
        label=_("Jeg er inhabil i sagen og skal ikke kunne se den mere."),
        error_messages={"required": _("Sæt kryds, hvis du er inhabil i sagen.")},
    )


class ColleagueForm(SubmissionForm):
    """The choice of one colleague."""

    colleague = forms.ModelChoiceField(
        label=_("Kollega"),
        queryset=User.objects.none(),
        to_field_name="public_id",
        empty_label=_("Vælg en kollega"),
        error_messages={"invalid_choice": _("Vælg en kollega på listen."), "required": _("Vælg en kollega.")},
    )

    def __init__(self, *args: Any, colleagues: QuerySet[User], label: Words = "", **kwargs: Any) -> None:
        """``colleagues`` may be chosen; the page has their public ids."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["colleague"]
        field.queryset = colleagues
        if label:
            field.label = label


class OwnerForm(ColleagueForm):
    """The choice of the owner, and whether who owned the case can still read it."""

    keeps_access = forms.BooleanField(required=False, initial=True)

    def __init__(self, *args: Any, before: User | None, **kwargs: Any) -> None:
        """``before`` is who owned it and would lose access; None where that is nobody."""
        super().__init__(*args, label=_("Hvem skal være ansvarlig?"), **kwargs)
        if before is None:
            del self.fields["keeps_access"]
        else:
            self.fields["keeps_access"].label = _("%(name)s skal stadig kunne læse sagen") % {"name": before.name}


_RECIPIENTS = [(one.value, capfirst(one.label)) for one in Recipient]


class HandOutForm(SubmissionForm):
    """For whom a paper is made."""

    recipient = one_choice(_("Hvem skal have det?"), _RECIPIENTS, _("Vælg, hvem der skal have det."))
    purpose = text_line(
        _("Hvem er det, og hvad skal det bruges til?"), _("Skriv det, hvis det er en anden. Det kommer i sagens log.")
    )

    def __init__(self, *args: Any, is_open: bool, **kwargs: Any) -> None:
        """``is_open`` says whether the case takes entries: the purpose is one."""
        super().__init__(*args, **kwargs)
        if not is_open:
            del self.fields["purpose"]
            named = [choice for choice in _RECIPIENTS if choice[0] != Recipient.OTHER]
            self.fields["recipient"].choices = named  # type: ignore[attr-defined]  # a choice field, seen as a field

    def clean(self) -> dict[str, Any]:
        """Require the purpose of somebody who is not on the list."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("recipient") == Recipient.OTHER and not data.get("purpose") and "purpose" not in self.errors:
            self.add_error("purpose", _("Skriv, hvem det er, og hvad det skal bruges til."))
        return data
