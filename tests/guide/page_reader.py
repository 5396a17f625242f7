"""Reads a page as a browser does: what a form would send, what has an id, what is linked, what is said."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from cases.models import Case

Fields = dict[str, list[str]]


_VOID = {"br", "hr", "img", "input", "link", "meta"}


@dataclass
class Element:
    """An element of a page."""

    tag: str
    attributes: dict[str, str]
    texts: list[str]
    """Every text of the page, in its order; those of the element stand from ``begin`` to ``end``."""
    begin: int
    end: int | None = None

    @property
    def words(self) -> str:
        """All the words in it, white space collapsed."""
        return " ".join("".join(self.texts[self.begin : self.end]).split())


@dataclass
class Page:
    """What a test wants to know about a page."""

    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    forms: dict[str, Fields] = field(default_factory=dict)
    inputs: list[dict[str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)

    @property
    def words(self) -> str:
        """Every text of the page, as it stands there."""
        return "".join(self.texts)

    def having(self, tag: str = "", **wanted: str) -> list[Element]:
        """The elements of that name with those attributes (`_` for `-`, `class_` for one of the classes)."""
        return [one for one in self.elements if tag in ("", one.tag) and all(_has(one, *it) for it in wanted.items())]


def _has(one: Element, name: str, value: str) -> bool:
    if name == "class_":
        return value in one.attributes.get("class", "").split()
    return one.attributes.get(name.replace("_", "-")) == value


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.form: Fields = {}
        self.area: str | None = None
        self.select: tuple[str, list[tuple[bool, str]]] | None = None
        self.area_begin = 0
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        texts = self.page.texts
        element = Element(tag, given, texts, begin=len(texts))
        self.page.elements.append(element)
        if tag in _VOID:
            element.end = element.begin
        else:
            self.open.append(element)
        if given.get("id"):
            self.page.ids.append(given["id"])
        match tag:
            case "a":
                self.page.links.append(given.get("href", ""))
            case "form":
                self.form = self.page.forms.setdefault(given.get("id", ""), {})
            case "input":
                self._input(given)
            case "textarea":
                self.page.inputs.append({**given, "type": "textarea"})
                self.area, self.area_begin = given["name"], len(texts)
            case "select":
                self.page.inputs.append({**given, "type": "select"})
                self.select = (given["name"], [])
            case "option" if self.select:
                self.select[1].append(("selected" in given, given.get("value", "")))

    def _input(self, given: dict[str, str]) -> None:
        self.page.inputs.append(given)
        ticked = given.get("type") in ("checkbox", "radio")
        if not ticked or "checked" in given:
            self._put(given.get("name", ""), given.get("value", "on" if ticked else ""))

    def _put(self, name: str, value: str) -> None:
        if name and name != "csrfmiddlewaretoken":
            self.form.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if any(one.tag == tag for one in self.open):
            while (closed := self.open.pop()).tag != tag:
                closed.end = len(self.page.texts)
            closed.end = len(self.page.texts)
        if tag == "textarea" and self.area is not None:
            # A browser leaves out the first newline after the tag.
            self._put(self.area, "".join(self.page.texts[self.area_begin :]).removeprefix("\n"))
            self.area = None
        elif tag == "select" and self.select:
            name, options = self.select
            chosen = [value for is_chosen, value in options if is_chosen]
            self._put(name, chosen[-1] if chosen else options[0][1])
            self.select = None
        elif tag == "form":
            self.form = {}

    def handle_data(self, data: str) -> None:
        self.page.texts.append(data)


def read(html: str) -> Page:
    """Read the page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


def typed(html: str, form: str = "trin-form") -> Fields:
    """What the form would send if its button were pressed now."""
    return read(html).forms[form]


def logged_in(user: Any) -> Client:
    """A browser of the user's own, with login and second factor behind it."""
    client = Client()
    client.force_login(user)
    return client


def stored(case: Case) -> Case:
    """The case as the database has it."""
    return Case.objects.unscoped("test").get(pk=case.pk)
