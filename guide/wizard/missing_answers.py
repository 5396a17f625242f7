"""The essential questions that a step was filed without, each with the way back to it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from cases.log.case_file import CaseFile
from cases.models import Case
from guide.questionnaire.step_form import StepForm
from guide.steps import BY_KEY
from guide.steps.reevaluate import reevaluate_steps
from guide.wizard import filing


@dataclass(frozen=True)
class MissingAnswer:
    """A question or table in its words, and its address."""

    question: str
    url: str


def missing_answers(case: Case, case_file: CaseFile, step: str, *, here: str = "") -> list[MissingAnswer]:
    """What the step as filed lacks, in the order of the step; empty for anything but a filed step of the card.

    ``here`` is the step whose page the reader is on already.
    """
    if step not in BY_KEY or step not in case_file.steps:
        return []
    step_form = reevaluate_steps(
        case_file.answers(), [step], timezone.now(), acted_on=filing.first_action_date(case_file)
    )[step]
    places = _places(step_form)
    page = "" if step == here else reverse("trin", args=[case.public_id, step])
    return [MissingAnswer(question, f"{page}#{places[question]}") for question in step_form.missing()]


def _places(step_form: StepForm) -> dict[str, str]:
    """Each open question and table, in its words -> the id of where it stands."""
    places: dict[str, str] = {}
    for section in step_form.sections():
        places |= {str(open_.bound.label): f"sp-{open_.name}" for open_ in section.questions if open_.bound}
        places |= {str(open_.table.title): f"tabel-{open_.table.key}-titel" for open_ in section.tables}
    return places
