"""The contacts as shipped."""

import pytest

from guide.reference.contacts import CONTACTS, LOCAL_KEYS


@pytest.mark.parametrize(
    ("key", "phone", "url"),
    [
        ("alarm_112", "112", ""),
        ("politi_114", "114", ""),
        ("anmeld_online", "", "https://politi.dk/digitale-seksualforbrydelser/anmeld-digitale-sexkraenkelser"),
        ("sletdet", "", "https://sletdet.redbarnet.dk"),
        ("stopchikane", "", "https://stopchikane.nu"),
        ("offerraadgivningen", "116 006", ""),
        ("boernetelefonen", "116 111", ""),
        ("livslinien", "70 201 201", ""),
        ("take_it_down", "", "https://takeitdown.ncmec.org"),
        ("stopncii", "", "https://stopncii.org"),
        ("anmelddet", "", "https://redbarnet.dk/anmelddet"),
        ("dcum", "", "https://dcum.dk"),
        ("datatilsynet", "", "https://datatilsynet.dk"),
        ("klag_digital_tjeneste", "", "https://borger.dk"),
        ("konfliktraad", "114", ""),
        ("erstatningsnaevnet", "", "https://civilstyrelsen.dk"),
        ("ssp_konsulent", "", ""),
        ("underretning_modtagelse", "", ""),
        ("beredskabsplan", "", ""),
        ("social_doegnvagt", "", ""),
    ],
)
def test_contact_has_this_number_and_address(key: str, phone: str, url: str) -> None:
    assert (CONTACTS[key].phone, CONTACTS[key].url) == (phone, url)


def test_there_are_twenty_contacts_and_four_are_local_and_empty() -> None:
    assert len(CONTACTS) == 20
    assert LOCAL_KEYS == ("ssp_konsulent", "underretning_modtagelse", "beredskabsplan", "social_doegnvagt")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("livslinien", ("Ring 112", "ikke åben hele døgnet", "ikke alle opkald bliver besvaret")),
        ("take_it_down", ("under 18 år, da billedet blev lavet", "delvist nøgne", "af en selv", "de platforme")),
        ("take_it_down", ("krypteret fra ende til anden", "ikke på dansk")),
        ("stopncii", ("18 år eller ældre, da billedet blev lavet",)),
        ("anmelddet", ("overgrebsmateriale med børn", "Kun til det")),
        ("dcum", ("på skolen eller hos kommunen",)),
        ("klag_digital_tjeneste", ("borger.dk", "ikke på det enkelte opslag")),
    ],
)
def test_contact_says_what_it_does_not_do(key: str, words: tuple[str, ...]) -> None:
    said = f"{CONTACTS[key].audience} {CONTACTS[key].note}"
    assert [word for word in words if word not in said] == []


def test_no_outdated_number_or_page_is_shipped() -> None:
    everything = " ".join(f"{contact.phone} {contact.url} {contact.note}" for contact in CONTACTS.values())
    for outdated in ("72 58 66 00", "sikkerchat", "tirsdag", "2927"):
        assert outdated not in everything
