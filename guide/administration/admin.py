"""The administrator's pages for contacts, legal notes and single sign-on. Never for cases."""

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
from guide.administration.site import WayInAdmin
from guide.models import Contact, LegalNote, LocalContact, SingleSignOn


class LinkedAdmin(AuditedAdmin):
    """Rows with an address: one typed without "https" gets it."""

    formfield_overrides: ClassVar = {URLField: {"assume_scheme": "https"}}


class SeededAdmin(LinkedAdmin):
    """Rows the duties point at, in every municipality: they are edited, but neither added nor taken away."""

    places = ()
    readonly_fields = ("key",)

    def row_key(self, obj: Contact | LegalNote) -> str:
        """The key by which the duties point at the row."""
        return obj.key

    def has_add_permission(self, request: HttpRequest) -> bool:
        """No new keys: nothing would point at them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """No gaps: a duty would point at nothing."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Return False for the administrator of one municipality among several: the others read the same words."""
        own = municipality_of(request)
        alone = own is None or not Municipality.objects.exclude(pk=own).exists()
        return alone and super().has_change_permission(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fields; where they stand fast, with a sentence why."""
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
    """What each municipality fills in itself."""

    places = ("municipality",)
    list_display = ("municipality", "key", "phone", "url", "last_verified")
    list_filter = ("municipality", "key")
    list_select_related = ("municipality",)

    def row_key(self, obj: LocalContact) -> str:
        """Whose contact, and which."""
        return f"{obj.municipality.public_id}:{obj.key}"


@admin.register(SingleSignOn)
class SingleSignOnAdmin(WayInAdmin):
    """Who a user is at a provider: entered here where the provider gives no e-mail, taken away when it is wrong."""

    list_display = ("user", "issuer", "subject", "created_at")
    list_filter = ("issuer",)
    list_select_related = ("user",)
    search_fields = ("user__name", "user__email")

    def row_key(self, obj: SingleSignOn) -> str:
        """Whose login; the code is the provider's and stays out of the log."""
        return str(obj.user.public_id)

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the providers that are switched on: a slip in an address would tie the code to nobody."""
        if db_field.name == "issuer":
            choices = [(provider.issuer, provider.name) for provider in settings.SSO_PROVIDERS.values()]
            return forms.ChoiceField(label=db_field.verbose_name, choices=choices)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Offer everybody but oneself: a way in of one's own is somebody else's to give."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            field.queryset = field.queryset.exclude(pk=request.user.pk)
            field.help_text = field.error_messages["invalid_choice"] = _(
                "Vælg på listen. Du står der ikke selv: dit eget fælles login knytter en anden administrator."
            )
        return field

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """A wrong one is taken away and entered again, so that nobody is moved over unseen."""
        return False
