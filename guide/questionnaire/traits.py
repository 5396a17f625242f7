"""What a question declares about itself besides its words: what it feeds, whom it names, where its answer is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Flag, StrEnum, auto
from types import MappingProxyType
from typing import Any, TypedDict

from guide.rules.enums import Words


class ShownIn(Flag):
    """Where an answer is shown besides the school's own pages of the case; in nothing unless declared."""

    SUMMARY = auto()
    POLICE_SHEET = auto()
    SSP = auto()
    """Sent along with an anonymous question to SSP; only for answers picked from a list, and for days."""
    TOLD = auto()
    """On the first page of the summary, under what happened."""
    DECISION = auto()
    """There, under what is decided."""
    ADVICE = auto()
    """There, under what SSP says."""
    SEEN = auto()
    """In the draft of a notification, under what was seen and heard."""
    SAID = auto()
    """There, under what the child says; of the pupil of the first questions only."""
    HOME = auto()
    """There, under what the parents know, as SAID."""
    DANGER = auto()
    """There, under whether the child is in danger, as SAID."""
    TALKED = auto()
    """There, of a child who violated, under what that child and its parents were told."""
    VIEW = auto()
    """There, under what the school thinks, as SAID."""


NO_DOCUMENT = ShownIn(0)
SUMMARY = ShownIn.SUMMARY
POLICE = ShownIn.SUMMARY | ShownIn.POLICE_SHEET
SSP = ShownIn.SUMMARY | ShownIn.SSP
ALL = POLICE | SSP
TOLD, DECISION, ADVICE = ShownIn.TOLD, ShownIn.DECISION, ShownIn.ADVICE
SEEN, SAID, HOME, DANGER, TALKED = ShownIn.SEEN, ShownIn.SAID, ShownIn.HOME, ShownIn.DANGER, ShownIn.TALKED
VIEW = ShownIn.VIEW


class Names(StrEnum):
    """Whether people write in the answer who somebody is; the names are masked for others."""

    NOBODY = ""
    WHO = "who"
    """Names and little else."""
    IN_SENTENCES = "sentences"
    """Names, and what there is to say of them: a sentence may begin with any word."""
    HANDLE = "handle"
    """A user name or profile: it identifies somebody as a name does."""


NOBODY, WHO, IN_SENTENCES, HANDLE = Names


@dataclass(frozen=True)
class Nothing:
    """Declared by a question that no rule reads, with the reason."""

    because: str


PROSE = Nothing("no rule reads prose")
"""Typed text, unless it declares something else."""
RECORD_ONLY = Nothing("it is written down for the people who read the case")
DUTY_ONLY = Nothing("it only shows that a duty is done")
WHATEVER_IS_WRITTEN: tuple[str, ...] = ()
"""In ``shows_done`` of typed text: every answer but "ved ikke" shows it."""


@dataclass(frozen=True)
class Traits:
    """The declared traits of a question or column.

    ``feeds`` is the key under which the rules read the answer (``guide.rules.facts.Key``), ``Nothing`` with the reason,
    or None: not declared, which the suite refuses. ``names`` has to be declared for typed text. ``is_act`` is for the
    day of something the school did, ``act`` in a few words: from the first such day it has acted. Without a
    ``reason_required`` answer a step is not filed. ``essential`` questions are asked for until they are answered
    ("ved ikke" is an answer). ``shows_done`` names the duties that the answer shows to be done, each with the answers
    that do, or ``WHATEVER_IS_WRITTEN``. ``when`` is the condition (``guide.questionnaire.schema.Condition``) under
    which the question is open; without one it always is. ``same_as`` is the question of the step whose number is this
    one too where the user ticks so.
    """

    feeds: str | Nothing | None = None
    names: Names | None = None
    to: ShownIn = NO_DOCUMENT
    is_act: bool = False
    act: Words = ""
    reason_required: bool = False
    essential: bool = False
    shows_done: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    when: Callable[[Any], bool] | None = field(default=None, repr=False)
    same_as: str = ""


UNDECLARED = Traits()


class Declared(TypedDict, total=False):
    """The keyword arguments with which a question is declared; see ``Traits``."""

    feeds: str | Nothing
    names: Names
    to: ShownIn
    is_act: bool
    act: Words
    reason_required: bool
    essential: bool
    shows_done: Mapping[str, tuple[str, ...]]
    when: Callable[[Any], bool]
    same_as: str
