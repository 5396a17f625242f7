"""Django's admin for municipalities, schools and users. Cases are never registered here: an administrator sees none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cases.access import audit_log
from cases.access.capabilities import Capability, roles_with
from cases.administration.audited_admin import AuditedAdmin, municipality_of
from cases.enums import AuditVerb
from cases.models import Municipality, RetentionRule, School, User

DECIDES_WHO_READS = ("role", "school", "municipality", "is_active")
TOLD_BY_VALUE = ("role", "school", "is_active")


class KeptAdmin(AuditedAdmin):
    """Nothing is deleted here: cases hang on it, and Django's page before a deletion would name them."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


@admin.register(Municipality)
class MunicipalityAdmin(KeptAdmin):
    """Municipalities by name."""

    places = ("pk",)
    fields = ["name"]
    search_fields = ["name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return True for an administrator without a municipality: others would lose sight of the new one."""
        return municipality_of(request) is None


@admin.register(School)
class SchoolAdmin(KeptAdmin):
    """Schools and their municipality."""

    places = ("municipality",)
    fields = ["name", "municipality", "phone"]
    list_display = ["name", "municipality", "phone"]
    list_filter = ["municipality"]
    search_fields = ["name"]


class UserForm(forms.ModelForm):  # type: ignore[type-arg]  # the class takes no argument at run time
    """A user. An administrator with a municipality makes nobody who looks after more than that."""

    own: ClassVar[int | None] = None
    """The municipality of whoever fills it in."""

    def clean(self) -> dict[str, Any]:
        """Refuse an administrator of all municipalities; which of them the lists offer is settled already."""
        typed = super().clean() or {}
        lifted = typed.get("role") in roles_with(Capability.ADMINISTER) and typed.get("municipality", "") is None
        if self.own is not None and lifted:
            self.add_error(
                "municipality",
                _("Vælg din egen kommune. En administrator uden kommune ser alle kommuner, og det kan du ikke give."),
            )
        return typed


@admin.register(User)
class UserAdmin(KeptAdmin):
    """Users without passwords: each sets an own one through the reset link. Nobody is deleted, only made inactive."""

    places = ("school__municipality", "municipality")
    form = UserForm
    fields = ["name", "email", "role", "school", "municipality", "is_active"]
    list_display = ["name", "email", "role", "school", "municipality", "is_active"]
    list_filter = ["role", "is_active", "school", "municipality"]
    search_fields = ["name", "email"]

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which knows the municipality of whoever fills it in."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.own = municipality_of(request)
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Nobody gives themselves another role or place: from an administrator to a leader it is one step."""
        return DECIDES_WHO_READS if obj is not None and obj == request.user else ()

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """The fields; on one's own page with a sentence why some of them stand fast."""
        shown: dict[str, Any] = {"fields": self.fields}
        if self.get_readonly_fields(request, obj):
            shown["description"] = _(
                "Det er din egen konto. Rolle, skole og kommune, og om kontoen er aktiv, kan kun en anden "
                "administrator ændre."
            )
        return [(None, shown)]

    def value_key(self, form: Any, field: str) -> str:
        """The user's role; of what decides who reads, from what to what: roles, schools by number, open or closed."""
        if not field:
            return str(form.instance.role)
        if field not in TOLD_BY_VALUE:
            return ""
        before, after = form.initial[field], form.cleaned_data[field]
        return f"{before}.{after.pk if isinstance(after, School) else after}".lower()

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A new user starts without a usable password."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)


@admin.register(RetentionRule)
class RetentionRuleAdmin(AuditedAdmin):
    """How long closed cases are kept. A rule may be taken away: then nothing falls due any more."""

    places = ("municipality",)
    fields = ["municipality", "school", "status", "months", "basis"]
    list_display = ["municipality", "school", "status", "months", "basis"]
    list_filter = ["municipality"]
    list_select_related = ["municipality", "school"]

    def tell(self, request: HttpRequest, verb: AuditVerb, obj: RetentionRule, told: Mapping[str, str]) -> None:
        """Log what the rule says now: the months, or none."""
        by = request.user if isinstance(request.user, User) else None
        months = "none" if verb == AuditVerb.ADMIN_DELETE else str(obj.months)
        audit_log.write_event(AuditVerb.SET_RETENTION, by=by, detail=f"{obj.public_id}:{obj.status}:{months}")
