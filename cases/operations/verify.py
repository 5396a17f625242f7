"""Verify the log of every case and the access log: entries, chains, heads, tombstones, and the columns of lists."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Window
from django.db.models.functions import Lag
from django.utils.translation import gettext as _

from cases.access import audit_log
from cases.crypto.encryption import SealBroken
from cases.crypto.hash_chain import GENESIS
from cases.enums import AuditVerb
from cases.log.entries import OpenedEntry, tagged
from cases.log.entry_crypto import data_key, entry_hash, open_entry
from cases.models import AuditEvent, Case, ChainEnd, ChainKey, Entry, Tombstone, append_only
from cases.operations.access_signing import AccessFault, access_faults
from cases.operations.consistency import CheckedEntry, find_inconsistencies
from cases.retention.due import is_held_by_log, logged_proposal, unlogged_rules
from cases.retention.erasure import tombstone_hash

AUDIT = "audit"
"""The name of the access log's head."""


@dataclass(frozen=True)
class Fault:
    """A difference from what was written. ``reference`` is empty for the access log."""

    reference: str
    seq: int
    what: str

    def __str__(self) -> str:
        where = _("Sag %(reference)s") % {"reference": self.reference} if self.reference else _("Adgangsloggen")
        return _("%(where)s, linje %(seq)d: %(what)s") % {"where": where, "seq": self.seq, "what": self.what}


@dataclass(frozen=True)
class Head:
    """The last row of a chain; ``name`` is a case reference or ``AUDIT``."""

    name: str
    seq: int
    hash: str


@dataclass(frozen=True)
class MissingTrigger:
    """A trigger that the database does not have as it should."""

    name: str

    def __str__(self) -> str:
        return _("Databasen: triggeren %(name)s mangler eller er ændret") % {"name": self.name}


@dataclass(frozen=True)
class UnknownRule:
    """A rule for keeping that is not as the access log has it, by its public id."""

    rule: str

    def __str__(self) -> str:
        return _("Opbevaringsfristen %(rule)s er ikke den, adgangsloggen kender") % {"rule": self.rule}


def all_faults() -> Iterator[Fault | AccessFault | MissingTrigger | UnknownRule]:
    """Yield every fault of triggers, access log, tombstones, rules, cases, and the rows that decide access."""
    yield from map(MissingTrigger, append_only.missing(connection))
    yield from audit_faults()
    yield from lost_cases()
    yield from tombstone_faults()
    yield from map(UnknownRule, unlogged_rules())
    for pk in Case.objects.unscoped("verify").order_by("reference").values_list("pk", flat=True):
        yield from case_faults(pk)
    yield from access_faults()


def audit_faults() -> Iterator[Fault]:
    """Yield faults in the numbers, chain, hashes and last event of the access log."""
    seq, prev_hash, keyed = 0, GENESIS, False
    for event in AuditEvent.objects.order_by("seq").iterator():
        if event.seq != seq + 1:
            yield Fault("", seq + 1, _("linjen mangler"))
        elif event.prev_hash != prev_hash:
            yield Fault("", event.seq, _("linjen hænger ikke sammen med den forrige"))
        if (keyed and not _is_keyed(event)) or _computed(partial(audit_log.event_hash, event)) != event.hash:
            yield Fault("", event.seq, _("linjen er ændret"))
        seq, prev_hash, keyed = event.seq, event.hash, keyed or _is_keyed(event)
    yield from _last_event_faults()


def _is_keyed(row: AuditEvent | Entry) -> bool:
    return row.chain_key is not None


def _computed(compute: Callable[[], str]) -> str:
    """Return the hash, or "" when a key for it is missing or unusable."""
    try:
        return compute()
    except (SealBroken, ChainKey.DoesNotExist):
        return ""


@transaction.atomic
def _last_event_faults() -> list[Fault]:
    """Compare the last event with the end that was stored with it, while nobody writes."""
    audit_log.lock_log()
    last = AuditEvent.objects.order_by("-seq").values_list("seq", "hash").first() or (0, GENESIS)
    end = ChainEnd.objects.filter(chain_key__isnull=False).first()
    if (
        end
        and last == (end.seq, end.hash)
        and end.mac == _computed(partial(audit_log.end_mac, end.seq, end.hash, end.chain_key))
    ):
        return []
    return [Fault("", last[0] + 1, _("loggen slutter et andet sted, end databasen skrev ned"))]


def clock_set_back() -> list[int]:
    """Return the numbers of events that are more than a second older than the one before: somebody set the clock back.

    Nothing is wrong with the chain then, but the times around it say little.
    """
    before = Window(Lag("at"), order_by="seq")
    events = AuditEvent.objects.annotate(before=before).filter(before__gt=F("at") + timedelta(seconds=1))
    return list(events.order_by("seq").values_list("seq", flat=True))


def plain_rows() -> tuple[int, int]:
    """Return how many events and entries are of earlier versions, whose hashes are not under a key."""
    return AuditEvent.objects.filter(chain_key=None).count(), Entry.objects.filter(chain_key=None).count()


def lost_cases() -> Iterator[Fault]:
    """Yield cases with events in the access log, but neither a row nor a tombstone."""
    known = Case.objects.unscoped("verify").values("public_id")
    erased = Tombstone.objects.values("case_public_id")
    events = AuditEvent.objects.filter(case_seq__gt=0).exclude(case_public_id__in=known)
    events = events.exclude(case_public_id__in=erased)
    first: dict[Any, int] = {}
    for case_id, seq in events.order_by("seq").values_list("case_public_id", "seq"):
        first.setdefault(case_id, seq)
    for seq in first.values():
        yield Fault("", seq, _("linjen fortæller om en sag, som ikke længere findes"))


def tombstone_faults() -> Iterator[Fault]:
    """Yield tombstones that differ from the access log's hash, proposal or holds, or whose case still exists."""
    for tombstone in Tombstone.objects.select_related("school", "proposed_by", "approved_by"):
        events = AuditEvent.objects.filter(
            verb=AuditVerb.ERASE,
            case_public_id=tombstone.case_public_id,
            case_seq=tombstone.head_seq,
            case_hash=tombstone.head_hash,
            detail=tombstone_hash(tombstone),
        )
        case_id = tombstone.case_public_id
        if not events.exists() or logged_proposal(tombstone, case_id) is None or is_held_by_log(case_id):
            yield Fault(tombstone.reference, tombstone.head_seq, _("gravstenen er ikke den, som adgangsloggen kender"))
        if Case.objects.unscoped("verify").filter(public_id=tombstone.case_public_id).exists():
            yield Fault(tombstone.reference, tombstone.head_seq, _("sagen har en gravsten, men er ikke slettet"))


@transaction.atomic
def case_faults(case_pk: int) -> list[Fault]:
    """Return the faults of one case, read while nobody writes; none for an erased case."""
    audit_log.lock_log()
    case = Case.objects.unscoped("verify").select_related("school", "owner").filter(pk=case_pk).first()
    if case is None:
        return []
    entries = list(Entry.objects.filter(case=case).select_related("by").order_by("seq"))
    try:
        key = data_key(case)
    except SealBroken:
        return [Fault(case.reference, 0, _("sagens nøgle kan ikke åbnes"))]
    faults: list[Fault] = []
    checked: list[CheckedEntry[OpenedEntry]] = []
    seq, prev_hash, keyed = 0, GENESIS, False
    for entry in entries:
        found, what = _check_entry(entry, case, key, seq, prev_hash)
        if keyed and not _is_keyed(entry):
            found, what = None, _("linjen er ændret")
        keyed = keyed or _is_keyed(entry)
        if found is None:
            faults.append(Fault(case.reference, entry.seq, what))
        else:
            checked.append(found)
        seq, prev_hash = entry.seq, entry.hash
    faults += _head_faults(case, {entry.seq: entry.hash for entry in entries}, seq, prev_hash)
    # Columns are compared with a log without faults only.
    return faults or [Fault(case.reference, one.seq, one.what) for one in find_inconsistencies(case, checked)]


def _check_entry(
    entry: Entry, case: Case, key: bytes, seq: int, prev_hash: str
) -> tuple[CheckedEntry[OpenedEntry] | None, str]:
    """Return the decrypted entry and "", or None and the fault."""
    if entry.seq != seq + 1:
        return None, _("en eller flere linjer før den mangler")
    if entry.prev_hash != prev_hash:
        return None, _("linjen hænger ikke sammen med den forrige")
    try:
        body = open_entry(entry, case_id=case.public_id, key=key)
    except SealBroken:
        return None, _("forseglingen er brudt")
    link = _computed(partial(entry_hash, entry, case_id=case.public_id, key=key))
    if link != entry.hash or body["author"]["id"] != str(entry.by.public_id):
        return None, _("linjen er ændret")
    return CheckedEntry(entry, tagged(entry, body), body.get("about", {})), ""


def _head_faults(case: Case, hashes: dict[int, str], seq: int, prev_hash: str) -> list[Fault]:
    """Compare the last entry with the case, and every head in the access log with its entry."""
    events = AuditEvent.objects.filter(case_public_id=case.public_id, case_seq__gt=0).order_by("case_seq")
    heads = dict(events.values_list("case_seq", "case_hash"))
    wrong = [at for at, link in heads.items() if hashes.get(at) != link]
    faults = [Fault(case.reference, at, _("linjen er ikke den, som adgangsloggen kender")) for at in wrong]
    if (case.head_seq, case.head_hash) != (seq, prev_hash):
        faults.append(Fault(case.reference, seq + 1, _("loggen slutter et andet sted, end sagen siger")))
    if max(heads, default=0) != case.head_seq:
        faults.append(Fault(case.reference, case.head_seq, _("adgangsloggen kender en anden slutning på loggen")))
    return faults


def heads() -> list[Head]:
    """Return the head of every chain."""
    with transaction.atomic():
        audit_log.lock_log()
        last = AuditEvent.objects.order_by("-seq").first()
        cases = Case.objects.unscoped("verify").order_by("reference").values_list("reference", "head_seq", "head_hash")
        ends = [Head(*row) for row in cases]
    return [Head(AUDIT, last.seq, last.hash), *ends] if last else ends


def write_heads(path: Path) -> None:
    """Write the heads as JSON lines, to be stored outside the reach of the database's administrator."""
    whole = path.with_name(f".{path.name}.part")
    whole.write_text("".join(json.dumps(asdict(head)) + "\n" for head in heads()), encoding="utf-8")
    whole.replace(path)


def faults_since(path: Path) -> Iterator[Fault]:
    """Yield heads of the file that are no longer part of their chain."""
    for text in path.read_text(encoding="utf-8").splitlines():
        head = Head(**json.loads(text))
        if head.name == AUDIT:
            rows = AuditEvent.objects.filter(seq=head.seq, hash=head.hash).exists()
        else:
            rows = _is_entry(head) or _was_erased(head)
        if not rows:
            name = "" if head.name == AUDIT else head.name
            yield Fault(name, head.seq, _("linjen er ikke den, som blev skrevet ned udenfor"))


def _is_entry(head: Head) -> bool:
    return Entry.objects.filter(case__reference=head.name, seq=head.seq, hash=head.hash).exists()


def _was_erased(head: Head) -> bool:
    """Return whether the case has a tombstone and the access log holds the entry's number and hash."""
    tombstones = Tombstone.objects.filter(reference=head.name).values("case_public_id")
    return AuditEvent.objects.filter(case_public_id__in=tombstones, case_seq=head.seq, case_hash=head.hash).exists()
