"""The other demo cases: from an embarrassing picture to a fake nude."""

from __future__ import annotations

from cases.vocabulary import ReferralForm
from guide.demo.story import NO_DANGER, Days, DemoCase, person
from guide.vocabulary import NO, UNKNOWN, YES, AgeBand, Kind, PersonRole, Reach, Reaction, Relation, Revenge, Shown


def fake_nude(ago: Days) -> DemoCase:
    """A nude made with artificial intelligence, no name with it: level 3."""
    return DemoCase(
        owner="kollega",
        steps={
            "afdaek": {
                **NO_DANGER,
                "kinds": [Kind.MANIPULATED, Kind.BULLYING],
                "what_happened": (
                    "To elever har lavet et falsk nøgenbillede af en klassekammerat med en app og vist det "
                    "i frikvarteret."
                ),
                "known_on": ago(1),
                "shown": Shown.NUDE,
                "recognisable": YES,
                "identity_published": NO,
                "shared": YES,
                "youngest_age": "12",
                "platforms": ["in_person", "snapchat"],
                "first_on": ago(2),
                "ongoing": UNKNOWN,
                "reached": Reach.FEW_NAMED,
                "victim_age": "12",
                "reaction": Reaction.NEEDS_HELP,
                "own_words": "»Det er jo ikke engang mig, men alle tror det.«",
                "offender_known": "all",
                "threat": NO,
                "motive": Revenge.NONE,
                "people": [
                    person("Ida Testesen", [PersonRole.VICTIM], AgeBand.UNDER_15, "", "6.a"),
                    person("To elever fra 6.a", [PersonRole.OFFENDER], AgeBand.UNDER_15, Relation.SAME_CLASS, "6.a"),
                ],
            },
            "inddrag": {
                "secrecy_told": YES,
                "parents_told": NO,
                "wait_reason": "Mor kan først træffes i eftermiddag.",
                "wait_until": ago(0),
            },
        },
        referral=ReferralForm.ANONYMOUS,
        purpose="Hvordan taler vi med klassen om falske billeder?",
    )


def screenshot(ago: Days) -> DemoCase:
    """An embarrassing picture in a class chat: level 1, closed."""
    return DemoCase(
        owner="laerer_b",
        steps={
            "afdaek": {
                **NO_DANGER,
                "kinds": [Kind.IMAGE_SHARED],
                "what_happened": "Et billede af en elev, der sover i bussen med åben mund, blev lagt i klassens chat.",
                "known_on": ago(12),
                "shown": Shown.PRIVATE,
                "recognisable": YES,
                "identity_published": NO,
                "shared": YES,
                "youngest_age": "14",
                "platforms": ["facebook"],
                "ongoing": NO,
                "reached": Reach.FEW_NAMED,
                "victim_age": "14",
                "reaction": Reaction.NO_SPECIAL_NEED,
                "offender_known": "all",
                "threat": NO,
                "motive": Revenge.NONE,
                "people": [
                    person("En elev fra 7.x", [PersonRole.OFFENDER], AgeBand.UNDER_15, Relation.SAME_CLASS, "7.x")
                ],
            },
            "vurder": {
                "confirmed_level": "1",
                "special_support": NO,
                "bullying_judged": NO,
                "took_part": ["teacher", "leader"],
                "leadership": YES,
                "leadership_on": ago(12),
                "ssp_asked": NO,
                "tracks": ["pedagogical"],
                "track_reason": "Et enkelt pinligt billede. Eleven tog det pænt, og klassen slettede det samme dag.",
            },
            "inddrag": {
                "secrecy_told": YES,
                "parents_told": "all",
                "told_by": "Klasselæreren",
                "told_on": ago(12),
                "parents_view": "Tilfredse med, at det blev taget op.",
            },
        },
        skips={
            "dokumenter": "Billedet er slettet af den, der lagde det op, og der er ikke mere at sikre.",
            "anmeld": "Intet i billedet kan anmeldes, og familien ønsker det ikke.",
        },
        closed_because="Billedet er slettet, og klassen har talt om det. Eleven har det godt.",
    )


def just_opened(ago: Days) -> DemoCase:
    """Opened a moment ago: only the danger questions are answered."""
    return DemoCase(
        owner="laerer",
        steps={"afdaek": {**NO_DANGER, "kinds": [Kind.FAKE_PROFILE], "known_on": ago(0)}},
    )


def hidden_recording(ago: Days) -> DemoCase:
    """Filmed while changing after sports: nude parts, not recognisable, level 2."""
    return DemoCase(
        owner="kollega",
        steps={
            "afdaek": {
                **NO_DANGER,
                "kinds": [Kind.SECRET_RECORDING, Kind.IMAGE_SHARED],
                "what_happened": (
                    "En elev er filmet bagfra i omklædningen. Klippet er vist på en telefon til tre andre."
                ),
                "known_on": ago(2),
                "shown": Shown.NUDE_PARTS,
                "recognisable": NO,
                "identity_published": NO,
                "shared": YES,
                "youngest_age": "14",
                "platforms": ["in_person"],
                "first_on": ago(3),
                "last_on": ago(3),
                "ongoing": NO,
                "reached": Reach.FEW_NAMED,
                "victim_age": "14",
                "reaction": Reaction.NEEDS_HELP,
                "own_words": "»Det føles forkert at skulle klæde om igen.«",
                "offender_known": "some",
                "threat": NO,
                "motive": Revenge.NONE,
                "people": [
                    person("Noah Eksempel", [PersonRole.VICTIM], AgeBand.UNDER_15, "", "8.b"),
                    person("En elev fra 8.b", [PersonRole.OFFENDER], AgeBand.UNDER_15, Relation.SAME_CLASS, "8.b"),
                ],
            },
            "vurder": {
                "confirmed_level": "2",
                "special_support": UNKNOWN,
                "bullying_judged": UNKNOWN,
                "took_part": ["teacher", "leader"],
                "leadership": YES,
                "leadership_on": ago(2),
                "ssp_asked": YES,
                "ssp_answer": "Ring til politiet, før klippet slettes.",
                "tracks": ["police", "pedagogical"],
                "track_reason": "Nøgenhed, og eleven er 14 år.",
            },
            "stop": {
                "deletion_asked": YES,
                "deletion_asked_on": ago(2),
                "before_police_reason": "Klippet blev slettet af eleven selv, før skolen nåede at sige noget.",
                "offender_talk": YES,
                "offender_talk_on": ago(2),
                "behaviour_stopped": YES,
                "behaviour_note": "Klippet var kun på én telefon",
            },
        },
    )


def adult_student(ago: Days) -> DemoCase:
    """An 18-year-old in the tenth form whose account was taken over: decided together with her."""
    return DemoCase(
        owner="leder_b",
        steps={
            "afdaek": {
                **NO_DANGER,
                "kinds": [Kind.ACCOUNT_TAKEN, Kind.FAKE_PROFILE],
                "what_happened": "Elevens konto er overtaget, og der sendes beskeder i hendes navn til klassen.",
                "known_on": ago(3),
                "shown": Shown.UNDERWEAR,
                "recognisable": YES,
                "identity_published": YES,
                "identity_what": "Kontoens navn",
                "shared": YES,
                "youngest_age": "18",
                "platforms": ["instagram"],
                "where": "Elevens egen profil",
                "first_on": ago(4),
                "ongoing": YES,
                "reached": Reach.MORE_THAN_NAMED,
                "victim_age": "18",
                "reaction": Reaction.NEEDS_HELP,
                "wants": "At få kontoen tilbage.",
                "offender_known": "none",
                "threat": NO,
                "motive": UNKNOWN,
            },
            "inddrag": {"secrecy_told": YES, "adult_wish": "Sin søster og sin kontaktlærer.", "adult_consent": YES},
            "stop": {
                "evidence_secured": YES,
                "behaviour_stopped": NO,
                "other_schools": YES,
                "other_schools_which": "Gymnasiet i nabobyen",
                "school_reach": "region",
                "ssp_cooperation": YES,
            },
        },
    )
