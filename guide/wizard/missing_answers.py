"""The essential questions that a step was filed without, each with its address."""

from dataclasses import dataclass

from django.urls import reverse

from cases.log.case_file import CaseFile
from cases.models import Case
from guide.questionnaire.evaluation import label_of
from guide.questionnaire.schema import Situation
from guide.steps import BY_KEY, reevaluate


@dataclass(frozen=True)
class MissingAnswer:
    """A question or table in its words, and its address."""

    question: str
    url: str


def missing_answers(
    case: Case, case_file: CaseFile, situation: Situation, step: str, *, here: str = ""
) -> list[MissingAnswer]:
    """What the step as filed lacks, in the order of the step; empty for anything but a filed step of the card.

    ``here`` is the step whose page the reader is on already.
    """
    if step not in BY_KEY or step not in case_file.steps:
        return []
    asked = BY_KEY[step]
    missing = reevaluate(case_file.answers(), [step], situation)[step].missing()
    page = "" if step == here else reverse("trin", args=[case.public_id, step])
    tables = {table.key for table in asked.tables}
    return [
        MissingAnswer(label_of(asked, key), f"{page}#tabel-{key}-titel" if key in tables else f"{page}#sp-{key}")
        for key in missing
    ]
