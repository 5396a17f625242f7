"""What is known in a case before a test begins: answers of whole steps, as the product keeps them."""

from datetime import timedelta

from django.utils import timezone

from guide.questionnaire.schema import Answers
from guide.rules.enums import (
    NO,
    UNKNOWN,
    YES,
    AgeBand,
    Kind,
    PersonRole,
    PupilOf,
    Reach,
    Reaction,
    Relation,
    Revenge,
    Shown,
)
from guide.rules.facts import DANGER_THREATS, OFFENDER_PUPIL, OFFENDER_STRANGER, PUPIL

VICTIM, OFFENDER = "Alma Testrup", "Mads Demosen"


def day(ago: int = 0) -> str:
    """The day so many days back, as Danes write it."""
    return (timezone.localdate() - timedelta(days=ago)).strftime("%d-%m-%Y")


def iso(ago: int = 0) -> str:
    """The day so many days back, as the product keeps it."""
    return (timezone.localdate() - timedelta(days=ago)).isoformat()


def mild() -> Answers:
    """Level 1: an embarrassing picture by a classmate; nothing for the police."""
    return {
        "danger_self_harm": NO,
        "abuse": NO,
        "suspicion_home": NO,
        "victim_is": PUPIL,
        "kinds": [Kind.IMAGE_SHARED],
        "what_happened": f"Et billede af {VICTIM}, der sover, er lagt i klassens chat.",
        "known_on": iso(1),
        "shown": Shown.PRIVATE,
        "depicts": [PUPIL],
        "recognised": YES,
        "passed_on": YES,
        "youngest_age": "15",
        "ongoing": NO,
        "reached": Reach.FEW_NAMED,
        "victim_age": "15",
        "reaction": Reaction.NO_SPECIAL_NEED,
        "own_words": "»Det var pinligt.«",
        "offender_is": [OFFENDER_PUPIL],
        "offender_near": YES,
        "threat": NO,
        "motive": Revenge.NONE,
        "staff_hold": NO,
        "people": [
            {"name": VICTIM, "roles": [PersonRole.VICTIM], "age_band": AgeBand.FROM_15_TO_17, "note": "9.a"},
            {
                "name": OFFENDER,
                "roles": [PersonRole.OFFENDER],
                "age_band": AgeBand.FROM_15_TO_17,
                "pupil_of": PupilOf.SAME_CLASS,
                "relation": Relation.ACQUAINTANCE,
                "note": "9.a",
            },
        ],
    }


def nude() -> Answers:
    """Level 3: a nude picture of somebody of 15 whom one can recognise; the police come first."""
    return {**mild(), "shown": Shown.NUDE, "what_happened": f"Et nøgenbillede af {VICTIM} er delt i en gruppe."}


def violence() -> Answers:
    """Level 4 by the danger: threats of violence."""
    return {**mild(), "abuse": YES, "danger_what": [DANGER_THREATS], "threat": YES}


def home() -> Answers:
    """The pressure may come from the home."""
    return {**mild(), "suspicion_home": YES}


def adult() -> Answers:
    """The victim is 18."""
    return {**mild(), "victim_age": "18", "youngest_age": "18"}


def stranger() -> Answers:
    """Nobody knows who does it."""
    return {**mild(), "offender_is": [OFFENDER_STRANGER], "threat": UNKNOWN, "people": []}
