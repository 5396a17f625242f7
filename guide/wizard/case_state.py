"""The situation of a case as it is filed, judged at a given moment."""

from __future__ import annotations

from datetime import datetime

from cases.log.case_file import CaseFile
from guide.questionnaire.card import assess_answers
from guide.questionnaire.schema import Situation
from guide.wizard import filing


def situation_of(case_file: CaseFile, now: datetime) -> Situation:
    """All filed answers, judged as of ``now``: deadlines and lateness move with the clock."""
    return assess_answers(case_file.answers(), now, filing.first_action_date(case_file))
