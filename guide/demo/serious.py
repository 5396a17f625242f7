"""The demo cases of level 4: extortion, a shared nude picture, and a suspicion towards the home."""

from __future__ import annotations

from cases.vocabulary import DutyOutcome, NoteNature, ReferralForm
from guide.demo.story import NO_DANGER, Days, DemoCase, Note, evidence, need, person
from guide.vocabulary import NO, UNKNOWN, YES, AgeBand, Kind, PersonRole, Reach, Reaction, Relation, Revenge, Shown


def extortion(ago: Days) -> DemoCase:
    """A stranger extorts a 13-year-old: level 4, the police come first."""
    return DemoCase(
        owner="laerer",
        steps={
            "afdaek": {
                **NO_DANGER,
                "danger_self_harm": UNKNOWN,
                "kinds": [Kind.EXTORTION, Kind.SEXUAL_APPROACH, Kind.THREAT_TO_SHARE],
                "what_happened": (
                    "Eleven skrev med en profil, der udgav sig for at være 15 år. Eleven sendte et billede. Siden "
                    "i går har profilen krævet gavekort og flere billeder og truer med at sende det til klassen."
                ),
                "known_on": ago(0),
                "shown": Shown.NUDE,
                "recognisable": YES,
                "recognised_by": "Alle, der kender eleven. Ansigtet er med.",
                "identity_published": NO,
                "shared": UNKNOWN,
                "youngest_age": "13",
                "platforms": ["snapchat", "instagram"],
                "where": "Snapchat, profilen »emil_xd09«",
                "first_on": ago(3),
                "last_on": ago(0),
                "ongoing": YES,
                "reached": Reach.NOBODY,
                "who_knows": "Eleven, en veninde og klasselæreren",
                "done_already": "Eleven har ikke betalt. Intet er slettet.",
                "victim_age": "13",
                "reaction": Reaction.PANIC,
                "own_words": "»Jeg tør ikke gå hjem. Hvis jeg ikke betaler i aften, sender han det til alle.«",
                "wants": "At det stopper, og at far og mor ikke bliver sure.",
                "assessment": "Meget påvirket. Kan samle sig, når der er en voksen i rummet.",
                "offender_known": "none",
                "threat": YES,
                "demands": ["money", "images"],
                "motive": Revenge.NONE,
                "more_victims": NO,
                "people": [
                    person("Alma Testrup", [PersonRole.VICTIM], AgeBand.UNDER_15, "", "7.b"),
                    person("Profilen emil_xd09", [PersonRole.OFFENDER], UNKNOWN, Relation.STRANGER, ""),
                    person(
                        "Freja Prøvesen",
                        [PersonRole.FRIEND, PersonRole.WITNESS],
                        AgeBand.UNDER_15,
                        Relation.SAME_CLASS,
                        "7.b",
                    ),
                ],
            },
            "vurder": {
                "confirmed_level": "4",
                "special_support": YES,
                "bullying_judged": NO,
                "took_part": ["teacher", "leader"],
                "took_part_names": "Klasselærer og skoleleder",
                "leadership": YES,
                "leadership_on": ago(0),
                "ssp_asked": NO,
                "tracks": ["police", "notification"],
                "track_reason": "Afpresning af et barn på 13 år af en ukendt, sandsynligvis voksen.",
            },
            "inddrag": {
                "secrecy_told": YES,
                "parents_told": "some",
                "told_by": "Eleven selv, sammen med klasselæreren",
                "told_on": ago(0),
                "pupil_help": "Vi ringede til mor fra lærerens kontor. Eleven sagde det vigtigste, læreren resten.",
                "parents_view": "Mor er på vej til skolen og vil anmelde i dag.",
            },
            "dokumenter": {
                "helped_to_keep": YES,
                "keeping_note": (
                    "Skærmbilleder af chat og krav ligger på elevens egen telefon. Intet billede er kopieret."
                ),
                "police_asked": NO,
                "staff_hold": NO,
                "family_log": YES,
                "family_log_on": ago(0),
                "evidence": [
                    evidence("profile", "Profilen, der skrev", "snapchat", "emil_xd09", ago(0)),
                    evidence("threat", "Krav om gavekort for 1.500 kr.", "snapchat", "emil_xd09", ago(0)),
                ],
            },
        },
        notes=(
            Note(
                NoteNature.FACT,
                0,
                "08:40",
                "Alma og klasselæreren",
                "Lærerens kontor",
                "Eleven kom selv og bad om hjælp.",
            ),
            Note(NoteNature.OWN_WORDS, 0, "08:45", "Alma", "Lærerens kontor", "»Han sagde, at han ved, hvor jeg bor.«"),
        ),
        ticks={"secrecy": DutyOutcome.DONE, "inform_parents": DutyOutcome.DONE},
        referral=ReferralForm.NAMED,
        purpose="Råd om underretning og om hjælp til eleven de næste uger.",
    )


def shared_nude(ago: Days) -> DemoCase:
    """A former boyfriend at the same school shared a nude image: level 4 by the published name, all steps walked."""
    return DemoCase(
        owner="laerer",
        steps={
            "afdaek": {
                **NO_DANGER,
                "kinds": [Kind.IMAGE_SHARED],
                "what_happened": (
                    "Et billede, som eleven sendte til sin kæreste i foråret, er delt i en gruppe med 24 elever fra to "
                    "årgange. Elevens navn stod sammen med billedet."
                ),
                "known_on": ago(6),
                "shown": Shown.NUDE,
                "recognisable": YES,
                "identity_published": YES,
                "identity_what": "Fornavn og klasse",
                "shared": YES,
                "youngest_age": "15",
                "platforms": ["snapchat"],
                "where": "Gruppen »8-9. årgang«",
                "first_on": ago(7),
                "last_on": ago(5),
                "ongoing": NO,
                "reached": Reach.BEYOND_CLASS,
                "who_knows": "Forældre, ledelse, klasselærer, SSP",
                "done_already": "Gruppen er lukket af den elev, der styrede den.",
                "victim_age": "15",
                "reaction": Reaction.NEEDS_HELP,
                "own_words": "»Jeg vil bare gerne kunne gå i klassen uden at de kigger.«",
                "wants": "At dem, der delte, får besked om, at det er alvorligt.",
                "assessment": "Kommer i skole, men holder sig for sig selv.",
                "offender_known": "all",
                "threat": NO,
                "motive": Revenge.SOME,
                "motive_what": "De slog op ugen før",
                "more_victims": NO,
                "people": [
                    person("Sofie Eksempel", [PersonRole.VICTIM], AgeBand.FROM_15_TO_17, "", "9.a"),
                    person("Mads Demosen", [PersonRole.OFFENDER], AgeBand.FROM_15_TO_17, Relation.PARTNER, "9.c"),
                    person(
                        "Oliver Prøve",
                        [PersonRole.FORWARDED, PersonRole.RECEIVED],
                        AgeBand.FROM_15_TO_17,
                        Relation.SAME_SCHOOL,
                        "9.c",
                    ),
                ],
            },
            "vurder": {
                "confirmed_level": "4",
                "special_support": YES,
                "bullying_judged": NO,
                "took_part": ["teacher", "leader", "ssp"],
                "took_part_names": "Klasselærer, skoleleder og SSP-konsulent",
                "leadership": YES,
                "leadership_on": ago(6),
                "ssp_asked": YES,
                "ssp_answer": "Anbefaler anmeldelse og underretning. Tilbyder møde med klassen.",
                "tracks": ["police", "notification", "pedagogical"],
                "track_reason": "Nøgenbillede af en elev på 15 år, delt med navn.",
            },
            "inddrag": {
                "secrecy_told": YES,
                "parents_told": "all",
                "told_by": "Skolelederen sammen med Sofie",
                "told_on": ago(6),
                "pupil_help": "Sofie valgte selv, hvad der skulle siges, og sad med.",
                "parents_view": "Vil anmelde. Ønsker, at klassen får en samtale uden navne.",
            },
            "dokumenter": {
                "helped_to_keep": YES,
                "keeping_note": "Skærmbillede af gruppens medlemmer og beskeder uden billedet.",
                "police_asked": YES,
                "staff_hold": NO,
                "family_log": YES,
                "family_log_on": ago(6),
                "evidence": [
                    {
                        **evidence("chat", "Beskeder i gruppen, billedet ikke med", "snapchat", "mads.d", ago(5)),
                        "seen_by": "Klasselærer",
                    },
                ],
            },
            "anmeld": {
                "police_contacted": YES,
                "police_contacted_on": ago(5),
                "police_advice": "Gem beskederne. Gruppen må lukkes, når politiet har set den.",
                "recommended": YES,
                "report_decision": "reported",
                "report_reason": "Forældrene ønsker det, og skolen anbefaler det.",
                "who_reports": ["parents"],
                "report_way": "online",
                "reported_on": ago(5),
                "police_reference": "Demo-1234",
                "notification": "sent",
                "notification_by": "Klasselæreren",
                "notification_on": ago(5),
                "insurance": YES,
                "insurance_by": "Skolelederen",
                "insurance_outcome": "Familien undersøger det",
            },
            "stop": {
                "offender_talk": YES,
                "offender_talk_on": ago(4),
                "offender_talk_note": "Skolelederen og SSP talte med Mads efter aftale med politiet.",
                "offender_parents": YES,
                "offender_parents_on": ago(4),
                "deletion_asked": YES,
                "deletion_asked_on": ago(4),
                "deletion_confirmed": YES,
                "behaviour_stopped": YES,
                "behaviour_note": "Intet nyt i fire dage",
                "evidence_secured": YES,
                "other_schools": NO,
                "spread": [
                    {
                        "name": "Mads Demosen",
                        "part": "has",
                        "asked_on": ago(4),
                        "outcome": "confirmed",
                        "note": "Far har set telefonen efter",
                    },
                    {"name": "Oliver Prøve", "part": "forwarded", "asked_on": ago(4), "outcome": "deleted", "note": ""},
                    {
                        "name": "Ukendt elev i 8.b",
                        "part": "received",
                        "asked_on": ago(3),
                        "outcome": "waiting",
                        "note": "Spørges igen fredag",
                    },
                ],
                "takedown": [
                    {
                        "platform": "snapchat",
                        "what": "Gruppen »8-9. årgang«",
                        "tried_on": ago(4),
                        "route": "report",
                        "outcome": "removed",
                        "note": "",
                    },
                ],
            },
            "behandl": {
                "sparring": YES,
                "sparring_on": ago(4),
                "sparring_answer": "SSP følger Mads. Skolen følger Sofie med en fast ugentlig samtale.",
                "further_help": YES,
                "same_school": YES,
                "special_measures": "Mads holder frikvarter i en anden gård. Sofie har fri adgang til biblioteket.",
                "press": NO,
                "needs": [
                    need(
                        "Sofie Eksempel",
                        "victim",
                        "Tryghed i klassen",
                        "Ugentlig samtale",
                        "Trivselsvejlederen",
                        ago(-3),
                    ),
                    need(
                        "Mads Demosen",
                        "offender",
                        "Forstå konsekvenserne",
                        "Samtaler med SSP",
                        "SSP-konsulenten",
                        ago(-7),
                    ),
                ],
                "audiences": [
                    {
                        "audience": "class",
                        "decision": "told",
                        "what": "At billeddeling er alvorligt. Ingen navne.",
                        "by_whom": "Klasselæreren",
                        "when": ago(2),
                        "pupil_view": "Ja, men ikke mens jeg er der",
                        "parents_view": "Enige",
                    }
                ],
                "disclosures": [
                    {
                        "recipient": "Kommunens modtagelse",
                        "given_on": ago(5),
                        "what": "Underretning med forløb og navne",
                        "purpose": "Vurdering af støtte",
                        "basis": "notification",
                        "necessity": "Eleven kan have brug for særlig støtte",
                    }
                ],
            },
        },
        notes=(
            Note(
                NoteNature.FACT,
                6,
                "12:10",
                "Sofie og Freja",
                "Klasselokalet 9.a",
                "Sofie græd efter idræt. Veninden fortalte om gruppen.",
            ),
            Note(
                NoteNature.ASSESSMENT,
                2,
                "14:00",
                "Klasselæreren",
                "Klassen",
                "Stemningen i klassen er roligere efter samtalen.",
            ),
        ),
        ticks={"ask_police": DutyOutcome.DONE, "inform_parents": DutyOutcome.DONE, "notify": DutyOutcome.DONE},
        referral=ReferralForm.NAMED,
        purpose="Helhedssyn på forløbet for begge elever.",
    )


def home(ago: Days) -> DemoCase:
    """The pressure may come from home: parents are not told, the municipality is asked first. Level 4 by the danger."""
    return DemoCase(
        owner="laerer_b",
        steps={
            "afdaek": {
                **NO_DANGER,
                "danger_ongoing_abuse": YES,
                "suspicion_home": YES,
                "kinds": [Kind.SEXUAL_APPROACH],
                "what_happened": "Eleven fortæller, at en voksen i familien beder om billeder på telefonen.",
                "known_on": ago(0),
                "shown": UNKNOWN,
                "victim_age": "11",
                "reaction": Reaction.OVERWHELMED,
                "offender_known": "all",
                "threat": UNKNOWN,
                "people": [
                    person("Karla Prøvested", [PersonRole.VICTIM], AgeBand.UNDER_15, "", "5.u"),
                    person("Et voksent familiemedlem", [PersonRole.OFFENDER], AgeBand.ADULT, Relation.FAMILY, ""),
                ],
            },
            "inddrag": {
                "secrecy_told": YES,
                "municipality_contacted": YES,
                "municipality_on": ago(0),
                "municipality_agreement": (
                    "Modtagelsen overtager kontakten til hjemmet. Skolen siger intet til forældrene."
                ),
            },
        },
        ticks={"call_112": DutyOutcome.NOT_RELEVANT, "leader_now": DutyOutcome.DONE},
    )
