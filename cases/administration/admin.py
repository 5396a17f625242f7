"""Django's admin for municipalities, schools and users. Cases are never registered here: an administrator sees none."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cases.access.capabilities import Capability, roles_with
from cases.administration.audited_admin import AuditedAdmin, OwnChangesForm, municipality_of
from cases.enums import AuditVerb
from cases.models import ClosedDays, Municipality, RetentionRule, School, User
from cases.retention import due

DECIDES_WHO_READS = ("role", "school", "municipality", "is_active")
LOGGED_BY_VALUE = ("role", "school", "is_active")


class UndeletableAdmin(AuditedAdmin):
    """Rows that cannot be deleted: cases refer to them, and Django's confirmation page would name the cases."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False."""
        return False


@admin.register(Municipality)
class MunicipalityAdmin(UndeletableAdmin):
    """Municipalities by name."""

    municipality_paths = ("pk",)
    fields = ["name"]
    search_fields = ["name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return True for an administrator without a municipality: others could not see the new one."""
        return municipality_of(request) is None


@admin.register(School)
class SchoolAdmin(UndeletableAdmin):
    """Schools and their municipality."""

    municipality_paths = ("municipality",)
    fields = ["name", "municipality", "phone"]
    list_display = ["name", "municipality", "phone"]
    list_filter = ["municipality"]
    search_fields = ["name"]


@admin.register(ClosedDays)
class ClosedDaysAdmin(AuditedAdmin):
    """The days on which a school is closed."""

    municipality_paths = ("school__municipality",)
    fields = ["school", "first", "last", "name"]
    list_display = ["school", "first", "last", "name"]
    list_filter = ["school"]
    list_select_related = ["school"]


class UserForm(OwnChangesForm):
    """A user. An administrator with a municipality cannot create one for all municipalities."""

    own: ClassVar[int | None] = None
    """The primary key of the administrator's municipality."""

    def clean(self) -> dict[str, Any]:
        """Refuse an administrator of all municipalities. Raises no error: it is added to the field."""
        typed = super().clean() or {}
        unlimited = typed.get("role") in roles_with(Capability.ADMINISTER) and typed.get("municipality", "") is None
        if self.own is not None and unlimited:
            self.add_error(
                "municipality",
                _("Vælg din egen kommune. En administrator uden kommune ser alle kommuner, og det kan du ikke give."),
            )
        return typed


@admin.register(User)
class UserAdmin(UndeletableAdmin):
    """Users without passwords: they set one through the reset link. Users are made inactive, not deleted."""

    municipality_paths = ("school__municipality", "municipality")
    form = UserForm
    fields = ["name", "email", "role", "school", "municipality", "is_active"]
    list_display = ["name", "email", "role", "school", "municipality", "is_active"]
    list_filter = ["role", "is_active", "school", "municipality"]
    search_fields = ["name", "email"]

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form with the administrator's municipality."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.own = municipality_of(request)
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Return the fields that administrators may not change for themselves: a leader reads cases."""
        return DECIDES_WHO_READS if obj is not None and obj == request.user else ()

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Return the fields; on one's own page with a sentence why some are read-only."""
        shown: dict[str, Any] = {"fields": self.fields}
        if self.get_readonly_fields(request, obj):
            shown["description"] = _(
                "Det er din egen konto. Rolle, skole og kommune, og om kontoen er aktiv, kan kun en anden "
                "administrator ændre."
            )
        return [(None, shown)]

    def value_key(self, form: Any, field: str) -> str:
        """Return the user's role; for a changed role, school or active flag the values before and after."""
        if not field:
            return str(form.instance.role)
        if field not in LOGGED_BY_VALUE:
            return ""
        before, after = form.initial[field], form.cleaned_data[field]
        return f"{before}.{after.pk if isinstance(after, School) else after}".lower()

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save; a new user gets no usable password."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)


@admin.register(RetentionRule)
class RetentionRuleAdmin(AuditedAdmin):
    """How long closed cases are kept. Without a rule no case falls due."""

    municipality_paths = ("municipality",)
    fields = ["municipality", "school", "status", "months", "basis"]
    list_display = ["municipality", "school", "status", "months", "basis"]
    list_filter = ["municipality"]
    list_select_related = ["municipality", "school"]

    def log_changes(self, request: HttpRequest, verb: AuditVerb, obj: RetentionRule, keys: Mapping[str, str]) -> None:
        """Log the rule, or that it was deleted."""
        by = request.user if isinstance(request.user, User) else None
        due.log_rule(obj, by=by, deleted=verb == AuditVerb.ADMIN_DELETE)
