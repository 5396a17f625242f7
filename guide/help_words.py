"""The duties that help: removal of what was shared, and the support that follows each level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guide.duty_words import Words

_REMOVAL: Final[Mapping[str, Words]] = {
    "remove_under_18": Words(
        _("Hjælp med at få billederne fjernet (under 18 år)"),
        _(
            "Eleven eller forældrene bruger Take It Down på deres egen enhed, og SletDet rådgiver. Beviserne skal "
            "være sikret."
        ),
        _("Jo hurtigere det er væk, jo færre ser det. Billedet selv bliver på elevens enhed."),
        "stop",
        contacts=("take_it_down", "sletdet", "anmelddet"),
    ),
    "remove_adult": Words(
        _("Hjælp med at få billederne fjernet (18 år eller ældre)"),
        _("Den krænkede bruger StopNCII på sin egen enhed. StopChikane rådgiver voksne. Beviserne skal være sikret."),
        _("Jo hurtigere det er væk, jo færre ser det."),
        "stop",
        contacts=("stopncii", "stopchikane"),
    ),
    "recipients": Words(
        _("Bed dem, der har det, om at slette det"),
        _(
            "Skriv hver enkelt på listen: spurgt, slettet eller sagt nej. Bed forældrene til dem, der er under 18, "
            "om at se efter. Skriv ikke til den, der presser eller truer."
        ),
        _("Det stopper først, når det er væk hos alle, der har fået det."),
        "stop",
        ("straffeloven_264d",),
        ("ssp_konsulent",),
    ),
    "removal_refused": Words(
        _("Siger en tjeneste nej, så gå videre"),
        _(
            "Brug først tjenestens egen klagevej. Derefter kan I klage til Digitaliseringsstyrelsen, som ser på "
            "tjenestens måde at behandle klager på. Datatilsynet er kun til spørgsmål om databeskyttelse."
        ),
        _("Et nej fra en tjeneste er ikke det sidste ord."),
        "stop",
        contacts=("klag_digital_tjeneste", "datatilsynet", "sletdet"),
    ),
}

_SUPPORT: Final[Mapping[str, Words]] = {
    "support_1": Words(
        _("Tag en støttende samtale eller to"),
        _("Lyt, tal om det, der er sket, og ryd op lokalt. Hold det kort, og spørg igen efter nogle dage."),
        _("På niveau 1 er lidt støtte som regel nok."),
        "behandl",
        ("haeftet",),
        contacts=("boernetelefonen",),
    ),
    "support_2": Words(
        _("Giv hjælp med det samme"),
        _("Aftal få samtaler over kort tid med et klart mål, og hjælp med at kontakte tjenesterne."),
        _("Niveau 2 kalder på hjælp nu, men ikke på et langt forløb."),
        "behandl",
        ("haeftet",),
        contacts=("boernetelefonen", "offerraadgivningen"),
    ),
    "support_3": Words(
        _("Vær der nu, og skab ro"),
        _("Hold rolige samtaler, og læg en plan for et længere forløb med én fast voksen."),
        _("Niveau 3 kalder på ro nu og hjælp i længere tid."),
        "behandl",
        ("haeftet",),
        contacts=("offerraadgivningen", "boernetelefonen"),
    ),
    "support_4": Words(
        _("Giv støtte nu og i lang tid"),
        _(
            "Sørg for en voksen hos eleven nu, og planlæg et langt forløb. Overvej psykolog og advokat sammen "
            "med eleven."
        ),
        _("Niveau 4 kalder på den største hjælp, I kan skaffe."),
        "behandl",
        ("haeftet",),
        contacts=("offerraadgivningen", "livslinien", "boernetelefonen"),
    ),
    "professionals_in_touch": Words(
        _("Aftal fast kontakt mellem de voksne"),
        _("Aftal faste dage, hvor de voksne omkring eleven taler sammen, og skriv, hvem der gør hvad."),
        _("Et længere forløb falder fra hinanden, hvis ingen holder tråden."),
        "behandl",
        ("haeftet",),
        contacts=("ssp_konsulent",),
    ),
    "ask_ssp": Words(
        _("Spørg SSP til råds"),
        _("I kan sende hele sagen til SSP-konsulenten med navne, eller I kan spørge anonymt."),
        _("SSP kender både politiet og kommunen og kan hjælpe med rækkefølgen."),
        "behandl",
        contacts=("ssp_konsulent", "politi_114"),
    ),
    "insurance": Words(
        _("Mind om at tjekke den private forsikring"),
        _(
            "Nogle familiers forsikring dækker hjælp efter en digital krænkelse. Er eleven voksen, gælder det elevens "
            "egen."
        ),
        _("Det er let at glemme og kan give hjælp, skolen ikke selv har."),
        "anmeld",
        contacts=("offerraadgivningen",),
    ),
    "mediation_may": Words(
        _("Mægling kan overvejes"),
        _("Kun hvis begge parter vil, og forældrene siger ja for unge under 18 år. Det går gennem politiet på 114."),
        _("En mægling kan give ro, når presset er ovre. Den må aldrig være et krav."),
        "behandl",
        ("konfliktraad",),
        ("konfliktraad",),
    ),
    "mediation_should": Words(
        _("Overvej mægling"),
        _(
            "Tag stilling til det, når der er ro. Begge parter skal ville det, og forældrene skal sige ja for unge "
            "under 18 år."
        ),
        _("På niveau 3 bør mægling overvejes, men aldrig mens pres eller trusler står på."),
        "behandl",
        ("konfliktraad",),
        ("konfliktraad",),
    ),
    "no_mediation": Words(
        _("Ingen mægling nu"),
        _("Sæt ikke parterne sammen, og bed ikke eleven om at mødes med den, der krænker."),
        _("Mægling kræver, at begge parter er trygge."),
        "behandl",
        ("konfliktraad",),
        ("ssp_konsulent",),
        rule=True,
    ),
}

HELP_WORDS: Final[Mapping[str, Words]] = {**_REMOVAL, **_SUPPORT}
