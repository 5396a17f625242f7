"""Vurder: the level with its reasons, who took part, and which way the case goes."""

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from guide.questionnaire.conditions import answered, may_have_minor
from guide.questionnaire.fields import (
    RowFields,
    StepFields,
    day_of_act,
    long_text,
    many_of,
    one_of,
    pick,
    short_text,
    yes_no,
)
from guide.questionnaire.rows import hidden_person
from guide.questionnaire.schema import Guidance, Section, Situation, Step, Table
from guide.questionnaire.traits import ADVICE, DECISION, DUTY_ONLY, NOBODY, RECORD_ONLY, SSP, SUMMARY, WHO
from guide.rules.children import children_to_ask_about, row_of
from guide.rules.enums import NO, YES, Choices, Track
from guide.steps.answer_labels import CHILD_ROLE

KEY = "vurder"


def _below_computed(situation: Situation) -> bool:
    chosen = situation.get(KEY, "confirmed_level")
    highest = max(situation.assessment.rating.levels)
    return isinstance(chosen, str) and chosen.isdecimal() and int(chosen) < highest


def _children(situation: Situation) -> dict[str, str]:
    """The children whom the answer about special support or abuse may be about, where there are several."""
    facts = situation.assessment.facts
    return {row_of(child, facts): capfirst(child.words) for child in children_to_ask_about(facts)}


_OTHERS: Choices = [
    ("teacher", _("Klasselærer eller kontaktlærer")),
    ("wellbeing", _("Trivselsvejleder, AKT eller pædagog")),
    ("nurse", _("Sundhedsplejerske")),
    ("psychologist", _("Psykolog eller PPR")),
    ("social_worker", _("Socialrådgiver")),
    ("other", _("Andre")),
]
_ssp_asked = answered(KEY, "ssp_asked", YES)


class VurderForm(StepFields):
    """The school's own assessment, on top of what the answers add up to."""

    confirmed_level = one_of(
        _("Hvilket niveau lægger I til grund?"),
        [("1", _("Niveau 1")), ("2", _("Niveau 2")), ("3", _("Niveau 3")), ("4", _("Niveau 4"))],
        look="flydende",
        feeds="confirmed_level",
        to=SSP,
    )
    confirm_reason = long_text(
        _("Hvorfor et lavere niveau?"),
        feeds="confirm_reason",
        names=NOBODY,
        to=SUMMARY,
        reason_required=True,
        when=_below_computed,
    )

    bullying_judged = yes_no(
        _("Vurderer ledelsen, at det er mobning?"),
        _("Så skal der være en handlingsplan senest 10 arbejdsdage efter, at skolen fik det at vide."),
        feeds="bullying",
        to=SSP,
    )
    support_needed = yes_no(
        _("Kan et barn i sagen have brug for særlig støtte eller have været udsat for overgreb?"),
        _("Tænk på hvert barn under 18 år, også den, der krænker. En rimelig mistanke er nok."),
        feeds="support_needed",
        to=SSP,
        when=may_have_minor,
    )

    took_part = many_of(
        _("Hvem har ellers vurderet?"),
        _OTHERS,
        feeds=RECORD_ONLY,
        to=SSP,
    )
    took_part_names = short_text(_("Hvem er det præcist?"), _("Navn og rolle."), names=WHO, to=SUMMARY)
    leadership = yes_no(
        _("Er ledelsen inde i sagen?"),
        feeds=DUTY_ONLY,
        to=SSP,
        shows_done={"leader_now": (YES,), "involve_leadership": (YES,)},
    )
    leadership_on = day_of_act(
        _("Hvornår kom ledelsen ind i sagen?"), _("Ledelsen kom ind"), to=SSP, when=answered(KEY, "leadership", YES)
    )
    ssp_asked = yes_no(
        _("Er SSP spurgt til råds?"),
        _("Samtaler uden om Handlekort."),
        feeds=DUTY_ONLY,
        to=SSP,
        shows_done={"ask_ssp": (YES,)},
    )
    ssp_asked_on = day_of_act(_("Hvornår talte I med SSP?"), _("SSP spurgt til råds"), to=SSP, when=_ssp_asked)
    ssp_answer = long_text(_("Hvad siger SSP?"), names=NOBODY, to=SUMMARY | ADVICE, when=_ssp_asked)

    tracks = many_of(
        _("Hvilken vej går sagen?"),
        [
            (Track.POLICE, _("Politisag")),
            (Track.NOTIFICATION, _("Underretning til kommunen")),
            (Track.PEDAGOGICAL, _("Pædagogisk håndtering på skolen")),
        ],
        _("Vælg gerne flere."),
        feeds="tracks",
        to=SSP | DECISION,
        essential=True,
    )
    track_reason = long_text(_("Hvorfor den vej?"), names=NOBODY, to=SUMMARY, essential=True)


class ChildRow(RowFields):
    """Whether what is answered of the case is about one child of it."""

    who = hidden_person(_("Barn"))
    support = pick(_("Særlig støtte, vold eller overgreb"), [(YES, _("Ja")), (NO, _("Nej"))], feeds="support")


_CHILDREN = Table(
    "children",
    _("Hvilke børn gælder det?"),
    ChildRow,
    one=_("Barn"),
    intro=_("Svar for hvert barn."),
    derived=CHILD_ROLE,
    feeds="children",
    to=SUMMARY,
    about_person=True,
    when=lambda situation: bool(_children(situation)),
    one_for_each=_children,
)


def _check(form: StepFields, situation: Situation) -> None:
    _reason_for_lower(form, situation)
    _some_child(form, situation)


def _some_child(form: StepFields, situation: Situation) -> None:
    """A yes about some child cannot stand beside a no about each."""
    rows = situation.get(KEY, "children")
    said = [row.get("support") for row in rows] if isinstance(rows, list) else []
    if situation.get(KEY, "support_needed") == YES and said.count(NO) >= len(_children(situation)) > 0:
        form.add_error("support_needed", str(_("Her står ja, men nej ved hvert barn. Ret et af svarene.")))


def is_assessed_alone(situation: Situation) -> bool:
    """Return whether nobody but the one who writes has assessed the level, as far as the school has written."""
    others = answered(KEY, "took_part", *(choice for choice, _label in _OTHERS))
    return not others(situation) and situation.get(KEY, "leadership") != YES


def _reason_for_lower(form: StepFields, situation: Situation) -> None:
    """A level below the highest possible needs a written reason: the log may end up before a court."""
    if _below_computed(situation) and not form.cleaned_data.get("confirm_reason"):
        form.add_error(
            "confirm_reason", str(_("Niveauet er lavere end det højeste mulige. Skriv, hvorfor I vurderer det sådan."))
        )


STEP = Step(
    key=KEY,
    title=_("Vurder"),
    rows=(_("Vurder krænkelsen"),),
    lead=_("Se, hvor alvorlig sagen er, og bliv enige om vejen. Det er ledelsens og fagfolkenes vurdering."),
    guidance=Guidance(
        what=(
            _("Tal sagen igennem med ledelsen. Du skal ikke stå med den alene."),
            _("Se på niveauet og begrundelsen. Mangler der noget afgørende, står det under »Det kan ændre niveauet«."),
            _("Beslut, om det er en politisag, en underretning, en pædagogisk opgave – eller flere af dem."),
            _("Er I i tvivl, så spørg SSP."),
        ),
        why=_(
            "Niveauet fortæller, hvor meget hjælp eleven skal have, og hvor hurtigt. Det afgør aldrig, "
            "hvad loven siger."
        ),
        avoid=(
            _("Vurder ikke alene."),
            _(
                "Lad ikke et lavt niveau berolige jer: nøgenbilleder af en person under 18 år er altid en sag for "
                "politiet."
            ),
            _("Gæt ikke på straf eller udfald over for eleven."),
        ),
        gives=_("Det niveau, I lægger til grund, en valgt vej og navnene på dem, der har vurderet."),
    ),
    form=VurderForm,
    sections=(
        Section(
            "niveau",
            _("Niveauet"),
            until="confirm_reason",
            # A confirmed level counts for what was known when it was given.
            computed={"computed_level": lambda situation: str(int(situation.assessment.rating.highest))},
        ),
        Section("stoette", _("Støtte og mobning"), until="support_needed", tables=(_CHILDREN,)),
        Section("deltagere", _("Hvem har vurderet?"), until="ssp_answer", about_ssp=True),
        Section("vej", _("Vejen videre"), until="track_reason"),
    ),
    check=_check,
)
