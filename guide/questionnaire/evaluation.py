"""What of a step is asked in a situation, and what it lacks: by its conditions alone, without a form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from cases.enums import StepStatus
from guide.questionnaire.card import assess_answers
from guide.questionnaire.fields import ChoiceAnswer, ChoicesAnswer
from guide.questionnaire.rows import WHO, is_filled
from guide.questionnaire.schema import Answers, Situation, Step


@dataclass(frozen=True)
class Evaluation:
    """A step in a situation: the answers to what is open, and the situation that they make."""

    step: Step
    answers: Answers
    situation: Situation

    def missing(self) -> list[str]:
        """The keys of the essential questions and tables that are open and have no answer."""
        when = self.step.essential_when
        unanswered = [key for key in self.step.essential if key in self.answers and self._lacks(key)]
        return [key for key in unanswered if key not in when or when[key](self.situation)]

    def _lacks(self, key: str) -> bool:
        table, given = self.step.table(key), self.answers[key]
        if table is None or table.one_for_each is None:
            return not given
        told = {row.get(WHO) for row in given} if isinstance(given, list) else set()
        return not set(table.one_for_each(self.situation)) <= told

    def missing_words(self) -> list[str]:
        """What ``missing`` gives, in the words of the screen."""
        return [label_of(self.step, key) for key in self.missing()]

    def status(self) -> StepStatus:
        """Ready when nothing essential is missing; "ved ikke" is an answer."""
        return StepStatus.BEGUN if self.missing() else StepStatus.READY


def evaluate(step: Step, situation: Situation) -> Evaluation:
    """Evaluate the step's answers in ``situation``, assessed again only where an answer that is closed fed a fact."""
    given = situation.answers[step.key]
    kept = _open_answers(step, situation, given)
    opened = situation.with_answers(step.key, kept)
    if any(answer and name not in kept and _feeds_a_fact(step, name) for name, answer in given.items()):
        opened = assess_answers(opened.answers, opened.now, opened.first_act_on)
    return Evaluation(step, kept, opened)


def answers_on_card(step: Step, stored: Answers) -> Answers:
    """Stored answers to the questions that the step has today; a choice that it no longer has counts as none."""
    answers = {name: _on_card(field, stored.get(name)) for name, field in step.form.base_fields.items()}
    return {
        **answers,
        **{table.key: _rows_on_card(table.row.base_fields, stored.get(table.key)) for table in step.tables},
    }


def label_of(step: Step, key: str) -> str:
    """A question or table in its words."""
    titles = {table.key: str(table.title) for table in step.tables}
    return titles[key] if key in titles else str(step.form.base_fields[key].label)


def _open_answers(step: Step, situation: Situation, given: Answers) -> Answers:
    """The answers to what is open; a question that is closed does not open another, above or below it."""
    known = situation.with_answers(step.key, given)
    conditions = step.conditions
    kept = {name: answer for name, answer in given.items() if name not in conditions or conditions[name](known)}
    closed = any(answer for name, answer in given.items() if name not in kept)
    return _open_answers(step, situation, kept) if closed else kept


def _feeds_a_fact(step: Step, name: str) -> bool:
    table = step.table(name)
    traits = step.questions[name].traits if table is None else table
    return isinstance(traits.feeds, str)


def _on_card(field: forms.Field, value: Any) -> object:
    if isinstance(field, ChoicesAnswer):
        return value if isinstance(value, list) and all(map(field.valid_value, value)) else []
    if isinstance(field, ChoiceAnswer):
        return value if value and field.valid_value(value) else ""
    return value or ""


def _rows_on_card(fields: Mapping[str, forms.Field], rows: Any) -> list[Answers]:
    cleaned = [{name: _on_card(field, row.get(name)) for name, field in fields.items()} for row in rows or []]
    return [row for row in cleaned if is_filled(row, fields)]
