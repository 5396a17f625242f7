"""What anybody may read without logging in, and the assessment that stores nothing."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.enums import Role
from guide.models import LocalContact
from guide.pages.public import ACUTE_CONTACTS
from guide.reference import contacts, legal_sources
from guide.reference.contacts import CONTACTS
from guide.steps import STEPS
from guide.steps.public_trial import TRIAL, TrialForm
from tests.factories import make_municipality, make_school, make_user
from tests.guide.page_reader import logged_in, read, typed

pytestmark = pytest.mark.django_db

# Page -> what it must say to whoever reads it.
PAGES: dict[str, tuple[str, ...]] = {
    "/": ("Eleven sidder her nu", "Log ind", "Prøv en vurdering", *(str(step.title) for step in STEPS)),
    "/akut/": (
        "Det er ikke din skyld",
        "Betal ikke. Send ikke mere.",
        "Slet ikke noget",
        "Se ikke billedet",
        "kan ikke love at holde det hemmeligt",
        "kommunen først",
        "114",
        "Livslinien",
        "70 201 201",
        "116 111",
        "116 006",
    ),
    "/vejledning/": (*(str(step.title) for step in STEPS), *(str(row) for step in STEPS for row in step.rows)),
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
    "/niveauer/": (
        "Niveau",
        "Hvor Handlekort afviger fra hæftet",
        "Niveauet afgør aldrig, hvad loven siger",
        str(legal_sources.GUIDANCE_ONLY),
        *(str(source.plain) for source in legal_sources.SOURCES.values()),
    ),
    "/kontakter/": tuple(str(contact.name) for contact in CONTACTS.values()),
    "/proev/": ("Intet bliver gemt", "Vis vurderingen"),
    "/tilgaengelighed/": ("WCAG 2.1", "EN 301 549"),
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


def test_no_contact_is_older_than_the_product_knows() -> None:
    html = Client().get("/kontakter/").text
    assert "72 58 66 00" not in html
    assert "sikkerchat" not in html.lower()
    assert len([contact for contact in contacts.CONTACTS.values() if not contact.local]) > 10


# --- The assessment anybody may try ---


def test_trial_offers_no_text_besides_ages() -> None:
    inputs = [given for given in read(Client().get("/proev/").text).inputs if given.get("type", "text") == "text"]
    open_at_first = {"victim_age"}
    assert {given["name"] for given in inputs} == open_at_first
    opened = read(Client().post("/proev/", {"shown": "nude"}).text)
    texts = {given["name"]: given for given in opened.inputs if given.get("type", "text") == "text"}
    assert set(texts) == {"victim_age", "youngest_age"}
    assert {given["inputmode"] for given in texts.values()} == {"numeric"}
    assert [given for given in opened.inputs if given.get("type") in ("textarea", "file", "date", "email")] == []


EVERYTHING: dict[str, Any] = {
    **{name: "ja" for name in TrialForm.base_fields if name.startswith("danger_")},
    "kinds": ["image_shared", "extortion"],
    "shown": "sexual",
    "recognisable": "ja",
    "identity_published": "ja",
    "shared": "ja",
    "youngest_age": "13",
    "ongoing": "ja",
    "reached": "public",
    "victim_age": "14",
    "reaction": "overwhelmed",
    "offender_known": "none",
    "threat": "ja",
    "motive": "extensive",
}


@pytest.mark.parametrize("htmx", [False, True])
def test_trial_stores_nothing(htmx: bool) -> None:
    assert set(EVERYTHING) == set(TrialForm.base_fields)
    client = Client()
    before = rows()
    answer, statements = asked(
        lambda: client.post("/proev/", EVERYTHING, headers={"HX-Request": "true"} if htmx else {})
    )
    assert answer.status_code == 200
    assert "4" in answer.text
    assert rows() == before
    assert [sql for sql in statements if WRITES.match(sql) or "django_session" in sql] == []
    assert "session" not in answer.cookies
    assert "no-store" in answer["Cache-Control"]


def test_trial_shows_level_and_keeps_the_answers_on_the_page() -> None:
    html = Client().post("/proev/", EVERYTHING).text
    sent = typed(html, "")
    for name, value in EVERYTHING.items():
        assert sent[name] == (value if isinstance(value, list) else [value])
    assert "tel:112" in read(html).links
    assert "Gør det her nu" in html


@pytest.mark.parametrize(
    ("sent", "anchors"),
    [
        ({"victim_age": "fjorten"}, ["id_victim_age"]),
        ({"victim_age": "999"}, ["id_victim_age"]),
        ({"shown": "opfundet"}, ["id_shown_0"]),
        ({"kinds": ["opfundet"], "victim_age": "x"}, ["id_kinds_0", "id_victim_age"]),
        ({"victim_age": "010203-1234"}, ["id_victim_age"]),
        ({"victim_age": "\x00"}, ["id_victim_age"]),
    ],
)
def test_trial_tells_bad_input_at_the_field(sent: dict[str, Any], anchors: list[str]) -> None:
    answer = Client().post("/proev/", sent)
    assert answer.status_code == 422
    page = read(answer.text)
    assert [link.removeprefix("#") for link in page.links if link.startswith("#id_")] == anchors
    assert set(anchors) <= set(page.ids)


def test_trial_before_anything_is_answered_shows_no_errors() -> None:
    answer = Client().get("/proev/")
    assert "fejl" not in read(answer.text).ids
    assert Client().post("/proev/", {}).status_code == 200


@pytest.mark.parametrize(
    ("sent", "seen", "changed"),
    [
        ({"shown": "nude"}, (), {"recognisable", "identity_published", "shared", "youngest_age"}),
        ({"shown": "nude"}, ("recognisable", "identity_published", "shared", "youngest_age"), set()),
        ({"shown": "nothing"}, ("recognisable", "shared"), {"recognisable", "shared"}),
        ({"reaction": "panic"}, (), set()),
    ],
)
def test_trial_refreshes_what_an_answer_changes(sent: dict[str, Any], seen: tuple[str, ...], changed: set[str]) -> None:
    answer = Client().post("/proev/", {**sent, "vist": seen}, headers={"HX-Request": "true"})
    page = read(answer.text)
    assert {name.removeprefix("sp-") for name in page.ids if name.startswith("sp-")} == changed
    assert {"vurdering", "fare"} <= set(page.ids)
    assert "<html" not in answer.text


def test_trial_ignores_what_it_did_not_ask() -> None:
    plain = typed(Client().post("/proev/", {"victim_age": "14"}).text, "")
    odd = typed(Client().post("/proev/", {"victim_age": "14", "what_happened": "Alma fra 7.b"}).text, "")
    assert plain == odd


def test_trial_and_case_ask_with_the_same_words() -> None:
    form = STEPS[0].form.base_fields
    for name, field in TrialForm.base_fields.items():
        assert str(field.label) == str(form[name].label)
    assert TRIAL.key == STEPS[0].key
