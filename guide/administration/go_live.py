"""What an administrator still has to check before the municipality uses the product, and again every year."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.models import Municipality
from guide.directory import is_stale
from guide.models import LOCAL_CHOICES, Accessibility, Contact, LegalNote, LocalContact


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One contact, legal source or statement, why it is on the list, and the address where it is filled in."""

    name: str
    why: str
    url: str


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """The open items under one heading. ``read_only`` says that another administrator has to change them."""

    title: str
    items: list[OpenItem]
    read_only: bool = False


def open_groups(site: AdminSite, request: HttpRequest) -> list[OpenGroup]:
    """Return what is missing, unchecked or checked over a year ago, among the rows that the administrator manages."""
    today = timezone.localdate()

    def managed(model: type[Model]) -> QuerySet[Any]:
        return site.get_model_admin(model).get_queryset(request)

    local = {(row.municipality_id, row.key): row for row in managed(LocalContact)}
    stated = {row.municipality_id: row for row in managed(Accessibility).select_related("municipality")}
    groups = [
        OpenGroup(town.name, _local_items(town, local, today) + _statement_items(town, stated.get(town.pk), today))
        for town in managed(Municipality)
    ]
    for title, model in ((_("Kontakter i hele landet"), Contact), (_("Love og kilder"), LegalNote)):
        items = [item for row in managed(model) if (item := _item(str(row), row, today))]
        groups.append(OpenGroup(title, items, not site.get_model_admin(model).has_change_permission(request)))
    return [group for group in groups if group.items]


def _local_items(municipality: Municipality, rows: dict[tuple[int, str], LocalContact], today: date) -> list[OpenItem]:
    items = []
    for key, name in LOCAL_CHOICES:
        row = rows.get((municipality.pk, key))
        if row is None:
            query = urlencode({"municipality": municipality.pk, "key": key})
            items.append(OpenItem(str(name), _("Mangler"), f"{reverse('admin:guide_localcontact_add')}?{query}"))
        elif item := _item(str(name), row, today):
            items.append(item)
    return items


def _statement_items(municipality: Municipality, row: Accessibility | None, today: date) -> list[OpenItem]:
    name = _("Tilgængelighedserklæring")
    if row is None:
        query = urlencode({"municipality": municipality.pk})
        return [OpenItem(name, _("Mangler"), f"{reverse('admin:guide_accessibility_add')}?{query}")]
    return [item] if (item := _item(name, row, today)) else []


def _item(name: str, row: Contact | LegalNote | LocalContact | Accessibility, today: date) -> OpenItem | None:
    """Return the row as an open item, or None where it was checked within a year."""
    if not is_stale(row.last_verified, today):
        return None
    why = _("Ikke kontrolleret endnu")
    if row.last_verified:
        day = date_format(row.last_verified, "j. F Y")
        why = _("Sidst kontrolleret %(day)s. Det er over et år siden.") % {"day": day}
    return OpenItem(name, why, reverse(f"admin:guide_{row._meta.model_name}_change", args=[row.pk]))
