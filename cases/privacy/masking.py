"""Replace the names of others in a text by "Person 1", "Person 2", the same label each time. Pure.

Only the given names are found, not a nickname, a misspelling or "the tall one from 8.b": the leader has to read the
result before it is disclosed, and the page says so.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

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

_TOKEN = re.compile(r"\w+|[\s-]+|[^\w\s-]")
_IN_WORD = re.compile(r"(?<=\w)")
_NAME_END = re.compile(r"('s|s|')?(?!\w)")
_CAPITAL = re.compile(r"(?<![\w.])[^\W\d_]")
_INITIALS_END = re.compile(r"(['’]s|s|['’])?(?!\.?\w)")
_MOST_TOKENS = 40
"""Parts of a name, spaces counted. Of a longer one only the single words are found."""
_MOST_SHARING = 9
"""People of whom a word may be the name and who are all told; of more it is only told that it is another's."""


@dataclass(frozen=True)
class Found:
    """A name in a text: from where to where, in one spelling, and whether it is a genitive."""

    start: int
    end: int
    key: str
    genitive: bool


class _Tree:
    """The names to find, as a tree of their parts: a text is compared with all of them at once."""

    def __init__(self) -> None:
        self.key = ""
        self.next: dict[str, _Tree] = {}

    def add(self, parts: Sequence[str], key: str) -> None:
        """Add a name; not one of more than ``_MOST_TOKENS`` parts."""
        node = self
        for part in parts if 0 < len(parts) <= _MOST_TOKENS else ():
            node = node.next.setdefault(part, _Tree())
        if node is not self:
            node.key = key


class Finder:
    """Finds names in a text: whole words only, the longest first, a genitive with its name.

    Between the words of a name there may be any space or a hyphen. Initials count as they are written only, or the
    class "8.b" would be the pupil B.
    """

    def __init__(self, phrases: Iterable[str], initials: Iterable[str] = ()) -> None:
        """Either may be empty."""
        self._names, self._initials = _Tree(), _Tree()
        for key in map(key_of, phrases):
            bare = key.strip(" -")
            if bare == key or name_words(bare):
                self._names.add([part for part, _end in _tokens(bare)], key)
        for one in initials:
            bare = one.rstrip(".")
            self._initials.add(bare, bare)

    def find(self, text: str) -> list[Found]:
        """The names in the order of the text, none inside another; ``text`` is in the form NFC."""
        names = list(self._by_name(text)) if self._names.next else []
        found, passed = list(names), 0
        for one in self._by_initials(text) if self._initials.next else ():
            while passed < len(names) and names[passed].end <= one.start:
                passed += 1
            if passed == len(names) or one.end <= names[passed].start:
                found.append(one)
        return sorted(found, key=lambda one: one.start)

    def _by_name(self, text: str) -> Iterator[Found]:
        spelled, places = folded(text)
        tokens = list(_tokens(spelled))
        start = done = 0
        for number, (_token, token_end) in enumerate(tokens):
            if (
                start >= done
                and not _IN_WORD.match(spelled, start)
                and (best := self._longest(spelled, tokens, number))
            ):
                end, done, key = best
                # In lower case, such a name is more likely an ordinary word.
                if not (key in ALSO_A_WORD and text[places[start]].islower()):
                    yield Found(places[start], places[done - 1] + 1, key, done > end)
            start = token_end

    def _longest(self, spelled: str, tokens: Sequence[tuple[str, int]], number: int) -> tuple[int, int, str] | None:
        """Return end of the name, end with its genitive, and key, of the longest name that begins at this token."""
        node: _Tree | None = self._names
        best = None
        for token, end in tokens[number : number + _MOST_TOKENS]:
            if node is None:
                break
            genitive = node.next.get(token[:-1]) if token.endswith("s") else None
            node = node.next.get(token)
            for one, one_end in ((genitive, end - 1), (node, end)):
                if one and one.key and (after := _NAME_END.match(spelled, one_end)):
                    best = (one_end, after.end(), one.key)
        return best

    def _by_initials(self, text: str) -> Iterator[Found]:
        done = 0
        for capital in _CAPITAL.finditer(text):
            if capital.start() < done:
                continue
            node: _Tree | None = self._initials
            best = None
            end = capital.start()
            while node and end < len(text):
                node = node.next.get(text[end])
                end += 1
                if node and node.key:
                    dotted = end + ("." in node.key and text[end : end + 1] == ".")
                    after = _INITIALS_END.match(text, dotted) or _INITIALS_END.match(text, end)
                    best = Found(capital.start(), after.end(), node.key, bool(after[1])) if after else best
            if best:
                done = best.end
                yield best


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Yield the words, signs and spaces of a text with where each ends; spaces and hyphens are one space."""
    for match in _TOKEN.finditer(text):
        yield " " if match[0][0] in " -" or match[0].isspace() else match[0], match.end()


@dataclass(eq=False)
class _Person:
    number: int
    names: list[str] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    rarest: str = ""

    @property
    def label(self) -> str:
        return _("Person %(number)d") % {"number": self.number}

    def add_name(self, name: str) -> None:
        self.names.append(name)
        self.words |= _own_words(name)


def _own_words(name: str) -> set[str]:
    """Return the words of a name without those of another to whom it tells a relation."""
    return set(name_words(name.removesuffix(relation_target(name))))


class _People:
    """The others of a case, in the order in which they came, and by the words of their names."""

    def __init__(self) -> None:
        self._all: list[_Person] = []
        self._by_key: defaultdict[str, dict[_Person, None]] = defaultdict(dict)
        self._by_word: defaultdict[str, dict[_Person, None]] = defaultdict(dict)
        self._by_rarest: defaultdict[str, dict[_Person, None]] = defaultdict(dict)

    def __iter__(self) -> Iterator[_Person]:
        return iter(self._all)

    def called(self, key: str) -> _Person | None:
        """Return the first who has this name."""
        return min(self._by_key.get(key, ()), key=lambda person: person.number, default=None)

    def place(self, name: str) -> None:
        """Give the name to the one whom it can mean, or to somebody new; to nobody where it can mean several."""
        key, words = key_of(name), set(name_words(name))
        same = list(self._by_key.get(key, ()))
        if not same and words and not relation_target(name):
            same = self._sharing(words)
        if len(same) == 1:
            self._take(same[0], name)
        elif not same or words - set().union(*(one.words for one in same)):
            # Several may be meant by its first words; by the rest it is nobody whom they know.
            self._all.append(_Person(len(self._all) + 1))
            self._take(self._all[-1], name)

    def _sharing(self, words: set[str]) -> list[_Person]:
        """Return who has all of the words, or no others than these; of many who have all of them, two."""
        wider = list(islice((one for one in self._by_word.get(self._rarest(words), ()) if words <= one.words), 2))
        if len(wider) > 1:
            return wider
        narrower = [one for word in words for one in self._by_rarest.get(word, ()) if one.words <= words]
        return list(dict.fromkeys([*wider, *narrower]))

    def _rarest(self, words: Iterable[str]) -> str:
        return min(words, key=lambda word: len(self._by_word.get(word, ())))

    def _take(self, person: _Person, name: str) -> None:
        person.add_name(name)
        self._by_key[key_of(name)][person] = None
        if person.words and not person.rarest:
            person.rarest = self._rarest(sorted(person.words))
            self._by_rarest[person.rarest][person] = None
        for word in _own_words(name):
            self._by_word[word][person] = None


def _label_of_several(labels: list[str]) -> str:
    return f" {_('eller')} ".join(labels) if len(labels) <= _MOST_SHARING else _("En anden person")


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
        rivals = {key for one in known if (key := key_of(one)) not in self._firsts}
        self._doubted = {first for first in self._firsts if any(rival.startswith(first + " ") for rival in rivals)}

    def is_called(self, name: str) -> bool:
        """Return whether a cell certainly means the person: the same name, or its first words."""
        if fold_name(name) == fold_name(self.name):
            return True
        core, remarks = split_remark(name)
        # A class or an age may follow the name. "Alma (mor)" is described by Alma's name, and is not Alma.
        if not (remarks <= self._remarks if self._remarks else all(re.search(r"\d", one) for one in remarks)):
            return False
        key = key_of(core)
        return key in self._firsts - self._doubted

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
        self._people = _People()
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
        person = self._people.called(key)
        return person.label if person else self.text(name)

    def text(self, text: str) -> str:
        """The text with the names of others replaced; a genitive stays a genitive."""
        text = nfc(text)
        pieces: list[str] = []
        done, before = 0, ""
        for found in self._finder.find(text):
            label = self._labels[found.key] if found.key in self._labels else _("En anden person")
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
        if not self.is_subject(name):
            self._people.place(name)

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
        return {word: _label_of_several(list(dict.fromkeys(labels))) for word, labels in single.items()} | whole

    def _by_initials(self) -> dict[str, str]:
        return {short: one.label for one in self._people for name in one.names if (short := initials(name))}
