"""Two people write in one case at the same moment: what is written last is assessed with what was written first."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from cases.enums import Role, Status
from cases.log.case_file import read_case
from cases.log.case_transaction import CaseTransaction
from cases.models import Case
from tests.factories import make_case, make_user
from tests.guide.page_reader import logged_in, read, stored
from tests.guide.sections import file_sections

pytestmark = pytest.mark.django_db

Press = Callable[[Client, Case], HttpResponse]


def sent_to(client: Client, case: Case, name: str, *more: str, **fields: str) -> HttpResponse:
    response: HttpResponse = client.post(reverse(name, args=[case.public_id, *more]), fields)
    return response


def file_place(client: Client, case: Case) -> HttpResponse:
    fields = {"handling": "gem", "base_seq": "99", "submission_id": str(uuid4()), "where": "I klassens gruppe"}
    return sent_to(client, case, "trin", "afdaek", "sted", **fields)


def file_first(client: Client, case: Case) -> HttpResponse:
    fields = {"handling": "nu", "base_seq": "99", "submission_id": str(uuid4()), "victim_age": "14"}
    return sent_to(client, case, "foerst", "hvem", **fields)


def tick(client: Client, case: Case) -> HttpResponse:
    key = read_case(case).duties[0].key
    fields = {f"{key}-outcome": "done", f"{key}-reason": "", f"{key}-submission_id": str(uuid4())}
    return sent_to(client, case, "pligt", key, **fields)


def close(client: Client, case: Case) -> HttpResponse:
    """The leader saw which duties are open, and closes despite them."""
    seen = {"read_to": str(read_case(stored(case)).last_seq), "despite": "on", "handling": "afslut"}
    return sent_to(client, case, "status", reason="Alt er gjort.", submission_id=str(uuid4()), **seen)


@pytest.fixture
def case() -> Case:
    case = make_case()
    file_sections(
        logged_in(case.owner),
        case,
        kinds=["bullying"],
        known_on="i dag",
        victim_age="14",
        danger_self_harm="nej",
        abuse="nej",
    )
    return case


def test_closing_is_asked_again_when_something_was_written_since_the_page(case: Case) -> None:
    leader = logged_in(make_user(Role.LEADER, school=case.school))
    address = reverse("status", args=[case.public_id])
    form = read(leader.get(address).text).forms[""]
    file_sections(logged_in(case.owner), case, danger_self_harm="ja")
    typed = {**form, "despite": "on", "reason": "Alt er gjort.", "handling": "afslut"}
    asked = leader.post(address, typed)
    assert asked.status_code == 422
    assert "Nogen skrev i sagen imens." in asked.text
    assert "Alt er gjort." in asked.text
    again = {**read(asked.text).forms[""], "handling": "afslut"}
    assert leader.post(address, again).status_code == 302
    left = read_case(stored(case)).status_entry.content.get("left_open", [])
    assert left
    assert [title for title in left if title not in read(asked.text).words] == []


@pytest.mark.parametrize(("press", "status"), [(file_place, 302), (file_first, 302), (tick, 302), (close, 422)])
def test_danger_that_was_filed_meanwhile_stands(
    press: Press, status: int, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The colleague files it when the request has read the case and does not have its lock yet."""
    leader = make_user(Role.LEADER, school=case.school)
    lock = CaseTransaction.lock
    waiting = [lambda: file_sections(logged_in(case.owner), case, danger_self_harm="ja")]

    def late(*given: Any, **named: Any) -> AbstractContextManager[CaseTransaction]:
        if waiting:
            waiting.pop()()
        return lock(*given, **named)

    monkeypatch.setattr(CaseTransaction, "lock", late)
    assert press(logged_in(leader), case).status_code == status
    assert waiting == []
    row = stored(case)
    assert (row.level_high, row.in_danger, row.next_due is not None, row.status) == (4, True, True, Status.OPEN)
    assessment = read_case(row).assessment
    assert assessment
    assert max(assessment["levels"]) == 4
