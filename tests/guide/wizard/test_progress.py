from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.enums import Role, StepStatus
from cases.log import writer
from cases.log.case_file import read_case
from cases.models import Case
from guide.rules.enums import UNKNOWN
from guide.steps import BY_KEY, STEPS
from guide.wizard.case_state import situation_of
from guide.wizard.progress import WAITING, StepState, next_task, step_states
from tests.factories import file_step, make_case, make_user, step_content
from tests.guide.page_reader import stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return make_case()


def states_of(row: Case, **given: Any) -> list[StepState]:
    read = read_case(row)
    return step_states(row, read, situation_of(read, timezone.now()), **given)


def state_of(case: Case, step: str, **given: Any) -> StepState:
    return next(state for state in states_of(stored(case), **given) if state.key == step)


def lacking(state: StepState) -> list[str]:
    """The keys of the sections that lack something."""
    return [task.section.key for task in state.tasks if task.is_waiting]


def drafted(state: StepState) -> list[str]:
    """The keys of the sections with a draft."""
    return [task.section.key for task in state.tasks if task.has_draft]


def skip(case: Case, step: str = "stop") -> None:
    writer.skip_step(case=case, by=case.owner, step=step, title="Stop", reason="Intet er delt.", submission_id=uuid4())


def test_new_case_has_every_step_before_it(case: Case) -> None:
    found = states_of(case, current="stop")
    assert [(state.number, state.key, state.title) for state in found] == [
        (number, step.key, str(step.title)) for number, step in enumerate(STEPS, start=1)
    ]
    assert {state.status for state in found} == {StepStatus.NOT_BEGUN}
    for state in found:
        addresses = [reverse("trin", args=[case.public_id, state.key, section.key]) for section in state.step.sections]
        assert [task.url for task in state.tasks] == addresses
        assert state.url in addresses
    assert [state.key for state in found if state.current] == ["stop"]


UNKNOWN_ALL = dict.fromkeys((name for name in BY_KEY["vurder"].essential if name != "children"), UNKNOWN)


@pytest.mark.parametrize(
    ("answers", "drafts", "status", "missing", "with_draft"),
    [
        (UNKNOWN_ALL, [], StepStatus.READY, [], []),
        (UNKNOWN_ALL, ["vurder_vej"], StepStatus.READY, [], ["vej"]),
        ({**UNKNOWN_ALL, "confirmed_level": ""}, [], StepStatus.BEGUN, ["niveau"], []),
        (
            {**UNKNOWN_ALL, "confirmed_level": ""},
            ["vurder_niveau", "stop_kendt", "vurder", "vurder_niveau_lukkede"],
            StepStatus.BEGUN,
            ["niveau"],
            ["niveau"],
        ),
    ],
)
def test_filed_step_shows_what_it_lacks(
    case: Case,
    answers: dict[str, Any],
    drafts: list[str],
    status: StepStatus,
    missing: list[str],
    with_draft: list[str],
) -> None:
    listed = {**answers, "took_part": [UNKNOWN], "tracks": [UNKNOWN]}
    file_step(case, content=step_content("vurder", answers=listed))
    state = state_of(case, "vurder", drafts=drafts)
    assert (state.status, lacking(state), drafted(state)) == (status, missing, with_draft)
    first = missing[0] if missing else "niveau"
    assert state.url == reverse("trin", args=[case.public_id, "vurder", first])


def test_answer_that_opens_a_question_elsewhere_takes_that_step_up_again(case: Case) -> None:
    told = {"secrecy_told": "ja", "parents_told": "all", "told_by": "Læreren", "told_on": "2026-11-20"}
    file_step(case, content=step_content("inddrag", answers={**told, "pupil_help": "Læreren er med."}))
    assert state_of(case, "inddrag").status == StepStatus.READY
    file_step(case, content=step_content("afdaek", answers={"victim_age": "14", "suspicion_home": "ja"}))
    again = state_of(case, "inddrag")
    assert (again.status, lacking(again)) == (StepStatus.BEGUN, ["hjemmet"])


def test_closed_case_stands_as_it_was_left(case: Case) -> None:
    file_step(case, content=step_content("vurder", answers={}), status=StepStatus.READY)
    writer.close_case(case=case, by=make_user(Role.LEADER, school=case.school), reason="Slut.", submission_id=uuid4())
    assert state_of(case, "vurder").status == StepStatus.READY


def test_draft_alone_makes_a_step_begun(case: Case) -> None:
    state = state_of(case, "vurder", drafts=["vurder_vej"])
    assert (state.status, drafted(state)) == (StepStatus.BEGUN, ["vej"])


def test_skipped_step_says_why(case: Case) -> None:
    skip(case)
    state = state_of(case, "stop", drafts=["stop_kendt"])
    assert (state.status, state.skipped_because, drafted(state)) == (StepStatus.SKIPPED, "Intet er delt.", ["kendt"])


def test_step_filed_after_it_was_skipped_forgets_the_reason(case: Case) -> None:
    skip(case)
    file_step(case, content=step_content("stop"))
    state = state_of(case, "stop")
    assert (state.status, state.skipped_because) == (StepStatus.BEGUN, "")


def test_step_skipped_after_it_was_filed_asks_for_nothing(case: Case) -> None:
    file_step(case, content={**step_content("stop"), "missing": ["Hvornår?"]})
    skip(case)
    assert state_of(case, "stop").status == StepStatus.SKIPPED
    assert "stop" not in led_through(case)


def led_through(case: Case) -> list[str]:
    """The steps that the button of the overview leads to, each skipped in its turn."""
    steps: list[str] = []
    while task := next_task(states_of(stored(case)), situation_of(read_case(stored(case)), timezone.now())):
        steps.append(task.url.split("/")[-3])
        skip(case, steps[-1])
    return steps


def test_overview_leads_through_every_step(case: Case) -> None:
    assert led_through(case) == ["afdaek", "vurder", "inddrag", "dokumenter", "anmeld", "behandl", "stop"]


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ({}, {"haendelse": "missing", "billede": "missing", "overtaget": "irrelevant", "elev": "optional"}),
        ({"kinds": ["bullying"]}, {"haendelse": "begun", "billede": "irrelevant", "pres": "irrelevant"}),
        ({"kinds": ["bullying"], "threat": "nej", "ongoing": "ja"}, {"haendelse": "ready", "billede": "irrelevant"}),
        ({"kinds": ["image_shared"], "ongoing": "ja"}, {"billede": "missing"}),
        ({"kinds": ["extortion"]}, {"pres": "missing"}),
        ({"abuse": "ja"}, {"fare": "begun", "overtaget": "missing"}),
        ({"abuse": "ja", "handed_over": "ved_ikke"}, {"overtaget": "ready"}),
        ({"own_words": "Hun er ked af det."}, {"elev": "ready"}),
        ({"own_words": UNKNOWN}, {"elev": "ready"}),
    ],
)
def test_section_says_how_far_it_is(case: Case, answers: dict[str, Any], status: dict[str, str]) -> None:
    file_step(case, content=step_content(answers=answers))
    state = state_of(case, "afdaek")
    assert {task.section.key: task.status.value for task in state.tasks if task.section.key in status} == status
    assert ("Billedet" in state.irrelevant) is (status.get("billede") == "irrelevant")


def test_waiting_is_whatever_still_asks() -> None:
    assert {StepStatus.NOT_BEGUN, StepStatus.BEGUN} == WAITING
