"""Contacts and legal sources for the pages: the administrator's copy, with a warning when its check is old."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Municipality
from cases.models.prepared_query import Given, PreparedQuery, numbered, places
from guide.models import Accessibility, Contact, LegalNote, LocalContact
from guide.reference import contacts, legal_sources

_Stored = dict[str, SimpleNamespace]
"""The columns of each row by its key: a page shows some thirty rows and needs no object with methods of any."""


@dataclass(frozen=True, slots=True)
class ContactCard:
    """One contact on a page. `missing` is a sentence when the municipality has not filled it in, else empty."""

    key: str
    name: str
    phone: str
    url: str
    audience: str | Promise
    note: str | Promise
    last_verified: date | None
    stale: bool
    local: bool
    missing: str = ""

    @property
    def dial(self) -> str:
        """Return the number for a tel: link."""
        return _dial(self.phone)

    @property
    def doubt(self) -> str:
        """Return the words for a contact that nobody has checked, or not for a year; else ""."""
        if not self.stale:
            return ""
        return _("ikke kontrolleret i over et år") if self.last_verified else _("ikke kontrolleret endnu")


@dataclass(frozen=True, slots=True)
class LegalCard:
    """One legal source on a page."""

    key: str
    title: str
    paragraph: str
    plain: str | Promise
    last_checked: date | None
    stale: bool

    @property
    def name(self) -> str:
        """Return the law with its provision, where there is one."""
        return f"{self.title} {self.paragraph}".strip()


def contacts_for(
    municipality: Municipality | None, keys: Iterable[str], today: date | None = None
) -> list[ContactCard]:
    """Return the cards of these contacts in the given order, each once, with two queries at most. Raises KeyError."""
    wanted = list(dict.fromkeys(keys))
    day = today or timezone.localdate()
    local_keys = [key for key in wanted if contacts.CONTACTS[key].local]
    local = _local_rows(municipality, local_keys)
    rows = _rows_by_key(Contact, [key for key in wanted if key not in local_keys])
    return [
        _local_card(contacts.CONTACTS[key], municipality, local.get(key), day)
        if key in local_keys
        else _national_card(contacts.CONTACTS[key], rows.get(key), day)
        for key in wanted
    ]


def legal_notes(keys: Iterable[str], today: date | None = None) -> list[LegalCard]:
    """Return the cards of these legal sources in the given order, each once, with one query. Raises KeyError."""
    wanted = list(dict.fromkeys(keys))
    day = today or timezone.localdate()
    rows = _rows_by_key(LegalNote, wanted)
    return [_legal_card(legal_sources.SOURCES[key], rows.get(key), day) for key in wanted]


@dataclass(frozen=True, slots=True)
class StatementCard:
    """The accessibility statement of one municipality on a page; empty where it is not filled in."""

    municipality: Municipality
    url: str = ""
    phone: str = ""
    email: str = ""
    known_faults: str = ""
    last_verified: date | None = None
    stale: bool = True

    @property
    def dial(self) -> str:
        """Return the number for a tel: link."""
        return _dial(self.phone)


def accessibility_statements(municipality: Municipality | None, today: date | None = None) -> list[StatementCard]:
    """Return the statement of this municipality, or of all of the installation for a reader of none."""
    rows = Municipality.objects.select_related("accessibility")
    return [
        _statement_card(row, today or timezone.localdate())
        for row in (rows.filter(pk=municipality.pk) if municipality else rows)
    ]


def is_unchecked(today: date | None = None) -> bool:
    """Return whether nobody has checked some contact or legal source, or not for a year."""
    day = today or timezone.localdate()
    checked = (model.objects.values_list("last_verified", flat=True) for model in (Contact, LegalNote))
    return any(is_stale(when, day) for days in checked for when in days)


def is_stale(last_verified: date | None, today: date) -> bool:
    """Return whether the check is missing or older than twelve months."""
    if last_verified is None:
        return True
    return (last_verified.year + 1, last_verified.month, last_verified.day) < (today.year, today.month, today.day)


def _dial(phone: str) -> str:
    return "".join(sign for sign in phone if sign.isdigit() or sign == "+")


def _statement_card(municipality: Municipality, today: date) -> StatementCard:
    row: Accessibility | None = getattr(municipality, "accessibility", None)
    if row is None:
        return StatementCard(municipality)
    return StatementCard(
        municipality=municipality,
        url=row.url,
        phone=row.phone,
        email=row.email,
        known_faults=row.known_faults,
        last_verified=row.last_verified,
        stale=is_stale(row.last_verified, today),
    )


def _local_rows(municipality: Municipality | None, keys: list[str]) -> _Stored:
    if municipality is None or not keys:
        return {}
    rows = _local_contacts(len(keys)).values(municipality=municipality.pk, **numbered("key", keys))
    return {row["key"]: SimpleNamespace(**row) for row in rows}


@cache
def _local_contacts(count: int) -> PreparedQuery[LocalContact]:
    municipality, key = (LocalContact._meta.get_field(name) for name in ("municipality", "key"))
    wanted = LocalContact.objects.filter(municipality=Given("municipality", municipality))
    return PreparedQuery(lambda: wanted.filter(key__in=places("key", key, count)).order_by())


def _rows_by_key(model: type[Contact] | type[LegalNote], keys: list[str]) -> _Stored:
    rows = _by_keys(model, len(keys)).values(**numbered("key", keys)) if keys else []
    return {row["key"]: SimpleNamespace(**row) for row in rows}


@cache
def _by_keys(model: type[Contact] | type[LegalNote], count: int) -> PreparedQuery[Any]:
    wanted = places("key", model._meta.get_field("key"), count)
    return PreparedQuery(lambda: model._default_manager.filter(key__in=wanted).order_by())


def _national_card(shipped: contacts.ShippedContact, row: SimpleNamespace | None, today: date) -> ContactCard:
    source: Any = row or shipped
    checked = row.last_verified if row else None
    return ContactCard(
        key=shipped.key,
        name=str(_shown(source.name)),
        phone=source.phone,
        url=source.url,
        audience=_shown(source.audience),
        note=_shown(source.note),
        last_verified=checked,
        stale=is_stale(checked, today),
        local=False,
    )


def _local_card(
    shipped: contacts.ShippedContact, municipality: Municipality | None, row: SimpleNamespace | None, today: date
) -> ContactCard:
    return ContactCard(
        key=shipped.key,
        name=str(shipped.name),
        phone=row.phone if row else "",
        url=row.url if row else "",
        audience=shipped.audience,
        note=row.note if row and row.note else shipped.note,
        last_verified=row.last_verified if row else None,
        stale=row is not None and is_stale(row.last_verified, today),
        local=True,
        missing="" if row else _missing(municipality),
    )


def _missing(municipality: Municipality | None) -> str:
    if municipality is None:
        return _("Ikke udfyldt: Hver kommune har sin egen. Spørg skolens ledelse, eller ring til kommunens omstilling.")
    return _(
        "Ikke udfyldt for %(municipality)s endnu. Ring til kommunens omstilling, og bed administratoren skrive den ind."
    ) % {"municipality": municipality.name}


def _legal_card(shipped: legal_sources.Source, row: SimpleNamespace | None, today: date) -> LegalCard:
    checked = row.last_verified if row else None
    return LegalCard(
        key=shipped.key,
        title=str(_shown(row.title if row else shipped.title)),
        paragraph=row.paragraph if row else shipped.paragraph,
        plain=_shown(row.plain if row else shipped.plain),
        last_checked=checked,
        stale=is_stale(checked, today),
    )


def _shown(stored: object) -> str | Promise:
    """Return shipped text in the reader's language, text that an administrator changed as written."""
    words = str(stored)
    return gettext_lazy(words) if words else ""
