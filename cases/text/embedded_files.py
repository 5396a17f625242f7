"""Find files that are written as text: ``data:`` addresses, and base64 without one.

Base64 is a run of at least 200 letters, digits and ``+ / = - _``, broken by white space only, in pieces of at least 40,
with capitals, small letters and digits among at least 30 different characters: "hahaha…" and a row of dashes are none.
A web address may hold such a run of up to 2,000 characters.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from cases.text.web_addresses import address_lookup

Span = tuple[int, int]

RUN_LENGTH: Final = 200
RUN_LENGTH_IN_ADDRESS: Final = 2_000
_DIFFERENT: Final = 30

_DATA: Final = re.compile(
    r"data:\s{0,20}+((?:[\w.+-]{1,100}+/[\w.+-]{0,100}+)?+(?:;[^,;]{0,100}+){0,10}+)(,?)", re.IGNORECASE
)
_MEDIA: Final = ("image/", "video/", "audio/")
_REST: Final = re.compile(r"[a-z0-9+/=%]*+(?:[\r\n]{1,2}+[a-z0-9+/=]{40,}+)*+", re.IGNORECASE)
_PIECE: Final = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/=_-]{40,}+")


def holds_file(text: str) -> bool:
    """Return whether a file is written in the text."""
    return holds_data_uri(text) or (len(text) >= RUN_LENGTH and any(True for _span in _base64_runs(text)))


def holds_data_uri(text: str) -> bool:
    """Return whether a ``data:`` address is written in the text."""
    return ":" in text and any(True for _span in _data_uris(text))


def without_files(text: str) -> str:
    """Return the text without the files in it."""
    return _without(_without(text, _data_uris), _base64_runs)


def _without(text: str, find: Callable[[str], Iterator[Span]]) -> str:
    pieces, done = [], 0
    for start, end in find(text):
        pieces.append(text[done:start])
        done = end
    return "".join([*pieces, text[done:]])


def _data_uris(text: str) -> Iterator[Span]:
    """Yield where each ``data:`` address stands: any picture, video or sound, any base64, or a type and a comma."""
    if "data:" not in text.lower():
        return
    place = 0
    while match := _DATA.search(text, place):
        place = match.start() + len("data:")
        if _is_data_uri(match) and (rest := _REST.match(text, match.end())):
            place = rest.end()
            yield match.start(), place


def _is_data_uri(match: re.Match[str]) -> bool:
    header = match[1].lower()
    if header.startswith(_MEDIA):
        return True
    if not match[2]:
        return False
    if header.rpartition(";")[2].strip() == "base64":
        return True
    before, after = match.string[match.start() - 1 : match.start()], match.string[match.end() : match.end() + 1]
    is_word = before.isalnum() or before == "_"
    return bool(after.strip()) and not is_word and not any(map(str.isspace, match[0]))


def _base64_runs(text: str) -> Iterator[Span]:
    """Yield where each long run of base64 stands."""
    in_address = address_lookup(text)
    for start, end in _runs(text):
        least = RUN_LENGTH_IN_ADDRESS if in_address(start) else RUN_LENGTH
        if end - start >= least and _looks_random(text[start:end]):
            yield start, end


def _runs(text: str) -> Iterator[Span]:
    """Yield where pieces that only white space parts begin and end."""
    start = end = 0
    for match in _PIECE.finditer(text):
        if end and text[end : match.start()].isspace():
            end = match.end()
            continue
        if end:
            yield start, end
        start, end = match.span()
    if end:
        yield start, end


def _looks_random(run: str) -> bool:
    signs = set(run)
    kinds = (str.isupper, str.islower, str.isdigit)
    return len(signs) >= _DIFFERENT and all(any(map(kind, signs)) for kind in kinds)
