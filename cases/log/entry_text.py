"""The log in words: a title for every entry, and search. Pure."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.enums import DutyOutcome, ParticipantChange, ReferralChange, ReferralForm, Status
from cases.log.duty_status import read_deadline
from cases.log.entries import (
    CorrectionEntry,
    DutyEntry,
    LevelEntry,
    NoteEntry,
    OpenedEntry,
    ParticipantEntry,
    ReferralEntry,
    SkipEntry,
    StatusEntry,
    StepEntry,
)
from cases.log.entry_types import DutyContent, FrozenRow, FrozenSection, FrozenTable, StepContent
from cases.text.dates import format_deadline, format_moment

_NOT_SHOWN = frozenset(
    {
        "act", "answers", "card_version", "change", "chapter", "column_names", "derived", "due", "form", "key",
        "language", "names", "nature", "outcome", "owner", "shown_in", "state", "step",
    }
)  # fmt: skip
"""Parts of a content that are keys or raw values, not words on a page."""


@dataclass(frozen=True)
class LogLine:
    """An entry as the log shows it."""

    entry: OpenedEntry
    title: str

    @property
    def has_body(self) -> bool:
        """Whether there is more to show than the title."""
        match self.entry:
            case ParticipantEntry():
                return False
            case DutyEntry(content=answer):
                return bool(answer["reason"])
            case StatusEntry(content=status):
                return bool(status["reason"])
            case ReferralEntry(content=referral):
                return bool(referral["purpose"] or referral["message"] or referral["included"])
            case _:
                return True

    @property
    def sections(self) -> list[FrozenSection]:
        """For a step: what was answered."""
        return answered_sections(self.entry.content["sections"]) if isinstance(self.entry, StepEntry) else []

    @property
    def unanswered(self) -> list[str]:
        """For a step: the questions without an answer."""
        return unanswered_questions(self.entry.content) if isinstance(self.entry, StepEntry) else []

    @property
    def happened(self) -> str:
        """When it happened, in words; empty where that is unknown or the entry is no event."""
        return format_moment(self.entry.happened_at)

    @property
    def entered(self) -> str:
        """When it was written, in words."""
        return format_moment(self.entry.entered_at)


def log_lines(entries: Iterable[OpenedEntry]) -> tuple[LogLine, ...]:
    """Every entry with its title, in the order given."""
    return tuple(LogLine(entry, _title(entry)) for entry in entries)


def all_rows(content: StepContent) -> Iterator[FrozenRow]:
    """Every question of a filed step with its answer."""
    return (row for section in content["sections"] for row in section["rows"])


def all_tables(content: StepContent) -> Iterator[FrozenTable]:
    """Every table of a filed step."""
    return (table for section in content["sections"] for table in section["tables"])


def answered_sections(sections: Iterable[FrozenSection]) -> list[FrozenSection]:
    """Return the sections with the rows that hold an answer ("ved ikke" is one), without the empty sections."""
    kept: list[FrozenSection] = [
        {**section, "rows": [row for row in section["rows"] if row["answered"]]} for section in sections
    ]
    return [section for section in kept if section["rows"] or section["tables"]]


def unanswered_questions(content: StepContent) -> list[str]:
    """Return the questions of a step without an answer, and what else is missing, each once."""
    questions = [row["question"] for row in all_rows(content) if not row["answered"]]
    return list(dict.fromkeys([*questions, *content["missing"]]))


def search_lines(lines: Iterable[LogLine], text: str) -> list[LogLine]:
    """Return the entries that hold every word of ``text``, whatever the case."""
    words = fold_text(text).split()
    return [line for line in lines if _holds(line, words)]


def format_levels(levels: Sequence[int]) -> str:
    """Levels as "2", "2 eller 4" or "1, 2, 3 eller 4"."""
    *first, last = [str(level) for level in levels] or [""]
    return f"{', '.join(first)} {_('eller')} {last}" if first else last


def level_in_words(levels: Sequence[int], confirmed: int | None) -> str:
    """Return the confirmed level, else the computed ones; "" where none is known."""
    return str(confirmed) if confirmed else format_levels(levels)


def fold_text(text: str) -> str:
    """Return the text for comparing: one spelling of å, æ and ø, lower case."""
    return unicodedata.normalize("NFC", text).casefold()


def _holds(line: LogLine, words: list[str]) -> bool:
    entry = line.entry
    hay = fold_text(" ".join((line.title, entry.by_name, line.happened, line.entered, *_texts(entry.content))))
    return all(word in hay for word in words)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in _NOT_SHOWN:
                yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _title(entry: OpenedEntry) -> str:
    match entry:
        case StepEntry(content=step):
            return _("»%(step)s« gemt") % {"step": step["title"]}
        case SkipEntry(content=skipped):
            return _("»%(step)s« sprunget over") % {"step": skipped["title"]}
        case NoteEntry():
            return entry.nature_label
        case CorrectionEntry(content=correction):
            return _("Rettelse til nr. %(number)d") % {"number": correction["corrects"]}
        case LevelEntry():
            return _level_title(entry)
        case DutyEntry(content=answer):
            return _duty_title(answer)
        case ReferralEntry():
            return _referral_title(entry)
        case ParticipantEntry(content=access):
            return _ACCESS_TITLES[ParticipantChange(access["change"])] % {"name": access["name"]}
        case StatusEntry():
            return _status_title(entry)


def _duty_title(answer: DutyContent) -> str:
    title = f"{DutyOutcome(answer['outcome']).label}: {answer['title']}"
    if answer["outcome"] != DutyOutcome.OPEN:
        return title
    due = format_deadline(read_deadline(answer.get("due")))
    return _("%(title)s (%(owner)s, senest %(due)s)") % {"title": title, "owner": answer.get("owner", ""), "due": due}


def _level_title(entry: LevelEntry) -> str:
    content = entry.content
    if content["confirmed"] and content["confirmed"] != content["previous_confirmed"]:
        return _("Niveau %(level)d: skolens vurdering") % {"level": content["confirmed"]}
    levels = content["computed"]
    if not levels:
        return _("Niveauet er ikke vurderet")
    return _("Niveau beregnet til %(levels)s") % {"levels": format_levels(levels)}


def _referral_title(entry: ReferralEntry) -> str:
    content = entry.content
    match ReferralChange(content["change"]):
        case ReferralChange.SENT if content["form"] == ReferralForm.NAMED:
            return _("Henvist til SSP med navne")
        case ReferralChange.SENT:
            return _("SSP spurgt anonymt")
        case ReferralChange.DONE:
            return _("Sparringen afsluttet af SSP") if content.get("by_ssp") else _("Sparringen afsluttet af skolen")
        case change:
            words = {"name": entry.by_name, "to": content.get("to", ""), "level": content.get("level", "")}
            return _REFERRAL_TITLES[change] % words


_REFERRAL_TITLES = {
    ReferralChange.ASKED_BACK: gettext_lazy("SSP spørger om mere"),
    ReferralChange.ADVISED: gettext_lazy("SSP har svaret"),
    ReferralChange.AGREED: gettext_lazy("SSP er enig i niveau %(level)s"),
    ReferralChange.RETURNED: gettext_lazy("SSP er ikke enig i niveau %(level)s"),
    ReferralChange.REPLIED: gettext_lazy("Skolen har skrevet til SSP"),
    ReferralChange.CLAIMED: gettext_lazy("%(name)s har henvendelsen"),
    ReferralChange.HANDED: gettext_lazy("%(name)s gav henvendelsen til %(to)s"),
    ReferralChange.ASIDE: gettext_lazy("%(name)s er trådt til side"),
    ReferralChange.UNANSWERABLE: gettext_lazy("Ingen hos SSP kan læse henvendelsen"),
    ReferralChange.ENDED: gettext_lazy("Henvendelsen til SSP trukket tilbage"),
}


_ACCESS_TITLES = {
    ParticipantChange.ADDED: gettext_lazy("%(name)s fik adgang"),
    ParticipantChange.REMOVED: gettext_lazy("%(name)s mistede adgang"),
    ParticipantChange.OWNER: gettext_lazy("%(name)s blev ansvarlig"),
    ParticipantChange.TOLD: gettext_lazy("Sat øverst på ledelsens liste"),
    ParticipantChange.TAKEN: gettext_lazy("%(name)s har sagen"),
}


def _status_title(entry: StatusEntry) -> str:
    if entry.content["status"] == Status.CLOSED:
        return _("Sagen blev afsluttet")
    return _("Sagen blev oprettet") if entry.seq == 1 else _("Sagen blev genåbnet")
