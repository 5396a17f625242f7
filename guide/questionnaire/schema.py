"""What a step of the action card consists of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Self, cast

from guide.questionnaire.fields import Answer, RowFields, StepFields
from guide.questionnaire.traits import NO_DOCUMENT, Nothing, ShownIn
from guide.rules.assessment import Assessment

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise as Words

Answers = Mapping[str, object]
"""The answers of one step: question -> string, list of strings, or (for a table) list of rows."""


@dataclass(frozen=True)
class Situation:
    """What a condition may look at: all answers so far, this step's own included, and what they are judged to be.

    ``acted_on`` is the day on which the school first acted, None until then.
    """

    answers: Mapping[str, Answers]
    assessment: Assessment
    now: datetime
    acted_on: date | None = None

    def with_answers(self, step: str, answers: Answers) -> Self:
        """The same with other answers in one step, judged as before."""
        return replace(self, answers={**self.answers, step: answers})

    def get(self, step: str, question: str) -> object:
        """The answer to one question, or None."""
        return self.answers.get(step, {}).get(question)


Condition = Callable[[Situation], bool]


@dataclass(frozen=True)
class Derived:
    """A column nobody types: worked out from the row and the situation, such as the next route of a takedown."""

    label: Words
    words: Callable[[Answers, Situation], str]


@dataclass(frozen=True)
class Table:
    """A list within a step, such as the people involved: one small form per row.

    ``feeds``, ``to`` and ``essential`` are declared as for a question (``Traits``); where the table feeds a fact, so do
    the columns that say so. ``chapter`` is the part of a document in which it is set, ``about_person`` whether each row
    is about the person whom its first column names.
    """

    key: str
    title: Words
    row: type[RowFields]
    add: Words
    empty: Words
    intro: Words = ""
    derived: Derived | None = None
    feeds: str | Nothing | None = None
    to: ShownIn = NO_DOCUMENT
    chapter: str = ""
    about_person: bool = False
    essential: bool = False

    @property
    def columns(self) -> dict[str, Answer]:
        """The questions of a row by their names."""
        return cast("dict[str, Answer]", self.row.base_fields)


@dataclass(frozen=True)
class Section:
    """A group of questions and tables under one heading."""

    key: str
    title: Words
    intro: Words = ""
    questions: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Guidance:
    """What the professional reads before the questions: what to do, why, what to leave alone, what comes of it."""

    what: tuple[Words, ...]
    why: Words
    avoid: tuple[Words, ...]
    gives: Words = ""


@dataclass(frozen=True)
class Step:
    """One step of the card.

    ``conditions`` opens a question or table only in some situations; what is essential counts as far as it is open, and
    as far as ``essential_when`` says so. ``check`` adds the errors that only the whole situation can show. ``computed``
    are answers that the product adds at a filing, each read by the rules under its own name.
    """

    key: str
    title: Words
    rows: tuple[Words, ...]
    lead: Words
    guidance: Guidance
    form: type[StepFields]
    sections: tuple[Section, ...]
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    check: Callable[[StepFields, Situation], None] | None = None
    essential_when: Mapping[str, Condition] = field(default_factory=dict)
    computed: Mapping[str, Callable[[Situation], str]] = field(default_factory=dict)

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables of the step, in order."""
        return tuple(table for section in self.sections for table in section.tables)

    def table(self, key: str) -> Table | None:
        """The table with this key, or None."""
        return next((table for table in self.tables if table.key == key), None)

    @property
    def questions(self) -> dict[str, Answer]:
        """The questions by their names."""
        return cast("dict[str, Answer]", self.form.base_fields)

    @property
    def essential(self) -> tuple[str, ...]:
        """The names of the questions and tables that must be answered before the step is ready, in page order."""
        return tuple(
            name
            for section in self.sections
            for name in (
                *(name for name in section.questions if self.questions[name].traits.essential),
                *(table.key for table in section.tables if table.essential),
            )
        )
