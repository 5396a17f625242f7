"""The parts of a step that htmx replaces after an answer or a row."""

import json
from copy import deepcopy

from django.http import HttpResponse
from django.shortcuts import render

from guide.questionnaire.step_form import OpenTable, StepForm
from guide.wizard import drafts
from guide.wizard.sidebar import case_sidebar
from guide.wizard.step_request import StepRequest

_KEPT = "kladde-gemt"


def render_changed_parts(
    page: StepRequest, step_form: StepForm, table: str = "", *, added: bool = False
) -> HttpResponse:
    """Return the sidebar, the questions that open or close, the derived values of rows, and one whole table.

    ``table`` is the one with a row more (``added``: the cursor goes there) or less.
    """
    sections = list(step_form.sections())
    tables = [open_table for section in sections for open_table in section.tables]
    moved = page.shown ^ step_form.open_names()
    whole = next((found for found in tables if found.table.key == table), None)
    if added and whole:
        _focus_last_row(whole)
    context = {
        "panel": case_sidebar(step_form.situation, page.case_file, page.case),
        "case": page.case,
        "form_url": page.url,
        "table": whole,
        "questions": [asked for section in sections for asked in section.questions if asked.name in moved],
        "tables": [found for found in tables if found.table.key in moved and found is not whole],
        "derived": [found for found in tables if found.table.key not in moved and found is not whole],
    }
    response = render(page.request, "guide/_opdateret.html", context)
    left_out = drafts.fields_with_cpr(page)
    response["HX-Trigger"] = json.dumps({_KEPT: {"uden": left_out}}) if left_out else _KEPT
    return response


def _focus_last_row(table: OpenTable) -> None:
    if table.rows:
        fields = table.rows[-1].form.fields
        name = next(name for name, field in fields.items() if not field.widget.is_hidden)
        # A copy: the forms of a table share their fields.
        fields[name] = deepcopy(fields[name])
        fields[name].widget.attrs["autofocus"] = True
