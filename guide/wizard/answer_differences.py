"""The questions on which the step as filed and the answers just sent differ."""

from dataclasses import dataclass

from cases.log.entry_types import FrozenSection
from guide.questionnaire.step_form import StepForm
from guide.wizard.step_request import StepRequest


@dataclass(frozen=True)
class AnswerDifference:
    """A question with both answers in words."""

    question: str
    filed: str
    yours: str


def compare_answers(page: StepRequest, step_form: StepForm) -> list[AnswerDifference]:
    """The questions and tables of the sections on which the newest filing and the reader's own text differ."""
    filed = _lines(page.filed.content["sections"]) if page.filed else {}
    yours = _lines(step_form.frozen())
    asked = [key for key in {**filed, **yours} if key in page.names]
    keys = [key for key in asked if filed.get(key, ("", ""))[1] != yours.get(key, ("", ""))[1]]
    return [
        AnswerDifference((yours.get(key) or filed[key])[0], filed.get(key, ("", ""))[1], yours.get(key, ("", ""))[1])
        for key in keys
    ]


def _lines(sections: list[FrozenSection]) -> dict[str, tuple[str, str]]:
    """Key -> (question, answer) of every row and table of the sections."""
    found = {row["key"]: (row["question"], row["answer"]) for section in sections for row in section["rows"]}
    for section in sections:
        for table in section["tables"]:
            rows = "\n".join("; ".join(cell for cell in row if cell) for row in table["rows"])
            found[table["key"]] = (table["title"], rows)
    return found
