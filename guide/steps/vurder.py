"""Vurder: the level with its reasons, who took part, and which way the case goes."""

from django.utils.translation import gettext_lazy as _

from guide.questionnaire.conditions import answered, may_have_minor
from guide.questionnaire.fields import StepFields, day_of_act, long_text, many_of, one_of, short_text, yes_no
from guide.questionnaire.schema import Guidance, Section, Situation, Step
from guide.questionnaire.traits import ADVICE, DECISION, DUTY_ONLY, NOBODY, RECORD_ONLY, SSP, SUMMARY, WHO
from guide.rules.enums import YES, Track

KEY = "vurder"


def _below_computed(situation: Situation) -> bool:
    chosen = situation.get(KEY, "confirmed_level")
    highest = max(situation.assessment.rating.levels)
    return isinstance(chosen, str) and chosen.isdecimal() and int(chosen) < highest


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

    support_needed = yes_no(
        _("Kan et barn i sagen have brug for særlig støtte eller have været udsat for overgreb?"),
        _("Tænk på hvert barn under 18 år, også den, der krænker. En rimelig mistanke er nok."),
        feeds="support_needed",
        to=SSP,
        when=may_have_minor,
    )
    bullying_judged = yes_no(
        _("Vurderer ledelsen, at det er mobning?"),
        _("Så skal der være en handlingsplan senest 10 arbejdsdage efter, at skolen fik det at vide."),
        feeds="bullying",
        to=SSP,
    )

    took_part = many_of(
        _("Hvem har ellers været med til at vurdere?"),
        [
            ("teacher", _("Klasselærer eller kontaktlærer")),
            ("wellbeing", _("Trivselsvejleder, AKT eller pædagog")),
            ("nurse", _("Sundhedsplejerske")),
            ("psychologist", _("Psykolog eller PPR")),
            ("social_worker", _("Socialrådgiver")),
            ("other", _("Andre")),
        ],
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
        _("Her gælder det samtaler uden om Handlekort."),
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
        gives=_("Et bekræftet niveau, en valgt vej og navnene på dem, der har vurderet."),
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
        Section("stoette", _("Støtte og mobning"), until="bullying_judged"),
        Section("deltagere", _("Hvem har vurderet?"), until="ssp_answer", about_ssp=True),
        Section("vej", _("Vejen videre"), until="track_reason"),
    ),
    check=_reason_for_lower,
)
