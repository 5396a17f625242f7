"""Contacts and legal notes as pages get them."""

from datetime import date
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from cases.models import Municipality
from guide.directory import ContactCard, contacts_for, is_stale, legal_notes
from guide.models import Contact, LegalNote, LocalContact
from guide.reference.contacts import CONTACTS
from guide.reference.legal_sources import SOURCES

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 1)


@pytest.fixture
def municipality() -> Municipality:
    return Municipality.objects.create(name="Eksempel Kommune")


def test_seeded_rows_are_those_the_product_ships_with() -> None:
    rows = {row.key: (row.name, row.phone, row.url, row.last_verified) for row in Contact.objects.all()}
    shipped = [contact for contact in CONTACTS.values() if not contact.local]
    assert rows == {c.key: (str(c.name), c.phone, c.url, None) for c in shipped}
    notes = {row.key: (row.title, row.paragraph, row.plain, row.last_verified) for row in LegalNote.objects.all()}
    assert notes == {s.key: (str(s.title), s.paragraph, str(s.plain), None) for s in SOURCES.values()}


SEEDED_DAY = date(2026, 11, 21)
OLD = "Det er strafbart at skaffe sig adgang til andres konti og data uden lov (hacking)."
NEW = str(SOURCES["straffeloven_263"].plain)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((OLD, SEEDED_DAY), (NEW, None)),
        ((OLD, TODAY), (OLD, TODAY)),
        (("Vores tekst.", SEEDED_DAY), ("Vores tekst.", None)),
        (("Vores tekst.", TODAY), ("Vores tekst.", TODAY)),
        (None, (NEW, None)),
    ],
    ids=["as seeded", "checked since", "changed, not checked", "changed and checked", "new source"],
)
def test_upgrade_unchecks_seeded_rows_and_keeps_what_was_changed(
    before: tuple[str, date] | None, after: tuple[str, date | None]
) -> None:
    row = LegalNote.objects.filter(key="straffeloven_263")
    if before is None:
        row.delete()
    else:
        row.update(plain=before[0], last_verified=before[1])
    import_module("guide.migrations.0005_not_yet_checked").uncheck(apps, None)
    assert row.values_list("plain", "last_verified").get() == after
    assert LegalNote.objects.count() == len(SOURCES)


BEFORE_0007 = "Hører til reglerne om krænkelser af personer under 18 år. Spørg politiet, hvad de betyder i sagen."
SINCE_0007 = str(SOURCES["straffeloven_226_227"].plain)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((BEFORE_0007, None), (SINCE_0007, None)),
        ((BEFORE_0007, TODAY), (BEFORE_0007, TODAY)),
        (("Vores tekst.", None), ("Vores tekst.", None)),
    ],
    ids=["as seeded", "checked", "changed"],
)
def test_upgrade_brings_the_clearer_words_of_notes_that_nobody_touched(
    before: tuple[str, date | None], after: tuple[str, date | None]
) -> None:
    row = LegalNote.objects.filter(key="straffeloven_226_227")
    row.update(plain=before[0], last_verified=before[1])
    import_module("guide.migrations.0007_legal_words").seed_again(apps, None)
    assert row.values_list("plain", "last_verified").get() == after
    assert LegalNote.objects.count() == len(SOURCES)


def test_cards_come_in_the_order_asked_for_each_once() -> None:
    cards = contacts_for(None, ["offerraadgivningen", "alarm_112", "offerraadgivningen", "ssp_konsulent"], TODAY)
    assert [card.key for card in cards] == ["offerraadgivningen", "alarm_112", "ssp_konsulent"]
    assert cards[0] == ContactCard(
        key="offerraadgivningen",
        name="Offerrådgivningen",
        phone="116 006",
        url="",
        audience="ofre, vidner og pårørende",
        note="Åben hele døgnet.",
        last_verified=None,
        stale=True,
        local=False,
    )
    assert cards[0].dial == "116006"


def test_what_the_administrator_wrote_is_what_is_shown() -> None:
    Contact.objects.filter(key="sletdet").update(note="Ny vej ind.", url="https://sletdet.example", last_verified=TODAY)
    (card,) = contacts_for(None, ["sletdet"], TODAY)
    assert (card.note, card.url, card.last_verified) == ("Ny vej ind.", "https://sletdet.example", TODAY)


def test_a_missing_row_falls_back_to_what_is_shipped() -> None:
    Contact.objects.all().delete()
    assert contacts_for(None, ["politi_114"], TODAY)[0].phone == "114"


def test_local_contact_that_is_not_filled_in_says_so(municipality: Municipality) -> None:
    without, of_municipality = (contacts_for(owner, ["beredskabsplan"], TODAY)[0] for owner in (None, municipality))
    assert without.missing.startswith("Ikke udfyldt: Hver kommune har sin egen.")
    assert of_municipality.missing == (
        "Ikke udfyldt for Eksempel Kommune endnu. Ring til kommunens omstilling, og bed administratoren skrive den ind."
    )
    assert (of_municipality.phone, of_municipality.url, of_municipality.stale) == ("", "", False)


def test_local_contact_is_shown_to_its_own_municipality_only(municipality: Municipality) -> None:
    LocalContact.objects.create(
        municipality=municipality, key="ssp_konsulent", phone="12 34 56 78", last_verified=TODAY
    )
    other = Municipality.objects.create(name="Anden Kommune")
    own, others = (contacts_for(owner, ["ssp_konsulent"], TODAY)[0] for owner in (municipality, other))
    assert (own.phone, own.missing, own.stale) == ("12 34 56 78", "", False)
    assert (others.phone, bool(others.missing)) == ("", True)


@pytest.mark.parametrize(
    ("checked", "doubt"),
    [
        (None, "ikke kontrolleret endnu"),
        (date(2025, 11, 30), "ikke kontrolleret i over et år"),
        (date(2025, 12, 1), ""),
        (date(2026, 12, 1), ""),
        (date(2024, 2, 29), "ikke kontrolleret i over et år"),
    ],
)
def test_twelve_months_without_a_check_make_a_contact_old(checked: date | None, doubt: str) -> None:
    assert is_stale(checked, TODAY) is bool(doubt)
    Contact.objects.filter(key="dcum").update(last_verified=checked)
    assert [(card.stale, card.doubt) for card in contacts_for(None, ["dcum"], TODAY)] == [(bool(doubt), doubt)]


def test_legal_notes_carry_their_day_and_the_warning() -> None:
    LegalNote.objects.filter(key="straffeloven_235").update(plain="Ændret.", last_verified=date(2025, 1, 1))
    changed, telephone = legal_notes(["straffeloven_235", "elevers_telefoner"], TODAY)
    assert (changed.name, changed.plain, changed.stale) == ("Straffeloven § 235", "Ændret.", True)
    assert (telephone.name, telephone.last_checked, telephone.stale) == ("Elevers telefoner", None, True)


def test_a_key_nobody_has_is_refused() -> None:
    with pytest.raises(KeyError):
        contacts_for(None, ["findes_ikke"], TODAY)
    with pytest.raises(KeyError):
        legal_notes(["findes_ikke"], TODAY)


@pytest.mark.parametrize("count", [1, len(CONTACTS)])
def test_two_queries_whatever_the_number(
    count: int, municipality: Municipality, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(2):
        assert len(contacts_for(municipality, list(CONTACTS)[-count:], TODAY)) == count


def test_local_contact_must_be_reachable_and_is_one_of_its_kind(municipality: Municipality) -> None:
    with pytest.raises(ValidationError, match="Skriv et telefonnummer eller en hjemmeside"):
        LocalContact(municipality=municipality, key="ssp_konsulent").full_clean()
    LocalContact.objects.create(municipality=municipality, key="ssp_konsulent", phone="1")
    with pytest.raises(IntegrityError):
        LocalContact.objects.create(municipality=municipality, key="ssp_konsulent", phone="2")
