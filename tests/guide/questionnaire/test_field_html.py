"""A field written by functions is what the templates of Django's forms make of it, and what was typed stays text."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.utils.datastructures import MultiValueDict

from guide.questionnaire.field_html import group_html, question_html
from guide.questionnaire.fields import UNKNOWN_SUFFIX
from guide.steps import BY_KEY

FOLDS = ("Vis flere", "Vis færre", "details", "summary", "span")
ODD = "»Æ« & <b>fed</b> \"q\" 'x'\r\n\r\n  indrykket"
FORMS = [form for step in BY_KEY.values() for form in (step.form, *(table.row for table in step.tables))]


class _Elements(HTMLParser):
    """Elements with their attributes and text, as a browser sees them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Any] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, sorted((name, (value or "").strip()) for name, value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(tag)

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append(data.strip())


def elements(html: str) -> list[Any]:
    return _Elements(html).found


def is_fold(part: Any) -> bool:
    """What folds the less common choices: no template of a form has it."""
    return part in FOLDS or part[0] in FOLDS


def filled(form: type[forms.Form], kind: str) -> Mapping[str, list[str]]:
    """Nothing, the first two answers and odd text, or what no field takes."""
    data: MultiValueDict[str, str] = MultiValueDict()
    for name, field in form.base_fields.items():
        choices = [str(value) for value, _label in getattr(field, "choices", [])]
        first = choices[:2] if isinstance(field, forms.MultipleChoiceField) else choices[-1:]
        data.setlist(name, {"empty": [], "odd": first or [ODD], "wrong": ["<nej>" * 2000]}[kind])
    return data


@pytest.mark.parametrize("quiet", [True, False])
@pytest.mark.parametrize("kind", ["empty", "odd", "wrong"])
@pytest.mark.parametrize("form", FORMS)
def test_as_the_templates_of_forms(form: Any, kind: str, quiet: bool) -> None:
    asked = form(filled(form, kind), quiet=quiet)
    for name in form.base_fields:
        found = [part for part in elements(group_html([asked[name]])) if not is_fold(part)]
        drawn = asked[name].as_widget() if asked[name].is_hidden else asked[name].as_field_group()
        assert found == elements(drawn), name


@pytest.mark.parametrize("form", [step.form for step in BY_KEY.values()])
def test_typed_text_stays_text(form: Any) -> None:
    asked = form(filled(form, "odd"))
    boxed = [name for name in form.base_fields if name + UNKNOWN_SUFFIX in asked.fields]
    boxes = {name: asked[name + UNKNOWN_SUFFIX] for name in boxed}
    html = "".join(question_html(asked[name], [boxes[name]] if name in boxes else []) for name in form.base_fields)
    assert "<b>" not in html
    assert html.count('class="unknown"') == len(boxed)
