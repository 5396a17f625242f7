"""What is typed in a step and not filed: the draft, and what stands in questions that closed again.

An answer to a closed question does not count and is not filed. Its words are kept all the same, aside, in a draft of
its own that no page offers as a draft: should the question open again, they stand in it.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError

from cases.log import drafts as stored
from cases.log.drafts import DraftReading, holding_cpr
from guide.questionnaire.fields import UNKNOWN_SUFFIX
from guide.questionnaire.step_form import StepForm
from guide.wizard.step_request import StepRequest

_ASIDE = "lukkede"
"""Added to a step's key: the name under which the words of its closed questions are kept."""
Typed = Mapping[str, list[str]]
AtHand = Mapping[str, DraftReading]


def draft_of(page: StepRequest) -> DraftReading | None:
    """The user's own draft of the step."""
    return stored.read_draft(case=page.case, by=page.user, step=page.step.key)


def stored_drafts(page: StepRequest) -> AtHand:
    """The user's draft of the step and what is kept aside, by their names."""
    names = [page.step.key, page.step.key + _ASIDE]
    return stored.read_drafts(case=page.case, by=page.user, steps=names)


def merge_hidden_answers(page: StepRequest, data: Typed, before: AtHand | None = None) -> dict[str, list[str]]:
    """What is typed, with what was typed earlier in questions that are closed now: there again should they open."""
    closed = [key for key in page.step.conditions if key not in page.shown]
    return {**_belonging(_earlier(page, stored_drafts(page) if before is None else before), closed), **data}


def save_step_draft(page: StepRequest, data: Typed, step_form: StepForm | None = None) -> bool:
    """Keep what is typed; False for what may not be kept even as a draft: a file pasted in as text, or sheer size.

    ``step_form`` is the form of what is typed, with its errors, where the request has one.
    """
    if page.base_seq < page.newest_seq:
        # Overtaken by the saving of its own form, a draft holds nothing that is not filed.
        step_form = step_form or page.step_form(data, quiet=False)
        if step_form.is_valid() and page.stands_filed(step_form):
            return True
    return _save(page, page.step.key, data, page.base_seq)


def fields_with_cpr(page: StepRequest) -> list[str]:
    """The fields of the form just sent whose text holds a CPR number: the draft has it without the number."""
    return holding_cpr(page.typed)


def discard_drafts(page: StepRequest) -> None:
    """Throw away what is not filed, the words in closed questions included."""
    _drop(page, page.step.key)
    _drop(page, page.step.key + _ASIDE)


def restore_unfiled_answers(page: StepRequest, step_form: StepForm, before: AtHand, seq: int) -> None:
    """After a filing, with what was at hand before it: keep the words that did not go into it.

    Where the answers opened a question that the page did not show yet, the whole step becomes a draft, so that its
    words are seen and judged.
    """
    typed = merge_hidden_answers(page, page.typed, before)
    left = {
        key: words for key in page.step.conditions if _unfiled(page, step_form, key) and (words := _words(typed, key))
    }
    words = {name: values for own in left.values() for name, values in own.items()}
    aside = page.step.key + _ASIDE
    if any(key in step_form.answers for key in left):
        _save(page, page.step.key, {**page.typed, **words}, seq)
    elif words:
        _save(page, aside, words, seq)
    elif aside in before:
        _drop(page, aside)


def _unfiled(page: StepRequest, step_form: StepForm, key: str) -> bool:
    """Whether a question is closed, or open without having stood on the page; one emptied by the user stays empty."""
    return key not in step_form.answers or (key not in page.shown and not step_form.answers[key])


def _earlier(page: StepRequest, before: AtHand) -> Typed:
    """The draft; without one what is filed, and the words kept aside where the filing has none."""
    aside = page.step.key + _ASIDE
    if page.step.key in before:
        return before[page.step.key].data
    filed = page.filed_data
    if aside not in before:
        return filed
    return {**filed, **_belonging(before[aside].data, [key for key in page.step.conditions if not _words(filed, key)])}


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
