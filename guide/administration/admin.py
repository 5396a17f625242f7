"""The administration of contacts, legal notes and single sign-on. Never of cases."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Field, ForeignKey, URLField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cases.administration.audited_admin import AuditedAdmin, municipality_of
from cases.models import Municipality
from guide.administration.site import LoginMethodAdmin
from guide.models import Accessibility, Contact, LegalNote, LocalContact, SingleSignOn


class LinkedAdmin(AuditedAdmin):
    """Rows with a web address; one without a scheme gets "https"."""

    formfield_overrides: ClassVar = {URLField: {"assume_scheme": "https"}}


class SeededAdmin(LinkedAdmin):
    """Rows that duties refer to, in every municipality: they can be changed, not added or deleted."""

    municipality_paths = ()
    readonly_fields = ("key",)

    def row_key(self, obj: Contact | LegalNote) -> str:
        """Return the key by which duties refer to the row."""
        return obj.key

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: nothing would refer to a new key."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Return False: a duty may refer to the row."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Return False for the administrator of one municipality among several: the others read the same text."""
        own = municipality_of(request)
        alone = own is None or not Municipality.objects.exclude(pk=own).exists()
        return alone and super().has_change_permission(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields; read-only ones with a sentence why."""
        shown: dict[str, Any] = {"fields": self.get_fields(request, obj)}
        if not self.has_change_permission(request, obj):
            shown["description"] = _(
                "Oplysningerne er fælles for flere kommuner. Kun en administrator uden kommune kan ændre dem."
            )
        return [(None, shown)]


@admin.register(Contact)
class ContactAdmin(SeededAdmin):
    """National services."""

    list_display = ("name", "phone", "url", "last_verified")
    search_fields = ("name", "audience")


@admin.register(LegalNote)
class LegalNoteAdmin(SeededAdmin):
    """Legal sources in plain words."""

    list_display = ("title", "paragraph", "last_verified")
    search_fields = ("title", "paragraph", "plain")


@admin.register(LocalContact)
class LocalContactAdmin(LinkedAdmin):
    """Contacts that each municipality fills in."""

    municipality_paths = ("municipality",)
    list_display = ("municipality", "key", "phone", "url", "last_verified")
    list_filter = ("municipality", "key")
    list_select_related = ("municipality",)

    def row_key(self, obj: LocalContact) -> str:
        """Return the municipality's public id and the contact's key."""
        return f"{obj.municipality.public_id}:{obj.key}"


@admin.register(Accessibility)
class AccessibilityAdmin(LinkedAdmin):
    """Accessibility statements: one a municipality."""

    municipality_paths = ("municipality",)
    list_display = ("municipality", "url", "phone", "email", "last_verified")
    list_select_related = ("municipality",)

    def row_key(self, obj: Accessibility) -> str:
        """Return the municipality's public id."""
        return str(obj.municipality.public_id)


@admin.register(SingleSignOn)
class SingleSignOnAdmin(LoginMethodAdmin):
    """A user's subject at a provider, added here where the provider sends no e-mail, deleted when it is wrong."""

    list_display = ("user", "issuer", "subject", "created_at")
    list_filter = ("issuer",)
    list_select_related = ("user",)
    search_fields = ("user__name", "user__email")

    def row_key(self, obj: SingleSignOn) -> str:
        """Return the user's public id; the subject is not logged."""
        return str(obj.user.public_id)

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the providers that are switched on, because a mistyped issuer would match nobody."""
        if db_field.name == "issuer":
            choices = [(provider.issuer, provider.name) for provider in settings.SSO_PROVIDERS.values()]
            return forms.ChoiceField(label=db_field.verbose_name, choices=choices)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Offer everybody but oneself: another administrator adds one's own login."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            field.queryset = field.queryset.exclude(pk=request.user.pk)
            field.help_text = field.error_messages["invalid_choice"] = _(
                "Vælg på listen. Du står der ikke selv: dit eget fælles login knytter en anden administrator."
            )
        return field

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Return False: a wrong one is deleted and added again, so that the log shows both."""
        return False
