"""What every page of the administration stands on: each administrator's own place, a row for each change, no CPR.

Roles, schools and ways in decide who reads cases, so a change of theirs is logged like any other: it is written in the
transaction of the change, and without the row nothing is saved. Rows are named by keys, never by what stands in them.

An administrator with a municipality looks after what is of it: nothing else is listed, found, offered or saved, and a
row of another municipality answers as one that is not there. One without a municipality looks after all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from cases.access import audit_log
from cases.enums import AuditVerb
from cases.models import User
from cases.text import text_rules


class AuditedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # the class takes no argument at run time
    """An admin whose every addition, change and deletion is logged. One row at a time: there are no bulk actions."""

    actions = None
    places: ClassVar[tuple[str, ...]]
    """The ways from a row to its municipality. Each page declares them; none means that the rows are common to all."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What the administrator looks after: every list, search, page and choice of these rows starts here."""
        rows = super().get_queryset(request)
        own = municipality_of(request)
        if own is None or not self.places:
            return rows
        return rows.filter(Q(*((place, own) for place in self.places), _connector=Q.OR))

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """The filters; one over other rows names those only that occur among what the administrator looks after."""
        return [
            (name, admin.RelatedOnlyFieldListFilter) if self.opts.get_field(str(name)).is_relation else name
            for name in super().get_list_filter(request)
        ]

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer what the administrator looks after; anything else is refused as if it were not there."""
        offered = self.admin_site.get_model_admin(db_field.related_model)
        field = super().formfield_for_foreignkey(db_field, request, queryset=offered.get_queryset(request), **kwargs)
        if field is not None and municipality_of(request) is not None:
            field.error_messages["invalid_choice"] = _("Vælg på listen. Den viser kun det, der hører til din kommune.")
        return field

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The row's history, under a title that does not name it: a title stands in the browser's tab and history."""
        return super().history_view(request, object_id, {"title": _("Ændringshistorik"), **(extra_context or {})})

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
            audit_log.write_event(
                verb, by=by, step=step, detail=f"{self.row_key(obj)}:{key}" if key else self.row_key(obj)
            )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save and log, or neither."""
        with transaction.atomic():
            # Before the row is locked, as everybody who writes to the log does.
            audit_log.lock_log()
            super().save_model(request, obj, form, change)
            self.demand_own(request, obj)
            fields = (change and form.changed_data) or [""]
            verb = AuditVerb.ADMIN_CHANGE if change else AuditVerb.ADMIN_ADD
            self.tell(request, verb, obj, {field: self.value_key(form, field) for field in fields})

    def demand_own(self, request: HttpRequest, obj: Any) -> None:
        """Raise PermissionDenied, which takes the change back, for a row that the administrator would lose sight of."""
        if not self.get_queryset(request).filter(pk=obj.pk).exists():
            raise PermissionDenied

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


def municipality_of(request: HttpRequest) -> int | None:
    """The key of the municipality that the administrator looks after; None for one who looks after all."""
    return cast(User, request.user).municipality_id


def _refuse(text: str) -> None:
    """Raise ValidationError for a CPR number, an embedded file, a character that cannot be kept."""
    text_rules.validate_text(text)
