"""A step filled in: from what is stored, from a draft, or from a form just sent.

All three take one path. What is stored is turned back into form data, so a page is always drawn from data, and what
was typed, half a date included, comes back as it was typed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, TypeAlias
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from cases.enums import StepStatus
from cases.log.entry_types import FrozenRow, FrozenSection, FrozenTable
from guide.questionnaire.card import assess_answers, step_of
from guide.questionnaire.evaluation import evaluate
from guide.questionnaire.field_html import group_html, question_html
from guide.questionnaire.fields import (
    NO_ANSWER,
    SAME_SUFFIX,
    UNKNOWN_SUFFIX,
    UNKNOWN_WORDS,
    Answer,
    ChoiceAnswer,
    ChoicesAnswer,
    Read,
    RowFields,
    is_known,
)
from guide.questionnaire.rows import (
    KEY,
    NAME,
    PEOPLE,
    WHO,
    People,
    fields_for,
    frozen_columns,
    is_filled,
    people_of,
    points,
    with_keys,
    with_people,
)
from guide.questionnaire.schema import Answers, Section, Step, Table
from guide.questionnaire.traits import ShownIn
from guide.rules.assessment import Assessment
from guide.rules.children import is_unlisted
from guide.rules.enums import UNKNOWN

MOST_ROWS = 50
_ROWS_KEPT = 200
"""More rows than are allowed are still shown with the error that says so: what was typed is never cut off. They are not
assessed."""

Data: TypeAlias = "MultiValueDict[str, str]"


@dataclass(frozen=True)
class FieldError:
    """What is wrong and where: ``anchor`` is the id of the element to go to."""

    anchor: str
    where: str
    text: str


@dataclass(frozen=True)
class OpenQuestion:
    """A question as the page draws it: ``boxes`` are its "ved ikke endnu" and the like, ``conditional`` whether it may
    come and go."""

    name: str
    bound: forms.BoundField | None
    boxes: tuple[forms.BoundField, ...]
    conditional: bool

    @property
    def html(self) -> str:
        """The question as HTML; empty while it is closed."""
        return question_html(self.bound, self.boxes) if self.bound else ""


@dataclass(frozen=True)
class OpenRow:
    """A row of a table as the page draws it, with what is worked out from it; ``title`` where the product made it."""

    number: int
    form: RowFields
    derived: str
    title: str = ""

    @property
    def plain_html(self) -> str:
        """The cells that are one element each, as HTML."""
        return group_html(bound for bound in self.form if not bound.use_fieldset)

    @property
    def choices_html(self) -> list[str]:
        """Each of the other cells as HTML."""
        return [group_html([bound]) for bound in self.form if bound.use_fieldset]


@dataclass(frozen=True)
class OpenTable:
    """A table as the page draws it; ``rows`` is None while the table is not open."""

    table: Table
    formset: BaseFormSet[RowFields]
    rows: list[OpenRow] | None
    conditional: bool


@dataclass(frozen=True)
class AnswerElsewhere:
    """A question that another section asks, and its answer in words."""

    step: str
    section: str
    step_title: str
    name: str
    anchor: str
    question: str
    words: str


@dataclass(frozen=True)
class OpenSection:
    """A section as the page draws it; ``is_open`` is False when nothing in it is asked or shown."""

    section: Section
    questions: list[OpenQuestion]
    tables: list[OpenTable]
    shown: list[AnswerElsewhere]

    @property
    def is_open(self) -> bool:
        """Whether anything in the section is asked in this situation."""
        asked = any(q.bound is not None for q in self.questions) or any(t.rows is not None for t in self.tables)
        return asked or bool(self.shown)


def fields_of(keys: Collection[str], data: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the fields of these questions and tables, their boxes and rows included."""
    return {
        name: values
        for name, values in data.items()
        if name in keys or name.partition("-")[0] in keys or _question_of(name) in keys
    }


class StepForm:
    """One step with its answers, the questions they open, what is missing, and the assessment with them."""

    def __init__(
        self,
        step: Step,
        data: Mapping[str, list[str]],
        others: Mapping[str, Answers],
        now: datetime,
        *,
        first_act_on: date | None = None,
        quiet: bool = False,
        sections: Collection[str] | None = None,
        people: People | None = None,
        seed: UUID | None = None,
    ) -> None:
        """``others`` are the answers of the other steps; ``quiet`` shows no errors.

        ``sections`` are those that the page has and files; without them it has all. ``data`` is of the whole step.
        ``people`` are those on the list as filed, else those of ``others``; ``seed`` is the form's own number.
        """
        self.step, self.quiet = step, quiet
        chosen = [section.key for section in step.sections] if sections is None else sections
        self.layout = tuple(part for part in step.layout if part[0].key in chosen)
        self.own = step.names(chosen)
        self.data = _with_row_counts(step, _with_same_numbers(step, data))
        self.form = step.form(self.data, quiet=quiet)
        self.form.read = read = {name: _read(field, self.data, name) for name, field in step.form.base_fields.items()}
        self.row_fields: dict[str, dict[str, forms.Field]] = {}
        self.people = people_of(others) if people is None else people
        rows = self._given_rows(self.people, seed or uuid4())
        given = {**{name: _lax(self.data, name, own) for name, own in read.items()}, **rows}
        self.evaluation = evaluate(step, assess_answers({**others, step.key: given}, now, first_act_on))
        self.answers, self.situation = self.evaluation.answers, self.evaluation.situation
        self.made_rows = {t.key: t.one_for_each(self.situation) for t in step.tables if t.one_for_each}
        for key, made in self.made_rows.items():
            self.data = _with_row_for_each(self.data, key, made, self.answers.get(key))
        self.formsets = {
            table.key: _formset_class(table.row)(
                self.data, prefix=table.key, form_kwargs={"quiet": quiet, "fields": self.row_fields[table.key]}
            )
            for table in step.tables
        }
        for name in [name for name in step.form.base_fields if name not in self.answers]:
            for suffix in ("", UNKNOWN_SUFFIX, SAME_SUFFIX):
                self.form.fields.pop(name + suffix, None)

    @property
    def own_answers(self) -> dict[str, object]:
        """The answers of the sections that the page has."""
        return {name: answer for name, answer in self.answers.items() if name in self.own}

    @property
    def assessment(self) -> Assessment:
        """The assessment with these answers."""
        return self.situation.assessment

    def is_valid(self) -> bool:
        """Whether the answers can be filed; the errors are at their fields."""
        rows_valid = all(self._valid_rows(table) for table in self.step.tables if table.key in self.own_answers)
        if not self._has_error() and self.step.check is not None:
            self.step.check(self.form, self.situation)
        return rows_valid and not self._has_error()

    def _valid_rows(self, table: Table) -> bool:
        formset = self.formsets[table.key]
        valid = formset.is_valid()
        for row in formset.forms if valid and table.check else ():
            table.check(row, self.situation)  # type: ignore[misc]  # there is one, or there are no rows here
        return valid and not any(row.errors for row in formset.forms)

    def _has_error(self) -> bool:
        return any(_question_of(name) in self.own for name in self.form.errors)

    def take_all_sections(self) -> None:
        """Let the form file every section of the step, also those that the page does not have."""
        self.layout, self.own = self.step.layout, self.step.names([section.key for section in self.step.sections])

    def hide_errors(self) -> None:
        """Show no errors from here on."""
        self.quiet = self.form.quiet = True
        for formset in self.formsets.values():
            for row in formset.forms:
                row.quiet = True

    @property
    def has_errors(self) -> bool:
        """Whether there are errors; False on a quiet page."""
        return not self.quiet and bool(self.error_list)

    @property
    def error_list(self) -> list[FieldError]:
        """Every error with its place, in the order of the page."""
        asked = [name for name in self.form.fields if _question_of(name) in self.own]
        found = [error for name in asked for error in _errors_of(self.form[name], "")]
        for table in self.step.tables:
            if table.key not in self.own_answers:
                continue
            formset = self.formsets[table.key]
            anchor = f"tabel-{table.key}-titel"
            found += [FieldError(anchor, str(table.title), str(text)) for text in formset.non_form_errors()]
            for number, row in enumerate(formset.forms, start=1):
                where = f"{table.one} {number}, "
                found += [error for name in row.fields for error in _errors_of(row[name], where)]
        return found

    def missing(self) -> list[str]:
        """The essential questions and tables that are open and have no answer, in their words."""
        return self.evaluation.missing_words()

    def status(self) -> StepStatus:
        """Ready when nothing essential is missing; "ved ikke endnu" is an answer."""
        return self.evaluation.status()

    def open_names(self) -> frozenset[str]:
        """The names of the conditional questions and tables of the page that are open."""
        return frozenset(name for name in self.own_answers if name in self.step.conditions)

    def sections(self) -> Iterator[OpenSection]:
        """The sections for the page, those not open included."""
        for section, names in self.layout:
            questions = [self._question(self.form, name) for name in names]
            shows = section.shows if section.shows_if is None or section.shows_if(self.situation) else ()
            shown = [self._answer_elsewhere(step, name) for step, name in shows if self._asked_in(step, name)]
            yield OpenSection(section, questions, [self._open_table(table) for table in section.tables], shown)

    def questions_with(self, names: Collection[str]) -> list[OpenQuestion]:
        """The questions of the page that are open, and those of ``names`` though they are closed."""
        form = self.step.form(self.data, quiet=self.quiet)
        form.read = self.form.read
        asked = [name for _section, own in self.layout for name in own if name in self.answers or name in names]
        return [self._question(form, name) for name in asked]

    def frozen(self) -> list[FrozenSection]:
        """What was asked and answered, word for word as shown: the form in which an entry keeps it."""
        sections = (self._frozen_section(section, names) for section, names in self.layout)
        return [section for section in sections if section["rows"] or section["tables"]]

    def _given_rows(self, known: People, seed: UUID) -> dict[str, object]:
        """The rows of all tables, with the keys of people; the fields of each table are fixed on the way."""
        people = dict(known)
        given: dict[str, object] = {}
        for table in self.step.tables:
            listed = {key: name for key, name in people.items() if key in known}
            self.row_fields[table.key] = fields = fields_for(table.row, listed)
            rows = [row for row in self._rows(table.key) if is_filled(row, fields)]
            if table.one_for_each:
                rows = list({row[WHO]: row for row in rows if row[WHO] in known or is_unlisted(row[WHO])}.values())
            if (self.step.key, table.key) == PEOPLE:
                rows = with_keys(rows, known, seed, table.key)
                people |= {str(row[KEY]): str(row[NAME]) for row in rows}
            elif points(table.columns):
                rows = with_people(rows, people, seed, table.key)
            given[table.key] = rows
        return given

    def _rows(self, table: str) -> Iterator[dict[str, Any]]:
        for number in range(min(_rows_in(self.data, table), MOST_ROWS)):
            start, fields = f"{table}-{number}-", self.row_fields[table]
            yield {
                name: _lax(self.data, start + name, _read(field, self.data, start + name))
                for name, field in fields.items()
            }

    def _question(self, form: forms.Form, name: str) -> OpenQuestion:
        """The question as this form has it; ``bound`` is None where the form has it not."""
        boxes = (name + suffix for suffix in (SAME_SUFFIX, UNKNOWN_SUFFIX) if name + suffix in form.fields)
        bound = form[name] if name in form.fields else None
        return OpenQuestion(name, bound, tuple(form[box] for box in boxes), name in self.step.conditions)

    def _asked_in(self, key: str, name: str) -> bool:
        condition = step_of(key).conditions.get(name)
        return condition is None or condition(self.situation)

    def _answer_elsewhere(self, key: str, name: str) -> AnswerElsewhere:
        step = step_of(key)
        given = self.situation.get(key, name)
        section = next(section.key for section in step.sections if name in step.names([section.key]))
        if table := step.table(name):
            names = [str(row.get(NAME) or table.one) for row in given] if isinstance(given, list) else []
            return AnswerElsewhere(
                key, section, str(step.title), name, f"tabel-{name}", f"{table.title}:", ", ".join(names)
            )
        field = step.questions[name]
        words = _words(field, given) or str(NO_ANSWER)
        return AnswerElsewhere(key, section, str(step.title), name, f"sp-{name}", str(field.label), words)

    def _open_table(self, table: Table) -> OpenTable:
        formset = self.formsets[table.key]
        rows = None
        if table.key in self.answers:
            raw = list(self._rows(table.key))
            titles = {**self.people, **self.made_rows[table.key]} if table.key in self.made_rows else {}
            rows = [
                OpenRow(number, form, self._derived(table, raw[number]), titles.get(str(raw[number].get(WHO)), ""))
                for number, form in enumerate(formset.forms)
            ]
        return OpenTable(table, formset, rows, table.key in self.step.conditions)

    def _derived(self, table: Table, row: Answers) -> str:
        return table.derived.words(row, self.situation) if table.derived else ""

    def _frozen_section(self, section: Section, names: Iterable[str]) -> FrozenSection:
        return {
            "key": section.key,
            "title": str(section.title),
            "rows": [self._frozen_row(name) for name in names if name in self.answers],
            "tables": [self._frozen_table(table) for table in section.tables if self.answers.get(table.key)],
        }

    def _frozen_row(self, name: str) -> FrozenRow:
        field: Any = self.form.fields[name]
        value = self.answers[name]
        return {
            "key": name,
            "question": str(field.label),
            "answer": _words(field, value) or str(NO_ANSWER),
            "answered": bool(value),
            "known": is_known(value),
            "names": str(field.traits.names or ""),
            "is_act": field.traits.is_act,
            "act": str(field.traits.act),
            "shown_in": _shown_in(field.traits.to),
        }

    def _frozen_table(self, table: Table) -> FrozenTable:
        fields = frozen_columns(table.row.base_fields)
        rows: Any = self.answers[table.key]
        cells = [[_cell(name, field, row) for name, field in fields.items()] for row in rows]
        columns = [str(field.label) for field in fields.values()]
        column_names = [str(field.traits.names or "") for field in fields.values()]
        if table.derived:
            columns.append(str(table.derived.label))
            column_names.append("")
            cells = [[*line, self._derived(table, row)] for line, row in zip(cells, rows, strict=True)]
        return {
            "key": table.key,
            "title": str(table.title),
            "columns": columns,
            "column_names": column_names,
            "rows": cells,
            "chapter": table.chapter,
            "about_person": table.about_person,
            "derived": str(table.derived.label) if table.derived else "",
            "shown_in": _shown_in(table.to),
        }


def data_from_answers(step: Step, answers: Answers) -> Data:
    """Turn stored answers back into the form data that would give them."""
    data: Data = MultiValueDict()
    for name, field in step.form.base_fields.items():
        _put(data, name, field, answers.get(name, ""))
    for table in step.tables:
        rows: Any = answers.get(table.key) or []
        data[f"{table.key}-TOTAL_FORMS"] = str(len(rows))
        for number, row in enumerate(rows):
            chosen = points(table.columns) and row.get(WHO)
            for name, field in table.row.base_fields.items():
                if chosen and name == NAME:
                    continue
                _put(data, f"{table.key}-{number}-{name}", field, row.get(name, ""), boxed=False)
    return data


def with_row_added(data: Mapping[str, list[str]], table: str) -> dict[str, list[str]]:
    """The data with one more blank row in ``table``."""
    return {**data, f"{table}-TOTAL_FORMS": [str(_row_count(data, table) + 1)]}


def without_row(data: Mapping[str, list[str]], table: str, number: int) -> dict[str, list[str]]:
    """The data with row ``number`` (counted from 0) taken out and the rows below it moved up.

    A row that is not there takes nothing else with it.
    """
    if number >= _row_count(data, table):
        return dict(data)
    kept: dict[str, list[str]] = {}
    for name, values in data.items():
        place, _dash, column = name.removeprefix(f"{table}-").partition("-")
        if not name.startswith(f"{table}-") or not place.isdecimal() or len(place) > 4:
            kept[name] = values
        elif int(place) != number:
            kept[f"{table}-{int(place) - (int(place) > number)}-{column}"] = values
    kept[f"{table}-TOTAL_FORMS"] = [str(max(_row_count(data, table) - 1, 0))]
    return kept


@cache
def _formset_class(row: type[RowFields]) -> type[BaseFormSet[RowFields]]:
    made = formset_factory(row, extra=0, max_num=MOST_ROWS, validate_max=True, absolute_max=_ROWS_KEPT)
    made.default_error_messages = {
        **made.default_error_messages,
        "too_many_forms": _("Der er plads til %(num)d rækker. Fjern nogle, eller skriv resten i loggen."),
    }
    return made


def _errors_of(bound: forms.BoundField, table: str) -> list[FieldError]:
    anchor = f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id
    return [FieldError(anchor, f"{table}{bound.label}", str(text)) for text in bound.errors]


def _question_of(name: str) -> str:
    """The question to which a field of the form belongs: itself, or the one that has this box."""
    return name.removesuffix(UNKNOWN_SUFFIX).removesuffix(SAME_SUFFIX)


def _with_same_numbers(step: Step, data: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """A copy in which each number that is ticked to be the same as another has that number."""
    copy = dict(data)
    for name, question in step.questions.items():
        if question.traits.same_as and copy.pop(name + SAME_SUFFIX, []):
            copy[name] = copy.get(question.traits.same_as, [""])
    return copy


def _put(data: Data, name: str, field: forms.Field, value: object, *, boxed: bool = True) -> None:
    """``boxed``: a text, day or number has its own box for "ved ikke endnu"; the cells of a table have none."""
    if isinstance(value, list):
        data.setlist(name, value)
    elif boxed and value == UNKNOWN and not isinstance(field, ChoiceAnswer | ChoicesAnswer):
        data[name + UNKNOWN_SUFFIX] = "on"
    elif value:
        data[name] = str(value)


def _row_count(data: Mapping[str, list[str]], table: str) -> int:
    typed = (data.get(f"{table}-TOTAL_FORMS") or [""])[-1]
    return min(int(typed), _ROWS_KEPT) if typed.isascii() and typed.isdecimal() and len(typed) <= 4 else 0


def _with_row_for_each(data: Data, table: str, made: Iterable[str], given: object) -> Data:
    """A copy with one row for each of these keys, in their order, and after them those that are ``given`` besides."""
    others = [str(row[WHO]) for row in given if isinstance(row, Mapping)] if isinstance(given, list) else []
    rows: dict[str, dict[str, list[str]]] = {key: {} for key in (*made, *others)}
    for number in range(_rows_in(data, table)):
        start = f"{table}-{number}-"
        if data.get(start + WHO) in rows:
            row = {name.removeprefix(start): data.getlist(name) for name in data if name.startswith(start)}
            rows[str(data.get(start + WHO))] = row
    copy: Data = MultiValueDict({name: data.getlist(name) for name in data if not name.startswith(f"{table}-")})
    for number, (key, row) in enumerate(rows.items()):
        for column, values in {**row, WHO: [key]}.items():
            copy.setlist(f"{table}-{number}-{column}", values)
    copy[f"{table}-TOTAL_FORMS"], copy[f"{table}-INITIAL_FORMS"] = str(len(rows)), "0"
    return copy


def _rows_in(data: Data, table: str) -> int:
    """How many rows a table has in data whose counts can be trusted."""
    return int(str(data[f"{table}-TOTAL_FORMS"]))


def _with_row_counts(step: Step, data: Mapping[str, list[str]]) -> Data:
    """A copy in which each table's count of rows can be trusted, whatever was sent."""
    copy: Data = MultiValueDict({name: list(values) for name, values in data.items()})
    for table in step.tables:
        copy[f"{table.key}-TOTAL_FORMS"] = str(_row_count(data, table.key))
        copy[f"{table.key}-INITIAL_FORMS"] = "0"
    return copy


def _read(field: forms.Field, data: Data, name: str) -> Read:
    """What is typed in a field, cleaned: the answer, which is none where it cannot be read, and why it cannot."""
    try:
        return field.clean(field.widget.value_from_datadict(data, MultiValueDict(), name)), None
    except ValidationError as error:
        return [] if isinstance(field, ChoicesAnswer) else "", error


def _lax(data: Data, name: str, read: Read) -> object:
    """The answer alone; one that cannot be read counts as none. For assessing what is not filed yet."""
    value, _error = read
    return value if value or not data.get(name + UNKNOWN_SUFFIX) else UNKNOWN


def _shown_in(places: ShownIn) -> list[str]:
    return [str(place.name).lower() for place in places]


def _cell(name: str, field: Answer, row: Answers) -> str:
    """The words of a cell; whom the row names is told by the name alone."""
    return str(row.get(NAME) or "") if name == WHO else _words(field, row.get(name, ""))


def _words(field: Answer, value: Any) -> str:
    if value == UNKNOWN:
        return str(UNKNOWN_WORDS)
    return field.words(value) if value else ""
