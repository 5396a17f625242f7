"""The first actions of a case as a page draws them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from cases.models import Municipality
from guide.directory import ContactCard, contacts_for
from guide.questionnaire.schema import Situation
from guide.rules.actions import Action, first_actions

_TELLS_LEADERS: Final = frozenset({"leader_now", "involve_leadership"})


@dataclass(frozen=True)
class DrawnAction:
    """An action with whom to call. ``lacks_number`` is true where the municipality's own is not filled in."""

    action: Action
    contacts: list[ContactCard]
    lacks_number: bool

    @property
    def tells_leaders(self) -> bool:
        """Return whether it is this action in which the leaders are told."""
        return any(duty.key in _TELLS_LEADERS for duty in self.action.duties)


def drawn_actions(
    situation: Situation, settled: Collection[str] = (), municipality: Municipality | None = None
) -> list[DrawnAction]:
    """Return what to do first in the situation; ``settled`` are the keys of duties done or not relevant."""
    found = first_actions(situation.assessment.duties, settled)
    wanted = [key for one in found for key in one.words.contacts]
    cards = {card.key: card for card in contacts_for(municipality, wanted)}
    drawn = []
    for action in found:
        own = [cards[key] for key in action.words.contacts]
        filled = [card for card in own if not card.missing]
        drawn.append(DrawnAction(action, filled, bool(own) and not filled))
    return drawn
