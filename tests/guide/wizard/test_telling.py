"""Telling the leaders: one press, once, logged; and the page on a telephone."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from cases.enums import AuditVerb, Role
from cases.log import writer
from cases.log.case_file import read_case
from cases.log.entry_text import log_lines
from cases.models import AuditEvent, Case, User
from tests.factories import make_case, make_user
from tests.guide.page_reader import logged_in, read, stored
from tests.guide.sections import file_sections

pytestmark = pytest.mark.django_db
CALM = {"danger_self_harm": "nej", "abuse": "nej", "suspicion_home": "nej"}


@pytest.fixture
def owner() -> User:
    return make_user(name="Olga Ejer")


@pytest.fixture
def case(owner: User) -> Case:
    case = make_case(owner)
    file_sections(logged_in(owner), case, kinds=["image_shared"], victim_age="14", **CALM)
    return case


def page(case: Case, user: User) -> str:
    return logged_in(user).get(reverse("nu", args=[case.public_id])).text


def tell(case: Case, user: User, number: str = "") -> Any:
    address = reverse("sig_til_ledelsen", args=[case.public_id])
    return logged_in(user).post(address, {"submission_id": number or str(uuid4())})


def test_leaders_are_told_by_the_form_in_the_action(case: Case, owner: User) -> None:
    html = page(case, owner)
    card = html[html.index('id="handling-leader"') :].partition("</li>")[0]
    address = reverse("sig_til_ledelsen", args=[case.public_id])
    assert f'action="{address}"' in card
    assert html.count(address) == 1
    answer = logged_in(owner).post(
        address, {"submission_id": re.findall(r'name="submission_id" value="([^"]+)"', card)}
    )
    assert (answer.status_code, answer["Location"]) == (302, reverse("nu", args=[case.public_id]))
    told = stored(case).told_leader_at
    entry = read_case(stored(case)).entries[-1]
    assert told == entry.entered_at
    assert [line.title for line in log_lines([entry])] == ["Sat øverst på ledelsens liste"]
    assert entry.by_name == "Olga Ejer"
    event = AuditEvent.objects.order_by("-seq").first()
    assert event is not None
    assert (event.verb, event.case_public_id) == (AuditVerb.TELL, case.public_id)
    html = page(case, owner)
    assert address not in html
    assert "Står på ledelsens liste siden" in html


def test_leader_who_has_the_case_is_fetched_no_more_and_keeps_nobody_out(case: Case, owner: User) -> None:
    leader = make_user(Role.LEADER, school=owner.school, name="Lis Leder")
    tell(case, owner)
    overview, plan = (reverse(name, args=[case.public_id]) for name in ("sag", "plan"))
    assert "Hent ledelsen ind i sagen" in logged_in(owner).get(plan).text
    take = reverse("tag_sag", args=[case.public_id])
    assert [f'action="{take}"' in logged_in(user).get(overview).text for user in (owner, leader)] == [False, True]
    logged_in(leader).post(take, {"submission_id": str(uuid4())})
    for user in (owner, leader):
        assert "Lis Leder i ledelsen har den" in logged_in(user).get(overview).text
        for address in (overview, plan, reverse("nu", args=[case.public_id])):
            assert "Hent ledelsen ind i sagen" not in logged_in(user).get(address).text
    assert stored(case).owner == owner


@pytest.mark.both_engines
def test_leaders_are_told_once(case: Case, owner: User) -> None:
    before = stored(case).head_seq
    number = str(uuid4())
    assert [tell(case, owner, sent).status_code for sent in (number, number, "", "x")] == [302] * 4
    assert stored(case).head_seq == before + 1


def test_leader_has_nobody_to_tell(case: Case, owner: User) -> None:
    leader = make_user(Role.LEADER, school=case.school)
    assert "Sig det til ledelsen" not in page(case, leader)
    assert "Sig det til ledelsen" in page(case, owner)


def test_nobody_is_told_of_a_closed_case(case: Case, owner: User) -> None:
    writer.close_case(case=stored(case), by=make_user(Role.LEADER, school=case.school), reason="Løst.")
    before = stored(case).head_seq
    assert tell(case, owner).status_code == 409
    assert (stored(case).head_seq, stored(case).told_leader_at) == (before, None)
    assert "Sig det til ledelsen" not in page(case, owner)


@pytest.mark.parametrize("who", [Role.STAFF, Role.SSP, Role.ADMINISTRATOR])
def test_only_those_who_work_on_the_case_tell(case: Case, who: Role) -> None:
    place = {"school": case.school} if who == Role.STAFF else {"municipality": case.school.municipality}
    assert tell(case, make_user(who, **place)).status_code == 404
    assert stored(case).told_leader_at is None


def test_code_for_the_phone_is_drawn_on_the_page_and_has_nothing_but_the_address(case: Case, owner: User) -> None:
    html = page(case, owner)
    (drawn,) = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert "<path" in drawn
    assert not re.search(r"script|style=|href", drawn)
    assert case.reference not in drawn
    assert page(case, owner).count(drawn) == 1
    other = make_case(owner)
    assert drawn not in page(other, owner)


def test_page_of_first_actions_names_its_case_on_paper_only(case: Case, owner: User) -> None:
    (paper,) = [one.words for one in read(page(case, owner)).having("p", class_="print-only")]
    assert case.reference in paper
    assert "Fortroligt" in paper


def test_anonymous_is_refused(case: Case) -> None:
    assert Client().post(reverse("sig_til_ledelsen", args=[case.public_id])).status_code == 403
