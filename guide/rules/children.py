"""The children of a case for whom a notification is sent or considered, each on its own.

Source: Barnets lov § 133: the duty is about each child under 18 who may need special support or was subjected to
overgreb, a child who violates others too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext_lazy as _

from guide.rules.enums import FlagState, Relation, Words
from guide.rules.facts import OFFENDER_KEY, OTHER_KEY, PUPIL_ROW, Facts, Offender, Tri, all_of, any_of, victim_key
from guide.rules.flags import (
    OF_EVERY_VICTIM,
    beaten_or_abused,
    child_is_shown,
    flag_state,
    minor_content,
    needs_support,
    possible_at_most,
    shows_intimate,
    shows_others_under_18,
    under_18,
    young_violates,
)

PUPIL_KEY: Final = ""
"""The pupil of the first questions, whose notification is a question of its own."""
SHOWN_KEY: Final = "shown"
"""A child who is on no list: somebody else whom the image shows."""
FORWARDER_KEY: Final = "forwarder"
"""The part of a listed child who only passed it on."""
_UNLISTED: Final = re.compile(f"{PUPIL_ROW}|{OTHER_KEY}[0-9]*|{OFFENDER_KEY}|{SHOWN_KEY}", re.ASCII)
_WORDS: Final[dict[str, Words]] = {
    PUPIL_KEY: _("den krænkede"),
    OTHER_KEY: _("en anden elev på billedet"),
    OFFENDER_KEY: _("den, der krænker"),
    FORWARDER_KEY: _("den, der har delt videre"),
    SHOWN_KEY: _("den, billedet viser"),
}


@dataclass(frozen=True, slots=True)
class Child:
    """One child: `key` on the list of people or one of those above; `state` is set or possible."""

    key: str
    part: str
    name: str
    state: FlagState

    @property
    def words(self) -> str:
        """Return the name, or who it is."""
        return self.name or str(_WORDS[self.part])


def children(facts: Facts) -> tuple[Child, ...]:
    """Return every child for whom a notification is, or may be, needed, each once: victims, who violates, who shared.

    Somebody who is not identified is among them only where the case has no other child.
    """
    found: dict[str, Child] = {}
    pupil = facts.victims[0].key
    for child in (*_victims(facts), *_offenders(facts)):
        one = replace(child, key=PUPIL_KEY) if pupil and child.key == pupil else child
        known = found.get(one.key)
        if known is None:
            found[one.key] = one
        elif one.state is FlagState.SET:
            found[one.key] = replace(known, state=FlagState.SET)
    return tuple(found.values()) or tuple(_strangers(facts))[:1]


def children_to_ask_about(facts: Facts) -> tuple[Child, ...]:
    """Return the children whom an answer about the case may be about; none where there is one alone, or no such answer.

    A child stays among them whatever is answered about it.
    """
    told = any(getattr(facts, name) is True for name in OF_EVERY_VICTIM) or beaten_or_abused(facts) is True
    found = children(_without_own_answers(facts)) if told else ()
    return found if len(found) > 1 else ()


def row_of(child: Child, facts: Facts) -> str:
    """Return the key of a row about the child; there the pupil of the first questions has one too."""
    return child.key or victim_key(0, facts.victims[0])


def _without_own_answers(facts: Facts) -> Facts:
    return replace(
        facts,
        victims=tuple(replace(victim, support="") for victim in facts.victims),
        offenders=tuple(replace(who, support="") for who in facts.offenders),
        forwarders=tuple(replace(who, support="") for who in facts.forwarders),
    )


def is_unlisted(key: str) -> bool:
    """Return whether it can be the key of a child who is on no list; further victims are numbered."""
    return _UNLISTED.fullmatch(key) is not None


def key_about(duty: str, child: str) -> str:
    """Return the key of a duty about a child; that about the pupil of the first questions has no addition."""
    return f"{duty}-{child}" if child else duty


def _victims(facts: Facts) -> Iterator[Child]:
    content = minor_content(facts)
    for number, victim in enumerate(facts.victims):
        shown = possible_at_most(any_of(all_of(shows_intimate(victim), child_is_shown(victim)), content))
        is_child = all_of(under_18(victim.age), any_of(needs_support(facts, victim), shown))
        key = victim_key(number, victim) if number else PUPIL_KEY
        yield from _child(key, OTHER_KEY if number else PUPIL_KEY, victim.name, is_child)


def _offenders(facts: Facts) -> Iterator[Child]:
    for part, people in ((OFFENDER_KEY, facts.offenders), (FORWARDER_KEY, facts.forwarders)):
        for who in people:
            if not _is_stranger(who):
                yield from _child(who.key or OFFENDER_KEY, part, who.name, young_violates(facts, who))


def _strangers(facts: Facts) -> Iterator[Child]:
    """Somebody whom the image shows, and whoever violates and is not known: they may be under 18."""
    content = minor_content(facts)
    for victim in facts.victims:
        shown = possible_at_most(any_of(shows_intimate(victim), content))
        yield from _child(SHOWN_KEY, SHOWN_KEY, "", all_of(shows_others_under_18(victim), shown))
    for who in filter(_is_stranger, facts.offenders):
        yield from _child(who.key or OFFENDER_KEY, OFFENDER_KEY, who.name, young_violates(facts, who))
    if not facts.offenders or not facts.offender_identified:
        yield from _child(OFFENDER_KEY, OFFENDER_KEY, "", young_violates(facts, Offender()))


def _is_stranger(who: Offender) -> bool:
    """Return whether it is somebody known from the net alone, of whom nobody knows the age: a profile."""
    return who.relation == Relation.STRANGER and who.age is None


def _child(key: str, part: str, name: str, answer: Tri) -> Iterator[Child]:
    if answer is not False:
        yield Child(key, part, name, flag_state(answer))
