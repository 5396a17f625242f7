"""The base class of every page of the administration: own municipality only, an audit event per change, no CPR.

Roles, schools and login methods decide who reads cases, so their changes are logged in the transaction of the change,
and without the event nothing is saved. Events name rows by keys, never by their text.

An administrator with a municipality manages its rows: no others are listed, found, offered or saved, and a row of
another municipality answers like a missing one. One without a municipality manages all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from cases.access import audit_log
from cases.access.current_user import current_user
from cases.enums import AuditVerb
from cases.models import User
from cases.text import text_rules

_FILTERS = frozenset({"", "exact", "isnull", "id__exact"})
"""How the filters of Django's lists ask."""
_LONGEST_SEARCH = 100


class OwnChangesForm(forms.ModelForm):  # type: ignore[type-arg]  # the class takes no argument at run time
    """A form that changes what its sender changed.

    It carries each value as it was shown. What the sender left so stays as it is now: somebody else may have changed
    it since the page was opened, and closed an account.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.show_hidden_initial = not self.is_bound or self.add_initial_prefix(name) in self.data

    def is_left_alone(self, name: str) -> bool:
        """Return whether the field was sent as it was shown."""
        return self.fields[name].show_hidden_initial and name not in self.changed_data

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]  # Django's own, with no stub
        if self.instance.pk is not None:
            left = filter(self.is_left_alone, list(self.cleaned_data))
            self.cleaned_data |= {name: getattr(self.instance, name) for name in left}


class AuditedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # the class takes no argument at run time
    """An admin whose every addition, change and deletion is logged. One row at a time: there are no bulk actions."""

    actions = None
    form = OwnChangesForm
    municipality_paths: ClassVar[tuple[str, ...]]
    """The look-ups from a row to its municipality, declared by each page; none for rows that are common to all."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows that the administrator manages, for every list, search, page and choice."""
        rows = super().get_queryset(request)
        own = municipality_of(request)
        if own is None or not self.municipality_paths:
            return rows
        return rows.filter(Q(*((path, own) for path in self.municipality_paths), _connector=Q.OR))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Return whether the address may ask this: the filters of the list only.

        By any other question, a letter at a time, the answer tells what a row or one beside it holds.
        """
        name, _parts, how = lookup.partition("__")
        return name in self.list_filter and how in _FILTERS

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search for the beginning of a long text: each word of it is one more condition for every row."""
        return super().get_search_results(request, queryset, search_term[:_LONGEST_SEARCH])

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Return the filters; one over related rows offers those of the managed rows only."""
        return [
            (name, admin.RelatedOnlyFieldListFilter) if self.opts.get_field(str(name)).is_relation else name
            for name in super().get_list_filter(request)
        ]

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer the managed rows; others are refused like missing ones."""
        offered = self.admin_site.get_model_admin(db_field.related_model)
        field = super().formfield_for_foreignkey(db_field, request, queryset=offered.get_queryset(request), **kwargs)
        if field is not None and municipality_of(request) is not None:
            field.error_messages["invalid_choice"] = _("Vælg på listen. Den viser kun det, der hører til din kommune.")
        return field

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the row's history under a title without its name: browsers show titles in tabs and history."""
        return super().history_view(request, object_id, {"title": _("Ændringshistorik"), **(extra_context or {})})

    def row_key(self, obj: Any) -> str:
        """Return the row's key in the log, at most 64 characters of ``[a-z0-9_.:-]``."""
        return str(obj.public_id)

    def value_key(self, form: Any, field: str) -> str:
        """Return the log's key for a changed field, or for the row where ``field`` is ""; never typed text."""
        return ""

    def log_changes(self, request: HttpRequest, verb: AuditVerb, obj: Any, keys: Mapping[str, str]) -> None:
        """Log one event for each field with its key: ``user_role`` says that a user's role was changed."""
        by = request.user if isinstance(request.user, User) else None
        for field, key in keys.items():
            step = f"{self.opts.model_name}_{field}" if field else f"{self.opts.model_name}"
            audit_log.write_event(
                verb, by=by, step=step, detail=f"{self.row_key(obj)}:{key}" if key else self.row_key(obj)
            )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save and log, or neither. Raises PermissionDenied for a row that would leave the municipality."""
        with transaction.atomic():
            # Before the row is locked, as in every transaction that writes to the log.
            audit_log.lock_log()
            super().save_model(request, obj, form, change)
            self.require_managed(request, obj)
            fields = (change and form.changed_data) or [""]
            verb = AuditVerb.ADMIN_CHANGE if change else AuditVerb.ADMIN_ADD
            self.log_changes(request, verb, obj, {field: self.value_key(form, field) for field in fields})

    def require_managed(self, request: HttpRequest, obj: Any) -> None:
        """Raise PermissionDenied, which rolls back, for a row that the administrator does not manage."""
        if not self.get_queryset(request).filter(pk=obj.pk).exists():
            raise PermissionDenied

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete and log, or neither."""
        with transaction.atomic():
            self.log_changes(request, AuditVerb.ADMIN_DELETE, obj, {"": ""})
            super().delete_model(request, obj)

    def formfield_for_dbfield(self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field; for typed text with ``validate_text``."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.CharField):
            field.validators.append(_validate)
        return field


def municipality_of(request: HttpRequest) -> int | None:
    """Return the primary key of the municipality that the administrator manages; None for all."""
    return current_user(request).municipality_id


def _validate(text: str) -> None:
    """Raise ValidationError for a CPR number, an embedded file, a character that cannot be kept."""
    text_rules.validate_text(text)
