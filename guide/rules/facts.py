"""The facts of a case, read from the answers. None is "not known": for an unasked question and for "ved ikke".

Source: the action card's sections Afdæk and Vurder.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final, Literal, TypeVar

from guide.rules.enums import NO, UNKNOWN, YES, AgeBand, Kind, PersonRole, Reach, Reaction, Relation, Revenge, Shown

Tri = bool | None
Rows = Sequence[Mapping[str, object]]
_Choice = TypeVar("_Choice", bound=StrEnum)

# Hate need not be a threat: where the kind is threats or hate, the question about threats decides.
THREAT_KINDS: Final = frozenset({Kind.THREAT_TO_SHARE, Kind.EXTORTION})
APPROACH_KINDS: Final = frozenset({Kind.SEXUAL_APPROACH, Kind.UNSOLICITED_IMAGES})
IMAGE_KINDS: Final = frozenset({Kind.IMAGE_SHARED, Kind.MANIPULATED})
SEXUAL_DEMANDS: Final = frozenset({"images", "acts"})
PLAIN_DEMANDS: Final = frozenset({"money", "silence", "nothing"})
INTIMATE: Final = frozenset({Shown.NUDE_PARTS, Shown.NUDE, Shown.SEXUAL})
DANGERS: Final = ("self_harm", "violence", "ongoing_abuse", "offender_reach")

# The order of each fact about a victim, from mild to serious. Not known is between the ends: never milder than the
# first value, never more serious than the last, and not comparable to those in between.
VICTIM_ORDERS: Final[Mapping[str, tuple[object, ...]]] = {
    "shown": tuple(Shown),
    "recognisable": (False, True),
    "identity_published": (False, True),
    "reaction": tuple(Reaction),
    "age": (AgeBand.ADULT, AgeBand.FROM_15_TO_17, AgeBand.UNDER_15),
    "youngest_age": (AgeBand.ADULT, AgeBand.FROM_15_TO_17, AgeBand.UNDER_15),
}

Key = Literal[
    "self_harm", "violence", "ongoing_abuse", "offender_reach", "suspicion_home", "kinds", "known_on", "shown",
    "recognisable", "identity_published", "shared", "youngest_age", "first_on", "ongoing", "reach",
    "victim_age", "reaction", "offender_identified", "threat", "demands", "revenge", "people", "victims",
    "special_support", "bullying", "tracks", "confirmed_level", "confirm_reason", "computed_level",
    "staff_hold", "before_police_reason", "deletion_asked", "deletion_asked_on", "spread", "takedown",
    "police_contacted", "police_contacted_on", "report_decision",
]  # fmt: skip
"""Under what the rules read the answer to a question, and the rows of a table: what the questions declare to feed."""
Given = Mapping[Key, Any]
"""What was answered; raw, and not checked."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The answers of a case by the keys that rules read, and the duties that the answers show to be done."""

    given: Given
    done: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Victim:
    """One victim and the image of them. `youngest_age`: of the youngest person shown, when the image was made."""

    shown: Shown | None = None
    recognisable: Tri = None
    identity_published: Tri = None
    reaction: Reaction | None = None
    age: AgeBand | None = None
    youngest_age: AgeBand | None = None


@dataclass(frozen=True, slots=True)
class Offender:
    """One person who violates. Age is a fact besides the relation: not only staff members are adults."""

    age: AgeBand | None = None
    relation: Relation | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the rules know of a case. `kinds_open`: there may be further kinds than those named.

    Raises ValueError without a victim: a case where nothing is known has one victim of whom nothing is known.
    """

    victims: tuple[Victim, ...] = (Victim(),)
    kinds: frozenset[Kind] = frozenset()
    kinds_open: bool = True
    shared: Tri = None
    threat: Tri = None
    sexual_demand: Tri = None
    revenge: Revenge | None = None
    self_harm: Tri = None
    violence: Tri = None
    ongoing_abuse: Tri = None
    offender_reach: Tri = None
    suspicion_home: Tri = None
    special_support: Tri = None
    staff_hold: Tri = None
    bullying: Tri = None
    offenders: tuple[Offender, ...] = ()
    offender_identified: Tri = None
    ongoing: Tri = None
    reach: Reach | None = None
    known_on: date | None = None

    def __post_init__(self) -> None:
        if not self.victims:
            raise ValueError("A case has at least one victim, known or not.")


def any_of(*parts: Tri) -> Tri:
    """Return the three-valued or: True if one is True, False if all are False, else None."""
    if True in parts:
        return True
    return None if None in parts else False


def all_of(*parts: Tri) -> Tri:
    """Return the three-valued and: False if one is False, True if all are True, else None."""
    if False in parts:
        return False
    return None if None in parts else True


def from_given(given: Given) -> Facts:
    """Return the facts of the answers. Never raises: what cannot be read is not known."""
    kinds, kinds_open = _kinds(given)
    threat = True if kinds & THREAT_KINDS else _tri(given.get("threat"))
    return Facts(
        victims=_victims(given, kinds),
        kinds=kinds,
        kinds_open=kinds_open,
        shared=True if Kind.IMAGE_SHARED in kinds else _tri(given.get("shared")),
        threat=threat,
        sexual_demand=all_of(threat, _sexual_demand(given.get("demands"))),
        revenge=_choice(Revenge, given.get("revenge")),
        self_harm=_tri(given.get("self_harm")),
        violence=_tri(given.get("violence")),
        ongoing_abuse=_tri(given.get("ongoing_abuse")),
        offender_reach=_tri(given.get("offender_reach")),
        suspicion_home=_tri(given.get("suspicion_home")),
        special_support=_tri(given.get("special_support")),
        staff_hold=_tri(given.get("staff_hold")),
        bullying=_tri(given.get("bullying")),
        offenders=_offenders(given.get("people", ())),
        offender_identified=_identified(given.get("offender_identified")),
        ongoing=_tri(given.get("ongoing")),
        reach=_choice(Reach, given.get("reach")),
        known_on=day_from(given.get("known_on")),
    )


def police_consulted(given: Given) -> bool:
    """Return whether somebody has talked to the police."""
    return given.get("police_contacted") == YES


def age_band(years: object) -> AgeBand | None:
    """Return the age band of years written as digits; None for anything else."""
    text = _text(years)
    if not re.fullmatch(r"[0-9]{1,3}", text):
        return None
    if int(text) < 15:
        return AgeBand.UNDER_15
    return AgeBand.FROM_15_TO_17 if int(text) < 18 else AgeBand.ADULT


def day_from(value: object) -> date | None:
    """Return the date of an ISO text; None for anything else."""
    try:
        return date.fromisoformat(_text(value))
    except ValueError:
        return None


def _victims(given: Given, kinds: frozenset[Kind]) -> tuple[Victim, ...]:
    first = _victim(given, "victim_age")
    further = [_victim(row, "age") for row in given.get("victims", ()) if _says_something(row)]
    # If the kind implies an image and the answer says none, one of them is wrong: what is shown is not known.
    if kinds & IMAGE_KINDS and first.shown is Shown.NOTHING:
        first = replace(first, shown=None)
    # Pictures sent to the pupil show somebody else; in all others the victim was at most as old as today.
    own = Kind.UNSOLICITED_IMAGES not in kinds
    return tuple(_no_older_than_today(victim) if own else victim for victim in (first, *further))


def _no_older_than_today(victim: Victim) -> Victim:
    """Return the age on the image; without an answer, somebody under 18 today was so when it was made."""
    if victim.youngest_age is not None or victim.age in (None, AgeBand.ADULT):
        return victim
    return replace(victim, youngest_age=victim.age)


def _says_something(row: Mapping[str, object]) -> bool:
    """Return the victims; an empty row of the form is none."""
    return any(_text(value) not in ("", UNKNOWN) for value in row.values())


def _victim(row: Mapping[Any, object], age_field: str) -> Victim:
    return Victim(
        shown=_choice(Shown, row.get("shown")),
        recognisable=_tri(row.get("recognisable")),
        identity_published=_tri(row.get("identity_published")),
        reaction=_choice(Reaction, row.get("reaction")),
        age=age_band(row.get(age_field)),
        youngest_age=age_band(row.get("youngest_age")),
    )


def _offenders(people: Rows) -> tuple[Offender, ...]:
    return tuple(
        Offender(_choice(AgeBand, row.get("age_band")), relation)
        for row in people
        if _offends(row)
        for relation in _relations(row)
    )


def _offends(row: Mapping[str, object]) -> bool:
    """Return the people with the role offender, and adults and staff who passed it on. Pupils who did are none."""
    roles = _texts(row.get("roles"))
    grown = row.get("age_band") == AgeBand.ADULT or Relation.STAFF in _relations(row)
    return PersonRole.OFFENDER in roles or (PersonRole.FORWARDED in roles and grown)


def _relations(row: Mapping[str, object]) -> list[Relation | None]:
    """Return the relations that the answer and a second role give; with neither, the one not known."""
    roles = _texts(row.get("roles"))
    told = [_choice(Relation, row.get("relation"))]
    told += [Relation.STAFF] if PersonRole.STAFF in roles else []
    told += [Relation.FAMILY] if PersonRole.PARENT in roles else []
    return [relation for relation in dict.fromkeys(told) if relation is not None] or [None]


def _kinds(given: Given) -> tuple[frozenset[Kind], bool]:
    named = _texts(given.get("kinds"))
    kinds = frozenset(Kind(text) for text in named if text in set(Kind))
    return kinds, not kinds or UNKNOWN in named


def _sexual_demand(demands: object) -> Tri:
    """Return whether images or acts are demanded; None without an answer, or when more may be demanded."""
    named = _texts(demands)
    if SEXUAL_DEMANDS.intersection(named):
        return True
    return False if PLAIN_DEMANDS.intersection(named) and UNKNOWN not in named else None


def _identified(value: object) -> Tri:
    return {"all": True, "some": False, "none": False}.get(_text(value))


def _tri(value: object) -> Tri:
    return {YES: True, NO: False}.get(_text(value))


def _choice(enum: type[_Choice], value: object) -> _Choice | None:
    try:
        return enum(_text(value))
    except ValueError:
        return None


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, Sequence) else []
