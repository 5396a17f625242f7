"""Stop: a known offender, an unknown one, and the other schools; police before deletion where it must be."""

from django.utils.translation import gettext_lazy as _

from guide.questionnaire.card import read_answers
from guide.questionnaire.conditions import answered, any_condition, every_condition, home_is_safe
from guide.questionnaire.fields import (
    RowFields,
    StepFields,
    day,
    day_of_act,
    long_text,
    one_of,
    pick,
    short_text,
    yes_no,
)
from guide.questionnaire.rows import NamesSomebody
from guide.questionnaire.schema import Answers, Derived, Guidance, Section, Situation, Step, Table
from guide.questionnaire.traits import ALL, DUTY_ONLY, NOBODY, POLICE, RECORD_ONLY, SUMMARY, TALKED
from guide.rules.early_deletion import deleted_before_police
from guide.rules.enums import NO, YES, PupilOf, Relation
from guide.rules.facts import OFFENDER_STRANGER, age_band
from guide.rules.flags import under_18
from guide.rules.takedown_routes import OUTCOMES, ROUTES, next_route
from guide.steps import answer_labels

KEY = "stop"

_WITHOUT_POLICE_ASKED = _("Skriv, hvorfor der er bedt om sletning, før politiet var spurgt.")


def _deleted_too_soon(situation: Situation) -> bool:
    if not situation.assessment.police_first:
        return False  # without reading all answers again
    return deleted_before_police(situation.assessment, given=read_answers(situation.answers).given)


def _outside_the_home(situation: Situation) -> bool:
    """Whether somebody may be talked to by the school: nobody of a home that is suspected."""
    named = situation.assessment.facts.offenders
    return home_is_safe(situation) or any(offender.relation not in (None, Relation.FAMILY) for offender in named)


def _may_be_known(situation: Situation) -> bool:
    return situation.get("afdaek", "offender_is") != [OFFENDER_STRANGER]


_someone_known = every_condition(_may_be_known, _outside_the_home)
_talked = answered(KEY, "offender_talk", YES)
_deletion_asked = answered(KEY, "deletion_asked", YES)


def _listed_of_another_school(situation: Situation) -> bool:
    people = situation.get("afdaek", "people")
    return isinstance(people, list) and any(row.get("pupil_of") == PupilOf.OTHER_SCHOOL for row in people)


def _not_told_by_the_list(situation: Situation) -> bool:
    return not _listed_of_another_school(situation)


_other_schools = any_condition(answered(KEY, "other_schools", YES), _listed_of_another_school)


class StopForm(StepFields):
    """What is done to end the violation."""

    before_police_reason = long_text(
        _("Hvorfor er der bedt om sletning, før politiet var spurgt?"),
        _("Det kan være rigtigt i en akut situation. Begrundelsen følger sagen."),
        feeds="before_police_reason",
        names=NOBODY,
        to=SUMMARY,
        reason_required=True,
        essential=True,
        when=_deleted_too_soon,
    )

    offender_talk = yes_no(
        _("Er der talt med den, der krænker?"),
        feeds=DUTY_ONLY,
        to=ALL | TALKED,
        shows_done={"offender_talk": (YES,)},
        when=_someone_known,
    )
    offender_talk_on = day_of_act(
        _("Hvornår blev der talt med krænkeren?"), _("Talt med krænkeren"), to=ALL | TALKED, when=_talked
    )
    offender_talk_note = long_text(
        _("Hvad blev sagt og aftalt med krænkeren?"), names=NOBODY, to=POLICE | TALKED, when=_talked
    )
    offender_parents = yes_no(
        _("Er krænkerens forældre kontaktet?"),
        _("Hvis krænkeren er under 18."),
        feeds=RECORD_ONLY,
        to=ALL | TALKED,
        when=_someone_known,
    )
    offender_parents_on = day_of_act(
        _("Hvornår blev krænkerens forældre kontaktet?"),
        _("Krænkerens forældre kontaktet"),
        to=ALL | TALKED,
        when=answered(KEY, "offender_parents", YES),
    )
    deletion_asked = yes_no(_("Er krænkeren bedt om at slette?"), feeds="deletion_asked", to=ALL, when=_someone_known)
    deletion_asked_on = day_of_act(
        _("Hvornår blev krænkeren bedt om at slette?"),
        _("Krænkeren bedt om at slette"),
        feeds="deletion_asked_on",
        to=ALL,
        when=_deletion_asked,
    )
    deletion_confirmed = yes_no(
        _("Har en forælder bekræftet, at det er slettet – uden at se billedet?"),
        feeds=RECORD_ONLY,
        to=ALL,
        when=_deletion_asked,
    )
    behaviour_note = short_text(
        _("Hvordan ved I, om det er stoppet?"),
        names=NOBODY,
        to=POLICE,
        when=answered("afdaek", "ongoing", YES, NO),
    )

    other_schools = yes_no(
        _("Er elever fra andre skoler involveret?"),
        feeds=RECORD_ONLY,
        to=ALL,
        essential=False,
        when=_not_told_by_the_list,
    )
    other_schools_which = short_text(_("Hvilke andre skoler?"), names=NOBODY, to=POLICE, when=_other_schools)
    school_reach = one_of(
        _("Hvor ligger de andre skoler?"),
        [("municipality", _("I kommunen")), ("region", _("I en anden kommune")), ("abroad", _("I udlandet"))],
        look="flydende",
        feeds=RECORD_ONLY,
        to=ALL,
        when=_other_schools,
        essential=False,
    )
    ssp_cooperation = yes_no(
        _("Går samarbejdet gennem SSP?"),
        _("I kommunen koordinerer SSP. Uden for kommunen: spørg SSP om lovgrundlaget, før I deler noget."),
        feeds=RECORD_ONLY,
        to=ALL,
        when=_other_schools,
        essential=False,
    )
    same_incident = short_text(
        _("Kan det være samme hændelse som i en anden sag?"),
        _("Skriv kun sagsnummeret, hvis du kender det."),
        names=NOBODY,
        to=POLICE,
    )
    cooperation_note = long_text(_("Hvad er aftalt med de andre skoler?"), names=NOBODY, to=POLICE, when=_other_schools)


class SpreadRow(NamesSomebody):
    """Somebody the material has reached."""

    part = pick(
        _("Rolle"), [("has", _("Har materialet")), ("received", _("Har modtaget")), ("forwarded", _("Har delt videre"))]
    )
    asked_on = day(_("Bedt om at slette"), feeds="asked_on")
    outcome = pick(
        _("Svar"),
        [
            ("waiting", _("Intet svar endnu")),
            ("deleted", _("Siger, det er slettet")),
            ("confirmed", _("Bekræftet af en forælder")),
            ("refused", _("Nægter")),
        ],
        feeds="outcome",
    )
    note = short_text(_("Bemærkning"), names=NOBODY)


class TakedownRow(RowFields):
    """One attempt to have material removed from a platform."""

    platform = pick(_("Platform"), answer_labels.PLATFORMS)
    what = short_text(_("Link eller profil"), names=NOBODY)
    tried_on = day(_("Dato"), feeds="tried_on")
    route = pick(_("Vej"), ROUTES, feeds="route")
    outcome = pick(_("Udfald"), OUTCOMES, feeds="outcome")
    note = short_text(_("Bemærkning"), names=NOBODY)


def _next_route(row: Answers, situation: Situation) -> str:
    # The age of the one shown, when it was made, decides between the services: where it is not known, the image may be
    # of a child, whatever the age is today.
    adult = under_18(age_band(situation.get("afdaek", "youngest_age"))) is False
    return next_route(str(row.get("route", "")), str(row.get("outcome", "")), adult=adult)


def _reason_for_deletion(form: StepFields, situation: Situation) -> None:
    """Departing from the order of the interlock needs a written reason."""
    if _deleted_too_soon(situation) and not form.cleaned_data.get("before_police_reason"):
        form.add_error("before_police_reason", str(_WITHOUT_POLICE_ASKED))


_SPREAD = Table(
    "spread",
    _("Modtagere"),
    SpreadRow,
    _("Tilføj en modtager"),
    _("Modtager"),
    _("Ingen er skrevet på endnu."),
    feeds="spread",
    to=POLICE,
    chapter="spread",
    about_person=True,
)
_TAKEDOWN = Table(
    "takedown",
    _("Forsøg på at få det fjernet"),
    TakedownRow,
    _("Tilføj et forsøg"),
    _("Forsøg"),
    _("Ingen forsøg er skrevet på endnu."),
    derived=Derived(_("Næste vej"), _next_route),
    feeds="takedown",
    to=POLICE,
    chapter="spread",
)

STEP = Step(
    key=KEY,
    title=_("Stop"),
    rows=(_("Kendt krænker"), _("Ukendt krænker"), _("Samarbejde med andre skoler")),
    lead=_("Få krænkelsen til at høre op. Når politiet skal med, taler I med dem, før noget bliver slettet."),
    guidance=Guidance(
        what=(
            _(
                "Kendt krænker, og skolen håndterer det: tal med krænkeren og krænkerens forældre, bed om sletning, "
                "og følg op."
            ),
            _("Ukendt krænker: sikr beviserne, og hjælp eleven med at få det fjernet fra platformene."),
            _("Skriv alle på, som det er nået ud til, og hvad de har svaret."),
            _("Er andre skoler med, går samarbejdet gennem SSP."),
        ),
        why=_("Jo hurtigere det stopper, jo færre ser det. Men det, der er slettet, kan politiet ikke bruge."),
        avoid=(
            _("Konfrontér ikke en voksen, en ansat eller en fremmed. Det er politiets og ledelsens opgave."),
            _("Saml ikke krænket og krænker til en fælles samtale, mens der er pres eller trusler."),
            _("Betal aldrig, og send aldrig mere, heller ikke for at vinde tid."),
        ),
        gives=_("En liste over alle, det er nået ud til, og over hvert forsøg på at få det fjernet."),
    ),
    form=StopForm,
    sections=(
        Section("raekkefoelge", _("Er der bedt om sletning for tidligt?"), until="before_police_reason"),
        Section(
            "kendt",
            _("Kendt krænker"),
            _("Er sagen anmeldt, overtager politiet efterforskningen. Skolen hjælper fortsat eleven."),
            until="deletion_confirmed",
            along="raekkefoelge",
        ),
        Section("ophoer", _("Er det stoppet?"), until="behaviour_note", shows=(("afdaek", "ongoing"),)),
        Section("naaet", _("Hvem er det nået ud til?"), tables=(_SPREAD,), along="raekkefoelge"),
        Section(
            "ukendt",
            _("Fjernelse fra platforme"),
            _(
                "Det sker på elevens egen enhed eller en enhed, eleven er tryg ved, med jeres hjælp. Skolen uploader "
                "aldrig noget."
            ),
            tables=(_TAKEDOWN,),
            along="raekkefoelge",
            shows=(("dokumenter", "helped_to_keep"), ("anmeld", "police_deletion")),
        ),
        Section(
            "samarbejde",
            _("Andre skoler"),
            until="cooperation_note",
            shows=(("afdaek", "people"),),
            shows_if=_listed_of_another_school,
        ),
    ),
    check=_reason_for_deletion,
)
