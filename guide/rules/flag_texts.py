"""The sentences of the flags: title, source, reason for each state, and the question that settles a possible one."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guide.rules.enums import Flag, FlagState, Words

FLAG_TITLES: Final[Mapping[Flag, Words]] = {
    Flag.DANGER: _("Akut fare"),
    Flag.ABUSE: _("Vold eller overgreb, nu eller tidligere"),
    Flag.MINOR_CONTENT: _("Seksuelt materiale med personer under 18 år"),
    Flag.PRIVATE_IMAGE: _("Krænkelse af privatlivet"),
    Flag.APPROACH: _("Seksuel henvendelse til en person under 18 år"),
    Flag.UNDER_15: _("Under 15 år"),
    Flag.THREAT: _("Trusler, tvang eller afpresning"),
    Flag.OFFENDER: _("Voksen, ansat eller ukendt krænker"),
    Flag.SPREAD: _("Det fortsætter eller spreder sig"),
    Flag.HOME: _("Mistanke mod hjemmet"),
    Flag.SUPPORT: _("Underretning til kommunen"),
    Flag.BULLYING: _("Mobning"),
    Flag.LATE: _("Skolen vidste det uden at handle"),
}

FLAG_SOURCES: Final[Mapping[Flag, tuple[str, ...]]] = {
    Flag.DANGER: ("handlekortet", "barnets_lov_15"),
    Flag.ABUSE: ("barnets_lov_15", "barnets_lov_133", "straffeloven_223", "straffeloven_225"),
    Flag.MINOR_CONTENT: ("straffeloven_235",),
    Flag.PRIVATE_IMAGE: ("straffeloven_264d", "straffeloven_264a", "straffeloven_264e"),
    Flag.APPROACH: ("straffeloven_231", "straffeloven_232"),
    Flag.UNDER_15: ("straffeloven_225",),
    Flag.THREAT: ("straffeloven_260", "straffeloven_266", "straffeloven_281"),
    Flag.OFFENDER: ("handlekortet", "straffeloven_223"),
    Flag.SPREAD: ("handlekortet", "haeftet"),
    Flag.HOME: ("handlekortet", "barnets_lov_133"),
    Flag.SUPPORT: ("barnets_lov_133",),
    Flag.BULLYING: ("undervisningsmiljoeloven_1b",),
    Flag.LATE: ("handlekortet",),
}
"""Why there is the flag, by the keys of `guide.reference.legal_sources`; the first is the one that it rests on."""


def _states(sure: Words, possible: Words, no: Words) -> Mapping[FlagState, Words]:
    return {FlagState.SET: sure, FlagState.POSSIBLE: possible, FlagState.NOT_SET: no}


REASONS: Final[Mapping[Flag, Mapping[FlagState, Words]]] = {
    Flag.DANGER: _states(
        _("Der er tegn på, at den krænkede er i fare lige nu."),
        _("I ved endnu ikke, om den krænkede er i fare. Spørg om det først."),
        _("I har spurgt, og der er ingen tegn på fare."),
    ),
    Flag.ABUSE: _states(
        _("Der er eller har været vold eller overgreb, eller en voksen har krænket et barn seksuelt."),
        _("I ved endnu ikke, om der er eller har været vold eller overgreb, eller om en voksen er med i det."),
        _("I har spurgt, og der er ikke tegn på vold eller overgreb."),
    ),
    Flag.MINOR_CONTENT: _states(
        _("Der er nøgenhed eller noget seksuelt på billedet, og den yngste var under 18 år, da det blev lavet."),
        _("Billedet kan vise nøgenhed eller noget seksuelt med en person, der var under 18 år, da det blev lavet."),
        _("Billedet viser ikke nøgenhed eller noget seksuelt med en person under 18 år."),
    ),
    Flag.PRIVATE_IMAGE: _states(
        _(
            "Noget privat eller intimt er givet videre, optaget eller forfalsket uden et ja. Den, det handler om, kan "
            "anmelde det, uanset alder."
        ),
        _("I ved endnu ikke, om noget privat eller intimt er givet videre, optaget eller forfalsket uden et ja."),
        _("Intet privat eller intimt er givet videre, optaget eller forfalsket uden et ja."),
    ),
    Flag.APPROACH: _states(
        _("En person under 18 år har fået en seksuel henvendelse eller er blevet sendt intime billeder."),
        _("En person under 18 år kan have fået en seksuel henvendelse eller uønskede intime billeder."),
        _("Der er ingen seksuel henvendelse til en person under 18 år."),
    ),
    Flag.UNDER_15: _states(
        _("Den krænkede eller en person på billedet er under 15 år. Så er loven strengere."),
        _("Den krænkede eller en person på billedet kan være under 15 år."),
        _("Ingen krænket og ingen på billedet er under 15 år."),
    ),
    Flag.THREAT: _states(
        _("Der er trusler, tvang eller krav om penge, billeder eller handlinger."),
        _("I ved endnu ikke, om nogen truer, tvinger eller presser den krænkede."),
        _("Der er ikke trusler, tvang eller pres."),
    ),
    Flag.OFFENDER: _states(
        _("En krænker er voksen, ansat på skolen eller en, I ikke kender."),
        _("I mangler at vide, hvem der krænker, hvor gamle de er, eller hvordan de kender den krænkede."),
        _("Alle, der krænker, er kendt, er under 18 år og er ikke ansat på skolen."),
    ),
    Flag.SPREAD: _states(
        _("Krænkelsen står på, og den er nået længere ud, end I har overblik over."),
        _("I ved endnu ikke, om krænkelsen står på, eller hvor langt den er nået."),
        _("Krænkelsen er hørt op, og I ved, hvem der har set eller fået det."),
    ),
    Flag.HOME: _states(
        _("Vold, overgreb eller pres kan komme fra hjemmet."),
        _("I kan ikke udelukke, at vold, overgreb eller pres kommer fra hjemmet eller familien."),
        _("Der er ikke mistanke mod hjemmet."),
    ),
    Flag.SUPPORT: _states(
        _("Et barn i sagen kan have brug for særlig støtte eller har været udsat for overgreb."),
        _(
            "Et barn i sagen kan have brug for særlig støtte, også et barn, der har krænket andre. Det er ikke altid "
            "klart, hvornår noget mellem unge er et overgreb. Er du i tvivl, så spørg kommunen."
        ),
        _("I har vurderet, at der ikke er grund til at underrette kommunen, eller alle er fyldt 18 år."),
    ),
    Flag.BULLYING: _states(
        _("Ledelsen vurderer, at det er mobning."),
        _("Det kan være mobning, når elever herfra er med. Ledelsen vurderer det."),
        _("Det er ikke vurderet som mobning, og intet peger på det."),
    ),
    Flag.LATE: _states(
        _("Skolen vidste det i mere end to dage, uden at nogen handlede."),
        _("Det er ikke skrevet ned, hvornår skolen fik det at vide."),
        _("Skolen har handlet inden for to dage, eller der er ikke gået to dage."),
    ),
}

SPREAD_REASONS: Final[Mapping[tuple[bool, bool], Words]] = {
    (True, True): REASONS[Flag.SPREAD][FlagState.SET],
    (True, False): _("Krænkelsen står på."),
    (False, True): _("Det er nået længere ud, end I har overblik over."),
}
"""Whether it goes on, and whether it has spread: two reasons, not always both."""

QUESTIONS: Final[Mapping[Flag, Words]] = {
    Flag.DANGER: _(
        "Vil den krænkede skade sig selv, er der trusler om vold, foregår der overgreb, eller er der andet, der kan "
        "gøre den krænkede fortræd?"
    ),
    Flag.ABUSE: _(
        "Er der eller har der været vold eller overgreb, og kan det være en voksen? Spørg åbent, og kun så meget, "
        "som du skal vide."
    ),
    Flag.MINOR_CONTENT: _("Hvad viser billedet, og hvor gammel var den yngste på det, da det blev lavet?"),
    Flag.PRIVATE_IMAGE: _("Hvad viser billedet, og er det givet videre uden et ja?"),
    Flag.APPROACH: _(
        "Har nogen bedt eleven om billeder eller handlinger eller sendt noget intimt, og hvor gammel er eleven?"
    ),
    Flag.UNDER_15: _("Hvor gammel er eleven, og hvor gammel var den yngste på billedet?"),
    Flag.THREAT: _("Er der nogen, der truer, tvinger eller presser den krænkede?"),
    Flag.OFFENDER: _("Hvem krænker, hvor gamle er de, og er en af dem ansat på skolen?"),
    Flag.SPREAD: _("Foregår det stadig, og hvem har fået det at se?"),
    Flag.HOME: _("Kan vold, overgreb eller pres komme fra hjemmet? Spørg, før I ringer til forældrene."),
    Flag.SUPPORT: _("Kan et barn i sagen have brug for særlig støtte eller være udsat for overgreb?"),
    Flag.BULLYING: _("Kan det være en elev herfra, og vurderer ledelsen, at det er mobning?"),
    Flag.LATE: _("Hvornår fik skolen det at vide?"),
}
