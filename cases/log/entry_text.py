"""The log in words: a title for every entry, and the text in which a search looks. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.utils.translation import gettext as _

from cases.enums import DutyOutcome, EntryKind, ParticipantChange, ReferralChange, ReferralForm, Status
from cases.log.answered import answered, unanswered
from cases.log.case_file import OpenedEntry
from cases.log.entry_types import FrozenSection, LevelContent
from cases.text.dates import format_moment

_NOT_SHOWN = frozenset({"answers", "card_version", "language", "key", "step", "due", "state", "nature", "outcome"})
"""Parts of a content that are keys or raw values, not words on a page."""


@dataclass(frozen=True)
class LogLine:
    """An entry as the log shows it. ``newest`` is true for a step's filing that still stands."""

    entry: OpenedEntry
    title: str
    newest: bool

    @property
    def has_body(self) -> bool:
        """Whether there is more to show than the title."""
        content = _content(self.entry)
        match self.entry.kind:
            case EntryKind.PARTICIPANT:
                return False
            case EntryKind.DUTY | EntryKind.STATUS:
                return bool(content["reason"])
            case EntryKind.REFERRAL:
                return any(content[key] for key in ("purpose", "message", "included"))
            case _:
                return True

    @property
    def sections(self) -> list[FrozenSection]:
        """For a step: what was answered."""
        return answered(_content(self.entry)["sections"])

    @property
    def unanswered(self) -> list[str]:
        """For a step: the questions without an answer."""
        content = _content(self.entry)
        return unanswered(content["sections"], content["missing"])

    @property
    def happened(self) -> str:
        """When it happened, in words; empty where the entry is no event or nobody knows."""
        return format_moment(self.entry.happened_at)

    @property
    def entered(self) -> str:
        """When it was written down, in words."""
        return format_moment(self.entry.entered_at)


def log_lines(entries: Sequence[OpenedEntry]) -> tuple[LogLine, ...]:
    """Every entry with its title, oldest first."""
    newest = {entry.step: entry.seq for entry in entries if entry.kind == EntryKind.STEP}
    return tuple(LogLine(entry, _TITLES[entry.kind](entry), newest.get(entry.step) == entry.seq) for entry in entries)


def search_lines(lines: Iterable[LogLine], *, kind: str = "", text: str = "") -> list[LogLine]:
    """The lines of one kind (empty: all) that hold every word of ``text``, upper and lower case alike."""
    words = fold_text(text).split()
    return [line for line in lines if kind in ("", line.entry.kind) and _holds(line, words)]


def format_levels(levels: Sequence[int]) -> str:
    """Levels as "2", "2 eller 4" or "1, 2, 3 eller 4"."""
    *first, last = [str(level) for level in levels] or [""]
    return f"{', '.join(first)} {_('eller')} {last}" if first else last


def fold_text(text: str) -> str:
    """The text for comparing: one spelling of å, æ and ø, no difference of case."""
    return unicodedata.normalize("NFC", text).casefold()


def _holds(line: LogLine, words: list[str]) -> bool:
    if not words:
        return True
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


def _step(entry: OpenedEntry) -> str:
    return _("»%(step)s« gemt") % {"step": _content(entry)["title"]}


def _skip(entry: OpenedEntry) -> str:
    return _("»%(step)s« sprunget over") % {"step": _content(entry)["title"]}


def _note(entry: OpenedEntry) -> str:
    return entry.nature_label


def _correction(entry: OpenedEntry) -> str:
    return _("Rettelse til nr. %(number)d") % {"number": _content(entry)["corrects"]}


def _level(entry: OpenedEntry) -> str:
    content = cast(LevelContent, entry.content)
    if content["confirmed"] and content["confirmed"] != content["previous_confirmed"]:
        return _("Niveau %(level)d bekræftet") % {"level": content["confirmed"]}
    levels = content["computed"]
    if not levels:
        return _("Niveauet er ikke vurderet")
    return _("Niveau beregnet til %(levels)s") % {"levels": format_levels(levels)}


def _duty(entry: OpenedEntry) -> str:
    content = _content(entry)
    return f"{DutyOutcome(content['outcome']).label}: {content['title']}"


def _referral(entry: OpenedEntry) -> str:
    content = _content(entry)
    if content["change"] == ReferralChange.ENDED:
        return _("Henvendelsen til SSP trukket tilbage")
    if content["form"] == ReferralForm.NAMED:
        return _("Henvist til SSP med navne")
    return _("SSP spurgt anonymt")


def _participant(entry: OpenedEntry) -> str:
    content = _content(entry)
    sentences = {
        ParticipantChange.ADDED: _("%(name)s fik adgang"),
        ParticipantChange.REMOVED: _("%(name)s mistede adgang"),
        ParticipantChange.OWNER: _("%(name)s blev ansvarlig"),
    }
    return sentences[ParticipantChange(content["change"])] % {"name": content["name"]}


def _status(entry: OpenedEntry) -> str:
    if _content(entry)["status"] == Status.CLOSED:
        return _("Sagen blev afsluttet")
    return _("Sagen blev oprettet") if entry.seq == 1 else _("Sagen blev genåbnet")


def _content(entry: OpenedEntry) -> dict[str, Any]:
    return cast(dict[str, Any], entry.content)


_TITLES: dict[EntryKind, Callable[[OpenedEntry], str]] = {
    EntryKind.STEP: _step,
    EntryKind.SKIP: _skip,
    EntryKind.NOTE: _note,
    EntryKind.CORRECTION: _correction,
    EntryKind.LEVEL: _level,
    EntryKind.DUTY: _duty,
    EntryKind.REFERRAL: _referral,
    EntryKind.PARTICIPANT: _participant,
    EntryKind.STATUS: _status,
}
