"""The sentences that explain a level: short, and for a teacher under pressure."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guide.rules.enums import Axis, Level, Reaction, Revenge, Shown, Words
from guide.rules.facts import DANGERS, INTIMATE, Facts, Victim, any_of

_SHOWN: Final[Mapping[Shown, Words]] = {
    Shown.NOTHING: _("Der er intet billede"),
    Shown.ORDINARY: _("Billedet er helt almindeligt"),
    Shown.PRIVATE: _("Billedet er pinligt eller privat, men uden nøgenhed"),
    Shown.UNDERWEAR: _("Billedet viser undertøj eller badetøj uden seksuelt fokus"),
    Shown.NUDE_PARTS: _("Billedet viser nøgne dele af kroppen"),
    Shown.NUDE: _("Billedet viser en nøgen krop"),
    Shown.SEXUAL: _("Billedet er seksuelt"),
}
_REACTION: Final[Mapping[Reaction, Words]] = {
    Reaction.NO_SPECIAL_NEED: _("Den krænkede har ikke brug for særlig hjælp. Reaktionen svarer til niveau 1."),
    Reaction.NEEDS_HELP: _("Den krænkede har brug for hjælp. Reaktionen svarer til niveau 2."),
    Reaction.PANIC: _("Den krænkede er ude af sig selv. Reaktionen svarer til niveau 3."),
    Reaction.OVERWHELMED: _("Den krænkede er overvældet og kan ikke klare det. Reaktionen svarer til niveau 4."),
}
_DANGERS: Final[Mapping[str, Words]] = {
    "self_harm": _("Der er tegn på, at den krænkede vil skade sig selv."),
    "violence": _("Der er trusler om vold eller drab."),
    "ongoing_abuse": _("Der foregår vold eller overgreb nu."),
    "offender_harm": _("Der er fare for, at den, der krænker, gør den krænkede fortræd nu."),
}
_ELSEWHERE: Final = {
    True: _(
        "Billedet viser en anden end den krænkede. Derfor tæller det ikke som et billede af den krænkede, men giver "
        "mindst niveau 2."
    ),
    False: _("Billedet viser en anden end den krænkede. Derfor tæller det ikke som et billede af den krænkede."),
}
_HAPPENED: Final = _("Den krænkede er udsat for noget, der altid giver mindst niveau 2, uanset billedet.")
_AXES: Final[Mapping[Axis, Words]] = {
    Axis.IMAGE: _("billedets indhold"),
    Axis.REACTION: _("den krænkedes reaktion"),
    Axis.THREAT: _("trusler eller pres"),
    Axis.EVENT: _("det, den krænkede er udsat for"),
    Axis.DANGER: _("akut fare"),
}


def levels_in_words(levels: Iterable[int]) -> str:
    """ "2", "2 eller 4", "2, 3 eller 4"."""
    return _joined([str(int(level)) for level in levels], str(_("eller")))


def axes_in_words(axes: Iterable[Axis], level: Level, *, certain: bool) -> str:
    """What decides the highest possible level, as one sentence."""
    if level == Level.ONE:
        return str(_("Hverken billedets indhold eller den krænkedes reaktion giver mere end niveau 1."))
    deciding = _joined([str(_AXES[axis]) for axis in axes], str(_("og")))
    sentence = _("Niveau %(level)s skyldes %(axes)s.") if certain else _("Niveau %(level)s kan skyldes %(axes)s.")
    return str(sentence) % {"level": int(level), "axes": deciding}


def reasons_for(
    facts: Facts, levels: tuple[Level, ...], image_levels: tuple[tuple[Level, ...], ...], *, happened: bool
) -> tuple[str, ...]:
    """The reasons in the order they weigh: danger, threats, each victim's image and reaction, then what is open."""
    reasons = [*_danger_reasons(facts), *_threat_reasons(facts)]
    if happened:
        reasons.append(str(_HAPPENED))
    for number, (victim, possible) in enumerate(zip(facts.victims, image_levels, strict=True), start=1):
        sentences = (_image_reason(facts, victim, possible), _reaction_reason(facts, victim))
        if len(facts.victims) == 1:
            reasons.extend(sentences)
        else:
            prefix = str(_("Krænket %(number)s: %(sentence)s"))
            reasons.extend(prefix % {"number": number, "sentence": sentence} for sentence in sentences)
    if len(levels) > 1:
        reasons.append(
            str(_("I mangler svar, så niveauet kan være %(levels)s. Følg planen for niveau %(highest)s."))
            % {"levels": levels_in_words(levels), "highest": int(levels[-1])}
        )
    return tuple(reasons)


def _danger_reasons(facts: Facts) -> list[str]:
    certain = [str(_DANGERS[name]) for name in DANGERS if getattr(facts, name)]
    if certain:
        return [*certain, str(_("Akut fare giver altid niveau 4."))]
    if any_of(*(getattr(facts, name) for name in DANGERS)) is None:
        return [str(_("I ved ikke endnu, om den krænkede er i akut fare. Akut fare giver niveau 4."))]
    return []


def _threat_reasons(facts: Facts) -> list[str]:
    if facts.threat:
        return [str(_("Der er trusler, tvang eller pres. Så er niveauet mindst 2."))]
    if facts.threat is None:
        return [str(_("I ved ikke endnu, om der er trusler, tvang eller pres. Er der det, er niveauet mindst 2."))]
    return []


def _image_reason(facts: Facts, victim: Victim, levels: tuple[Level, ...]) -> str:
    if victim.depicted is False and victim.shown is not Shown.NOTHING:
        return str(_ELSEWHERE[victim.shown in INTIMATE])
    if victim.shown is None:
        words = str(_("I ved ikke endnu, hvad billedet viser"))
    elif victim.shown in INTIMATE:
        words = f"{_SHOWN[victim.shown]}{_recognised(victim)}{_aggravated(facts, victim)}"
    else:
        words = str(_SHOWN[victim.shown])
    sentence = str(_("%(words)s. Billedet svarer til niveau %(levels)s."))
    if len(levels) > 1:
        sentence = str(_("%(words)s. Billedet kan svare til niveau %(levels)s."))
    elif victim.shown == Shown.NOTHING:
        sentence = str(_("%(words)s. Det svarer til niveau %(levels)s."))
    return sentence % {"words": words, "levels": levels_in_words(levels)}


def _recognised(victim: Victim) -> str:
    if victim.identity_published:
        return str(_(", og det står der, hvem det er"))
    if victim.recognisable:
        return str(_(", og man kan se, hvem det er"))
    if any_of(victim.recognisable, victim.identity_published) is None:
        return str(_(", og I ved ikke endnu, om man kan se, hvem det er"))
    return str(_(", men man kan ikke se, hvem det er"))


def _aggravated(facts: Facts, victim: Victim) -> str:
    """What makes a recognisable nude image worse; a sexual one is at the top already."""
    if victim.shown == Shown.SEXUAL or any_of(victim.recognisable, victim.identity_published) is False:
        return ""
    extensive = facts.revenge == Revenge.EXTENSIVE
    if facts.threat and extensive:
        return str(_(". På grund af truslerne og det omfattende hævnmotiv er niveauet højere"))
    if facts.threat:
        return str(_(". På grund af truslerne er niveauet højere"))
    return str(_(". På grund af det omfattende hævnmotiv er niveauet højere")) if extensive else ""


def _reaction_reason(facts: Facts, victim: Victim) -> str:
    """Where self-harm is answered yes, no text says that the pupil needs no particular help."""
    if facts.self_harm and victim.reaction is Reaction.NO_SPECIAL_NEED:
        return str(_("Den krænkede virker rolig, men har brug for hjælp nu."))
    if victim.reaction is None:
        return str(_("I ved ikke endnu, hvordan den krænkede reagerer. Reaktionen alene kan give niveau 1–4."))
    return str(_REACTION[victim.reaction])


def _joined(parts: list[str], word: str) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}"
