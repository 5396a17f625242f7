"""Django's admin for municipalities, schools and users. Cases are never registered here: an administrator sees none."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest

from cases import audit
from cases.keeping import RetentionRule
from cases.models import Municipality, School, User
from cases.vocabulary import AuditVerb


class KeptAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # the class takes no argument at run time
    """Nothing is deleted here: cases hang on it, and Django's page before a deletion would name them."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


@admin.register(Municipality)
class MunicipalityAdmin(KeptAdmin):
    """Municipalities by name."""

    fields = ["name"]
    search_fields = ["name"]


@admin.register(School)
class SchoolAdmin(KeptAdmin):
    """Schools and their municipality."""

    fields = ["name", "municipality", "phone"]
    list_display = ["name", "municipality", "phone"]
    list_filter = ["municipality"]
    search_fields = ["name"]


@admin.register(User)
class UserAdmin(KeptAdmin):
    """Users without passwords: each sets an own one through the reset link. Nobody is deleted, only made inactive."""

    fields = ["name", "email", "role", "school", "municipality", "is_active"]
    list_display = ["name", "email", "role", "school", "municipality", "is_active"]
    list_filter = ["role", "is_active", "school", "municipality"]
    search_fields = ["name", "email"]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A new user starts without a usable password."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)


@admin.register(RetentionRule)
class RetentionRuleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # the class takes no argument at run time
    """How long closed cases are kept. A rule may be taken away: then nothing falls due any more."""

    fields = ["municipality", "school", "status", "months", "basis"]
    list_display = ["municipality", "school", "status", "months", "basis"]
    list_filter = ["municipality"]
    list_select_related = ["municipality", "school"]
    actions = None

    def save_model(self, request: HttpRequest, obj: RetentionRule, form: Any, change: bool) -> None:
        """Keep the rule, and that somebody set it."""
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            _log_rule(request, obj, f"{obj.months}")

    def delete_model(self, request: HttpRequest, obj: RetentionRule) -> None:
        """Take the rule away, and log that."""
        with transaction.atomic():
            _log_rule(request, obj, "none")
            super().delete_model(request, obj)


def _log_rule(request: HttpRequest, rule: RetentionRule, months: str) -> None:
    by = request.user if isinstance(request.user, User) else None
    audit.write(AuditVerb.SET_RETENTION, by=by, detail=f"{rule.public_id}:{rule.status}:{months}")
