"""What to do first: the most urgent duties as actions, each with who does it and a sentence to say.

Everything that is one telephone call is one action. Source: the order danger, home, police, then the rest (the card's
Afdæk and Inddrag; for the police before deletion `guide.rules.police_first`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext_lazy as _

from guide.rules.duties import Duty
from guide.rules.duty_texts import ADULT, LEADER, OWN_DUTY, PUPIL, YOU
from guide.rules.enums import Urgency, Words
from guide.rules.victim_words import fit_victim

MOST_ACTIONS: Final = 5
"""How many actions a page shows in full; of the others it has the titles."""
_SUPPORT: Final = ("support_4", "support_3", "support_2", "secrecy", "help_to_tell", "see_injury")
_FIRST: Final = (Urgency.NOW, Urgency.TODAY)


@dataclass(frozen=True, slots=True)
class ActionText:
    """One action, with keys of `guide.reference.contacts`; `dial` is its own number.

    It is needed for any of its `duties`, and covers those of `along` too, which need no action of their own by it. It
    is only for a plan that has the duty `where`, and has not the duty `unless`. It tells the rule `says`, too.
    """

    key: str
    title: Words
    who: Words
    say: Words
    duties: tuple[str, ...]
    along: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    dial: str = ""
    where: str = ""
    unless: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """An action of a case: its words, and the waiting duties that it covers, most urgent first.

    `staff`: somebody who is violated is employed at the school.
    """

    words: ActionText
    duties: tuple[Duty, ...]
    staff: bool

    @property
    def questions(self) -> tuple[str, ...]:
        """What to ask or tell in the call, where the action is one."""
        kinds = dict.fromkeys(duty.kind for duty in self.duties)
        return tuple(fit_victim(str(IN_THE_CALL[kind]), staff=self.staff) for kind in kinds if kind in IN_THE_CALL)


ACTIONS: Final[Sequence[ActionText]] = (
    ActionText(
        "call_112",
        _("Ring 112"),
        YOU,
        _("»Vi er en skole, og nogen er i fare nu. Vi er på …« Bliv hos eleven imens."),
        ("call_112",),
        ("stay_with_pupil", "see_doctor", "see_injury"),
        ("alarm_112",),
        dial="112",
    ),
    ActionText(
        "reach_victim",
        _("Find den elev, det handler om"),
        ADULT,
        _("»Jeg har hørt, at noget er sket. Hvordan har du det?«"),
        ("reach_victim",),
        contacts=("ssp_konsulent",),
    ),
    ActionText(
        "ask_suicide",
        _("Spørg eleven ligeud"),
        ADULT,
        _("»Tænker du på at tage dit liv? Har du en plan?« Er der en plan eller noget at gøre det med, så ring 112."),
        ("ask_suicide",),
        contacts=("alarm_112", "livslinien"),
    ),
    ActionText(
        "ask_danger",
        _("Spørg, om eleven er i fare"),
        ADULT,
        _("»Har du tænkt på at skade dig selv? Er der nogen, du er bange for lige nu?«"),
        ("ask_danger",),
        contacts=("alarm_112",),
    ),
    ActionText(
        "stay",
        _("Bliv hos eleven"),
        ADULT,
        _("»Jeg bliver hos dig, og vi finder ud af det sammen.«"),
        ("stay_with_pupil",),
        ("see_doctor", "see_injury"),
        contacts=("livslinien",),
    ),
    ActionText(
        "leader_now",
        _("Hent ledelsen nu"),
        YOU,
        _("»Kom med det samme. Nogen er i fare.«"),
        ("leader_now",),
        ("contingency_plan",),
    ),
    ActionText(
        "parents_fetch",
        _("Bed forældrene hente eleven nu"),
        YOU,
        _("»Vi er bekymrede for jeres barn. Kom med det samme. En voksen bliver hos barnet, til I er her.«"),
        ("parents_fetch",),
    ),
    ActionText(
        "consent",
        _("Spørg eleven, hvem der må få det at vide"),
        ADULT,
        _("»Du bestemmer selv. Hvem vil du have med?«"),
        ("adult_consent",),
        unless="secrecy",
    ),
    ActionText(
        "home",
        _("Ring til kommunen, før nogen ringer hjem"),
        OWN_DUTY,
        _("»Vi er bange for, at et barn udsættes for noget derhjemme. Hvem taler med hjemmet, og hvornår?«"),
        ("home_municipality",),
        ("contingency_plan", "notify", "consider_notification"),
        ("underretning_modtagelse", "social_doegnvagt"),
    ),
    ActionText(
        "ask_home",
        _("Spørg eleven, før I ringer hjem"),
        ADULT,
        _("»Er der en grund til, at vi ikke skal ringe hjem nu?«"),
        ("ask_before_parents",),
        contacts=("underretning_modtagelse",),
    ),
    ActionText(
        "staff_track",
        _("Gå til ledelsen om den ansatte"),
        _("Du selv. Er det lederen, så gå til kommunen"),
        _("»Det handler om en ansat. Hvem tager sig af sagen nu?«"),
        ("staff_track",),
        contacts=("underretning_modtagelse",),
    ),
    ActionText(
        "staff_victim",
        _("Fortæl ledelsen om den krænkede kollega"),
        YOU,
        _("»En kollega er krænket og har brug for støtte nu.«"),
        ("staff_victim",),
        ("involve_leadership", "late_to_leader"),
    ),
    ActionText(
        "leader",
        _("Hent ledelsen ind i sagen"),
        YOU,
        _("»Jeg har en elev hos mig og har brug for, at vi er to.«"),
        ("involve_leadership", "late_to_leader"),
    ),
    ActionText(
        "money",
        _("Stop betalingerne, og ring til banken"),
        PUPIL,
        _("»Betal ikke mere, send ikke mere, og svar ikke. Gem alt, og blokér først bagefter.«"),
        ("money_paid",),
        ("secure_evidence",),
        says="threat_advice",
    ),
    ActionText(
        "evidence_and_threats",
        _("Betal ikke, send ikke mere, og gem beviserne"),
        ADULT,
        _("»Svar ikke. Gem alt på din egen telefon, og blokér først bagefter.«"),
        ("secure_evidence",),
        where="tell_threats",
        says="threat_advice",
    ),
    ActionText(
        "call_114",
        _("Ring til politiet på 114"),
        LEADER,
        _("»Vi er en skole og har brug for råd om en digital krænkelse.«"),
        (
            "under_15_police",
            "approach_police",
            "offender_police",
            "staff_material",
            "ask_police",
            "ask_deletion",
            "police_report",
        ),
        ("tell_threats", "tell_hate", "report_soon"),
        ("politi_114",),
        dial="114",
    ),
    ActionText(
        "doctor",
        _("Ring til lægen om eleven"),
        YOU,
        _("»Vi er bekymrede for en, der måske vil skade sig selv. Hvornår kan I tale med eleven?«"),
        ("see_doctor",),
        ("see_injury",),
        contacts=("livslinien",),
    ),
    ActionText(
        "support",
        _("Vær der for den krænkede"),
        ADULT,
        _("»Det er ikke din skyld. Vi hjælper dig.«"),
        _SUPPORT,
    ),
    ActionText(
        "municipality",
        _("Ring til kommunen om barnet"),
        OWN_DUTY,
        _("»Jeg vil underrette om et barn. Hvad skal I vide, og hvad skal vi gøre nu?«"),
        ("contingency_plan", "notify"),
        ("consider_notification",),
        contacts=("underretning_modtagelse", "social_doegnvagt"),
    ),
    ActionText(
        "evidence",
        _("Hjælp med at gemme beviserne"),
        ADULT,
        _("»Gem profiler og beskeder på din egen telefon. Tag ikke et billede af selve billedet.«"),
        ("secure_evidence",),
    ),
    ActionText(
        "parents",
        _("Fortæl det til forældrene sammen med eleven"),
        ADULT,
        _("»Vil du selv sige det, eller skal jeg ringe, mens du er her?«"),
        ("inform_parents",),
    ),
    ActionText(
        "consent_of_one",
        _("Spørg den voksne elev, hvem der må få det at vide"),
        ADULT,
        _("»Du er fyldt 18 og bestemmer selv. Hvem vil du have med?«"),
        ("adult_consent",),
    ),
    ActionText(
        "stop",
        _("Aftal, hvem der stopper det"),
        LEADER,
        _("»Hvem gør hvad i dag, så det hører op?«"),
        ("stop_spread", "stop_ongoing", "whereabouts"),
        contacts=("sletdet",),
    ),
    ActionText(
        "apart",
        _("Hold dem adskilt"),
        LEADER,
        _("»Hvordan sørger vi for, at de to ikke mødes i dag?«"),
        ("keep_apart",),
    ),
    ActionText(
        "ask_municipality",
        _("Spørg kommunen, om I skal underrette"),
        OWN_DUTY,
        _("»Vi er i tvivl, om vi skal underrette. Hvad ser I på?«"),
        ("consider_notification",),
        contacts=("underretning_modtagelse", "social_doegnvagt"),
    ),
    ActionText(
        "report",
        _("Tal med familien om at anmelde"),
        ADULT,
        _("»I kan anmelde det til politiet. Vil I have hjælp til det?«"),
        ("report_soon", "tell_hate"),
        contacts=("anmeld_online",),
    ),
)
"""In the order in which they are done."""

IN_THE_CALL: Final[Mapping[str, Words]] = {
    "see_doctor": _("Sørg for, at eleven taler med en læge i dag."),
    "under_15_police": _("Sig først, at en person er under 15 år."),
    "approach_police": _("Fortæl om den seksuelle henvendelse."),
    "offender_police": _("Sig, hvad I ved om den, der krænker."),
    "staff_material": _("Sig, at der ligger materiale hos en ansat."),
    "ask_police": _("Fortæl, hvor det ligger. Spørg, hvad der skal sikres, og om noget må slettes."),
    "ask_deletion": _("Spørg igen, hvad der må slettes."),
    "tell_hate": _("Sig, hvad der tyder på had."),
    "tell_threats": _("Fortæl om truslen, kravet, fristen og betalinger."),
    "see_injury": _("Se, om eleven er kommet til skade. Er I i tvivl, så søg læge."),
    "police_report": _("Spørg, hvordan det anmeldes, og hvem der gør det."),
    "report_soon": _("Spørg, hvordan det anmeldes, og hvem der gør det."),
    "contingency_plan": _("Følg kommunens beredskabsplan. Er eleven kommet til skade, så søg læge."),
    "home_municipality": _("Spørg, om eleven kan gå hjem i dag. Lad eleven blive hos jer, til I har fået svar."),
    "secrecy": _("Sig: »Jeg kan ikke love at holde det hemmeligt. Jeg siger det til dig først, hvis jeg kan.«"),
    "notify": _("Sig, at I underretter."),
    "consider_notification": _("Spørg om hvert barn i sagen, også den, der krænker."),
}
"""What to say about a duty in the call that covers it."""


def first_actions(duties: Sequence[Duty], settled: Collection[str] = ()) -> tuple[Action, ...]:
    """Return the actions in the order in which they are done; a page shows `MOST_ACTIONS` of them.

    `settled` are the keys of duties that are done or not relevant. A duty is in the first action that covers it.
    """
    waiting: dict[str, list[Duty]] = {}
    for duty in duties:
        if duty.urgency in _FIRST and not duty.rule and duty.key not in settled:
            waiting.setdefault(duty.kind, []).append(duty)
    planned = {duty.kind for duty in duties if duty.key not in settled}
    staff = any(duty.kind == "staff_victim" for duty in duties)
    found = []
    for words in ACTIONS:
        fits = words.unless not in planned and (not words.where or words.where in planned)
        if fits and waiting.keys() & set(words.duties):
            covered = (*words.duties, *words.along)
            own = tuple(duty for key in covered for duty in waiting.pop(key, ()))
            found.append(Action(_fit(words, staff=staff), own, staff))
    return tuple(found)


def _fit(words: ActionText, *, staff: bool) -> ActionText:
    if not staff:
        return words
    title, who, say = (fit_victim(str(said), staff=staff) for said in (words.title, words.who, words.say))
    return replace(words, title=title, who=who, say=say)
