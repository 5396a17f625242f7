"""What every fuzzing needs: how a body is written, what counts as a fault, and how much was tried."""

import gzip
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from itertools import product
from math import gcd
from urllib.parse import quote_plus

from django.http import HttpResponse

from tests.attack import naughty
from tests.attack.actions import Body
from tests.attack.walk import seen

VALUES = {**naughty.MARKUP, **naughty.TEXTS}
tried: Counter[str] = Counter()


def encoded(body: Body) -> str:
    """The body as bytes that a client may send, whatever it holds: lone surrogates too."""
    pairs = [(name, value) for name, values in body.items() for value in values]
    return "&".join(
        f"{quote_plus(n, errors='surrogatepass')}={quote_plus(v, errors='surrogatepass')}" for n, v in pairs
    )


class Alive(HTMLParser):
    """Looks for what a browser would obey: a marked word may stand as text and as the value of a field only."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag if tag in {"script", "style"} else ""
        for name, value in attrs:
            text = f"{name} {value or ''}"
            if naughty.MARK in text and name not in {"value", "name", "aria-label"} and not _is_own(name, value or ""):
                self.found.append(f"<{tag} {name}={value}>")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside and naughty.MARK in data:
            self.found.append(f"{self.inside}: {data[:80]}")


def _is_own(name: str, value: str) -> bool:
    """Whether it is a link within the site, such as a list's to its next page: what it carries is escaped in it."""
    return name in {"href", "action"} and re.match(r"\?|/(?!/)", value) is not None and '"' not in value


def faults(response: HttpResponse) -> list[str]:
    """What is wrong with an answer: a fault of the server, or something alive in the page."""
    if response.headers.get("Content-Encoding") == "gzip":
        response.content = gzip.decompress(response.content)
    raw = seen(response)
    wrong = [f"status {response.status_code}"] if response.status_code >= 500 else []
    if "html" in response.headers.get("Content-Type", ""):
        text = raw.decode().partition("\n\n")[2] or raw.decode()
        reader = Alive()
        reader.feed(text)
        wrong += reader.found
        wrong += [what for what in (naughty.EXECUTED, "1337") if what == naughty.EXECUTED and what in text]
    if any("fugle" in f"{name}{value}" for name, value in response.headers.items() if name != "Location"):
        wrong.append("in a header")
    return wrong


def chosen(names: Sequence[str], values: Mapping[str, str], most: int) -> list[tuple[str, tuple[str, str]]]:
    """At most so many pairs of a name and a value, even over both: a step that shares a factor skips values for all."""
    pairs = list(product(names, values.items()))
    step = -(-len(pairs) // most) or 1
    while gcd(step, len(values)) > 1:
        step += 1
    return pairs[::step]
