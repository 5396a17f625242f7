"""The situation of a case as filed, assessed at a given moment."""

from datetime import datetime

from cases.log.case_file import CurrentCase
from guide.questionnaire.card import assess_answers
from guide.questionnaire.schema import Situation
from guide.steps.former_answers import current_answers
from guide.wizard import filing


def situation_of(case_file: CurrentCase, now: datetime) -> Situation:
    """Return the situation of all filed answers at ``now``."""
    return assess_answers(current_answers(case_file.answers()), now, filing.first_action_date(case_file))
