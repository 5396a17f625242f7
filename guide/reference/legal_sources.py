"""The legal sources the duties point at, in plain words.

Guidance, not legal advice, and never a prediction for one case.

Each source is shown with the day it was last checked; None means: not checked closely enough to carry a date. All of
them are to be confirmed locally, and an administrator may change the shown text without a release (guide.models).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CHECKED: Final = date(2026, 11, 21)

GUIDANCE_ONLY: Final = _(
    "Dette er vejledning og ikke juridisk rådgivning. Spørg politiet, kommunen eller skolens jurist, når I er i tvivl."
)


@dataclass(frozen=True, slots=True)
class Source:
    """One legal source: `plain` is what it means for a school, `paragraph` is empty where no provision can be named."""

    key: str
    title: str | Promise
    paragraph: str
    plain: str | Promise
    last_checked: date | None
    verify_locally: bool = True


def _sure(key: str, title: str | Promise, paragraph: str, plain: str | Promise) -> Source:
    return Source(key, title, paragraph, plain, CHECKED)


def _unsure(key: str, title: str | Promise, paragraph: str, plain: str | Promise) -> Source:
    return Source(key, title, paragraph, plain, None)


_CHILD_ACT: Final = _("Barnets lov")
_PENAL_CODE: Final = _("Straffeloven")
_SOURCES: Final = (
    # School and municipality.
    _sure(
        "barnets_lov_133",
        _CHILD_ACT,
        "§ 133",
        _(
            "Offentligt ansatte har skærpet pligt til at underrette kommunen om et barn eller en ung under 18 år, der "
            "kan have brug for særlig støtte eller har været udsat for overgreb. En rimelig mistanke er nok. Pligten "
            "er personlig, den går forud for tavshedspligten, og en leder kan ikke sige nej på dine vegne. Ansatte på "
            "private skoler er omfattet gennem en bekendtgørelse. Kommunen vurderer underretningen inden 24 timer og "
            "bekræfter inden 6 hverdage. Før 2024 stod pligten i serviceloven § 153."
        ),
    ),
    _sure(
        "barnets_lov_135",
        _CHILD_ACT,
        "§ 135",
        _("Underretningspligten gælder enhver borger, ikke kun offentligt ansatte."),
    ),
    _unsure(
        "barnets_lov_15",
        _CHILD_ACT,
        "§ 15, stk. 2",
        _(
            "Kommunen har et beredskab mod vold og overgreb mod børn. Skolen følger kommunens beredskabsplan. Det er "
            "kommunen, der eventuelt inddrager et børnehus."
        ),
    ),
    _sure(
        "anmeldelse_er_et_valg",
        _("Politianmeldelse og underretning"),
        "",
        _(
            "Underretning og politianmeldelse er to beslutninger. Der er ingen almindelig pligt til at anmelde en "
            "forbrydelse til politiet, men der kan være pligt til at underrette kommunen."
        ),
    ),
    _sure(
        "undervisningsmiljoeloven_1b",
        _("Undervisningsmiljøloven"),
        "§ 1 b–c",
        _(
            "Når ledelsen vurderer, at der er tale om mobning, skal der ligge en handlingsplan senest 10 arbejdsdage "
            "efter, at skolen fik kendskab til det. Man klager først til skolen. Får man nej, eller er der gået 20 "
            "dage, kan man klage til den nationale klageinstans mod mobning hos DCUM."
        ),
    ),
    _unsure(
        "elevers_telefoner",
        _("Elevers telefoner"),
        "",
        _(
            "Skolen må ikke gennemsøge en elevs telefon eller tvinge eleven til at låse den op. En telefon, skolen "
            "har taget i forvaring, gives tilbage, når elevens skoledag slutter."
        ),
    ),
    _unsure(
        "retsplejeloven_115",
        _("Retsplejeloven"),
        "§ 115",
        _(
            "Skole, sociale myndigheder og politi kan dele oplysninger i SSP-samarbejdet for at forebygge. Reglen "
            "gælder aldrig efterforskning af en straffesag."
        ),
    ),
    _unsure(
        "forvaltningsloven_28",
        _("Forvaltningsloven"),
        "§ 28",
        _("Reglen handler om, hvornår en myndighed må give fortrolige oplysninger videre til en anden myndighed."),
    ),
    _unsure(
        "databeskyttelsesloven_8",
        _("Databeskyttelsesloven"),
        "§ 8",
        _(
            "Oplysninger om strafbare forhold må kun gives videre, når betingelserne er opfyldt. Skriv begrundelsen "
            "ned."
        ),
    ),
    _sure(
        "erstatning_72_timer",
        _("Erstatning fra staten"),
        "",
        _(
            "Hovedreglen for erstatning fra staten er, at det strafbare er anmeldt til politiet inden 72 timer. Anmeld "
            "hurtigst muligt."
        ),
    ),
    _sure(
        "kriminel_lavalder",
        _("Den kriminelle lavalder"),
        "",
        _("Man kan straffes, fra man er fyldt 15 år. Politiet kan også handle, når den, der krænker, er yngre."),
    ),
    _sure(
        "konfliktraad",
        _("Konfliktråd"),
        "",
        _(
            "Mægling er frivillig for begge parter, og forældremyndighedens indehaver skal sige ja for unge under 18 "
            "år. Den bruges aldrig, mens pres eller trusler står på."
        ),
    ),
    # The card and the booklet.
    _sure(
        "handlekortet",
        _("Handlekortet for digitale krænkelser"),
        "",
        _("Kommunens egne trin fra den første samtale til opfølgningen. Ingen lov, men det, I har aftalt."),
    ),
    _sure(
        "haeftet",
        _("Hæftet om hjælp til ofre for billeddeling"),
        "",
        _("De fire niveauer og hjælpen på hvert af dem kommer herfra. Ingen lov, men en faglig rettesnor."),
    ),
    # Criminal law.
    _sure(
        "straffeloven_235",
        _PENAL_CODE,
        "§ 235",
        _(
            "Det er strafbart at dele eller have seksuelt materiale med personer under 18 år. Lovens ramme er op til "
            "2 års fængsel for deling, 6 år når det er særlig groft, og 1 år for at have materialet."
        ),
    ),
    _sure(
        "straffeloven_264d",
        _PENAL_CODE,
        "§ 264 d",
        _(
            "Det er strafbart at dele private billeder af andre uden deres samtykke, uanset alder. "
            "Lovens ramme er op til 6 måneders fængsel og 3 år, når det er særlig groft."
        ),
    ),
    _sure(
        "straffeloven_264e",
        _PENAL_CODE,
        "§ 264 e",
        _("Det er strafbart at misbruge en andens identitet og at lave eller dele manipuleret seksuelt materiale."),
    ),
    _sure("straffeloven_232", _PENAL_CODE, "§ 232", _("Det er strafbart at krænke en andens blufærdighed.")),
    _sure(
        "straffeloven_231",
        _PENAL_CODE,
        "§ 231",
        _("Det er strafbart at skabe kontakt til et barn for at udnytte det seksuelt (grooming)."),
    ),
    _sure(
        "straffeloven_225",
        _PENAL_CODE,
        "§ 225",
        _("Det er strafbart at tvinge en person til seksuelle handlinger på sig selv."),
    ),
    _unsure(
        "straffeloven_226_227",
        _PENAL_CODE,
        "§§ 226–227",
        _("Hører til reglerne om krænkelser af personer under 18 år. Spørg politiet, hvad de betyder i sagen."),
    ),
    _sure("straffeloven_260", _PENAL_CODE, "§ 260", _("Det er strafbart at tvinge andre (ulovlig tvang).")),
    _sure("straffeloven_266", _PENAL_CODE, "§ 266", _("Det er strafbart at fremsætte trusler.")),
    _sure(
        "straffeloven_281",
        _PENAL_CODE,
        "§ 281",
        _("Det er strafbart at true sig til penge eller andet af værdi (afpresning)."),
    ),
    _sure(
        "straffeloven_263",
        _PENAL_CODE,
        "§ 263",
        _("Det er strafbart at skaffe sig adgang til andres konti og data uden lov (hacking)."),
    ),
    _unsure(
        "straffeloven_264a",
        _PENAL_CODE,
        "§ 264 a",
        _("Hører til reglerne om krænkelser af privatlivet. Spørg politiet, hvad den betyder i sagen."),
    ),
)

SOURCES: Final[Mapping[str, Source]] = {source.key: source for source in _SOURCES}
