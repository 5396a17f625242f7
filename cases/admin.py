"""Django's admin for municipalities, schools and users. Cases are never registered here: an administrator sees none."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cases.models import Municipality, School, User


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

    fields = ["name", "municipality"]
    list_display = ["name", "municipality"]
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
