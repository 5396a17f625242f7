"""How hard the texts are to read: LIX of every page that anybody may open, and of the questions of each step.

LIX is the words of a sentence plus the percentage of words of more than six letters. A sentence ends by its
punctuation, not by the element that it stands in. What has none, as a title in a list, is no sentence and left out.
"""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from guide.steps import STEPS

MOST = 35
PAGES = ("start", "akut", "vejledning", "samtaler", "vaegkort", "niveauer", "tilgaengelighed", "databeskyttelse")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_END = re.compile(r"[.!?:](?=\s|$)")
_PROSE, _LEFT_OUT = {"p", "li", "dd", "td"}, {"nav", "header", "footer", "script", "form", "button"}


class Prose(HTMLParser):
    """The running text of a page: paragraphs and lists, without navigation, forms and addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.blocks = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _PROSE | _LEFT_OUT:
            self.open.append(tag)
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            self.open.remove(tag)
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if self.open and not _LEFT_OUT.intersection(self.open):
            self.blocks[-1] += data

    @property
    def text(self) -> str:
        return " ".join(block for block in self.blocks if _END.search(block))


def lix(text: str) -> float:
    words = _WORD.findall(text)
    long = sum(len(word) > 6 for word in words)
    return len(words) / max(len(_END.findall(text)), 1) + 100 * long / len(words)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*PAGES, *(step.key for step in STEPS)])
def test_page_is_easy_to_read(name: str) -> None:
    address = reverse(name) if name in PAGES else reverse("trin_vejledning", args=[name])
    read = Prose()
    read.feed(Client().get(address).text)
    assert lix(read.text) <= MOST


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_questions_are_easy_to_read(step) -> None:  # type: ignore[no-untyped-def]
    said = [step.lead, *(section.intro for section in step.sections)]
    said += [words for field in step.questions.values() for words in (field.label, field.help_text)]
    assert lix(" ".join(str(words) for words in said if words)) <= MOST


def test_a_hard_text_is_found() -> None:
    assert lix("Katten sov. Hunden gik ud.") < 10
    assert lix("Underretningspligten omfatter samtlige medarbejdere beskæftiget med undervisningsopgaver") > MOST
