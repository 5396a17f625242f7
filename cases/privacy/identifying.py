"""What in a typed text may tell who somebody is: numbers, addresses, user names, a class, words with a capital. Pure.

Nothing is decided here: each finding is shown to whoever wrote the text. A name in small letters is not found.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.privacy.harmless_words import HARMLESS_WORDS
from cases.privacy.person_names import ALSO_A_WORD, fold_name, is_ordinary, nfc

_TOKEN = re.compile(r"\S+")
_EDGES = ".,:;!?()[]{}<>«»„“”\"'’–—*…"
_WORD = re.compile(r"[^\W\d_](?:[\w'’-]*\w)?")
_PHONE = re.compile(r"(?<!\w)(?:\+|00)?\d(?:[ .\-/]{0,2}\d){6,14}(?!\w)")
_DATE = re.compile(r"\d{1,2}[ .\-/]{1,2}\d{1,2}[ .\-/]{1,2}(?:\d{2}|\d{4})|\d{4}-\d{2}-\d{2}")
_CLASS = re.compile(
    r"(?<![\w.,])\d{1,2}(?:"
    r"(?:\. ?| )?(?:klasse|årgang)\w{0,8}(?!\w)"
    r"|(?:\.? ?[A-HXYZ]|\.?[a-hxyz])(?![\w.]\w|\w))"
)
_HOUSE_NUMBER = re.compile(r" {1,3}\d{1,3}(?: ?[A-Za-z])?(?!\w)")
_POSTCODE = re.compile(r"(?<!\d)(?!19|20)\d{4} {1,3}[A-ZÆØÅ][\w-]{1,40}")
_STREET = re.compile(r"(?:vej|vejen|gade|gaden|allé|alle|stræde|strædet|vænge|vænget|boulevard)\Z")
_PLACE = re.compile(
    r"(?:ager|bakke|bakken|bro|eng|engen|gård|gården|have|haven|høj|kaj|park|parken|plads|skov|sti|stien|toft|toften|torv|"
    r"vang|vangen)\Z"
)
_NO_STREETS = "afvej genvej genvejen hovedvej klagevej omvej omvejen skolevej skolevejen udvej udvejen"
_NO_STREET = frozenset(_NO_STREETS.split())
_SITE = re.compile(r"https?://|www\.|[\w-]\.(?:dk|com|net|org|io|me|tv|eu|gg|se|no|de)(?:/|\Z)", re.IGNORECASE)
_LONGEST_ABBREVIATION = 3


class FindingKind(TextChoices):
    """What a finding looks like; the label stands in its place where it is taken out."""

    PHONE = "phone", _("telefonnummer")
    ADDRESS = "address", _("adresse")
    EMAIL = "email", _("e-mail")
    SITE = "site", _("netadresse")
    USER_NAME = "user_name", _("brugernavn")
    CLASS = "class", _("klasse")
    WORD = "word", _("navn")


@dataclass(frozen=True)
class Finding:
    """Something that may tell who it is, as it was written."""

    kind: FindingKind
    text: str

    @property
    def key(self) -> str:
        """Return the text in one spelling: what is the same is decided once."""
        return fold_name(self.text)


@dataclass(frozen=True)
class _Place:
    kind: FindingKind
    start: int
    end: int


def find_identifying(texts: Iterable[str]) -> list[Finding]:
    """Return what may tell who it is, each once, in the order of the texts."""
    found: dict[str, Finding] = {}
    for text in map(nfc, texts):
        for place in _places(text):
            finding = Finding(place.kind, text[place.start : place.end])
            found.setdefault(finding.key, finding)
    return list(found.values())


def without(text: str, removed: Iterable[str]) -> str:
    """Return the text with the kind in brackets in place of each finding whose key is among ``removed``."""
    text, gone = nfc(text), frozenset(removed)
    pieces, done = [], 0
    for place in _places(text):
        if fold_name(text[place.start : place.end]) in gone:
            pieces += [text[done : place.start], f"[{place.kind.label}]"]
            done = place.end
    return "".join([*pieces, text[done:]])


def _places(text: str) -> list[_Place]:
    """Return the findings without those that lie within an earlier kind, in the order of the text."""
    taken: list[_Place] = []
    covered = bytearray(len(text))
    for places in (_tokens(text), _addresses(text), _numbers(text), _capitals(text)):
        for place in places:
            if not any(covered[place.start : place.end]):
                covered[place.start : place.end] = b"\x01" * (place.end - place.start)
                taken.append(place)
    return sorted(taken, key=lambda place: place.start)


def _tokens(text: str) -> Iterator[_Place]:
    """Find what is told by its signs: e-mail, addresses of the net, user names."""
    for match in _TOKEN.finditer(text):
        bare = match[0].strip(_EDGES)
        start = match.start() + match[0].find(bare)
        if kind := _kind_of(bare):
            yield _Place(kind, start, start + len(bare))


def _kind_of(token: str) -> FindingKind | None:
    name, sign, rest = token.partition("@")
    if sign:
        return FindingKind.EMAIL if name and "." in rest else FindingKind.USER_NAME
    if _SITE.search(token):
        return FindingKind.SITE
    parts = token.split(".")
    is_dotted = len(parts) > 1 and all(map(str.isalnum, parts)) and token[0].isalpha()
    has_digit = token[:1].isalpha() and any(map(str.isdigit, token)) and not token.isdigit()
    if "_" in token.strip("_") or has_digit or (is_dotted and max(map(len, parts)) > _LONGEST_ABBREVIATION):
        return FindingKind.USER_NAME
    return None


def _addresses(text: str) -> Iterator[_Place]:
    """Find streets, a number of a house beside what may be one, and postcodes."""
    yield from (_Place(FindingKind.ADDRESS, *match.span()) for match in _POSTCODE.finditer(text))
    for match in _WORD.finditer(text):
        word = match[0].casefold()
        is_street = bool(_ending(_STREET, word)) and word not in _NO_STREET
        number = _HOUSE_NUMBER.match(text, match.end()) if is_street or _ending(_PLACE, word) else None
        if number or is_street:
            yield _Place(FindingKind.ADDRESS, match.start(), number.end() if number else match.end())


def _ending(pattern: re.Pattern[str], word: str) -> bool:
    """Return whether the word ends so, and is more than that ending."""
    match = pattern.search(word)
    return bool(match) and match.start() > 1  # type: ignore[union-attr]  # bool says so


def _numbers(text: str) -> Iterator[_Place]:
    for match in _PHONE.finditer(text):
        if not _DATE.fullmatch(match[0]):
            yield _Place(FindingKind.PHONE, *match.span())
    yield from (_Place(FindingKind.CLASS, *match.span()) for match in _CLASS.finditer(text))


def _capitals(text: str) -> Iterator[_Place]:
    """Find the words with a capital, at the beginning of a sentence too, that are not known as harmless."""
    for match in _WORD.finditer(text):
        if any(map(str.isupper, match[0][:2])) and not _is_harmless(fold_name(match[0])):
            yield _Place(FindingKind.WORD, *match.span())


def _is_harmless(word: str) -> bool:
    if word in ALSO_A_WORD:
        return False
    return word == "i" or word in HARMLESS_WORDS or word.removesuffix("s") in HARMLESS_WORDS or is_ordinary(word)
