"""SSP's list: in which order it is, and what is asked for. The leaders' list: what comes first, and who has it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.enums import ReferralChange, ReferralForm, Role
from cases.models import Case, Municipality, School, User
from cases.operations.verify import case_faults
from cases.sharing import actions, sparring
from cases.sharing.queue import FILTER_NAMES
from cases.views.lists import CASES_PER_PAGE, CaseRow
from tests.factories import file_step, make_case, make_flag, make_school, make_user, step_content
from tests.guide.page_reader import read, stored

LIST = "/sager/"


def asked(
    owner: User, level: int, days: float = 0, *, danger: bool = False, due: int | None = None, urgent: bool = True
) -> Case:
    """A case that SSP was asked about so many days ago; ``due`` are the days to its next deadline."""
    with time_machine.travel(timezone.now() - timedelta(days=days), tick=False):
        case = make_case(owner)
        content = step_content(levels=[level], flags=[make_flag("danger")] if danger else [])
        next_due = None if due is None else timezone.localdate() + timedelta(days=days + due)
        file_step(case, content=content, next_due=next_due, is_urgent=urgent)
        actions.refer(
            case=case,
            by=owner,
            form=ReferralForm.ANONYMOUS,
            purpose="Hvad nu?",
            message="",
            included=[],
            submission_id=uuid4(),
        )
    return stored(case)


def write(case: Case, by: User, change: ReferralChange) -> Case:
    case = stored(case)
    shown = sparring.Shown(case.head_seq, "")
    sparring.write_line(case=case, by=by, change=change, text="Tekst.", shown=shown, submission_id=uuid4())
    return case


def claim(case: Case, by: User) -> Case:
    sparring.claim(case=case, by=by, shown=sparring.Shown(case.head_seq, ""), submission_id=uuid4())
    return stored(case)


def rows(user: User, query: str = "") -> list[CaseRow]:
    client = Client()
    client.force_login(user)
    found: list[CaseRow] = client.get(LIST + query).context["rows"]
    return found


def references(user: User, query: str = "") -> list[str]:
    return [row.case.reference for row in rows(user, query)]


def test_what_has_to_be_answered_first_is_first(staff: User, ssp: User) -> None:
    """Made in an order that is neither this one nor its reverse."""
    made: dict[str, Case] = {
        "the rest": write(asked(staff, 4, 20), ssp, ReferralChange.ADVISED),
        "waiting, level 1, a day": asked(staff, 1, 1),
        "grave, nobody has it, today": asked(staff, 4),
        "waiting, level 3, a week": asked(staff, 3, 7),
        "overdue, answered": write(asked(staff, 1, 9, due=-2), ssp, ReferralChange.ADVISED),
        "grave, nobody has it, a week": asked(staff, 4, 7),
        "waiting, level 3, forty days": asked(staff, 3, 40),
        "danger": asked(staff, 2, due=0, danger=True),
        "waiting, level 4, claimed": claim(asked(staff, 4, 2), ssp),
        "danger that is seen to": asked(staff, 1, 3, danger=True, due=5, urgent=False),
        "replied, level 2": write(
            write(asked(staff, 2, 30), ssp, ReferralChange.ASKED_BACK), staff, ReferralChange.REPLIED
        ),
    }
    names = {case.reference: name for name, case in made.items()}
    assert [names[one] for one in references(ssp)] == [
        "danger",
        "grave, nobody has it, a week",
        "grave, nobody has it, today",
        "waiting, level 4, claimed",
        "waiting, level 3, forty days",
        "waiting, level 3, a week",
        "replied, level 2",
        "danger that is seen to",
        "waiting, level 1, a day",
        "overdue, answered",
        "the rest",
    ]


def test_pages_of_the_queue_follow_each_other(staff: User, ssp: User) -> None:
    cases = [asked(staff, 1 + number % 4, number) for number in range(CASES_PER_PAGE + 2)]
    pages = [references(ssp, f"?side={page}") for page in (1, 2)]
    assert [len(page) for page in pages] == [CASES_PER_PAGE, 2]
    assert set(pages[0] + pages[1]) == {case.reference for case in cases}
    levels = [row.case.level_high for page in (1, 2) for row in rows(ssp, f"?side={page}")]
    assert levels == sorted(levels, reverse=True)


FILTERS: list[tuple[Callable[[dict[str, Any]], str], str]] = [
    (lambda made: "tur=ssp", "first claimed other"),
    (lambda made: "tur=skolen", "answered"),
    (lambda made: "tur=ingen", "done"),
    (lambda made: f"skole={made['other'].school.public_id}", "other"),
    (lambda made: "niveau=4", "first"),
    (lambda made: f"nr={made['claimed'].reference[3:].lower()}", "claimed"),
    (lambda made: "hvem=mig", "answered claimed"),
    (lambda made: "hvem=ingen", "first other done"),
    (lambda made: "niveau=4&tur=skolen", ""),
    (lambda made: "tur=opfundet", ""),
    (lambda made: "skole=1%01", ""),
    (lambda made: "niveau=44", ""),
    (lambda made: "hvem=alle", ""),
    (lambda made: "nr=%27%25", ""),
]


@pytest.mark.parametrize(("asks", "expected"), FILTERS)
def test_filter_leaves_what_was_asked_for(
    staff: User, ssp: User, municipality: Municipality, asks: Callable[[dict[str, Any]], str], expected: str
) -> None:
    elsewhere = make_user(school=make_school(municipality))
    made = {
        "first": asked(staff, 4),
        "answered": write(asked(staff, 3), ssp, ReferralChange.ADVISED),
        "claimed": claim(asked(staff, 2), ssp),
        "other": asked(elsewhere, 1),
        "done": write(asked(staff, 1), staff, ReferralChange.DONE),
    }
    query = f"?vis=aabne&{asks(made)}"
    found = references(ssp, query)
    assert sorted(found) == sorted(made[name].reference for name in expected.split())
    client = Client()
    client.force_login(ssp)
    assert ("Ingen henvendelser passer" in client.get(LIST + query).text) is (not expected)


def shown(client: Client, query: str = "") -> list[str]:
    return sorted(row.case.reference for row in client.get(LIST + query).context["rows"])


def test_filter_is_kept_until_the_link_that_clears_it(client: Client, staff: User, ssp: User) -> None:
    """It holds on the plain address, on the other tabs and in their pages; closed cases have the same filter."""
    grave, mild = asked(staff, 4), asked(staff, 1)
    both = sorted([grave.reference, mild.reference])
    client.force_login(ssp)
    assert shown(client) == both
    assert shown(client, "?vis=aabne&tur=ssp&skole=&niveau=4&nr=&hvem=") == [grave.reference]
    for query in ("", "?vis=alle", "?side=1"):
        assert shown(client, query) == [grave.reference]
    assert shown(client, "?vis=afsluttede") == []
    page = client.get(LIST)
    (chosen,) = [field for field in page.context["asked"].fields if field[0] == "niveau"]
    assert chosen == ("niveau", "4")
    assert "Du ser et udvalg." in page.text
    (clears,) = [link for link in read(page.text).links if link.endswith("&tur=")]
    assert shown(client, clears) == both
    assert "Du ser et udvalg." not in client.get(LIST).text
    assert shown(client) == both


def test_kept_filter_that_fits_nothing_says_so(client: Client, staff: User, ssp: User) -> None:
    asked(staff, 1)
    client.force_login(ssp)
    for query in ("?niveau=4", ""):
        page = client.get(LIST + query).text
        assert ("Ingen henvendelser passer" in page, "Vis dem alle" in page) == (True, True)


@pytest.mark.parametrize("name", FILTER_NAMES.values())
def test_nothing_that_is_typed_is_kept(client: Client, staff: User, ssp: User, name: str) -> None:
    case = asked(staff, 1)
    client.force_login(ssp)
    assert shown(client, f"?{name}=Oskar") == []
    assert client.session.get("koe", {}) == {}
    assert shown(client) == [case.reference]


def test_search_by_reference_is_not_kept(client: Client, staff: User, ssp: User) -> None:
    cases = [asked(staff, 1), asked(staff, 2)]
    client.force_login(ssp)
    assert shown(client, f"?nr={cases[0].reference}") == [cases[0].reference]
    assert shown(client) == sorted(case.reference for case in cases)


def test_filter_ends_with_the_session_and_is_nobody_elses(
    client: Client, staff: User, ssp: User, municipality: Municipality
) -> None:
    case = asked(staff, 1)
    for next_user in (ssp, make_user(Role.SSP, municipality=municipality)):
        client.force_login(ssp)
        assert shown(client, "?niveau=4") == shown(client) == []
        if next_user == ssp:
            client.logout()
        client.force_login(next_user)
        assert shown(client) == [case.reference]


def test_filter_is_ssps_alone(client: Client, staff: User, leader: User) -> None:
    case = make_case(staff)
    for user in (staff, leader):
        client.force_login(user)
        assert shown(client, "?niveau=4") == shown(client) == [case.reference]
        assert "koe" not in client.session


def test_leaders_find_danger_then_new_cases_then_answers(staff: User, leader: User, ssp: User) -> None:
    grave = make_case(staff)
    file_step(grave, content=step_content(levels=[4]))
    answered = write(asked(staff, 1), ssp, ReferralChange.ADVISED)
    told = make_case(staff)
    actions.tell_leaders(case=told, by=staff, submission_id=uuid4())
    danger = asked(staff, 1, danger=True, due=0)
    expected = [danger, told, answered, grave]
    assert references(leader) == [case.reference for case in expected]


def test_leader_who_has_a_case_is_named_to_whoever_told_it(
    client: Client, staff: User, leader: User, school: School
) -> None:
    case, other = make_case(staff), make_user(Role.LEADER, school=school)
    actions.tell_leaders(case=case, by=staff, submission_id=uuid4())
    client.force_login(leader)
    url = reverse("tag_sag", args=[case.public_id])
    assert f'action="{url}"' in client.get(LIST).text
    number = str(uuid4())
    for _press in range(2):
        assert client.post(url, {"submission_id": number}).status_code == 302
    assert stored(case).head_seq == 3
    for user in (staff, leader, other):
        client.force_login(user)
        page = client.get(LIST).text
        assert f"{leader.name} i ledelsen har den" in page
        assert "Ny: fortalt til ledelsen" not in page
    assert stored(case).owner == staff
    assert case_faults(case.pk) == []
