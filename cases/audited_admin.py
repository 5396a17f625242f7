"""What every page of the administration stands on: each change leaves a row in the access log, and no text holds a CPR.

Roles, schools and ways in decide who reads cases, so a change of theirs is a deed like any other: it is written in the
transaction of the change, and without the row nothing is saved. Rows are named by keys, never by what stands in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest

from cases import audit, freetext
from cases.models import User
from cases.vocabulary import AuditVerb


class AuditedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # the class takes no argument at run time
    """An admin whose every addition, change and deletion is logged. One row at a time: there are no bulk actions."""

    actions = None

    def row_key(self, obj: Any) -> str:
        """What names the row in the log: a key, at most 64 characters of ``[a-z0-9_.:-]``."""
        return str(obj.public_id)

    def value_key(self, form: Any, field: str) -> str:
        """What the log tells of a changed field, or of the row where ``field`` is empty: a key, never a typed text."""
        return ""

    def tell(self, request: HttpRequest, verb: AuditVerb, obj: Any, told: Mapping[str, str]) -> None:
        """Log one event for each field with its key: ``user_role`` says that a user's role was changed."""
        by = request.user if isinstance(request.user, User) else None
        for field, key in told.items():
            step = f"{self.opts.model_name}_{field}" if field else f"{self.opts.model_name}"
            audit.write(verb, by=by, step=step, detail=f"{self.row_key(obj)}:{key}" if key else self.row_key(obj))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save and log, or neither."""
        with transaction.atomic():
            # Before the row is locked, as everybody who writes to the log does.
            audit.hold_chain()
            super().save_model(request, obj, form, change)
            fields = (change and form.changed_data) or [""]
            verb = AuditVerb.ADMIN_CHANGE if change else AuditVerb.ADMIN_ADD
            self.tell(request, verb, obj, {field: self.value_key(form, field) for field in fields})

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete and log, or neither."""
        with transaction.atomic():
            self.tell(request, AuditVerb.ADMIN_DELETE, obj, {"": ""})
            super().delete_model(request, obj)

    def formfield_for_dbfield(self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """The field, which for typed text refuses what no text may hold."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.CharField):
            field.validators.append(_refuse)
        return field


def _refuse(text: str) -> None:
    """Raise ValidationError for a CPR number, an embedded file, a character that cannot be kept."""
    freetext.guard(text)
