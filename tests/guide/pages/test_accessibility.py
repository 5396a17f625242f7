"""The accessibility statement: what the law asks for, as the municipality filled it in."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from guide.models import Accessibility
from tests.factories import make_municipality, make_school, make_user
from tests.guide.page_reader import read

pytestmark = pytest.mark.django_db

PAGE, SHORT = "/tilgaengelighed/", "/was"
WAS = "https://www.was.digst.dk/handlekort-sundby-dk"
FILLED: dict[str, Any] = {
    "url": WAS,
    "phone": "12 34 56 78",
    "email": "web@sundby.example",
    "known_faults": "Kortet over skoler kan ikke læses op. Brug listen.",
    "last_verified": date(2026, 3, 2),
}
ENDPOINTS = {"url": WAS, "phone": "tel:12345678", "email": "mailto:web@sundby.example"}


def words(client: Client | None = None) -> str:
    return " ".join(read((client or Client()).get(PAGE).text).words.split())


@time_machine.travel("2026-11-20T12:00:00+01:00", tick=False)
def test_all_that_is_filled_in_is_shown() -> None:
    Accessibility.objects.create(municipality=make_municipality("Sundby"), **FILLED)
    html = Client().get(PAGE).text
    for shown in ("Sundby", "12 34 56 78", FILLED["known_faults"], "2. marts 2026", *ENDPOINTS.values()):
        assert shown in html
    assert "Ikke udfyldt endnu" not in html
    assert "over et år siden" not in html


@pytest.mark.parametrize("left_out", FILLED)
def test_what_is_left_out_is_said(left_out: str) -> None:
    blank = None if left_out == "last_verified" else ""
    Accessibility.objects.create(municipality=make_municipality(), **FILLED | {left_out: blank})
    assert words().count("Ikke udfyldt endnu") == 1


def test_municipality_that_has_filled_in_nothing() -> None:
    make_municipality("Sundby")
    assert words().count("Ikke udfyldt endnu") == len(FILLED)


@time_machine.travel("2027-03-03T12:00:00+01:00", tick=False)
def test_review_over_a_year_ago_is_said() -> None:
    Accessibility.objects.create(municipality=make_municipality(), **FILLED)
    assert "Det er over et år siden." in words()


def test_reader_sees_the_own_municipality_and_a_stranger_each() -> None:
    here, _there = make_municipality("Herby"), make_municipality("Derby")
    reader = Client()
    reader.force_login(make_user(school=make_school(here)))
    assert ("Herby" in words(reader), "Derby" in words(reader)) == (True, False)
    assert ("Herby" in words(), "Derby" in words()) == (True, True)


def test_short_address_leads_to_the_statement() -> None:
    place = make_municipality()
    assert Client().get(f"{SHORT}/")["Location"] == PAGE
    Accessibility.objects.create(municipality=place, **FILLED)
    assert Client().get(SHORT, follow=False)["Location"] == f"{SHORT}/"
    assert Client().get(f"{SHORT}/")["Location"] == WAS


def test_short_address_of_several_municipalities_leads_to_the_page() -> None:
    for name in ("Herby", "Derby"):
        Accessibility.objects.create(municipality=make_municipality(name), url=f"{WAS}-{name}")
    assert Client().get(f"{SHORT}/")["Location"] == PAGE


@pytest.mark.parametrize("name", ["start", "akut", "account_login", "tilgaengelighed"])
def test_footer_names_the_statement(name: str) -> None:
    assert f'<a href="{PAGE}">Tilgængelighedserklæring</a>' in Client().get(reverse(name)).text
