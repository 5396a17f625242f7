"""Small forms around the card: a reason, the answer to a duty, a follow-up, the label of a case."""

from datetime import datetime
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cases.access.permissions import staff_with_access
from cases.enums import ANSWERS_TO_A_DUTY, DutyOutcome
from cases.log.case_file import read_case
from cases.log.case_label import LONGEST
from cases.models import Case
from cases.models.school_calendar import LOOK_AHEAD, closed_days
from cases.sharing.anonymous_parts import names_shown
from cases.text.dates import require_day
from cases.text.form_fields import DAY_INPUT, FreeTextField
from cases.views.forms import ColleagueForm, SubmissionForm, text_line
from guide.questionnaire.field_html import group_html
from guide.questionnaire.fields import TextAnswer, long_text
from guide.rules.deadlines import end_of_school_day, is_working_day, next_school_day

_Text = TypeVar("_Text", bound=FreeTextField)


def _required(field: _Text, sentence: Any) -> _Text:
    field.required = True
    field.error_messages["required"] = sentence
    return field


def _reason(label: Any, hint: Any = "") -> TextAnswer:
    return _required(long_text(label, hint, rows=3), _("Skriv begrundelsen. Den følger sagen."))


class SkipForm(SubmissionForm):
    """Why a step is skipped."""

    reason = _reason(
        _("Hvorfor springer I trinnet over?"), _("Én sætning er nok. Du kan altid vende tilbage til trinnet.")
    )


class DutyForm(SubmissionForm):
    """A duty done, or not relevant with the reason."""

    outcome = forms.ChoiceField(choices=[(one, one.label) for one in ANSWERS_TO_A_DUTY], widget=forms.HiddenInput)
    reason = long_text(_("Bemærkning"), rows=2)

    def clean(self) -> dict[str, Any]:
        """Require a reason for "not relevant"."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("outcome") == DutyOutcome.NOT_RELEVANT and not data.get("reason"):
            self.add_error("reason", ValidationError(_("Skriv, hvorfor opgaven ikke er relevant."), code="required"))
        return data


class FollowUpForm(ColleagueForm):
    """What is to be done, by the end of which school day, by whom."""

    field_order = ("text", "day", "colleague")

    text = _required(
        text_line(_("Hvad skal der ske?"), _("Fx »Ring til forældrene igen«.")), _("Skriv, hvad der skal ske.")
    )
    day = _required(
        text_line(_("Hvilken dag?"), _("Fx på fredag, om 14 dage eller 28/11."), attrs=DAY_INPUT),
        _("Skriv, hvilken dag det senest skal ske."),
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        """``case`` is the one to follow up; whoever is responsible for it does so unless another is chosen."""
        owner = {"colleague": case.owner.public_id}
        super().__init__(*args, colleagues=staff_with_access(case), label=_("Hvem gør det?"), initial=owner, **kwargs)
        sentence = _("Den, du valgte, har ikke adgang til sagen. Vælg en på listen.")
        self.fields["colleague"].error_messages["invalid_choice"] = sentence
        self.case = case

    def clean_day(self) -> datetime:
        """Return the end of that school day. Raises ValidationError for another text, and for no school day to come."""
        day, now = require_day(self.cleaned_data["day"], ahead=True), timezone.localtime()
        today = now.date()
        if day > today + LOOK_AHEAD:
            raise ValidationError(_("Det er mere end et år ude i fremtiden. Se efter i årstallet."), "far")
        first = max(day, today)
        closed = closed_days(self.case.school, first)
        following = next_school_day(first, now, closed)
        if following == day:
            return end_of_school_day(day, now)
        shown = {"next": date_format(following, r"l \d\e\n j. F Y")}
        if day < today:
            raise ValidationError(_("Den dag er gået. Den næste skoledag er %(next)s."), "past", shown)
        if day == today and is_working_day(day, closed):
            raise ValidationError(_("Skoledagen er slut. Den næste skoledag er %(next)s."), "past", shown)
        raise ValidationError(_("Det er ikke en skoledag. Den næste er %(next)s."), "closed", shown)


class LabelForm(SubmissionForm):
    """What a case is called in lists. A name that the case knows is refused."""

    label = text_line(
        _("Kort kendetegn"), _("Fx »8.b, Snapchat«. Ingen navne. Det står på listen over sager."), max_length=LONGEST
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        """``case`` is the one that is called so."""
        super().__init__(*args, **kwargs)
        self.case = case

    @property
    def label_html(self) -> str:
        """The label's field as HTML, which each overview has."""
        return group_html([self["label"]])

    def clean_label(self) -> str:
        """Return the label. Raises ValidationError for a name."""
        label: str = self.cleaned_data["label"]
        if names := names_shown(read_case(self.case), label) if label else []:
            words = _("Her står %(names)s. Skriv ingen navne: kendetegnet står på listen over sager.")
            raise ValidationError(words, "name", {"names": ", ".join(f"»{name}«" for name in names)})
        return label
