"""The whole card: its steps, the answers as the rules read them, and the version computed from its words."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from guide.questionnaire.fields import Answer
from guide.questionnaire.rows import WHO, points
from guide.questionnaire.schema import Answers, Situation, Step, Table
from guide.questionnaire.traits import WHATEVER_IS_WRITTEN
from guide.rules.assessment import assess
from guide.rules.children import key_about
from guide.rules.enums import UNKNOWN
from guide.rules.facts import Reading
from guide.rules.severity import Rating, UnknownFact

_steps: dict[str, Step] = {}
_SOURCE_LANGUAGE = "da"
_FED_AS: Final = {
    "depicted": "depicts",
    "age": "victim_age",
    "recognisable": "recognised",
    "identity_published": "recognised",
    "violence": "abuse",
    "ongoing_abuse": "abuse",
    "offender_harm": "abuse",
    "abuse_before": "abuse",
    "offender_identified": "offender_is",
}
"""Under what the answer is read of a fact that has another name among the facts of a victim."""


def register_steps(steps: Iterable[Step]) -> None:
    """Set the steps of the card; ``guide.steps`` does so when it is imported."""
    _steps.update({step.key: step for step in steps})
    version.cache_clear()


def step_of(key: str) -> Step:
    """Return the step with this key."""
    return _steps[key]


def assess_answers(answers: Mapping[str, Answers], now: datetime, first_act_on: date | None = None) -> Situation:
    """Return the situation of the answers of all steps at ``now``. Every case is assessed here."""
    return Situation(answers, assess(read_answers(answers), now, first_act_on=first_act_on), now, first_act_on)


def read_answers(answers: Mapping[str, Answers]) -> Reading:
    """Return the answers of all steps as the rules read them, by the traits of the questions.

    Steps, questions and columns that the card does not have are left out.
    """
    given: dict[Any, Any] = {}
    done: set[str] = set()
    for key, own in answers.items():
        step = _steps.get(key)
        if step is None:
            continue
        questions = step.questions
        for name, value in own.items():
            if name in questions:
                _read_answer(questions[name], value, given, done)
            elif table := step.table(name):
                _read_table(table, value, given, done)
            elif name in step.computed:
                given[name] = value
    return Reading(given, frozenset(done))


def _read_answer(question: Answer, value: object, given: dict[Any, Any], done: set[str]) -> None:
    traits = question.traits
    if isinstance(traits.feeds, str):
        given[traits.feeds] = value
    if traits.shows_done:
        is_written = value not in (None, "", UNKNOWN)
        done.update(
            duty
            for duty, values in traits.shows_done.items()
            if value in values or (values == WHATEVER_IS_WRITTEN and is_written)
        )


def _read_table(table: Table, value: object, given: dict[Any, Any], done: set[str]) -> None:
    """Where an answer in a row shows a duty to be done, it is the duty about the person whom the row names."""
    columns = table.columns
    rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    feeds = {name: column.traits.feeds for name, column in columns.items()}
    if isinstance(table.feeds, str):
        given[table.feeds] = [
            {str(feeds[name]): cell for name, cell in row.items() if isinstance(feeds.get(name), str)} for row in rows
        ]
    for row in rows if points(columns) else ():
        for name, column in columns.items():
            shown = (duty for duty, values in column.traits.shows_done.items() if row.get(name) in values)
            done.update(key_about(duty, str(row.get(WHO) or "")) for duty in shown)


def tipping_questions(rating: Rating) -> list[str]:
    """Return the questions whose answers can move the level, as the card asks them; of several victims, which one."""
    several = len(rating.victims) > 1
    asked = ([_question_about(fact, several=several) for fact in facts] for facts in rating.tipping)
    return list(dict.fromkeys(_(" Og samtidig: ").join(dict.fromkeys(questions)) for questions in asked))


def _question_about(fact: UnknownFact, *, several: bool) -> str:
    questions = (question for step in _steps.values() for question in step.questions.values())
    feeds = _FED_AS.get(fact.name, fact.name)
    asked = str(next(question.label for question in questions if question.traits.feeds == feeds))
    if fact.victim is None or not several:
        return asked
    return _("Krænket %(number)s: %(sentence)s") % {"number": fact.victim + 1, "sentence": asked}


@cache
def version() -> str:
    """Return the fingerprint of the card in twelve hexadecimal digits; other questions, choices or traits change it."""
    with override(_SOURCE_LANGUAGE):
        text = json.dumps([list(_described(step)) for step in _steps.values()])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _described(step: Step) -> Iterator[Any]:
    yield step.key, str(step.title), sorted(step.conditions), sorted(step.essential_when)
    for section, names in step.layout:
        yield section.key, str(section.title)
        for name in names:
            yield name, *_question(step.questions[name])
        for table in section.tables:
            yield table.key, str(table.title), repr((table.feeds, table.to, table.chapter, table.about_person))
            yield from ((name, *_question(column)) for name, column in table.columns.items())


def _question(field: Answer) -> tuple[str, ...]:
    choices = [(key, str(words)) for key, words in getattr(field, "choices", ())]
    return type(field).__name__, str(field.label), repr(choices), repr(field.traits)
