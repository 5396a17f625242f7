"""The status of each step and of its sections: filed steps are evaluated again with the answers of all steps."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cases.enums import Status, StepStatus
from cases.log.case_file import CurrentCase
from cases.models import Case
from guide.questionnaire.evaluation import Evaluation
from guide.questionnaire.schema import Answers, Section, Situation, Step
from guide.steps import BY_KEY, STEPS, reevaluate, stop
from guide.steps.former_answers import current_answers
from guide.wizard import filing
from guide.wizard.step_request import draft_key, section_url

WAITING = frozenset({StepStatus.NOT_BEGUN, StepStatus.BEGUN})
"""The statuses of an unfinished step."""


class TaskStatus(StrEnum):
    """How far a section is. Missing: nothing in it is answered. Optional: nothing in it is asked for or filed."""

    MISSING = "missing"
    BEGUN = "begun"
    READY = "ready"
    OPTIONAL = "optional"
    IRRELEVANT = "irrelevant"


@dataclass(frozen=True)
class TaskState:
    """One section of one case as the overview shows it. ``lacks`` is how many answers are missing."""

    section: Section
    status: TaskStatus
    lacks: int
    has_draft: bool
    url: str

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is missing."""
        return self.lacks > 0


@dataclass(frozen=True)
class StepState:
    """One step of one case as the overview and the step navigation show it."""

    step: Step
    number: int
    status: StepStatus
    tasks: tuple[TaskState, ...]
    skipped_because: str
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

    @property
    def asked(self) -> list[TaskState]:
        """The sections that ask something in this situation."""
        return [task for task in self.tasks if task.status is not TaskStatus.IRRELEVANT]

    @property
    def irrelevant(self) -> str:
        """The titles of the sections that ask nothing in this situation."""
        return " · ".join(str(task.section.title) for task in self.tasks if task.status is TaskStatus.IRRELEVANT)


def step_states(
    case: Case,
    case_file: CurrentCase,
    situation: Situation,
    drafts: Iterable[str] = (),
    current: str = "",
    answers: Mapping[str, Answers] | None = None,
) -> list[StepState]:
    """Every step of the case in card order, evaluated in ``situation``; those of a closed case as last filed.

    ``drafts`` names the sections the reader has typed in without filing. ``answers`` are the filed ones, where they are
    newer than the case file.
    """
    filed = current_answers(case_file.answers()) if answers is None else answers
    anew = reevaluate({step.key: {} for step in STEPS} | dict(filed), BY_KEY, situation)
    return [
        _state(case, case_file, anew[step.key], number, set(drafts), current)
        for number, step in enumerate(STEPS, start=1)
    ]


def next_task(states: Iterable[StepState], situation: Situation, after: str = "") -> TaskState | None:
    """Return the first task that is not done, behind the one with this address where there is such a one; or None.

    Where deletion waits for the police, they come before all that deletes.
    """
    ordered = sorted(states, key=lambda state: state.key == stop.KEY and situation.assessment.deletion_waits)
    waiting = [state for state in ordered if state.status in WAITING]
    tasks = [task for state in ordered for task in state.tasks]
    begin = next((place + 1 for place, task in enumerate(tasks) if task.url == after), 0)
    open_tasks = {task.url for state in waiting for task in state.tasks if task.is_waiting}
    return next((task for task in [*tasks[begin:], *tasks[:begin]] if task.url in open_tasks), None)


def receipt(case_file: CurrentCase, filed: str) -> str:
    """The title of the section that the address says was just filed; empty for anything else."""
    step, section = _section_named(filed)
    return str(section.title) if section and section.key in case_file.sections.get(step, {}) else ""


def nothing_filed(case_file: CurrentCase, sent: str) -> str:
    """The title of the section that the address says was sent without one answer; empty for anything else."""
    step, section = _section_named(sent)
    return str(section.title) if section and section.key not in case_file.sections.get(step, {}) else ""


def _section_named(key: str) -> tuple[str, Section | None]:
    step, _dot, section = key.partition(".")
    return step, BY_KEY[step].section(section) if step in BY_KEY else None


def _state(
    case: Case, case_file: CurrentCase, anew: Evaluation, number: int, drafts: set[str], current: str
) -> StepState:
    step = anew.step
    status = StepStatus(case.progress.get(step.key, StepStatus.NOT_BEGUN))
    if case.status == Status.OPEN and step.key in filing.filed_steps(case_file):
        status = anew.status()
    tasks = tuple(_tasks(case, case_file, anew, drafts))
    skipped = case_file.skips.get(step.key)
    with_draft = any(task.has_draft for task in tasks)
    return StepState(
        step=step,
        number=number,
        status=StepStatus.BEGUN if status == StepStatus.NOT_BEGUN and with_draft else status,
        tasks=tasks,
        skipped_because=skipped.content["reason"] if skipped else "",
        url=next((task.url for task in tasks if task.is_waiting), tasks[0].url),
        current=step.key == current,
    )


def _tasks(case: Case, case_file: CurrentCase, anew: Evaluation, drafts: Collection[str]) -> Iterator[TaskState]:
    step, missing = anew.step, set(anew.missing())
    filed = case_file.sections.get(step.key, {})
    # Django takes as long to find an address as to find out how far the section is.
    address = section_url(case, step.key, "SECTION")
    for section in step.sections:
        lacks = len(missing & step.names([section.key]))
        yield TaskState(
            section=section,
            status=_task_status(anew, section, lacks=lacks, is_filed=section.key in filed),
            lacks=lacks,
            has_draft=draft_key(step.key, section.key) in drafts,
            url=address.replace("SECTION", section.key),
        )


def _task_status(anew: Evaluation, section: Section, *, lacks: int, is_filed: bool) -> TaskStatus:
    asked = anew.step.names([section.key]) & set(anew.answers)
    if not asked:
        return TaskStatus.IRRELEVANT
    is_answered = any(anew.answers[name] for name in asked)
    if lacks:
        return TaskStatus.BEGUN if is_answered else TaskStatus.MISSING
    return TaskStatus.READY if is_filed or is_answered else TaskStatus.OPTIONAL
