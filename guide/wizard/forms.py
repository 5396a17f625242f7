"""Small forms around the card: a reason, and the answer to a duty."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.enums import DutyOutcome
from cases.log.case_file import read_case
from cases.log.case_label import LONGEST
from cases.models import Case
from cases.sharing.anonymous_parts import names_shown
from cases.views.forms import SubmissionForm, text_line
from guide.questionnaire.field_html import group_html
from guide.questionnaire.fields import TextAnswer, long_text


def _reason(label: Any, hint: Any = "") -> TextAnswer:
    field = long_text(label, hint, rows=3)
    field.required = True
    field.error_messages["required"] = _("Skriv begrundelsen. Den følger sagen.")
    return field


class SkipForm(SubmissionForm):
    """Why a step is skipped."""

    reason = _reason(
        _("Hvorfor springer I trinnet over?"), _("Én sætning er nok. Du kan altid vende tilbage til trinnet.")
    )


class DutyForm(SubmissionForm):
    """A duty done, or not relevant with the reason."""

    outcome = forms.ChoiceField(choices=DutyOutcome.choices, widget=forms.HiddenInput)
    reason = long_text(_("Bemærkning"), rows=2)

    def clean(self) -> dict[str, Any]:
        """Require a reason for "not relevant"."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("outcome") == DutyOutcome.NOT_RELEVANT and not data.get("reason"):
            self.add_error("reason", ValidationError(_("Skriv, hvorfor opgaven ikke er relevant."), code="required"))
        return data


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
