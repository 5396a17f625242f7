"""The administrator's pages for contacts and legal notes. Never for cases."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from guide.models import Contact, LegalNote, LocalContact


class SeededAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """Rows the duties point at: they are edited, but neither added nor taken away."""

    readonly_fields = ("key",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """No new keys: nothing would point at them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """No gaps: a duty would point at nothing."""
        return False


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
class LocalContactAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """What each municipality fills in itself."""

    list_display = ("municipality", "key", "phone", "url", "last_verified")
    list_filter = ("municipality", "key")
    list_select_related = ("municipality",)
