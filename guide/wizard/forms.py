"""Small forms around the card: a reason, and the answer to a duty."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.enums import DutyOutcome
from cases.views.forms import SubmissionForm
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
