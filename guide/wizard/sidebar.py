"""The sidebar of the questions: possible levels with reasons, flags, and what to do first."""

from collections.abc import Collection
from dataclasses import dataclass

from cases.log.case_file import CurrentCase
from cases.models import Case, Municipality
from guide.directory import ContactCard, contacts_for
from guide.questionnaire import card
from guide.questionnaire.conditions import home_is_suspected
from guide.questionnaire.schema import Situation
from guide.rules.actions import MOST_ACTIONS, Action, first_actions
from guide.rules.assessment import Assessment
from guide.rules.contradictions import find_contradictions
from guide.rules.duties import Duty
from guide.rules.early_deletion import Deviation, deviations
from guide.rules.enums import YES, Flag, FlagState, Level, Urgency
from guide.rules.flags import FlagFinding
from guide.steps import vurder
from guide.wizard import filing

FIRST_IN_DANGER = 4
"""How many duties are shown first when a pupil is in danger; the plan has the rest."""
_ASK_ABOUT_HOME = ("underretning_modtagelse", "social_doegnvagt")


@dataclass(frozen=True)
class HomeWarning:
    """That the home is suspected: whom to ask first (only those filled in), and whether that is agreed already."""

    contacts: list[ContactCard]
    is_agreed: bool


@dataclass(frozen=True)
class Sidebar:
    """One assessment as a page shows it; ``danger`` are the duties shown first, ``later`` the actions below them."""

    assessment: Assessment
    set_flags: list[FlagFinding]
    possible_flags: list[FlagFinding]
    danger: list[Duty]
    home: HomeWarning | None
    actions: tuple[Action, ...]
    later: tuple[Action, ...]
    deviations: tuple[Deviation, ...]
    contradictions: tuple[str, ...]
    tipping: list[str]
    assessed_alone: bool
    """Whether one person alone has assessed the level: then it is not called confirmed."""

    @property
    def too_early(self) -> bool:
        """Whether every level is still possible: then the level says nothing yet."""
        return len(self.assessment.rating.levels) == len(Level)


def case_sidebar(situation: Situation, case_file: CurrentCase, case: Case) -> Sidebar:
    """Return the sidebar of a case, without completed duties, with a logged deviation."""
    settled = filing.settled_duty_keys(case, case_file)
    return build_sidebar(situation, settled, noted=case_file.deviated, municipality=case.school.municipality)


def build_sidebar(
    situation: Situation,
    settled: Collection[str] = (),
    *,
    noted: bool = False,
    municipality: Municipality | None = None,
) -> Sidebar:
    """Return the sidebar; ``settled`` are the keys of duties done or not relevant, ``noted`` as in ``deviations``."""
    assessment = situation.assessment
    actions = first_actions(assessment.duties, settled)
    waiting = [duty for duty in assessment.duties if duty.key not in settled and not duty.rule]
    in_danger = any(found.flag is Flag.DANGER and found.state is FlagState.SET for found in assessment.flags)
    return Sidebar(
        assessment=assessment,
        set_flags=[found for found in assessment.flags if found.state is FlagState.SET],
        possible_flags=[found for found in assessment.flags if found.state is FlagState.POSSIBLE],
        danger=[duty for duty in waiting if duty.urgency is Urgency.NOW][:FIRST_IN_DANGER] if in_danger else [],
        home=_home_warning(situation, municipality),
        actions=actions[:MOST_ACTIONS],
        later=actions[MOST_ACTIONS:],
        deviations=deviations(assessment, noted=noted),
        contradictions=find_contradictions(assessment),
        tipping=card.tipping_questions(assessment.rating),
        assessed_alone=vurder.is_assessed_alone(situation),
    )


def _home_warning(situation: Situation, municipality: Municipality | None) -> HomeWarning | None:
    if not home_is_suspected(situation):
        return None
    cards = contacts_for(municipality, _ASK_ABOUT_HOME)
    agreed = situation.get("inddrag", "municipality_contacted") == YES
    return HomeWarning([card for card in cards if not card.missing], agreed)
