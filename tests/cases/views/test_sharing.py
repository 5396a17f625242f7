"""Who is let in, who answers for the case, and whether it is open."""

import html
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.access import permissions
from cases.enums import DutyOutcome, ReferralForm, Role, Status
from cases.log import writer
from cases.log.case_file import read_case, read_referral
from cases.log.entry_types import FrozenTable
from cases.models import Case, Entry, Referral, School, User
from cases.sharing import actions
from cases.sharing.anonymous_parts import Part, parts_of
from guide.questionnaire.fields import ChoicesAnswer, DayAnswer, NumberAnswer, TextAnswer
from guide.questionnaire.step_form import StepForm
from guide.steps import STEPS
from tests.cases.operations.test_verify import faults
from tests.factories import add_note, file_step, make_duty, make_school, make_table, make_user, step_content
from tests.factories import change as change_row
from tests.guide.page_reader import stored

NAMED = {"basis": "ssp", "necessity": "SSP skal tale med eleven selv."}
ROWS = [
    {"key": "kinds", "question": "Hvad er der tale om?", "answer": "Et billede er delt; Trusler", "known": True},
    {"key": "what_happened", "question": "Hvad er der sket?", "answer": "Alma fik den.", "known": True},
    {"key": "known_on", "question": "Hvornår?", "answer": "21-11-2026", "known": True},
    {"key": "shared", "question": "Delt?", "answer": "Ved ikke endnu", "known": False},
    {"key": "where", "question": "Hvor?", "answer": "Ikke besvaret", "known": False},
]
ANSWERS = {
    "kinds": ["image_shared", "threats_hate"],
    "what_happened": "Alma fik den.",
    "known_on": "2026-11-21",
    "shared": "ved_ikke",
    "where": "",
}


@pytest.fixture
def filed(case: Case) -> Case:
    file_rows(case, ROWS)
    return case


def file_rows(case: Case, rows: Any) -> None:
    content = step_content(answers=ANSWERS)
    content["sections"] = [
        {
            "key": "hvad",
            "title": "Hvad?",
            "rows": rows,
            "tables": [{"key": "people", "title": "Personer", "columns": ["Navn"], "rows": [["Alma"]]}],
        }
    ]
    file_step(case, content=content)


def url(case: Case, name: str) -> str:
    return reverse(name, args=[case.public_id])


def now_referred(case: Case) -> Referral | None:
    return Referral.objects.filter(case=case, ended_at=None).first()


def test_only_picked_answers_and_dates_can_go_along(filed: Case) -> None:
    assert parts_of(read_case(filed)) == (
        Part("afdaek", "Afdaek", ("Hvad er der tale om? Et billede er delt; Trusler", "Hvornår? 21-11-2026")),
    )


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_no_typed_answer_of_the_card_can_go_along(case: Case, step: Any) -> None:
    typed = {name: "Alma ja" for name, field in step.form.base_fields.items() if isinstance(field, TextAnswer)}
    data = {name: [text] for name, text in typed.items()}
    for name, field in step.form.base_fields.items():
        if isinstance(field, ChoicesAnswer):
            data[name] = [value for value, _label in field.choices if value != "ved_ikke"]
        elif isinstance(field, DayAnswer):
            data[name] = ["2026-01-05"]
        elif isinstance(field, NumberAnswer):
            data[name] = ["13"]
        elif name not in typed and hasattr(field, "choices"):
            data[name] = [
                "ja" if "ja" in dict(field.choices) else next(value for value, _label in field.choices if value)
            ]
    step_form = StepForm(step, data, {}, timezone.now(), quiet=True)
    content = step_content(step.key, answers=dict(step_form.answers))
    content["sections"] = step_form.frozen()
    file_step(case, content=content)
    lines = [line for part in parts_of(read_case(case)) for line in part.lines]
    assert lines
    assert [line for line in lines if "Alma" in line] == []


def test_asking_anonymously_sends_what_was_chosen(client: Client, filed: Case, staff: User, ssp: User) -> None:
    client.force_login(staff)
    sent = {"form": "anonymous", "purpose": "Hvad gør vi?", "message": "Haster", "parts": "afdaek"}
    shown = client.post(url(filed, "henvis"), sent | {"handling": "send"})
    assert "Et billede er delt; Trusler" in shown.text
    assert now_referred(filed) is None
    sent["handling"] = "send_nu"
    assert client.post(url(filed, "henvis"), sent).status_code == 302
    reading = read_referral(filed, ssp)
    assert reading is not None
    assert (reading.form, reading.purpose, reading.message) == (ReferralForm.ANONYMOUS, "Hvad gør vi?", "Haster")
    assert reading.included == ("Hvad er der tale om? Et billede er delt; Trusler", "Hvornår? 21-11-2026")
    client.force_login(ssp)
    page = client.get(url(filed, "henvis")).content.decode()
    assert "Et billede er delt; Trusler" in page
    assert "Alma" not in page


def test_referring_with_names_opens_the_case(client: Client, filed: Case, staff: User, ssp: User) -> None:
    client.force_login(staff)
    sent = {"handling": "send", "form": "named", "purpose": "Hvad gør vi?", "parts": "afdaek"} | NAMED
    assert client.post(url(filed, "henvis"), sent).status_code == 302
    assert permissions.visible_to(ssp).filter(pk=filed.pk).exists()
    assert read_case(filed).referrals[-1].content["included"] == []
    page = client.get(url(filed, "henvis")).content.decode()
    assert "SSP kan se sagen med navne" in page
    assert "Træk henvendelsen tilbage" in page


def test_the_same_referral_twice_is_one(client: Client, case: Case, staff: User) -> None:
    client.force_login(staff)
    sent = {"handling": "send", "form": "named", "purpose": "Råd", "submission_id": str(uuid4())} | NAMED
    for _press in range(2):
        assert client.post(url(case, "henvis"), sent).status_code == 302
    assert Referral.objects.filter(case=case).count() == 1


def test_a_referral_without_purpose_is_refused_and_keeps_the_text(client: Client, case: Case, staff: User) -> None:
    client.force_login(staff)
    answer = client.post(
        url(case, "henvis"), {"handling": "send", "form": "named", "purpose": " ", "message": "Mit brev"} | NAMED
    )
    assert answer.status_code == 422
    assert "Skriv, hvad SSP skal hjælpe med." in answer.content.decode()
    assert "Mit brev" in answer.content.decode()
    assert now_referred(case) is None


@pytest.mark.parametrize(
    ("sent", "sentences"),
    [
        (NAMED | {"form": "named", "basis": ""}, ["Vælg, hvilken lov I bygger på."]),
        (NAMED | {"form": "named", "basis": "opfundet"}, ["Vælg et af svarene på listen."]),
        (NAMED | {"form": "named", "necessity": " "}, ["Skriv, hvorfor det er nødvendigt."]),
    ],
)
def test_each_form_of_referral_asks_for_what_it_needs(
    client: Client, case: Case, staff: User, sent: dict[str, str], sentences: list[str]
) -> None:
    client.force_login(staff)
    answer = client.post(url(case, "henvis"), {"handling": "send", "purpose": "Råd", **sent})
    assert answer.status_code == 422
    assert [error for errors in answer.context["form"].errors.values() for error in errors] == sentences
    assert now_referred(case) is None


def test_why_names_were_sent_is_frozen_and_told_everywhere(client: Client, case: Case, staff: User, ssp: User) -> None:
    client.force_login(staff)
    client.post(url(case, "henvis"), {"handling": "send", "form": "named", "purpose": "Råd"} | NAMED)
    content = read_case(case).referrals[-1].content
    assert (content["basis"], content["necessity"]) == ("SSP-samarbejde, retsplejeloven § 115", NAMED["necessity"])
    pages = [client.get(url(case, page)).text for page in ("henvis", "log", "resume")]
    client.force_login(ssp)
    for page in [*pages, client.get(url(case, "henvis")).text]:
        assert "SSP-samarbejde, retsplejeloven § 115" in page
        assert NAMED["necessity"] in page


def test_answers_filed_since_the_text_was_shown_are_shown_before_they_are_sent(
    client: Client, filed: Case, staff: User
) -> None:
    client.force_login(staff)
    sent = {"form": "anonymous", "purpose": "Hvad gør vi?", "parts": "afdaek"}
    shown = client.post(url(filed, "henvis"), sent | {"handling": "send"}).text
    mark = re.search(r'name="laest" value="(\w+)"', shown)
    assert mark
    now = sent | {"handling": "send_nu", "laest": mark[1]}
    assert client.post(url(filed, "henvis"), now | {"laest": "0" * 64}).status_code == 200
    assert now_referred(filed) is None
    file_rows(stored(filed), [row | {"answer": "23-11-2026"} if row["question"] == "Hvornår?" else row for row in ROWS])
    again = client.post(url(filed, "henvis"), now)
    assert (again.status_code, "En kollega har gemt nye svar imens." in again.text) == (200, True)
    assert now_referred(filed) is None
    mark = re.search(r'name="laest" value="(\w+)"', again.text)
    assert mark
    assert client.post(url(filed, "henvis"), now | {"laest": mark[1]}).status_code == 302


def test_asking_anonymously_records_no_basis(client: Client, case: Case, staff: User) -> None:
    client.force_login(staff)
    sent = {"handling": "send_nu", "form": "anonymous", "purpose": "Råd"}
    client.post(url(case, "henvis"), sent | NAMED)
    assert "basis" not in read_case(case).referrals[-1].content


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("Almas billede er delt.", "»Alma Berg«"),
        ("Han skrev til BERGS mor.", "»Alma Berg«"),
        ("Anne-Maries værelse kan ses.", "»Anne Marie«"),
        ("Ida fik det af Storm Dal.", "»Storm Dal«, »Ida«"),
        ("Emil har bedt om hjælp.", "»Emil«"),
        ("Vi talte med Otto.", "»Otto«"),
        ("Aksel var der også.", "»Aksel«"),
        ("Telefonen ligger hos Frida.", "»Frida«"),
        ("B har set det.", "»B«"),
        ("Livs mor ringede.", "»Karl og Liv«"),
        ("Maj har sendt det.", "»Maj Lund«"),
    ],
)
def test_no_name_that_the_case_knows_goes_along(
    client: Client, case: Case, staff: User, message: str, told: str
) -> None:
    name_everywhere(case)
    client.force_login(staff)
    sent = {"handling": "send", "form": "anonymous", "purpose": "Råd", "message": message}
    answer = client.post(url(case, "henvis"), sent)
    page = html.unescape(answer.content.decode())
    assert (answer.status_code, message in page) == (422, True)
    assert f"Du spørger uden navne, men har skrevet {told}." in page
    assert now_referred(case) is None


def name_everywhere(case: Case) -> None:
    """Somebody on each list of people, one of an older filing, one who was there, and one who holds a telephone."""
    lists = {"people": "Alma Berg", "victims": "Anne Marie", "spread": "Ida", "needs": "Emil"}
    older, newer = step_content(), step_content()
    older["sections"][0]["tables"] = [person("spread", "Otto"), person("people", "Mor"), person("spread", "Storm Dal")]
    older["sections"][0]["tables"] += [person("spread", "Karl og Liv"), person("spread", "Maj Lund")]
    newer["sections"][0]["tables"] = [person(key, name) for key, name in lists.items()] + [person("people", "B")]
    newer["sections"][0]["tables"].append(make_table("evidence", holder="Frida"))
    file_step(case, content=older)
    file_step(case, content=newer)
    add_note(case, who="Aksel og klasselæreren")


def person(key: str, name: str) -> FrozenTable:
    return {"key": key, "title": key, "columns": ["Navn"], "rows": [[name]]}


@pytest.mark.parametrize(
    "message",
    [
        "Klasselæreren og en mor til en elev spørger, om det er stormen i dag.",
        "Det er en storm i et glas vand, siger familien.",
    ],
)
def test_words_that_are_no_names_may_go_along(client: Client, case: Case, staff: User, message: str) -> None:
    name_everywhere(case)
    client.force_login(staff)
    sent = {"handling": "send_nu", "form": "anonymous", "purpose": "Råd", "message": message}
    assert client.post(url(case, "henvis"), sent).status_code == 302


def test_taking_a_referral_back(client: Client, case: Case, staff: User) -> None:
    client.force_login(staff)
    client.post(url(case, "henvis"), {"handling": "send", "form": "named", "purpose": "Råd"} | NAMED)
    assert client.post(url(case, "henvis"), {"handling": "traek_tilbage", "slut-reason": ""}).status_code == 302
    assert now_referred(case) is None
    assert "Træk henvendelsen tilbage" not in client.get(url(case, "henvis")).content.decode()


def test_taking_nothing_back_is_refused(client: Client, case: Case, staff: User) -> None:
    client.force_login(staff)
    answer = client.post(url(case, "henvis"), {"handling": "traek_tilbage"})
    assert answer.status_code == 422
    assert "Der er ingen henvendelse at trække tilbage." in answer.content.decode()


def test_the_form_says_what_each_choice_shows(client: Client, filed: Case, staff: User) -> None:
    client.force_login(staff)
    page = client.get(url(filed, "henvis")).content.decode()
    assert "Anonymt ser SSP" in page
    assert "Med navne ser SSP" in page
    assert "§ 115" in page
    assert "Et billede er delt; Trusler" in page
    assert "Alma fik den." not in page


def test_a_participant_sees_who_was_asked_only_in_the_log(
    client: Client, case: Case, staff: User, school: School
) -> None:
    colleague = make_user(Role.STAFF, school=school)
    actions.add_participant(case=case, by=staff, user=colleague)
    client.force_login(colleague)
    assert client.get(url(case, "henvis")).status_code == 403


def test_access_is_given_and_taken(client: Client, case: Case, staff: User, school: School) -> None:
    colleague = make_user(Role.STAFF, school=school, name="Kim Kollega")
    client.force_login(staff)
    whom = {"colleague": str(colleague.public_id)}
    assert client.post(url(case, "adgang"), {"handling": "tilfoej", **whom}).status_code == 302
    assert permissions.visible_to(colleague).filter(pk=case.pk).exists()
    assert f"Fik adgang af {staff.name}" in client.get(url(case, "adgang")).content.decode()
    assert client.post(url(case, "adgang"), {"handling": "fjern", **whom}).status_code == 302
    assert not permissions.visible_to(colleague).filter(pk=case.pk).exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"school": None}, {"role": Role.LEADER}])
def test_whoever_works_elsewhere_by_now_is_taken_off(
    client: Client, case: Case, staff: User, school: School, change: dict[str, Any]
) -> None:
    """A forgotten access would hold again when the account is opened or comes back."""
    colleague = make_user(Role.STAFF, school=school, name="Kim Kollega")
    actions.add_participant(case=case, by=staff, user=colleague)
    change = {name: make_school() if name == "school" else value for name, value in change.items()}
    change_row(colleague, **change)
    client.force_login(staff)
    assert "Kim Kollega" in client.get(url(case, "adgang")).content.decode()
    sent = {"handling": "fjern", "colleague": str(colleague.public_id)}
    assert client.post(url(case, "adgang"), sent).status_code == 302
    assert not case.participants.filter(removed_at=None).exists()


@pytest.mark.parametrize("handling", ["tilfoej", "fjern"])
def test_the_same_press_twice_is_one(client: Client, case: Case, staff: User, school: School, handling: str) -> None:
    colleague = make_user(Role.STAFF, school=school)
    if handling == "fjern":
        actions.add_participant(case=case, by=staff, user=colleague)
    before = Entry.objects.filter(case=case).count()
    client.force_login(staff)
    sent = {"handling": handling, "colleague": str(colleague.public_id), "submission_id": str(uuid4())}
    for _press in range(2):
        assert client.post(url(case, "adgang"), sent).status_code == 302
    assert Entry.objects.filter(case=case).count() == before + 1


def test_only_colleagues_without_access_are_offered(client: Client, case: Case, staff: User, school: School) -> None:
    offered = make_user(Role.STAFF, school=school)
    inside = make_user(Role.STAFF, school=school)
    actions.add_participant(case=case, by=staff, user=inside)
    leader = make_user(Role.LEADER, school=school)
    gone = make_user(Role.STAFF, school=school, is_active=False)
    elsewhere = make_user(Role.STAFF)
    client.force_login(staff)
    page = client.get(url(case, "adgang")).content.decode()
    found = {
        user
        for user in (offered, inside, leader, gone, elsewhere, staff)
        if f'<option value="{user.public_id}"' in page
    }
    assert found == {offered}
    assert leader.name in page
    assert elsewhere.name not in page


@pytest.mark.parametrize("who", ["elsewhere", "leader", "serial key", "nonsense", "nothing"])
def test_nobody_else_can_be_let_in(
    client: Client, case: Case, staff: User, leader: User, school: School, who: str
) -> None:
    elsewhere, colleague = make_user(Role.STAFF), make_user(Role.STAFF, school=school)
    sent = {
        "elsewhere": str(elsewhere.public_id),
        "leader": str(leader.public_id),
        "serial key": str(colleague.pk),
        "nonsense": "\x00",
        "nothing": "",
    }[who]
    client.force_login(staff)
    answer = client.post(url(case, "adgang"), {"handling": "tilfoej", "colleague": sent})
    assert answer.status_code == 422
    assert not case.participants.exists()


def close(client: Client, case: Case, **sent: str) -> Any:
    return client.post(url(case, "status"), {"handling": "afslut", "reason": "Færdig.", **sent})


def leave_open(case: Case, urgency: str, title: str = "Kontakt politiet") -> None:
    """File a step that leaves a duty of this urgency open, a day late."""
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    duty = make_duty(due=yesterday) | {"urgency": urgency, "title": title}
    mild = make_duty("insurance") | {"urgency": "later", "title": "Mind om forsikring"}
    file_step(case, content=step_content(duties=[mild, duty]))


def test_closing_names_what_is_left_and_asks_why(client: Client, case: Case, leader: User) -> None:
    leave_open(case, "soon")
    client.force_login(leader)
    page = client.get(url(case, "status")).content.decode()
    assert "2 opgaver i planen er ikke krydset af" in page
    assert "fristen er overskredet" in page
    assert "Jeg afslutter sagen, selv om" not in page
    assert close(client, case, reason="").status_code == 422
    assert close(client, case).status_code == 302
    assert stored(case).status == Status.CLOSED


@pytest.mark.parametrize("urgency", ["now", "today"])
def test_closing_in_spite_of_what_presses_takes_a_tick(client: Client, case: Case, leader: User, urgency: str) -> None:
    leave_open(case, urgency)
    client.force_login(leader)
    page = client.get(url(case, "status")).content.decode()
    assert page.index("1 opgave, der haster, er ikke krydset af") < page.index("1 opgave mere i planen")
    assert page.index("callout--danger") < page.index("Kontakt politiet") < page.index("Mind om forsikring")
    assert "Jeg afslutter sagen, selv om 1 opgave, der haster, ikke er krydset af." in page
    refused = close(client, case)
    assert refused.status_code == 422
    assert "Sæt kryds, hvis sagen skal afsluttes alligevel." in refused.content.decode()
    assert "Færdig." in refused.content.decode()
    assert stored(case).status == Status.OPEN
    assert close(client, case, despite="on").status_code == 302
    assert stored(case).status == Status.CLOSED
    log = client.get(url(case, "log")).content.decode()
    assert "selv om disse opgaver hastede og ikke var krydset af: Kontakt politiet" in log


def test_what_presses_and_is_done_takes_no_tick(client: Client, case: Case, leader: User) -> None:
    leave_open(case, "now")
    writer.tick_duty(
        case=case,
        by=leader,
        key="contact_police",
        title="Kontakt politiet",
        outcome=DutyOutcome.DONE,
        reason="",
        submission_id=uuid4(),
    )
    client.force_login(leader)
    assert close(client, case).status_code == 302


def test_every_change_is_acknowledged(client: Client, case: Case, staff: User, leader: User, school: School) -> None:
    colleague = make_user(Role.STAFF, school=school)
    purpose = {"purpose": "Råd", "handling": "send_nu"}
    person = {"colleague": str(colleague.public_id)}
    changes = [
        (staff, "henvis", purpose | {"form": "anonymous"}, "SSP ser kun det, der står herunder."),
        (staff, "henvis", purpose | {"form": "named"} | NAMED, "SSP kan læse sagen nu."),
        (staff, "henvis", {"handling": "traek_tilbage"}, "Henvendelsen er trukket tilbage."),
        (staff, "adgang", person | {"handling": "tilfoej"}, "Adgangen er givet."),
        (staff, "adgang", person | {"handling": "fjern"}, "Adgangen er fjernet."),
        (leader, "ansvarlig", person, "Sagen har fået en ny ansvarlig."),
        (leader, "status", {"handling": "afslut", "reason": "Færdig."}, "Sagen blev afsluttet den"),
        (leader, "status", {"handling": "genaabn", "reason": "Igen."}, "Sagen er åben igen."),
    ]
    for by, page, sent, sentence in changes:
        client.force_login(by)
        answer = client.post(url(case, page), sent, follow=True)
        assert (answer.status_code, sentence in answer.content.decode()) == (200, True), sentence
        assert 'role="status"' in answer.content.decode()


@pytest.mark.parametrize("page", ["henvis", "adgang"])
@pytest.mark.parametrize("word", ["henvist", "afsluttet", "genaabnet", "opfundet", "%01"])
def test_an_address_alone_claims_no_change_of_another_page(
    client: Client, case: Case, staff: User, page: str, word: str
) -> None:
    client.force_login(staff)
    assert client.get(f"{url(case, page)}?kvittering={word}").context["done"] == ""


def test_ssp_finds_the_schools_telephone(client: Client, case: Case, staff: User, ssp: User, school: School) -> None:
    School.objects.filter(pk=school.pk).update(phone="12 34 56 78")
    client.force_login(staff)
    client.post(url(case, "henvis"), {"handling": "send", "form": "named", "purpose": "Råd"} | NAMED)
    client.force_login(ssp)
    assert client.get(url(case, "sag")).url == url(case, "henvis")
    assert 'href="tel:12345678"' in client.get(url(case, "henvis")).content.decode()


def test_a_late_second_press_does_not_open_the_case_again(client: Client, case: Case, leader: User) -> None:
    client.force_login(leader)
    client.post(url(case, "status"), {"handling": "afslut", "reason": "Færdig."})
    answer = client.post(url(case, "status"), {"handling": "afslut", "reason": "Færdig."})
    assert answer.status_code == 422
    assert Case.objects.unscoped("test").get(pk=case.pk).status == Status.CLOSED


def test_reopening(client: Client, case: Case, leader: User) -> None:
    writer.close_case(case=case, by=leader, reason="Færdig.")
    client.force_login(leader)
    assert client.post(url(case, "status"), {"handling": "genaabn", "reason": "Det begyndte igen."}).status_code == 302
    assert Case.objects.unscoped("test").get(pk=case.pk).status == Status.OPEN


def test_the_leader_chooses_who_answers_for_the_case(client: Client, case: Case, leader: User, school: School) -> None:
    colleague = make_user(Role.STAFF, school=school)
    client.force_login(leader)
    assert client.post(url(case, "ansvarlig"), {"colleague": str(colleague.public_id)}).status_code == 302
    assert Case.objects.unscoped("test").get(pk=case.pk).owner == colleague


@pytest.mark.parametrize("keeps", [True, False])
def test_who_owned_the_case_keeps_it_where_that_is_chosen(
    client: Client, case: Case, leader: User, staff: User, school: School, keeps: bool
) -> None:
    colleague = make_user(Role.STAFF, school=school)
    client.force_login(leader)
    assert f"{staff.name} skal stadig kunne læse sagen" in client.get(url(case, "ansvarlig")).text
    sent = {"colleague": str(colleague.public_id)} | ({"keeps_access": "on"} if keeps else {})
    assert client.post(url(case, "ansvarlig"), sent).status_code == 302
    client.force_login(staff)
    assert client.get(url(case, "log")).status_code == (200 if keeps else 404)
    assert faults() == set()


def test_a_leader_who_owned_the_case_is_not_asked(client: Client, case: Case, leader: User, school: School) -> None:
    actions.assign_owner(case=case, by=leader, owner=leader)
    client.force_login(leader)
    assert "skal stadig kunne læse sagen" not in client.get(url(case, "ansvarlig")).text


def test_nobody_of_another_school_answers_for_the_case(client: Client, case: Case, leader: User, staff: User) -> None:
    client.force_login(leader)
    answer = client.post(url(case, "ansvarlig"), {"colleague": str(make_user(Role.STAFF).public_id)})
    assert answer.status_code == 422
    assert Case.objects.unscoped("test").get(pk=case.pk).owner == staff
