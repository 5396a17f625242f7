"""Each question of the card declares its traits where it stands; what is forgotten is named, with what to declare."""

import re
from collections.abc import Iterator
from typing import get_args

import pytest

from guide.questionnaire import card
from guide.questionnaire.fields import Answer, StepFields, TextAnswer, long_text, short_text, yes_no
from guide.questionnaire.schema import Guidance, Section, Step
from guide.questionnaire.traits import POLICE, RECORD_ONLY, SSP, SUMMARY, Names, ShownIn, Traits
from guide.rules.facts import Key
from guide.steps import STEPS

ASKS_FOR_A_PERSON = re.compile(r"\bhvem\b|ansvarlig$|modtager$|^navn$", re.IGNORECASE)


def undeclared(step: Step) -> Iterator[str]:
    """What is missing at each question, column and table of the step, as a sentence."""
    for name, question in step.questions.items():
        yield from _missing(f"{step.key}.{name}", question.traits.feeds, question.traits.to)
        yield from _names(f"{step.key}.{name}", question)
    for table in step.tables:
        yield from _missing(f"{step.key}.{table.key}", table.feeds, table.to)
        for name, column in table.columns.items():
            yield from _names(f"{step.key}.{table.key}.{name}", column)


def _missing(place: str, feeds: object, to: ShownIn) -> Iterator[str]:
    if feeds is None:
        yield f"{place}: declare feeds= with the fact that the answer feeds, or Nothing(because)"
    if isinstance(feeds, str) and feeds not in get_args(Key):
        yield f"{place}: feeds={feeds!r} is read by no rule; see guide.rules.facts.Key"
    if ShownIn.SUMMARY not in to:
        yield f"{place}: declare to=, at least SUMMARY: the summary leaves no answer out"


def _names(place: str, field: Answer) -> Iterator[str]:
    if not isinstance(field, TextAnswer):
        return
    if field.traits.names is None:
        yield f"{place}: declare names= with whether people write in it who somebody is"
    elif field.traits.names is Names.NOBODY and ASKS_FOR_A_PERSON.search(str(field.label)):
        yield f"{place}: asks for a person, so names= cannot be NOBODY"
    if ShownIn.SSP in field.traits.to:
        yield f"{place}: typed words never go to SSP without names"


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_every_question_declares_its_traits(step: Step) -> None:
    assert list(undeclared(step)) == []


def test_every_fact_is_fed_by_one_question() -> None:
    fed = [question.traits.feeds for step in STEPS for question in step.questions.values()]
    fed += [table.feeds for step in STEPS for table in step.tables]
    fed += [name for step in STEPS for name in step.computed]
    named = [feeds for feeds in fed if isinstance(feeds, str)]
    assert sorted(named) == sorted(get_args(Key))


def made(**questions: Answer) -> Step:
    form = type("TriedForm", (StepFields,), dict(questions))
    return Step("afdaek", "", (), "", Guidance((), "", ()), form, (Section("a", "", until=list(questions)[-1]),))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (yes_no("Er der fare på vejen hjem?"), ["declare feeds=", "declare to="]),
        (yes_no("Er der fare?", feeds="danger_on_the_way", to=SSP), ["is read by no rule"]),
        (short_text("Hvem så det?", to=SUMMARY), ["declare names="]),
        (short_text("Hvem så det?", names=Names.NOBODY, to=SUMMARY), ["asks for a person"]),
        (long_text("Hvad mener I?", names=Names.NOBODY, to=SSP), ["typed words never go to SSP"]),
        (yes_no("Er der fare?", feeds="self_harm", to=SSP), []),
        (long_text("Hvad er der sket?", names=Names.NOBODY, to=POLICE), []),
    ],
)
def test_what_is_forgotten_is_named(question: Answer, said: list[str]) -> None:
    found = list(undeclared(made(tried=question)))
    assert len(found) == len(said)
    assert all(words in sentence for words, sentence in zip(said, found, strict=True))


def test_nothing_goes_to_the_police_or_to_ssp_unasked() -> None:
    opinion = long_text("Hvad er jeres faglige vurdering?")
    assert (opinion.traits.to, Traits().to) == (ShownIn(0), ShownIn(0))


def test_version_of_the_card_follows_from_its_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", card.version())

    def version_with(**questions: Answer) -> str:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(card, "_steps", {"afdaek": made(**questions)})
            card.version.cache_clear()
            found = card.version()
        card.version.cache_clear()
        return found

    before = version_with(a=yes_no("A?", feeds=RECORD_ONLY, to=SSP))
    assert version_with(a=yes_no("A?", feeds=RECORD_ONLY, to=SSP)) == before
    assert (
        len(
            {
                before,
                version_with(a=yes_no("B?", feeds=RECORD_ONLY, to=SSP)),
                version_with(b=yes_no("A?", feeds=RECORD_ONLY, to=SSP)),
                version_with(a=yes_no("A?", feeds="threat", to=SSP)),
                version_with(a=yes_no("A?", feeds=RECORD_ONLY, to=POLICE)),
            }
        )
        == 5
    )
