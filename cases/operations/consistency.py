"""Compare the columns and rows that are outside the chains with the log.

Lists, deadlines and access use columns and rows that are not chained. A change of them in the database could close a
case, lower its level in every list, make it due for erasure or give somebody access, and the log would not show it.
Each is compared with the log; holds and erasure requests, which have no entry, with the access log. Not compared are
the next deadline (``next_due``) and lateness, which the card computes from the day of reading, and danger, which cases
of earlier versions do not have until a step is filed.

Entries of earlier versions hold no public ids (``About``). They do not say at which school the case was opened, which
municipality was asked, who became responsible last, nor which colleague a row with the same time and author means. A
row too many or too few is found there too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from cases.access.access_macs import aside_mark
from cases.access.audit_log import is_time_of
from cases.crypto.encryption import SealBroken
from cases.enums import ANSWERS_OF_SSP, AuditVerb, ParticipantChange, ReferralChange, Status, StepStatus, Turn
from cases.log.case_label import read_label
from cases.log.entries import OpenedEntry, ParticipantEntry, ReferralEntry, SkipEntry, StatusEntry, StepEntry
from cases.log.entry_types import About
from cases.models import AuditEvent, Case, Entry, ErasureRequest, LegalHold, Participant, Referral

_Kind = TypeVar("_Kind", covariant=True)
_FILED = frozenset({str(StepStatus.BEGUN), str(StepStatus.READY)})


@dataclass(frozen=True)
class CheckedEntry(Generic[_Kind]):
    """A row of the log, decrypted, and whom it is about."""

    entry: Entry
    opened: _Kind
    about: About


CheckedLog = Sequence[CheckedEntry[OpenedEntry]]


_Moment = tuple[datetime, int]
"""When something was done, and the key of the user who did it."""

_EventMoment = tuple[datetime | None, UUID | None]
"""The same in the access log: the time, and the public id of the user."""


@dataclass
class _Access:
    """Access of a colleague, or of a municipality by the entry ``seq`` in ``form``."""

    to: str
    since: _Moment
    until: _Moment | None = None
    seq: int = 0
    form: str = ""


@dataclass(frozen=True)
class Inconsistency:
    """What differs from the log, and the number of the entry that says so."""

    seq: int
    what: str


def find_inconsistencies(case: Case, entries: CheckedLog) -> list[Inconsistency]:
    """Return all differences between the case and its log, which must have no faults."""
    if not entries:
        return []
    checks = [_check_assessment, _check_progress, _check_status, _check_opening, _check_owner]
    checks += [_check_referrals, _check_sparring, _check_participants, _check_told, _check_taken, _check_label]
    checks += [_check_retention]
    return [found for check in checks for found in check(case, entries)]


def _of_kind(entries: Sequence[CheckedEntry[Any]], kind: type[_Kind]) -> list[CheckedEntry[_Kind]]:
    return [item for item in entries if isinstance(item.opened, kind)]


def _check_assessment(case: Case, entries: CheckedLog) -> Iterator[Inconsistency]:
    filed = _of_kind(entries, StepEntry)
    levels: list[int] = []
    confirmed, police_first, seq = None, False, entries[-1].entry.seq
    if filed:
        assessment = filed[-1].opened.content["judgement"]
        levels, seq = sorted(assessment["levels"]), filed[-1].entry.seq
        confirmed, police_first = assessment["confirmed"], assessment["police_first"]
    ends = (levels[0], levels[-1]) if levels else (None, None)
    if (case.levels, (case.level_low, case.level_high), case.confirmed_level) != (levels, ends, confirmed):
        yield Inconsistency(seq, _("niveauet i listerne er et andet"))
    if case.police_first != police_first:
        yield Inconsistency(seq, _("om politiet skal spørges først, står anderledes i listerne"))


def _check_progress(case: Case, entries: CheckedLog) -> Iterator[Inconsistency]:
    last = {item.entry.step: item for item in entries if isinstance(item.opened, StepEntry | SkipEntry)}
    for step in sorted(set(case.progress) - set(last)):
        yield Inconsistency(entries[-1].entry.seq, _("trinnet %(step)s står som gået") % {"step": step})
    for step, item in last.items():
        right = _FILED if isinstance(item.opened, StepEntry) else {str(StepStatus.SKIPPED)}
        if case.progress.get(step) not in right:
            yield Inconsistency(item.entry.seq, _("trinnet %(step)s står anderledes i listerne") % {"step": step})


def _check_status(case: Case, entries: CheckedLog) -> Iterator[Inconsistency]:
    last = _of_kind(entries, StatusEntry)[-1]
    if case.status != last.opened.content["status"]:
        yield Inconsistency(last.entry.seq, _("sagens status er en anden"))
    elif case.status == Status.CLOSED and (
        case.closed_by_id != last.entry.by_id or not is_time_of(case.closed_at, last.entry.entered_at)
    ):
        yield Inconsistency(last.entry.seq, _("hvornår og af hvem sagen blev afsluttet, er ændret"))


def _check_opening(case: Case, entries: CheckedLog) -> Iterator[Inconsistency]:
    first = entries[0].entry
    if case.opened_by_id != first.by_id or not is_time_of(case.opened_at, first.entered_at):
        yield Inconsistency(first.seq, _("hvornår og af hvem sagen blev oprettet, er ændret"))
    if case.updated_at != entries[-1].entry.entered_at:
        yield Inconsistency(entries[-1].entry.seq, _("hvornår sagen sidst blev ændret, er et andet"))
    if entries[0].about.get("school") not in (None, str(case.school.public_id)):
        yield Inconsistency(first.seq, _("sagen står på en anden skole"))


def _check_owner(case: Case, entries: CheckedLog) -> Iterator[Inconsistency]:
    given = [
        item for item in _of_kind(entries, ParticipantEntry) if item.opened.content["change"] == ParticipantChange.OWNER
    ]
    if given:
        last, right = given[-1].entry, given[-1].about.get("user") in (None, str(case.owner.public_id))
    else:
        last, right = entries[0].entry, case.owner_id == case.opened_by_id
    if not right:
        yield Inconsistency(last.seq, _("sagen har en anden ansvarlig"))


def _check_referrals(case: Case, entries: CheckedLog) -> Iterator[Inconsistency]:
    """Compare the rows of SSP's access with the entries: municipality, form, start and end."""
    logged = _of_kind(entries, ReferralEntry)
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
    if not _same(found, _accesses_by_referrals(logged, {access.seq: access.to for access in found})):
        yield Inconsistency((logged or entries)[-1].entry.seq, _("SSP’s adgang er ikke den, som loggen fortæller om"))


def _accesses_by_referrals(logged: Sequence[CheckedEntry[ReferralEntry]], by_seq: Mapping[int, str]) -> list[_Access]:
    """Return the accesses by the referral entries. An entry without a municipality counts as its row's."""
    accesses: list[_Access] = []
    for item in logged:
        content = item.opened.content
        moment, seq = (item.entry.entered_at, item.entry.by_id), item.entry.seq
        active = [access for access in accesses if access.until is None]
        sent = content["change"] == ReferralChange.SENT
        if not sent and content["change"] != ReferralChange.ENDED:
            continue
        municipality = item.about.get("municipality") or (by_seq.get(seq, "") if sent else "")
        ended = [access for access in active if access.to == municipality or not (municipality or sent)]
        for access in ended[:1]:
            access.until = moment
        if sent:
            accesses.append(_Access(municipality, moment, seq=seq, form=content["form"]))
    return accesses


def _check_sparring(case: Case, entries: CheckedLog) -> Iterator[Inconsistency]:
    """Compare the state of active referrals, who has them and who stepped aside with their threads."""
    states = {state for turn in Turn for state in turn.states}
    for row in Referral.objects.filter(case=case, ended_at=None).select_related("municipality", "claimed_by"):
        to = (None, str(row.municipality.public_id))
        thread = [item for item in _of_kind(entries, ReferralEntry) if item.about.get("municipality") in to]
        written = [
            item for item in thread if item.entry.seq >= row.entry_seq and item.opened.content["change"] in states
        ]
        last = written[-1] if written else None
        if last is None or (row.state, row.state_since) != (last.opened.content["change"], last.entry.entered_at):
            yield Inconsistency(row.entry_seq, _("hvis tur det er i sparringen med SSP, står anderledes i listerne"))
        claimed_by, aside = _who_has_it(thread)
        if (str(row.claimed_by.public_id) if row.claimed_by else "") != claimed_by:
            yield Inconsistency(row.entry_seq, _("hvem hos SSP der har henvendelsen, står anderledes i listerne"))
        if row.aside != aside:
            yield Inconsistency(row.entry_seq, _("hvem hos SSP der er trådt til side, er ikke det, loggen siger"))


def _who_has_it(thread: Sequence[CheckedEntry[ReferralEntry]]) -> tuple[str, str]:
    """Return the public id of the consultant who has the newest referral, and who stepped aside, as its row has it."""
    claimed_by = aside = ""
    for item in thread:
        content, author = item.opened.content, item.opened.by_id
        change = ReferralChange(content["change"])
        if change == ReferralChange.HANDED:
            claimed_by = item.about.get("user", "")
        elif change == ReferralChange.CLAIMED or (change in ANSWERS_OF_SSP and not claimed_by):
            claimed_by = author
        elif change == ReferralChange.ASIDE:
            aside += aside_mark(item.entry.by_id)
            claimed_by = "" if claimed_by == author else claimed_by
    return claimed_by, aside


def _check_participants(case: Case, entries: CheckedLog) -> Iterator[Inconsistency]:
    """Compare the rows of colleagues' access with the entries."""
    logged = _of_kind(entries, ParticipantEntry)
    found = [
        _Access(str(row.user.public_id), (row.added_at, row.added_by_id), _moment(row.removed_at, row.removed_by_id))
        for row in Participant.objects.filter(case=case).select_related("user")
    ]
    if not _same(found, _accesses_by_participants(logged, found)):
        yield Inconsistency(
            (logged or entries)[-1].entry.seq, _("kollegers adgang er ikke den, som loggen fortæller om")
        )


def _accesses_by_participants(
    logged: Sequence[CheckedEntry[ParticipantEntry]], found: Sequence[_Access]
) -> list[_Access]:
    """Return the accesses by the participant entries. Adding somebody who has access changes nothing.

    An entry without a public id counts as that of the row with its time and author, or of the same name.
    """
    by_start = {access.since: access.to for access in found}
    by_end = {access.until: access.to for access in found}
    accesses: list[_Access] = []
    active: dict[str, _Access] = {}
    ids_by_name: dict[str, str] = {}
    for item in logged:
        moment = (item.entry.entered_at, item.entry.by_id)
        name, change = item.opened.content["name"], item.opened.content["change"]
        rows = by_start if change == ParticipantChange.ADDED else by_end
        who = item.about.get("user") or rows.get(moment) or ids_by_name.get(name, name)
        if change == ParticipantChange.ADDED and who not in active:
            ids_by_name[name] = who
            active[who] = _Access(who, moment)
            accesses.append(active[who])
        elif change == ParticipantChange.REMOVED and who in active:
            active.pop(who).until = moment
    return accesses


def _check_told(case: Case, entries: CheckedLog) -> Iterator[Inconsistency]:
    told = [
        item.entry
        for item in _of_kind(entries, ParticipantEntry)
        if item.opened.content["change"] == ParticipantChange.TOLD
    ]
    if case.told_leader_at != (told[-1].entered_at if told else None):
        seq = (told or [entries[-1].entry])[-1].seq
        yield Inconsistency(seq, _("hvornår ledelsen fik sagen at vide, står anderledes i listerne"))


def _check_taken(case: Case, entries: CheckedLog) -> Iterator[Inconsistency]:
    taken = [
        item.entry
        for item in _of_kind(entries, ParticipantEntry)
        if item.opened.content["change"] == ParticipantChange.TAKEN
    ]
    if case.taken_by_id != (taken[-1].by_id if taken else None):
        seq = (taken or [entries[-1].entry])[-1].seq
        yield Inconsistency(seq, _("hvilken leder der har sagen, står anderledes i listerne"))


def _check_label(case: Case, entries: CheckedLog) -> Iterator[Inconsistency]:
    try:
        read_label(case)
    except SealBroken:
        yield Inconsistency(entries[-1].entry.seq, _("sagens kendetegn er ændret"))


def _check_retention(case: Case, entries: CheckedLog) -> Iterator[Inconsistency]:
    """Compare holds and erasure requests with the access log: number, users, times and end."""
    seq = entries[-1].entry.seq
    verbs = (AuditVerb.HOLD, AuditVerb.RELEASE, AuditVerb.PROPOSE_ERASURE, AuditVerb.REFUSE_ERASURE)
    logged = AuditEvent.objects.filter(case_public_id=case.public_id, verb__in=verbs).order_by("seq")
    events: dict[str, list[_EventMoment]] = {verb: [] for verb in verbs}
    for verb, at, actor in logged.values_list("verb", "at", "actor"):
        events[verb].append((at, actor))
    holds = LegalHold.objects.filter(case=case).order_by("pk")
    hold_rows = holds.values_list("set_at", "set_by__public_id", "released_at", "released_by__public_id")
    if not _rows_match_events(hold_rows, events[AuditVerb.HOLD], events[AuditVerb.RELEASE]):
        yield Inconsistency(seq, _("slettestoppene er ikke dem, som adgangsloggen fortæller om"))
    requests = ErasureRequest.objects.filter(case=case).order_by("pk")
    request_rows = requests.values_list("proposed_at", "proposed_by__public_id", "refused_at", "refused_by__public_id")
    if not _rows_match_events(request_rows, events[AuditVerb.PROPOSE_ERASURE], events[AuditVerb.REFUSE_ERASURE]):
        yield Inconsistency(seq, _("forslagene om sletning er ikke dem, som adgangsloggen fortæller om"))


def _rows_match_events(
    rows: Iterable[Sequence[Any]], begun: Sequence[_EventMoment], ended: Sequence[_EventMoment]
) -> bool:
    """Return whether each row has the times and users of its events; a row starts after the end of the one before."""
    rows = list(rows)
    right = list(zip_longest(begun, ended, fillvalue=(None, None)))
    return len(rows) == len(right) and all(
        is_time_of(row[0], begin[0]) and row[1] == begin[1] and is_time_of(row[2], end[0]) and row[3] == end[1]
        for row, (begin, end) in zip(rows, right, strict=True)
    )


def _moment(at: datetime | None, by_id: int | None) -> _Moment | None:
    return (at, by_id) if at and by_id else None


def _same(found: Iterable[_Access], right: Iterable[_Access]) -> bool:
    """Return whether both hold the same, in any order."""
    return sorted(map(repr, found)) == sorted(map(repr, right))
