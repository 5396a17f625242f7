"""The decrypted entries of a case's log: one class for each kind, with the content that the kind has."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar, get_args

from cases.enums import EntryKind, NoteNature
from cases.log import entry_types
from cases.log.entry_crypto import Body, open_entry
from cases.log.old_cards import with_traits
from cases.models import Case, Entry

_MARK = 12
_Content = TypeVar("_Content")
_Kind = TypeVar("_Kind", bound="_Opened[Any]")


@dataclass(frozen=True)
class _Opened(Generic[_Content]):
    """What every entry has. Where the whole log was at hand: ``corrected_by`` are the numbers of its corrections,
    oldest first, and ``newest`` is true for the newest filing of a step. ``mark`` are the first signs of its hash."""

    seq: int
    step: str
    by_name: str
    by_id: str
    entered_at: datetime
    happened_at: datetime | None
    content: _Content
    kind: ClassVar[EntryKind]
    corrected_by: tuple[int, ...] = field(default=(), kw_only=True)
    newest: bool = field(default=False, kw_only=True)
    mark: str = field(default="", kw_only=True)


class StepEntry(_Opened[entry_types.StepContent]):
    """A step as filed; every row and table carries its traits."""

    kind = EntryKind.STEP


class SkipEntry(_Opened[entry_types.SkipContent]):
    """A step that was skipped."""

    kind = EntryKind.SKIP


class NoteEntry(_Opened[entry_types.NoteContent]):
    """An event or a remark."""

    kind = EntryKind.NOTE

    @property
    def nature_label(self) -> str:
        """Fact, own words or assessment, in words."""
        return str(NoteNature(self.content["nature"]).label)


class CorrectionEntry(_Opened[entry_types.CorrectionContent]):
    """A correction of an earlier entry."""

    kind = EntryKind.CORRECTION


class LevelEntry(_Opened[entry_types.LevelContent]):
    """A change of the level."""

    kind = EntryKind.LEVEL


class DutyEntry(_Opened[entry_types.DutyContent]):
    """An answer to a duty."""

    kind = EntryKind.DUTY


class ReferralEntry(_Opened[entry_types.ReferralContent]):
    """A referral to SSP, sent or ended."""

    kind = EntryKind.REFERRAL


class ParticipantEntry(_Opened[entry_types.ParticipantContent]):
    """A change of somebody's access."""

    kind = EntryKind.PARTICIPANT


class StatusEntry(_Opened[entry_types.StatusContent]):
    """The case created, closed or reopened."""

    kind = EntryKind.STATUS


OpenedEntry = (
    StepEntry
    | SkipEntry
    | NoteEntry
    | CorrectionEntry
    | LevelEntry
    | DutyEntry
    | ReferralEntry
    | ParticipantEntry
    | StatusEntry
)
_CLASSES: dict[EntryKind, type[Any]] = {found.kind: found for found in get_args(OpenedEntry)}
CONTENTS: dict[EntryKind, type[Any]] = {kind: get_args(found.__orig_bases__[0])[0] for kind, found in _CLASSES.items()}
"""The shape of what an entry of each kind holds."""


def opened(row: Entry, case: Case, key: bytes) -> OpenedEntry:
    """Decrypt one row of the case with the case's data key. Raises SealBroken."""
    return tagged(row, open_entry(row, case_id=case.public_id, key=key))


def tagged(row: Entry, body: Body) -> OpenedEntry:
    """Return the entry of the row's kind with the decrypted body."""
    entry: OpenedEntry = _CLASSES[EntryKind(row.kind)](
        seq=row.seq,
        step=row.step,
        by_name=body["author"]["name"],
        by_id=body["author"]["id"],
        entered_at=row.entered_at,
        happened_at=row.happened_at,
        mark=row.hash[:_MARK],
        content=with_traits(body["content"]) if row.kind == EntryKind.STEP else body["content"],  # type: ignore[arg-type]
    )
    return entry


def of_kind(entries: Iterable[OpenedEntry], kind: type[_Kind]) -> Iterator[_Kind]:
    """Return the entries of one class, in their order."""
    return (entry for entry in entries if isinstance(entry, kind))
