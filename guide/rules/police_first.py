"""When the police come before deletion, and when mediation is closed.

In the card's order Stop precedes Anmeld. But a deletion cannot be undone, and in serious cases the police decide when
to delete. So with a level of 3 or 4 that does not come from the reaction, or a police flag (set or possible), the
police are asked first. What they said about deletion opens or holds back everything that deletes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from guide.rules.enums import Deletion, Flag, FlagState, Kind, Level, Words
from guide.rules.facts import Facts
from guide.rules.flags import FlagFinding, endangered_by_others, flag_state, maybe_minor, shows_intimate, state_of

POLICE_LEVEL: Final = Level.THREE
NO_MEDIATION: Final = (Flag.DANGER, Flag.THREAT, Flag.OFFENDER)

SURE: Final[Mapping[Flag, Words]] = {
    Flag.DANGER: _("Den krænkede er i fare eller har været det: Tal med politiet, før noget slettes."),
    Flag.ABUSE: _(
        "Der er eller har været vold eller overgreb, eller en voksen har krænket et barn seksuelt: Tal med politiet, "
        "før noget slettes."
    ),
    Flag.MINOR_CONTENT: _(
        "Der er nøgenhed eller noget seksuelt med en person under 18 år: Tal med politiet, før noget slettes."
    ),
    Flag.APPROACH: _("En person under 18 år har fået en seksuel henvendelse: Tal med politiet, før noget slettes."),
    Flag.THREAT: _("Der er trusler, tvang eller pres: Tal med politiet, før noget slettes."),
    Flag.OFFENDER: _("En krænker er voksen, ansat på skolen eller ukendt: Tal med politiet, før noget slettes."),
    Flag.UNDER_15: _(
        "Der er nøgenhed eller noget seksuelt, og en person er under 15 år: Tal med politiet, før noget slettes."
    ),
}
MAYBE: Final[Mapping[Flag, Words]] = {
    Flag.DANGER: _("I ved endnu ikke, om den krænkede er i fare: Spørg politiet, før noget slettes."),
    Flag.ABUSE: _(
        "Der kan være vold eller overgreb, eller en voksen kan være med i det: Spørg politiet, før noget slettes."
    ),
    Flag.MINOR_CONTENT: _(
        "Billedet kan vise nøgenhed eller noget seksuelt med en person under 18 år: Spørg politiet, før noget slettes."
    ),
    Flag.APPROACH: _("En person under 18 år kan have fået en seksuel henvendelse: Spørg politiet, før noget slettes."),
    Flag.THREAT: _("I ved endnu ikke, om der er trusler eller pres: Spørg politiet, før noget slettes."),
    Flag.OFFENDER: _("I mangler at vide, hvem der krænker, eller hvor gamle de er: Spørg politiet, før noget slettes."),
    Flag.UNDER_15: _(
        "Der kan være nøgenhed eller noget seksuelt med en person under 15 år: Spørg politiet, før noget slettes."
    ),
}
_CLOSED: Final[Mapping[Flag, Words]] = {
    Flag.DANGER: _("Ingen mægling, mens den krænkede kan være i fare."),
    Flag.THREAT: _("Ingen mægling, mens der er trusler, tvang eller pres."),
    Flag.OFFENDER: _("Ingen mægling, når en krænker er voksen, ansat på skolen eller ukendt."),
}


_STILL_GOING_ON: Final = _("Ingen mægling, mens krænkelserne står på.")
_STILL_KNOWN: Final = _("Ingen mægling, mens adresse, telefon eller opholdssted ligger fremme.")
ANSWERED: Final[Mapping[Deletion | None, Words]] = {
    Deletion.ALLOWED: _("Politiet har sagt, at der må slettes."),
    Deletion.PARTLY: _("Politiet har sagt ja til at slette noget. Slet kun det."),
    Deletion.NOT_YET: _("Politiet har sagt, at intet må slettes endnu."),
    Deletion.ASK_AGAIN: _("Politiet vil spørges igen, før noget slettes. Ring 114."),
}
WAITS: Final = frozenset({Deletion.NOT_YET, Deletion.ASK_AGAIN})


@dataclass(frozen=True, slots=True)
class Ruling:
    """A yes or no with its reason as one sentence; `partly` where it is so for some of the material."""

    holds: bool
    reason: str
    partly: bool = False


def police_first(flags: Sequence[FlagFinding], level: Level, facts: Facts) -> Ruling:
    """Return whether the police are asked before anything is deleted, with the most certain and serious reason.

    `level` is the one to plan by, without the reaction.
    """
    concerned = {flag: state_of(flags, flag) for flag in SURE}
    concerned[Flag.DANGER] = flag_state(endangered_by_others(facts))
    concerned[Flag.UNDER_15] = _under_15_and_intimate(flags, facts)
    for flag in SURE:
        if concerned[flag] == FlagState.SET:
            return Ruling(True, str(SURE[flag]))
    if level >= POLICE_LEVEL:
        return Ruling(
            True,
            str(_("Det, der er sket, kan være en sag for politiet: De afgør, hvad der slettes, og hvornår.")),
        )
    for flag in MAYBE:
        if concerned[flag] == FlagState.POSSIBLE:
            return Ruling(True, str(MAYBE[flag]))
    return Ruling(False, str(_("I behøver ikke spørge politiet før sletning. I kan altid ringe 114 og få råd.")))


def deletion(police: Ruling, *, consulted: bool, said: Deletion | None) -> Ruling:
    """Return whether everything that deletes waits, and why; `said` is what the police answered, None without.

    Whoever has asked them waits until the answer is written down: it may be a no, also where nobody had to ask.
    """
    if said in ANSWERED:
        return Ruling(said in WAITS, str(ANSWERED[said]), partly=said is Deletion.PARTLY)
    if consulted:
        return Ruling(True, str(_("Skriv under »Anmeld«, hvad politiet sagde om at slette. Slet ikke noget før.")))
    return police


def mediation(flags: Sequence[FlagFinding], police: Ruling, facts: Facts, *, consulted: bool) -> Ruling:
    """Return whether mediation may be considered: not with a NO_MEDIATION flag or an unsafe home, while it
    goes on, or before the police.
    """
    for flag in NO_MEDIATION:
        if state_of(flags, flag) == FlagState.SET:
            return Ruling(False, str(_CLOSED[flag]))
    if maybe_minor(facts) and state_of(flags, Flag.HOME) != FlagState.NOT_SET:
        return Ruling(False, str(_("Ingen mægling, før I ved, hvem der kan sige ja for den krænkede.")))
    if facts.ongoing:
        standing = Kind.WHEREABOUTS in facts.kinds
        return Ruling(False, str(_STILL_KNOWN if standing else _STILL_GOING_ON))
    if police.holds and not consulted:
        return Ruling(False, str(_("Ingen mægling, før politiet er spurgt.")))
    if facts.ongoing is None:
        return Ruling(False, str(_("Ingen mægling, før I ved, at krænkelserne er hørt op.")))
    if any(state_of(flags, flag) != FlagState.NOT_SET for flag in NO_MEDIATION):
        return Ruling(False, str(_("Ingen mægling, før I ved, om der er fare eller trusler, og hvem der krænker.")))
    return Ruling(True, str(_("Mægling kan overvejes, hvis begge parter og deres forældre frivilligt siger ja.")))


def _under_15_and_intimate(flags: Sequence[FlagFinding], facts: Facts) -> FlagState:
    """Under 15 is a reason where something intimate is shown; other reasons have flags of their own."""
    shown = {shows_intimate(victim) for victim in facts.victims}
    young = state_of(flags, Flag.UNDER_15)
    if shown == {False} or young == FlagState.NOT_SET:
        return FlagState.NOT_SET
    return young if True in shown else FlagState.POSSIBLE
