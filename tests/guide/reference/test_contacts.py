"""The contacts as shipped."""

from datetime import date

import pytest

from guide.reference.contacts import CONTACTS, LOCAL_KEYS


@pytest.mark.parametrize(
    ("key", "phone", "url"),
    [
        ("alarm_112", "112", ""),
        ("politi_114", "114", ""),
        ("anmeld_online", "", "https://politi.dk"),
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
    assert all(CONTACTS[key].last_verified is None for key in LOCAL_KEYS)


def test_sure_national_contacts_carry_the_day_they_were_checked() -> None:
    dates = {key: contact.last_verified for key, contact in CONTACTS.items() if not contact.local}
    assert dates.pop("klag_digital_tjeneste") is None
    assert set(dates.values()) == {date(2026, 11, 21)}


def test_no_outdated_number_or_page_is_shipped() -> None:
    everything = " ".join(f"{contact.phone} {contact.url} {contact.note}" for contact in CONTACTS.values())
    for outdated in ("72 58 66 00", "sikkerchat", "tirsdag", "2927"):
        assert outdated not in everything
