"""Replace the names of others in a text by "Person 1", "Person 2", the same label each time. Pure.

Only the given names are found, not a nickname, a misspelling or "the tall one from 8.b": the leader has to read the
result before it is disclosed, and the page says so.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from cases.privacy.person_names import (
    ALSO_A_WORD,
    fold_name,
    folded,
    has_role,
    initials,
    key_of,
    name_words,
    names_in,
    nfc,
    relation_target,
    split_remark,
)

_GENITIVE = r"(?:'s|s|')?"


@dataclass(frozen=True)
class Found:
    """A name in a text: from where to where, in one spelling, and whether it is a genitive."""

    start: int
    end: int
    key: str
    genitive: bool


class Finder:
    """Finds names in a text: whole words only, the longest first, a genitive with its name.

    Between the words of a name there may be any space or a hyphen. Initials count as they are written only, or the
    class "8.b" would be the pupil B.
    """

    def __init__(self, phrases: Iterable[str], initials: Iterable[str] = ()) -> None:
        """Either may be empty."""
        any_of = _any_of({key_of(phrase) for phrase in phrases}, r"[\s-]+")
        self._names = re.compile(rf"(?<!\w)(?P<name>{any_of})(?P<end>{_GENITIVE})(?!\w)") if any_of else None
        short = "|".join(re.escape(one.rstrip(".")) + (r"\.?" if "." in one else "") for one in _longest(initials))
        self._initials = re.compile(rf"(?<![\w.])(?P<name>{short})(?P<end>['’]s|s|['’])?(?!\.?\w)") if short else None

    def find(self, text: str) -> list[Found]:
        """The names in the order of the text, none inside another; ``text`` is in the form NFC."""
        found = list(self._by_name(text))
        for match in self._initials.finditer(text) if self._initials else ():
            if not any(one.start < match.end() and match.start() < one.end for one in found):
                found.append(Found(match.start(), match.end(), match["name"].rstrip("."), bool(match["end"])))
        return sorted(found, key=lambda one: one.start)

    def _by_name(self, text: str) -> Iterator[Found]:
        spelled, places = folded(text)
        for match in self._names.finditer(spelled) if self._names else ():
            start, end, key = places[match.start()], places[match.end() - 1] + 1, key_of(match["name"])
            # In lower case, such a name is more likely an ordinary word.
            if not (key in ALSO_A_WORD and text[start].islower()):
                yield Found(start, end, key, bool(match["end"]))


def _longest(phrases: Iterable[str]) -> list[str]:
    return sorted(filter(None, phrases), key=lambda phrase: (-len(phrase), phrase))


def _any_of(keys: Iterable[str], between: str) -> str:
    return "|".join(between.join(map(re.escape, key.split())) for key in _longest(keys))


@dataclass
class _Person:
    label: str
    names: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    def add_name(self, name: str) -> None:
        self.names.append(name)
        self.keys.add(key_of(name))
        self.words |= set(name_words(name.removesuffix(relation_target(name))))


class _Subject:
    """The person concerned, and which names in the case are certainly theirs."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        """``known`` are all names of the case: a first name that fits two of them is nobody's."""
        self.name = " ".join(name.split())
        self._core, self._remarks = split_remark(self.name)
        # "Kæreste til Alma" is described by another's name, and has none of its words.
        self.words = set() if has_role(self._core) else set(name_words(self._core))
        first = self._core.split()
        self._firsts = {key_of(" ".join(first[: number + 1])) for number in range(len(first))} if self.words else set()
        self._rivals = {key for one in known if (key := key_of(one)) not in self._firsts}

    def is_called(self, name: str) -> bool:
        """Return whether a cell certainly means the person: the same name, or its first words."""
        if fold_name(name) == fold_name(self.name):
            return True
        core, remarks = split_remark(name)
        # A class or an age may follow the name. "Alma (mor)" is described by Alma's name, and is not Alma.
        if not (remarks <= self._remarks if self._remarks else all(re.search(r"\d", one) for one in remarks)):
            return False
        key = key_of(core)
        return key in self._firsts and not any(rival.startswith(key + " ") for rival in self._rivals)

    def finder(self) -> Finder:
        """Finds the person in a text."""
        short = initials(self._core)
        return Finder(self.words if short else {self.name, self._core, *self.words}, {short})

    def own_keys(self) -> set[str]:
        """Return the keys of the person's own name, which are never replaced."""
        return {key_of(one) for one in (self.name, self._core, *self.words)}


def _with_others(name: str) -> Iterator[str]:
    """Return the name and those in it: "Ven til Mor til Emil", "Mor til Emil", "Emil"."""
    for _step in range(4):  # more do not occur, and a text of nothing but "til" must stay cheap
        if name:
            yield name
            name = relation_target(name)


class Masks:
    """The names of a case as one person may see them: their own stays, all others become labels."""

    def __init__(self, subject: str, others: Iterable[str], handles: Iterable[str] = ()) -> None:
        """``others``, cells or names, in the order of their numbers; the subject's own may be among them."""
        cells = [" ".join(cell.split()) for cell in others]
        self._subject = _Subject(subject, [name for cell in cells for name in names_in(cell)])
        names = [name for cell in cells for name in ([cell] if self.is_subject(cell) else names_in(cell))]
        self._others = [name for name in names if not self.is_subject(name)]
        self._equated = {name for name in names if self.is_subject(name) and fold_name(name) != fold_name(self.subject)}
        self._people: list[_Person] = []
        for name in self._others:
            for one in _with_others(name):
                self._place(one)
        phrases, short = self._by_phrase(), self._by_initials()
        for number, handle in enumerate(dict.fromkeys(key_of(one) for one in handles if one.strip()), start=1):
            phrases.setdefault(handle, _("Brugernavn %(number)d") % {"number": number})
        phrases |= dict.fromkeys(self._subject.own_keys(), "")
        self._labels = phrases | short
        self._finder = Finder(phrases, short)
        self._mention = self._subject.finder()

    @property
    def subject(self) -> str:
        """The person's name."""
        return self._subject.name

    def is_subject(self, name: str) -> bool:
        """Whether a name in a table is the subject's: the same, or its first part, such as the first name alone."""
        return self._subject.is_called(name)

    def label(self, name: str) -> str:
        """Return the label of a cell with names; the subject's own name stays, remarks are left out."""
        if self.is_subject(name):
            return name
        return ", ".join(dict.fromkeys(self._label_of(part) for part in names_in(name) or [name]))

    def _label_of(self, name: str) -> str:
        key = key_of(name)
        return next((person.label for person in self._people if key in person.keys), "") or self.text(name)

    def text(self, text: str) -> str:
        """The text with the names of others replaced; a genitive stays a genitive."""
        text = nfc(text)
        pieces: list[str] = []
        done, before = 0, ""
        for found in self._finder.find(text):
            label = self._labels.get(found.key, _("En anden person"))
            if label:
                between = text[done : found.start]
                # "Anne" and "Marie" of one person, side by side, are one name.
                again = label == before and between in {" ", "-"}
                pieces += [] if again else [between, label]
                pieces += ["s"] if found.genitive else []
                done = found.end
            before = "" if found.genitive else label
        return "".join([*pieces, text[done:]])

    def mentions_subject(self, text: str) -> bool:
        """Whether the text names the person, wholly or in part."""
        return bool(self._mention.find(nfc(text)))

    @property
    def shared(self) -> tuple[str, ...]:
        """What is not replaced and needs a look: words that are in another's name too, and shorter names."""
        words = {word for name in self._others for word in name_words(name)} & self._subject.words
        return tuple(sorted(words | self._equated))

    def _place(self, name: str) -> None:
        if self.is_subject(name):
            return
        key, words = key_of(name), set(name_words(name))
        same = [one for one in self._people if key in one.keys]
        if not same and words and not relation_target(name):
            same = [one for one in self._people if words <= one.words or (one.words and one.words <= words)]
        if len(same) == 1:
            same[0].add_name(name)
        elif not same or words - set().union(*(one.words for one in same)):
            # Several may be meant by its first words; by the rest it is nobody whom they know.
            label = _("Person %(number)d") % {"number": len(self._people) + 1}
            self._people.append(_Person(label))
            self._people[-1].add_name(name)

    def _by_phrase(self) -> dict[str, str]:
        """Phrase in one spelling -> label; a word that several others share names all of them."""
        whole: dict[str, str] = {}
        single: dict[str, list[str]] = {}
        for person in self._people:
            for name in person.names:
                if len(name.split()) > 1:
                    whole.setdefault(key_of(name), person.label)
            for word in sorted(person.words - self._subject.words):
                single.setdefault(key_of(word), []).append(person.label)
        return {word: f" {_('eller')} ".join(dict.fromkeys(labels)) for word, labels in single.items()} | whole

    def _by_initials(self) -> dict[str, str]:
        return {short: one.label for one in self._people for name in one.names if (short := initials(name))}
