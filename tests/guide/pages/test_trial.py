"""The first questions without a login: carried from page to page, stored nowhere."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.conf import LazySettings
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.enums import Role
from cases.log.case_file import read_case
from cases.models import Case, Entry, User
from guide.steps import BY_KEY, afdaek
from tests.factories import make_user
from tests.guide.accounts.test_login import SECRET, code_now
from tests.guide.conftest import PASSWORD
from tests.guide.page_reader import Page, logged_in, read

pytestmark = pytest.mark.django_db

WRITES = re.compile(r"INSERT|UPDATE|DELETE|REPLACE", re.IGNORECASE)
ANSWERS: dict[str, dict[str, Any]] = {
    "fare": {"danger_self_harm": "nej", "abuse": "nej", "suspicion_home": "nej"},
    "haendelse": {"kinds": ["image_shared", "extortion"], "ongoing": "ja"},
    "billede": {"shown": "nude", "recognised": "ja", "depicts": ["pupil"], "passed_on": "ja"},
    "hvem": {
        "victim_age": "14", "youngest_age_samme": "on", "offender_is": ["stranger"], "threat": "ja",
        "reaction": "panic",
    },
}  # fmt: skip


def form_of(page: Page) -> dict[str, list[str]]:
    return next(form for form in page.forms.values() if "afsnit" in form)


def walk(client: Client, answers: dict[str, dict[str, Any]] = ANSWERS) -> Any:
    """Answer page after page as they come; the last answer."""
    answer = client.get("/proev/")
    for _page in afdaek.FIRST:
        if "»" in answer.text and "Opret en sag med svarene" in answer.text:
            break
        carried = form_of(read(answer.text))
        here = carried["afsnit"][0]
        answer = client.post("/proev/", {**carried, "handling": "videre", **answers[here]})
    return answer


def rows() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models(include_auto_created=True)}


def titles(page: Page) -> list[str]:
    return [one.words for one in page.having("h2", class_="action__title")]


def test_answers_lead_to_what_to_do_and_are_stored_nowhere() -> None:
    client, before = Client(), rows()
    with CaptureQueriesContext(connection) as captured:
        answer = walk(client)
    page = read(answer.text)
    assert titles(page) == [
        "Hent ledelsen ind i sagen", "Betal ikke, send ikke mere, og gem beviserne", "Ring til politiet på 114",
        "Vær der for den krænkede", "Fortæl det til forældrene sammen med eleven",
    ]  # fmt: skip
    assert "tel:114" in page.links
    assert rows() == before
    assert [query["sql"] for query in captured if WRITES.match(query["sql"]) or "django_session" in query["sql"]] == []
    assert "session" not in answer.cookies
    assert "no-store" in answer["Cache-Control"]


def test_every_answer_is_carried_to_the_end_and_back() -> None:
    client = Client()
    carried = form_of(read(walk(client).text))
    told = {name: value for answers in ANSWERS.values() for name, value in answers.items()}
    told["youngest_age_samme"] = "on"
    assert {name: values if len(values) > 1 else values[0] for name, values in carried.items() if name in told} == {
        name: value if not isinstance(value, list) or len(value) > 1 else value[0] for name, value in told.items()
    }
    again = client.post("/proev/", {**carried, "handling": "ret"})
    assert "Er nogen i fare?" in again.text
    back = client.post("/proev/", {**form_of(read(again.text)), **ANSWERS["fare"], "handling": "videre"})
    assert 'value="image_shared" checked' in back.text
    earlier = client.post("/proev/", {**form_of(read(back.text)), **ANSWERS["haendelse"], "handling": "tilbage"})
    assert "Er nogen i fare?" in earlier.text


def test_no_page_asks_for_text_besides_ages() -> None:
    client = Client()
    answer = client.get("/proev/")
    texts = set()
    for section in afdaek.FIRST:
        page = read(answer.text)
        assert {given.get("type", "text") for given in page.inputs} <= {"hidden", "radio", "checkbox", "text"}
        texts |= {given["name"] for given in page.inputs if given.get("type") == "text"}
        answer = client.post("/proev/", {**form_of(page), **ANSWERS[section], "handling": "videre"})
    assert texts == {"victim_age", "youngest_age"}


def test_page_about_the_image_is_passed_over_where_there_is_none() -> None:
    sent = {"afsnit": "haendelse", "kinds": ["bullying"], "handling": "videre"}
    assert "Hvem krænker?" in Client().post("/proev/", sent).text
    assert "2 af 3" in Client().post("/proev/", {"afsnit": "fare", "kinds": ["bullying"], "handling": "videre"}).text


def test_danger_leads_at_once_to_what_to_do() -> None:
    sent = {"afsnit": "fare", "danger_self_harm": "ja", "self_harm_plan": "ja", "handling": "videre"}
    following = Client().post("/proev/", sent)
    assert "Ring 112" in following.text
    at_once = Client().post("/proev/", {**form_of(read(following.text)), "handling": "nu"})
    assert titles(read(at_once.text))[0] == "Ring 112"
    assert "tel:112" in read(at_once.text).links


@pytest.mark.parametrize(
    ("section", "sent", "anchors"),
    [
        ("hvem", {"victim_age": "fjorten"}, ["id_victim_age"]),
        ("hvem", {"victim_age": "999"}, ["id_victim_age"]),
        ("billede", {"shown": "opfundet"}, ["id_shown_0"]),
        ("haendelse", {"kinds": "opfundet"}, ["id_kinds_0"]),
        ("hvem", {"victim_age": "010203-1234"}, ["id_victim_age"]),
        ("hvem", {"victim_age": "\x00"}, ["id_victim_age"]),
    ],
)
def test_bad_input_is_told_at_the_field(section: str, sent: dict[str, Any], anchors: list[str]) -> None:
    answer = Client().post("/proev/", {"afsnit": section, **sent})
    assert answer.status_code == 422
    page = read(answer.text)
    assert [link.removeprefix("#") for link in page.links if link.startswith("#id_")] == anchors
    assert set(anchors) <= set(page.ids)


def test_page_before_anything_is_answered_shows_no_errors() -> None:
    answer = Client().get("/proev/")
    assert "fejl" not in read(answer.text).ids
    assert Client().post("/proev/", {}).status_code == 200


@pytest.mark.parametrize("section", ["opfundet", "elev", "\x00"])
def test_section_that_is_not_asked_first_is_not_found(section: str) -> None:
    assert Client().post("/proev/", {"afsnit": section}).status_code == 404


def test_what_was_not_asked_is_not_carried() -> None:
    answer = Client().post("/proev/", {"afsnit": "fare", "what_happened": "Alma fra 7.b", "next": "x"})
    assert "Alma" not in answer.text


def test_case_is_created_with_the_answers() -> None:
    user = make_user()
    client = logged_in(user)
    answer = client.post("/sager/ny/", read(walk(client).text).forms["opret"])
    case = Case.objects.unscoped("test").get()
    assert answer["Location"] == f"/sager/{case.public_id}/nu/"
    answers = read_case(case).answers()["afdaek"]
    assert {name: answers[name] for name in ("shown", "victim_age", "youngest_age", "kinds")} == {
        "shown": "nude", "victim_age": "14", "youngest_age": "14", "kinds": ["image_shared", "extortion"],
    }  # fmt: skip
    assert set(answers) <= set(BY_KEY["afdaek"].names(afdaek.FIRST))


def form_with(html: str, name: str) -> dict[str, list[str]]:
    return next(given for given in read(html).forms.values() if name in given)


@pytest.fixture
def stranger() -> Client:
    cache.clear()
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def teacher() -> User:
    user = make_user()
    user.set_password(PASSWORD)
    user.save()
    return user


def ask_for_a_case(stranger: Client) -> HttpResponse:
    """Walk the trial, and press the button that creates a case: the page that asks for the login."""
    given = read(walk(stranger).text).forms["opret"]
    stranger.handler.enforce_csrf_checks = True
    return send(stranger, "/sager/ny/", given)


def send(client: Client, address: str, form: dict[str, list[str]], **typed: str) -> HttpResponse:
    """Send the form of a page as a browser would, with its token, and what is typed."""
    token = {"csrfmiddlewaretoken": client.cookies["csrf"].value}
    return client.post(address, {**form, **typed, **token})


def test_login_carries_the_answers_to_the_new_case(stranger: Client, teacher: User) -> None:
    TOTP.activate(teacher, SECRET)
    asked = ask_for_a_case(stranger)
    assert (asked.status_code, "Log ind, så opretter vi sagen" in asked.text) == (403, True)
    assert [field["name"] for field in read(asked.text).inputs].count("login") == 1
    wrong = send(stranger, "/konto/login/", form_with(asked.text, "svar"), login=teacher.email, password="forkert")
    code = send(stranger, "/konto/login/", form_with(wrong.text, "svar"), login=teacher.email, password=PASSWORD)
    assert (code.status_code, "Bekræft dit login" in code.text) == (200, True)
    wrong = send(stranger, "/konto/2fa/authenticate/", form_with(code.text, "code"), code="000000")
    ready = send(stranger, "/konto/2fa/authenticate/", form_with(wrong.text, "code"), code=code_now())
    assert (ready.status_code, "Du er logget ind" in ready.text) == (200, True)
    assert Entry.objects.count() == 0
    assert not any("nude" in str(kept) for kept in stranger.session.values())
    assert not any("nude" in kept.value for kept in stranger.cookies.values())
    made = send(stranger, "/sager/ny/", form_with(ready.text, "shown"))
    case = Case.objects.unscoped("test").get()
    assert made["Location"] == f"/sager/{case.public_id}/nu/"
    assert read_case(case).answers()["afdaek"]["shown"] == "nude"


def test_whoever_logs_in_beside_the_page_creates_the_case_from_it(stranger: Client, settings: LazySettings) -> None:
    settings.DEMO = False
    settings.SSO_PROVIDERS = {"skole": SimpleNamespace(key="skole", name="Skolelogin")}
    asked = ask_for_a_case(stranger)
    assert [one.attributes["target"] for one in read(asked.text).having("a", class_="button-primary")] == ["_blank"]
    wrong = send(stranger, "/konto/login/", form_with(asked.text, "svar"), login="ingen@skole.dk", password="forkert")
    kept = form_with(wrong.text, "shown")
    stranger.force_login(make_user())
    # The new login came with a new token; the page says that one press is left, and no fault.
    again = stranger.post("/sager/ny/", {**kept, "csrfmiddlewaretoken": "x" * 64})
    assert ("Du er logget ind nu" in again.text, "gammel" in again.text) == (True, False)
    made = send(stranger, "/sager/ny/", form_with(again.text, "shown"))
    assert made["Location"] == f"/sager/{Case.objects.unscoped('test').get().public_id}/nu/"


def test_whoever_lacks_the_second_factor_keeps_the_answers(stranger: Client, teacher: User) -> None:
    asked = ask_for_a_case(stranger)
    told = send(stranger, "/konto/login/", form_with(asked.text, "svar"), login=teacher.email, password=PASSWORD)
    assert "Du mangler kun login i to trin" in told.text
    assert form_with(told.text, "shown")["shown"] == ["nude"]


@pytest.mark.parametrize("sent", [{"submission_id": "x"}, {"shown": "nude" * 9000}, {}])
def test_login_carries_neither_nothing_nor_what_no_login_form_takes(sent: dict[str, str]) -> None:
    answer = Client().post("/sager/ny/", sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, "Du er ikke logget ind" in answer.text) == (403, True)


def test_reader_without_cases_is_not_offered_one() -> None:
    assert "Opret en sag med svarene" not in walk(logged_in(make_user(Role.SSP))).text
