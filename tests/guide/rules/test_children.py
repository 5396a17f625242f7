"""The children of a case: for whom a notification is sent or considered, each once, and nobody missed."""

from dataclasses import replace
from itertools import product

import pytest

from guide.rules.children import PUPIL_KEY, SHOWN_KEY, children, key_about
from guide.rules.enums import NO, UNKNOWN, AgeBand, Flag, FlagState, Kind, Relation, Shown
from guide.rules.facts import OFFENDER_KEY, OTHER_KEY, Facts, Offender, Victim
from guide.rules.flags import Clock, evaluate_flags, flag_state, maybe_minor_in_case, minor_content, state_of
from tests.figures import amount
from tests.guide.rules.test_real_cases import NOW

UNDER_15, TEENAGER, ADULT = AgeBand.UNDER_15, AgeBand.FROM_15_TO_17, AgeBand.ADULT
PUPIL = Victim(shown=Shown.NUDE, age=UNDER_15, youngest_age=UNDER_15, depicted=True, others_shown=False)
GROWN = Victim(shown=Shown.NUDE, age=ADULT, youngest_age=ADULT, depicted=True, others_shown=False)
CALM = {"kinds_open": False, "threat": False, "self_harm": False, "suspicion_home": False, "support_needed": False}


def found(**facts: object) -> list[tuple[str, str, str]]:
    known = Facts(**{**CALM, "offender_identified": True, **facts})  # type: ignore[arg-type]
    return [(child.key, child.name, child.state.value) for child in children(known)]


def young(key: str, **more: object) -> Offender:
    return Offender(age=TEENAGER, pupil_here=True, key=key, name=key.title(), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"victims": (PUPIL,), "offenders": (Offender(ADULT),)}, [(PUPIL_KEY, "", "set")]),
        ({"victims": (PUPIL,), "offenders": (young("bo"),)}, [(PUPIL_KEY, "", "possible"), ("bo", "Bo", "possible")]),
        ({"victims": (GROWN,), "offenders": (young("bo"),)}, [("bo", "Bo", "possible")]),
        ({"victims": (GROWN,), "offenders": (young("bo"), Offender(ADULT, key="li"))}, [("bo", "Bo", "possible")]),
        ({"victims": (GROWN,), "offenders": (young("bo"),), "support_needed": True}, [("bo", "Bo", "set")]),
        ({"victims": (GROWN,), "offenders": (Offender(TEENAGER),)}, [(OFFENDER_KEY, "", "possible")]),
        ({"victims": (GROWN,), "offender_identified": False}, [(OFFENDER_KEY, "", "possible")]),
        # Somebody unknown is nobody to notify about beside a child who is known.
        ({"victims": (PUPIL,), "offender_identified": False}, [(PUPIL_KEY, "", "possible")]),
        ({"victims": (PUPIL,), "offenders": (Offender(None, Relation.STRANGER),)}, [(PUPIL_KEY, "", "possible")]),
        ({"victims": (GROWN,), "offenders": (Offender(None, Relation.STRANGER, key="x"),)}, [("x", "", "possible")]),
        # One person with two relations, or who is violated and violates, is one child.
        (
            {"victims": (GROWN,), "offenders": (young("bo", relation=Relation.PARTNER), young("bo"))},
            [("bo", "Bo", "possible")],
        ),
        (
            {"victims": (GROWN, Victim(age=TEENAGER, key="bo", name="Bo")), "offenders": (young("bo"),)},
            [("bo", "Bo", "possible")],
        ),
        (
            {"victims": (Victim(age=TEENAGER, key="bo", name="Bo"),), "offenders": (young("bo"),)},
            [(PUPIL_KEY, "Bo", "possible")],
        ),
        (
            {"victims": (PUPIL, Victim(age=TEENAGER)), "offenders": (Offender(ADULT),)},
            [(PUPIL_KEY, "", "set"), (OTHER_KEY, "", "possible")],
        ),
        (
            {
                "victims": (Victim(Shown.NUDE, age=ADULT, youngest_age=TEENAGER, depicted=True, others_shown=True),),
                "offenders": (Offender(ADULT),),
            },
            [(SHOWN_KEY, "", "possible")],
        ),
        ({"victims": (GROWN,), "offenders": (Offender(ADULT),)}, []),
        # Who only passed it on is a child of the case too.
        (
            {"victims": (GROWN,), "offenders": (Offender(ADULT),), "forwarders": (young("ida"),)},
            [("ida", "Ida", "possible")],
        ),
    ],
)
def test_each_child_once(facts: dict[str, object], expected: list[tuple[str, str, str]]) -> None:
    assert found(**facts) == expected


VICTIMS = [
    Victim(shown=shown, age=age, youngest_age=youngest, depicted=True, others_shown=others)
    for shown in (Shown.NOTHING, Shown.PRIVATE, Shown.NUDE, None)
    for age in (ADULT, UNDER_15, None)
    for youngest in (ADULT, TEENAGER, None)
    for others in (True, False, None)
]
YOUTH, STAFF = Offender(TEENAGER, pupil_here=True), Offender(None, Relation.STAFF)
OFFENDERS = [(), (Offender(None, Relation.STRANGER),), (YOUTH,), (Offender(ADULT),), (STAFF,)]
OFFENDERS += [(Offender(UNDER_15, under_12=True),), (Offender(UNDER_15, support=NO),)]
SIGNS: list[dict[str, object]] = [
    {"support_needed": True},
    {"support_needed": None},
    {},
    {"threat": True},
    {"abuse_before": True, "abuse_sexual": True},
    {"kinds": frozenset({Kind.SEXUAL_APPROACH})},
    {"kinds_open": True},
    {"forwarders": (YOUTH,)},
]


def test_somebody_is_asked_about_exactly_where_the_flag_says_so() -> None:
    """The flag "special support" is of the case; the children are those who raise it.

    The short form tries every eleventh case, which meets each pair of a victim and any sign, offender or answer.
    """
    clock = Clock(NOW)
    every = list(
        product(VICTIMS, [None, PUPIL, GROWN, replace(PUPIL, support=UNKNOWN)], OFFENDERS, SIGNS, (True, False, None))
    )
    tried = every[:: amount(11, 1)]
    for first, further, offenders, signs, identified in tried:
        victims = (first, further) if further else (first,)
        facts = Facts(
            **{**CALM, "victims": victims, "offenders": offenders, "offender_identified": identified, **signs}  # type: ignore[arg-type]
        )
        state = state_of(evaluate_flags(facts, clock), Flag.SUPPORT)
        states = {child.state for child in children(facts)}
        shown = flag_state(minor_content(facts)) is not FlagState.NOT_SET and maybe_minor_in_case(facts)
        assert (FlagState.SET in states) == (state is FlagState.SET), facts
        assert bool(states) == (state is not FlagState.NOT_SET or shown), facts
    assert len(tried) > amount(4_000, 60_000)


def test_key_of_the_duty_about_the_pupil_has_no_addition() -> None:
    assert (key_about("notify", PUPIL_KEY), key_about("notify", "abc")) == ("notify", "notify-abc")
