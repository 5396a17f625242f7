"""Whoever is violated and employed at the school is called a pupil in no text that the case shows."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from guide.rules.actions import first_actions
from guide.rules.assessment import Assessment
from guide.rules.contradictions import find_contradictions
from guide.rules.enums import UNKNOWN
from guide.rules.victim_words import fit_victim
from guide.steps import BY_KEY
from guide.steps.afdaek import FIRST
from tests.guide.reading import with_offenders
from tests.guide.rules.test_answer_properties import ORDERS, UNORDERED
from tests.guide.rules.test_real_cases import CALM
from tests.guide.rules.test_step_properties import ALONG, Refused, later, sent

COLLEAGUE = {**CALM, "victim_is": "staff", "victim_age": "", "youngest_age": "40"}
THE_PUPIL = re.compile(r"\b(?:eleve(?:n|ns)|en elev)\b", re.IGNORECASE)


def texts(found: Assessment) -> Iterator[str]:
    """Every sentence that the case shows of its assessment."""
    for duty in found.duties:
        yield from (duty.title, duty.text, duty.why, duty.who)
    yield from (f"{flag.reason} {flag.question}" for flag in found.flags)
    yield from (*found.rating.reasons, found.rating.axis_text, found.deletion_reason, *find_contradictions(found))
    yield from (track.reason for track in found.tracks)
    for action in first_actions(found.duties):
        yield from map(str, (action.words.title, action.words.who, action.words.say, *action.questions))


def cases(**base: Any) -> Iterator[Assessment]:
    """The colleague's case with each answer of each question, through the form of its step."""
    afdaek, found = sent("afdaek", with_offenders({**COLLEAGUE, **base}), {})
    yield found
    for question, answers in (*ORDERS.items(), *UNORDERED.items()):
        for answer in (*answers, [UNKNOWN] if isinstance(answers[0], list) else UNKNOWN):
            if question not in ("victim_is", "people"):
                try:
                    yield sent("afdaek", with_offenders({**COLLEAGUE, **base, question: answer}), {})[1]
                except Refused:
                    continue
    for step, question, answers in later():
        for answer in answers:
            yield sent(step, {**ALONG[step], question: answer}, {"afdaek": afdaek})[1]


@pytest.mark.parametrize(
    "base", [{}, {"shown": "nude"}, {"danger_self_harm": "ja", "self_harm_plan": "nej"}, {"abuse": "foer"}],
    ids=["calm", "nude", "self-harm", "abused"],
)  # fmt: skip
def test_a_colleague_is_called_a_pupil_in_no_text_of_the_case(base: dict[str, Any]) -> None:
    said = {text for found in cases(**base) for text in texts(found)}
    assert len(said) > 100
    assert [text for text in sorted(said) if THE_PUPIL.search(text) and "en elev herfra" not in text] == []


def test_the_first_pages_ask_before_it_is_known_who_is_violated() -> None:
    step = BY_KEY["afdaek"]
    asked = [name for section, names in step.layout if section.key in FIRST for name in names if name != "victim_age"]
    said = [str(section.title) for section, _names in step.layout if section.key in FIRST]
    said += [f"{step.questions[name].label} {step.questions[name].help_text}" for name in asked]
    assert [text for text in said if re.search(r"\beleven", text)] == []


def test_a_pupil_is_called_a_pupil() -> None:
    assert fit_victim("Bliv hos eleven.", staff=False) == "Bliv hos eleven."
    assert fit_victim("Elevens konto. En elevs telefon.", staff=True) == "Den krænkedes konto. En elevs telefon."
