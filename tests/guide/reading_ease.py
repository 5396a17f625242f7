"""How hard a page is to read: LIX, the words of a sentence plus the percentage of words of more than six letters.

A sentence ends by its punctuation, not by the element that it stands in. What has none, as a title in a list or the
name of a choice, is no sentence and left out.
"""

import re
from html.parser import HTMLParser

MOST = 35
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_END = re.compile(r"[.!?:](?=\s|$)")
_INLINE = {"a", "abbr", "b", "em", "i", "small", "span", "strong", "svg", "time"}
_VOID = {"br", "hr", "img", "input", "link", "meta", "wbr"}
# What leads elsewhere, what was typed, and what stands on paper only.
_LEFT_OUT = {"nav", "script", "button", "textarea", "select", "print-only", "pre"}


class Prose(HTMLParser):
    """The sentences of a page, those of its questions included."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, set[str]]] = []
        self.blocks = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append((tag, {tag, *(dict(attrs).get("class") or "").split()}))
        self._begin_block(tag)

    def handle_endtag(self, tag: str) -> None:
        if any(tag == name for name, _marks in self.open):
            while self.open.pop()[0] != tag:
                pass
        self._begin_block(tag)

    def handle_data(self, data: str) -> None:
        marks = set().union(*(own for _name, own in self.open))
        if "main" in marks and not marks & _LEFT_OUT:
            self.blocks[-1] += data

    def _begin_block(self, tag: str) -> None:
        if tag not in _INLINE:
            self.blocks.append("")

    @property
    def text(self) -> str:
        return " ".join(block for block in self.blocks if _END.search(block))


def lix(text: str) -> float:
    """The LIX of a text with at least one word."""
    words = _WORD.findall(text)
    long = sum(len(word) > 6 for word in words)
    return len(words) / max(len(_END.findall(text)), 1) + 100 * long / len(words)


def page_lix(html: str) -> float:
    """The LIX of a page."""
    read = Prose()
    read.feed(html)
    return lix(read.text)
