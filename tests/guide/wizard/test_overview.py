"""A case opened and seen as a whole."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.enums import AuditVerb, DutyState, Role
from cases.log import writer
from cases.log.case_file import read_case
from cases.models import AuditEvent, Case, Entry, School, User
from cases.sharing import actions
from guide.questionnaire.schema import Step
from guide.steps import STEPS
from tests.factories import add_note, make_case, make_municipality, make_school, make_user
from tests.guide.page_reader import logged_in, read, stored
from tests.guide.sections import file_sections

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def owner(school: School) -> User:
    return make_user(school=school, name="Olga Ejer")


@pytest.fixture
def leader(school: School) -> User:
    return make_user(Role.LEADER, school=school)


@pytest.fixture
def case(owner: User) -> Case:
    return make_case(owner)


@pytest.fixture
def client(owner: User) -> Client:
    return logged_in(owner)


def url(case: Case) -> str:
    return reverse("sag", args=[case.public_id])


def refer(case: Case, form: str) -> None:
    actions.refer(case=case, by=case.owner, form=form, purpose="Råd", message="", included=[], submission_id=uuid4())


def lead_on(html: str) -> str:
    """The step that the overview's main button leads to."""
    links = [one.attributes["href"] for one in read(html).having("a", class_="button-primary")]
    return next((found[1] for link in links if (found := re.search(r"/trin/([a-z]+)/[a-z]+/$", link))), "")


# --- Opening ---

OPENERS = {
    Role.STAFF: (200, 302),
    Role.LEADER: (200, 302),
    Role.SSP: (403, 403),
    Role.ADMINISTRATOR: (403, 403),
}


@pytest.mark.parametrize("role", Role)
def test_case_is_opened_by_those_of_a_school(role: Role) -> None:
    client = logged_in(make_user(role))
    answers = (client.get("/sager/ny/"), client.post("/sager/ny/"))
    assert tuple(answer.status_code for answer in answers) == OPENERS[role]
    assert Case.objects.unscoped("test").count() == (1 if OPENERS[role][1] == 302 else 0)


def test_nobody_opens_a_case_without_login() -> None:
    assert Client().get("/sager/ny/")["Location"] == "/konto/login/?next=/sager/ny/"
    assert Client().post("/sager/ny/").status_code == 403
    assert Case.objects.unscoped("test").count() == 0


def test_new_case_begins_at_the_first_questions_of_its_own_school(client: Client, owner: User, school: School) -> None:
    """A school, an owner or a reference that is sent along changes nothing."""
    other = make_school()
    sent = {"school": other.pk, "owner": make_user().pk, "reference": "26-AAAAA", "status": "closed"}
    answer = client.post("/sager/ny/", sent)
    case = Case.objects.unscoped("test").get()
    assert (answer.status_code, answer["Location"]) == (302, f"/sager/{case.public_id}/foerst/fare/")
    assert (case.school, case.owner, case.status) == (school, owner, "open")
    assert case.reference != "26-AAAAA"


def test_looking_at_the_form_opens_no_case(client: Client, school: School) -> None:
    assert school.name in client.get("/sager/ny/").text
    assert Case.objects.unscoped("test").count() == 0


# --- The overview ---


def test_overview_shows_every_step_with_its_status(client: Client, case: Case) -> None:
    file_sections(client, case, abuse="nej")
    writer.skip_step(
        case=stored(case), by=case.owner, step="stop", title="Stop", reason="Intet er delt.", submission_id=uuid4()
    )
    client.post(reverse("kladde", args=[case.public_id, "inddrag", "foraeldre"]), {"told_by": "Mor"})
    html = client.get(url(case)).text
    shown = re.findall(r"step step--(\w+)", html)
    assert shown == ["begun", "not_begun", "begun", "not_begun", "skipped", "not_begun", "not_begun"]
    page = read(html)
    drafted = [one.words for one in page.having("li", class_="task") if "Kladde, ikke gemt" in one.words]
    assert drafted == ["Forældrene Kladde, ikke gemt"]
    assert [one.words for one in page.having("h3") if one.words[0].isdigit()] == [
        f"{number}. {step.title}" for number, step in enumerate(STEPS, start=1)
    ]
    assert "Intet er delt." in html
    assert "Olga Ejer" in html
    assert case.reference in html


def tasks(html: str, step: str) -> dict[str, str]:
    """The sections of a step as the overview lists them: address -> title and status."""
    links = [one for one in read(html).having("a") if f"/trin/{step}/" in one.attributes.get("href", "")]
    words = [one.words for one in read(html).having("li", class_="task")]
    return {
        one.attributes["href"]: next(text for text in words if text.startswith(f"{one.words} ")).removeprefix(one.words)
        for one in links
        if one.attributes["href"].split("/")[-2] != "spring-over" and "button" not in one.attributes.get("class", "")
    }


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_overview_links_every_section_that_asks_something(client: Client, case: Case, step: Step) -> None:
    html = client.get(url(case)).text
    closed = {section.key for section in step.sections if str(section.title) in _irrelevant(html)}
    wanted = [section.key for section in step.sections if section.key not in closed]
    assert list(tasks(html, step.key)) == [reverse("trin", args=[case.public_id, step.key, key]) for key in wanted]
    for key in wanted:
        assert client.get(reverse("trin", args=[case.public_id, step.key, key])).status_code == 200


def _irrelevant(html: str) -> str:
    return " ".join(one.words for one in read(html).having("p", class_="soft") if one.words.startswith("Ikke relevant"))


def test_overview_says_which_sections_lack_something(client: Client, case: Case) -> None:
    file_sections(client, case, kinds=["bullying"], threat="nej", ongoing="ja", own_words="Jeg vil hjem.")
    said = tasks(client.get(url(case)).text, "afdaek")
    found = {address.split("/")[-2]: words.strip() for address, words in said.items()}
    assert {key: found.get(key, "") for key in ("fare", "haendelse", "billede", "elev", "sted")} == {
        "fare": "Mangler",
        "haendelse": "Klar",
        "billede": "",
        "elev": "Klar",
        "sted": "Efter behov",
    }


def test_section_that_is_answered_in_part_says_how_much_is_missing(client: Client, case: Case) -> None:
    file_sections(client, case, kinds=["bullying"])
    said = {
        address.split("/")[-2]: words.strip() for address, words in tasks(client.get(url(case)).text, "afdaek").items()
    }
    assert (said["haendelse"], said["fare"]) == ("2 svar mangler", "Mangler")


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_step_alone_leads_to_its_tasks_on_the_overview(client: Client, case: Case, step: Step) -> None:
    address = reverse("trin_opgaver", args=[case.public_id, step.key])
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"{url(case)}?trin={step.key}#trin-{step.key}")
    assert client.post(address).status_code == 405
    page = client.get(answer["Location"])
    opened = re.findall(r'<li id="trin-(\w+)">\s*<details class="step step--\w+" open>', page.text)
    assert opened == [step.key]


@pytest.mark.parametrize("wanted", ["opfundet", "%01", "stop&trin=anmeld"])
def test_overview_opens_no_more_than_one_step_whatever_is_asked(client: Client, case: Case, wanted: str) -> None:
    page = client.get(f"{url(case)}?trin={wanted}")
    assert page.status_code == 200
    assert page.text.count(" open>") <= 1


SEVERE = {"shown": "nude", "recognised": "ja", "victim_age": "14", "offender_is": ["pupil"]}


def walk(client: Client, case: Case, steps: list[str]) -> None:
    for step in steps:
        writer.skip_step(
            case=stored(case), by=case.owner, step=step, title=step, reason="Ikke nu.", submission_id=uuid4()
        )


@pytest.mark.parametrize(
    ("answers", "skipped", "leads_to"),
    [
        ({}, [], "afdaek"),
        ({}, ["afdaek"], "vurder"),
        ({}, ["afdaek", "vurder", "inddrag", "dokumenter"], "anmeld"),
        (SEVERE, ["afdaek", "vurder", "inddrag", "dokumenter"], "anmeld"),
        (SEVERE, ["afdaek", "vurder", "inddrag", "dokumenter", "anmeld", "behandl"], "stop"),
        ({}, [step.key for step in STEPS], ""),
    ],
)
def test_overview_leads_on_to_the_police_before_deletion(
    client: Client, case: Case, answers: dict[str, Any], skipped: list[str], leads_to: str
) -> None:
    if answers:
        file_sections(client, case, **answers)
    walk(client, case, skipped)
    assert lead_on(client.get(url(case)).text) == leads_to


def test_overview_leads_on_to_stop_once_the_police_were_asked(client: Client, case: Case) -> None:
    file_sections(client, case, **SEVERE)
    file_sections(client, case, "anmeld", police_contacted="ja", police_deletion="allowed")
    walk(client, case, ["afdaek", "vurder", "inddrag", "dokumenter"])
    assert lead_on(client.get(url(case)).text) == "stop"


def test_overview_puts_danger_first(client: Client, case: Case) -> None:
    file_sections(client, case, danger_self_harm="nej")
    assert "fare-titel" not in read(client.get(url(case)).text).ids
    file_sections(client, case, danger_self_harm="ja")
    page = read(client.get(url(case)).text)
    assert page.ids.index("fare-titel") < page.ids.index("vurdering")
    assert "tel:112" in page.links


def test_overview_warns_against_calling_a_home_that_is_suspected(client: Client, case: Case) -> None:
    file_sections(client, case, suspicion_home="nej")
    page = read(client.get(url(case)).text)
    assert "hjem-titel" not in page.ids
    file_sections(client, case, suspicion_home="ja")
    page = read(client.get(url(case)).text)
    assert page.ids.index("hjem-titel") < page.ids.index("vurdering")
    assert "Ring til kommunens omstilling" in page.words
    assert "tel:114" in page.links


def test_adult_is_not_warned_against_the_home(client: Client, case: Case) -> None:
    file_sections(client, case, suspicion_home="ja", victim_age="18")
    assert "hjem-titel" not in read(client.get(url(case)).text).ids


def test_agreement_about_the_home_is_held_up_once_it_is_made(client: Client, case: Case) -> None:
    file_sections(client, case, suspicion_home="ja")
    file_sections(client, case, "inddrag", municipality_contacted="ja")
    html = client.get(url(case)).text
    assert "Hold jer til aftalen om hjemmet" in html
    assert "Kontakt ikke hjemmet endnu" not in html


TELLS_THE_LEADERS = {**SEVERE, "danger_self_harm": "nej", "abuse": "nej", "suspicion_home": "nej", "threat": "nej"}


def test_overview_tells_level_what_is_next_and_who_has_it_before_the_steps(client: Client, case: Case) -> None:
    file_sections(client, case, **TELLS_THE_LEADERS)
    html = client.get(url(case)).text
    brief = html[html.index('id="lige-nu"') : html.index("De syv trin")]
    links = read(brief).links
    assert links[0] == f"{reverse('nu', args=[case.public_id])}#handling-leader"
    assert [link for link in links[1:] if "/trin/" not in link] == []
    words = " ".join(read(brief).words.split())
    assert "Lige nu En nøgen krop Niveau 2" in words
    assert "Beregnet Det næste" in words
    assert "Hent ledelsen ind i sagen Du eller en kollega" in words
    assert "0 af 7 trin er udfyldt Ansvarlig Olga Ejer" in words


@pytest.mark.parametrize(
    ("changes", "said", "never"),
    [
        ({"victim_is": "staff", "danger_self_harm": "ved_ikke"}, "Bliv hos den krænkede", "Bliv hos eleven"),
        (
            {"danger_self_harm": "ja", "self_harm_plan": "nej", "handed_over": "ja", "handed_to": "Mor kl. 13"},
            "Ring til lægen om eleven",
            "Bliv hos",
        ),
        ({"abuse": "foer", "suspicion_home": "ja"}, "Spørg om hvert barn i sagen", "Spørg kommunen, om I skal"),
    ],
    ids=["an employee is no pupil", "somebody took over", "one call to the municipality"],
)
def test_first_actions_fit_the_case(client: Client, case: Case, changes: dict[str, Any], said: str, never: str) -> None:
    file_sections(client, case, **{**TELLS_THE_LEADERS, **changes})
    words = read(client.get(reverse("nu", args=[case.public_id])).text).words
    assert (said in words, never in words) == (True, False)


@pytest.mark.parametrize(
    ("others", "is_confirmed"),
    [
        ({"took_part": ["teacher"]}, True),
        ({"leadership": "ja"}, True),
        ({"took_part": ["ved_ikke"], "leadership": "nej"}, False),
    ],
)
def test_level_is_confirmed_by_several_only(
    client: Client, case: Case, others: dict[str, Any], is_confirmed: bool
) -> None:
    file_sections(client, case, **TELLS_THE_LEADERS)
    file_sections(client, case, "vurder", confirmed_level="4", **others)
    for name, several, alone in (
        ("sag", "I har bekræftet niveau 4.", "Vurderet af én person"),
        ("resume", "bekræftet af skolen", "vurderet af én person"),
    ):
        text = client.get(reverse(name, args=[case.public_id])).text
        assert ((several in text), (alone in text)) == (is_confirmed, not is_confirmed), name
    # The log keeps what was so at each filing: the level was given before the others were written down.
    log = client.get(reverse("log", args=[case.public_id])).text
    assert ("4, bekræftet" in log, "4, vurderet af én person" in log) == (is_confirmed, True)


def test_list_and_overview_name_the_next_action_alike(client: Client, case: Case, owner: User, leader: User) -> None:
    file_sections(client, case, **TELLS_THE_LEADERS)

    def named(address: str, class_: str) -> list[str]:
        return [one.words for one in read(client.get(address).text).having(class_=class_)]

    assert named(reverse("mine_sager"), "case-list__next") == ["Hent ledelsen ind i sagen"]
    actions.take_case(case=case, by=leader, submission_id=uuid4())
    (following,) = named(reverse("mine_sager"), "case-list__next")
    assert following != "Hent ledelsen ind i sagen"
    html = client.get(url(case)).text
    assert f"<strong>{following}</strong>" in html[html.index('id="lige-nu"') : html.index("De syv trin")]


@pytest.mark.parametrize("name", ["sag", "plan"])
def test_strip_of_a_phone_has_the_level_and_the_next_action(client: Client, case: Case, name: str) -> None:
    file_sections(client, case, **TELLS_THE_LEADERS)
    html = client.get(reverse(name, args=[case.public_id])).text
    strip = read(html[html.index('id="stribe"') :].partition("</aside>")[0])
    assert "Niveau 2, 3 eller 4" in " ".join(strip.words.split())
    assert strip.links == [f"{reverse('nu', args=[case.public_id])}#handling-leader"]


def test_overview_has_one_list_of_steps_and_one_of_actions(client: Client, case: Case) -> None:
    file_sections(client, case, **TELLS_THE_LEADERS)
    page = read(client.get(url(case)).text)
    assert [one.attributes["aria-label"] for one in page.having("nav")] == ["Hovedmenu", "Sagens sider"]
    assert len([link for link in page.links if link.endswith("#handling-leader")]) == 2  # the box, a phone's strip


def early(client: Client, case: Case, **answers: str) -> None:
    """File that a deletion was asked for before the police were."""
    file_sections(client, case, "stop", deletion_asked="ja", **answers)


def test_overview_flags_a_deletion_before_the_police(client: Client, case: Case) -> None:
    file_sections(client, case, **SEVERE)
    early(client, case, before_police_reason="Billedet lå åbent på skærmen.")
    assert "Der er bedt om sletning for tidligt" in client.get(url(case)).text


def test_closed_case_is_calm_and_tells_who_closed_it(client: Client, leader: User, case: Case) -> None:
    file_sections(client, case, danger_self_harm="ja", shown="nude", victim_age="13", offender_is=["pupil"])
    early(client, case, deletion_asked_on="i dag", before_police_reason="Det hastede.")
    writer.close_case(case=stored(case), by=leader, reason="Eleven er tryg.")
    html = client.get(reverse("sag", args=[case.public_id])).text
    assert f"af {leader.name}" in html
    assert "Eleven er tryg." in html
    for words in ("callout--danger", "tag--danger", "Tal med politiet, før noget", "tel:112"):
        assert words not in html


def test_closed_case_offers_no_step(client: Client, leader: User, case: Case) -> None:
    writer.close_case(case=case, by=leader, reason="Løst.")
    page = read(client.get(url(case)).text)
    assert [link for link in page.links if "/trin/" in link] == []


ACTIONS = {
    "owner": {"henvis", "adgang", "papirer"},
    "participant": {"papirer"},
    "leader": {"henvis", "adgang", "papirer", "status"},
    "ssp": set[str](),
}


@pytest.mark.parametrize("who", ACTIONS)
def test_overview_offers_what_the_reader_may_do(owner: User, leader: User, case: Case, who: str) -> None:
    participant = make_user(school=case.school)
    actions.add_participant(case=case, by=owner, user=participant)
    ssp = make_user(Role.SSP, municipality=case.school.municipality)
    refer(case, "named")
    users = {"owner": owner, "participant": participant, "leader": leader, "ssp": ssp}
    links = read(logged_in(users[who]).get(url(case)).text).links
    offered = {link.removeprefix(url(case)).rstrip("/") for link in links if link.startswith(url(case))}
    assert offered & {"henvis", "adgang", "papirer", "status"} == ACTIONS[who]
    assert any(link.startswith("trin/") for link in offered) is (who != "ssp")


READERS = {
    "owner": 200,
    "participant": 200,
    "leader": 200,
    "colleague": 404,
    "other school": 404,
    "leader elsewhere": 404,
    "ssp": 404,
    "ssp, named": 200,
    "ssp, anonymous": 403,
    "ssp elsewhere, named": 404,
    "administrator": 404,
}


@pytest.mark.parametrize("name", ["sag", "plan", "nu"])
@pytest.mark.parametrize("who", READERS)
def test_case_is_read_by_those_it_is_shown_to(owner: User, leader: User, case: Case, who: str, name: str) -> None:
    participant, elsewhere = make_user(school=case.school), make_school(case.school.municipality)
    actions.add_participant(case=case, by=owner, user=participant)
    users = {
        "owner": owner,
        "participant": participant,
        "leader": leader,
        "colleague": make_user(school=case.school),
        "other school": make_user(school=elsewhere),
        "leader elsewhere": make_user(Role.LEADER, school=elsewhere),
        "ssp": make_user(Role.SSP, municipality=case.school.municipality),
        "ssp elsewhere": make_user(Role.SSP, municipality=make_municipality()),
        "administrator": make_user(Role.ADMINISTRATOR, municipality=case.school.municipality),
    }
    person, _comma, form = who.partition(", ")
    if form:
        refer(case, form)
    answer = logged_in(users[person]).get(reverse(name, args=[case.public_id]))
    if (who, name) == ("ssp, named", "sag"):  # SSP has a page of its own
        assert answer["Location"] == reverse("henvis", args=[case.public_id])
    else:
        assert answer.status_code == READERS[who]
        assert (case.reference in answer.text) is (READERS[who] == 200)
    event = AuditEvent.objects.order_by("seq").last()
    assert event is not None
    assert (event.verb, event.actor, event.case_public_id) == (
        AuditVerb.OPEN if READERS[who] == 200 else AuditVerb.DENIED,
        users[person].public_id,
        case.public_id,
    )


@pytest.mark.parametrize("name", ["sag", "plan", "nu"])
def test_anonymous_is_led_to_the_login(case: Case, name: str) -> None:
    address = reverse(name, args=[case.public_id])
    assert Client().get(address)["Location"] == f"/konto/login/?next={address}"


@pytest.mark.parametrize("name", ["sag", "plan", "nu"])
def test_foreign_and_missing_case_answer_alike(client: Client, name: str) -> None:
    foreign = client.get(reverse(name, args=[make_case().public_id]))
    missing = client.get(reverse(name, args=[uuid4()]))
    token = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]+')
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert token.sub(r"\1", foreign.text) == token.sub(r"\1", missing.text)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_overview_is_for_looking_only(client: Client, case: Case, method: str) -> None:
    assert getattr(client, method)(url(case)).status_code in (400, 405)
    assert Entry.objects.filter(case=case).count() == 1


def test_overview_takes_as_many_queries_however_long_the_log(client: Client, case: Case) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url(case)).status_code == 200
        return len(captured)

    add_note(case)
    queries()
    few = queries()
    for number in range(29):
        add_note(case, text=f"Notat {number}")
    assert queries() == few


def test_overdue_duties_are_counted_with_a_way_to_the_plan(case: Case, client: Client) -> None:
    file_sections(client, case, kinds=["extortion"], threat="ja", victim_age="14", shown="nude", known_on="i dag")
    assert "overskredet" not in client.get(url(case)).text
    with time_machine.travel(timezone.now() + timedelta(days=21)):
        late = logged_in(case.owner)
        overdue = [duty for duty in read_case(stored(case)).duties if duty.state is DutyState.OVERDUE]
        links = read(late.get(url(case)).text).having("a", href=reverse("plan", args=[case.public_id]))
    assert len(overdue) > 1
    assert f"{len(overdue)} frister er overskredet" in [link.words for link in links]
