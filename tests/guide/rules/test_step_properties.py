"""What holds of the advice when the answers of every step are varied, each sent through the form of its own step.

`test_answer_properties` varies those of Afdæk; here those of Vurder to Behandl are made worse or not known, and every
answer of Afdæk is tried with every one of theirs.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from guide.questionnaire.step_form import StepForm, data_from_answers
from guide.rules.assessment import Assessment
from guide.rules.enums import UNKNOWN, Flag, FlagState
from guide.steps import BY_KEY
from tests import figures
from tests.guide.reading import with_offenders
from tests.guide.rules.test_answer_properties import (
    BASES,
    ORDERS,
    PROTECTIVE,
    SHORT,
    UNORDERED,
    contradictions,
    keys,
    rank,
    taken_away,
)
from tests.guide.rules.test_real_cases import CLASSMATE, NOW, TODAY

Answers = Mapping[str, Any]
DONE_OR_NOT = ("ja", "nej")
# The answers of each question of the later steps from mild to serious: what is done, then what is not.
LATER: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "vurder": {
        **dict.fromkeys(("support_needed", "bullying_judged"), ("nej", "ja")),
        **dict.fromkeys(("leadership", "ssp_asked"), DONE_OR_NOT),
    },
    "inddrag": {
        **dict.fromkeys(("secrecy_told", "municipality_contacted", "parents_agree", "adult_consent"), DONE_OR_NOT),
        "parents_told": ("all", "some", "nej"),
    },
    "dokumenter": dict.fromkeys(("helped_to_keep", "family_log"), DONE_OR_NOT),
    "stop": dict.fromkeys(("offender_talk", "offender_parents", "deletion_asked", "deletion_confirmed"), DONE_OR_NOT),
    "anmeld": {
        **dict.fromkeys(("police_contacted", "contingency", "insurance"), DONE_OR_NOT),
        "police_deletion": ("allowed", "partly", "ask_again", "not_yet"),
        "report_decision": ("reported", "will"),
        "notification": ("sent", "will"),
    },
    "behandl": {"network": DONE_OR_NOT, "further_help": ("nej", "ja"), "press": ("nej", "ja")},
}
# A no with its reason settles what a yes does: neither is the worse.
SETTLED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "anmeld": {"report_decision": ("nej",), "notification": ("nej",)},
}
# What the form asks along with an answer; what is not asked it leaves out.
ALONG: Mapping[str, Answers] = {
    "vurder": {"leadership_on": TODAY, "track_reason": "Aftalt."},
    "inddrag": {"told_on": TODAY, "wait_reason": "Mor er bortrejst.", "pupil_help": "Sammen."},
    "dokumenter": {},
    "stop": {"before_police_reason": "Det var gjort.", "offender_talk_on": TODAY, "deletion_asked_on": TODAY},
    "anmeld": {
        "police_contacted": "ja", "police_contacted_on": TODAY, "police_deletion": "not_yet",
        "report_decision": "will", "report_reason": "Familien vil ikke.", "notification": "will",
        "notification_reason": "Kommunen er med.",
    },
    "behandl": {},
}  # fmt: skip
CASES = {name: {**given, "people": given.get("people", CLASSMATE)} if given else {} for name, given in BASES.items()}
TRIED = tuple(CASES) if figures.LONG else SHORT[:1]


class Refused(Exception):
    """The form of a step does not take these answers together."""


def sent(key: str, given: Answers, filed: Mapping[str, Answers]) -> tuple[Answers, Assessment]:
    """The answers of one step as its form takes them on top of what is filed. Raises Refused."""
    step = BY_KEY[key]
    form = StepForm(step, dict(data_from_answers(step, given).lists()), filed, NOW)
    if not form.is_valid():
        raise Refused([(error.where, error.text) for error in form.error_list])
    computed = (item for section in step.sections for item in section.computed.items())
    return {**form.answers, **{name: of(form.situation) for name, of in computed}}, form.situation.assessment


def sent_afdaek(base: str, **answers: Any) -> tuple[Answers, Assessment]:
    return sent("afdaek", with_offenders({**CASES[base], **answers}), {})


@cache
def filed_afdaek(base: str) -> Answers:
    return sent_afdaek(base)[0]


def along(step: str, question: str) -> Answers:
    """What goes along with an answer: where it is asked whether the police were called, they allowed deletion."""
    return {**ALONG[step], **({"police_deletion": "allowed"} if question == "police_contacted" else {})}


def with_answer(base: str, step: str, question: str, answer: str) -> Assessment:
    return sent(step, {**along(step, question), question: answer}, {"afdaek": filed_afdaek(base)})[1]


def later() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for step, questions in LATER.items():
        for question, order in questions.items():
            yield step, question, order


@pytest.mark.parametrize("base", TRIED)
def test_an_answer_of_a_later_step_made_worse_takes_nothing_away(base: str) -> None:
    wrong, tried = [], 0
    for step, question, order in later():
        found = [with_answer(base, step, question, answer) for answer in order]
        for (mild, worse), (before, after) in zip(pairwise(order), pairwise(found), strict=True):
            wrong += [(question, mild, worse, lost) for lost in taken_away(before, after)]
            tried += 1
    assert wrong == []
    figures.record("advice: one answer made worse", tried)


@pytest.mark.parametrize("base", TRIED)
def test_not_known_in_a_later_step_keeps_what_some_answer_would_bring(base: str) -> None:
    wrong, tried = [], 0
    for step, question, order in later():
        open_still = with_answer(base, step, question, UNKNOWN)
        for answer in (*order, *SETTLED.get(step, {}).get(question, ())):
            known = with_answer(base, step, question, answer)
            lost = {flag.value for flag in Flag if min(rank(known)[flag], 1) > rank(open_still)[flag]}
            lost |= (keys(known) - keys(open_still)) & PROTECTIVE
            wrong += [(question, answer, what) for what in lost]
            tried += 1
    assert wrong == []
    figures.record("advice: one answer not known", tried)


def said_against(given: Answers, found: Assessment) -> list[str]:
    """What the plan says against the answers of a later step."""
    plan = keys(found)
    wrong = contradictions(found)
    if given.get("police_contacted") == "ja" and "ask_police" in plan:
        wrong.append("asks to call the police, who were called")
    if given.get("police_deletion") == "not_yet" and found.police_first and not found.deletion_waits:
        wrong.append("deletes though the police said no")
    if given.get("leadership") == "ja" and {"leader_now", "involve_leadership"} & plan:
        wrong.append("asks to tell the leader, who was told")
    if found.state(Flag.DANGER) is FlagState.SET and "adult_consent" in plan:
        wrong.append("waits for a yes in danger")
    return wrong


@pytest.mark.parametrize("base", TRIED)
def test_no_answer_of_afdaek_and_of_a_later_step_bring_a_plan_that_contradicts_itself(base: str) -> None:
    """In the short form every 199th pair, in the long form every eleventh."""
    first = [(question, answer) for kind in (ORDERS, UNORDERED) for question in kind for answer in kind[question]]
    first += [(name, [UNKNOWN] if isinstance(kind[0], list) else UNKNOWN) for name, kind in ORDERS.items()]
    second = [(step, name, answer) for step, name, order in later() for answer in (*order, UNKNOWN)]
    second += [(step, name, "nej") for step, questions in SETTLED.items() for name in questions]
    pairs = [(one, other) for one in first for other in second][:: figures.amount(199, 11)]
    wrong, tried = set(), 0
    for (question, answer), (step, name, other) in pairs:
        given = {**along(step, name), name: other}
        try:
            afdaek, _alone = sent_afdaek(base, **{question: answer})
            found = sent(step, given, {"afdaek": afdaek})[1]
        except Refused:
            continue
        wrong |= {(said, question, str(answer), name, other) for said in said_against(given, found)}
        tried += 1
    assert sorted(wrong)[:20] == []
    assert tried > len(pairs) * 3 // 4
    figures.record("advice: pairs of answers", tried)
