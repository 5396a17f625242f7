"""Names as people write them in a case: which words tell who it is, and where a case says who somebody is. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from cases.log.entry_text import all_rows, all_tables
from cases.log.entry_types import NoteContent, StepContent

_SPLIT = re.compile(r"(?<!\s)\s++(?:og|samt|and)\s++|[,;&+/]")
_OPENING = re.compile(r"[(\[]")
_CLOSING = {"(": ")", "[": "]"}
_TAIL = re.compile(r",\s*\d")
_SENTENCE = re.compile(r"(?<=[\w)]{2})[.:!?]+(?:\s|$)|\n")
_NO_LETTER = re.compile(r"[^\w'’-]|[\d_]")
_EDGES = ".,:;!?()[]«»„“”\"'’"

# Words that are written in place of a name: alone they are not masked.
_NO_NAME = """
af al anonym barn barnet bin bror børn da de del den dreng drengen du el elev eleven elever en et far faren for forælder
forældre fra fru hr i ingen klasse klassen klasselærer klasselæreren kæreste kæresten leder lederen lærer læreren med
mellem mor moren og pedel person personen pige pigen på pædagog rektor skole skolen skoleleder ssp søster til ukendt van
ven vennen veninde veninden vikar von
"""
# Those of them that may be part of a name all the same.
_PARTICLES = frozenset({"al", "bin", "da", "de", "del", "du", "el", "van", "von"})
# After these comes somebody else's name: "Mor til Alma" is not Alma.
_BELONGING = frozenset({"af", "for", "hos", "med", "til"})
# What staff are called by, alone or at the end of a longer word.
_TITLE = re.compile(
    r"(?<!\w)\w*(?:assistent|behandler|betjent|inspektør|konsulent|koordinator|leder|lærer|medarbejder|plejerske|psykolog|"
    r"pædagog|rådgiver|vejleder)(?:e|en|n|ne|erne)?s?"
)
# What else people write when asked who: no name is taken out of these, though one of a list may be called so.
_SAID_OF_PEOPLE = """
afdelingen akt alle allerede altid anden andre at bare bedstefar bedstemor begge berørte bestyrelsen billedet bliver
bonusfar bonusmor bør børnene børns de dem denne der deres det dette din dine discord dog drenge drengene drengens
efter egen elevens eleverne eller ellers endnu ene er et facebook familie familieafdelingen familien familiens farfar
farmor fem fire flere forsikring forsikringen forvaltningen forældremyndighed forældrene frk fædre før først gamle
gerne google gruppe gruppen gymnasiet ham han har hel hele heller hende hendes henter her hjemmet hun hvem hver
hverken hvis hvor ikke ind ingen instagram ja jeg jer jeres kammerat kammerater kan klassekammerat klassekammerater
kommune kommunen kommunens kun ledelsen lige lillebror lillesøster læge lægen man mange mens messenger mest mig min
mine mit modtagelsen morfar mormor muligvis måske mødre nabo naboen nej no nogen nogle nok nu ny nye når ofte om os
papfar papmor pedellen pigens piger pigerne plejefar plejemor politi politiet ppr pressen psyk resten ringede sammen
se selv selve senere siden sig sin sit skal skoleledelsen snapchat snart socialforvaltningen som stadig stedfar
stedmor storebror storesøster sundhedsplejen søskende telegram tiktok to tre tv ud uden ukendt ukendte under unge ved
veninder veninderne venner vennerne vi via vil vist vistnok voksen voksne vores være whatsapp youtube årgang årgangen
"""
# Before these a genitive is somebody's: "Emils mor".
_KIN = """
bror bedstefar bedstemor far farfar farmor forælder forældre fædre kammerat kammerater kæreste lillebror lillesøster mor
morfar mormor mødre storebror storesøster søskende søster ven veninde veninder venner vikar
"""
# A name before one of these is that of a place: "Ankerup Skole".
_PLACES = "efterskole friskole gymnasium hospital kommune kommunes politi privatskole skole skoles"
# Names that are words too: they count as names only with a capital, or "i dag" would become "i Person 3".
_WORDS_TOO = """
april ask august bak bang birk bjørn bo bonde bro dag dam dan due eg falk finn friis gade hald hans have holm holt juli
juni kaj kjær krone lind liv lund lykke mad maj mark my møller nord palle per pil ravn rose sine skov skytte smed sol
sommer sten storm svane syd sønder tom ulv vang vest vinter øst
"""
_NOT_A_NAME = frozenset(_NO_NAME.split())
_OF_SOMEBODY, _OF_A_PLACE = frozenset(_KIN.split()), frozenset(_PLACES.split())
_NOT_TAKEN = _NOT_A_NAME | frozenset(_SAID_OF_PEOPLE.split())
ALSO_A_WORD = frozenset(_WORDS_TOO.split())

# Signs that look alike count as the same: dashes, quotes, an i with and without its dot.
_ALIKE = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("’‘´`", "'") | {"ı": "i", "\u0307": ""})


@lru_cache(maxsize=4096)
def _fold_sign(sign: str) -> str:
    if unicodedata.category(sign) == "Cf":  # a soft hyphen or a joiner: not seen, and no part of a name
        return ""
    return unicodedata.normalize("NFKC", sign).casefold().translate(_ALIKE)


def folded(text: str) -> tuple[str, list[int]]:
    """The text in one spelling, and for each of its signs the place in ``text`` that it comes from."""
    signs, places = [], []
    for place, sign in enumerate(text):
        folded = _fold_sign(sign)
        signs.append(folded)
        places += [place] * len(folded)
    return "".join(signs), places


def fold_name(text: str) -> str:
    """One spelling for comparing: one form of å, ß and ﬁ, no difference of case, single spaces."""
    return " ".join("".join(map(_fold_sign, nfc(text))).split())


def nfc(text: str) -> str:
    """The text in the form that ``Finder`` reads."""
    return unicodedata.normalize("NFC", text)


def key_of(name: str) -> str:
    """Return the name in one spelling, "Anne-Marie" and "Anne Marie" alike."""
    return re.sub(r"(?<=\w)[\s-]+(?=\w)", " ", fold_name(name))


def _bracketed(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each bracket that ends in the same line begins and ends."""
    line_start = 0
    for line in text.split("\n"):
        place = 0
        missing: set[str] = set()
        while opening := _OPENING.search(line, place):
            place = opening.end()
            closing = _CLOSING[opening[0]]
            end = -1 if closing in missing else line.find(closing, place)
            if end < 0:
                missing.add(closing)
            else:
                place = end + 1
                yield line_start + opening.start(), line_start + place
        line_start += len(line) + 1


def _remarks(name: str) -> list[tuple[int, int]]:
    """Return where what is said beside a name begins and ends: in brackets, or a number after the last comma."""
    comma = name.rfind(",")
    tail = comma if comma >= 0 and _TAIL.match(name, comma) else len(name)
    found = [(start, end) for start, end in _bracketed(name) if start < tail]
    if tail < len(name) and not (found and found[-1][1] > tail):
        found.append((tail, len(name)))
    return found


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return the text with a space in place of each span."""
    pieces, done = [], 0
    for start, end in spans:
        pieces.append(text[done:start])
        done = end
    return " ".join([*pieces, text[done:]])


def names_in(cell: str) -> list[str]:
    """The names that a cell such as "Alma Berg (7.b) og Bo" holds, without what is said about them."""
    parts = (" ".join(part.split()) for part in _SPLIT.split(_without(cell, _bracketed(cell))))
    return [part for part in parts if part and not part[0].isdigit()]


def _words(name: str) -> list[str]:
    return [word.strip(_EDGES) for word in fold_name(name).split()]


def is_ordinary(word: str) -> bool:
    """Return whether a folded word is a role or a relation, not a name."""
    return word in _NOT_A_NAME or bool(_TITLE.fullmatch(word))


def name_words(name: str) -> list[str]:
    """The words of a name that tell who it is; an ordinary word such as "elev" is none."""
    return [word for word in _words(name) if len(word) > 1 and not _NO_LETTER.search(word) and not is_ordinary(word)]


def has_role(name: str) -> bool:
    """Return whether a role or a relation is in the name: "Hr. Berg", "Mor til Alma"."""
    return any(is_ordinary(word) and word not in _PARTICLES for word in _words(name))


def relation_target(name: str) -> str:
    """The name of another that a relation goes to: Alma's of "Mor til Alma"; empty where there is none."""
    words = name.split()
    telling = [bool(name_words(word)) for word in words]
    last = max((number for number, is_telling in enumerate(telling) if is_telling), default=-1)
    for number, word in enumerate(words[: max(last, 0)]):
        if fold_name(word) in _BELONGING:
            return " ".join(words[number + 1 :])
    return ""


def initials(name: str) -> str:
    """The name without a last dot, where none of its words tells who it is ("E.H.", "B"); else empty."""
    short = name.strip().rstrip(".")
    fits = short[:1].isupper() and not re.search(r"\s", short) and not name_words(short)
    return short if fits and not is_ordinary(fold_name(short).strip(_EDGES)) else ""


def split_remark(name: str) -> tuple[str, set[str]]:
    """The name, and what is said beside it: "Alma Berg (7.b)" and "Alma Berg, 7.b" are the same."""
    spans = _remarks(name)
    return " ".join(_without(name, spans).split()), {fold_name(name[start:end].strip(" ,()[]")) for start, end in spans}


# --- Names that nobody put in a list ----------------------------------------------------------------------------------


def proper_names(text: str) -> list[str]:
    """Names in a field where people write who it is: "Emil Holm" of "Emil Holm fra 8.b", both of "emil og bo"."""
    parts = [part.split() for part in _SPLIT.split(re.sub(r"[()\[\]]", ",", _SENTENCE.sub(",", text)))]
    found = [name for words in parts for name in _capitalised(words)]
    return list(dict.fromkeys(found or [name for words in parts for name in _written_small(words)]))


def proper_names_in_sentences(text: str) -> list[str]:
    """Names in sentences: as ``proper_names``, but not a lone capital at the beginning."""
    sentences = [_SPLIT.split(re.sub(r"[()\[\]]", ",", one)) for one in _SENTENCE.split(text)]
    found: list[str] = []
    for first, *others in sentences:
        words = first.split()
        begins = _capitalised(words)
        alone = len(words) > 1 and not words[1][:1].isupper() and begins and begins[0] == words[0].strip(_EDGES)
        found += begins[1:] if alone else begins
        found += [name for part in others for name in _capitalised(part.split())]
    return list(dict.fromkeys(found))


def _capitalised(words: Sequence[str]) -> list[str]:
    """Every unbroken run of words that can be names; of "Emils mor" it is Emil."""
    runs: list[list[str]] = [[]]
    for word in words:
        bare = word.strip(_EDGES)
        if bare[:1].isupper() and _may_be_taken(fold_name(bare)):
            runs[-1].append(bare)
            continue
        if runs[-1] and fold_name(bare) in _OF_A_PLACE:
            runs[-1].clear()
        elif runs[-1] and (fold_name(bare) in _OF_SOMEBODY or _TITLE.fullmatch(fold_name(bare))):
            runs[-1][-1] = _bearer(runs[-1][-1])
        runs.append([])
    return [" ".join(run) for run in runs if run]


def _written_small(words: Sequence[str]) -> list[str]:
    """A name without a capital: one or two words that are no ordinary ones, up to a remark."""
    bare = [word.strip(_EDGES) for word in words]
    until = next((number for number, word in enumerate(bare) if word in _BELONGING | {"fra", "i", "på"}), len(bare))
    name = bare[:until]
    fits = 0 < len(name) <= 2 and all(
        _may_be_taken(one) and one.islower() and not _DEFINITE.search(one) for one in name
    )
    return [" ".join(name)] if fits else []


_DEFINITE = re.compile(r"(?:(?<!s)en|et|erne)s?$")


def _may_be_taken(word: str) -> bool:
    return bool(name_words(word)) and (
        word in ALSO_A_WORD or not (word in _NOT_TAKEN or word.rstrip("s") in _NOT_TAKEN)
    )


def _bearer(genitive: str) -> str:
    """Emil of "Emils"; never a word such as "han" of "Hans"."""
    name = re.sub(r"(?<=\w\w)(?:['’]?s|['’])$", "", genitive)
    return name if _may_be_taken(fold_name(name)) else genitive


# --- In a case --------------------------------------------------------------------------------------------------------


def names_in_tables(steps: Iterable[StepContent]) -> list[str]:
    """The names in the lists of people, as written, each once, in the order in which they came."""
    found: dict[str, str] = {}
    for table in (table for content in steps for table in all_tables(content) if table["about_person"]):
        for row in table["rows"]:
            found.setdefault(row[0].strip().casefold(), row[0].strip())
    found.pop("", None)
    return list(found.values())


def names_in_answers(steps: Iterable[StepContent], notes: Iterable[NoteContent]) -> list[str]:
    """The names in the answers that say who did, has or knows something, without being on a list of people."""
    found = [name for content in steps for names, text in _answers(content) for name in _READ_NAMES[names](text)]
    return list(dict.fromkeys([*found, *(name for note in notes for name in proper_names(note["who"]))]))


def user_names(content: StepContent) -> Iterator[str]:
    """The user names and profiles that a step holds: they identify somebody as a name does."""
    return (text for names, text in _answers(content) if names == "handle")


def _answers(content: StepContent) -> Iterator[tuple[str, str]]:
    """Every answer that names people, and how (``FrozenRow``), but for the first column of lists of people."""
    yield from ((row["names"], row["answer"]) for row in all_rows(content) if row["names"] and row["known"])
    for table in all_tables(content):
        for row in table["rows"]:
            for place, (names, text) in enumerate(zip(table["column_names"], row, strict=True)):
                if names and not (place == 0 and table["about_person"]):
                    yield names, text


_READ_NAMES: Mapping[str, Callable[[str], list[str]]] = {
    "who": proper_names,
    "sentences": proper_names_in_sentences,
    "handle": lambda text: [],
}
