"""The legal sources the duties point at, in plain words.

Guidance, not legal advice, and never a prediction for one case. Nobody has compared the texts with the law as it
stands, so none carries a day: an administrator checks each, changes what is not right, and enters the day
(guide.models).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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


_CHILD_ACT: Final = _("Barnets lov")
_PROCEDURE_ACT: Final = _("Retsplejeloven")
_PENAL_CODE: Final = _("Straffeloven")
_SOURCES: Final = (
    # School and municipality.
    Source(
        "barnets_lov_133",
        _CHILD_ACT,
        "§ 133",
        _(
            "Offentligt ansatte har skærpet pligt til at underrette kommunen om et barn eller en ung under 18 år, "
            "der kan have brug for særlig støtte eller har været udsat for overgreb. Det gælder også ansatte på "
            "private skoler. En rimelig mistanke er nok. Pligten gælder hvert barn i sagen, også den, der har "
            "krænket. Den er personlig, den går forud for tavshedspligten, og en leder kan ikke sige nej på dine "
            "vegne. Vejledninger regner vold, tvang og seksuelle krænkelser mellem børn og unge (straffeloven "
            "kapitel 24–26) som overgreb og siger: underret om begge parter med det samme. Kommunen vurderer "
            "underretningen inden 24 timer og bekræfter den inden 6 hverdage. Før 2024 stod pligten i serviceloven "
            "§ 153."
        ),
    ),
    Source(
        "barnets_lov_135",
        _CHILD_ACT,
        "§ 135",
        _(
            "Alle borgere har pligt til at underrette kommunen, men den er smallere end den skærpede pligt, I har "
            "som ansatte."
        ),
    ),
    Source(
        "barnets_lov_15",
        _CHILD_ACT,
        "§ 15, stk. 2",
        _(
            "Kommunen har et beredskab mod vold og overgreb mod børn. Skolen følger kommunens beredskabsplan, og "
            "den kan pålægge lederen at anmelde til politiet. Spørg kommunen, før nogen taler med den, mistanken "
            "gælder, og før begge elevers forældre får besked: vejledningerne siger ikke det samme om det. Det er "
            "kommunen, ikke skolen, der inddrager et børnehus."
        ),
    ),
    Source(
        "anmeldelse_er_et_valg",
        _("Politianmeldelse og underretning"),
        "",
        _(
            "Underretning og politianmeldelse er to beslutninger. Der er ingen almindelig pligt til at anmelde en "
            "forbrydelse til politiet, men kommunens egen plan kan pålægge lederen det, og der kan være pligt til "
            "at underrette kommunen."
        ),
    ),
    Source(
        "undervisningsmiljoeloven_1b",
        _("Undervisningsmiljøloven"),
        "§ 1 b–c",
        _(
            "Når ledelsen vurderer, at der er tale om mobning, skal der være en handlingsplan senest 10 arbejdsdage "
            "efter, at skolen fik kendskab til det. Indtil planen virker, sætter skolen ind midlertidigt, og de "
            "berørte får det at vide. Det gælder også, når det er en ansat, der mobber en elev. Klagen kan afleveres "
            "på skolen, hos kommunen eller hos DCUM. Kommunen (folkeskole) eller bestyrelsen (privat skole) afgør "
            "klagen først, inden 20 arbejdsdage. Derefter har familien 20 kalenderdage til at svare. Medmindre "
            "familien er tilfreds, bliver klagen sendt videre til den nationale klageinstans mod mobning hos DCUM."
        ),
    ),
    Source(
        "samme_klasse",
        _("Elever i samme klasse"),
        "",
        _("Lederen afgør, om de to elever kan blive i samme klasse. Hensynet til den krænkede vejer tungest."),
    ),
    Source(
        "foraelder_uden_myndighed",
        _("Forælder uden forældremyndighed"),
        "",
        _(
            "En forælder, der ikke har forældremyndigheden, får kun oplysninger, når forælderen beder om det, og "
            "ikke, hvis det vil skade barnet."
        ),
    ),
    Source(
        "elevers_telefoner",
        _("Elevers telefoner"),
        "",
        _(
            "Skolen må ikke gennemsøge en elevs telefon eller tvinge eleven til at låse den op. Har en folkeskole "
            "taget en telefon i forvaring, gives den tilbage, når elevens skoledag slutter."
        ),
    ),
    Source(
        "retsplejeloven_115",
        _PROCEDURE_ACT,
        "§ 115",
        _(
            "Skole, sociale myndigheder og politi kan dele oplysninger i SSP-samarbejdet for at forebygge. Reglen "
            "gælder aldrig efterforskning af en straffesag."
        ),
    ),
    Source(
        "forvaltningsloven_28",
        _("Forvaltningsloven"),
        "§ 28",
        _(
            "Reglen handler om oplysninger, som en myndighed giver til en anden myndighed. For oplysninger om "
            "personer henviser den til databeskyttelsesreglerne. Spørg kommunens jurist, hvilket grundlag der "
            "gælder. Reglen handler ikke om, hvad forældre må få at vide."
        ),
    ),
    Source(
        "databeskyttelsesloven_8",
        _("Databeskyttelsesloven"),
        "§ 8",
        _(
            "Oplysninger om strafbare forhold må kun gives videre, når betingelserne er opfyldt. Skriv begrundelsen "
            "ned."
        ),
    ),
    Source(
        "erstatning_72_timer",
        _("Erstatning fra staten"),
        "",
        _(
            "Anmeld snart. For de alvorlige seksualforbrydelser gælder kravet om anmeldelse inden 72 timer ikke "
            "længere (siden 2018), og i andre sager kan der ses bort fra det. Ansøg inden 2 år. En familie, der "
            "kommer sent, skal ikke opgive: spørg Erstatningsnævnet."
        ),
    ),
    Source(
        "retsplejeloven_741a",
        _PROCEDURE_ACT,
        "§ 741 a",
        _(
            "Ved visse seksualforbrydelser kan den krænkede tale gratis med en advokat, før det bliver anmeldt, og "
            "få en advokat beskikket."
        ),
    ),
    Source(
        "kriminel_lavalder",
        _("Den kriminelle lavalder"),
        "",
        _(
            "Man kan straffes, fra man er fyldt 15 år. Politiet kan også handle, når den, der krænker, er yngre. "
            "Ungdomskriminalitetsnævnet er for børn og unge fra 10 til 17 år."
        ),
    ),
    Source(
        "foraeldelse",
        _("Forældelse"),
        "",
        _(
            "Alvorlige seksualforbrydelser mod personer under 18 år forælder ikke. De kan anmeldes, også mange år "
            "efter."
        ),
    ),
    Source(
        "konfliktraad",
        _("Konfliktråd"),
        "",
        _(
            "Mægling er frivillig for begge parter. Den, der har krænket, skal i det væsentlige have erkendt det, "
            "og forældremyndighedens indehaver skal sige ja for unge under 18 år. Mægling træder aldrig i stedet "
            "for en sag og bruges ikke, mens pres eller trusler står på."
        ),
    ),
    # The card and the booklet.
    Source(
        "handlekortet",
        _("Actioncard for digitale krænkelser"),
        "",
        _(
            "De syv trin kommer fra dette handlekort. Det nævner hverken forfatter eller årstal. Det er vejledning, "
            "ikke lov."
        ),
    ),
    Source(
        "haeftet",
        _("Hæftet »Hjælp til ofre for hævnporno«"),
        "",
        _(
            "De fire niveauer og hjælpen på hvert af dem kommer fra dette hæfte, som bygger på en rapport af Koppel og "
            "Duus (2017). Det er vejledning, ikke lov."
        ),
    ),
    # Criminal law.
    Source(
        "straffeloven_235",
        _PENAL_CODE,
        "§ 235",
        _(
            "Det er strafbart at dele eller have seksuelt materiale med personer under 18 år. Det er også strafbart "
            "at se det på nettet (stk. 2). Lovens ramme er bøde eller fængsel: op til 2 år for at dele det, op til "
            "6 år, når det er særlig groft, og op til 1 år for at have det."
        ),
    ),
    Source(
        "straffeloven_264d",
        _PENAL_CODE,
        "§ 264 d",
        _(
            "Det er strafbart at give billeder eller beskeder om andres private forhold videre uden deres samtykke, "
            "uanset alder. Lovens ramme er bøde eller fængsel i op til 6 måneder, og op til 3 år, når det er særlig "
            "groft. Anmeld snart. Skal den krænkede selv bede om, at der rejses en sag, skal det ske inden 6 måneder "
            "efter, at man ved nok til det."
        ),
    ),
    Source(
        "straffeloven_264a",
        _PENAL_CODE,
        "§ 264 a",
        _(
            "Det er strafbart at fotografere eller filme en person på et sted, der ikke er frit tilgængeligt, når man "
            "ikke har ret til det. Lovens ramme er bøde eller fængsel i op til 6 måneder. Anmeld snart. Skal den "
            "krænkede selv bede om, at der rejses en sag, skal det ske inden 6 måneder efter, at man ved nok til det."
        ),
    ),
    Source(
        "straffeloven_264e",
        _PENAL_CODE,
        "§ 264 e",
        _(
            "Det er strafbart at misbruge en andens identitet og at lave eller dele manipuleret seksuelt materiale. "
            "Lovens ramme er bøde eller fængsel. Anmeld snart. Skal den krænkede selv bede om, at der rejses en sag, "
            "skal det ske inden 6 måneder efter, at man ved nok til det."
        ),
    ),
    Source(
        "straffeloven_263",
        _PENAL_CODE,
        "§ 263",
        _(
            "Det er strafbart at skaffe sig adgang til andres konti og data uden lov (hacking). Anmeld snart. Skal den "
            "krænkede selv bede om, at der rejses en sag, skal det ske inden 6 måneder efter, at man ved nok til det."
        ),
    ),
    Source(
        "straffeloven_232",
        _PENAL_CODE,
        "§ 232",
        _("Det er strafbart at krænke en andens blufærdighed."),
    ),
    Source(
        "straffeloven_231",
        _PENAL_CODE,
        "§ 231",
        _("Det er strafbart at skabe kontakt til et barn for at udnytte det seksuelt (grooming)."),
    ),
    Source(
        "straffeloven_225",
        _PENAL_CODE,
        "§ 225",
        _(
            "Det er strafbart at tvinge en person til seksuelle handlinger, også handlinger på sig selv. Er "
            "personen under 15 år, er det strafbart, selv om der ikke er brugt tvang."
        ),
    ),
    Source(
        "straffeloven_223",
        _PENAL_CODE,
        "§ 223",
        _("Det er strafbart, at en ansat krænker en elev under 18 år seksuelt, når eleven er betroet til den ansatte."),
    ),
    Source(
        "straffeloven_226_227",
        _PENAL_CODE,
        "§§ 226–227",
        _("De hører til reglerne om krænkelser af personer under 18 år. Spørg politiet, hvad de betyder i sagen."),
    ),
    Source(
        "straffeloven_260",
        _PENAL_CODE,
        "§ 260",
        _("Det er strafbart at tvinge andre til noget (ulovlig tvang)."),
    ),
    Source(
        "straffeloven_266",
        _PENAL_CODE,
        "§ 266",
        _("Det kan være strafbart at true, når truslen kan skabe alvorlig frygt."),
    ),
    Source(
        "straffeloven_281",
        _PENAL_CODE,
        "§ 281",
        _("Det er strafbart at true sig til penge eller andet af værdi (afpresning)."),
    ),
)

SOURCES: Final[Mapping[str, Source]] = {source.key: source for source in _SOURCES}
