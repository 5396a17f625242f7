"""Form fields for typed text, and the fields of a sent form."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cases.text.text_rules import validate_text

LINE_LENGTH = 200
SENSITIVE_INPUT = {"autocomplete": "off", "spellcheck": "false"}
TOO_LONG = _("Teksten fylder %(show_value)s tegn. Der er plads til %(limit_value)s.")
DAY_INPUT = {**SENSITIVE_INPUT, "class": "dato", "data-kalender": _("Vælg i kalenderen")}
"""Attributes of a field for a day: the script puts a button beside it that opens the browser's calendar."""
CONTROLS = frozenset({"csrfmiddlewaretoken", "handling", "base_seq", "submission_id", "vist"})
"""Form fields that no user types in."""


def typed_fields(request: HttpRequest) -> dict[str, list[str]]:
    """Return the fields of the form just sent that users type in."""
    return {name: values for name, values in request.POST.lists() if name not in CONTROLS}


class UnboundedCharField(forms.CharField):
    """Text without ``maxlength``, by which a browser cuts pasted text without a message.

    The server refuses longer text with a sentence, and the field keeps it.
    """

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Return the attributes of a text field without ``maxlength``."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class FreeTextField(UnboundedCharField):
    """Free text without a CPR number, an embedded file or a character that the database refuses."""

    def to_python(self, value: Any) -> str:
        """Return the text with one kind of newline. Raises ValidationError as ``validate_text`` does."""
        typed = (super().to_python(value) or "").replace("\r\n", "\n")
        # The field's own limit refuses longer text; MAX_LENGTH is larger, and its message would name the wrong number.
        return typed if self.max_length is not None and len(typed) > self.max_length else validate_text(typed)
