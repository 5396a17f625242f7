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


def with_offenders(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of Afdæk, with who violates told as the list of people has it, unless it is told apart."""
    people = [row for row in answers.get("people", ()) if "offender" in row.get("roles", ())]
    kinds = [kind for row in people for kind in _kind_of(row)]
    return {**({"offender_is": kinds} if kinds else {}), **answers}


def _kind_of(row: Mapping[str, Any]) -> list[str]:
    if row.get("relation") == "staff":
        return ["staff"]
    if row.get("age_band") == "adult":
        return ["adult"]
    if row.get("pupil_of") in ("same_class", "same_school"):
        return ["pupil"]
    return ["minor"] if row.get("age_band") in ("under_15", "from_15_to_17") else []


def from_answers(answers: StepAnswers) -> Facts:
    return facts.from_given(read_answers(answers).given)


def assess(answers: StepAnswers, now: datetime, first_act_on: date | None = None) -> Assessment:
    return assessment.assess(read_answers(answers), now, first_act_on)
