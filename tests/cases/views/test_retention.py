"""The pages of keeping and ending: by whom, with what on them, and what they do."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.enums import Role
from cases.models import AuditEvent, Case, ErasureRequest, LegalHold, School, Tombstone, User
from cases.retention import due
from cases.views import retention as views
from tests.cases.retention.test_due import close_long_ago, set_rule
from tests.factories import add_note, make_case, make_school, make_user

SECRET = "Kanariefugl"


@pytest.fixture
def old(case: Case) -> Case:
    set_rule(case.school)
    add_note(case, text=SECRET)
    return close_long_ago(case)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, name: str, *args: Any) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return str(response.content.decode())


def test_from_rule_to_tombstone(old: Case, leader: User, administrator: User) -> None:
    boss, keeper = as_(leader), as_(administrator)
    assert old.reference in page(boss, "opbevaring")
    assert "Foreslå, at sagen slettes" in page(boss, "sag_opbevaring", old.public_id)
    boss.post(reverse("sag_opbevaring", args=[old.public_id]), {"handling": "foreslaa"})
    request = ErasureRequest.objects.get()
    url = reverse("sletteforslag", args=[request.public_id])
    assert "Godkend, og slet" not in page(boss, "sletteforslag", request.public_id)
    assert boss.post(url, {"handling": "slet"}).status_code == 422
    assert SECRET not in page(keeper, "sletteforslag", request.public_id)
    assert keeper.post(url, {"handling": "slet"}).status_code == 302
    assert Tombstone.objects.get().approved_by == administrator
    assert not Case.objects.unscoped("test").exists()
    for client in (boss, keeper):
        shown = page(client, "opbevaring")
        assert old.reference in shown
        assert "2 år efter afslutning: Journalplan 4.2" in shown
    assert keeper.get(url).status_code == 404
    assert boss.get(reverse("sag", args=[old.public_id])).status_code == 404


def test_cases_that_are_due_come_a_page_at_a_time(staff: User, leader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Longest overdue first, over the rules of several schools."""
    monkeypatch.setattr(views, "PER_PAGE", 2)
    neighbour = make_user(school=make_school(leader.school.municipality))
    set_rule(leader.school)
    set_rule(neighbour.school, 12, own=True)
    ages = [(staff, 800), (neighbour, 900), (staff, 1000), (neighbour, 500)]
    cases = [close_long_ago(make_case(owner), days) for owner, days in ages]
    late_first = [cases[1], cases[2], cases[3], cases[0]]
    keeper = as_(make_user(Role.ADMINISTRATOR, municipality=leader.school.municipality))
    found = [keeper.get(reverse("opbevaring") + f"?side={side}").context["due"] for side in (1, 2)]
    assert [term.case for page in found for term in page] == late_first
    assert found[0].paginator.count == 4
    assert [term.case for term in due.cases_due(timezone.localdate())] == late_first


def test_keeping_after_all(old: Case, leader: User, administrator: User) -> None:
    request = due.propose_erasure(case=old, by=leader)
    url = reverse("sletteforslag", args=[request.public_id])
    assert as_(administrator).post(url, {"handling": "behold"}).status_code == 302
    assert Case.objects.unscoped("test").filter(pk=old.pk).exists()
    assert AuditEvent.objects.filter(verb="refuse_erasure", actor=administrator.public_id).exists()


def test_a_button_nobody_knows_keeps_the_case(old: Case, leader: User, administrator: User) -> None:
    request = due.propose_erasure(case=old, by=leader)
    as_(administrator).post(reverse("sletteforslag", args=[request.public_id]), {"handling": "noget"})
    assert Case.objects.unscoped("test").filter(pk=old.pk).exists()


def test_hold_on_the_page(old: Case, leader: User) -> None:
    boss, url = as_(leader), reverse("sag_opbevaring", args=[old.public_id])
    assert boss.post(url, {"handling": "stop", "reason": ""}).status_code == 422
    assert boss.post(url, {"handling": "stop", "reason": SECRET}).status_code == 302
    assert SECRET in page(boss, "sag_opbevaring", old.public_id)
    assert boss.post(url, {"handling": "foreslaa"}).status_code == 422
    assert not ErasureRequest.objects.exists()
    boss.post(url, {"handling": "ophaev", "reason": "Afgjort"})
    assert LegalHold.objects.get().released_by == leader


@pytest.mark.parametrize("who", ["administrator", "leader"])
def test_overview_holds_no_content(who: str, old: Case, leader: User, request: pytest.FixtureRequest) -> None:
    due.set_hold(case=old, by=leader, reason=SECRET)
    shown = page(as_(request.getfixturevalue(who)), "opbevaring")
    assert old.reference in shown
    assert SECRET not in shown
    assert str(old.public_id) in shown if who == "leader" else str(old.public_id) not in shown
    assert AuditEvent.objects.filter(verb="list", detail="retention").count() == 1


def test_another_place_sees_nothing(old: Case, leader: User, school: School) -> None:
    request = due.propose_erasure(case=old, by=leader)
    strangers = [
        make_user(Role.LEADER, school=make_school(school.municipality)),
        make_user(Role.LEADER),
        make_user(Role.ADMINISTRATOR),
    ]
    for stranger in strangers:
        client = as_(stranger)
        assert old.reference not in page(client, "opbevaring")
        for public_id in (request.public_id, uuid4()):
            assert client.get(reverse("sletteforslag", args=[public_id])).status_code == 404
            assert client.post(reverse("sletteforslag", args=[public_id]), {"handling": "slet"}).status_code == 404
        assert client.get(reverse("sag_opbevaring", args=[old.public_id])).status_code == 404
    assert Case.objects.unscoped("test").filter(pk=old.pk).exists()


@pytest.mark.parametrize("role", [Role.STAFF, Role.SSP])
def test_not_for_staff_and_ssp(role: Role, old: Case, leader: User) -> None:
    request = due.propose_erasure(case=old, by=leader)
    user = old.owner if role == Role.STAFF else make_user(Role.SSP, municipality=old.school.municipality)
    client = as_(user)
    assert client.get(reverse("opbevaring")).status_code == 403
    assert client.post(reverse("sletteforslag", args=[request.public_id]), {"handling": "slet"}).status_code == 403
    expected = 403 if role == Role.STAFF else 404
    assert client.get(reverse("sag_opbevaring", args=[old.public_id])).status_code == expected


def test_overview_takes_no_more_queries_for_more_cases(
    old: Case, leader: User, django_assert_max_num_queries: Any
) -> None:
    for _number in range(8):
        close_long_ago(make_case(old.owner))
    client = as_(leader)
    client.get(reverse("opbevaring"))
    with django_assert_max_num_queries(22):
        client.get(reverse("opbevaring"))
