"""What holds of the advice whatever is answered: one answer made worse, one not known, and every pair of answers.

Answers, not facts: as the form of Afdæk takes them, with the questions that they open and close, so that each is one
that a person can send.
"""

from collections.abc import Callable, Mapping
from itertools import combinations, pairwise
from typing import Any

import pytest

from guide.questionnaire.step_form import StepForm, data_from_answers
from guide.rules.assessment import Assessment
from guide.rules.contradictions import find_contradictions
from guide.rules.enums import (
    UNKNOWN,
    AgeBand,
    Flag,
    FlagState,
    Kind,
    Level,
    PupilOf,
    Reach,
    Reaction,
    Relation,
    Revenge,
    Shown,
)
from guide.steps import BY_KEY
from tests import figures
from tests.guide.reading import with_offenders
from tests.guide.rules.test_real_cases import ADULT_STRANGER, CALM, NO_IMAGE, NOW, person, words

NO_YES = ("nej", "ja")
# The answers of each question from mild to serious. Ages of offenders, relation, and whom the image shows have none.
ORDERS: Mapping[str, tuple[Any, ...]] = {
    **dict.fromkeys(
        (
            *("danger_self_harm", "abuse", "self_harm_plan", "suspicion_home", "passed_on", "ongoing"),
            *("threat", "staff_hold", "offender_near", "paid", "hate", "telling_help", "offender_pupil"),
        ),
        NO_YES,
    ),
    "danger_what": (
        ["harm"],
        ["harm", "threats"],
        ["harm", "threats", "before"],
        ["harm", "threats", "before", "abuse"],
    ),
    "recognised": ("nej", "ja", "named"),
    "shown": tuple(str(shown) for shown in Shown),
    "reaction": tuple(str(reaction) for reaction in Reaction),
    "motive": tuple(str(motive) for motive in Revenge),
    "reached": tuple(str(reach) for reach in Reach),
    "victim_age": ("18", "16", "13"),
    "youngest_age": ("18", "16", "13"),
    "kinds": (["other"], ["other", "sexual_approach"], ["other", "sexual_approach", "extortion"]),
    "abuse_kind": (["blows"], ["blows", "sexual"]),
    "abuse_by": (["young"], ["young", "adult"], ["young", "adult", "home"]),
    "demands": (["money"], ["money", "images"]),
}
# Of what is over and what happens now neither is the milder.
ALSO_WORSE: Mapping[str, tuple[Any, ...]] = {"abuse": ("nej", "foer")}
UNORDERED: Mapping[str, tuple[Any, ...]] = {
    "victim_is": ("pupil", "staff", "absent"),
    "abuse": ("foer",),
    "depicts": (["pupil"], ["sender"], ["other_pupil"], ["pupil", "other_pupil"], ["somebody"]),
    "offender_is": (["pupil"], ["minor"], ["adult"], ["staff"], ["stranger"], ["pupil", "stranger"]),
    "handed_over": NO_YES,
    "kinds": tuple([str(kind)] for kind in Kind),
    "people": tuple(
        person(age_band=str(age), pupil_of=str(place), relation=relation)
        for age in AgeBand
        for place, relation in (
            (PupilOf.SAME_CLASS, Relation.PARTNER),
            (PupilOf.OTHER_SCHOOL, Relation.ACQUAINTANCE),
            (PupilOf.NO_PUPIL, Relation.STRANGER),
            (PupilOf.NO_PUPIL, Relation.STAFF),
            (PupilOf.SAME_SCHOOL, Relation.FAMILY),
        )
    ),
}
BASES: Mapping[str, dict[str, Any]] = {
    "private picture": CALM,
    "nude": {**CALM, "shown": "nude"},
    "no image": {**CALM, **NO_IMAGE},
    "extortion": {**CALM, "kinds": ["extortion"], "threat": "ja", "demands": ["images"], "people": ADULT_STRANGER},
    "self-harm": {**CALM, "danger_self_harm": "ja", "self_harm_plan": "nej"},
    "danger": {**CALM, "abuse": "ja", "danger_what": ["harm"]},
    "abused before": {**CALM, "abuse": "foer", "abuse_kind": ["blows"], "abuse_by": ["young"]},
    "grown victim": {**CALM, "shown": "nude", "victim_age": "19", "youngest_age": "19"},
    "nothing known": {},
}
SHORT = ("private picture", "nude", "nothing known")
TRIED = tuple(BASES) if figures.LONG else SHORT

# A duty that an answer made worse may take away, and what then stands in its place.
GIVES_WAY: Mapping[str, set[str]] = {
    "ask_danger": {"call_112", "ask_suicide", "stay_with_pupil"},
    "ask_suicide": {"call_112"},
    "see_doctor": {"call_112"},
    "parents_fetch": {"call_112", "home_municipality", "ask_before_parents"},
    "involve_leadership": {"leader_now"},
    "adult_consent": {"leader_now", "inform_parents", "ask_before_parents", "home_municipality"},
    "keep_out": {"do_not_view"},
    "follow_police": {"do_not_delete"},
    "consider_notification": {"notify"},
    "judge_bullying": {"bullying_plan"},
    "inform_parents": {"home_municipality", "ask_before_parents"},
    "ask_before_parents": {"home_municipality"},
    "report_soon": {"police_report", "home_municipality"},
    "police_report": {"home_municipality"},
    "recipients": {"home_municipality"},
    "removal_refused": {"home_municipality"},
    "insurance": {"home_municipality"},
    "remove_adult": {"remove_under_18"},
    "stop_ongoing": {"stop_spread"},
    "mediation_may": {"no_mediation", "mediation_should"},
    "mediation_should": {"no_mediation", "mediation_may"},
    "support_1": {"support_2", "support_3", "support_4"},
    "support_2": {"support_3", "support_4"},
    "support_3": {"support_4"},
}
SUPPORTS = ("support_1", "support_2", "support_3", "support_4")
PROTECTIVE = {
    "do_not_view", "do_not_delete", "do_not_question", "ask_police", "no_mediation", "stay_with_pupil",
    "threat_advice", "secrecy",
}  # fmt: skip


def form_of(base: str, **answers: Any) -> StepForm:
    """The form with the answers of the base, some of them others, as somebody would send it."""
    step = BY_KEY["afdaek"]
    given = data_from_answers(step, with_offenders({**BASES[base], **answers}))
    return StepForm(step, dict(given.lists()), {}, NOW)


def sent(base: str, question: str, answer: Any) -> Assessment:
    """The assessment of the answers of the base, one of them another, as the form takes them."""
    form = form_of(base, **{question: answer})
    assert form.is_valid(), [(error.where, error.text) for error in form.error_list]
    return form.assessment


def keys(found: Assessment) -> set[str]:
    return {duty.kind for duty in found.duties}


def rank(found: Assessment) -> dict[Flag, int]:
    return {flag: list(FlagState).index(found.state(flag)) for flag in Flag}


def taken_away(mild: Assessment, worse: Assessment) -> list[str]:
    """What the worse answer took away and should not have."""
    after = keys(worse)
    lost = [flag.value for flag, state in rank(mild).items() if rank(worse)[flag] < state]
    lost += [key for key in keys(mild) - after if not GIVES_WAY.get(key, set()) & after]
    lost += ["lowest level"] if worse.rating.levels[0] < mild.rating.levels[0] else []
    return lost + (["highest level"] if worse.rating.highest < mild.rating.highest else [])


def asked(base: str, question: str, answers: tuple[Any, ...]) -> tuple[Any, ...]:
    """The answers that the form takes: with a kind that is an image, "no image" is refused."""
    image = {"image_shared", "manipulated"} & set(BASES[base].get("kinds", ()))
    return answers[1:] if question == "shown" and image else answers


@pytest.mark.parametrize("base", TRIED)
def test_an_answer_made_worse_takes_nothing_away(base: str) -> None:
    wrong, tried = [], 0
    for question, order in (*ORDERS.items(), *ALSO_WORSE.items()):
        answers = asked(base, question, order)
        found = [sent(base, question, answer) for answer in answers]
        for (mild, worse), (before, after) in zip(pairwise(answers), pairwise(found), strict=True):
            wrong += [(question, mild, worse, lost) for lost in taken_away(before, after)]
            tried += 1
    assert wrong == []
    figures.record("advice: one answer made worse", tried)


@pytest.mark.parametrize("base", TRIED)
def test_not_known_keeps_what_some_answer_would_bring(base: str) -> None:
    wrong, tried = [], 0
    for question, order in (
        *ORDERS.items(),
        *ALSO_WORSE.items(),
        *((name, UNORDERED[name]) for name in ("depicts", "offender_is")),
    ):
        unknown: Any = [UNKNOWN] if isinstance(order[0], list) else UNKNOWN
        open_still = sent(base, question, unknown)
        for answer in asked(base, question, order):
            known = sent(base, question, answer)
            if find_contradictions(known):
                continue
            states, possible = rank(known), rank(open_still)
            wrong += [(question, answer, flag.value) for flag in Flag if min(states[flag], 1) > possible[flag]]
            wrong += [(question, answer, key) for key in (keys(known) - keys(open_still)) & PROTECTIVE]
            tried += 1
    assert wrong == []
    figures.record("advice: one answer not known", tried)


# What stands together in no plan.
APART = (
    ("notify", "consider_notification"), ("do_not_view", "keep_out"), ("do_not_delete", "follow_police"),
    ("judge_bullying", "bullying_plan"), ("no_mediation", "mediation_may"), ("no_mediation", "mediation_should"),
    ("ask_danger", "call_112"), ("leader_now", "involve_leadership"), ("police_report", "report_soon"),
    ("stop_spread", "stop_ongoing"), ("ask_suicide", "ask_danger"),
)  # fmt: skip
THROUGH_THE_HOME = {"inform_parents", "parents_fetch", "report_soon", "police_report", "insurance", "recipients"}
DELETING = {"remove_under_18", "remove_adult", "recipients", "stop_spread", "stop_ongoing", "whereabouts"}
NOT_INTIMATE = {Shown.NOTHING, Shown.ORDINARY, Shown.PRIVATE, Shown.UNDERWEAR}
# What goes together with a situation in no plan: the situation, and the duties or words that then must be missing.
NEVER: tuple[tuple[str, Callable[[Assessment], bool], Callable[[Assessment], bool]], ...] = (
    (
        "a call home",
        lambda found: "home_municipality" in keys(found),
        lambda found: bool(keys(found) & THROUGH_THE_HOME),
    ),
    (
        "a call home before the home is asked about",
        lambda found: "ask_before_parents" in keys(found),
        lambda found: bool(keys(found) & {"inform_parents", "parents_fetch"}),
    ),
    (
        "consent before danger",
        lambda found: found.state(Flag.DANGER) is FlagState.SET,
        lambda found: "adult_consent" in keys(found),
    ),
    (
        "local help alone",
        lambda found: found.plan_level > Level.ONE,
        lambda found: "support_1" in keys(found),
    ),
    (
        "deletion before the police",
        lambda found: found.deletion_waits,
        lambda found: any("Vent med" not in duty.text for duty in found.duties if duty.key in DELETING),
    ),
    (
        "no need of help",
        lambda found: bool(found.facts.self_harm),
        lambda found: "ikke brug for særlig hjælp" in words(found),
    ),
    (
        "a removal service",
        lambda found: {victim.shown for victim in found.facts.victims} <= NOT_INTIMATE,
        lambda found: bool(keys(found) & {"remove_under_18", "remove_adult"}),
    ),
    ("it spreads", lambda found: found.facts.reach is Reach.NOBODY, lambda found: "breder sig" in words(found)),
)


def contradictions(found: Assessment) -> list[str]:
    plan = keys(found)
    # What is about one child stands apart for the same child only.
    about = {(duty.kind, duty.key.removeprefix(duty.kind)) for duty in found.duties}
    children = {child for _kind, child in about}
    apart = [f"{one} beside {other}" for one, other in APART for who in children if {(one, who), (other, who)} <= about]
    support = [] if sum(key in plan for key in SUPPORTS) == 1 else ["not one kind of support"]
    return apart + support + [name for name, applies, holds in NEVER if applies(found) and holds(found)]


@pytest.mark.parametrize("base", TRIED if figures.LONG else TRIED[:1])
def test_no_pair_of_answers_brings_a_plan_that_contradicts_itself(base: str) -> None:
    """Through the form, as far as it takes them together; in the short form every fifteenth pair."""
    every = [(question, answer) for kind in (ORDERS, UNORDERED) for question in kind for answer in kind[question]]
    every += [(question, [UNKNOWN] if isinstance(kind[0], list) else UNKNOWN) for question, kind in ORDERS.items()]
    pairs = [pair for pair in combinations(every, 2) if pair[0][0] != pair[1][0]]
    wrong, tried, refused = set(), 0, set()
    for (first, one), (second, other) in pairs[:: figures.amount(15, 1)]:
        form = form_of(base, **{first: one, second: other})
        if not form.is_valid():
            refused |= {error.where for error in form.error_list}
            continue
        wrong |= {(said, first, str(one), second, str(other)) for said in contradictions(form.assessment)}
        tried += 1
    assert sorted(wrong)[:20] == []
    # Only what cannot be true together is refused: an image of a kind that is one, which shows nothing.
    assert refused <= {str(BY_KEY["afdaek"].questions["shown"].label)}
    figures.record("advice: pairs of answers", tried)
