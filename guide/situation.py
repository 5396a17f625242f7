"""The situation of a case as it is filed, judged at a given moment."""

from __future__ import annotations

from datetime import datetime

from cases.dossier import Dossier
from guide import filing
from guide.judgement import judge
from guide.steps.layout import Situation


def situation_of(dossier: Dossier, now: datetime) -> Situation:
    """All filed answers, judged as of ``now``: deadlines and lateness move with the clock."""
    answers = dossier.answers()
    return Situation(answers, judge(answers, now, acted_on=filing.acted_on(dossier)), now)
