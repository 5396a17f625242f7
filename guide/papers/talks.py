"""The sheets for a talk: first sentences, what to ask, what never to say. Blank, or for one case.

Sources: FFD's guide for folk high schools, Red Barnet's advice for classes, municipal action plans. To be read by a
professional before use.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext_lazy as _

from guide.rules.assessment import Assessment
from guide.rules.enums import Flag, FlagState, Level, Words
from guide.rules.flags import state_of, under_18

_When = Callable[[Assessment], bool]


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence. With `when` it is for cases of which that holds; the blank sheet has it where it has a `label`."""

    words: Words
    label: Words = ""
    when: _When | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with its lines; `kind` is `do`, `say`, `ask`, `never` or `stop`."""

    kind: str
    title: Words
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class TalkSheet:
    """What to hold in the hand when talking with one person or group."""

    key: str
    title: Words
    parts: tuple[Part, ...]


def talk_sheets(assessment: Assessment | None = None) -> tuple[TalkSheet, ...]:
    """Return the sheets for a case, or blank ones; a part without lines is left out."""
    return tuple(replace(sheet, parts=tuple(_parts(sheet, assessment))) for sheet in _SHEETS)


def _parts(sheet: TalkSheet, assessment: Assessment | None) -> Sequence[Part]:
    kept = [replace(part, lines=tuple(line for line in part.lines if _holds(line, assessment))) for part in sheet.parts]
    return [part for part in kept if part.lines]


def _holds(line: Line, assessment: Assessment | None) -> bool:
    if line.when is None:
        return True
    return bool(line.label) if assessment is None else line.when(assessment)


def _flag(*flags: Flag) -> _When:
    return lambda case: any(state_of(case.flags, flag) != FlagState.NOT_SET for flag in flags)


def _waits(case: Assessment) -> bool:
    return case.deletion_waits


def _police_first(case: Assessment) -> bool:
    return case.police_first and not case.police_consulted


def _grown_up(case: Assessment) -> bool:
    return under_18(case.facts.victims[0].age) is False


def _from_level(lowest: Level) -> _When:
    return lambda case: (case.confirmed or case.rating.highest) >= lowest


def _below_level(level: Level) -> _When:
    return lambda case: (case.confirmed or case.rating.highest) < level


_BEFORE, _SAY, _ASK, _NEVER, _AFTER, _STOP = (
    _("Før samtalen"),
    _("Sig først"),
    _("Spørg"),
    _("Sig og gør aldrig"),
    _("Slut af med"),
    _("Vent"),
)

_SHEETS: Final[tuple[TalkSheet, ...]] = (
    TalkSheet(
        "eleven",
        _("Samtale med eleven"),
        (
            Part(
                "do",
                _BEFORE,
                (
                    Line(_("Find et roligt rum, hvor ingen kommer ind. Sæt god tid af.")),
                    Line(_("Spørg, hvem eleven helst vil tale med. En, eleven er tryg ved, må sidde med.")),
                    Line(_("Aftal med en kollega, at I er to om det.")),
                    Line(
                        _("Sørg for tolk eller anden hjælp."),
                        _("Har eleven svært ved at forstå eller fortælle:"),
                        lambda case: case.facts.telling_help is True,
                    ),
                ),
            ),
            Part(
                "say",
                _SAY,
                (
                    Line(_("»Tak, fordi du fortæller det. Det er ikke din skyld.«")),
                    Line(_("»Jeg kan ikke love at holde det hemmeligt.«")),
                    Line(_("»Hvordan vil du helst have, at vi taler om det?«")),
                ),
            ),
            Part(
                "ask",
                _ASK,
                (
                    Line(
                        _("»Tænker du på at tage dit liv?« Er der en plan eller noget at gøre det med: ring 112."),
                        _("Ved tegn på selvskade:"),
                        _flag(Flag.DANGER),
                    ),
                    Line(_("»Hvad vil du gerne fortælle?«")),
                    Line(_("»Hvad ville hjælpe dig lige nu? Hvem af dine venner ved det?«")),
                    Line(_("»Hvad håber du, der sker?«")),
                    Line(_("Sig højt, hvad du har forstået, og spørg, om det passer.")),
                ),
            ),
            Part(
                "never",
                _NEVER,
                (
                    Line(
                        _("Spørg ikke ud. Hør det, eleven selv vil sige. Resten er politiets og kommunens opgave."),
                        _("Ved mistanke om overgreb:"),
                        _flag(Flag.ABUSE, Flag.HOME),
                    ),
                    Line(_("Spørg ikke, hvorfor eleven sendte billedet.")),
                    Line(_("Se ikke billedet, og få det ikke sendt.")),
                    Line(_("Bed ikke eleven slette noget endnu."), _("Før politiet har sagt ja:"), _waits),
                ),
            ),
            Part(
                "do",
                _AFTER,
                (
                    Line(
                        _("»Betal ikke. Send ikke mere. Svar ikke. Gem det, du har.«"),
                        _("Ved trusler og krav:"),
                        _flag(Flag.THREAT),
                    ),
                    Line(_("Sig, hvad der sker nu, og hvem der får det at vide.")),
                    Line(_("Aftal dag og tid for den næste samtale.")),
                    Line(
                        _("Sæt navn på den voksne, eleven kan gå til hver dag. Det bliver et langt forløb."),
                        _("På niveau 3 og 4:"),
                        _from_level(Level.THREE),
                    ),
                    Line(
                        _("Et par samtaler kan være nok. Spørg også bagefter, hvordan det går."),
                        _("På niveau 1 og 2:"),
                        _below_level(Level.THREE),
                    ),
                    Line(_("Skriv elevens egne ord ned.")),
                ),
            ),
        ),
    ),
    TalkSheet(
        "foraeldrene",
        _("Samtale med forældrene"),
        (
            Part(
                "stop",
                _STOP,
                (
                    Line(
                        _("Tal ikke med hjemmet. Aftal først med kommunen, hvem der siger hvad."),
                        _("Kan det komme fra hjemmet:"),
                        _flag(Flag.HOME),
                    ),
                    Line(
                        _("Eleven bestemmer selv, hvem der får det at vide, medmindre nogen er i fare."),
                        _("Er eleven fyldt 18:"),
                        _grown_up,
                    ),
                ),
            ),
            Part(
                "do",
                _BEFORE,
                (
                    Line(_("Fortæl eleven, at du ringer, og hvad du vil sige.")),
                    Line(_("Tal kun om deres eget barn.")),
                ),
            ),
            Part(
                "say",
                _SAY,
                (
                    Line(_("»Jeg ringer om jeres barn. Der er sket noget, som vi hjælper med.«")),
                    Line(_("»Det er ikke jeres barns skyld.«")),
                    Line(_("»Det ved vi nu … Det gør skolen …«")),
                ),
            ),
            Part(
                "ask",
                _("Bed dem om"),
                (
                    Line(_("at trøste og lytte. Lad være med at skælde ud, og tag ikke telefonen som straf.")),
                    Line(_("at gemme beskeder, profiler og links, før noget bliver slettet.")),
                    Line(_("at lade være med at slette noget endnu."), _("Før politiet har sagt ja:"), _waits),
                    Line(_("at lade være med at se billedet, også for at se, om det er væk.")),
                ),
            ),
            Part(
                "never",
                _NEVER,
                (
                    Line(_("Vis ikke billedet, og fortæl ikke detaljer om det.")),
                    Line(_("Sig intet om andre børn i sagen.")),
                    Line(_("Lov ikke et bestemt udfald.")),
                ),
            ),
            Part(
                "do",
                _AFTER,
                (
                    Line(_("Giv dem et navn og et nummer, de kan ringe til.")),
                    Line(_("Giv dem et logark til deres egne notater.")),
                    Line(_("Aftal den næste samtale.")),
                ),
            ),
        ),
    ),
    TalkSheet(
        "kraenkeren",
        _("Samtale med den, der har krænket"),
        (
            Part(
                "stop",
                _STOP,
                (
                    Line(
                        _("Tal ikke med vedkommende. Det er politiets og ledelsens opgave."),
                        _("Er det en voksen, en ansat eller en ukendt:"),
                        _flag(Flag.OFFENDER),
                    ),
                    Line(_("Ring til politiet på 114 først."), _("Skal politiet med:"), _police_first),
                    Line(
                        _("Spørg kommunen, før nogen taler med den, der er mistænkt."),
                        _("Ved mistanke om overgreb:"),
                        _flag(Flag.ABUSE),
                    ),
                ),
            ),
            Part(
                "do",
                _BEFORE,
                (Line(_("Er eleven under 18 år, så tag forældrene med.")), Line(_("Vær to voksne."))),
            ),
            Part(
                "say",
                _SAY,
                (
                    Line(_("»Det handler om noget, du har gjort. Det handler ikke om, hvem du er.«")),
                    Line(_("»Det skal stoppe nu.«")),
                    Line(_("»Du får også hjælp.«")),
                ),
            ),
            Part(
                "ask",
                _("Bed om"),
                (
                    Line(_("at det stopper i dag.")),
                    Line(_("at intet bliver slettet endnu."), _("Før politiet har sagt ja:"), _waits),
                    Line(
                        _("at billedet bliver slettet alle steder."),
                        _("Når politiet har sagt ja:"),
                        lambda case: not case.deletion_waits,
                    ),
                    Line(_("at eleven ikke skriver eller taler med nogen om det.")),
                ),
            ),
            Part(
                "never",
                _NEVER,
                (
                    Line(_("Forhandl ikke.")),
                    Line(_("Lov ikke noget om straf.")),
                    Line(_("Foreslå ikke et møde med den krænkede.")),
                ),
            ),
            Part(
                "do",
                _AFTER,
                (
                    Line(_("Sig, hvad der nu følger, og hvem der ringer hjem.")),
                    Line(_("Spørg, hvad eleven har brug for, og aftal, hvem der hjælper.")),
                ),
            ),
        ),
    ),
    TalkSheet(
        "klassen",
        _("Samtale med klassen"),
        (
            Part("stop", _STOP, (Line(_("Tal kun med klassen, når I har besluttet det. Spørg den krænkede først.")),)),
            Part(
                "do",
                _BEFORE,
                (
                    Line(_("Tal først med dem, det rammer: den krænkede, vennerne og dem, der har delt.")),
                    Line(_("Lad eleverne være med til at lave reglerne for samtalen.")),
                ),
            ),
            Part(
                "say",
                _SAY,
                (
                    Line(_("»Vi taler om det, så vi kan passe på hinanden.«")),
                    Line(_("»Vi nævner ingen navne og ingen detaljer.«")),
                    Line(_("»Får du sådan et billede, så send det ikke videre. Sig det til en voksen.«")),
                    Line(_("»Slet det ikke, før politiet har sagt ja.«"), _("Skal politiet med:"), _waits),
                    Line(
                        _("»Slet det så.«"),
                        _("Når politiet har sagt ja, eller ikke skal med:"),
                        lambda case: not case.deletion_waits,
                    ),
                ),
            ),
            Part(
                "ask",
                _ASK,
                (
                    Line(_("»Hvad skal gælde, når vi taler om det her?«")),
                    Line(_("»Hvem kan man gå til her på skolen?«")),
                ),
            ),
            Part(
                "never",
                _NEVER,
                (Line(_("Ingen navne, ingen detaljer, ingen billeder.")),),
            ),
            Part("do", _AFTER, (Line(_("Sig navnet på den voksne, man kan gå til.")),)),
        ),
    ),
    TalkSheet(
        "kollegerne",
        _("Til kolleger, og når pressen ringer"),
        (
            Part(
                "do",
                _BEFORE,
                (
                    Line(_("Fortæl det kun til dem, det angår, og kun det, de skal bruge.")),
                    Line(_("Vælg én, der svarer pressen.")),
                ),
            ),
            Part(
                "say",
                _SAY,
                (
                    Line(_("Til kolleger: »Gå til …, hvis en elev siger noget om det.«")),
                    Line(_("Til pressen: »Vi taler ikke om enkelte elever. Ring til …«")),
                ),
            ),
            Part(
                "ask",
                _("Bed kolleger om"),
                (
                    Line(_("ikke at se, modtage eller gemme billeder.")),
                    Line(_("at sende elever videre til den voksne, der har sagen.")),
                ),
            ),
            Part(
                "never",
                _NEVER,
                (
                    Line(_("Ingen bekræfter, at der er en sag.")),
                    Line(_("Ingen navne på gangen, i mails eller på lærerværelset.")),
                ),
            ),
        ),
    ),
)
