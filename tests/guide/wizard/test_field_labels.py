"""The question's words beside text that is handed back."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import resolve, reverse

from guide.questionnaire.rows import KEY
from guide.steps import BY_KEY
from guide.wizard.field_labels import field_label
from tests.factories import make_case
from tests.guide.sections import SECTIONS

PEOPLE = BY_KEY["afdaek"].tables[0]
CELL = next(iter(PEOPLE.columns))


@pytest.mark.parametrize(
    ("address", "name", "label"),
    [
        ("trin/afdaek/personer/", "victim_age", str(BY_KEY["afdaek"].questions["victim_age"].label)),
        ("trin/afdaek/personer/", f"{PEOPLE.key}-1-{CELL}", f"{PEOPLE.one} 2: {PEOPLE.columns[CELL].label}"),
        ("trin/afdaek/personer/", f"{PEOPLE.key}-1-opfundet", ""),
        ("trin/afdaek/personer/", f"{PEOPLE.key}-x-{CELL}", ""),
        ("trin/afdaek/personer/", "opfundet", ""),
        ("trin/opfundet/personer/", "victim_age", ""),
        ("foerst/hvem/", "victim_age", str(BY_KEY["afdaek"].questions["victim_age"].label)),
        ("foerst/hvem/", "opfundet", ""),
        ("trin/afdaek/spring-over/", "reason", "Hvorfor springer I trinnet over?"),
        ("plan/notify/", "notify-reason", "Bemærkning"),
        ("plan/notify/", "notify-outcome", ""),
        ("log/notat/", "text", "Hvad skete der?"),
        ("log/3/ret/", "text", "Hvad er det rigtige?"),
        ("henvis/", "purpose", "Hvad skal SSP hjælpe med?"),
        ("henvis/", "slut-reason", "Hvorfor trækker I den tilbage?"),
        ("status/", "reason", "Hvorfor?"),
        ("adgang/", "text", ""),
    ],
)
def test_field_has_the_words_of_its_question(address: str, name: str, label: str) -> None:
    assert field_label(resolve(f"/sager/{uuid4()}/{address}"), name) == label


def test_every_question_and_cell_of_the_card_has_its_words() -> None:
    """Also of those that no page of a test asks."""
    missing = []
    for step, section in SECTIONS:
        match = resolve(reverse("trin", args=[uuid4(), step, section]))
        cells = [f"{table.key}-0-{name}" for table in BY_KEY[step].tables for name in table.columns if name != KEY]
        names = [*BY_KEY[step].questions, *cells]
        missing += [(step, name) for name in names if not field_label(match, name)]
    assert missing == []


def test_field_of_no_page_has_none() -> None:
    assert field_label(None, "text") == ""


@pytest.mark.django_db
def test_refused_page_names_the_question(client: Client) -> None:
    case = make_case()
    client.force_login(case.owner)
    sent = {"text": "Hun græd i timen", "who": "data:image/png;base64,iVBORw0KGgo=", "opfundet": "to ord"}
    page = client.post(f"/sager/{case.public_id}/log/notat/", sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert page.status_code == 400
    assert page.context["texts"] == [
        ("Hvad skete der?", "Hun græd i timen"),
        ("Din tekst", "to ord"),
    ]
    assert ">Hvad skete der?</label>" in page.text
