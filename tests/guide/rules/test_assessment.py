"""The judgement of whole cases, from raw answers."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

import guide
from guide.rules.enums import Flag, FlagState, Level, Track
from guide.rules.police_first import Ruling, mediation
from tests.guide.reading import assess, with_offenders

NOW = datetime(2026, 11, 18, 9, 30)

# Everything known, everything mild: two pupils of 16 in one class, dealt with the same day.
QUIET: dict[str, Any] = {
    "danger_self_harm": "nej",
    "abuse": "nej",
    "suspicion_home": "nej",
    "victim_is": "pupil",
    "kinds": ["image_shared"],
    "shown": "private",
    "recognised": "nej",
    "depicts": ["pupil"],
    "passed_on": "ja",
    "victim_age": "16",
    "youngest_age": "16",
    "ongoing": "nej",
    "reached": "few_named",
    "threat": "nej",
    "motive": "none",
    "reaction": "no_special_need",
    "known_on": "2026-11-18",
    "people": [{"name": "", "roles": ["offender"], "age_band": "from_15_to_17", "pupil_of": "same_class"}],
    "victims": [],
}
ASSESSED = {"support_needed": "nej", "bullying_judged": "nej", "confirmed_level": ""}


def person(age: str, relation: str) -> dict[str, Any]:
    return {"people": [{"name": "", "roles": ["offender"], "age_band": age, "relation": relation}]}


def answers(changes: dict[str, Any], assessed: dict[str, str] | None = None, **steps: Any) -> dict[str, Any]:
    return {"afdaek": with_offenders({**QUIET, **changes}), "vurder": {**ASSESSED, **(assessed or {})}, **steps}


NUDE = {"shown": "nude", "recognised": "ja"}
# name, what differs from QUIET, levels, axes, flags set, flags possible, police first
CASES = [
    ("embarrassing picture", {}, "1", "image reaction", "private_image", "", False),
    (
        "no image, a quarrel",
        {"shown": "nothing", "kinds": ["bullying"], "passed_on": "", "depicts": []},
        "1",
        "image reaction",
        "",
        "",
        False,
    ),
    ("swimwear", {"shown": "underwear"}, "1", "image reaction", "private_image", "", False),
    ("mild image, needs help", {"reaction": "needs_help"}, "2", "reaction", "private_image", "", False),
    ("mild image, panic", {"reaction": "panic"}, "3", "reaction", "private_image", "", False),
    ("mild image, overwhelmed", {"reaction": "overwhelmed"}, "4", "reaction", "private_image", "", False),
    ("mild image, reaction unknown", {"reaction": "ved_ikke"}, "1234", "reaction", "private_image", "", False),
    ("nude parts", {"shown": "nude_parts"}, "2", "image", "minor_content private_image", "support", True),
    (
        "nude parts, recognisable",
        {**NUDE, "shown": "nude_parts"},
        "2",
        "image",
        "minor_content private_image",
        "support",
        True,
    ),
    (
        "nude parts with a name",
        {"shown": "nude_parts", "recognised": "named"},
        "3",
        "image",
        "minor_content private_image",
        "support",
        True,
    ),
    (
        "nude parts, some revenge",
        {**NUDE, "shown": "nude_parts", "motive": "some"},
        "2",
        "image",
        "minor_content private_image",
        "support",
        True,
    ),
    (
        "nude parts, extensive revenge",
        {**NUDE, "shown": "nude_parts", "motive": "extensive"},
        "3",
        "image",
        "minor_content private_image",
        "support",
        True,
    ),
    ("nude, face hidden", {"shown": "nude"}, "2", "image", "minor_content private_image", "support", True),
    ("nude, recognisable", NUDE, "3", "image", "minor_content private_image", "support", True),
    (
        "nude, recognisable unknown",
        {**NUDE, "recognised": "ved_ikke"},
        "234",
        "image",
        "minor_content private_image",
        "support",
        True,
    ),
    (
        "nude with a name",
        {"shown": "nude", "recognised": "named"},
        "4",
        "image",
        "minor_content private_image",
        "support",
        True,
    ),
    (
        "nude, extensive revenge",
        {**NUDE, "motive": "extensive"},
        "4",
        "image",
        "minor_content private_image",
        "support",
        True,
    ),
    (
        "nude, revenge unknown",
        {**NUDE, "motive": "ved_ikke"},
        "34",
        "image",
        "minor_content private_image",
        "support",
        True,
    ),
    (
        "nude with a threat",
        {**NUDE, "threat": "ja"},
        "4",
        "image",
        "minor_content private_image threat",
        "abuse approach support",
        True,
    ),
    ("sexual, face hidden", {"shown": "sexual"}, "2", "image", "minor_content private_image", "support", True),
    ("sexual, recognisable", {**NUDE, "shown": "sexual"}, "4", "image", "minor_content private_image", "support", True),
    (
        "sexual, recognisable unknown",
        {"shown": "sexual", "recognised": ""},
        "24",
        "image",
        "minor_content private_image",
        "support",
        True,
    ),
    (
        "made by AI",
        {**NUDE, "kinds": ["manipulated"], "passed_on": "nej"},
        "3",
        "image",
        "minor_content private_image",
        "support",
        True,
    ),
    (
        "threat to share, nothing shown",
        {"kinds": ["threat_to_share"], "shown": "nothing", "threat": "nej"},
        "2",
        "threat",
        "threat",
        "abuse approach support",
        True,
    ),
    (
        "extortion by a stranger",
        {"kinds": ["extortion"], "shown": "nothing", "demands": ["money"], **person("ved_ikke", "stranger")},
        "2",
        "threat",
        "threat",
        "offender support",
        True,
    ),
    (
        "extortion for images",
        {"kinds": ["extortion"], "shown": "nothing", "demands": ["images"]},
        "2",
        "threat event",
        "approach threat",
        "abuse support",
        True,
    ),
    (
        "unsolicited nudes from an adult",
        {
            "kinds": ["unsolicited_images"],
            "shown": "nude_parts",
            "depicts": ["sender"],
            "passed_on": "nej",
            "youngest_age": "40",
            **person("adult", "stranger"),
        },
        "2",
        "event",
        "abuse approach offender support",
        "",
        True,
    ),
    (
        "grooming by somebody unknown",
        {"kinds": ["sexual_approach"], "shown": "nothing", "offender_is": ["stranger"], "people": []},
        "2",
        "event",
        "approach offender",
        "abuse support",
        True,
    ),
    (
        "pupil of 13, embarrassing picture",
        {"victim_age": "13", "youngest_age": "13"},
        "1",
        "image reaction",
        "private_image under_15",
        "",
        False,
    ),
    (
        "pupil of 13, nude",
        {**NUDE, "victim_age": "13", "youngest_age": "13"},
        "3",
        "image",
        "minor_content private_image under_15",
        "support",
        True,
    ),
    (
        "adult pupil, nude as an adult",
        {**NUDE, "victim_age": "19", "youngest_age": "18"},
        "3",
        "image",
        "private_image",
        "support",
        True,
    ),
    (
        "adult pupil, face hidden",
        {"shown": "nude", "victim_age": "19", "youngest_age": "18"},
        "2",
        "image",
        "private_image",
        "support",
        False,
    ),
    (
        "adult pupil, image from when she was 16",
        {"shown": "nude", "victim_age": "19", "youngest_age": "16"},
        "2",
        "image",
        "minor_content private_image",
        "support",
        True,
    ),
    (
        "age on the image unknown",
        {"shown": "nude", "youngest_age": ""},
        "2",
        "image",
        "minor_content private_image",
        "under_15 support",
        True,
    ),
    (
        "adult, age on the image unknown",
        {"victim_age": "19", "shown": "nude", "youngest_age": ""},
        "2",
        "image",
        "private_image",
        "minor_content under_15 support",
        True,
    ),
    ("suicidal signs", {"danger_self_harm": "ja"}, "4", "danger", "danger private_image support", "", False),
    (
        "danger not asked about",
        {"abuse": ""},
        "124",
        "danger",
        "private_image",
        "danger abuse threat support",
        True,
    ),
    (
        "offender who may harm",
        {"abuse": "ja", "danger_what": ["harm"]},
        "4",
        "danger",
        "danger private_image",
        "support",
        True,
    ),
    ("staff member offends", person("adult", "staff"), "1", "image reaction", "private_image offender", "", True),
    ("adult cousin offends", person("adult", "family"), "1", "image reaction", "private_image offender", "home", True),
    (
        "suspicion towards the home",
        {"suspicion_home": "ja"},
        "1",
        "image reaction",
        "private_image home support",
        "",
        False,
    ),
    ("home not asked about", {"suspicion_home": ""}, "1", "image reaction", "private_image", "home support", False),
    ("public", {"reached": "public"}, "1", "image reaction", "private_image spread", "", False),
    ("still going on", {"ongoing": "ja"}, "1", "image reaction", "private_image spread", "", False),
    ("known for a week", {"known_on": "2026-11-11"}, "1", "image reaction", "private_image late", "", False),
    (
        "two victims, the second worse",
        {"victims": [{"age": "14", "youngest_age": "14", **NUDE, "reaction": "needs_help"}]},
        "3",
        "image",
        "minor_content private_image under_15",
        "support",
        True,
    ),
]


@pytest.mark.parametrize(
    ("changes", "levels", "axes", "flags", "possible", "police"),
    [case[1:] for case in CASES],
    ids=[c[0] for c in CASES],
)
def test_judgement_of_a_case(
    changes: dict[str, Any], levels: str, axes: str, flags: str, possible: str, police: bool
) -> None:
    found = assess(answers(changes), NOW)
    assert "".join(str(int(level)) for level in found.rating.levels) == levels
    assert " ".join(found.rating.axes) == axes
    assert " ".join(f.flag for f in found.flags if f.state == FlagState.SET) == flags
    assert " ".join(f.flag for f in found.flags if f.state == FlagState.POSSIBLE) == possible
    assert found.police_first is police


def test_there_are_at_least_thirty_named_cases() -> None:
    assert len({case[0] for case in CASES}) == len(CASES) >= 30


@pytest.mark.parametrize("kind", ["image_shared", "manipulated"])
@pytest.mark.parametrize("level", ["1", "2", "3", "4"])
def test_images_of_a_minor_are_for_the_police_at_every_confirmed_level(level: str, kind: str) -> None:
    vurder = {"confirmed_level": level, "confirm_reason": "Vurderet sammen."}
    found = assess(answers({"shown": "nude_parts", "kinds": [kind]}, vurder), NOW)
    assert found.plan_level == int(level)
    assert found.police_first
    assert found.deletion_reason == (
        "Der er nøgenhed eller noget seksuelt med en person under 18 år: Tal med politiet, før noget slettes."
    )


def test_confirming_a_lower_level_moves_the_plan_and_keeps_every_flag() -> None:
    changes = {**NUDE, "threat": "ja", "reaction": "overwhelmed"}
    computed, confirmed = (
        assess(answers(changes), NOW),
        assess(answers(changes, {"confirmed_level": "1", "confirm_reason": "Vurderet sammen."}), NOW),
    )
    assert (computed.confirmed, computed.plan_level) == (None, Level.FOUR)
    assert (confirmed.confirmed, confirmed.plan_level) == (Level.ONE, Level.ONE)
    assert confirmed.flags == computed.flags
    assert confirmed.rating == computed.rating
    keys = {duty.key for duty in confirmed.duties}
    assert "support_1" in keys
    assert "support_4" not in keys


@pytest.mark.parametrize("level", ["0", "5", "x", "", "ved_ikke", None, "²"])
def test_a_confirmed_level_that_is_none_is_none(level: object) -> None:
    assert assess({"vurder": {"confirmed_level": level}}, NOW).confirmed is None


def test_plan_level_is_the_highest_possible_until_confirmed() -> None:
    assert assess(answers({**NUDE, "motive": ""}), NOW).plan_level == Level.FOUR


@pytest.mark.parametrize(
    ("changes", "consulted", "allowed", "reason"),
    [
        ({}, "", True, "Mægling kan overvejes, hvis begge parter og deres forældre frivilligt siger ja."),
        (NUDE, "nej", False, "Ingen mægling, før politiet er spurgt."),
        (NUDE, "ja", True, "Mægling kan overvejes, hvis begge parter og deres forældre frivilligt siger ja."),
        ({"threat": "ja"}, "ja", False, "Ingen mægling, mens der er trusler, tvang eller pres."),
        ({"abuse": "ja", "danger_what": ["threats"]}, "ja", False, "Ingen mægling, mens den krænkede kan være i fare."),
        (
            person("adult", "partner"),
            "ja",
            False,
            "Ingen mægling, når en krænker er voksen, ansat på skolen eller ukendt.",
        ),
        (
            {"offender_is": ["stranger"]},
            "ja",
            False,
            "Ingen mægling, når en krænker er voksen, ansat på skolen eller ukendt.",
        ),
        ({"threat": "ved_ikke"}, "", False, "Ingen mægling, før politiet er spurgt."),
    ],
)
def test_mediation(changes: dict[str, Any], consulted: str, allowed: bool, reason: str) -> None:
    found = assess(answers(changes, anmeld={"police_contacted": consulted}), NOW)
    police = Ruling(found.police_first, found.deletion_reason)
    assert mediation(found.flags, police, found.facts, consulted=found.police_consulted) == Ruling(allowed, reason)
    assert allowed != ("no_mediation" in {duty.key for duty in found.duties})


@pytest.mark.parametrize(
    ("changes", "assessed", "tracks"),
    [
        ({}, {}, [Track.PEDAGOGICAL]),
        (NUDE, {}, [Track.POLICE, Track.NOTIFICATION, Track.PEDAGOGICAL]),
        ({**NUDE, **person("from_15_to_17", "stranger")}, {}, [Track.POLICE, Track.NOTIFICATION]),
        ({}, {"support_needed": "ja"}, [Track.NOTIFICATION, Track.PEDAGOGICAL]),
        (
            {"abuse": "ja", "danger_what": ["threats"]},
            {"bullying_judged": "ja"},
            [Track.POLICE, Track.NOTIFICATION, Track.PEDAGOGICAL],
        ),
        ({"danger_self_harm": "ja"}, {}, [Track.NOTIFICATION, Track.PEDAGOGICAL]),
        ({"victim_age": "18"}, {"support_needed": "ja"}, [Track.NOTIFICATION, Track.PEDAGOGICAL]),
        ({"victim_age": "18", **person("adult", "partner")}, {"support_needed": "ja"}, [Track.POLICE]),
    ],
)
def test_tracks(changes: dict[str, Any], assessed: dict[str, str], tracks: list[Track]) -> None:
    assert [advice.track for advice in assess(answers(changes, assessed), NOW).tracks] == tracks


def test_an_empty_case_plans_for_the_worst_and_asks() -> None:
    found = assess({}, NOW)
    assert found.rating.levels == tuple(Level)
    assert found.police_first
    assert "no_mediation" in {duty.key for duty in found.duties}
    assert all(finding.state != FlagState.NOT_SET for finding in found.flags)


def test_acting_late_is_seen_after_the_fact() -> None:
    known = answers({"known_on": "2026-11-02"})
    assert assess(known, NOW, first_act_on=date(2026, 11, 3)).state(Flag.LATE) == FlagState.NOT_SET
    assert assess(known, NOW, first_act_on=date(2026, 11, 9)).state(Flag.LATE) == FlagState.SET


# --- the house --------------------------------------------------------------------------------------------------------


def test_rules_and_sources_use_no_word_the_field_has_left_behind() -> None:
    found = {
        path.name: word
        for room in ("rules", "reference")
        for path in (Path(guide.__file__).parent / room).glob("*.py")
        for word in ("børneporno", "hævnporno")
        # The booklet keeps its title.
        if word in path.read_text(encoding="utf-8").lower().replace("hjælp til ofre for hævnporno", "")
    }
    assert found == {}


@pytest.mark.parametrize(
    ("vurder", "binds"),
    [
        ({"confirmed_level": "2"}, False),
        ({"confirmed_level": "2", "confirm_reason": "ved_ikke", "computed_level": "4"}, False),
        ({"confirmed_level": "2", "confirm_reason": "Rolig elev.", "computed_level": "3"}, False),
        ({"confirmed_level": "2", "confirm_reason": "Rolig elev.", "computed_level": "4"}, True),
        ({"confirmed_level": "2", "confirm_reason": "Rolig elev."}, True),
        ({"confirmed_level": "4"}, True),
    ],
)
def test_a_lower_level_binds_only_with_a_reason_that_covers_what_is_known(vurder: dict[str, str], binds: bool) -> None:
    found = assess(answers({**NUDE, "threat": "ja"}, vurder), NOW)
    assert found.rating.highest == Level.FOUR
    chosen = Level(int(vurder["confirmed_level"]))
    assert (found.confirmed, found.outdated) == ((chosen, None) if binds else (None, chosen))
    assert found.plan_level == (chosen if binds else Level.FOUR)
