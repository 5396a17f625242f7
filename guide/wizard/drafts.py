"""What is typed in a section and not filed: the draft, and the text of questions that closed again.

An answer to a closed question does not count and is not filed. Its text is saved in a separate draft that no page
offers; when the question opens again, it is shown there.
"""

from collections.abc import Mapping
from dataclasses import replace

from django.core.exceptions import ValidationError

from cases.log import drafts as stored
from cases.log.drafts import DraftReading, holding_cpr
from guide.questionnaire.step_form import StepForm, fields_of
from guide.wizard.step_request import StepRequest

_CLOSED_SUFFIX = "_lukkede"
"""Added to a section's key, this names the draft with the text of its closed questions."""
Typed = Mapping[str, list[str]]
Drafts = Mapping[str, DraftReading]


def stored_drafts(page: StepRequest) -> Drafts:
    """Return the user's draft of the section and that of its closed questions, by their names."""
    found = stored.read_drafts(case=page.case, by=page.user, steps=[page.key, page.key + _CLOSED_SUFFIX, page.step.key])
    whole = found.pop(page.step.key, None)
    # Earlier versions kept one draft of the whole step.
    if whole and page.key not in found and whole.base_seq >= page.section_seq:
        own = fields_of(page.names, whole.data)
        if any(any(values) for name, values in own.items() if not name.endswith("-TOTAL_FORMS")):
            found[page.key] = replace(whole, data=own)
    return found


def merge_hidden_answers(page: StepRequest, data: Typed) -> dict[str, list[str]]:
    """Return what is typed, with what was typed or filed earlier in questions that are closed now."""
    return {**fields_of(_hidden(page), {**page.closed_data, **typed_earlier(page, stored_drafts(page))}), **data}


def _hidden(page: StepRequest) -> list[str]:
    """The questions that the page did not show when it was sent."""
    return [key for key in page.conditional if key not in page.shown]


def save_step_draft(page: StepRequest, data: Typed, step_form: StepForm | None = None) -> bool:
    """Save the draft; returns False for what may not be saved: a file pasted in as text, or too much text.

    ``step_form`` is the form of what is typed, with its errors, where the request has one.
    """
    if page.base_seq < page.section_seq:
        # The form of this draft may have been filed meanwhile: then there is nothing to save.
        step_form = step_form or page.step_form(data, quiet=False)
        if step_form.is_valid() and page.is_filed(step_form):
            return True
    return _save(page, page.key, data, page.base_seq)


def fields_with_cpr(page: StepRequest) -> list[str]:
    """Return the fields of the form just sent whose text holds a CPR number."""
    return holding_cpr(page.typed)


def discard_drafts(page: StepRequest) -> None:
    """Delete both drafts of the section."""
    _drop(page, page.key)
    _drop(page, page.key + _CLOSED_SUFFIX)


def restore_unfiled_answers(page: StepRequest, step_form: StepForm, before: Drafts, seq: int) -> None:
    """After a filing, save the text that was not filed, from the drafts ``before`` it.

    Where the answers opened a question that the page did not show yet, the section becomes a draft, so that its text
    is shown.
    """
    typed = {**fields_of(_hidden(page), typed_earlier(page, before)), **page.typed}
    left = {key: words for key in page.conditional if _unfiled(page, step_form, key) and (words := _words(typed, key))}
    words = {name: values for own in left.values() for name, values in own.items()}
    closed_key = page.key + _CLOSED_SUFFIX
    if any(key in step_form.answers for key in left):
        _save(page, page.key, {**page.typed, **words}, seq)
    elif words:
        _save(page, closed_key, words, seq)
    elif closed_key in before:
        _drop(page, closed_key)


def _unfiled(page: StepRequest, step_form: StepForm, key: str) -> bool:
    """Return whether a question is closed, or open but not shown on the page and without an answer."""
    return key not in step_form.answers or (key not in page.shown and not step_form.answers[key])


def typed_earlier(page: StepRequest, before: Drafts) -> Typed:
    """Return the draft; without one what is filed, and the closed questions' text where the filing has none."""
    closed_key = page.key + _CLOSED_SUFFIX
    if page.key in before:
        return before[page.key].data
    filed = page.filed_data
    if closed_key not in before:
        return filed
    return {
        **filed,
        **fields_of([key for key in page.conditional if not _words(filed, key)], before[closed_key].data),
    }


def _words(data: Typed, key: str) -> dict[str, list[str]]:
    """What is typed in one question or table; empty when all of it is blank."""
    own = fields_of([key], data)
    said = any(any(values) for name, values in own.items() if name != f"{key}-TOTAL_FORMS")
    return own if said else {}


def _save(page: StepRequest, step: str, data: Typed, base_seq: int) -> bool:
    try:
        stored.save_draft(case=page.case, by=page.user, step=step, data=data, base_seq=base_seq)
    except ValidationError:
        return False
    return True


def _drop(page: StepRequest, step: str) -> None:
    stored.drop_draft(case=page.case, by=page.user, step=step)
