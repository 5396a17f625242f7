"""The facts of a case, read from the answers. None is "not known": for an unasked question and for "ved ikke".

Source: the action card's sections Afdæk and Vurder.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final, Literal, TypeVar

from guide.rules.enums import (
    NO,
    UNKNOWN,
    YES,
    AgeBand,
    Deletion,
    Kind,
    PersonRole,
    PupilOf,
    Reach,
    Reaction,
    Relation,
    Revenge,
    Shown,
)

Tri = bool | None
_OTHER_PUPIL: Final = "other_pupil"
_OTHERS_SHOWN: Final = frozenset({_OTHER_PUPIL, "sender", "somebody"})
Rows = Sequence[Mapping[str, object]]
_Choice = TypeVar("_Choice", bound=StrEnum)

# Hate need not be a threat: where the kind is threats or hate, the question about threats decides.
THREAT_KINDS: Final = frozenset({Kind.THREAT_TO_SHARE, Kind.EXTORTION})
APPROACH_KINDS: Final = frozenset({Kind.SEXUAL_APPROACH, Kind.UNSOLICITED_IMAGES})
IMAGE_KINDS: Final = frozenset({Kind.IMAGE_SHARED, Kind.MANIPULATED})
SEXUAL_DEMANDS: Final = frozenset({"images", "acts"})
PLAIN_DEMANDS: Final = frozenset({"money", "silence", "nothing"})
INTIMATE: Final = frozenset({Shown.NUDE_PARTS, Shown.NUDE, Shown.SEXUAL})
NOT_PRIVATE: Final = frozenset({Shown.NOTHING, Shown.ORDINARY})
DANGERS: Final = ("self_harm", "violence", "ongoing_abuse", "offender_harm")
PUPIL, STAFF, ABSENT = "pupil", "staff", "absent"
"""Who is violated: a pupil, somebody employed at the school, a pupil who is not known or not reached."""
PARENT: Final = "parent"
"""Who has told of it: one of the parents."""
BY_ADULT, AT_HOME, BY_YOUNG = "adult", "home", "young"
"""From whom violence or abuse came."""
SEXUAL, BLOWS = "sexual", "blows"
DANGER_ABUSE, DANGER_THREATS, DANGER_HARM, ABUSED_TOO = "abuse", "threats", "harm", "before"
"""What endangers the pupil now: violence or abuse, threats of it, something else that may harm the pupil. The last one:
there was violence or abuse earlier too."""
BEFORE: Final = "foer"
"""No violence, abuse or threats now, but violence or abuse earlier."""
OFFENDER_PUPIL, OFFENDER_MINOR, OFFENDER_ADULT, OFFENDER_STAFF, OFFENDER_STRANGER = (
    "pupil", "minor", "adult", "staff", "stranger",
)  # fmt: skip
"""Who violates: a pupil of the school, another minor, an adult, somebody employed here, somebody not identified."""
NAMED: Final = "named"
"""Recognisable, and it stands with the image who it is."""
UNDER_12: Final = "under_12"
"""An age on the list of people, younger than the bands of the law: for whom a notification is sooner needed."""
PUPIL_ROW, OTHER_KEY, OFFENDER_KEY = "pupil", "other", "offender"
"""Children who are on no list: the pupil of the first questions, another one violated, whoever violates."""
_WITHOUT_IMAGE: Final = frozenset({Kind.THREATS_HATE, Kind.BULLYING, Kind.WHEREABOUTS, Kind.PRIVATE_INFORMATION})
"""Kinds of violation that involve no image by themselves."""

# The order of each fact about a victim, from mild to serious. Not known is between the ends: never milder than the
# first value, never more serious than the last, and not comparable to those in between.
VICTIM_ORDERS: Final[Mapping[str, tuple[object, ...]]] = {
    "shown": tuple(Shown),
    "recognisable": (False, True),
    "identity_published": (False, True),
    "reaction": tuple(Reaction),
    "depicted": (False, True),
    "others_shown": (False, True),
    "age": (AgeBand.ADULT, AgeBand.FROM_15_TO_17, AgeBand.UNDER_15),
    "youngest_age": (AgeBand.ADULT, AgeBand.FROM_15_TO_17, AgeBand.UNDER_15),
}

Key = Literal[
    "self_harm", "self_harm_plan", "abuse", "danger_what", "abuse_kind", "abuse_by",
    "suspicion_home", "handed_over", "victim_is", "kinds", "known_on", "shown", "depicts", "recognised",
    "passed_on", "youngest_age", "first_on", "ongoing", "reach", "victim_age", "reaction",
    "telling_help", "offender_is", "offender_pupil", "offender_near", "threat", "demands", "paid", "revenge",
    "hate", "people", "more_victims", "victims", "parents_told", "parents_agree", "support_needed", "children",
    "bullying", "tracks", "confirmed_level", "confirm_reason", "computed_level", "staff_hold", "before_police_reason",
    "deletion_asked", "deletion_asked_on", "spread", "takedown", "police_contacted", "police_contacted_on",
    "police_deletion", "report_decision", "reporter",
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
    """One victim and the image. `youngest_age`: of the youngest person shown, when the image was made.

    `depicted`: whether the image shows the victim; one that was sent to the victim may show somebody else.
    `others_shown`: whether it shows others: a victim of 19 who was 14 on the image is no child today, they may be.
    `key` and `name` are those on the list of people, empty for somebody who is not on it. `support`: what was answered
    about this child alone, whether it may need special support or was abused; "" for nothing.
    """

    shown: Shown | None = None
    recognisable: Tri = None
    identity_published: Tri = None
    reaction: Reaction | None = None
    depicted: Tri = None
    others_shown: Tri = None
    age: AgeBand | None = None
    youngest_age: AgeBand | None = None
    is_staff: bool = False
    key: str = ""
    name: str = ""
    support: str = ""


@dataclass(frozen=True, slots=True)
class Offender:
    """One person who violates. Age is a fact besides the relation: not only staff members are adults.

    `pupil_here`: whether the person is a pupil at the victim's school. `key`, `name` and `support` as for a victim.
    """

    age: AgeBand | None = None
    relation: Relation | None = None
    pupil_here: Tri = None
    key: str = ""
    name: str = ""
    support: str = ""
    under_12: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the rules know of a case. `kinds_open`: there may be further kinds than those named.

    `forwarders`: those under 18 who only passed it on; others who did are among the offenders.
    `parent_told`: a parent is the one who has told the school.
    `bullying_in_doubt`: the leaders were asked whether it is bullying, and do not know yet.
    `victim_absent`: nobody at the school knows or has talked with the pupil who is violated.

    Raises ValueError without a victim: a case where nothing is known has one victim of whom nothing is known.
    """

    victims: tuple[Victim, ...] = (Victim(),)
    victim_absent: bool = False
    kinds: frozenset[Kind] = frozenset()
    kinds_open: bool = True
    passed_on: Tri = None
    threat: Tri = None
    sexual_demand: Tri = None
    paid: Tri = None
    revenge: Revenge | None = None
    hate: Tri = None
    self_harm: Tri = None
    self_harm_plan: Tri = None
    violence: Tri = None
    ongoing_abuse: Tri = None
    offender_harm: Tri = None
    abuse_before: Tri = None
    abuse_sexual: Tri = None
    abuse_by_adult: Tri = None
    suspicion_home: Tri = None
    handed_over: Tri = None
    telling_help: Tri = None
    parent_told: bool = False
    parents_agree: Tri = None
    support_needed: Tri = None
    staff_hold: Tri = None
    bullying: Tri = None
    bullying_in_doubt: bool = False
    offenders: tuple[Offender, ...] = ()
    forwarders: tuple[Offender, ...] = ()
    offender_identified: Tri = None
    offender_pupil: Tri = None
    offender_near: Tri = None
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
    # Kinds that are not told may be threats.
    by_kind = True if kinds & THREAT_KINDS else None if kinds_open else False
    threat = any_of(by_kind, _tri(given.get("threat")))
    plan, by = _tri(given.get("self_harm_plan")), given.get("abuse_by")
    # Where nobody knows from whom the violence comes, it may come from the home.
    from_home = True if AT_HOME in _texts(by) else None if UNKNOWN in _texts(by) else False
    facts = Facts(
        victims=_victims(given, kinds),
        victim_absent=given.get("victim_is") == ABSENT,
        kinds=kinds,
        kinds_open=kinds_open,
        passed_on=_tri(given.get("passed_on")),
        threat=threat,
        sexual_demand=all_of(threat, _among(given.get("demands"), SEXUAL_DEMANDS, PLAIN_DEMANDS)),
        paid=_tri(given.get("paid")),
        revenge=_choice(Revenge, given.get("revenge")),
        hate=_tri(given.get("hate")),
        self_harm=True if plan else _tri(given.get("self_harm")),
        self_harm_plan=plan,
        violence=_endangers(given, DANGER_THREATS),
        ongoing_abuse=_endangers(given, DANGER_ABUSE),
        offender_harm=_endangers(given, DANGER_HARM),
        abuse_before=_abused_before(given),
        abuse_sexual=_among(given.get("abuse_kind"), frozenset({SEXUAL}), frozenset({BLOWS})),
        abuse_by_adult=_among(by, frozenset({BY_ADULT, AT_HOME}), frozenset({BY_YOUNG})),
        suspicion_home=any_of(_tri(given.get("suspicion_home")), from_home),
        handed_over=_tri(given.get("handed_over")),
        telling_help=_tri(given.get("telling_help")),
        parent_told=given.get("reporter") == PARENT,
        parents_agree=_tri(given.get("parents_agree")),
        support_needed=_tri(given.get("support_needed")),
        staff_hold=_tri(given.get("staff_hold")),
        bullying=_tri(given.get("bullying")),
        bullying_in_doubt=given.get("bullying") == UNKNOWN,
        offenders=_all_offenders(given),
        forwarders=_young_forwarders(given.get("people", ())),
        offender_identified=_identified(given.get("offender_is")),
        offender_pupil=_tri(given.get("offender_pupil")),
        offender_near=_tri(given.get("offender_near")),
        ongoing=_tri(given.get("ongoing")),
        reach=_choice(Reach, given.get("reach")),
        known_on=day_from(given.get("known_on")),
    )
    return _with_own_answers(facts, given.get("children", ()))


def kinds_may_have_image(kinds: object) -> bool:
    """Return whether an image may be part of what happened, by the kinds that were told; True without an answer."""
    named = _texts(kinds)
    return not named or not frozenset(named) <= _WITHOUT_IMAGE


def has_kind(facts: Facts, *kinds: Kind) -> Tri:
    """Return whether one of these kinds is named; None while the list may be incomplete."""
    if not facts.kinds.isdisjoint(kinds):
        return True
    return None if facts.kinds_open else False


def police_consulted(given: Given) -> bool:
    """Return whether somebody has talked to the police."""
    return given.get("police_contacted") == YES


def said_of_deletion(given: Given) -> Deletion | None:
    """Return what the police said about deletion; None when they were not asked or it is not written down."""
    return _choice(Deletion, given.get("police_deletion")) if police_consulted(given) else None


def victim_key(number: int, victim: Victim) -> str:
    """Return the key of a victim as a child: that on the list of people, else one by the place among the victims."""
    if victim.key:
        return victim.key
    return (PUPIL_ROW, OTHER_KEY)[number] if number < 2 else f"{OTHER_KEY}{number}"


def as_tri(answer: str) -> Tri:
    """Return whether the answer is yes; None for any but yes and no."""
    return {YES: True, NO: False}.get(answer)


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
    depicts, pupil = given.get("depicts"), frozenset({PUPIL})
    first = replace(
        _victim(given, "victim_age"),
        depicted=_among(depicts, pupil, _OTHERS_SHOWN),
        others_shown=_among(depicts, _OTHERS_SHOWN, pupil),
    )
    if first.is_staff:
        first = replace(first, age=AgeBand.ADULT)
    if not kinds_may_have_image(given.get("kinds")) and not given.get("shown"):
        first = replace(first, shown=Shown.NOTHING)
    # If the kind implies an image and the answer says none, one of them is wrong: what is shown is not known.
    if kinds & IMAGE_KINDS and first.shown is Shown.NOTHING:
        first = replace(first, shown=None)
    key, name = _pupil(given)
    first = replace(first, key=key, name=name)
    rows = [row for row in given.get("victims", ()) if _says_something(row)]
    further = [replace(_victim(row, "age"), depicted=True, others_shown=False) for row in rows]
    further = [replace(one, age=AgeBand.ADULT) if one.is_staff else one for one in further]
    # Another pupil on the image is violated as well, also when nobody has written the name: grown today if the youngest
    # on it was so then.
    if _OTHER_PUPIL in _texts(given.get("depicts")) and not further:
        grown = first.youngest_age if first.youngest_age is AgeBand.ADULT else None
        further = [replace(first, depicted=True, age=grown, reaction=None, is_staff=False, key="", name="")]
        return (first, *further, *_unrated(given, first)[1:])
    found = (first, *further, *_unrated(given, first))
    if given.get("more_victims") == YES and len(found) == 1:
        return (first, _known_by_number(first))
    return found


def _unrated(given: Given, first: Victim) -> list[Victim]:
    """Return who is only listed as violated, beside the pupil of the first questions: little is known of them."""
    bands = [_band(row) for row in _listed_victims(given)]
    one = replace(_known_by_number(first), age=bands[0] if len(set(bands)) == 1 else None)
    return [one] * (len(bands) - 1)


def _known_by_number(first: Victim) -> Victim:
    """Return somebody of whom it is only told that there is one more; that there is no image holds for all."""
    return Victim(shown=Shown.NOTHING if first.shown is Shown.NOTHING else None)


def _says_something(row: Mapping[str, object]) -> bool:
    """Return whether the row tells of a victim; an empty row of the form is none."""
    return any(_text(value) not in ("", UNKNOWN) for value in row.values())


def _victim(row: Mapping[Any, object], age_field: str) -> Victim:
    recognised = _text(row.get("recognised"))
    return Victim(
        shown=_choice(Shown, row.get("shown")),
        recognisable={NAMED: True}.get(recognised, _tri(recognised)),
        identity_published={NAMED: True, YES: False, NO: False}.get(recognised),
        reaction=_choice(Reaction, row.get("reaction")),
        is_staff=row.get("victim_is") == STAFF,
        age=age_band(row.get(age_field)),
        youngest_age=age_band(row.get("youngest_age")),
        key=_text(row.get("key")),
        name=_text(row.get("name")),
    )


def _person(row: Mapping[str, object]) -> tuple[str, str]:
    return _text(row.get("key")), _text(row.get("name"))


def _pupil(given: Given) -> tuple[str, str]:
    """Return key and name of the pupil of the first questions: the one listed as a victim who is no further one."""
    found = [_person(row) for row in _listed_victims(given)]
    return found[0] if len(found) == 1 else ("", "")


def _listed_victims(given: Given) -> Rows:
    """Return the rows of those listed as victims who are no further ones."""
    further = {_text(row.get("key")) for row in given.get("victims", ())} - {""}
    listed = [row for row in given.get("people", ()) if PersonRole.VICTIM in _texts(row.get("roles"))]
    return [row for row in listed if _text(row.get("key")) not in further]


def _offenders(people: Rows) -> Iterator[tuple[Offender, bool]]:
    """Return the listed people who violate, and whether they have the role of it themselves."""
    for row in people:
        for relation in _relations(row) if _offends(row) else ():
            offender = Offender(
                _band(row), relation, _pupil_here(row, relation), *_person(row), under_12=_is_under_12(row)
            )
            yield offender, PersonRole.OFFENDER in _texts(row.get("roles"))


def _all_offenders(given: Given) -> tuple[Offender, ...]:
    """Return the listed people who violate, and one for each kind that was told and that no listed one is.

    What the list leaves open about somebody is what was told: a blank outranks no answer.
    """
    answered = _texts(given.get("offender_is"))
    told = [_OF_KIND[kind] for kind in answered if kind in _OF_KIND]
    complete = len(told) == len(answered)
    listed, found = list[Offender](), list[Offender]()
    for person, is_offender in _offenders(given.get("people", ())):
        kind = _kind_told(person, told, complete=complete) if is_offender else None
        listed.append(_with_known(person, kind) if kind else person)
        found += [kind] if kind else []
    return (*listed, *(one for one in told if one not in found))


def _kind_told(person: Offender, told: Sequence[Offender], *, complete: bool) -> Offender | None:
    """Return the one kind told that a listed person can be; None where it may be another or somebody not told of."""
    kinds = [one for one in told if _may_be(person, one)]
    sure = complete or person.age is not None or person.pupil_here is True
    return kinds[0] if len(kinds) == 1 and sure else None


def _may_be(person: Offender, told: Offender) -> bool:
    same_age = person.age is None or (person.age is AgeBand.ADULT) == (told.age is AgeBand.ADULT)
    same_place = told.pupil_here is not True or person.pupil_here is not False
    is_staff = person.relation is Relation.STAFF
    return same_age and same_place and (is_staff == (told.relation is Relation.STAFF) or person.relation is None)


def _with_known(person: Offender, told: Offender) -> Offender:
    return replace(
        person,
        age=told.age if person.age is None else person.age,
        relation=told.relation if person.relation is None else person.relation,
        pupil_here=told.pupil_here if person.pupil_here is None else person.pupil_here,
    )


_OF_KIND: Final[Mapping[str, Offender]] = {
    OFFENDER_PUPIL: Offender(AgeBand.FROM_15_TO_17, None, pupil_here=True),
    # Whoever is told of as another minor is no employee.
    OFFENDER_MINOR: Offender(AgeBand.FROM_15_TO_17, Relation.ACQUAINTANCE, pupil_here=False),
    OFFENDER_ADULT: Offender(AgeBand.ADULT, None, pupil_here=False),
    OFFENDER_STAFF: Offender(AgeBand.ADULT, Relation.STAFF, pupil_here=False),
}
"""Of an offender who is a minor, the younger age would need less of the police: the older one is taken."""


def _pupil_here(row: Mapping[str, object], relation: Relation | None) -> Tri:
    place = _choice(PupilOf, row.get("pupil_of"))
    if place is None:
        return False if relation in (Relation.STAFF, Relation.STRANGER) else None
    return place in (PupilOf.SAME_CLASS, PupilOf.SAME_SCHOOL)


def _offends(row: Mapping[str, object]) -> bool:
    """Return the people with the role offender, and those who passed it on unless known to be under 18."""
    roles = _texts(row.get("roles"))
    return PersonRole.OFFENDER in roles or (PersonRole.FORWARDED in roles and not _is_young(row))


def _is_young(row: Mapping[str, object]) -> bool:
    young = _band(row) in (AgeBand.UNDER_15, AgeBand.FROM_15_TO_17)
    return young and Relation.STAFF not in _relations(row)


def _young_forwarders(people: Rows) -> tuple[Offender, ...]:
    passed_on = (row for row in people if PersonRole.FORWARDED in _texts(row.get("roles")))
    return tuple(
        Offender(_band(row), None, _pupil_here(row, None), *_person(row), under_12=_is_under_12(row))
        for row in passed_on
        if _is_young(row) and not _offends(row)
    )


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


def _among(answer: object, these: frozenset[str], others: frozenset[str]) -> Tri:
    """Return whether one of ``these`` is named; None without an answer, or when there may be more than was named."""
    named = _texts(answer)
    if these.intersection(named):
        return True
    return False if others.intersection(named) and UNKNOWN not in named else None


def _identified(answer: object) -> Tri:
    """Return whether everybody who violates is known; None without an answer or when there may be more."""
    named = _texts(answer)
    if OFFENDER_STRANGER in named:
        return False
    return True if UNKNOWN not in named and any(kind in _OF_KIND for kind in named) else None


def _endangers(given: Given, what: str) -> Tri:
    """Return whether the pupil is in this danger now. A danger that nobody has described is one that may harm."""
    now, named = given.get("abuse"), _texts(given.get("danger_what"))
    if now != YES:
        return False if now == BEFORE else _tri(now)
    described = [danger for danger in named if danger not in (UNKNOWN, ABUSED_TOO)]
    if what in described or (not described and what == DANGER_HARM):
        return True
    return False if described and UNKNOWN not in named else None


def _abused_before(given: Given) -> Tri:
    """Return whether there was violence or abuse earlier, now or not."""
    answer, named = given.get("abuse"), _texts(given.get("danger_what"))
    if answer != YES:
        return True if answer == BEFORE else _tri(answer)
    if ABUSED_TOO in named:
        return True
    return False if named and UNKNOWN not in named else None


def _band(row: Mapping[str, object]) -> AgeBand | None:
    return AgeBand.UNDER_15 if _is_under_12(row) else _choice(AgeBand, row.get("age_band"))


def _is_under_12(row: Mapping[str, object]) -> bool:
    return row.get("age_band") == UNDER_12


def _with_own_answers(facts: Facts, rows: Rows) -> Facts:
    """Return the facts with what was answered about each child; it counts once it is told of whom the answer is yes."""
    answers = {_text(row.get("key")): _text(row.get("support")) for row in rows}
    victims = [(victim_key(number, victim), victim) for number, victim in enumerate(facts.victims)]
    offenders, forwarders = (
        [(who.key or OFFENDER_KEY, who) for who in them] for them in (facts.offenders, facts.forwarders)
    )
    if not any(answers.get(key) == YES for key, _who in (*victims, *offenders, *forwarders)):
        return facts
    return replace(
        facts,
        victims=tuple(replace(victim, support=answers.get(key, "")) for key, victim in victims),
        offenders=tuple(replace(who, support=answers.get(key, "")) for key, who in offenders),
        forwarders=tuple(replace(who, support=answers.get(key, "")) for key, who in forwarders),
    )


def _tri(value: object) -> Tri:
    return as_tri(_text(value))


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
