"""The rules asked as the product asks them: with answers by step, read by the traits of the card's questions."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from guide import steps  # noqa: F401 - registers the steps of the card
from guide.questionnaire.card import read_answers
from guide.rules import assessment, facts
from guide.rules.assessment import Assessment
from guide.rules.facts import Facts

StepAnswers = Mapping[str, Mapping[str, Any]]


def from_answers(answers: StepAnswers) -> Facts:
    return facts.from_given(read_answers(answers).given)


def assess(answers: StepAnswers, now: datetime, first_act_on: date | None = None) -> Assessment:
    return assessment.assess(read_answers(answers), now, first_act_on)
