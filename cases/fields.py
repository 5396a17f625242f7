"""The form field for free text, for the record's own forms and the card's. Knows no table."""

from __future__ import annotations

from typing import Any

from django import forms

from cases.freetext import guard


class Written(forms.CharField):
    """Free text: no CPR number, no embedded file, nothing that the database cannot hold."""

    def to_python(self, value: Any) -> str:
        """The text with one kind of newline; ValidationError with the reason where it cannot be kept."""
        typed = (super().to_python(value) or "").replace("\r\n", "\n")
        # What is too long is refused by the field's own limit: the record's is wider, and naming it would mislead.
        return typed if self.max_length is not None and len(typed) > self.max_length else guard(typed)
