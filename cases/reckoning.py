"""What stands beside the log for the sake of lists and the door, reckoned anew from the log.

Lists, deadlines and access go by columns and rows that are no part of a chain. Whoever changes them in the database
could close a case, lower its level in every list, bring its erasure near or let somebody in, and the log would not
show it. Here each is compared with what the log says. Left out is what the log does not tell: the next deadline
(``next_due``) and lateness, which the card reckons by the day, and whom a case was given to after the first owner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.utils.translation import gettext as _

from cases.content import Content, ParticipantContent, ReferralContent, StatusContent, StepContent
from cases.models import Case, Entry, Participant, Referral
from cases.vocabulary import EntryKind, ParticipantChange, ReferralChange, Status, StepStatus

_SLACK = timedelta(minutes=1)
"""How long a writer may have waited between taking the time and its turn."""

_FILED = frozenset({str(StepStatus.BEGUN), str(StepStatus.READY)})


@dataclass(frozen=True)
class OpenLine:
    """An entry and what it says."""

    entry: Entry
    content: Content


@dataclass(frozen=True)
class Difference:
    """What is not as the log says, and the number of the line that says so."""

    seq: int
    what: str


def differences(case: Case, lines: Sequence[OpenLine]) -> list[Difference]:
    """Everything about the case that differs from its log, which must be whole."""
    if not lines:
        return []
    found = [*_of_judgement(case, lines), *_of_progress(case, lines), *_of_status(case, lines)]
    return [*found, *_of_beginning(case, lines), *_of_referrals(case, lines), *_of_access(case, lines)]


def _of_kind(lines: Sequence[OpenLine], kind: EntryKind) -> list[OpenLine]:
    return [line for line in lines if line.entry.kind == kind]


def _of_judgement(case: Case, lines: Sequence[OpenLine]) -> Iterator[Difference]:
    filed = _of_kind(lines, EntryKind.STEP)
    levels: list[int] = []
    confirmed, police_first, seq = None, False, lines[-1].entry.seq
    if filed:
        judgement = cast(StepContent, filed[-1].content)["judgement"]
        levels, seq = sorted(judgement["levels"]), filed[-1].entry.seq
        confirmed, police_first = judgement["confirmed"], judgement["police_first"]
    ends = (levels[0], levels[-1]) if levels else (None, None)
    if (case.levels, (case.level_low, case.level_high), case.confirmed_level) != (levels, ends, confirmed):
        yield Difference(seq, _("niveauet i listerne er et andet"))
    if case.police_first != police_first:
        yield Difference(seq, _("om politiet skal spørges først, står anderledes i listerne"))


def _of_progress(case: Case, lines: Sequence[OpenLine]) -> Iterator[Difference]:
    last = {line.entry.step: line for line in lines if line.entry.kind in (EntryKind.STEP, EntryKind.SKIP)}
    for step in sorted(set(case.progress) - set(last)):
        yield Difference(lines[-1].entry.seq, _("trinnet %(step)s står som gået") % {"step": step})
    for step, line in last.items():
        right = _FILED if line.entry.kind == EntryKind.STEP else {str(StepStatus.SKIPPED)}
        if case.progress.get(step) not in right:
            yield Difference(line.entry.seq, _("trinnet %(step)s står anderledes i listerne") % {"step": step})


def _of_status(case: Case, lines: Sequence[OpenLine]) -> Iterator[Difference]:
    last = _of_kind(lines, EntryKind.STATUS)[-1]
    if case.status != cast(StatusContent, last.content)["status"]:
        yield Difference(last.entry.seq, _("sagens status er en anden"))
    elif case.status == Status.CLOSED and (
        case.closed_by_id != last.entry.by_id or not _at(case.closed_at, last.entry.entered_at)
    ):
        yield Difference(last.entry.seq, _("hvornår og af hvem sagen blev afsluttet, er ændret"))


def _of_beginning(case: Case, lines: Sequence[OpenLine]) -> Iterator[Difference]:
    first = lines[0].entry
    if case.opened_by_id != first.by_id or not _at(case.opened_at, first.entered_at):
        yield Difference(first.seq, _("hvornår og af hvem sagen blev oprettet, er ændret"))
    if case.updated_at != lines[-1].entry.entered_at:
        yield Difference(lines[-1].entry.seq, _("hvornår sagen sidst blev ændret, er et andet"))
    given = [line for line in _of_kind(lines, EntryKind.PARTICIPANT) if _is(ParticipantChange.OWNER)(line)]
    if not given and case.owner_id != case.opened_by_id:
        yield Difference(first.seq, _("sagen har en anden ansvarlig"))


def _of_referrals(case: Case, lines: Sequence[OpenLine]) -> Iterator[Difference]:
    """Who of SSP is let in: exactly by the newest referral, in its form, unless that one ended it."""
    told = _of_kind(lines, EntryKind.REFERRAL)
    active = list(Referral.objects.filter(case=case, ended_at=None).values_list("entry_seq", "form"))
    right: list[tuple[int, str]] = []
    if told and cast(ReferralContent, told[-1].content)["change"] == ReferralChange.SENT:
        right = [(told[-1].entry.seq, cast(ReferralContent, told[-1].content)["form"])]
    if active != right:
        yield Difference((told or lines)[-1].entry.seq, _("SSP’s adgang er ikke den, som loggen fortæller om"))


def _of_access(case: Case, lines: Sequence[OpenLine]) -> Iterator[Difference]:
    """Which colleagues were let in: each at a moment that the log knows, and as many out as it tells of."""
    told = _of_kind(lines, EntryKind.PARTICIPANT)
    added = {(line.entry.entered_at, line.entry.by_id) for line in filter(_is(ParticipantChange.ADDED), told)}
    removed = {(line.entry.entered_at, line.entry.by_id) for line in filter(_is(ParticipantChange.REMOVED), told)}
    rows = list(Participant.objects.filter(case=case))
    came = {(row.added_at, row.added_by_id) for row in rows}
    went = {(row.removed_at, row.removed_by_id) for row in rows if row.removed_at}
    if not came <= added or went != removed:
        yield Difference((told or lines)[-1].entry.seq, _("kollegers adgang er ikke den, som loggen fortæller om"))


def _is(change: ParticipantChange) -> Callable[[OpenLine], bool]:
    def holds(line: OpenLine) -> bool:
        content: Any = line.content
        return cast(ParticipantContent, content)["change"] == change

    return holds


def _at(moment: datetime | None, entered_at: datetime) -> bool:
    """Whether a column holds the moment of a line, taken at most a wait before it."""
    return moment is not None and entered_at - _SLACK <= moment <= entered_at
