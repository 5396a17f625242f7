"""People are one list with a key each, and the rows of other tables point to them by it.

A key is made when a row is first filed and kept in every later filing; it says nothing of the name and is never used
again. A row that names somebody keeps key and name (``WHO``, ``NAME``): whoever is named anywhere is on the list.
Entries of earlier cards have no keys: their people get one by their place, which the next filing keeps.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID, uuid5

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guide.questionnaire.fields import NO_SUCH_CHOICE, Answer, RowFields, short_text
from guide.questionnaire.traits import WHO as NAMES
from guide.questionnaire.traits import Traits

PEOPLE: Final = ("afdaek", "people")
"""The step and the table with the list."""
KEY, WHO, NAME = "key", "who", "name"
"""The columns: the key of a person on the list, the key of the person whom another row names, and the name typed."""
_LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")
"""A key has no digit: ten of them in a row would be taken for a CPR number, and the filing refused."""
_SHAPE: Final = re.compile(r"[0-9a-z]{1,32}", re.ASCII)

People = Mapping[str, str]
"""Key -> name, in the order of the list; a person without a name has an empty one."""
Row = Mapping[str, Any]


class RowKey(Answer, forms.CharField):
    """A key in a hidden field; what has not the form of a key counts as none."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> str:
        """Return the key or ""."""
        return _key(value)


class PersonChoice(Answer, forms.ChoiceField):
    """One of the people of the case, of whom only the form of a page knows; blank is "not known" or not on the list."""

    default_error_messages = NO_SUCH_CHOICE
    people: People = MappingProxyType({})


class NamesSomebody(RowFields):
    """A row about somebody: chosen from the list of people, or written, who is on the list from then on."""

    who = PersonChoice(traits=Traits(feeds=KEY, names=NAMES), label=gettext_lazy("Hvem"))
    name = short_text(gettext_lazy("Eller skriv et navn"), feeds=NAME, names=NAMES)

    def clean(self) -> dict[str, Any]:
        """Refuse a row that chooses one person and writes the name of another."""
        chosen, typed = self.cleaned_data.get(WHO), self.cleaned_data.get(NAME)
        field = self.fields.get(WHO)
        if chosen and typed and isinstance(field, PersonChoice) and _same(typed) != _same(field.people[chosen]):
            self.add_error(NAME, str(_("Vælg én på listen, eller skriv et navn. Ikke begge dele.")))
        return self.cleaned_data


def row_key() -> RowKey:
    """Return the column with the key of a person on the list."""
    return RowKey(traits=Traits(feeds=KEY), label=gettext_lazy("Person"))


def hidden_person(label: Any) -> RowKey:
    """Return the column that points to whom a row of the product's own making is about."""
    return RowKey(traits=Traits(feeds=KEY, names=NAMES), label=label)


def points(columns: Iterable[str]) -> bool:
    """Return whether the rows of a table with these columns each name a person."""
    return WHO in columns


def fields_for(row: type[RowFields], people: People) -> dict[str, forms.Field]:
    """Return the fields of a row, with the people to choose among; without any only the name to write is seen."""
    fields = dict(row.base_fields)
    choice, name = deepcopy(fields.get(WHO)), deepcopy(fields.get(NAME))
    if not isinstance(choice, PersonChoice) or name is None:
        return fields
    choice.people = {key: name for key, name in people.items() if name}
    choice.choices = [("", _("Vælg")), *_told_apart(choice.people)]
    if not choice.people:
        # Still there: somebody chosen who is taken off the list meanwhile is refused, not left out.
        choice.widget, name.label = forms.HiddenInput(), choice.label
    return fields | {WHO: choice, NAME: name}


def is_filled(row: Row, fields: Mapping[str, forms.Field]) -> bool:
    """Return whether anything is answered in the row; what stands in hidden fields is no answer."""
    return any(value for name, value in row.items() if name not in fields or not fields[name].widget.is_hidden)


def frozen_columns(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns as an entry keeps them: whom a row names is one of them, the name."""
    return {name: field for name, field in fields.items() if name != KEY and not (name == NAME and WHO in fields)}


# --- Filing -----------------------------------------------------------------------------------------------------------


def with_keys(rows: Sequence[Row], known: People, seed: UUID, table: str) -> list[dict[str, Any]]:
    """Return the rows of the list with a key each. A key that nobody has, or somebody above has too, is replaced.

    New keys come from ``seed``, the form's own number: sent twice, it gives the same. A row without a key that has the
    name of a listed person (typed before the person had a key) is that person.
    """
    taken: set[str] = {_key(row.get(KEY)) for row in rows} & set(known)
    used: set[str] = set()
    found = []
    for number, row in enumerate(rows):
        key = _key(row.get(KEY))
        if key not in known or key in used:
            again = only_called(row.get(NAME), known)
            key = again if again and again not in taken | used else made_key(seed, table, number)
        used.add(key)
        found.append({**row, KEY: key})
    return found


def with_people(rows: Sequence[Row], people: dict[str, str], seed: UUID, table: str) -> list[dict[str, Any]]:
    """Return the rows that name people with key and name of each; who was not on the list yet is added to ``people``.

    A name that exactly one person has is that person's.
    """
    found = []
    for number, row in enumerate(rows):
        key, typed = _key(row.get(WHO)), row.get(NAME) or ""
        if typed and key not in people:
            key = only_called(typed, people) or made_key(seed, table, number)
            people.setdefault(key, typed)
        found.append({**row, WHO: key, NAME: people.get(key, "") or typed} if key else dict(row))
    return found


def made_key(seed: UUID, table: str, number: int) -> str:
    """Return the key of a new person, in letters: by the number of the form and the place in it."""
    return uuid5(seed, f"{table}-{number}").hex[:16].translate(_LETTERS)


def only_called(name: object, people: People) -> str:
    """Return the key of the one person who has this name; "" where nobody or several have it."""
    wanted = _same(name)
    found = [key for key, own in people.items() if wanted and _same(own) == wanted]
    return found[0] if len(found) == 1 else ""


# --- Reading ----------------------------------------------------------------------------------------------------------


def join_people(answers: Mapping[str, dict[str, Any]], pointing: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the list of people of the filed answers, with everybody whom a row of another table names.

    ``pointing`` are those tables, each with its step; their rows get the key, and the name that the list has today.
    Who has no name on the list has the one that a row keeps.
    """
    rows = _rows(answers, *PEOPLE)
    people = [{**row, KEY: _key(row.get(KEY)) or f"r{number}"} for number, row in enumerate(rows)]
    names = {row[KEY]: str(row.get(NAME) or "") for row in people}
    for step, table in pointing:
        found = [_pointed(row, names, f"{table}{number}") for number, row in enumerate(_rows(answers, step, table))]
        if found:
            answers[step][table] = found
    listed = {row[KEY] for row in people}
    people = [{**row, NAME: names[row[KEY]]} for row in people]
    return [*people, *({KEY: key, NAME: name} for key, name in names.items() if key not in listed)]


def people_of(answers: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the people on the list, by their keys."""
    return {key: str(row.get(NAME) or "") for row in _rows(answers, *PEOPLE) if (key := _key(row.get(KEY)))}


def _pointed(row: Row, names: dict[str, str], by_place: str) -> dict[str, Any]:
    key, name = _key(row.get(WHO)), str(row.get(NAME) or "")
    if name and not key:
        key = only_called(name, names) or by_place
    if name and not names.get(key):
        names[key] = name
    return {**row, WHO: key, NAME: names.get(key) or name} if key else dict(row)


def _rows(answers: Mapping[str, Mapping[str, Any]], step: str, table: str) -> list[Row]:
    rows = answers.get(step, {}).get(table)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _told_apart(people: People) -> Iterator[tuple[str, str]]:
    """Yield key and words of each; who has the name of another gets a number."""
    seen: dict[str, int] = {}
    for key, name in people.items():
        seen[_same(name)] = number = seen.get(_same(name), 0) + 1
        yield key, name if number == 1 else f"{name} ({number})"


def _same(name: object) -> str:
    return " ".join(name.split()).casefold() if isinstance(name, str) else ""


def _key(value: object) -> str:
    return value if isinstance(value, str) and _SHAPE.fullmatch(value) else ""
