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
from guide.wizard.progress import WAITING, StepState, step_states
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


def skip(case: Case, step: str = "stop") -> None:
    writer.skip_step(case=case, by=case.owner, step=step, title="Stop", reason="Intet er delt.", submission_id=uuid4())


def test_new_case_has_every_step_before_it(case: Case) -> None:
    found = states_of(case, current="stop")
    assert [(state.number, state.key, state.title) for state in found] == [
        (number, step.key, str(step.title)) for number, step in enumerate(STEPS, start=1)
    ]
    assert {state.status for state in found} == {StepStatus.NOT_BEGUN}
    assert [state.url for state in found] == [reverse("trin", args=[case.public_id, step.key]) for step in STEPS]
    assert [state.key for state in found if state.current] == ["stop"]


UNKNOWN_ALL = dict.fromkeys(BY_KEY["vurder"].essential, UNKNOWN)
LEVEL = "Hvilket niveau lægger I til grund?"


@pytest.mark.parametrize(
    ("answers", "drafts", "status", "missing", "has_draft"),
    [
        (UNKNOWN_ALL, [], StepStatus.READY, (), False),
        (UNKNOWN_ALL, ["vurder"], StepStatus.READY, (), True),
        ({**UNKNOWN_ALL, "confirmed_level": ""}, [], StepStatus.BEGUN, (LEVEL,), False),
        ({**UNKNOWN_ALL, "confirmed_level": ""}, ["vurder", "stop"], StepStatus.BEGUN, (LEVEL,), True),
    ],
)
def test_filed_step_shows_what_it_lacks(
    case: Case,
    answers: dict[str, Any],
    drafts: list[str],
    status: StepStatus,
    missing: tuple[str, ...],
    has_draft: bool,
) -> None:
    listed = {**answers, "took_part": [UNKNOWN], "tracks": [UNKNOWN]}
    file_step(case, content=step_content("vurder", answers=listed))
    state = state_of(case, "vurder", drafts=drafts)
    assert (state.status, state.missing, state.has_draft) == (status, missing, has_draft)


def test_answer_that_opens_a_question_elsewhere_takes_that_step_up_again(case: Case) -> None:
    told = {"secrecy_told": "ja", "parents_told": "all", "told_by": "Læreren", "told_on": "2026-11-20"}
    file_step(case, content=step_content("inddrag", answers={**told, "pupil_help": "Læreren er med."}))
    assert state_of(case, "inddrag").status == StepStatus.READY
    file_step(case, content=step_content("afdaek", answers={"victim_age": "14", "suspicion_home": "ja"}))
    again = state_of(case, "inddrag")
    assert (again.status, again.missing) == (
        StepStatus.BEGUN,
        ("Er det aftalt med kommunen, hvem der taler med hjemmet?",),
    )


def test_closed_case_stands_as_it_was_left(case: Case) -> None:
    file_step(case, content=step_content("vurder", answers={}), status=StepStatus.READY)
    writer.close_case(case=case, by=make_user(Role.LEADER, school=case.school), reason="Slut.", submission_id=uuid4())
    assert state_of(case, "vurder").status == StepStatus.READY


def test_draft_alone_makes_a_step_begun(case: Case) -> None:
    state = state_of(case, "vurder", drafts=["vurder"])
    assert (state.status, state.missing, state.has_draft) == (StepStatus.BEGUN, (), True)


def test_skipped_step_says_why(case: Case) -> None:
    skip(case)
    state = state_of(case, "stop", drafts=["stop"])
    assert (state.status, state.skipped_because, state.has_draft) == (StepStatus.SKIPPED, "Intet er delt.", True)


def test_step_filed_after_it_was_skipped_forgets_the_reason(case: Case) -> None:
    skip(case)
    file_step(case, content=step_content("stop"))
    state = state_of(case, "stop")
    assert (state.status, state.skipped_because) == (StepStatus.BEGUN, "")


def test_step_skipped_after_it_was_filed_lacks_nothing(case: Case) -> None:
    file_step(case, content={**step_content("stop"), "missing": ["Hvornår?"]})
    skip(case)
    state = state_of(case, "stop")
    assert (state.status, state.missing) == (StepStatus.SKIPPED, ())


def test_waiting_is_whatever_still_asks() -> None:
    assert {StepStatus.NOT_BEGUN, StepStatus.BEGUN} == WAITING
