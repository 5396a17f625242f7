"""Answers that can both be true but rarely are: shown beside the questions, never refused.

Impossible answers are refused at their field. These would make a reader ask: the police, a court, or the colleague who
takes the case over.
"""

from collections.abc import Callable, Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guide.rules.assessment import Assessment
from guide.rules.enums import NO, AgeBand, Flag, FlagState, PersonRole, Reach, Track, Words
from guide.rules.facts import THREAT_KINDS, age_band, day_from
from guide.rules.flags import maybe_minor, maybe_minor_in_case


def find_contradictions(assessment: Assessment) -> tuple[str, ...]:
    """Return a sentence for each contradiction, in the order of the card."""
    return tuple(str(sentence) for sentence, applies in CONTRADICTIONS if applies(assessment))


def _passed_on_to_nobody(assessment: Assessment) -> bool:
    return assessment.facts.passed_on is True and assessment.facts.reach == Reach.NOBODY


def _pressed_or_not(assessment: Assessment) -> bool:
    return bool(assessment.facts.kinds & THREAT_KINDS) and assessment.given.get("threat") == NO


def _older_on_the_image(assessment: Assessment) -> bool:
    today, then = assessment.given.get("victim_age"), assessment.given.get("youngest_age")
    both = age_band(today) is not None and age_band(then) is not None
    shows_pupil = assessment.facts.victims[0].depicted is not False
    return both and int(str(then)) > int(str(today)) and shows_pupil


def _another_age_on_the_list(assessment: Assessment) -> bool:
    """Only with one victim: of several it is not known whom the age is about."""
    listed = [row for row in assessment.given.get("people", ()) if _is_victim(row)]
    age = age_band(assessment.given.get("victim_age"))
    bands = {str(row.get("age_band")) for row in listed} & set(AgeBand)
    return len(listed) == len(assessment.facts.victims) == 1 and age is not None and bool(bands - {age})


def _listed_without_answers(assessment: Assessment) -> bool:
    """Of whoever is only listed as violated nothing is known: every level is possible until it is answered."""
    further = {str(row["key"]) for row in assessment.given.get("victims", ()) if row.get("key")}
    listed = [row for row in assessment.given.get("people", ()) if _is_victim(row)]
    return sum(str(row.get("key")) not in further for row in listed) > 1


def _is_victim(row: Mapping[str, object]) -> bool:
    roles = row.get("roles")
    return isinstance(roles, list) and PersonRole.VICTIM in roles


def _nobody_or_somebody(assessment: Assessment) -> bool:
    return assessment.facts.reach == Reach.NOBODY and bool(assessment.given.get("spread", ()))


def _known_before_it_began(assessment: Assessment) -> bool:
    began, known = day_from(assessment.given.get("first_on")), assessment.facts.known_on
    return began is not None and known is not None and known < began


def _reported_without_contact(assessment: Assessment) -> bool:
    contacted = assessment.given.get("police_contacted")
    return assessment.given.get("report_decision") == "reported" and contacted == NO


def _only_the_school(assessment: Assessment) -> bool:
    return assessment.police_first and assessment.given.get("tracks") == [Track.PEDAGOGICAL]


def _a_child_that_is_grown(assessment: Assessment) -> bool:
    """A notification is about somebody under 18; about an adult nothing is passed on without consent."""
    grown = not maybe_minor_in_case(assessment.facts)
    tracks = assessment.given.get("tracks")
    return grown and isinstance(tracks, list) and Track.NOTIFICATION in tracks


def _given_to_whoever(assessment: Assessment) -> bool:
    return _home_in_doubt(assessment, FlagState.SET, FlagState.POSSIBLE) and assessment.facts.handed_over is True


def _told_to_the_home(assessment: Assessment) -> bool:
    """With a suspicion against the home the question is closed, and its answer stands apart."""
    told = assessment.given.get("parents_told") in ("all", "some")
    return told and _home_in_doubt(assessment, FlagState.POSSIBLE)


def _home_in_doubt(assessment: Assessment, *states: FlagState) -> bool:
    return maybe_minor(assessment.facts) and assessment.state(Flag.HOME) in states


CONTRADICTIONS: Final[tuple[tuple[Words, Callable[[Assessment], bool]], ...]] = (
    (_("Der står både, at det er givet videre, og at ingen andre har set eller fået det."), _passed_on_to_nobody),
    (_("Der står både, at nogen truer eller presser, og at der ikke er trusler eller pres."), _pressed_or_not),
    (_("Den yngste på billedet er ældre, end eleven er i dag."), _older_on_the_image),
    (_("Elevens alder er en anden på listen »Personer i sagen«."), _another_age_on_the_list),
    (
        _("Der står flere krænkede på listen »Personer i sagen«. Svar også for dem under »Er flere end én krænket?«."),
        _listed_without_answers,
    ),
    (
        _("Der står, at ingen andre har set eller fået det, men der er modtagere på listen under »Stop«."),
        _nobody_or_somebody,
    ),
    (_("Der står, at skolen fik det at vide, før det begyndte."), _known_before_it_began),
    (
        _("I har kun valgt den pædagogiske vej, men svarene peger på politiet. Skriv under »Vurder«, hvorfor."),
        _only_the_school,
    ),
    (
        _("Underretning er valgt, men alle i sagen er fyldt 18 år. For voksne gælder samtykke og tavshedspligt."),
        _a_child_that_is_grown,
    ),
    (
        _("Nogen har taget over, men hjemmet er måske ikke trygt. Er det en forælder, så ring til kommunen nu."),
        _given_to_whoever,
    ),
    (
        _("Forældrene ved det, men I ved ikke, om hjemmet er trygt. Spørg eleven, og ret svaret under »Afdæk«."),
        _told_to_the_home,
    ),
    (_("Der står både, at det er anmeldt, og at politiet ikke er kontaktet."), _reported_without_contact),
)
