"""The lists: what each role finds there, in which order, and with how many queries."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.enums import AuditVerb, CardStep, DutyOutcome, FrozenKey, ReferralForm, Role, StepStatus
from cases.log import writer
from cases.models import AuditEvent, Case, School, User
from cases.sharing import actions
from cases.text.dates import format_recent
from cases.views.lists import CASES_PER_PAGE, CaseRow
from guide.rules.duty_texts import DUTY_TEXTS
from guide.rules.enums import Flag, Urgency
from guide.steps import STEPS
from tests.factories import change, file_step, make_case, make_duty, make_flag, make_school, make_user, step_content
from tests.guide.page_reader import read, stored

LIST = "/sager/"


def references(client: Client, query: str = "") -> list[str]:
    return [row.case.reference for row in client.get(LIST + query).context["rows"]]


def refer(case: Case, form: ReferralForm = ReferralForm.NAMED, purpose: str = "Hvad gør vi?") -> None:
    actions.refer(case=case, by=case.owner, form=form, purpose=purpose, message="", included=[], submission_id=uuid4())


def rated(owner: User, level: int, due: date | None = None) -> Case:
    case = make_case(owner)
    file_step(case, content=step_content(levels=[level]), next_due=due)
    return case


def test_the_list_knows_the_steps_of_the_card() -> None:
    assert [(step.key, step.title) for step in STEPS] == CardStep.choices


def test_the_record_knows_the_keys_of_the_rules() -> None:
    flags = {Flag.LATE, Flag.HOME, Flag.DANGER}
    assert {key.value for key in FrozenKey} == {Urgency.NOW, Urgency.TODAY, "ask_ssp"} | flags
    assert "ask_ssp" in DUTY_TEXTS


def test_staff_find_own_cases_and_those_they_were_added_to(client: Client, staff: User, school: School) -> None:
    colleague = make_user(Role.STAFF, school=school)
    own, added, _hidden = make_case(staff), make_case(colleague), make_case(colleague)
    actions.add_participant(case=added, by=colleague, user=staff)
    client.force_login(staff)
    assert set(references(client)) == {own.reference, added.reference}


def test_leader_finds_the_schools_cases_late_and_serious_first(client: Client, staff: User, leader: User) -> None:
    today = timezone.localdate()
    mild = rated(staff, 1, today - timedelta(days=1))
    serious = rated(staff, 4)
    middling = rated(staff, 2, today)
    make_case()
    client.force_login(leader)
    assert references(client) == [mild.reference, serious.reference, middling.reference]


def test_confirmed_level_weighs_more_than_the_possible_ones(client: Client, staff: User, leader: User) -> None:
    confirmed = make_case(staff)
    file_step(confirmed, content=step_content(levels=[1, 4], confirmed=1))
    possible = rated(staff, 2)
    client.force_login(leader)
    assert references(client) == [possible.reference, confirmed.reference]


def test_a_deadline_of_today_is_not_overdue(client: Client, staff: User) -> None:
    rated(staff, 2, timezone.localdate())
    client.force_login(staff)
    assert [row.overdue for row in client.get(LIST).context["rows"]] == [False]


def test_a_deadline_of_yesterday_is_marked(client: Client, staff: User) -> None:
    rated(staff, 2, timezone.localdate() - timedelta(days=1))
    client.force_login(staff)
    assert "Overskredet" in client.get(LIST).content.decode()


def test_a_row_tells_the_next_step_what_presses_and_the_last_change(client: Client, staff: User) -> None:
    case = rated(staff, 2, timezone.localdate())
    writer.skip_step(case=case, by=staff, step="vurder", title="Vurder", reason="Løst.", submission_id=uuid4())
    filed = step_content("afdaek", duties=[])
    file_step(case, content=filed, status=StepStatus.READY, next_due=timezone.localdate())
    client.force_login(staff)
    row = client.get(LIST).context["rows"][0]
    assert (row.waiting, row.overdue, row.due_today) == ("Inddrag", False, True)
    html = client.get(LIST).content.decode()
    for words in ("Inddrag mangler", "Opgaver i dag", "I dag kl. "):
        assert words in html


def test_a_row_tells_what_is_to_be_done_now_from_what_has_the_day(client: Client, staff: User) -> None:
    case, today = make_case(staff), timezone.localdate()
    at_once = {**make_duty("secrecy", today.isoformat()), "urgency": "now"}
    content = step_content(duties=[at_once, {**make_duty("ask_ssp", today.isoformat()), "urgency": "today"}])
    file_step(case, content=content, next_due=today)
    client.force_login(staff)
    assert "1 haster nu" in client.get(LIST).text
    writer.tick_duty(
        case=case,
        by=staff,
        key="secrecy",
        title="Sig det",
        outcome=DutyOutcome.DONE,
        reason="",
        submission_id=uuid4(),
    )
    assert "haster nu" not in client.get(LIST).text
    assert "Opgaver i dag" in client.get(LIST).text


def test_a_row_names_no_child_of_a_duty(client: Client, staff: User) -> None:
    duty = make_duty("notify-1", None)
    file_step(make_case(staff), content=step_content(duties=[{**duty, "title": "Underret: Alma", "about": "Alma"}]))
    assert [row.first for row in shown(client, staff)] == ["Underret"]


def test_a_row_tells_the_first_open_duty(client: Client, staff: User, ssp: User) -> None:
    case, day = make_case(staff), timezone.localdate().isoformat()
    content = step_content(duties=[make_duty("secrecy", day), make_duty("ask_ssp", day)])
    file_step(case, content=content)
    first, second = (duty["title"] for duty in content["judgement"]["duties"])
    refer(case, ReferralForm.ANONYMOUS)
    assert [row.first for row in shown(client, staff)] == [first]
    assert [row.first for row in shown(client, ssp)] == [""]
    writer.tick_duty(
        case=case,
        by=staff,
        key="secrecy",
        title=first,
        outcome=DutyOutcome.DONE,
        reason="",
        submission_id=uuid4(),
    )
    # The duty to ask SSP was done by asking.
    assert [row.first for row in shown(client, staff)] == [""]
    actions.end_referral(case=case, by=staff, reason="", submission_id=uuid4())
    assert [row.first for row in shown(client, staff)] == [second]
    assert second in client.get(LIST).text


def shown(client: Client, user: User) -> list[CaseRow]:
    """The rows of the list of this user."""
    client.force_login(user)
    rows: list[CaseRow] = client.get(LIST).context["rows"]
    return rows


def test_case_that_the_leaders_were_told_of_is_first_until_one_opens_it(
    client: Client, staff: User, leader: User
) -> None:
    overdue, told, serious = rated(staff, 2, timezone.localdate() - timedelta(days=1)), rated(staff, 1), rated(staff, 4)
    actions.tell_leaders(case=told, by=staff, submission_id=uuid4())
    expected = [told.reference, overdue.reference, serious.reference]
    assert [row.case.reference for row in shown(client, leader)] == expected
    html = client.get(LIST).text
    assert html.count("Ny: fortalt til ledelsen") == 1
    # The teacher, who opens it too, is not the one who was told.
    client.force_login(staff)
    assert "Ny: fortalt" not in client.get(LIST).text
    client.get(reverse("sag", args=[told.public_id]))
    assert [row.is_told for row in shown(client, leader)] == [True, False, False]
    client.get(reverse("nu", args=[told.public_id]))
    assert [row.case.reference for row in shown(client, leader)] == [
        overdue.reference,
        serious.reference,
        told.reference,
    ]
    assert "Ny: fortalt" not in client.get(LIST).text


def test_told_cases_are_on_one_page_each_however_long_the_list(client: Client, staff: User, leader: User) -> None:
    cases = [rated(staff, 1 + number % 4) for number in range(CASES_PER_PAGE + 3)]
    for case in cases[:2]:
        actions.tell_leaders(case=case, by=staff, submission_id=uuid4())
    client.force_login(leader)
    found = [references(client, f"?side={page}") for page in (1, 2)]
    assert [len(page) for page in found] == [CASES_PER_PAGE, 3]
    assert set(found[0][:2]) == {case.reference for case in cases[:2]}
    assert sorted(found[0] + found[1]) == sorted(case.reference for case in cases)


def test_a_list_stands_though_a_log_was_tampered_with(client: Client, staff: User) -> None:
    case = rated(staff, 2, timezone.localdate())
    Case.objects.unscoped("test").filter(pk=case.pk).update(sealed_key=b"0" * 60)
    client.force_login(staff)
    assert references(client) == [case.reference]


def test_a_closed_row_presses_for_nothing(client: Client, staff: User, leader: User) -> None:
    case = late(staff)
    writer.close_case(case=case, by=leader, reason="Færdig.")
    client.force_login(leader)
    html = client.get(LIST + "?vis=alle").content.decode()
    assert "Afsluttet" in html
    for words in ("Overskredet", "Skolen vidste det uden at handle", "mangler"):
        assert words not in html


def late(owner: User, state: str = "set") -> Case:
    """A case of a school that waited, with a deadline gone."""
    case = make_case(owner)
    content = step_content(flags=[make_flag("late", state)])
    file_step(case, content=content, next_due=timezone.localdate() - timedelta(days=1))
    return case


@pytest.mark.parametrize(("who", "shown"), [("leader", True), ("ssp", True), ("staff", False)])
def test_waiting_is_shown_to_leader_and_ssp(
    client: Client, request: pytest.FixtureRequest, staff: User, who: str, shown: bool
) -> None:
    refer(late(staff))
    client.force_login(request.getfixturevalue(who))
    assert ("Skolen vidste det uden at handle" in client.get(LIST).content.decode()) is shown


@pytest.mark.parametrize("state", ["possible", "not_set"])
def test_waiting_that_is_not_certain_is_not_shown(client: Client, staff: User, leader: User, state: str) -> None:
    late(staff, state)
    client.force_login(leader)
    assert "Skolen vidste det uden at handle" not in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-21T09:05+01:00", "i dag kl. 09.05"),
        ("2026-11-20T23:59+01:00", "i går"),
        ("2026-11-20T23:30+00:00", "i dag kl. 00.30"),
        ("2026-11-19T12:00+01:00", "19-11-2026"),
    ],
)
def test_lately_counts_the_schools_days(moment: str, words: str) -> None:
    assert format_recent(datetime.fromisoformat(moment), date(2026, 11, 21)) == words


@pytest.mark.parametrize(
    ("query", "found"),
    [("", ["open"]), ("?vis=afsluttede", ["closed"]), ("?vis=alle", ["closed", "open"]), ("?vis=%01", ["open"])],
)
def test_filter_by_status(client: Client, staff: User, leader: User, query: str, found: list[str]) -> None:
    make_case(staff)
    writer.close_case(case=make_case(staff), by=leader, reason="Færdig.")
    client.force_login(staff)
    assert sorted(row.case.status for row in client.get(LIST + query).context["rows"]) == found


def test_ssp_finds_what_was_referred_and_reads_none_of_it_in_the_list(client: Client, staff: User, ssp: User) -> None:
    named, anonymous, _other = make_case(staff), make_case(staff), make_case(staff)
    refer(named, ReferralForm.NAMED, "Kan I være med til et møde?")
    refer(anonymous, ReferralForm.ANONYMOUS, "Hvordan taler vi med klassen?")
    client.force_login(ssp)
    page = client.get(LIST)
    found = {row.case.reference: row.referral.form for row in page.context["rows"]}
    assert found == {named.reference: ReferralForm.NAMED, anonymous.reference: ReferralForm.ANONYMOUS}
    words = (staff.name, "Kan I være med", "Hvordan taler vi")
    assert [word for word in words if word in page.content.decode()] == []


def test_ssp_sees_the_newest_referral_only(client: Client, staff: User, ssp: User) -> None:
    case = make_case(staff)
    refer(case, ReferralForm.NAMED, "Det gamle")
    refer(case, ReferralForm.ANONYMOUS, "Det nye")
    client.force_login(ssp)
    assert [row.referral.form for row in client.get(LIST).context["rows"]] == [ReferralForm.ANONYMOUS]


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("staff", "Ingen sager lige nu"),
        ("leader", "Ingen sager lige nu"),
        ("ssp", "Ingen henvendelser lige nu"),
        ("administrator", "Du har ingen sager"),
    ],
)
def test_an_empty_list_helps(client: Client, request: pytest.FixtureRequest, who: str, sentence: str) -> None:
    client.force_login(request.getfixturevalue(who))
    page = client.get(LIST).content.decode()
    assert sentence in page
    assert (f'action="{reverse("ny_sag")}"' in page) == (who in ("staff", "leader"))


def test_administrator_finds_no_case(client: Client, case: Case, administrator: User) -> None:
    client.force_login(administrator)
    assert case.reference not in client.get(LIST + "?vis=alle").content.decode()


def test_progress_is_told_in_dots_and_words(client: Client, staff: User) -> None:
    case = make_case(staff)
    file_step(case, status=StepStatus.READY)
    writer.skip_step(case=case, by=staff, step="stop", title="Stop", reason="Nej.", submission_id=uuid4())
    client.force_login(staff)
    page = client.get(LIST)
    none = "not_begun"
    assert page.context["rows"][0].dots == ("ready", none, none, none, "skipped", none, none)
    assert "1 af 7 udfyldt, 1 sprunget over" in page.content.decode()


@pytest.mark.parametrize("side", ["1", "2", "3", "0", "-1", "nej", "9" * 5000, "%01"])
def test_any_page_number_gives_a_page(client: Client, staff: User, side: str) -> None:
    for _number in range(CASES_PER_PAGE + 1):
        make_case(staff)
    client.force_login(staff)
    found = references(client, f"?side={side}")
    assert len(found) == (1 if side in ("2", "3", "0", "-1") else CASES_PER_PAGE)


@pytest.mark.parametrize("who", ["staff", "leader", "ssp"])
def test_queries_do_not_grow_with_the_list(
    client: Client, request: pytest.FixtureRequest, staff: User, who: str
) -> None:
    client.force_login(request.getfixturevalue(who))
    refer(rated(staff, 2))
    client.get(LIST)  # the first request of a session also saves that it is in use
    with CaptureQueriesContext(connection) as one:
        assert len(references(client)) == 1
    for _number in range(CASES_PER_PAGE - 1):
        refer(rated(staff, 3))
    with CaptureQueriesContext(connection) as thirty:
        assert len(references(client)) == CASES_PER_PAGE
    assert statements(thirty) == statements(one) <= 12


def statements(captured: CaptureQueriesContext) -> int:
    """How many statements read or write; a transaction's beginning and end are none."""
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")
    return len([query for query in captured.captured_queries if not query["sql"].startswith(control)])


def test_looking_at_a_list_is_logged(client: Client, staff: User) -> None:
    client.force_login(staff)
    client.get(LIST)
    event = AuditEvent.objects.latest("seq")
    assert (event.verb, event.actor, event.detail) == (AuditVerb.LIST, staff.public_id, "aabne")


@pytest.mark.parametrize("leaves", [{"is_active": False}, {"school": None}])
def test_leader_is_shown_cases_whose_owner_has_left(leaves: dict[str, Any], client: Client, staff: User) -> None:
    leader, other = make_user(Role.LEADER, school=staff.school), make_user(school=staff.school)
    case, stays = make_case(staff), make_case(other)
    change(staff, **({"school": make_school()} if "school" in leaves else leaves))
    client.force_login(leader)
    page = read(client.get(LIST).text)
    chosen = {one.attributes["href"] for one in page.having("a") if one.words.startswith("Vælg en ny")}
    assert chosen == {reverse("ansvarlig", args=[case.public_id])}
    assert page.words.count("Er her ikke længere") == 1
    actions.assign_owner(case=stored(case), by=leader, owner=other)
    assert "Er her ikke længere" not in client.get(LIST).text
    assert [row.owner_left for row in shown(client, stays.owner)] == [False, False]
