"""What stands beside the questions: possible levels with reasons, flags, and what to do next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cases.dossier import Dossier
from guide import filing
from guide.duties import Duty
from guide.flags import FlagFinding
from guide.interlock import Deviation, deviations
from guide.judgement import Judgement
from guide.steps.layout import Situation
from guide.vocabulary import Flag, FlagState, Level, Urgency

NEXT_DUTIES = 4
FIRST_IN_DANGER = 4
"""Nobody reads more than this with a pupil in danger beside them; the plan has the rest."""


@dataclass(frozen=True)
class Panel:
    """One judgement as a page shows it; ``danger`` are the duties that stand before anything else."""

    judgement: Judgement
    set_flags: list[FlagFinding]
    possible_flags: list[FlagFinding]
    danger: list[Duty]
    next_duties: list[Duty]
    more_duties: int
    deviations: tuple[Deviation, ...]

    @property
    def too_early(self) -> bool:
        """Whether every level is still possible: then the level says nothing yet."""
        return len(self.judgement.rating.levels) == len(Level)


def panel_of(situation: Situation, dossier: Dossier) -> Panel:
    """The panel for a case: what is done stands back, and a departure that the record tells of stays."""
    return panel(situation, filing.settled(dossier), noted=filing.departure_noted(dossier))


def panel(situation: Situation, settled: Collection[str] = (), *, noted: bool = False) -> Panel:
    """The panel for a situation; ``settled`` are the keys of duties done or not relevant, ``noted`` see interlock."""
    judgement = situation.judgement
    waiting = [duty for duty in judgement.duties if duty.key not in settled and not duty.rule]
    in_danger = any(found.flag is Flag.DANGER and found.state is FlagState.SET for found in judgement.flags)
    return Panel(
        judgement=judgement,
        set_flags=[found for found in judgement.flags if found.state is FlagState.SET],
        possible_flags=[found for found in judgement.flags if found.state is FlagState.POSSIBLE],
        danger=[duty for duty in waiting if duty.urgency is Urgency.NOW][:FIRST_IN_DANGER] if in_danger else [],
        next_duties=waiting[:NEXT_DUTIES],
        more_duties=max(len(waiting) - NEXT_DUTIES, 0),
        deviations=deviations(situation.answers, judgement, noted=noted),
    )
