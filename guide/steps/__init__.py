"""The seven steps of the action card, in the order of the card, and filed steps evaluated again."""

from collections.abc import Iterable, Mapping

from guide.questionnaire import card
from guide.questionnaire.evaluation import Evaluation, answers_on_card, evaluate
from guide.questionnaire.schema import Answers, Situation, Step
from guide.steps import afdaek, anmeld, behandl, dokumenter, inddrag, stop, vurder

STEPS: tuple[Step, ...] = (
    afdaek.STEP,
    vurder.STEP,
    inddrag.STEP,
    dokumenter.STEP,
    stop.STEP,
    anmeld.STEP,
    behandl.STEP,
)

card.register_steps(STEPS)

BY_KEY: dict[str, Step] = {step.key: step for step in STEPS}


def reevaluate(filed: Mapping[str, Answers], steps: Iterable[str], situation: Situation) -> dict[str, Evaluation]:
    """Each of ``steps`` with its filed answers, evaluated in ``situation``; a step that the card has not is left out.

    An answer in one step may open questions in another that was ready.
    """
    return {
        key: evaluate(BY_KEY[key], situation.with_answers(key, answers_on_card(BY_KEY[key], filed[key])))
        for key in steps
        if key in BY_KEY
    }
