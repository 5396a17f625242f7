"""A request has the case assessed once, however many steps are filed."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from guide.demo.demo_data import file_answers
from guide.demo.story import Answers, stories
from guide.questionnaire.step_form import data_from_answers, fields_of
from guide.rules import assessment
from guide.steps import BY_KEY
from guide.steps.afdaek import FIRST
from tests.built_once import built_once
from tests.factories import make_case, make_user
from tests.guide.page_reader import logged_in, stored
from tests.guide.sections import IDS, SECTIONS

pytestmark = pytest.mark.django_db

Counted = Callable[..., int]


def told() -> dict[str, Answers]:
    """The answers of a case of which all seven steps are filed."""
    return next(dict(one.steps) for one in stories(timezone.localdate()) if set(one.steps) == set(BY_KEY))


@built_once
def made() -> Case:
    case = make_case(make_user())
    for step, answers in told().items():
        file_answers(case, case.owner, step, answers)
    return case


@pytest.fixture
def story() -> dict[str, Answers]:
    return told()


@pytest.fixture
def case(made: Case, db: None) -> Case:
    """All seven steps are filed."""
    return stored(made)


@pytest.fixture
def client(case: Case) -> Client:
    return logged_in(case.owner)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """How often a request has the case assessed, whoever asks for it; the request must be answered as said."""
    calls: list[object] = []
    read_facts = assessment.from_given

    def count(answers: Any) -> Any:
        calls.append(answers)
        return read_facts(answers)

    def ask(send: Callable[..., Any], *args: Any, status: int, **kwargs: Any) -> int:
        calls.clear()
        assert send(*args, **kwargs).status_code == status
        return len(calls)

    monkeypatch.setattr(assessment, "from_given", count)
    return ask


def url(case: Case, step: str = "afdaek", section: str = "personer", name: str = "trin") -> str:
    return reverse(name, args=[case.public_id, step, section])


def form(
    case: Case, story: dict[str, Answers], step: str = "afdaek", section: str = "personer", **changed: Any
) -> dict[str, Any]:
    """The section as its page would send it, with some answers changed."""
    card = BY_KEY[step]
    newest = case.entries.filter(kind="step", step=step).last()
    return {
        **fields_of(card.names([section]), dict(data_from_answers(card, story[step]).lists())),
        "base_seq": str(newest.seq if newest else 0),
        "submission_id": str(uuid4()),
        "vist": list(card.conditions),
        "handling": "gem",
        **changed,
    }


every_section = pytest.mark.parametrize(("step", "section"), SECTIONS, ids=IDS)


@every_section
def test_showing_a_section(client: Client, case: Case, counted: Counted, step: str, section: str) -> None:
    assert counted(client.get, f"{url(case, step, section)}?gemt={step}.{section}", status=200) == 1


@every_section
def test_saving_a_section(
    client: Client, case: Case, story: dict[str, Answers], counted: Counted, step: str, section: str
) -> None:
    """And going on from each second one."""
    handling = ("gem", "gem_videre")[SECTIONS.index((step, section)) % 2]
    sent = form(case, story, step, section, handling=handling)
    assert counted(client.post, url(case, step, section), sent, status=302) == 1


@every_section
def test_changing_an_answer(
    client: Client, case: Case, story: dict[str, Answers], counted: Counted, step: str, section: str
) -> None:
    sent, address = form(case, story, step, section, handling="opdater"), url(case, step, section)
    assert counted(client.post, address, sent, headers={"HX-Request": "true"}, status=200) == 1
    assert counted(client.get, address, status=200) == 1, "with the draft that the change left"


def test_adding_a_row(client: Client, case: Case, story: dict[str, Answers], counted: Counted) -> None:
    sent = form(case, story, handling="tilfoej:people")
    assert counted(client.post, url(case), sent, headers={"HX-Request": "true"}, status=200) == 1


def test_refusing_what_cannot_be_filed(client: Client, case: Case, story: dict[str, Answers], counted: Counted) -> None:
    sent = form(case, story, "afdaek", "fortalt", known_on="engang")
    assert counted(client.post, url(case, "afdaek", "fortalt"), sent, status=422) == 1


@pytest.mark.parametrize("handling", ["gem", "opdater"])
def test_overtaken_form(client: Client, case: Case, story: dict[str, Answers], counted: Counted, handling: str) -> None:
    headers = {"HX-Request": "true"} if handling == "opdater" else {}
    sent = form(case, story, "afdaek", "sted", base_seq="0", where="Et andet sted", handling=handling)
    status = 409 if handling == "gem" else 200
    assert counted(client.post, url(case, "afdaek", "sted"), sent, headers=headers, status=status) == 1


@pytest.mark.parametrize("section", FIRST)
def test_first_page(client: Client, case: Case, story: dict[str, Answers], counted: Counted, section: str) -> None:
    address = reverse("foerst", args=[case.public_id, section])
    assert counted(client.get, address, status=200) == 1
    last = section == FIRST[-1]
    sent = form(case, story, "afdaek", section, handling="videre")
    # The last one is read alone and then with all that it files.
    assert counted(client.post, address, sent, status=302) == (2 if last else 1)
    assert counted(client.post, address, {**sent, "handling": "tilbage"}, status=302) == 1


def test_refusing_a_first_page(client: Client, case: Case, story: dict[str, Answers], counted: Counted) -> None:
    address = reverse("foerst", args=[case.public_id, "hvem"])
    assert counted(client.post, address, form(case, story, "afdaek", "hvem", victim_age="tolv"), status=422) == 1


@pytest.mark.parametrize("page", ["sag", "plan", "nu"])
def test_overview_and_plan(client: Client, case: Case, counted: Counted, page: str) -> None:
    address = reverse(page, args=[case.public_id])
    assert counted(client.get, f"{address}?gemt=afdaek.sted", status=200) == 1


def test_duty_that_cannot_be_ticked(client: Client, case: Case, counted: Counted) -> None:
    shown = client.get(reverse("plan", args=[case.public_id])).text
    duty = re.findall(r'name="(\w+)-outcome"', shown)[0]
    sent = {f"{duty}-outcome": "not_relevant", f"{duty}-submission_id": str(uuid4())}
    assert counted(client.post, reverse("pligt", args=[case.public_id, duty]), sent, status=422) == 1


def test_passing_a_step_by(client: Client, case: Case, counted: Counted) -> None:
    assert counted(client.get, reverse("spring_over", args=[case.public_id, "stop"]), status=200) == 1


@pytest.mark.parametrize(
    ("section", "changed", "assessments"),
    [
        ("billede", {"shown": "nothing", "recognised": "ja"}, 2),
        ("spredning", {"reached": "few_named", "reached_number": "30"}, 1),
    ],
    ids=["one that feeds a fact", "one that feeds none"],
)
def test_answer_that_closed_is_assessed_without(
    client: Client,
    case: Case,
    story: dict[str, Answers],
    counted: Counted,
    section: str,
    changed: dict[str, Any],
    assessments: int,
) -> None:
    sent = form(case, story, "afdaek", section, handling="opdater", **changed)
    assert (
        counted(client.post, url(case, "afdaek", section), sent, headers={"HX-Request": "true"}, status=200)
        == assessments
    )


def test_keeping_a_draft_has_nothing_assessed(
    client: Client, case: Case, story: dict[str, Answers], counted: Counted
) -> None:
    assert counted(client.post, url(case, name="kladde"), form(case, story), status=204) == 0
