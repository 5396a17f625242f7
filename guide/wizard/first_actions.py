"""The first actions of a case as a page draws them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from cases.models import Municipality
from guide.directory import ContactCard, contacts_for
from guide.questionnaire.schema import Situation
from guide.rules.actions import MOST_ACTIONS, Action, first_actions
from guide.rules.duties import Duty

_TELLS_LEADERS: Final = frozenset({"leader_now", "involve_leadership"})


@dataclass(frozen=True)
class DrawnAction:
    """An action with whom to call. ``missing_name`` is whose number is not filled in, "" where there is one."""

    action: Action
    contacts: list[ContactCard]
    missing_name: str

    @property
    def asks(self) -> str:
        """Return the section of the first pages in which the pupil's answer is written, "" where nothing is asked."""
        return next((duty.asks for duty in self.action.duties if duty.asks), "")

    @property
    def tells_leaders(self) -> bool:
        """Return whether it is this action in which the leaders are told."""
        return any(duty.key in _TELLS_LEADERS for duty in self.action.duties)


def rules_beside(situation: Situation, drawn: Collection[DrawnAction]) -> list[Duty]:
    """Return what to keep to all the way, without what one of the actions says."""
    said = {one.action.words.says for one in drawn}
    return [duty for duty in situation.assessment.duties if duty.rule and duty.key not in said]


def drawn_actions(
    situation: Situation, settled: Collection[str] = (), municipality: Municipality | None = None
) -> list[DrawnAction]:
    """Return what to do first in the situation; ``settled`` are the keys of duties done or not relevant."""
    found = first_actions(situation.assessment.duties, settled)[:MOST_ACTIONS]
    wanted = [key for one in found for key in one.words.contacts]
    cards = {card.key: card for card in contacts_for(municipality, wanted)}
    drawn = []
    for action in found:
        own = [cards[key] for key in action.words.contacts]
        filled = [card for card in own if not card.missing]
        drawn.append(DrawnAction(action, filled, "" if filled or not own else own[0].name))
    return drawn
