"""What stands beside the log for the sake of lists and the door, reckoned anew from the log.

Lists, deadlines and access go by columns and rows that are no part of a chain. Whoever changes them in the database
could close a case, lower its level in every list, bring its erasure near or let somebody in, and the log would not
show it. Here each is compared with what the log says; holds and proposals of erasure, which leave no line in the case,
with what the access log says. Left out is what neither tells: the next deadline (``next_due``) and lateness, which the
card reckons by the day.

Lines of earlier versions name nobody by number (``About``). From them it cannot be reckoned at which school the case
was begun, which municipality was asked, whom the case was given to last, nor which colleague a row means that keeps
its moment and its giver. A row too many or too few is found there too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from cases.enums import AuditVerb, EntryKind, ParticipantChange, ReferralChange, Status, StepStatus
from cases.log.entries import OpenedEntry, ParticipantEntry, ReferralEntry, StatusEntry, StepEntry
from cases.log.entry_types import About
from cases.models import AuditEvent, Case, Entry, ErasureRequest, LegalHold, Participant, Referral

_K = TypeVar("_K", bound=OpenedEntry, covariant=True)

_SLACK = timedelta(minutes=1)
"""How long a writer may have waited between taking the time and its turn."""

_FILED = frozenset({str(StepStatus.BEGUN), str(StepStatus.READY)})


@dataclass(frozen=True)
class CheckedEntry(Generic[_K]):
    """A row of the log, its decrypted entry, and whom it is about."""

    entry: Entry
    opened: _K
    about: About


Entries = Sequence[CheckedEntry[OpenedEntry]]

_Moment = tuple[datetime, int]
"""When something was done, and by which user."""

_Told = tuple[datetime | None, UUID | None]
"""The same as the access log says it."""


@dataclass
class _Access:
    """That somebody was let in: a colleague, or a municipality by ``line`` in ``form``."""

    to: str
    since: _Moment
    until: _Moment | None = None
    line: int = 0
    form: str = ""


@dataclass(frozen=True)
class Inconsistency:
    """What is not as the log says, and the number of the line that says so."""

    seq: int
    what: str


def find_inconsistencies(case: Case, lines: Entries) -> list[Inconsistency]:
    """Everything about the case that differs from its log, which must be whole."""
    if not lines:
        return []
    found = [*_of_judgement(case, lines), *_of_progress(case, lines), *_of_status(case, lines)]
    found += [*_of_beginning(case, lines), *_of_owner(case, lines)]
    return [*found, *_of_referrals(case, lines), *_of_access(case, lines), *_of_keeping(case, lines[-1].entry.seq)]


def _of_kind(lines: Entries, kind: type[_K]) -> list[CheckedEntry[_K]]:
    return [CheckedEntry(line.entry, line.opened, line.about) for line in lines if isinstance(line.opened, kind)]


def _of_judgement(case: Case, lines: Entries) -> Iterator[Inconsistency]:
    filed = _of_kind(lines, StepEntry)
    levels: list[int] = []
    confirmed, police_first, seq = None, False, lines[-1].entry.seq
    if filed:
        assessment = filed[-1].opened.content["judgement"]
        levels, seq = sorted(assessment["levels"]), filed[-1].entry.seq
        confirmed, police_first = assessment["confirmed"], assessment["police_first"]
    ends = (levels[0], levels[-1]) if levels else (None, None)
    if (case.levels, (case.level_low, case.level_high), case.confirmed_level) != (levels, ends, confirmed):
        yield Inconsistency(seq, _("niveauet i listerne er et andet"))
    if case.police_first != police_first:
        yield Inconsistency(seq, _("om politiet skal spørges først, står anderledes i listerne"))


def _of_progress(case: Case, lines: Entries) -> Iterator[Inconsistency]:
    last = {line.entry.step: line for line in lines if line.entry.kind in (EntryKind.STEP, EntryKind.SKIP)}
    for step in sorted(set(case.progress) - set(last)):
        yield Inconsistency(lines[-1].entry.seq, _("trinnet %(step)s står som gået") % {"step": step})
    for step, line in last.items():
        right = _FILED if line.entry.kind == EntryKind.STEP else {str(StepStatus.SKIPPED)}
        if case.progress.get(step) not in right:
            yield Inconsistency(line.entry.seq, _("trinnet %(step)s står anderledes i listerne") % {"step": step})


def _of_status(case: Case, lines: Entries) -> Iterator[Inconsistency]:
    last = _of_kind(lines, StatusEntry)[-1]
    if case.status != last.opened.content["status"]:
        yield Inconsistency(last.entry.seq, _("sagens status er en anden"))
    elif case.status == Status.CLOSED and (
        case.closed_by_id != last.entry.by_id or not _at(case.closed_at, last.entry.entered_at)
    ):
        yield Inconsistency(last.entry.seq, _("hvornår og af hvem sagen blev afsluttet, er ændret"))


def _of_beginning(case: Case, lines: Entries) -> Iterator[Inconsistency]:
    first = lines[0].entry
    if case.opened_by_id != first.by_id or not _at(case.opened_at, first.entered_at):
        yield Inconsistency(first.seq, _("hvornår og af hvem sagen blev oprettet, er ændret"))
    if case.updated_at != lines[-1].entry.entered_at:
        yield Inconsistency(lines[-1].entry.seq, _("hvornår sagen sidst blev ændret, er et andet"))
    if lines[0].about.get("school") not in (None, str(case.school.public_id)):
        yield Inconsistency(first.seq, _("sagen står på en anden skole"))


def _of_owner(case: Case, lines: Entries) -> Iterator[Inconsistency]:
    changes = _of_kind(lines, ParticipantEntry)
    given = [line for line in changes if line.opened.content["change"] == ParticipantChange.OWNER]
    if given:
        seq, right = given[-1].entry.seq, given[-1].about.get("user") in (None, str(case.owner.public_id))
    else:
        seq, right = lines[0].entry.seq, case.owner_id == case.opened_by_id
    if not right:
        yield Inconsistency(seq, _("sagen har en anden ansvarlig"))


def _of_referrals(case: Case, lines: Entries) -> Iterator[Inconsistency]:
    """Which SSP was let in, in which form, and until when: row by row as the lines tell."""
    told = _of_kind(lines, ReferralEntry)
    rows = Referral.objects.filter(case=case).select_related("municipality")
    found = [
        _Access(
            str(row.municipality.public_id),
            (row.sent_at, row.sent_by_id),
            _moment(row.ended_at, row.ended_by_id),
            row.entry_seq,
            row.form,
        )
        for row in rows
    ]
    if not _alike(found, _referred(told, {grant.line: grant.to for grant in found})):
        yield Inconsistency((told or lines)[-1].entry.seq, _("SSP’s adgang er ikke den, som loggen fortæller om"))


def _referred(told: Sequence[CheckedEntry[ReferralEntry]], places: Mapping[int, str]) -> list[_Access]:
    """The referrals that the lines tell of. A line that names no municipality is taken to mean that of its row."""
    grants: list[_Access] = []
    for line in told:
        content = line.opened.content
        moment, seq = (line.entry.entered_at, line.entry.by_id), line.entry.seq
        standing = [grant for grant in grants if grant.until is None]
        sent = content["change"] == ReferralChange.SENT
        place = line.about.get("municipality") or (places.get(seq, "") if sent else "")
        ended = [grant for grant in standing if grant.to == place or not (place or sent)]
        for grant in ended[:1]:
            grant.until = moment
        if sent:
            grants.append(_Access(place, moment, line=seq, form=content["form"]))
    return grants


def _of_access(case: Case, lines: Entries) -> Iterator[Inconsistency]:
    """Which colleagues were let in and out: row by row as the lines tell."""
    told = _of_kind(lines, ParticipantEntry)
    found = [
        _Access(str(row.user.public_id), (row.added_at, row.added_by_id), _moment(row.removed_at, row.removed_by_id))
        for row in Participant.objects.filter(case=case).select_related("user")
    ]
    if not _alike(found, _let_in(told, found)):
        yield Inconsistency((told or lines)[-1].entry.seq, _("kollegers adgang er ikke den, som loggen fortæller om"))


def _let_in(told: Sequence[CheckedEntry[ParticipantEntry]], found: Sequence[_Access]) -> list[_Access]:
    """The accesses that the lines tell of. Who is in already and is added again stays in by the first row.

    A line that names nobody by number is taken to mean whoever has a row of that moment, or whoever bears the name.
    """
    came = {grant.since: grant.to for grant in found}
    went = {grant.until: grant.to for grant in found}
    grants: list[_Access] = []
    inside: dict[str, _Access] = {}
    called: dict[str, str] = {}
    for line in told:
        moment = (line.entry.entered_at, line.entry.by_id)
        name, change = line.opened.content["name"], line.opened.content["change"]
        rows = came if change == ParticipantChange.ADDED else went
        who = line.about.get("user") or rows.get(moment) or called.get(name, name)
        if change == ParticipantChange.ADDED and who not in inside:
            called[name] = who
            inside[who] = _Access(who, moment)
            grants.append(inside[who])
        elif change == ParticipantChange.REMOVED and who in inside:
            inside.pop(who).until = moment
    return grants


def _of_keeping(case: Case, seq: int) -> Iterator[Inconsistency]:
    """Holds and proposals of erasure: as many, by whom, when, and ended or not, as the access log tells."""
    verbs = (AuditVerb.HOLD, AuditVerb.RELEASE, AuditVerb.PROPOSE_ERASURE, AuditVerb.REFUSE_ERASURE)
    told = AuditEvent.objects.filter(case_public_id=case.public_id, verb__in=verbs).order_by("seq")
    events: dict[str, list[_Told]] = {verb: [] for verb in verbs}
    for verb, at, actor in told.values_list("verb", "at", "actor"):
        events[verb].append((at, actor))
    holds = LegalHold.objects.filter(case=case).order_by("pk")
    stopped = holds.values_list("set_at", "set_by__public_id", "released_at", "released_by__public_id")
    if not _told(stopped, events[AuditVerb.HOLD], events[AuditVerb.RELEASE]):
        yield Inconsistency(seq, _("slettestoppene er ikke dem, som adgangsloggen fortæller om"))
    requests = ErasureRequest.objects.filter(case=case).order_by("pk")
    asked = requests.values_list("proposed_at", "proposed_by__public_id", "refused_at", "refused_by__public_id")
    if not _told(asked, events[AuditVerb.PROPOSE_ERASURE], events[AuditVerb.REFUSE_ERASURE]):
        yield Inconsistency(seq, _("forslagene om sletning er ikke dem, som adgangsloggen fortæller om"))


def _told(rows: Iterable[Sequence[Any]], begun: Sequence[_Told], ended: Sequence[_Told]) -> bool:
    """Whether each row was begun and ended by the events in turn: the next begins only when the last has ended."""
    rows = list(rows)
    right = list(zip_longest(begun, ended, fillvalue=(None, None)))
    return len(rows) == len(right) and all(
        _at(row[0], begin[0]) and row[1] == begin[1] and _at(row[2], end[0]) and row[3] == end[1]
        for row, (begin, end) in zip(rows, right, strict=True)
    )


def _moment(at: datetime | None, by_id: int | None) -> _Moment | None:
    return (at, by_id) if at and by_id else None


def _alike(found: Iterable[_Access], right: Iterable[_Access]) -> bool:
    """Whether the same stands in both, in any order."""
    return sorted(map(repr, found)) == sorted(map(repr, right))


def _at(moment: datetime | None, told: datetime | None) -> bool:
    """Whether a column holds the moment of a line, taken at most a wait before it; both may be empty."""
    if moment is None or told is None:
        return moment is told
    return told - _SLACK <= moment <= told
