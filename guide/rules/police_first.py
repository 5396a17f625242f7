"""When the police come before deletion, and when mediation is closed.

In the card's order Stop precedes Anmeld. But a deletion cannot be undone, and in serious cases the police decide when
to delete. So with a plan level of 3 or 4, or a police flag (set or possible), the police are asked first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from guide.rules.enums import Flag, FlagState, Level, Words
from guide.rules.facts import Facts
from guide.rules.flags import FlagFinding, shows_intimate, state_of

POLICE_LEVEL: Final = Level.THREE
NO_MEDIATION: Final = (Flag.DANGER, Flag.THREAT, Flag.OFFENDER)

_SURE: Final[Mapping[Flag, Words]] = {
    Flag.DANGER: _("Eleven kan være i fare: Ring 112 ved akut fare, og tal med politiet, før noget slettes."),
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
_MAYBE: Final[Mapping[Flag, Words]] = {
    Flag.DANGER: _("I ved endnu ikke, om eleven er i fare: Spørg politiet, før noget slettes."),
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
    Flag.DANGER: _("Ingen mægling, mens eleven kan være i fare."),
    Flag.THREAT: _("Ingen mægling, mens der er trusler, tvang eller pres."),
    Flag.OFFENDER: _("Ingen mægling, når en krænker er voksen, ansat på skolen eller ukendt."),
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """A yes or no with its reason as one sentence."""

    holds: bool
    reason: str


def police_first(flags: Sequence[FlagFinding], level: Level, facts: Facts) -> Ruling:
    """Return whether the police are asked before anything is deleted, with the most certain and serious reason."""
    concerned = {flag: state_of(flags, flag) for flag in _SURE}
    concerned[Flag.UNDER_15] = _under_15_and_intimate(flags, facts)
    for flag in _SURE:
        if concerned[flag] == FlagState.SET:
            return Ruling(True, str(_SURE[flag]))
    if level >= POLICE_LEVEL:
        return Ruling(
            True,
            str(_("På niveau %(level)s er det politiet, der afgør, hvad der slettes og hvornår."))
            % {"level": int(level)},
        )
    for flag in _MAYBE:
        if concerned[flag] == FlagState.POSSIBLE:
            return Ruling(True, str(_MAYBE[flag]))
    return Ruling(False, str(_("Politiet behøver ikke blive spurgt før sletning. I kan altid ringe 114 for råd.")))


def mediation(flags: Sequence[FlagFinding], police: Ruling, police_consulted: bool) -> Ruling:
    """Return whether mediation may be considered: not with a NO_MEDIATION flag or before the police."""
    for flag in NO_MEDIATION:
        if state_of(flags, flag) == FlagState.SET:
            return Ruling(False, str(_CLOSED[flag]))
    if police.holds and not police_consulted:
        return Ruling(False, str(_("Ingen mægling, før politiet er spurgt.")))
    return Ruling(True, str(_("Mægling kan overvejes, hvis begge parter og deres forældre frivilligt siger ja.")))


def _under_15_and_intimate(flags: Sequence[FlagFinding], facts: Facts) -> FlagState:
    """Under 15 is a reason where something intimate is shown; other reasons have flags of their own."""
    shown = {shows_intimate(victim) for victim in facts.victims}
    young = state_of(flags, Flag.UNDER_15)
    if shown == {False} or young == FlagState.NOT_SET:
        return FlagState.NOT_SET
    return young if True in shown else FlagState.POSSIBLE
