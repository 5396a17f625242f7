"""A field as HTML. A page has hundreds of choices, for which templates are too slow.

The elements are those of templates/django/forms, with which every other form is drawn. Whatever comes from a field or
from a user is escaped by ``_element`` and ``_words``, and by nothing else.
"""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from django import forms
from django.forms.widgets import ChoiceWidget
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

Attributes = Mapping[str, object]


def question_html(bound: forms.BoundField, boxes: Iterable[forms.BoundField]) -> SafeString:
    """A question with its hint, errors and answers; ``boxes`` are its "ved ikke" and the like."""
    kind = {"class": f"question question--{bound.widget_type}"}
    question = _element("div", kind, _group(bound, "".join(_box(box, bound) for box in boxes)))
    if line := getattr(bound.field, "folded", ""):
        state: Attributes = {"class": "question-fold", "open": bool(bound.value() or bound.errors)}
        question = _element("details", state, _element("summary", {}, _words(line)) + question)
    return _safe(question)


def group_html(bounds: Iterable[forms.BoundField]) -> SafeString:
    """Fields with label, hint and errors, one after the other; a hidden one is its element alone."""
    return _safe("".join(_hidden(bound) if bound.is_hidden else _group(bound) for bound in bounds))


def _hidden(bound: forms.BoundField) -> str:
    # What was refused is not sent again: nobody could take it out.
    value = {"value": bound.value()} if bound.value() and not bound.errors else {}
    return _element("input", {"type": "hidden", "name": bound.html_name, **value, "id": bound.auto_id})


def _safe(html: str) -> SafeString:
    # Made of literals and of what _element and _words have escaped.
    return mark_safe(html)  # noqa: S308 # nosec B308 B703


def _group(bound: forms.BoundField, after: str = "") -> str:
    inside = _hint(bound) + _errors(bound) + _control(bound)
    if bound.use_fieldset:
        described = {"aria-describedby": bound.aria_describedby or False}
        inside = _element(
            "fieldset", described, _element("legend", {"class": "form-label"}, _words(bound.label)) + inside
        )
    else:
        inside = _element("label", {"class": "form-label", "for": bound.id_for_label}, _words(bound.label)) + inside
    wrong = " form-error" if bound.errors else ""
    return _element("div", {"class": f"form-group{wrong}"}, inside + after)


def _box(box: forms.BoundField, bound: forms.BoundField) -> str:
    about = _element("span", {"class": "sr-only"}, f" – {_words(bound.label)}")
    label = _element("label", {"for": box.id_for_label}, _words(box.label) + about)
    tick = _element("div", {"class": "form-group-checkbox"}, _input(box, _given(box)) + label)
    return _element("div", {"class": "unknown"}, tick + _errors(box))


def _hint(bound: forms.BoundField) -> str:
    if not bound.help_text:
        return ""
    return _element("div", {"class": "form-hint", "id": f"{bound.auto_id}_helptext"}, _words(bound.help_text))


def _errors(bound: forms.BoundField) -> str:
    return str(bound.errors) if bound.errors else ""


def _control(bound: forms.BoundField) -> str:
    """The element or elements that take the answer."""
    widget, attributes = bound.field.widget, _given(bound)
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return _choices(bound, widget, attributes)
    if isinstance(widget, forms.Select):
        options = (
            _element("option", {"value": value, "selected": chosen}, _words(label))
            for value, label, chosen in _options(bound, widget)
        )
        return _element("select", _named(bound, "form-select", attributes), "".join(options))
    if isinstance(widget, forms.Textarea):
        # A browser leaves out the first newline after the tag.
        return _element("textarea", _named(bound, "form-input", attributes), "\n" + _words(bound.value() or ""))
    return _input(bound, attributes)


def _given(bound: forms.BoundField) -> dict[str, Any]:
    """What the widget declares, and what the field's state adds: its id, that it is invalid, what describes it."""
    widget = bound.field.widget
    return {**widget.attrs, "id": bound.auto_id, **bound.build_widget_attrs({}, widget)}


def _named(bound: forms.BoundField, kind: str, attributes: Attributes) -> dict[str, object]:
    """The attributes of a single element; never a placeholder, which says what the label says."""
    look = attributes.get("class")
    kept = {name: value for name, value in attributes.items() if name not in ("class", "placeholder")}
    return {"name": bound.html_name, "class": f"{kind} {look}" if look else kind, **kept}


def _input(bound: forms.BoundField, attributes: Attributes) -> str:
    widget: Any = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        state: Attributes = {"checked": bool(widget.check_test(bound.value()))}
        return _element("input", {"type": "checkbox", **_named(bound, "form-checkbox", attributes), **state})
    value = widget.format_value(bound.value())
    shown = {"value": False if value is None else value}
    return _element("input", {"type": widget.input_type, **_named(bound, "form-input", attributes), **shown})


def _choices(bound: forms.BoundField, widget: ChoiceWidget, attributes: Attributes) -> str:
    kind = str(widget.input_type)
    options = _options(bound, widget)
    shared = {name: value for name, value in attributes.items() if name not in ("class", "id")}
    size = " choices--row" if len(options) <= 3 else " choices--many" if len(options) >= 8 else ""
    look = f" {attributes['class']}" if attributes.get("class") else ""
    rows = []
    for number, (value, label, chosen) in enumerate(options):
        own = {"type": kind, "name": bound.html_name, "class": f"form-{kind}", "value": value, "checked": chosen}
        place = f"{bound.auto_id}_{number}"
        tick = _element("input", {**own, **shared, "id": place}) + _element("label", {"for": place}, _words(label))
        rows.append(_element("div", {"class": f"form-group-{kind}"}, tick))
    inside = _folded(bound, rows, [chosen for _value, _label, chosen in options])
    return _element("div", {"id": bound.auto_id, "class": f"choices{size}{look}"}, inside)


def _folded(bound: forms.BoundField, rows: list[str], chosen: list[bool]) -> str:
    """The choices: those after the common ones folded unless one is chosen, "ved ikke" in sight."""
    common = getattr(bound.field, "common", 0)
    if not common:
        return "".join(rows)
    state: Attributes = {"class": "choices__more", "open": any(chosen[common:-1])}
    # The stylesheet shows the one that fits.
    lines = (("more", _("Vis flere")), ("less", _("Vis færre")))
    summary = "".join(_element("span", {"class": kind}, _words(line)) for kind, line in lines)
    fold = _element("details", state, _element("summary", {}, summary) + "".join(rows[common:-1]))
    return "".join(rows[:common]) + fold + rows[-1]


def _options(bound: forms.BoundField, widget: ChoiceWidget) -> list[tuple[str, object, bool]]:
    """Value, words and whether it is chosen, of each answer."""
    chosen = set(widget.format_value(bound.value()) or ())
    return [(str(value), label, str(value) in chosen) for value, label in widget.choices]


def _element(tag: str, attributes: Attributes, inside: str | None = None) -> str:
    """An element around HTML that is escaped already; without ``inside`` one that has no end."""
    written = "".join(
        f" {name}" if value is True else f' {name}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value is not False
    )
    return f"<{tag}{written}>" if inside is None else f"<{tag}{written}>{inside}</{tag}>"


def _words(words: object) -> str:
    return escape(str(words))
