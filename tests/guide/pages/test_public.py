"""What anybody may read without logging in."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern
from django.utils import timezone

from cases.enums import Role
from guide.models import Contact, LegalNote, LocalContact
from guide.pages.public import ACUTE_CONTACTS
from guide.reference import contacts, legal_sources
from guide.reference.contacts import CONTACTS
from guide.steps import STEPS
from guide.urls import urlpatterns
from tests.factories import make_municipality, make_school, make_user
from tests.guide.page_reader import logged_in, read

pytestmark = pytest.mark.django_db

UNCHECKED = "Ikke kontrolleret endnu"
DOCUMENTS = ("»Hjælp til ofre for hævnporno«", "Koppel og Duus (2017)", "»Actioncard for digitale krænkelser«")
# Page -> what it must say to whoever reads it.
PAGES: dict[str, tuple[str, ...]] = {
    "/": ("Eleven sidder her nu", "Log ind", "Prøv en vurdering", *(str(step.title) for step in STEPS)),
    "/akut/": (
        "Det er ikke din skyld",
        "Betal ikke. Send ikke mere.",
        "Slet ikke noget",
        "Se ikke billedet",
        "kan ikke love at holde det hemmeligt",
        "Er der en plan eller noget at gøre det med: ring 112",
        UNCHECKED,
        "kommunen først",
        "114",
        "Livslinien",
        "70 201 201",
        "116 111",
        "116 006",
    ),
    "/vejledning/": (
        *DOCUMENTS,
        *(str(step.title) for step in STEPS),
        *(str(row) for step in STEPS for row in step.rows),
    ),
    **{
        f"/vejledning/{step.key}/": (
            str(step.title),
            str(step.lead),
            str(step.guidance.why),
            *(str(item) for item in (*step.guidance.what, *step.guidance.avoid)),
            "ikke juridisk rådgivning",
        )
        for step in STEPS
    },
    "/samtaler/": (
        *("Samtale med eleven", "Samtale med forældrene", "Samtale med den, der har krænket", "Samtale med klassen"),
        *("når pressen ringer", "Det er ikke din skyld", "Spørg ikke, hvorfor eleven sendte billedet", "Red Barnet"),
    ),
    "/vaegkort/": (
        *(str(step.title) for step in STEPS),
        *("ring 112", "politiet på 114 først", "70 201 201", "SSP-konsulent", "skriv selv"),
    ),
    "/niveauer/": (
        "Niveau",
        "Hvor Handlekort afviger fra hæftet",
        "Niveauet afgør aldrig, hvad loven siger",
        "Hvad er et privat billede?",
        UNCHECKED,
        *DOCUMENTS,
        str(legal_sources.GUIDANCE_ONLY),
        *(str(source.plain) for source in legal_sources.SOURCES.values()),
    ),
    "/kontakter/": (UNCHECKED, *(str(contact.name) for contact in CONTACTS.values())),
    "/proev/": ("Intet bliver gemt", "Er nogen i fare?"),
    "/tilgaengelighed/": (
        *("WCAG 2.1", "EN 301 549", "lov om webtilgængelighed", "Ingen, der bruger skærmlæser til daglig"),
        *("10 arbejdsdage", "Digitaliseringsstyrelsen", "Ikke udfyldt endnu"),
    ),
    "/databeskyttelse/": ("CPR", "billeder"),
}
WRITES = re.compile(r"INSERT|UPDATE|DELETE|REPLACE", re.IGNORECASE)


def rows() -> dict[str, int]:
    """How many rows every table of the database has."""
    names = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    with connection.cursor() as cursor:
        counted = {}
        for name in sorted(names | set(connection.introspection.table_names(cursor))):
            cursor.execute(f'SELECT COUNT(*) FROM "{name}"')
            counted[name] = cursor.fetchone()[0]
    return counted


def asked(ask: Any) -> tuple[Any, list[str]]:
    with CaptureQueriesContext(connection) as captured:
        answer = ask()
    return answer, [query["sql"] for query in captured]


@pytest.mark.parametrize("page", PAGES)
def test_page_says_what_it_must_to_anybody(page: str) -> None:
    answer = Client().get(page)
    assert answer.status_code == 200
    words = " ".join(read(answer.text).words.split())
    assert [sentence for sentence in PAGES[page] if " ".join(sentence.split()) not in words] == []


@pytest.mark.parametrize("page", PAGES)
def test_page_leaves_no_trace(page: str) -> None:
    client = Client()
    before = rows()
    answer, statements = asked(lambda: client.get(page))
    assert rows() == before
    assert [sql for sql in statements if WRITES.match(sql) or "django_session" in sql] == []
    # A form needs its token, and nothing else is set.
    assert set(answer.cookies) == ({"csrf"} if page == "/proev/" else set())


@pytest.mark.parametrize("page", [page for page in PAGES if page != "/proev/"])
def test_page_is_for_reading_only(page: str) -> None:
    assert Client().head(page).status_code == 200
    assert Client().post(page, {"what": "ever"}).status_code == 405


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", Role)
def test_page_opens_for_those_who_are_logged_in_too(page: str, role: Role) -> None:
    assert logged_in(make_user(role)).get(page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_page_asks_nobody_for_text(page: str) -> None:
    types = {given.get("type", "text") for given in read(Client().get(page).text).inputs}
    allowed = {"hidden", "radio", "checkbox", "text"} if page == "/proev/" else set()
    assert types <= allowed


def test_step_without_guidance_is_not_found() -> None:
    assert Client().get("/vejledning/opfundet/").status_code == 404


@pytest.mark.parametrize("page", ["/akut/", *(f"/vejledning/{step.key}/" for step in STEPS)])
def test_guidance_is_reached_without_a_dead_end(page: str) -> None:
    links = {link for link in read(Client().get(page).text).links if link.startswith("/")}
    assert {link: Client().get(link).status_code for link in links if link != "/sager/"} == dict.fromkeys(links, 200)


# --- Whom to call ---


def test_acute_page_has_a_number_to_press_for_each_of_its_contacts() -> None:
    links = read(Client().get("/akut/").text).links
    for key in ACUTE_CONTACTS:
        assert f"tel:{CONTACTS[key].phone.replace(' ', '')}" in links
    assert links.count("tel:112") >= 1


def test_contacts_of_the_municipality_say_that_they_are_missing() -> None:
    words = read(Client().get("/kontakter/").text).words
    assert "Hver kommune har sin egen" in words


@pytest.mark.parametrize("page", ["/akut/", "/kontakter/"])
def test_reader_sees_the_contacts_of_the_own_municipality(page: str) -> None:
    here, elsewhere = make_municipality("Herkommune"), make_municipality("Derkommune")
    for number, municipality in enumerate((here, elsewhere)):
        LocalContact.objects.create(municipality=municipality, key="ssp_konsulent", phone=f"11 22 33 4{number}")
    readers = [make_user(school=make_school(here)), make_user(Role.SSP, municipality=here)]
    for reader in readers:
        html = logged_in(reader).get(page).text
        assert "11 22 33 40" in html
        assert "11 22 33 41" not in html
    stranger = Client().get(page).text
    assert "11 22 33 4" not in stranger


@pytest.mark.parametrize(("page", "model"), [("/kontakter/", Contact), ("/niveauer/", LegalNote)])
def test_page_says_per_row_that_it_is_not_checked(page: str, model: type[Contact] | type[LegalNote]) -> None:
    before = Client().get(page).text.count(UNCHECKED)
    model.objects.filter(pk=model.objects.first().pk).update(last_verified=timezone.localdate())
    assert (before > 10, Client().get(page).text.count(UNCHECKED)) == (True, before - 1)


def test_no_contact_is_older_than_the_product_knows() -> None:
    html = Client().get("/kontakter/").text
    assert "72 58 66 00" not in html
    assert "sikkerchat" not in html.lower()
    assert len([contact for contact in contacts.CONTACTS.values() if not contact.local]) > 10


UNCHECKED_SENTENCE = "Ikke alle numre og regler her er kontrolleret endnu."
_LAW_OR_CONTACT = re.compile(r"§|\blov(?:en|ene|givning)?\b|\bpoliti|\b11[24]\b|\b116 \d")


def public_pages() -> list[str]:
    """The addresses of the product that anybody may open, without those of login and of machines."""
    named = {str(part.pattern): part for part in urlpatterns if isinstance(part, URLPattern)}
    opened = [path for path, part in named.items() if not getattr(part.callback, "login_required", True)]
    steps = [f"vejledning/{step.key}/" for step in STEPS]
    return [f"/{path}" for path in [*opened, *steps] if "<" not in path]


def test_every_public_page_with_law_or_contacts_says_that_they_are_not_checked() -> None:
    shown = {}
    for page in public_pages():
        answer = Client().get(page)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            words = read(answer.text).having("main")[0].words
            shown[page] = (bool(_LAW_OR_CONTACT.search(words)), UNCHECKED_SENTENCE in words)
    assert {"/", "/akut/", "/vaegkort/", "/samtaler/", "/vejledning/", "/proev/", "/niveauer/"} <= set(shown)
    assert [page for page, (tells, says) in shown.items() if tells and not says] == []
    for model in (Contact, LegalNote):
        model.objects.update(last_verified=timezone.localdate())
    assert [page for page in shown if UNCHECKED_SENTENCE in Client().get(page).text] == []


def test_the_answer_of_the_trial_says_that_law_and_contacts_are_not_checked() -> None:
    page = Client().post("/proev/", {"afsnit": "fare", "handling": "nu", "danger_now": "ja"})
    assert (page.status_code, UNCHECKED_SENTENCE in page.text) == (200, True)
