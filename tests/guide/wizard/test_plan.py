"""The plan: what to do, ticked off with who and when, or not relevant with the reason."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.enums import DisclosureBasis, DutyState, EntryKind, ReferralForm, Role
from cases.log import writer
from cases.log.case_file import CaseFile, read_case
from cases.log.duty_status import is_past, moment_due, read_deadline
from cases.models import Case, ClosedDays, Entry, Municipality, User
from cases.sharing import actions
from guide.questionnaire import card
from guide.rules import duties as rules
from guide.rules.actions import first_actions
from guide.rules.duties import Duty
from guide.rules.enums import Urgency
from guide.wizard.case_state import situation_of
from tests.built_once import built_once
from tests.factories import add_note, make_case, make_school, make_user
from tests.guide.page_reader import logged_in, read, stored
from tests.guide.sections import file_sections

pytestmark = pytest.mark.django_db

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
MONDAY, TUESDAY = "2026-11-16T10:00:00+01:00", "2026-11-17T10:00:00+01:00"
MONDAY_MORNING = datetime.fromisoformat(MONDAY)


@built_once
def filed() -> Case:
    """A pupil is threatened by somebody in class."""
    owner = make_user(name="Olga Ejer")
    case = make_case(owner)
    file_sections(
        logged_in(owner), case, kinds=["extortion"], threat="ja", victim_age="14", shown="nude", known_on="i dag"
    )
    return case


@pytest.fixture
def case(filed: Case, db: None) -> Case:
    return stored(filed)


@pytest.fixture
def owner(case: Case) -> User:
    return case.owner


@pytest.fixture
def leader(case: Case) -> User:
    return make_user(Role.LEADER, school=case.school)


@pytest.fixture
def client(owner: User) -> Client:
    return logged_in(owner)


def case_file(case: Case) -> CaseFile:
    return read_case(stored(case))


def plan(client: Client, case: Case) -> Any:
    return client.get(reverse("plan", args=[case.public_id]))


def duties(case: Case) -> list[Duty]:
    return [duty for duty in situation_of(case_file(case), timezone.now()).assessment.duties if not duty.rule]


def tick(client: Client, case: Case, key: str, outcome: str = "done", reason: str = "", **extra: str) -> Any:
    sent = {f"{key}-submission_id": str(uuid4()), f"{key}-outcome": outcome, f"{key}-reason": reason, **extra}
    return client.post(reverse("pligt", args=[case.public_id, key]), sent)


def waiting(html: str) -> list[str]:
    """The keys of the duties that can be ticked, in the order of the page."""
    return re.findall(r"/plan/([a-z0-9_-]+)/", html)


def states(case: Case) -> dict[str, DutyState]:
    return {duty.key: duty.state for duty in case_file(case).duties if duty.state in ("done", "not_relevant")}


def test_every_duty_stands_in_the_plan_the_next_three_first_the_rest_by_urgency(client: Client, case: Case) -> None:
    html = plan(client, case).text
    actions = first_actions(duties(case))[:3]
    first = [duty.key for action in actions for duty in action.duties]
    rest = [duty for duty in duties(case) if duty.key not in first]
    written = {duty.key for duty in duties(case) if duty.asks}
    assert waiting(html) == [key for key in (*first, *(duty.key for duty in rest)) if key not in written]
    # What the pupil answers is written, not ticked off.
    assert written == {"ask_danger"}
    assert f'href="{reverse("foerst", args=[case.public_id, "fare"])}"' in html
    assert len(rest) > 8
    headings = [name.removeprefix("hast-") for name in read(html).ids if name.startswith("hast-")]
    assert headings == [urgency for urgency in Urgency if any(duty.urgency is urgency for duty in rest)]
    # The next three stand open, the rest is folded; each says who, and in one sentence what.
    assert waiting(html[: html.index('id="hast-')]) == [key for key in first if key not in written]
    assert [one for one in read(html).having("details") if "open" in one.attributes and "duty" in one.words] == []
    for action in actions:
        # What is one call stands once, with all its duties in it; every action under its own name.
        assert html.count(f">{action.words.title}</h3>") == 1
        for duty in action.duties:
            words = read(html[html.index(f'id="pligt-{duty.key}"') :].partition("</article>")[0]).words
            assert [part for part in (duty.title, duty.first_sentence, duty.why) if part not in words] == []
    for duty in rest:
        words = read(html[html.index(f'id="pligt-{duty.key}"') :].partition("</article>")[0]).words
        in_sight = words[: words.index("Hvordan og hvorfor?")]
        assert [part for part in (duty.title, duty.who, duty.first_sentence) if part not in in_sight] == []
        assert [part for part in (duty.why, duty.other_sentences) if part not in words] == []


def test_refused_answer_in_a_fold_stands_open(client: Client, case: Case) -> None:
    key = waiting(plan(client, case).text)[-1]
    html = tick(client, case, key, "not_relevant").text
    fold = html[: html.index(f'id="pligt-{key}"')].rpartition('aria-labelledby="hast-')[2]
    assert "<details open>" in fold
    assert html.count("<details open>") == 1


def test_missing_local_number_says_what_to_do(client: Client, case: Case) -> None:
    file_sections(client, case, suspicion_home="ja", danger_self_harm="nej", abuse="nej")
    words = " ".join(read(plan(client, case).text).words.split())
    assert "Kommunens modtagelse af underretninger: ring til kommunens omstilling" in words


def test_duty_shows_whom_to_call_and_where_it_stands(client: Client, case: Case) -> None:
    page = plan(client, case)
    assert "tel:114" in read(page.text).links
    assert "§" in page.text
    assert re.search(r"kontrolleret|tjekket", page.text)


def test_duty_done_goes_to_the_log_and_leaves_what_is_waiting(client: Client, case: Case) -> None:
    before = waiting(plan(client, case).text)
    answer = tick(client, case, "ask_police", reason="Talte med 114 kl. 9.")
    assert (answer.status_code, answer["Location"]) == (302, f"/sager/{case.public_id}/plan/?svaret=ask_police")
    html = plan(client, case).text
    assert waiting(html) == [key for key in before if key != "ask_police"]
    assert "pligt-ask_police" in read(html).ids
    assert "Talte med 114 kl. 9." in html
    assert "Olga Ejer" in html
    entry = case_file(case).entries[-1]
    assert (entry.kind, entry.by_name, entry.content["outcome"], entry.content["reason"]) == (
        EntryKind.DUTY,
        "Olga Ejer",
        "done",
        "Talte med 114 kl. 9.",
    )
    assert states(case) == {"ask_police": DutyState.DONE}


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("done", "« er gemt som gjort."), ("not_relevant", "« er gemt som ikke relevant.")],
)
def test_answered_duty_is_acknowledged(client: Client, case: Case, outcome: str, words: str) -> None:
    answer = tick(client, case, "ask_police", outcome, "Talte med 114.")
    html = client.get(answer["Location"]).text
    assert words in html
    # One of them is answered on its own page.
    assert f"Der er {len(waiting(html)) + 1} opgaver tilbage." in html


@pytest.mark.parametrize("key", ["ask_police", "opfundet", "%01"])
def test_address_alone_claims_no_answer(client: Client, case: Case, key: str) -> None:
    assert "er gemt som" not in client.get(f"{reverse('plan', args=[case.public_id])}?svaret={key}").text


def test_plan_of_a_closed_case_is_calm(client: Client, leader: User, case: Case) -> None:
    expected = duties(case)
    writer.close_case(case=stored(case), by=leader, reason="Løst.")
    html = plan(client, case).text
    main = html[html.index('<div class="page-main">') : html.index("<aside")]
    for words in ("duty--now", "tag--danger", "Fristen er overskredet", "Kryds af<"):
        assert words not in html
    assert [duty.title for duty in expected if str(duty.title) not in read(main).words] == []


def test_duty_not_relevant_needs_its_reason(client: Client, case: Case) -> None:
    before = Entry.objects.count()
    refused = tick(client, case, "ask_police", "not_relevant", "  ")
    assert refused.status_code == 422
    assert "Skriv, hvorfor opgaven ikke er relevant." in refused.text
    assert Entry.objects.count() == before
    assert "ask_police" in waiting(refused.text)
    assert tick(client, case, "ask_police", "not_relevant", "Allerede anmeldt.").status_code == 302
    assert states(case) == {"ask_police": DutyState.NOT_RELEVANT}
    assert "Allerede anmeldt." in plan(client, case).text


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("done", "Hun er 010203-1234"),
        ("done", "et\x00to"),
        ("done", "x" * 1_000_000),
        ("opfundet", "Ja"),
        ("", "Ja"),
        ("overdue", "Ja"),
    ],
)
def test_bad_answer_is_refused_and_stays_on_the_page(client: Client, case: Case, outcome: str, reason: str) -> None:
    answer = tick(client, case, "ask_police", outcome, reason)
    assert answer.status_code == 422
    page = read(answer.text)
    assert "fejl" in page.ids
    assert [link for link in page.links if link.startswith("#id_ask_police-")]
    assert reason in answer.text
    assert states(case) == {}


def test_error_leads_to_the_field_of_its_duty(client: Client, case: Case) -> None:
    page = read(tick(client, case, "ask_police", "not_relevant").text)
    (link,) = [link for link in page.links if link.startswith("#id_")]
    assert link.removeprefix("#") in page.ids
    # An id stands once on a page, however many duties ask the same.
    assert len([name for name in page.ids if name == link.removeprefix("#")]) == 1


def test_same_press_twice_is_logged_once(client: Client, case: Case) -> None:
    number = str(uuid4())
    pressed = [tick(client, case, "ask_police", **{"ask_police-submission_id": number}) for _press in range(3)]
    assert [answer.status_code for answer in pressed] == [302, 302, 302]
    assert Entry.objects.filter(case=case, kind=EntryKind.DUTY).count() == 1


def test_answer_can_be_changed_and_the_newest_counts(client: Client, case: Case) -> None:
    tick(client, case, "ask_police")
    tick(client, case, "ask_police", "not_relevant", "Det var en fejl.")
    assert states(case) == {"ask_police": DutyState.NOT_RELEVANT}
    assert Entry.objects.filter(case=case, kind=EntryKind.DUTY).count() == 2


@pytest.mark.parametrize("key", ["opfundet", "ask-police", "no_mediation"])
def test_duty_that_is_not_in_the_plan_is_not_found(client: Client, case: Case, key: str) -> None:
    """Rules to bear in mind are no duties: there is nothing to tick."""
    assert tick(client, case, key).status_code == 404
    assert states(case) == {}


def test_rules_stand_in_the_plan_without_a_box(client: Client, case: Case) -> None:
    rules = [duty for duty in situation_of(case_file(case), timezone.now()).assessment.duties if duty.rule]
    html = plan(client, case).text
    assert rules
    assert [duty.key for duty in rules if duty.key in waiting(html)] == []
    assert [duty.key for duty in rules if str(duty.title) not in read(html).words] == []


@time_machine.travel(MONDAY, tick=False)
def test_deadline_in_the_list_moves_on_with_what_is_answered(client: Client, owner: User) -> None:
    """What is for now in two hours, what is for today after school, the few days; bullying has ten working days."""
    case = make_case(owner)
    file_sections(client, case, kinds=["bullying"], known_on="i dag", victim_age="14", danger_self_harm="nej")
    file_sections(client, case, "vurder", bullying_judged="ja")
    asked = [duty for duty in case_file(case).steps["vurder"].content["judgement"]["duties"] if duty["due"]]
    found = []
    for duty in sorted(asked, key=lambda duty: moment_due(read_deadline(duty["due"]) or MONDAY_MORNING)):
        found.append(timezone.localtime(stored(case).next_due).isoformat())
        assert tick(client, case, duty["key"]).status_code == 302
    assert list(dict.fromkeys(found)) == [
        "2026-11-16T12:00:00+01:00",
        "2026-11-16T15:00:00+01:00",
        "2026-11-19T15:00:00+01:00",
        "2026-11-30T23:59:59.999999+01:00",
    ]
    assert stored(case).next_due is None


def test_duty_left_standing_shows_its_day_as_overdue(owner: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        case = make_case(owner)
        client = logged_in(owner)
        file_sections(client, case, danger_self_harm="ja", victim_age="14", known_on="i dag")
        assert "Fristen er overskredet" not in plan(client, case).text
    with time_machine.travel(TUESDAY, tick=False):
        client = logged_in(owner)
        assert "Fristen er overskredet" in plan(client, case).text
        for duty in duties(case):
            tick(client, case, duty.key)
        assert "Fristen er overskredet" not in plan(client, case).text


OF = {"now": "secrecy", "today": "secure_evidence", "soon": "sharing_basis"}


@pytest.mark.parametrize(
    ("left", "filed", "closed", "last_in_time"),
    [
        ("now", "2026-11-16 10.00", False, "2026-11-16 12.00"),
        ("now", "2026-11-20 23.00", False, "2026-11-21 01.00"),
        ("now", "2026-03-29 01.30", False, "2026-03-29 04.30"),
        ("today", "2026-11-16 10.00", False, "2026-11-16 15.00"),
        ("today", "2026-11-20 16.00", False, "2026-11-23 15.00"),
        ("today", "2026-04-01 16.00", False, "2026-04-07 15.00"),
        ("today", "2026-12-18 16.00", True, "2027-01-04 15.00"),
        ("today", "2026-03-27 16.00", False, "2026-03-30 15.00"),
        ("soon", "2026-11-20 10.00", False, "2026-11-25 15.00"),
        ("soon", "2026-12-18 10.00", True, "2027-01-06 15.00"),
    ],
)
def test_every_page_calls_a_duty_overdue_at_the_same_moment(
    left: str, filed: str, closed: bool, last_in_time: str
) -> None:
    """One duty is left open: the plan, the three lists, SSP's own page, the page that closes, and the paper."""
    begun, due = (datetime.strptime(at, "%Y-%m-%d %H.%M").replace(tzinfo=COPENHAGEN) for at in (filed, last_in_time))
    with time_machine.travel(begun, tick=False):
        owner = make_user(name="Olga Ejer")
        leader = make_user(Role.LEADER, school=owner.school)
        ssp = make_user(Role.SSP, municipality=case_place(owner))
        if closed:
            first, last = date(2026, 12, 21), date(2027, 1, 3)
            ClosedDays.objects.create(school=owner.school, first=first, last=last, name="Juleferie")
        case = make_case(owner)
        client = logged_in(owner)
        file_sections(client, case, kinds=["extortion"], threat="ja", victim_age="14", shown="nude", known_on="i dag")
        for duty in duties(case):
            if duty.key != OF[left]:
                tick(client, case, duty.key)
        refer_with_names(case)
    for moment, is_late in ((due, False), (due + timedelta(seconds=1), True)):
        with time_machine.travel(moment, tick=False):
            where = {
                "plan": (owner, reverse("plan", args=[case.public_id])),
                "own list": (owner, "/sager/"),
                "leader's list": (leader, "/sager/"),
                "SSP's list": (ssp, "/sager/"),
                "SSP's page": (ssp, reverse("henvis", args=[case.public_id])),
                "closing": (leader, reverse("status", args=[case.public_id])),
                "paper": (owner, reverse("resume", args=[case.public_id])),
            }
            found = {page: "verskredet" in logged_in(who).get(path).text for page, (who, path) in where.items()}
            assert found == dict.fromkeys(where, is_late)
            clock = due.strftime("kl. %H.%M")
            whole, brief = f"{due:%d-%m-%Y} {clock}", f"senest {due.day}/{due.month} {clock}"
            reader = logged_in(owner)
            plan, resume, kort = (
                reader.get(reverse(to, args=[case.public_id])).text for to in ("plan", "resume", "kort")
            )
            assert (whole in plan, whole in resume, brief in resume, brief in kort) == (is_late, True, True, True)


def case_place(owner: User) -> Municipality:
    assert owner.school
    return owner.school.municipality


def refer_with_names(case: Case) -> None:
    actions.refer(
        case=stored(case),
        by=case.owner,
        form=ReferralForm.NAMED,
        purpose="Råd",
        message="",
        included=[],
        basis=DisclosureBasis.SSP,
        necessity="Ja",
        submission_id=uuid4(),
    )


@pytest.mark.parametrize(
    ("due", "past"),
    [
        (None, False),
        (date(2026, 11, 15), True),
        (date(2026, 11, 16), False),
        (date(2026, 11, 17), False),
        (datetime(2026, 11, 16, 9, 59, tzinfo=COPENHAGEN), True),
        (datetime(2026, 11, 16, 10, 1, tzinfo=COPENHAGEN), False),
    ],
)
def test_day_is_past_when_it_is_over_and_a_moment_at_once(due: Any, past: bool) -> None:
    assert is_past(due, datetime.fromisoformat(MONDAY)) is past


def test_day_ends_by_the_danish_clock() -> None:
    midnight_passed = datetime.fromisoformat("2026-11-16T23:30:00+00:00")
    assert is_past(date(2026, 11, 16), midnight_passed) is True


def test_plan_with_everything_answered_says_so(client: Client, case: Case) -> None:
    for _round in range(3):
        for duty in duties(case):
            if duty.key not in states(case):
                tick(client, case, duty.key)
    html = plan(client, case).text
    assert waiting(html) == []
    assert set(states(case)) >= {duty.key for duty in duties(case)}


def test_closed_case_takes_no_ticks(client: Client, leader: User, case: Case) -> None:
    writer.close_case(case=stored(case), by=leader, reason="Løst.")
    before = stored(case).head_seq
    assert waiting(plan(client, case).text) == []
    answer = tick(client, case, "ask_police", "not_relevant", "Politiet ringede selv.")
    assert (answer.status_code, "Politiet ringede selv." in answer.text) == (409, True)
    assert stored(case).head_seq == before


TICKERS = {
    "owner": 302,
    "participant": 302,
    "leader": 302,
    "colleague": 404,
    "other school": 404,
    "ssp": 404,
    "ssp, named": 403,
    "ssp, anonymous": 403,
    "administrator": 404,
    "anonymous": 403,
}


@pytest.mark.parametrize("who", TICKERS)
def test_only_those_who_work_on_the_case_tick(owner: User, leader: User, case: Case, who: str) -> None:
    participant = make_user(school=case.school)
    actions.add_participant(case=stored(case), by=owner, user=participant)
    users = {
        "owner": owner,
        "participant": participant,
        "leader": leader,
        "colleague": make_user(school=case.school),
        "other school": make_user(school=make_school(case.school.municipality)),
        "ssp": make_user(Role.SSP, municipality=case.school.municipality),
        "administrator": make_user(Role.ADMINISTRATOR, municipality=case.school.municipality),
    }
    person, _comma, form = who.partition(", ")
    if form:
        actions.refer(
            case=stored(case), by=owner, form=form, purpose="Råd", message="", included=[], submission_id=uuid4()
        )
    client = logged_in(users[person]) if person in users else Client()
    answer = tick(client, case, "ask_police")
    assert answer.status_code == TICKERS[who]
    assert ("ask_police" in states(case)) is (TICKERS[who] == 302)


def test_ssp_reads_the_plan_without_boxes(case: Case) -> None:
    actions.refer(
        case=stored(case),
        by=case.owner,
        form="named",
        purpose="Råd",
        message="",
        included=[],
        submission_id=uuid4(),
    )
    page = plan(logged_in(make_user(Role.SSP, municipality=case.school.municipality)), case)
    assert (page.status_code, waiting(page.text)) == (200, [])
    assert str(duties(case)[0].title) in page.text


def test_tick_is_a_post(client: Client, case: Case) -> None:
    assert client.get(reverse("pligt", args=[case.public_id, "ask_police"])).status_code == 405


def test_plan_takes_as_many_queries_however_long_the_log(client: Client, case: Case) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert plan(client, case).status_code == 200
        return len(captured)

    add_note(stored(case))
    tick(client, case, "ask_police")
    queries()
    few = queries()
    for number in range(29):
        add_note(stored(case), text=f"Notat {number}")
    for duty in duties(case):
        tick(client, case, duty.key)
    assert queries() == few


def test_plan_of_a_case_filed_under_an_earlier_card_says_that_it_changed(
    client: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "Handlekort har fået nye spørgsmål og råd"
    assert said not in plan(client, case).content.decode()
    monkeypatch.setattr(card, "version", lambda: "another card")
    assert said in plan(client, case).content.decode()


def test_plan_of_a_case_filed_under_earlier_rules_says_that_it_changed(
    client: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "Handlekort har fået nye spørgsmål og råd"
    for duty in duties(case):
        tick(client, case, duty.key)
    assert said not in plan(client, case).content.decode()
    fewer = tuple(rule for rule in rules.DUTY_RULES if rule[0] != "insurance")
    monkeypatch.setattr(rules, "DUTY_RULES", fewer)
    assert said in plan(client, case).content.decode()


def test_days_that_passed_are_no_change_of_rules(owner: User, case: Case) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=9)):
        words = plan(logged_in(owner), case).content.decode()
    assert "Handlekort har fået nye spørgsmål og råd" not in words


def test_prohibitions_stand_apart_and_not_under_now(client: Client, case: Case) -> None:
    words = plan(client, case).content.decode()
    first = words.index('id="naeste"')
    apart = words.index('id="husk"')
    assert first < apart < words.index("Slet ikke noget endnu") < words.index('id="hast-')
