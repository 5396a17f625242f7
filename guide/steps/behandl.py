"""Behandl: sparring, help for those who need it, and what the surroundings are told."""

from django.utils.translation import gettext_lazy as _

from cases.enums import DisclosureBasis
from guide.questionnaire.conditions import answered
from guide.questionnaire.fields import RowFields, StepFields, day, long_text, pick, short_text, yes_no
from guide.questionnaire.rows import NamesSomebody
from guide.questionnaire.schema import Guidance, Section, Situation, Step, Table
from guide.questionnaire.traits import DUTY_ONLY, IN_SENTENCES, NOBODY, RECORD_ONLY, SSP, SUMMARY, WHO
from guide.rules.enums import YES

KEY = "behandl"


def _can_meet(situation: Situation) -> bool:
    """Plain from the answers about the one who violates, or from the list of people."""
    facts = situation.assessment.facts
    return facts.offender_near is True or any(offender.pupil_here for offender in facts.offenders)


class BehandlForm(StepFields):
    """The help that follows."""

    further_help = yes_no(_("Har nogen brug for mere hjælp, end skolen kan give?"), feeds=RECORD_ONLY, to=SSP)
    network = yes_no(
        _("Er venner og netværk tænkt med?"),
        _("Hvem støtter? Hvem er også ramt?"),
        feeds=DUTY_ONLY,
        to=SSP,
        essential=False,
        shows_done={"network": (YES,)},
    )

    special_measures = long_text(
        _("Hvilke særlige hensyn tager I?"),
        _(
            "Fx skema, frikvarterer, toiletter, idræt, vej til og fra skole. Det er ikke den krænkede, "
            "der skal flytte sig."
        ),
        names=NOBODY,
        to=SUMMARY,
        essential=True,
        when=_can_meet,
    )
    others_told = yes_no(
        _("Skal andre på skolen have noget at vide?"),
        _("Klassen, forældrene, personalet. Også dem, der ikke skal."),
        feeds=RECORD_ONLY,
        to=SSP,
    )
    press = yes_no(_("Kan pressen vise interesse?"), feeds=RECORD_ONLY, to=SSP, essential=False)
    press_plan = long_text(
        _("Hvem svarer pressen, og hvad siger I?"), names=IN_SENTENCES, to=SUMMARY, when=answered(KEY, "press", YES)
    )


class NeedRow(NamesSomebody):
    """What one person needs and is offered."""

    need = short_text(_("Behov"), names=NOBODY)
    offer = short_text(_("Tilbud"), names=NOBODY)
    responsible = short_text(_("Ansvarlig"), names=WHO)
    follow_up = day(_("Opfølgning"), future=True)


class AudienceRow(RowFields):
    """What one audience is told, or that it is not told."""

    audience = pick(
        _("Hvem"),
        [
            ("class", _("Klassen")),
            ("year", _("Årgangen")),
            ("school", _("Hele skolen")),
            ("parents", _("Forældrene i klassen")),
            ("staff", _("Personalet")),
        ],
    )
    decision = pick(
        _("Beslutning"), [("told", _("Orienteres")), ("later", _("Afventer")), ("not_told", _("Orienteres ikke"))]
    )
    what = short_text(_("Hvad siges"), names=NOBODY)
    by_whom = short_text(_("Af hvem"), names=WHO)
    when = day(_("Hvornår"), future=True)
    pupil_view = short_text(_("Elevens ønske"), names=NOBODY)
    parents_view = short_text(_("Forældrenes ønske"), names=NOBODY)


class DisclosureRow(RowFields):
    """Information about a person that was passed on: to whom, for what, on which legal basis."""

    recipient = short_text(_("Modtager"), names=WHO)
    given_on = day(_("Dato"))
    what = short_text(_("Hvad"), names=NOBODY)
    purpose = short_text(_("Formål"), names=NOBODY)
    basis = pick(_("Lovgrundlag"), DisclosureBasis.choices)
    necessity = short_text(_("Hvorfor nødvendigt"), names=NOBODY)


_NEEDS = Table(
    "needs",
    _("Behov og tilbud"),
    NeedRow,
    _("Tilføj en person"),
    _("Person"),
    _("Ingen er skrevet på endnu."),
    essential=answered(KEY, "further_help", YES),
    feeds=RECORD_ONLY,
    to=SUMMARY,
    about_person=True,
)
_AUDIENCES = Table(
    "audiences",
    _("Orientering"),
    AudienceRow,
    _("Tilføj en gruppe"),
    _("Gruppe"),
    _("Intet er besluttet endnu."),
    essential=answered(KEY, "others_told", YES),
    feeds=RECORD_ONLY,
    to=SUMMARY,
)
_DISCLOSURES = Table(
    "disclosures",
    _("Videregivelser"),
    DisclosureRow,
    _("Tilføj en videregivelse"),
    _("Videregivelse"),
    _("Intet er givet videre."),
    feeds=RECORD_ONLY,
    to=SUMMARY,
)

STEP = Step(
    key=KEY,
    title=_("Behandl"),
    rows=(_("Faglig sparring"), _("Hjælp de relevante"), _("Omgivelserne")),
    lead=_("Sørg for hjælp til dem, der har brug for den, og beslut, hvad omgivelserne får at vide."),
    guidance=Guidance(
        what=(
            _("Tænk på alle: den krænkede, forældrene, krænkeren og dem, der har set det."),
            _("Aftal en dato for opfølgning for hver enkelt. Sæt navn på, hvem der gør det."),
            _("Spørg eleven, før andre får noget at vide – og forældrene, hvis de er inddraget."),
            _("Bed SSP om at se på helheden, når flere fagfolk er i gang."),
        ),
        why=_(
            "Billedet kan være væk, længe før eleven har det godt igen. Det er opfølgningen, der "
            "viser, om hjælpen virker."
        ),
        avoid=(
            _("Orientér ikke om mere end nødvendigt. Ingen navne, ingen detaljer."),
            _("Tilbyd ikke mægling, mens der er pres, trusler eller fare."),
            _("Lad det ikke være den krænkede, der må ændre sin hverdag."),
        ),
        gives=_("En plan for hjælpen til hver enkelt, med navn på den ansvarlige og dato for opfølgning."),
    ),
    form=BehandlForm,
    sections=(
        Section(
            "sparring",
            _("Sparring med SSP"),
            shows=(("vurder", "ssp_asked"), ("vurder", "ssp_answer")),
            about_ssp=True,
        ),
        Section("hjaelp", _("Hjælp"), until="network", tables=(_NEEDS,)),
        Section("hverdagen", _("Hverdagen på skolen"), until="special_measures"),
        Section("omgivelser", _("Hvem får hvad at vide?"), until="others_told", tables=(_AUDIENCES,)),
        Section("presse", _("Pressen"), until="press_plan"),
        Section(
            "videregivelse",
            _("Oplysninger givet videre"),
            _("Skriv det her, hver gang I giver oplysninger om en person videre."),
            tables=(_DISCLOSURES,),
        ),
    ),
)
