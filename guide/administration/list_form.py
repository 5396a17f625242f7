"""The form for a list of schools or users."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases.administration.staff_list import MOST_CHARACTERS, StaffList, read_list
from cases.models import Municipality
from cases.text.form_fields import SENSITIVE_INPUT, TOO_LONG, UnboundedCharField


class StaffListForm(forms.Form):
    """A list, pasted. ``found`` is what it holds, once the form is valid."""

    use_required_attribute = False

    municipality = forms.ModelChoiceField(Municipality.objects.none(), label=_("Kommune"))
    rows = UnboundedCharField(
        label=_("Rækkerne, med overskrifterne øverst"),
        help_text=_(
            "Først skolerne: skole og telefon. Så brugerne: navn, e-mail, rolle (Medarbejder, Leder eller "
            "SSP-konsulent) og skole. En SSP-konsulent har ingen skole."
        ),
        max_length=MOST_CHARACTERS,
        error_messages={"required": _("Sæt rækkerne ind."), "max_length": TOO_LONG},
        widget=forms.Textarea(attrs={**SENSITIVE_INPUT, "rows": 12, "wrap": "off"}),
        strip=False,
    )

    without_mail = forms.BooleanField(label=_("Send ikke mailen endnu"), required=False)

    found: StaffList | None = None

    def __init__(self, *args: Any, municipalities: QuerySet[Municipality], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["municipality"]
        field.queryset = municipalities
        if len(municipalities) == 1:
            field.initial, field.widget = municipalities[0], forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Read the list. Raises no error: what is wrong with it as a whole is added to the field."""
        typed = super().clean() or {}
        if "rows" in typed and "municipality" in typed:
            try:
                self.found = read_list(typed["rows"], typed["municipality"])
            except forms.ValidationError as refusal:
                self.add_error("rows", refusal)
        return typed
