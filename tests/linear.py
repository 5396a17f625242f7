"""Hostile text, and whether reading it costs linear time. What reads it is found by tests/cases/text/test_linear.py."""

import gc
import re
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from re import _parser  # type: ignore[attr-defined]  # what a pattern is made of is told nowhere else
from typing import Any

from tests.figures import amount

SIZES = (64, 1_024, amount(16_384, 65_536))
"""Characters: an exponential pattern shows at the first, a quadratic one at the last."""
GROWTH = 2.5
"""How much longer twice the text may take; measured over two doublings, where noise counts for less."""
JUDGED_FROM = 0.03
"""Seconds. What takes less at the last size is not superlinear: the square of it is a hundred million steps."""
AT_MOST = 1e-5
"""Seconds for each character, of what reads character by character in Python, on a usual machine."""
USUAL = 5e-8
"""Seconds that a usual machine takes for the least that can be done with a character."""


def slowness() -> float:
    """Return how many times longer than a usual machine this one takes now, at least 1."""
    text = "a" * SIZES[-1]
    return max(1.0, min(_seconds_of(_read_each, text) for _try in range(3)) / len(text) / USUAL)


def _read_each(text: str) -> int:
    return sum(1 for sign in text if sign.isalnum())


def _seconds_of(read: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    read(text)
    return time.process_time() - began


STUCK = amount(1, 5) * slowness()
"""Seconds of the processor after which a reading is given up."""

FRAGMENTS = (
    "data:a/b;",
    "data:",
    "data:a/b;data:;base64 ",
    "www.a 0101011234 ",
    "0101011234",
    "01 01 01 ",
    "01.01.2012 ",
    "010112((( - ",
    "①",
    "a\u00ad",
    "A1b/",
    "e\u0301",
    " ",
    "\n",
    "a",
    "A. ",
    "1",
    "(",
    "[(",
    "Alma ",
    "B ",
    "Mor til ",
    "til og ",
    "Emils mor, ",
    "alma-",
    "' ",
    ", 1",
    "www.",
    "http://",
    "charset=",
    "charset= ;",
    "%",
    "<",
    "\ud800",
    "\x00",
    "\\",
)
_SIGNS = "a1 A-.,;:/=(_\n'\"æ%+\x00"


class Stuck(BaseException):
    """It took longer than anything may."""


@contextmanager
def _time_limit() -> Iterator[None]:
    def give_up(_number: int, _frame: object) -> None:
        raise Stuck

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, STUCK)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _seconds(read: Callable[[str], object], text: str) -> float:
    def refused_or_read(text: str) -> None:
        with _time_limit(), suppress(Exception):  # a refusal: how long it took is asked, not what came of it
            read(text)

    return _seconds_of(refused_or_read, text)


def fault(read: Callable[[str], object], make: Callable[[int], str]) -> str:
    """What is wrong with the time that ``read`` takes for ``make(size)``; "" when it is linear and short."""
    gc.disable()  # it begins when it likes, and takes longer the more there is
    try:
        for size in SIZES:
            taken = _seconds(read, make(size))
        if taken < JUDGED_FROM:
            return ""
        sizes = [SIZES[-1] // 2, 2 * SIZES[-1]]
        # The machine has other work too: the least of ten attempts counts, and near the bound, of ten others. A machine
        # that was quick for the shorter text alone is not so three times.
        for _round in range(3):
            times = [STUCK, STUCK]
            for attempt in range(10):
                times = [min(before, _seconds(read, make(size))) for before, size in zip(times, sizes, strict=True)]
                if times[1] <= GROWTH**2 * times[0] and times[1] <= AT_MOST * sizes[1] * slowness():
                    return ""
                if attempt > 1 and times[1] > 2 * GROWTH**2 * times[0]:
                    break
            if times[1] > 2 * GROWTH**2 * times[0]:
                break
    except Stuck:
        return f"{len(make(SIZES[0]))} or more characters: stuck"
    finally:
        gc.enable()
    return ", ".join(f"{size} characters: {1000 * taken:.0f} ms" for size, taken in zip(sizes, times, strict=True))


def repeated(start: str, part: str, end: str) -> Callable[[int], str]:
    """Make text of a size, of one part over and over."""
    return lambda size: start + part * (size // len(part)) + end


def hostile(pattern: re.Pattern[str] | None = None) -> Iterator[Callable[[int], str]]:
    """Makers of text to stall a pattern: its own parts, alone, in pairs and after its beginning, and ``FRAGMENTS``."""
    parts = list(dict.fromkeys(filter(None, _parts(pattern)))) if pattern else []
    parts = [part for part in parts if len(part) <= 100][: amount(9, 24)]
    for part in [*parts, *FRAGMENTS]:
        yield repeated("", part, "!")
    for part in parts[: amount(6, 24)]:
        yield repeated(parts[0], part, "\n")
    for first in parts[: amount(5, 8)]:
        for second in parts[: amount(5, 8)]:
            if first != second:
                yield repeated("", first + second, "!")


def _parts(pattern: re.Pattern[str]) -> list[str]:
    """Samples of what each part of the pattern matches, and of what it begins with."""
    tree = _parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    found: list[str] = [_sample(tree)]
    _collect(tree, found)
    return found


def _collect(tree: Any, found: list[str]) -> None:
    for number, (_code, argument) in enumerate(tree):
        found += [_sample([tree[number]]), _sample(list(tree)[: number + 1])]
        for inner in _trees(argument):
            _collect(inner, found)


def _trees(argument: Any) -> Iterator[Any]:
    """The parts that stand in a part."""
    if isinstance(argument, _parser.SubPattern):
        yield argument
    elif isinstance(argument, tuple | list):
        for one in argument:
            yield from _trees(one)


def _sample(tree: Iterable[Any]) -> str:
    return "".join(_sample_of(str(code), argument) for code, argument in tree)


def _sample_of(code: str, argument: Any) -> str:
    if code == "LITERAL":
        return chr(argument)
    if code in {"IN", "NOT_LITERAL", "ANY"}:
        return next((sign for sign in _candidates(argument) if _takes(code, argument, sign)), "a")
    if code in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        return _sample(argument[2]) * max(1, min(argument[0], 100))
    if code in {"ASSERT", "ASSERT_NOT", "AT", "GROUPREF"}:
        return ""
    return _sample(next(_trees(argument), ()))


def _candidates(argument: Any) -> str:
    own = [one for one in argument if isinstance(one, tuple)] if isinstance(argument, list) else []
    return (
        "".join(chr(value if str(name) == "LITERAL" else value[0]) for name, value in own if str(name) in _NAMED)
        + _SIGNS
    )


_NAMED = {"LITERAL", "RANGE"}
_CATEGORIES: dict[str, Callable[[str], bool]] = {
    "DIGIT": str.isdigit,
    "SPACE": str.isspace,
    "WORD": lambda sign: sign.isalnum() or sign == "_",
}


def _takes(code: str, argument: Any, sign: str) -> bool:
    if code != "IN":
        return code == "ANY" or sign != chr(argument)
    negated, found = False, False
    for name, value in ((str(name), value) for name, value in argument):
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            found |= sign == chr(value)
        elif name == "RANGE":
            found |= value[0] <= ord(sign) <= value[1]
        elif name == "CATEGORY":
            word = str(value).removeprefix("CATEGORY_")
            found |= _CATEGORIES[word.removeprefix("NOT_")](sign) != word.startswith("NOT_")
    return found != negated
