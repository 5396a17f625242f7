"""The values that rules and forms share. Members of a class that is called ordered go from mild to serious."""

from collections.abc import Sequence
from enum import IntEnum, StrEnum

from django.utils.functional import Promise

Words = str | Promise
"""A text of the screen: itself, or to be translated when it is shown."""
Choices = Sequence[tuple[str, Words]]
"""The choices of a question: key and label, in the order they are shown."""

YES = "ja"
NO = "nej"
UNKNOWN = "ved_ikke"


class Kind(StrEnum):
    """What happened; several may apply at once."""

    IMAGE_SHARED = "image_shared"
    MANIPULATED = "manipulated"
    THREAT_TO_SHARE = "threat_to_share"
    EXTORTION = "extortion"
    SEXUAL_APPROACH = "sexual_approach"
    BULLYING = "bullying"
    UNSOLICITED_IMAGES = "unsolicited_images"
    SECRET_RECORDING = "secret_recording"  # noqa: S105 - a kind of violation, no password
    THREATS_HATE = "threats_hate"
    VIOLENCE_FILMED = "violence_filmed"
    FAKE_PROFILE = "fake_profile"
    ACCOUNT_TAKEN = "account_taken"
    WHEREABOUTS = "whereabouts"
    PRIVATE_INFORMATION = "private_information"
    OTHER = "other"


class Shown(StrEnum):
    """What the image shows, ordered. A forgery counts like a photograph."""

    NOTHING = "nothing"
    ORDINARY = "ordinary"
    PRIVATE = "private"
    UNDERWEAR = "underwear"
    NUDE_PARTS = "nude_parts"
    NUDE = "nude"
    SEXUAL = "sexual"


class Revenge(StrEnum):
    """How strong the intent to harm is, ordered. A quarrel is SOME."""

    NONE = "none"
    SOME = "some"
    EXTENSIVE = "extensive"


class Reaction(StrEnum):
    """How the victim reacts, ordered; the four steps of the reaction axis."""

    NO_SPECIAL_NEED = "no_special_need"
    NEEDS_HELP = "needs_help"
    PANIC = "panic"
    OVERWHELMED = "overwhelmed"


class AgeBand(StrEnum):
    """The age bands of the law, by rising age. Which end is the serious one differs: see guide.rules.facts."""

    UNDER_15 = "under_15"
    FROM_15_TO_17 = "from_15_to_17"
    ADULT = "adult"


class PupilOf(StrEnum):
    """Where an offender is a pupil, apart from the relation: a former partner may go to the same class."""

    SAME_CLASS = "same_class"
    SAME_SCHOOL = "same_school"
    OTHER_SCHOOL = "other_school"
    NO_PUPIL = "no_pupil"


class Relation(StrEnum):
    """The offender's relation to the victim."""

    PARTNER = "partner"
    FAMILY = "family"
    STAFF = "staff"
    ACQUAINTANCE = "acquaintance"
    STRANGER = "stranger"


class Reach(StrEnum):
    """How far it has spread, ordered."""

    NOBODY = "nobody"
    FEW_NAMED = "few_named"
    MORE_THAN_NAMED = "more_than_named"
    BEYOND_CLASS = "beyond_class"
    PUBLIC = "public"


class Deletion(StrEnum):
    """What the police said about deletion."""

    ALLOWED = "allowed"
    PARTLY = "partly"
    NOT_YET = "not_yet"
    ASK_AGAIN = "ask_again"


class PersonRole(StrEnum):
    """A person's part in the case; one person may have several."""

    VICTIM = "victim"
    OFFENDER = "offender"
    FORWARDED = "forwarded"
    RECEIVED = "received"
    WITNESS = "witness"
    FRIEND = "friend"
    PARENT = "parent"
    STAFF = "staff"


class Level(IntEnum):
    """The severity level of the case."""

    ONE = 1
    TWO = 2
    THREE = 3
    FOUR = 4


class Axis(StrEnum):
    """What decided the level."""

    IMAGE = "image"
    REACTION = "reaction"
    THREAT = "threat"
    EVENT = "event"
    DANGER = "danger"


class Flag(StrEnum):
    """What the law or the pupil's safety requires at any level; most urgent first."""

    DANGER = "danger"
    ABUSE = "abuse"
    MINOR_CONTENT = "minor_content"
    PRIVATE_IMAGE = "private_image"
    APPROACH = "approach"
    UNDER_15 = "under_15"
    THREAT = "threat"
    OFFENDER = "offender"
    SPREAD = "spread"
    HOME = "home"
    SUPPORT = "support"
    BULLYING = "bullying"
    LATE = "late"


class FlagState(StrEnum):
    """How certain a flag is, ordered: POSSIBLE already creates the protective duties."""

    NOT_SET = "not_set"
    POSSIBLE = "possible"
    SET = "set"


class Urgency(StrEnum):
    """When a duty is to be done, most urgent first."""

    NOW = "now"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"


class Track(StrEnum):
    """The three outcomes of the assessment; several may be recommended together."""

    POLICE = "police"
    NOTIFICATION = "notification"
    PEDAGOGICAL = "pedagogical"
