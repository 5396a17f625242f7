"""Contacts and legal sources for the pages: the administrator's copy, with a warning when its check is old."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Municipality
from guide.models import Contact, LegalNote, LocalContact
from guide.reference import contacts, legal_sources


@dataclass(frozen=True, slots=True)
class ContactCard:
    """One contact on a page. `missing` is a sentence when the municipality has not filled it in, else empty."""

    key: str
    name: str
    phone: str
    url: str
    audience: str
    note: str
    last_verified: date | None
    stale: bool
    local: bool
    missing: str = ""
    verify_locally: bool = False

    @property
    def dial(self) -> str:
        """Return the number for a tel: link."""
        return "".join(sign for sign in self.phone if sign.isdigit() or sign == "+")


@dataclass(frozen=True, slots=True)
class LegalCard:
    """One legal source on a page."""

    key: str
    title: str
    paragraph: str
    plain: str
    last_checked: date | None
    stale: bool
    verify_locally: bool

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
    rows = {row.key: row for row in Contact.objects.filter(key__in=wanted)}
    local = _local_rows(municipality, [key for key in wanted if contacts.CONTACTS[key].local])
    return [
        _local_card(contacts.CONTACTS[key], municipality, local.get(key), day)
        if contacts.CONTACTS[key].local
        else _national_card(contacts.CONTACTS[key], rows.get(key), day)
        for key in wanted
    ]


def legal_notes(keys: Iterable[str], today: date | None = None) -> list[LegalCard]:
    """Return the cards of these legal sources in the given order, each once, with one query. Raises KeyError."""
    wanted = list(dict.fromkeys(keys))
    day = today or timezone.localdate()
    rows = {row.key: row for row in LegalNote.objects.filter(key__in=wanted)}
    return [_legal_card(legal_sources.SOURCES[key], rows.get(key), day) for key in wanted]


def is_stale(last_verified: date | None, today: date) -> bool:
    """Return whether the check is missing or older than twelve months."""
    if last_verified is None:
        return True
    return (last_verified.year + 1, last_verified.month, last_verified.day) < (today.year, today.month, today.day)


def _local_rows(municipality: Municipality | None, keys: list[str]) -> dict[str, LocalContact]:
    if municipality is None or not keys:
        return {}
    return {row.key: row for row in LocalContact.objects.filter(municipality=municipality, key__in=keys)}


def _national_card(shipped: contacts.ShippedContact, row: Contact | None, today: date) -> ContactCard:
    source = row or shipped
    return ContactCard(
        key=shipped.key,
        name=_shown(source.name),
        phone=source.phone,
        url=source.url,
        audience=_shown(source.audience),
        note=_shown(source.note),
        last_verified=source.last_verified,
        stale=is_stale(source.last_verified, today),
        local=False,
        verify_locally=shipped.verify_locally,
    )


def _local_card(
    shipped: contacts.ShippedContact, municipality: Municipality | None, row: LocalContact | None, today: date
) -> ContactCard:
    return ContactCard(
        key=shipped.key,
        name=str(shipped.name),
        phone=row.phone if row else "",
        url=row.url if row else "",
        audience=str(shipped.audience),
        note=row.note if row and row.note else str(shipped.note),
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


def _legal_card(shipped: legal_sources.Source, row: LegalNote | None, today: date) -> LegalCard:
    checked = row.last_verified if row else shipped.last_checked
    return LegalCard(
        key=shipped.key,
        title=_shown(row.title if row else shipped.title),
        paragraph=row.paragraph if row else shipped.paragraph,
        plain=_shown(row.plain if row else shipped.plain),
        last_checked=checked,
        stale=is_stale(checked, today),
        verify_locally=shipped.verify_locally,
    )


def _shown(stored: object) -> str:
    """Return shipped text in the reader's language, text that an administrator changed as written."""
    words = str(stored)
    return _(words) if words else ""
