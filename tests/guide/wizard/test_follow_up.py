"""A follow-up of the school's own: set with a day and a person, seen everywhere, ticked off in the plan."""

from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.documents.first_page import build_first_page
from cases.documents.names import with_initials
from cases.enums import DutyState, EntryKind, Role
from cases.log import writer
from cases.log.case_file import CaseFile, read_case
from cases.log.case_transaction import CaseTransaction
from cases.log.entry_text import log_lines
from cases.models import Case, ClosedDays, Entry, User
from cases.oversight.open_duties import open_duties
from cases.privacy import subject_access
from cases.sharing import actions
from tests.factories import make_case, make_user
from tests.guide.page_reader import logged_in, read, stored
from tests.guide.sections import file_sections

pytestmark = pytest.mark.django_db

TUESDAY = "2026-12-01T10:00:00+01:00"
TITLE = "Ring til Almas mor"
FRIDAY = "04-12-2026 kl. 15.00"


@pytest.fixture(autouse=True)
def on_tuesday() -> Any:
    with time_machine.travel(TUESDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def case() -> Case:
    return make_case(make_user(name="Olga Ejer"))


@pytest.fixture
def owner(case: Case) -> User:
    return case.owner


@pytest.fixture
def client(owner: User) -> Client:
    return logged_in(owner)


def sent_to(client: Client, case: Case, **fields: Any) -> Any:
    """The form as the page has it, with what is typed in it."""
    address = reverse("opfoelgning", args=[case.public_id])
    blank = {name: values for name, values in read(client.get(address).text).forms[""].items() if name != "handling"}
    return client.post(address, {**blank, "text": TITLE, "day": "på fredag", **fields})


def own_key(case: Case) -> str:
    (one,) = case_file(case).follow_ups
    return one.key


def tick(client: Client, case: Case, key: str, outcome: str = "done", reason: str = "", **more: str) -> Any:
    sent = {f"{key}-submission_id": str(uuid4()), f"{key}-outcome": outcome, f"{key}-reason": reason, **more}
    return client.post(reverse("pligt", args=[case.public_id, key]), sent)


def case_file(case: Case) -> CaseFile:
    return read_case(stored(case))


def due_in_lists(case: Case) -> str:
    due = stored(case).next_due
    return timezone.localtime(due).strftime("%d-%m %H.%M") if due else ""


def words(client: Client, name: str, *given: object) -> str:
    return " ".join(read(client.get(reverse(name, args=given)).text).words.split())


def test_follow_up_stands_in_plan_overview_lists_log_and_on_paper(client: Client, case: Case, owner: User) -> None:
    answer = sent_to(client, case)
    assert (answer.status_code, answer["Location"]) == (302, f"/sager/{case.public_id}/plan/?kvittering=opfoelgning")
    assert "Opfølgningen er sat." in client.get(answer["Location"]).text
    plan, overview = words(client, "plan", case.public_id), words(client, "sag", case.public_id)
    assert f"{TITLE} Olga Ejer Frist: {FRIDAY}" in plan
    assert f"Opfølgning {TITLE} Olga Ejer · {FRIDAY}" in overview
    assert due_in_lists(case) == "04-12 15.00"
    assert "Næste frist 04-12-2026" in words(client, "mine_sager")
    (line,) = log_lines(case_file(case).entries[-1:])
    assert line.title == f"Opfølgning: {TITLE} (Olga Ejer, senest {FRIDAY})"
    assert [str(task) for task in build_first_page(case_file(case)).tasks] == [
        f"{TITLE} – Olga Ejer, senest 4/12 kl. 15.00"
    ]
    assert [task.owner for task in build_first_page(with_initials(case_file(case))).tasks] == ["O.E."]
    assert TITLE in words(client, "resume", case.public_id)


def test_lists_tell_nothing_of_what_was_typed(client: Client, case: Case) -> None:
    sent_to(client, case)
    assert open_duties([stored(case)], timezone.now())[case.pk].first == "Opfølgning"
    assert TITLE not in words(client, "mine_sager")


def test_subject_access_names_no_staff_and_no_others(client: Client, case: Case) -> None:
    leader = make_user(Role.LEADER, school=case.school, name="Lis Leder")
    sent_to(client, case, text="Ring til Bo", colleague=str(leader.public_id))
    found = case_file(case)
    masks = subject_access.masks_of(found, "Alma", [], ["Bo"])
    title = subject_access.passages_of(found, masks, subject_access.Scope.WHOLE)[-1].title
    assert "Ring til Person" in title
    assert [name for name in ("Bo", "Lis", "Leder") if name in title] == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"day": "30-11-2026"}, "Den dag er gået. Den næste skoledag er tirsdag den 1. december 2026."),
        ({"day": "lørdag den 5. december"}, "Det er ikke en skoledag. Den næste er mandag den 7. december 2026."),
        ({"day": "25-12-2026"}, "Det er ikke en skoledag. Den næste er mandag den 28. december 2026."),
        ({"day": "10-12-2026"}, "Det er ikke en skoledag. Den næste er mandag den 14. december 2026."),
        ({"day": "02-12-2029"}, "Det er mere end et år ude i fremtiden. Se efter i årstallet."),
        ({"day": "snart"}, "Skriv dag-måned-år, eller fx i morgen, om 3 dage eller på fredag."),
        ({"day": " "}, "Skriv, hvilken dag det senest skal ske."),
        ({"text": " "}, "Skriv, hvad der skal ske."),
        ({"text": "x" * 201}, "Teksten fylder 201 tegn. Der er plads til 200."),
        ({"text": "Ring til 010203-1234"}, "CPR"),
        ({"colleague": "removed"}, "Den, du valgte, har ikke adgang til sagen. Vælg en på listen."),
        ({"colleague": "elsewhere"}, "Den, du valgte, har ikke adgang til sagen. Vælg en på listen."),
        ({"colleague": "ssp"}, "Den, du valgte, har ikke adgang til sagen. Vælg en på listen."),
        ({"colleague": "opfundet"}, "Vælg en"),
        ({"colleague": ""}, "Vælg en kollega."),
    ],
)
def test_bad_input_is_told_and_nothing_is_lost(
    fields: dict[str, str], sentence: str, client: Client, case: Case
) -> None:
    ClosedDays.objects.create(school=case.school, first=date(2026, 12, 10), last=date(2026, 12, 13), name="Lukket")
    colleague = make_user(school=case.school)
    actions.add_participant(case=case, by=case.owner, user=colleague)
    actions.remove_participant(case=stored(case), by=case.owner, user=colleague)
    people = {"removed": colleague, "elsewhere": make_user(Role.LEADER), "ssp": make_user(Role.SSP)}
    typed = {name: str(people[value].public_id) if value in people else value for name, value in fields.items()}
    before = Entry.objects.count()
    refused = sent_to(client, case, **typed)
    assert (refused.status_code, Entry.objects.count()) == (422, before)
    page = read(refused.text)
    assert sentence in page.words
    form = page.forms[""]
    for name in ("text", "day"):
        assert form[name] == [typed.get(name, {"text": TITLE, "day": "på fredag"}[name])]


def test_file_is_refused(client: Client, case: Case) -> None:
    assert sent_to(client, case, text="data:image/png;base64," + "A" * 150).status_code == 400
    assert case_file(case).follow_ups == []


def test_todays_school_day_counts_until_its_end(owner: User, case: Case, on_tuesday: Any) -> None:
    on_tuesday.move_to("2026-12-01T14:59:00+01:00")
    client = logged_in(owner)
    assert sent_to(client, case, day="i dag").status_code == 302
    assert due_in_lists(case) == "01-12 15.00"
    on_tuesday.move_to("2026-12-01T15:01:00+01:00")
    refused = sent_to(client, case, day="i dag")
    assert "Skoledagen er slut. Den næste skoledag er onsdag den 2. december 2026." in refused.text
    assert "Fristen er overskredet: 01-12-2026 kl. 15.00" in words(client, "plan", case.public_id)
    assert "1 frist er overskredet" in words(client, "sag", case.public_id)


def test_whoever_has_access_may_do_it(client: Client, case: Case) -> None:
    leader = make_user(Role.LEADER, school=case.school, name="Lis Leder")
    colleague = make_user(school=case.school, name="Karl Kollega")
    make_user(school=case.school, name="Uden Adgang")
    actions.add_participant(case=case, by=case.owner, user=colleague)
    page = read(client.get(reverse("opfoelgning", args=[case.public_id])).text)
    people = [one for one in page.having("option") if one.attributes["value"]]
    assert [one.words for one in people] == ["Karl Kollega", "Lis Leder", "Olga Ejer"]
    assert [one.words for one in people if "selected" in one.attributes] == ["Olga Ejer"]
    for who in (leader, colleague):
        assert sent_to(client, case, colleague=str(who.public_id)).status_code == 302
    assert [one.owner for one in case_file(case).follow_ups] == ["Lis Leder", "Karl Kollega"]


def test_closed_case_keeps_what_was_typed(client: Client, case: Case) -> None:
    leader = make_user(Role.LEADER, school=case.school)
    writer.close_case(case=stored(case), by=leader, reason="Løst.")
    refused = sent_to(client, case)
    assert refused.status_code == 422
    assert "Sagen er afsluttet." in refused.text
    assert read(refused.text).forms[""]["text"] == [TITLE]
    assert case_file(case).follow_ups == []


def test_same_press_twice_sets_one(client: Client, case: Case) -> None:
    number = str(uuid4())
    pressed = [sent_to(client, case, submission_id=number) for _press in range(3)]
    assert [answer.status_code for answer in pressed] == [302, 302, 302]
    assert own_key(case) == f"own-{number}"


def test_follow_up_is_ticked_off_like_a_duty(client: Client, case: Case) -> None:
    sent_to(client, case)
    key = own_key(case)
    refused = tick(client, case, key, "not_relevant")
    assert refused.status_code == 422
    assert "Skriv, hvorfor opgaven ikke er relevant." in refused.text
    # Neither is it set again by a tick, nor is one that nobody set answered.
    assert tick(client, case, key, "open").status_code == 422
    assert tick(client, case, f"own-{uuid4()}").status_code == 404
    answer = tick(client, case, key, reason="Hun ved det nu.")
    assert f"»{TITLE}« er gemt som gjort." in client.get(answer["Location"]).text
    (one,) = case_file(case).follow_ups
    assert (one.title, one.state, one.reason, one.owner) == (TITLE, DutyState.DONE, "Hun ved det nu.", "Olga Ejer")
    assert one.due == datetime.fromisoformat("2026-12-04T15:00:00+01:00")
    assert due_in_lists(case) == ""
    assert [act.what for act in build_first_page(case_file(case)).acts] == [TITLE]
    tick(client, case, key, "not_relevant", "Det var en anden.")
    assert case_file(case).follow_ups[0].state is DutyState.NOT_RELEVANT
    assert Entry.objects.filter(case=case, kind=EntryKind.DUTY).count() == 3


def test_nearest_deadline_is_in_the_lists_whatever_is_written(client: Client, case: Case) -> None:
    """Follow-ups beside the duties of the card, set and answered in turn; before a filing and after it."""
    sent_to(client, case, day="11-12-2026")
    sent_to(client, case, day="14-12-2026", text="Senere")
    assert due_in_lists(case) == "11-12 15.00"
    file_sections(client, case, kinds=["bullying"], known_on="i dag", victim_age="14", danger_self_harm="nej")
    of_the_card = [duty.key for duty in case_file(case).duties if duty.due and not duty.is_own]
    assert due_in_lists(case) == "01-12 12.00"
    for key in of_the_card:
        tick(client, case, key)
    assert due_in_lists(case) == "11-12 15.00"
    # What has no deadline stands behind what has one.
    dated = [bool(duty.due) for duty in case_file(case).duties if duty.state is DutyState.OPEN]
    assert dated == sorted(dated, reverse=True)
    for one in case_file(case).follow_ups:
        assert tick(client, case, one.key).status_code == 302
    assert due_in_lists(case) == ""


def test_follow_up_set_meanwhile_counts(client: Client, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """A colleague sets one when a tick has read the case and does not have its lock yet, and the other way round."""
    sent_to(client, case, day="11-12-2026")
    key, leader = own_key(case), logged_in(make_user(Role.LEADER, school=case.school))
    lock = CaseTransaction.lock
    waiting = [lambda: sent_to(leader, case), lambda: tick(client, case, own_key_of("Anden"))]

    def own_key_of(title: str) -> str:
        return next(one.key for one in case_file(case).follow_ups if one.title == title)

    def late(*given: Any, **named: Any) -> AbstractContextManager[CaseTransaction]:
        if waiting and is_late:
            is_late.clear()
            waiting.pop(0)()
        return lock(*given, **named)

    is_late = [True]
    monkeypatch.setattr(CaseTransaction, "lock", late)
    assert tick(client, case, key).status_code == 302
    assert due_in_lists(case) == "04-12 15.00"
    assert sent_to(client, case, text="Anden", day="02-12-2026").status_code == 302
    assert due_in_lists(case) == "02-12 15.00"
    is_late.append(True)
    assert sent_to(client, case, text="Tredje", day="03-12-2026").status_code == 302
    assert due_in_lists(case) == "03-12 15.00"
