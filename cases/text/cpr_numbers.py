"""Find CPR numbers in a text, however their ten digits are written.

The forms: six digits of a day (ddmmyy, or eight with the century 18, 19 or 20) and four digits. The day is written in
one piece, or parted at both places. Between day, month, year and number may stand one or two of the signs ``. / -``,
with white space around them or instead of them; before the number also ``_ : ·``, a comma alone, brackets, quotes and
a line break. Any digit, dash or width of character counts, and characters that are not seen are passed over. Modulus
11 is not checked: since 2007 numbers without it are issued.

Not counted, since it is something else:

- a day that no calendar has, and digits that are longer than this, or have a plus before them (a telephone number);
- digits in one piece in a web address: they are part of its path;
- a parted day of the last or next five years, then white space, then four digits: a day with a time, "21-11-2026 1430".
  An earlier day is a birthday, and counts;
- a parted day that continues a row of numbers: "10/11-12/11-2026", or telephone numbers in pairs, "20 11 12 20 2025".
"""

import re
import unicodedata
from functools import lru_cache

from django.utils import timezone

from cases.text.web_addresses import address_lookup

HIDDEN_CPR = "xxxxxx-xxxx"

_GAP = r"(\s?+[-./]{0,2}+\s?+)"
_WRAPPED = r"""[\s()\[\]{}<>"'*]{0,9}+"""
_CPR = re.compile(
    rf"(?<![\d+])(\d\d){_GAP}(\d\d){_GAP}((?:18|19|20)?\d\d)({_WRAPPED}[-./_:·]{{0,2}}+{_WRAPPED}|,)(\d{{4}})(?!\d)",
    re.ASCII,
)
_TEN_DIGITS = re.compile(r"\A(?:[^0-9]*+[0-9]){10}")
_WHITE = re.compile(r"\s")
_ROW_BEFORE = re.compile(r"\d[-./]$")
_PAIR_BEFORE = re.compile(r"\d\d\s$")
_FILLERS = frozenset("\u115f\u1160\u3164\u2800")
"""Letters and signs that show as nothing."""
_DASHES = frozenset("−⁃˗➖ー─")
_UNUSUAL = re.compile(r"[^ -~\t\n\ræøåÆØÅéÉüöä«»“”’…]")
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ADMINISTRATIVE = 60
"""In numbers of people outside the register 60 is added to the day."""
_RECENT_YEARS = 5


def find_cpr(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each possible CPR number in the text, in order; see above what counts."""
    if not _UNUSUAL.search(text):
        return _spans(text)
    forms = {sign: _plain_form(sign) for sign in set(text)}
    spans = _spans(text.translate({ord(sign): form for sign, form in forms.items()}))
    if not spans:
        return []
    places = [place for place, sign in enumerate(text) for _part in forms[sign]]
    return [(places[start], places[end - 1] + 1) for start, end in spans]


def without_cpr(text: str) -> str:
    """Return the text with ``HIDDEN_CPR`` in place of each CPR number."""
    spans = find_cpr(text)
    begins = [0, *(end for _start, end in spans)]
    ends = [*(start for start, _end in spans), len(text)]
    return HIDDEN_CPR.join(text[begin:end] for begin, end in zip(begins, ends, strict=True))


@lru_cache(maxsize=4096)
def _plain_form(sign: str) -> str:
    """Return the character with ASCII digits and dashes, of ordinary width; "" for one that is not seen."""
    return "".join(_plain_part(part) for part in unicodedata.normalize("NFKC", sign))


def _plain_part(part: str) -> str:
    if part.isspace():
        return part if part in "\n\r" else " "
    if part in _FILLERS:
        return ""
    category = unicodedata.category(part)
    if category in {"Cc", "Cf", "Mn", "Me"}:
        return ""
    if category == "Pd" or part in _DASHES:
        return "-"
    return str(unicodedata.digit(part, part))


def _spans(plain: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    if not _TEN_DIGITS.match(plain):
        return spans
    in_address = address_lookup(plain)
    place = 0
    while match := _CPR.search(plain, place):
        joined = not any(match.group(2, 4, 6))
        if _is_cpr(match) and not (joined and in_address(match.start())):
            spans.append(match.span())
            place = match.end()
        else:
            place = match.start() + 1
    return spans


def _is_cpr(match: re.Match[str]) -> bool:
    day, first, month, second, year, join, _number = match.groups()
    if not _is_day(int(day), int(month)) or bool(first) != bool(second):
        return False
    if not first:
        return True
    if _WHITE.search(join) and _is_recent(year):
        return False
    before = match.string[max(0, match.start() - 3) : match.start()]
    return not (_ROW_BEFORE.search(before) or ((first + second + join).isspace() and _PAIR_BEFORE.search(before)))


def _is_day(day: int, month: int) -> bool:
    if day > _ADMINISTRATIVE:
        day -= _ADMINISTRATIVE
    return 1 <= month <= 12 and 1 <= day <= _LONGEST_MONTH[month - 1]


def _is_recent(year: str) -> bool:
    this_year = timezone.localdate().year
    return abs(int(year if len(year) == 4 else f"20{year}") - this_year) <= _RECENT_YEARS
