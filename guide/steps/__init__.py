"""The seven steps of the action card, in the order of the card."""

from guide.questionnaire import card
from guide.questionnaire.schema import Step
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

card.register(STEPS)

BY_KEY: dict[str, Step] = {step.key: step for step in STEPS}
