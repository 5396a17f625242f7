"""Names of others out of a text that one person may read: "Person 1", "Person 2", the same one each time. Pure.

It knows only the names it is given. A nickname, a slip of the pen or "the tall one from 8.b" goes past it, so a human
reads the result before it is handed out, and the page says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

_SPLIT = re.compile(r"\s+(?:og|samt|and)\s+|[,;&+/]")
_ASIDE = re.compile(r"\(.*?\)|\[.*?\]")
_NO_LETTER = re.compile(r"[^\w'’-]|[\d_]")
_GENITIVE = r"(?:['’]s|s|['’])?"

# Words that stand in a name's place without being a name: alone they are left as they are.
_NO_NAME = """
af al anonym barn barnet bin bror børn da de del den dreng drengen du el elev eleven elever en et far faren forælder
forældre fra fru hr i ingen klasse klassen klasselærer klasselæreren kæreste kæresten leder lederen lærer læreren mellem
mor moren og pedel person personen pige pigen på pædagog rektor skole skolen skoleleder ssp søster til ukendt van ven
vennen veninde veninden vikar von
"""
# Names that are words too: they count as names only with a capital, or "i dag" would become "i Person 3".
_WORDS_TOO = """
april ask august bak bang birk bjørn bo bonde bro dag dam dan due eg falk finn friis gade hald hans have holm holt juli
juni kaj kjær krone lind liv lund lykke maj mark my møller nord palle per pil ravn rose skov skytte smed sol sommer sten
storm svane syd sønder tom ulv vang vest vinter øst
"""
_NOT_A_NAME = frozenset(_NO_NAME.split())
ALSO_A_WORD = frozenset(_WORDS_TOO.split())


def fold(text: str) -> str:
    """One spelling for comparing: one form of å, no difference of case, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def names_in(cell: str) -> list[str]:
    """The names that a cell such as "Alma Berg (7.b) og Bo" holds, without what is said about them."""
    parts = (" ".join(part.split()) for part in _SPLIT.split(_ASIDE.sub(" ", cell)))
    return [part for part in parts if part]


def _tokens(name: str) -> list[str]:
    """The words of a name by which somebody may be meant."""
    return [word for word in fold(name).split() if len(word) > 1 and not _NO_LETTER.search(word)]


def telling(name: str) -> list[str]:
    """The words of a name that tell who it is; an ordinary word such as "elev" is none."""
    return [word for word in _tokens(name) if word not in _NOT_A_NAME]


@dataclass
class _Person:
    label: str
    names: list[str] = field(default_factory=list)

    def words(self) -> set[str]:
        return {word for name in self.names for word in telling(name)}


class Masks:
    """The names of a case as one person may see them: the own one stands, all others become labels."""

    def __init__(self, subject: str, others: Iterable[str], handles: Iterable[str] = ()) -> None:
        """``others`` in the order in which they are to be numbered, the subject among them does no harm."""
        self.subject = " ".join(subject.split())
        self._own = set(telling(subject))
        self._people: list[_Person] = []
        for name in others:
            if not self.is_subject(name):
                self._place(name)
        self._labels = self._by_phrase()
        own_handles = {fold(self.subject)}
        for number, handle in enumerate(dict.fromkeys(fold(h) for h in handles if h.strip()), start=1):
            if handle not in own_handles:
                self._labels.setdefault(handle, _("Brugernavn %(number)d") % {"number": number})
        self._pattern = _pattern(self._labels)
        self._mention = _pattern(dict.fromkeys([fold(self.subject), *self._own], ""))

    def is_subject(self, name: str) -> bool:
        """Whether a name in a table is the subject's: the same, or a part of it, such as the first name alone."""
        if fold(name) == fold(self.subject):
            return True
        words = set(telling(name))
        return bool(words) and words <= self._own

    def label(self, name: str) -> str:
        """What stands in the place of a cell with names; the subject's own name stays, what is said beside goes."""
        if self.is_subject(name):
            return name
        return ", ".join(dict.fromkeys(self._label_of(part) for part in names_in(name) or [name]))

    def _label_of(self, name: str) -> str:
        for person in self._people:
            if fold(name) in map(fold, person.names):
                return person.label
        return self.text(name)

    def text(self, text: str) -> str:
        """The text with the names of others replaced; a genitive stays a genitive."""
        return self._pattern.sub(self._replace, unicodedata.normalize("NFC", text)) if self._pattern else text

    def mentions_subject(self, text: str) -> bool:
        """Whether the text names the person, wholly or in part."""
        found = self._mention.finditer(unicodedata.normalize("NFC", text)) if self._mention else ()
        return any(not _is_plain_word(match["name"]) for match in found)

    @property
    def shared(self) -> tuple[str, ...]:
        """Words of the subject's name that are also another's: they are left standing, and have to be looked at."""
        return tuple(sorted({word for person in self._people for word in person.words() & self._own}))

    def _place(self, name: str) -> None:
        words = set(telling(name))
        same = [one for one in self._people if fold(name) in map(fold, one.names)]
        if not same and words:
            same = [one for one in self._people if words <= one.words() or (one.words() and one.words() <= words)]
        if len(same) == 1:
            same[0].names.append(name)
        elif not same:
            label = _("Person %(number)d") % {"number": len(self._people) + 1}
            self._people.append(_Person(label, [name]))

    def _by_phrase(self) -> dict[str, str]:
        """Folded phrase -> label; a word that several others share names all of them."""
        whole: dict[str, str] = {}
        single: dict[str, list[str]] = {}
        for person in self._people:
            for name in person.names:
                if len(fold(name).split()) > 1:
                    whole.setdefault(fold(name), person.label)
            for word in sorted(person.words() - self._own):
                single.setdefault(word, []).append(person.label)
        return {word: f" {_('eller')} ".join(dict.fromkeys(labels)) for word, labels in single.items()} | whole

    def _replace(self, match: re.Match[str]) -> str:
        if _is_plain_word(match["name"]):
            return match[0]
        label = self._labels.get(fold(match["name"]), _("En anden person"))
        return label + ("s" if match["end"] else "")


def _is_plain_word(found: str) -> bool:
    """Whether what looks like a name is more likely an ordinary word."""
    return fold(found) in ALSO_A_WORD and found[:1].islower()


def _pattern(phrases: dict[str, str]) -> re.Pattern[str] | None:
    """Whole words only, the longest first; between the words of a name there may be any space."""
    wanted = sorted((phrase for phrase in phrases if phrase), key=lambda phrase: (-len(phrase), phrase))
    if not wanted:
        return None
    any_of = "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in wanted)
    return re.compile(rf"(?<!\w)(?P<name>{any_of})(?P<end>{_GENITIVE})(?!\w)", re.IGNORECASE)


def proper_names(text: str) -> Sequence[str]:
    """Names in a field where people write who was there: up to three words, each with a capital, none with a digit."""
    return [
        name
        for name in names_in(text)
        if len(words := name.split()) <= 3
        and all(word[:1].isupper() and not any(sign.isdigit() for sign in word) for word in words)
        and telling(name)
    ]
