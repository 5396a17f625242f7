"""The JSON shapes inside a sealed entry: everything that was on the screen, in the words of the screen.

Text, numbers, booleans, lists and objects only: an old entry can be read without the card that asked. The public ids of
those who get access are in ``About``, beside the content, which has their names. Imports nothing of this project.
"""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict


class About(TypedDict, total=False):
    """Whom or what the entry gives access, by public id, for ``verify`` only. Entries of earlier versions have none."""

    school: str
    municipality: str
    user: str


class FrozenRow(TypedDict):
    """One question and its answer as shown, with the traits that the question declared when it was asked.

    ``answered`` is false where nobody answered, ``known`` also where the answer was "ved ikke". ``names`` says
    whether the answer names people (``who``, ``sentences``, ``handle`` or empty), ``is_act`` whether it is the day of
    something the school did, which ``act`` says in a few words. ``shown_in`` are the documents it goes to, ``summary``,
    ``police_sheet`` and ``ssp``, its place on the first page of the summary (``told``, ``decision``, ``advice``) and in
    the draft of a notification (``seen``, ``said``, ``home``, ``danger``, ``talked``, ``view``).
    """

    key: str
    question: str
    answer: str
    answered: bool
    known: bool
    names: str
    is_act: bool
    act: str
    shown_in: list[str]


class FrozenTable(TypedDict):
    """A list such as the people involved or the evidence register; every row has one text per column.

    ``column_names`` has the ``names`` of each column, ``chapter`` the part of a document the table is set in, and
    ``about_person`` is true where each row is about the person whom its first column names. ``derived`` is the title of
    the column that the product computed.
    """

    key: str
    title: str
    columns: list[str]
    column_names: list[str]
    rows: list[list[str]]
    chapter: str
    about_person: bool
    derived: str
    shown_in: list[str]


class FrozenSection(TypedDict):
    """A heading of the step with its rows and tables."""

    key: str
    title: str
    rows: list[FrozenRow]
    tables: list[FrozenTable]


class FrozenFlag(TypedDict):
    """A flag: ``state`` is ``set``, ``possible`` or ``not_set``."""

    key: str
    title: str
    state: str
    reason: str


class FrozenDuty(TypedDict):
    """A duty; ``due`` is an ISO date or date-time, or None; ``about`` the child whom the title names after a colon,
    ``owner`` who does it."""

    key: str
    title: str
    text: str
    why: str
    urgency: str
    due: str | None
    source: str
    contact: str
    step: str
    about: NotRequired[str]
    owner: NotRequired[str]


class FrozenAction(TypedDict):
    """What was to be done first: the title on the screen, and the keys of the duties that it does."""

    title: str
    duties: list[str]


class FrozenAssessment(TypedDict):
    """What the rules said when the step was filed.

    Entries of earlier versions have no ``actions`` and no ``deletion_waits``. ``assessed_alone``: one person alone gave
    the confirmed level; missing where earlier versions called it confirmed.
    """

    levels: list[int]
    confirmed: int | None
    assessed_alone: NotRequired[bool]
    axis: str
    reasons: list[str]
    tipping: list[str]
    flags: list[FrozenFlag]
    duties: list[FrozenDuty]
    police_first: bool
    police_first_reason: str
    deletion_waits: NotRequired[bool]
    deviations: list[str]
    rules: list[str]
    actions: NotRequired[list[FrozenAction]]


class FrozenStanding(TypedDict):
    """In which entry a section of the step was last filed; ``seq`` is 0 for the entry that says so."""

    section: str
    seq: int


class FrozenHistory(TypedDict):
    """What all filings until this one say together, so that a page need not open them.

    ``first_filed`` has the ISO day on which each duty was first filed, ``deviated`` whether a deviation ever was.
    ``deadlines`` has the ISO deadline of each duty that the law gives no date for, under its key and urgency.
    ``standing`` are the sections of the step that count, in the order of the page, and ``closed`` the answers
    of earlier entries to questions that are asked no more. Entries that filed the whole step have neither.
    """

    first_filed: dict[str, str]
    deviated: bool
    deadlines: NotRequired[dict[str, str]]
    standing: NotRequired[list[FrozenStanding]]
    closed: NotRequired[dict[str, Any]]


class StepContent(TypedDict):
    """Sections of a step as filed: raw answers for the form, sections for reading.

    ``missing`` is what the whole step lacked. Entries of versions that opened the whole log for each page have no
    ``history``.
    """

    step: str
    title: str
    card_version: str
    language: str
    answers: Mapping[str, Any]
    sections: list[FrozenSection]
    judgement: FrozenAssessment
    missing: list[str]
    history: NotRequired[FrozenHistory]


class SkipContent(TypedDict):
    """A skipped step, and why."""

    step: str
    title: str
    reason: str


class NoteContent(TypedDict):
    """An event or a remark; ``nature`` is fact, own words or assessment."""

    nature: str
    who: str
    where: str
    text: str


class CorrectionContent(TypedDict):
    """What is right instead of the entry numbered ``corrects``."""

    corrects: int
    text: str


class LevelContent(TypedDict):
    """Computed and confirmed level, before and after."""

    computed: list[int]
    previous_computed: list[int]
    confirmed: int | None
    previous_confirmed: int | None
    reasons: list[str]
    reason: str


class DutyContent(TypedDict):
    """A duty answered: done, or not relevant with a reason; or a follow-up of the school's own.

    A follow-up is set with the outcome open. Each of its lines has ``due``, by when, and ``owner``, the name of who is
    to do it: the newest stands for all.
    """

    key: str
    title: str
    outcome: str
    reason: str
    due: NotRequired[str]
    owner: NotRequired[str]


class ReferralContent(TypedDict):
    """A referral to SSP, or its end with the reason as ``message``; with names also ``basis`` and ``necessity``.

    A line of its thread has ``by_ssp``, whether SSP wrote it, the text as ``message``, the ``level`` that SSP agrees or
    disagrees with, or in ``to`` who was given it.
    """

    change: str
    form: str
    purpose: str
    message: str
    included: list[str]
    basis: NotRequired[str]
    necessity: NotRequired[str]
    by_ssp: NotRequired[bool]
    level: NotRequired[str]
    to: NotRequired[str]


class ParticipantContent(TypedDict):
    """Whose access changed, and how; or that the leaders, who have access, were told."""

    name: str
    change: str


class StatusContent(TypedDict):
    """The case opened, closed or reopened; ``left_open`` are the urgent duties that were open then."""

    status: str
    reason: str
    left_open: NotRequired[list[str]]


Content = (
    StepContent
    | SkipContent
    | NoteContent
    | CorrectionContent
    | LevelContent
    | DutyContent
    | ReferralContent
    | ParticipantContent
    | StatusContent
)
