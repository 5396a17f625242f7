"""The status of each step: filed steps are evaluated again with the answers of all steps."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from cases.enums import Status, StepStatus
from cases.log.case_file import CaseFile
from cases.models import Case
from guide.questionnaire.evaluation import Evaluation
from guide.questionnaire.schema import Situation, Step
from guide.steps import BY_KEY, STEPS, reevaluate
from guide.wizard import filing

WAITING = frozenset({StepStatus.NOT_BEGUN, StepStatus.BEGUN})
"""The statuses of an unfinished step."""


@dataclass(frozen=True)
class StepState:
    """One step of one case as the overview and the step navigation show it."""

    step: Step
    number: int
    status: StepStatus
    missing: tuple[str, ...]
    skipped_because: str
    has_draft: bool
    url: str
    current: bool

    @property
    def key(self) -> str:
        """The step's key."""
        return self.step.key

    @property
    def title(self) -> str:
        """The step's title."""
        return str(self.step.title)


def step_states(
    case: Case, case_file: CaseFile, situation: Situation, drafts: Iterable[str] = (), current: str = ""
) -> list[StepState]:
    """Every step of the case in card order, evaluated in ``situation``; those of a closed case as last filed.

    ``drafts`` names the steps the reader has typed in without filing.
    """
    with_draft = set(drafts)
    asked = filing.filed_steps(case_file) if case.status == Status.OPEN else ()
    anew = reevaluate(case_file.answers(), asked, situation)
    return [
        _state(case, case_file, step, number, anew.get(step.key), with_draft, current)
        for number, step in enumerate(STEPS, start=1)
    ]


def receipt(case_file: CaseFile, step: str) -> str:
    """The title of the step that the address says was just filed; empty for anything else."""
    filed = case_file.steps.get(step)
    return filed.content["title"] if filed else ""


def nothing_filed(case_file: CaseFile, step: str) -> str:
    """The title of the step that the address says was sent without one answer; empty for anything else."""
    return str(BY_KEY[step].title) if step in BY_KEY and step not in case_file.steps else ""


def _state(
    case: Case, case_file: CaseFile, step: Step, number: int, anew: Evaluation | None, drafts: set[str], current: str
) -> StepState:
    status = anew.status() if anew else StepStatus(case.progress.get(step.key, StepStatus.NOT_BEGUN))
    skipped = case_file.skips.get(step.key)
    return StepState(
        step=step,
        number=number,
        status=StepStatus.BEGUN if status == StepStatus.NOT_BEGUN and step.key in drafts else status,
        missing=tuple(anew.missing_words()) if anew else (),
        skipped_because=skipped.content["reason"] if skipped else "",
        has_draft=step.key in drafts,
        url=reverse("trin", args=[case.public_id, step.key]),
        current=step.key == current,
    )
