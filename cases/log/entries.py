"""The decrypted entries of a case's log: one class for each kind, with the content that the kind has."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, TypeVar, get_args

from cases.enums import EntryKind, NoteNature
from cases.log.entry_crypto import Body, open_entry
from cases.log.entry_types import (
    CorrectionContent,
    DutyContent,
    LevelContent,
    NoteContent,
    ParticipantContent,
    ReferralContent,
    SkipContent,
    StatusContent,
    StepContent,
)
from cases.log.old_cards import with_traits
from cases.models import Case, Entry

_Kind = TypeVar("_Kind", bound="_Opened")


@dataclass(frozen=True)
class _Opened:
    """What every entry has. ``corrected_by`` are the numbers of its corrections, oldest first."""

    seq: int
    step: str
    by_name: str
    by_role: str
    entered_at: datetime
    happened_at: datetime | None
    corrected_by: tuple[int, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class StepEntry(_Opened):
    """A step as filed; every row and table carries its traits."""

    content: StepContent
    kind: ClassVar[EntryKind] = EntryKind.STEP


@dataclass(frozen=True)
class SkipEntry(_Opened):
    """A step that was skipped."""

    content: SkipContent
    kind: ClassVar[EntryKind] = EntryKind.SKIP


@dataclass(frozen=True)
class NoteEntry(_Opened):
    """An event or a remark."""

    content: NoteContent
    kind: ClassVar[EntryKind] = EntryKind.NOTE

    @property
    def nature_label(self) -> str:
        """Fact, own words or assessment, in words."""
        return str(NoteNature(self.content["nature"]).label)


@dataclass(frozen=True)
class CorrectionEntry(_Opened):
    """A correction of an earlier entry."""

    content: CorrectionContent
    kind: ClassVar[EntryKind] = EntryKind.CORRECTION


@dataclass(frozen=True)
class LevelEntry(_Opened):
    """A change of the level."""

    content: LevelContent
    kind: ClassVar[EntryKind] = EntryKind.LEVEL


@dataclass(frozen=True)
class DutyEntry(_Opened):
    """An answer to a duty."""

    content: DutyContent
    kind: ClassVar[EntryKind] = EntryKind.DUTY


@dataclass(frozen=True)
class ReferralEntry(_Opened):
    """A referral to SSP, sent or ended."""

    content: ReferralContent
    kind: ClassVar[EntryKind] = EntryKind.REFERRAL


@dataclass(frozen=True)
class ParticipantEntry(_Opened):
    """A change of somebody's access."""

    content: ParticipantContent
    kind: ClassVar[EntryKind] = EntryKind.PARTICIPANT


@dataclass(frozen=True)
class StatusEntry(_Opened):
    """The case created, closed or reopened."""

    content: StatusContent
    kind: ClassVar[EntryKind] = EntryKind.STATUS


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


def opened(row: Entry, case: Case, key: bytes) -> OpenedEntry:
    """Decrypt one row of the case with the case's data key. Raises SealBroken."""
    return tagged(row, open_entry(row, case_id=case.public_id, key=key).body)


def tagged(row: Entry, body: Body) -> OpenedEntry:
    """Return the entry of the row's kind with the decrypted body."""
    entry: OpenedEntry = _CLASSES[EntryKind(row.kind)](
        seq=row.seq,
        step=row.step,
        by_name=body["author"]["name"],
        by_role=body["author"]["role"],
        entered_at=row.entered_at,
        happened_at=row.happened_at,
        content=with_traits(body["content"]) if row.kind == EntryKind.STEP else body["content"],  # type: ignore[arg-type]
    )
    return entry


def of_kind(entries: Iterable[OpenedEntry], kind: type[_Kind]) -> Iterator[_Kind]:
    """Return the entries of one class, in their order."""
    return (entry for entry in entries if isinstance(entry, kind))
