"""Afdæk: danger and the home first, then who, what, where and when."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guide.questionnaire.conditions import answered, any_condition, has_answer, not_answered
from guide.questionnaire.fields import (
    RowFields,
    StepFields,
    day,
    in_order,
    long_text,
    many_of,
    number,
    one_of,
    pick,
    short_text,
    years,
    yes_no,
)
from guide.questionnaire.rows import NamesSomebody, row_key
from guide.questionnaire.schema import Guidance, Section, Situation, Step, Table
from guide.questionnaire.traits import (
    ALL,
    DANGER,
    DECISION,
    HOME,
    IN_SENTENCES,
    NOBODY,
    POLICE,
    RECORD_ONLY,
    SAID,
    SEEN,
    SSP,
    SUMMARY,
    TOLD,
    VIEW,
    WHO,
)
from guide.rules.enums import NO, UNKNOWN, YES, Kind, Reach, Shown
from guide.rules.facts import (
    ABSENT,
    ABUSED_TOO,
    AT_HOME,
    BEFORE,
    BLOWS,
    BY_ADULT,
    BY_YOUNG,
    DANGER_ABUSE,
    DANGER_HARM,
    DANGER_THREATS,
    IMAGE_KINDS,
    NAMED,
    NOT_PRIVATE,
    OFFENDER_ADULT,
    OFFENDER_MINOR,
    OFFENDER_PUPIL,
    OFFENDER_STAFF,
    OFFENDER_STRANGER,
    PARENT,
    PUPIL,
    SEXUAL,
    STAFF,
    kinds_may_have_image,
)
from guide.steps import answer_labels

KEY = "afdaek"

_image = answered(KEY, "shown", *(shown for shown in Shown if shown is not Shown.NOTHING), UNKNOWN)
_private = answered(KEY, "shown", *(shown for shown in Shown if shown not in NOT_PRIVATE), UNKNOWN)
_abuse = any_condition(answered(KEY, "danger_what", DANGER_ABUSE, ABUSED_TOO), answered(KEY, "abuse", BEFORE))
_danger = any_condition(answered(KEY, "danger_self_harm", YES), answered(KEY, "abuse", YES))
_pressed = any_condition(answered(KEY, "threat", YES), answered(KEY, "kinds", Kind.EXTORTION, Kind.THREAT_TO_SHARE))
_may_be_hate = answered(KEY, "kinds", *(kind for kind in Kind if kind not in (Kind.SEXUAL_APPROACH, Kind.EXTORTION)))


def may_have_image(situation: Situation) -> bool:
    """Open unless nothing that was told can involve an image; what an image shows stays asked once it is told."""
    told = situation.get(KEY, "shown") not in (None, "", Shown.NOTHING)
    return told or kinds_may_have_image(situation.get(KEY, "kinds"))


class AfdaekForm(StepFields):
    """What is known about the violation. The questions of the first four sections are asked before all others."""

    danger_self_harm = yes_no(
        _("Er der tegn på, at den krænkede vil skade sig selv eller ikke orker livet?"),
        feeds="self_harm",
        to=ALL | DANGER,
    )
    self_harm_plan = yes_no(
        _("Er der en plan for det, eller noget at gøre det med?"),
        _("Spørg ligeud: Tænker du på at tage dit liv?"),
        feeds="self_harm_plan",
        to=SSP | DANGER,
        when=answered(KEY, "danger_self_harm", YES, UNKNOWN),
    )
    abuse = one_of(
        _("Er der vold, overgreb eller trusler om det?"),
        [(YES, _("Ja, lige nu")), (BEFORE, _("Det er sket før")), (NO, _("Nej"))],
        _("Delte billeder kommer senere."),
        look="flydende",
        feeds="abuse",
        to=ALL | DANGER,
    )
    danger_what = many_of(
        _("Hvad er det?"),
        [
            (DANGER_ABUSE, _("Vold eller overgreb")),
            (DANGER_THREATS, _("Trusler om vold eller drab")),
            (DANGER_HARM, _("Andet, der kan gøre fortræd nu")),
            (ABUSED_TOO, _("Der har også været vold eller overgreb tidligere")),
        ],
        feeds="danger_what",
        to=ALL | DANGER,
        essential=True,
        when=answered(KEY, "abuse", YES),
    )
    suspicion_home = yes_no(
        _("Kan vold, overgreb eller pres komme fra hjemmet?"),
        _("Ja eller måske: kontakt ikke forældrene endnu."),
        feeds="suspicion_home",
        to=SSP | HOME,
    )

    kinds = many_of(
        _("Hvad er der tale om?"),
        answer_labels.KINDS,
        _("Gerne flere."),
        common=5,
        feeds="kinds",
        to=ALL | TOLD | SEEN,
        essential=True,
    )
    threat = yes_no(_("Er der trusler, tvang eller pres?"), feeds="threat", to=ALL | SEEN)
    ongoing = yes_no(_("Foregår det stadig?"), feeds="ongoing", to=ALL | SEEN, when=has_answer(KEY, "kinds"))

    shown = one_of(
        _("Hvad viser billedet?"),
        answer_labels.SHOWN,
        _("Få det fortalt. Se det ikke selv."),
        look="lodret",
        feeds="shown",
        to=ALL | TOLD | SEEN,
        when=may_have_image,
    )
    recognised = one_of(
        _("Kan man se, hvem det er?"),
        answer_labels.RECOGNISED,
        _("Også på tatovering, værelse eller stemme."),
        look="flydende",
        feeds="recognised",
        to=ALL,
        when=_image,
    )
    depicts = many_of(
        _("Hvem er på billedet?"),
        [
            (PUPIL, _("Den krænkede")),
            ("other_pupil", _("En anden elev")),
            ("sender", _("Den, der sendte det")),
            ("somebody", _("En ukendt")),
        ],
        look="flydende",
        feeds="depicts",
        to=ALL,
        essential=True,
        when=_image,
    )
    passed_on = yes_no(
        _("Er det givet videre uden et ja?"),
        _("Nej, hvis den krænkede selv sendte det, og kun modtageren har det."),
        feeds="passed_on",
        to=ALL | SEEN,
        when=_private,
    )

    victim_age = years(
        _("Hvor gammel er eleven?"),
        feeds="victim_age",
        to=POLICE,
        essential=True,
        when=not_answered(KEY, "victim_is", STAFF),
    )
    youngest_age = years(
        _("Den yngstes alder, da billedet blev lavet"),
        feeds="youngest_age",
        to=POLICE,
        essential=True,
        same_as="victim_age",
        when=_image,
    )
    offender_is = many_of(
        _("Hvem krænker?"),
        [
            (OFFENDER_PUPIL, _("En elev herfra")),
            (OFFENDER_MINOR, _("En anden under 18")),
            (OFFENDER_ADULT, _("En voksen")),
            (OFFENDER_STAFF, _("En ansat")),
            (OFFENDER_STRANGER, _("En ukendt")),
        ],
        look="flydende",
        feeds="offender_is",
        to=ALL,
        essential=True,
    )
    reaction = one_of(
        _("Hvordan reagerer den krænkede?"),
        answer_labels.REACTIONS,
        look="lodret",
        feeds="reaction",
        to=SSP,
    )

    victim_is = one_of(
        _("Hvem er krænket?"),
        [
            (PUPIL, _("En elev, vi kender")),
            (ABSENT, _("En elev, vi ikke kender eller ikke har talt med")),
            (STAFF, _("En ansat på skolen")),
        ],
        look="lodret",
        folded=_("Er det en anden end en elev, I kender?"),
        feeds="victim_is",
        to=ALL,
        essential=False,
    )

    handed_over = yes_no(
        _("Har nogen taget over, så den krænkede er i sikkerhed?"),
        feeds="handed_over",
        to=SSP | DANGER,
        shows_done=dict.fromkeys(("call_112", "ask_suicide", "stay_with_pupil", "parents_fetch"), (YES,)),
        when=_danger,
    )
    handed_to = short_text(
        _("Hvem tog over, og hvornår?"),
        _("Fx mor, klokken 13.20."),
        names=IN_SENTENCES,
        to=SUMMARY | DECISION | DANGER,
        essential=True,
        when=answered(KEY, "handed_over", YES),
    )

    what_happened = long_text(
        _("Fortæl det kort"),
        _("Højst 400 tegn. Hvem, hvad, hvor og hvornår?"),
        rows=4,
        longest=400,
        names=NOBODY,
        to=POLICE | TOLD | SEEN,
        essential=True,
    )
    kinds_other = short_text(
        _("Hvad er der ellers sket?"), names=NOBODY, to=POLICE | SEEN, when=answered(KEY, "kinds", Kind.OTHER)
    )
    known_on = day(_("Hvornår fik skolen det at vide?"), feeds="known_on", to=ALL | SEEN, essential=True)
    reporter = one_of(
        _("Hvem har fortalt det?"),
        [
            ("victim", _("Den krænkede selv")),
            ("pupil", _("En anden elev")),
            (PARENT, _("En forælder")),
            ("staff", _("En kollega")),
            ("other", _("En anden")),
        ],
        look="flydende",
        feeds="reporter",
        to=SSP | SEEN,
        essential=False,
    )

    abuse_kind = many_of(
        _("Hvad er den krænkede udsat for?"),
        [(SEXUAL, _("Seksuelle overgreb")), (BLOWS, _("Slag eller anden vold"))],
        _("Spørg åbent, og spørg ikke ud. Svar ud fra det, der bliver fortalt."),
        look="flydende",
        feeds="abuse_kind",
        to=ALL | SEEN,
        essential=True,
        when=_abuse,
    )
    abuse_by = many_of(
        _("Hvem gør eller gjorde det?"),
        [
            (BY_YOUNG, _("En elev eller en anden under 18 år")),
            (BY_ADULT, _("En voksen")),
            (AT_HOME, _("Nogen i hjemmet")),
        ],
        look="flydende",
        feeds="abuse_by",
        to=SSP,
        essential=True,
        when=_abuse,
    )
    staff_hold = yes_no(_("Ligger der seksuelt materiale hos en ansat?"), feeds="staff_hold", to=ALL)
    staff_hold_note = long_text(
        _("Hvem har det?"),
        _("Slet ikke, og send ikke videre. Ring til politiet på 114, gør, som de siger, og skriv det under »Anmeld«."),
        names=IN_SENTENCES,
        to=POLICE,
        when=answered(KEY, "staff_hold", YES),
    )

    platforms = many_of(
        _("Hvor foregår det?"), answer_labels.PLATFORMS, look="flydende", common=7, feeds=RECORD_ONLY, to=ALL | SEEN
    )
    where = short_text(
        _("Hvor foregår det præcist?"), _("Gruppens navn, profilen eller linket."), names=NOBODY, to=POLICE | SEEN
    )
    first_on = day(_("Hvornår begyndte det?"), feeds="first_on", to=ALL | SEEN)
    last_on = day(_("Hvornår skete det sidst?"), feeds=RECORD_ONLY, to=ALL | SEEN)

    reached = one_of(_("Hvor mange har set eller fået det?"), answer_labels.REACHES, feeds="reach", to=ALL | SEEN)
    reached_number = number(
        _("Cirka hvor mange er det?"),
        _("Et tal er nok. Har politiet en liste, så skriv det under »Stop«."),
        feeds=RECORD_ONLY,
        to=ALL,
        when=answered(KEY, "reached", Reach.MORE_THAN_NAMED, Reach.BEYOND_CLASS, Reach.PUBLIC),
    )
    who_knows = short_text(_("Hvem ved det nu?"), names=WHO, to=POLICE)
    recognised_by = short_text(
        _("Hvem kan kende personen, og på hvad?"),
        _("Skriv også, hvad der står om, hvem det er."),
        names=IN_SENTENCES,
        to=POLICE,
        when=answered(KEY, "recognised", YES, NAMED, UNKNOWN),
    )
    done_already = long_text(_("Hvad er der allerede gjort?"), names=NOBODY, to=POLICE)

    own_words = long_text(
        _("Hvad siger den krænkede selv?"),
        _("Så ordret som muligt."),
        rows=4,
        names=NOBODY,
        to=POLICE | SAID,
    )
    wants = long_text(_("Hvad ønsker den krænkede?"), names=NOBODY, to=SUMMARY | SAID)
    telling_help = yes_no(
        _("Er der brug for hjælp til at forstå eller fortælle?"),
        _("Fx på grund af sprog, alder eller handicap."),
        feeds="telling_help",
        to=SSP,
        essential=False,
    )
    assessment = long_text(
        _("Hvad er din faglige vurdering?"),
        _("Adskilt fra det, der er sket. Familien kan læse det."),
        names=NOBODY,
        to=SUMMARY | VIEW,
    )

    offender_pupil = yes_no(
        _("Kan det være en elev herfra?"),
        feeds="offender_pupil",
        to=ALL,
        when=answered(KEY, "offender_is", OFFENDER_STRANGER, UNKNOWN),
    )
    offender_near = yes_no(
        _("Kan krænkeren møde eller opsøge den krænkede?"),
        feeds="offender_near",
        to=ALL | DANGER,
        essential=False,
    )
    motive = one_of(_("Tyder noget på hævn?"), answer_labels.MOTIVES, look="lodret", feeds="revenge", to=SSP)
    motive_what = short_text(
        _("Hvad tyder på hævn?"), names=NOBODY, to=POLICE, when=answered(KEY, "motive", "some", "extensive")
    )
    hate = yes_no(
        _("Tyder noget på had?"),
        _("Mod køn, seksualitet, tro, hudfarve eller handicap."),
        feeds="hate",
        to=ALL,
        when=_may_be_hate,
        essential=False,
    )
    demands = many_of(
        _("Hvad bliver der krævet?"),
        [
            ("money", _("Penge eller gavekort")),
            ("images", _("Flere billeder")),
            ("acts", _("Handlinger eller et møde")),
            ("silence", _("Tavshed")),
            ("nothing", _("Ikke noget bestemt")),
        ],
        look="flydende",
        feeds="demands",
        to=ALL,
        when=_pressed,
    )
    paid = yes_no(_("Er der betalt penge?"), feeds="paid", to=ALL, when=_pressed)

    more_victims = yes_no(_("Er flere end én krænket?"), feeds="more_victims", to=ALL | SEEN, essential=False)
    victims_number = number(
        _("Hvor mange er krænket i alt?"),
        _("Et tal er nok, når I ikke kan skrive alle på."),
        feeds=RECORD_ONLY,
        to=ALL,
        when=answered(KEY, "more_victims", YES),
    )

    def clean(self) -> dict[str, Any]:
        """The last time cannot come before the first, and what is shared or made is an image."""
        if (
            IMAGE_KINDS.intersection(self.cleaned_data.get("kinds") or ())
            and self.cleaned_data.get("shown") == Shown.NOTHING
        ):
            self.add_error(
                "shown", _("Under »Hvad er der tale om?« står der, at der er et billede. Ret det ene af de to svar.")
            )
        in_order("first_on", "last_on", _("Den dag, det skete sidst, ligger før den dag, det begyndte."))(self)
        return self.cleaned_data


class PersonRow(RowFields):
    """A person involved; one person may have several roles."""

    key = row_key()
    name = short_text(_("Navn"), feeds="name", names=WHO)
    roles = many_of(_("Rolle"), answer_labels.PERSON_ROLES, feeds="roles")
    age_band = pick(_("Alder"), answer_labels.AGE_BANDS, feeds="age_band")
    pupil_of = pick(_("Går på"), answer_labels.PUPIL_OF, feeds="pupil_of")
    relation = pick(_("Forhold til den krænkede"), answer_labels.RELATIONS, feeds="relation")
    note = short_text(_("Klasse, skole eller andet"), names=NOBODY)


class VictimRow(NamesSomebody):
    """A further victim; each is rated alone, and the case shows the most serious."""

    victim_is = pick(
        _("Elev eller ansat"), [(PUPIL, _("Elev")), (STAFF, pgettext_lazy("person role", "Ansat"))], feeds="victim_is"
    )
    age = years(_("Alder"), feeds="age")
    youngest_age = years(_("Alder på billedet"), feeds="youngest_age")
    shown = pick(_("Hvad vises"), answer_labels.SHOWN, feeds="shown")
    recognised = pick(_("Kan kendes"), answer_labels.RECOGNISED, feeds="recognised")
    reaction = pick(_("Reaktion"), answer_labels.REACTIONS, feeds="reaction")


_PEOPLE = Table(
    "people",
    _("Personer i sagen"),
    PersonRow,
    _("Tilføj en person"),
    _("Person"),
    _("Ingen personer er skrevet på endnu."),
    _("Også dig selv og andre voksne. Én person kan have flere roller."),
    feeds="people",
    to=POLICE,
    chapter="people",
    about_person=True,
)
_VICTIMS = Table(
    "victims",
    _("Flere krænkede"),
    VictimRow,
    _("Tilføj en krænket"),
    _("Krænket"),
    _("Ingen flere er skrevet på endnu."),
    _(
        "Hver elev bliver vurderet for sig. Sagen viser det mest alvorlige niveau. Er der flere, end I kan skrive på, "
        "så skriv »de øvrige« på én række, og svar for den, der er hårdest ramt."
    ),
    feeds="victims",
    to=POLICE,
    chapter="people",
    about_person=True,
    when=answered(KEY, "more_victims", YES),
)

STEP = Step(
    key=KEY,
    title=_("Afdæk"),
    rows=(_("Afdæk krænkelsen"),),
    lead=_("Find ud af, hvad der er sket. Begynd med, om nogen er i fare."),
    guidance=Guidance(
        what=(
            _("Sæt dig et roligt sted med eleven. Fortæl, at det ikke er elevens skyld."),
            _("Spørg konkret: hvem, hvad, hvor og hvornår. Ét spørgsmål ad gangen."),
            _("Er der vold eller overgreb, så lad eleven fortælle med egne ord, og spørg ikke ud."),
            _("Sig tidligt, at du ikke kan love at holde det hemmeligt."),
            _("Ved du ikke svaret endnu, så sig det. Du kan altid vende tilbage."),
        ),
        why=_(
            "Alt det næste bygger på det, I ved her: hvor alvorlig sagen er, hvem der skal ringes til, "
            "og hvad der ikke må slettes."
        ),
        avoid=(
            _("Se ikke selv billedet, og få det ikke sendt. Et par ord om, hvad det viser, er nok."),
            _("Bed ikke eleven slette noget endnu."),
            _("Gennemsøg ikke en elevs telefon, og tving den ikke åben."),
        ),
        gives=_("Et overblik over, hvem, hvad, hvor og hvornår. Ud fra det finder Handlekort niveauet og opgaverne."),
    ),
    form=AfdaekForm,
    sections=(
        Section("fare", _("Er nogen i fare?"), until="suspicion_home"),
        Section("haendelse", _("Hvad er der sket?"), until="ongoing"),
        Section(
            "billede",
            _("Billedet"),
            _("Ægte og falske billeder tæller ens. Vælg det mest alvorlige."),
            until="passed_on",
        ),
        Section("hvem", _("Hvem er det?"), until="victim_is"),
        Section("overtaget", _("Har nogen taget over?"), until="handed_to"),
        Section("fortalt", _("Hvad er der fortalt?"), until="reporter"),
        Section("overgreb", _("Overgreb og materiale hos ansatte"), until="staff_hold_note"),
        Section("sted", _("Hvor og hvornår?"), until="last_on"),
        Section("spredning", _("Hvem har set det?"), until="done_already"),
        Section("elev", _("Ord og ønsker"), until="assessment"),
        Section("kraenker", _("Den, der krænker"), until="hate"),
        Section("pres", _("Pres og krav"), until="paid"),
        Section("personer", _("De involverede"), until="victims_number", tables=(_PEOPLE, _VICTIMS)),
    ),
)

FIRST = ("fare", "haendelse", "billede", "hvem")
"""The sections that are asked first, before any advice."""
FOLLOW_UPS = ("self_harm_plan", "danger_what", "ongoing", "recognised", "depicts", "passed_on")
"""Their questions that an answer on the same page opens: the stylesheet shows them, so that no page is sent twice."""
