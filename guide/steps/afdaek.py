"""Afdæk: danger first, then who, what, where and when."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from guide.questionnaire.conditions import answered, any_condition
from guide.questionnaire.fields import (
    RowFields,
    StepFields,
    day,
    in_order,
    long_text,
    many_of,
    one_of,
    pick,
    short_text,
    years,
    yes_no,
)
from guide.questionnaire.schema import Guidance, Section, Step, Table
from guide.questionnaire.traits import ALL, IN_SENTENCES, NOBODY, POLICE, RECORD_ONLY, SSP, SUMMARY, WHO
from guide.rules.enums import NO, UNKNOWN, YES, Kind, Shown
from guide.rules.facts import IMAGE_KINDS
from guide.steps import answer_labels

KEY = "afdaek"

_image = answered(KEY, "shown", *(shown for shown in Shown if shown is not Shown.NOTHING), UNKNOWN)


class AfdaekForm(StepFields):
    """What is known about the violation."""

    danger_self_harm = yes_no(
        _("Er der tegn på, at eleven vil skade sig selv eller ikke orker at leve?"), feeds="self_harm", to=ALL
    )
    danger_violence = yes_no(_("Er der trusler om vold eller drab?"), feeds="violence", to=ALL)
    danger_ongoing_abuse = yes_no(_("Foregår der vold eller overgreb nu?"), feeds="ongoing_abuse", to=ALL)
    danger_offender_reach = yes_no(_("Kan den, der krænker, opsøge eleven nu?"), feeds="offender_reach", to=ALL)
    suspicion_home = yes_no(
        _("Kan vold, overgreb eller pres komme fra nogen i hjemmet?"),
        _("Svaret afgør, om forældrene må kontaktes."),
        feeds="suspicion_home",
        to=SSP,
    )

    kinds = many_of(
        _("Hvad er der tale om?"),
        answer_labels.KINDS,
        _("Sæt kryds ved alt, der passer."),
        feeds="kinds",
        to=ALL,
        essential=True,
    )
    kinds_other = short_text(
        _("Hvad er der ellers sket?"), names=NOBODY, to=POLICE, when=answered(KEY, "kinds", Kind.OTHER)
    )
    what_happened = long_text(
        _("Hvad er der sket?"),
        _("Kun det, du ved: hvem, hvad, hvor, hvornår. Din egen vurdering har sit eget felt længere nede."),
        rows=4,
        names=NOBODY,
        to=POLICE,
        essential=True,
    )
    known_on = day(_("Hvornår fik skolen det at vide?"), feeds="known_on", to=ALL, essential=True)

    shown = one_of(
        _("Hvad viser billedet eller videoen?"),
        answer_labels.SHOWN,
        _("Ægte, manipuleret og kunstigt skabt tæller ens. Er der flere, så vælg det mest alvorlige."),
        look="lodret",
        feeds="shown",
        to=ALL,
    )
    recognisable = yes_no(
        _("Kan man se, hvem det er?"),
        _("På ansigtet eller på andet: en tatovering, et værelse, stemmen."),
        feeds="recognisable",
        to=ALL,
        when=_image,
    )
    recognised_by = short_text(
        _("Hvem kan kende personen, og på hvad?"),
        names=IN_SENTENCES,
        to=POLICE,
        when=answered(KEY, "recognisable", YES, UNKNOWN),
    )
    identity_published = yes_no(
        _("Står der, hvem det er?"),
        _("Navn, fornavn, brugernavn, tag, skole eller adresse sammen med billedet."),
        feeds="identity_published",
        to=ALL,
        when=_image,
    )
    identity_what = short_text(
        _("Hvad står der om, hvem det er?"),
        names=IN_SENTENCES,
        to=POLICE,
        when=answered(KEY, "identity_published", YES),
    )
    shared = yes_no(_("Er billedet delt med nogen?"), feeds="shared", to=ALL, when=_image)
    youngest_age = years(
        _("Hvor gammel var den yngste på billedet, da det blev lavet?"),
        _("Alderen dengang, ikke i dag."),
        feeds="youngest_age",
        to=POLICE,
        essential=True,
        when=_image,
    )

    platforms = many_of(_("Hvor foregår det?"), answer_labels.PLATFORMS, look="flydende", feeds=RECORD_ONLY, to=ALL)
    where = short_text(
        _("Hvor foregår det præcist?"), _("Gruppens navn, profilen eller linket."), names=NOBODY, to=POLICE
    )
    first_on = day(_("Hvornår begyndte det?"), feeds="first_on", to=ALL)
    last_on = day(_("Hvornår skete det sidst?"), feeds=RECORD_ONLY, to=ALL)
    ongoing = yes_no(_("Foregår det stadig?"), feeds="ongoing", to=ALL)
    reached = one_of(_("Hvor mange er det nået ud til?"), answer_labels.REACHES, feeds="reach", to=ALL)
    who_knows = short_text(_("Hvem ved det nu?"), names=WHO, to=POLICE)
    done_already = long_text(_("Hvad er der allerede gjort?"), names=NOBODY, to=POLICE)

    victim_age = years(_("Hvor gammel er eleven?"), feeds="victim_age", to=POLICE, essential=True)
    reaction = one_of(
        _("Hvordan reagerer eleven?"),
        answer_labels.REACTIONS,
        unknown=_("Ved ikke endnu – eller eleven har ikke hørt om det endnu"),
        look="lodret",
        feeds="reaction",
        to=ALL,
    )
    own_words = long_text(_("Hvad siger eleven selv?"), _("Så ordret som muligt."), rows=4, names=NOBODY, to=POLICE)
    wants = long_text(_("Hvad ønsker eleven, at der skal ske?"), names=NOBODY, to=SUMMARY)
    assessment = long_text(
        _("Hvad er din faglige vurdering?"),
        _("Adskilt fra det, der er sket. Eleven og forældrene kan få det at læse."),
        names=NOBODY,
        to=SUMMARY,
    )

    offender_known = one_of(
        _("Ved I, hvem der krænker?"),
        [("all", _("Ja")), ("some", _("Nogle af dem")), ("none", _("Nej"))],
        look="flydende",
        feeds="offender_identified",
        to=ALL,
    )
    threat = yes_no(_("Er der trusler, tvang eller pres?"), feeds="threat", to=ALL)
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
        when=any_condition(answered(KEY, "threat", YES), answered(KEY, "kinds", Kind.EXTORTION, Kind.THREAT_TO_SHARE)),
    )
    motive = one_of(_("Tyder noget på hævn?"), answer_labels.MOTIVES, look="lodret", feeds="revenge", to=ALL)
    motive_what = short_text(
        _("Hvad tyder på hævn?"), names=NOBODY, to=POLICE, when=answered(KEY, "motive", "some", "extensive")
    )

    more_victims = yes_no(_("Er flere end én krænket?"), feeds=RECORD_ONLY, to=ALL, essential=False)

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

    name = short_text(_("Navn"), names=WHO)
    roles = many_of(_("Rolle"), answer_labels.PERSON_ROLES, feeds="roles")
    age_band = pick(_("Alder"), answer_labels.AGE_BANDS, feeds="age_band")
    relation = pick(_("Forhold til eleven"), answer_labels.RELATIONS, feeds="relation")
    note = short_text(_("Klasse, skole eller andet"), names=NOBODY)


class VictimRow(RowFields):
    """A further victim; each is rated alone, and the case shows the most serious."""

    name = short_text(_("Navn"), feeds="name", names=WHO)
    age = years(_("Alder"), feeds="age")
    youngest_age = years(_("Alder på billedet"), feeds="youngest_age")
    shown = pick(_("Hvad vises"), answer_labels.SHOWN, feeds="shown")
    recognisable = pick(_("Kan kendes"), [(YES, _("Ja")), (NO, _("Nej"))], feeds="recognisable")
    identity_published = pick(_("Står der, hvem det er?"), [(YES, _("Ja")), (NO, _("Nej"))], feeds="identity_published")
    reaction = pick(_("Reaktion"), answer_labels.REACTIONS, feeds="reaction")


_PEOPLE = Table(
    "people",
    _("Personer i sagen"),
    PersonRow,
    _("Tilføj en person"),
    _("Ingen personer er skrevet på endnu."),
    _("Skriv også dig selv og andre voksne, der har en rolle. Én person kan have flere roller."),
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
    _("Ingen flere er skrevet på endnu."),
    _("Hver elev bliver vurderet for sig. Sagen viser det mest alvorlige niveau."),
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
        Section(
            "fare",
            _("Er nogen i fare?"),
            _("Spørg om det her først. Er et af svarene ja, står det øverst på siden, hvad I skal gøre nu."),
            until="suspicion_home",
        ),
        Section("haendelse", _("Hvad er der sket?"), until="known_on"),
        Section(
            "billede",
            _("Hvad viser billedet?"),
            _("Svar ud fra det, du får fortalt. Se ikke selv materialet."),
            until="youngest_age",
        ),
        Section("sted", _("Hvor og hvornår?"), until="done_already"),
        Section("elev", _("Eleven"), until="assessment"),
        Section(
            "kraenker",
            _("Den, der krænker"),
            _("Er der flere, så sæt dem alle på listen over de involverede."),
            until="motive_what",
        ),
        Section("personer", _("De involverede"), until="more_victims", tables=(_PEOPLE, _VICTIMS)),
    ),
)
