"""What a step of the action card consists of."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Self, cast

from guide.questionnaire.fields import Answer, RowFields, StepFields
from guide.questionnaire.traits import NO_DOCUMENT, Nothing, ShownIn
from guide.rules.assessment import Assessment
from guide.rules.enums import Words

Answers = Mapping[str, object]
"""The answers of one step: question -> string, list of strings, or (for a table) list of rows."""


@dataclass(frozen=True)
class Situation:
    """All answers and their assessment. ``first_act_on`` is the day the school first acted, None until then."""

    answers: Mapping[str, Answers]
    assessment: Assessment
    now: datetime
    first_act_on: date | None = None

    def with_answers(self, step: str, answers: Answers) -> Self:
        """The same with other answers in one step, and the same assessment."""
        return type(self)({**self.answers, step: answers}, self.assessment, self.now, self.first_act_on)

    def get(self, step: str, question: str) -> object:
        """The answer to one question, or None."""
        return self.answers.get(step, {}).get(question)


Condition = Callable[[Situation], bool]


@dataclass(frozen=True)
class Derived:
    """A column computed from the row and the situation, such as the next route of a takedown."""

    label: Words
    words: Callable[[Answers, Situation], str]


@dataclass(frozen=True)
class Table:
    """A list within a step, such as the people involved: one small form per row.

    ``feeds``, ``to`` and ``when`` are declared as for a question (``Traits``); where the table feeds a fact, so do the
    columns that say so. ``chapter`` is the part of a document in which it is set, ``about_person`` whether each row is
    about the person whom its first column names. Where ``essential`` says so, at least one row is asked for.
    ``one`` is what one row is called, with its number.
    ``one_for_each`` gives for whom the product makes a row (key and words): none is added or taken out by hand, and
    each is asked for. ``check`` adds the errors of a row that only the whole situation can show.
    """

    key: str
    title: Words
    row: type[RowFields]
    add: Words = ""
    one: Words = ""
    empty: Words = ""
    intro: Words = ""
    derived: Derived | None = None
    feeds: str | Nothing | None = None
    to: ShownIn = NO_DOCUMENT
    chapter: str = ""
    about_person: bool = False
    when: Condition | None = None
    essential: Condition | None = None
    one_for_each: Callable[[Situation], dict[str, str]] | None = None
    check: Callable[[RowFields, Situation], None] | None = None

    @property
    def is_made(self) -> bool:
        """Whether the product makes the rows."""
        return self.one_for_each is not None

    @property
    def columns(self) -> dict[str, Answer]:
        """The questions of a row by their names."""
        return cast("dict[str, Answer]", self.row.base_fields)


@dataclass(frozen=True)
class Section:
    """A group of questions and tables under one heading.

    ``until`` is its last question: it has the questions of the form from the end of the section before; none without.
    ``shows`` are questions of other steps, asked there alone: while they are open, their answers are shown here. Of a
    list of people it is the names. ``shows_if`` is the condition under which this is done; without one it always is.
    ``computed`` are answers that the product adds when the section is filed, each read by the rules under its own name.
    ``along`` is another section that is asked and filed together with this one, while it asks anything.
    ``about_ssp`` is true where the page tells how far the case is with SSP.
    """

    key: str
    title: Words
    intro: Words = ""
    until: str = ""
    tables: tuple[Table, ...] = ()
    shows: tuple[tuple[str, str], ...] = ()
    shows_if: Condition | None = None
    computed: Mapping[str, Callable[[Situation], str]] = field(default_factory=dict)
    along: str = ""
    about_ssp: bool = False


@dataclass(frozen=True)
class Guidance:
    """What the professional reads before the questions: what to do, why, what to avoid, and the result."""

    what: tuple[Words, ...]
    why: Words
    avoid: tuple[Words, ...]
    gives: Words = ""


@dataclass(frozen=True)
class Step:
    """One step of the card.

    The form has the questions in the order of the page. What is essential counts as far as it is open. ``check``
    adds the errors that only the whole situation can show.
    """

    key: str
    title: Words
    rows: tuple[Words, ...]
    lead: Words
    guidance: Guidance
    form: type[StepFields]
    sections: tuple[Section, ...]
    check: Callable[[StepFields, Situation], None] | None = None

    @cached_property
    def computed(self) -> frozenset[str]:
        """The names of the answers that the product adds."""
        return frozenset(name for section in self.sections for name in section.computed)

    def section(self, key: str) -> Section | None:
        """The section with this key, or None."""
        return next((section for section in self.sections if section.key == key), None)

    def names(self, sections: Collection[str]) -> frozenset[str]:
        """The names of the questions and tables of these sections."""
        return frozenset().union(*(self._names[key] for key in sections if key in self._names))

    @cached_property
    def _names(self) -> dict[str, frozenset[str]]:
        return {
            section.key: frozenset((*names, *(table.key for table in section.tables))) for section, names in self.layout
        }

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """All tables of the step, in order."""
        return tuple(table for section in self.sections for table in section.tables)

    def table(self, key: str) -> Table | None:
        """The table with this key, or None."""
        return self._tables.get(key)

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {table.key: table for table in self.tables}

    @property
    def questions(self) -> dict[str, Answer]:
        """The questions by their names."""
        return cast("dict[str, Answer]", self.form.base_fields)

    @cached_property
    def layout(self) -> tuple[tuple[Section, tuple[str, ...]], ...]:
        """Each section with the names of its questions, in the order of the page."""
        names = iter(self.questions)
        return tuple((section, tuple(_up_to(section.until, names))) for section in self.sections)

    @cached_property
    def conditions(self) -> Mapping[str, Condition]:
        """The conditions of the questions and tables that are open only in some situations."""
        declared = {name: question.traits.when for name, question in self.questions.items()}
        declared |= {table.key: table.when for table in self.tables}
        return {name: when for name, when in declared.items() if when is not None}

    @cached_property
    def essential_when(self) -> dict[str, Condition]:
        """The tables that must have a row before the step is ready, each with the condition under which it must."""
        return {table.key: table.essential for table in self.tables if table.essential is not None}

    @cached_property
    def essential(self) -> tuple[str, ...]:
        """The names of the questions and tables that must be answered before the step is ready, in page order."""
        return tuple(
            name
            for section, names in self.layout
            for name in (
                *(name for name in names if self.questions[name].traits.essential),
                *(table.key for table in section.tables if table.essential or table.one_for_each),
            )
        )


def _up_to(last: str, names: Iterator[str]) -> Iterator[str]:
    for name in names if last else ():
        yield name
        if name == last:
            return
