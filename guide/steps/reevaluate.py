"""The filed steps asked again: a new answer in one step may open questions in another that was ready."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from guide.questionnaire.schema import Answers
from guide.questionnaire.step_form import StepForm, data_from_answers
from guide.steps import BY_KEY


def reevaluate_steps(
    answers: Mapping[str, Answers], steps: Iterable[str], now: datetime, *, acted_on: date | None = None
) -> dict[str, StepForm]:
    """Each of ``steps`` with its own answers, asked and judged in the situation that all ``answers`` make today.

    A step that the card no longer has is left out.
    """
    found = {}
    for key in steps:
        if key in BY_KEY:
            data = dict(data_from_answers(BY_KEY[key], answers[key]).lists())
            others = {other: given for other, given in answers.items() if other != key}
            found[key] = StepForm(BY_KEY[key], data, others, now, acted_on=acted_on, quiet=True)
    return found
