"""What is typed in a step and not filed: the draft, and the text of questions that closed again.

An answer to a closed question does not count and is not filed. Its text is saved in a separate draft that no page
offers; when the question opens again, it is shown there.
"""

from collections.abc import Mapping

from django.core.exceptions import ValidationError

from cases.log import drafts as stored
from cases.log.drafts import DraftReading, holding_cpr
from guide.questionnaire.fields import UNKNOWN_SUFFIX
from guide.questionnaire.step_form import StepForm
from guide.wizard.step_request import StepRequest

_CLOSED_SUFFIX = "lukkede"
"""Added to a step's key, this names the draft with the text of its closed questions."""
Typed = Mapping[str, list[str]]
Drafts = Mapping[str, DraftReading]


def draft_of(page: StepRequest) -> DraftReading | None:
    """The user's own draft of the step."""
    return stored.read_draft(case=page.case, by=page.user, step=page.step.key)


def stored_drafts(page: StepRequest) -> Drafts:
    """Return the user's draft of the step and that of its closed questions, by their names."""
    names = [page.step.key, page.step.key + _CLOSED_SUFFIX]
    return stored.read_drafts(case=page.case, by=page.user, steps=names)


def merge_hidden_answers(page: StepRequest, data: Typed, before: Drafts | None = None) -> dict[str, list[str]]:
    """Return what is typed, with what was typed earlier in questions that are closed now."""
    closed = [key for key in page.step.conditions if key not in page.shown]
    return {**_belonging(_earlier(page, stored_drafts(page) if before is None else before), closed), **data}


def save_step_draft(page: StepRequest, data: Typed, step_form: StepForm | None = None) -> bool:
    """Save the draft; returns False for what may not be saved: a file pasted in as text, or too much text.

    ``step_form`` is the form of what is typed, with its errors, where the request has one.
    """
    if page.base_seq < page.newest_seq:
        # The form of this draft may have been filed meanwhile: then there is nothing to save.
        step_form = step_form or page.step_form(data, quiet=False)
        if step_form.is_valid() and page.is_filed(step_form):
            return True
    return _save(page, page.step.key, data, page.base_seq)


def fields_with_cpr(page: StepRequest) -> list[str]:
    """Return the fields of the form just sent whose text holds a CPR number."""
    return holding_cpr(page.typed)


def discard_drafts(page: StepRequest) -> None:
    """Delete both drafts of the step."""
    _drop(page, page.step.key)
    _drop(page, page.step.key + _CLOSED_SUFFIX)


def restore_unfiled_answers(page: StepRequest, step_form: StepForm, before: Drafts, seq: int) -> None:
    """After a filing, save the text that was not filed, from the drafts ``before`` it.

    Where the answers opened a question that the page did not show yet, the whole step becomes a draft, so that its
    text is shown.
    """
    typed = merge_hidden_answers(page, page.typed, before)
    left = {
        key: words for key in page.step.conditions if _unfiled(page, step_form, key) and (words := _words(typed, key))
    }
    words = {name: values for own in left.values() for name, values in own.items()}
    closed_key = page.step.key + _CLOSED_SUFFIX
    if any(key in step_form.answers for key in left):
        _save(page, page.step.key, {**page.typed, **words}, seq)
    elif words:
        _save(page, closed_key, words, seq)
    elif closed_key in before:
        _drop(page, closed_key)


def _unfiled(page: StepRequest, step_form: StepForm, key: str) -> bool:
    """Return whether a question is closed, or open but not shown on the page and without an answer."""
    return key not in step_form.answers or (key not in page.shown and not step_form.answers[key])


def _earlier(page: StepRequest, before: Drafts) -> Typed:
    """Return the draft; without one what is filed, and the closed questions' text where the filing has none."""
    closed_key = page.step.key + _CLOSED_SUFFIX
    if page.step.key in before:
        return before[page.step.key].data
    filed = page.filed_data
    if closed_key not in before:
        return filed
    return {
        **filed,
        **_belonging(before[closed_key].data, [key for key in page.step.conditions if not _words(filed, key)]),
    }


def _words(data: Typed, key: str) -> dict[str, list[str]]:
    """What is typed in one question or table; empty when all of it is blank."""
    own = _belonging(data, [key])
    said = any(any(values) for name, values in own.items() if name != f"{key}-TOTAL_FORMS")
    return own if said else {}


def _belonging(data: Typed, keys: list[str]) -> dict[str, list[str]]:
    return {
        name: values
        for name, values in data.items()
        if any(name in (key, key + UNKNOWN_SUFFIX) or name.startswith(f"{key}-") for key in keys)
    }


def _save(page: StepRequest, step: str, data: Typed, base_seq: int) -> bool:
    try:
        stored.save_draft(case=page.case, by=page.user, step=step, data=data, base_seq=base_seq)
    except ValidationError:
        return False
    return True


def _drop(page: StepRequest, step: str) -> None:
    stored.drop_draft(case=page.case, by=page.user, step=step)
