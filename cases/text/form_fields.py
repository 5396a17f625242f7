"""The form fields for typed text, for the record's own forms and the card's. Know no table."""

from __future__ import annotations

from typing import Any

from django import forms

from cases.text.text_rules import validate_text


class UnboundedCharField(forms.CharField):
    """Text on which no browser sets a limit: it would cut what is pasted in, and tell nobody.

    What is too long is refused with a sentence, and stays where it was typed.
    """

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The attributes of a text field, without its longest length."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class FreeTextField(UnboundedCharField):
    """Free text: no CPR number, no embedded file, nothing that the database cannot hold."""

    def to_python(self, value: Any) -> str:
        """The text with one kind of newline; ValidationError with the reason where it cannot be kept."""
        typed = (super().to_python(value) or "").replace("\r\n", "\n")
        # What is too long is refused by the field's own limit: the record's is wider, and naming it would mislead.
        return typed if self.max_length is not None and len(typed) > self.max_length else validate_text(typed)
