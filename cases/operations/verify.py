"""The proof of both chains: every line opened, every link reckoned anew, every head compared, and what lists go by."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.access import audit_log
from cases.crypto.encryption import SealBroken
from cases.crypto.hash_chain import GENESIS
from cases.enums import AuditVerb
from cases.log.entries import OpenedEntry, tagged
from cases.log.entry_crypto import data_key, open_entry
from cases.models import AuditEvent, Case, Entry, Tombstone
from cases.operations.consistency import CheckedEntry, find_inconsistencies
from cases.retention.erasure import tombstone_hash

AUDIT = "audit"
"""The name of the access log among the heads."""


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was written. ``reference`` is empty for the access log itself."""

    reference: str
    seq: int
    what: str

    def __str__(self) -> str:
        where = _("Sag %(reference)s") % {"reference": self.reference} if self.reference else _("Adgangsloggen")
        return _("%(where)s, linje %(seq)d: %(what)s") % {"where": where, "seq": self.seq, "what": self.what}


@dataclass(frozen=True)
class Head:
    """Where a chain ends: ``name`` is a case reference or ``AUDIT``."""

    name: str
    seq: int
    hash: str


def audit_faults() -> Iterator[Fault]:
    """Faults of the access log: numbers, links, hashes, and its end."""
    seq, prev_hash = 0, GENESIS
    for event in AuditEvent.objects.order_by("seq").iterator():
        if event.seq != seq + 1:
            yield Fault("", seq + 1, _("linjen mangler"))
        elif event.prev_hash != prev_hash:
            yield Fault("", event.seq, _("linjen hænger ikke sammen med den forrige"))
        if audit_log.event_hash(event) != event.hash:
            yield Fault("", event.seq, _("linjen er ændret"))
        seq, prev_hash = event.seq, event.hash
    yield from _end_faults()


@transaction.atomic
def _end_faults() -> list[Fault]:
    """Compare the last line with the end that the database wrote down itself, while nobody writes."""
    audit_log.lock_log()
    last = AuditEvent.objects.order_by("-seq").values_list("seq", "hash").first() or (0, GENESIS)
    end = audit_log.recorded_last_event()
    if last == (end.seq, end.hash):
        return []
    return [Fault("", last[0] + 1, _("loggen slutter et andet sted, end databasen skrev ned"))]


def lost_cases() -> Iterator[Fault]:
    """Cases that the access log tells of and that are gone without a tombstone."""
    known = Case.objects.unscoped("verify").values("public_id")
    buried = Tombstone.objects.values("case_public_id")
    told = AuditEvent.objects.filter(case_seq__gt=0).exclude(case_public_id__in=known)
    told = told.exclude(case_public_id__in=buried)
    first: dict[Any, int] = {}
    for case_id, seq in told.order_by("seq").values_list("case_public_id", "seq"):
        first.setdefault(case_id, seq)
    for seq in first.values():
        yield Fault("", seq, _("linjen fortæller om en sag, som ikke længere findes"))


def tombstone_faults() -> Iterator[Fault]:
    """Tombstones that are not what the access log took down when the case was erased, or whose case is still there."""
    for grave in Tombstone.objects.select_related("school", "proposed_by", "approved_by"):
        told = AuditEvent.objects.filter(
            verb=AuditVerb.ERASE,
            case_public_id=grave.case_public_id,
            case_seq=grave.head_seq,
            case_hash=grave.head_hash,
            detail=tombstone_hash(grave),
        )
        if not told.exists():
            yield Fault(grave.reference, grave.head_seq, _("gravstenen er ikke den, som adgangsloggen kender"))
        if Case.objects.unscoped("verify").filter(public_id=grave.case_public_id).exists():
            yield Fault(grave.reference, grave.head_seq, _("sagen har en gravsten, men er ikke slettet"))


@transaction.atomic
def case_faults(case_pk: int) -> list[Fault]:
    """Faults of one case, read while nobody writes. None for one erased meanwhile: `lost_cases` tells of any other."""
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
    lines: list[CheckedEntry[OpenedEntry]] = []
    seq, prev_hash = 0, GENESIS
    for entry in entries:
        line, what = _opened(entry, case, key, seq, prev_hash)
        if line is None:
            faults.append(Fault(case.reference, entry.seq, what))
        else:
            lines.append(line)
        seq, prev_hash = entry.seq, entry.hash
    faults += _head_faults(case, {entry.seq: entry.hash for entry in entries}, seq, prev_hash)
    # Only a whole log can say what should stand beside it.
    return faults or [Fault(case.reference, found.seq, found.what) for found in find_inconsistencies(case, lines)]


def _opened(
    entry: Entry, case: Case, key: bytes, seq: int, prev_hash: str
) -> tuple[CheckedEntry[OpenedEntry] | None, str]:
    """The line, or None and what is wrong with it."""
    if entry.seq != seq + 1:
        return None, _("en eller flere linjer før den mangler")
    if entry.prev_hash != prev_hash:
        return None, _("linjen hænger ikke sammen med den forrige")
    try:
        opened = open_entry(entry, case_id=case.public_id, key=key)
    except SealBroken:
        return None, _("forseglingen er brudt")
    if opened.hash != entry.hash or opened.body["author"]["id"] != str(entry.by.public_id):
        return None, _("linjen er ændret")
    return CheckedEntry(entry, tagged(entry, opened.body), opened.body.get("about", {})), ""


def _head_faults(case: Case, hashes: dict[int, str], seq: int, prev_hash: str) -> list[Fault]:
    """Compare the end of the log with the case and with every head that the access log took down."""
    told = AuditEvent.objects.filter(case_public_id=case.public_id, case_seq__gt=0).order_by("case_seq")
    heads = dict(told.values_list("case_seq", "case_hash"))
    wrong = [at for at, link in heads.items() if hashes.get(at) != link]
    faults = [Fault(case.reference, at, _("linjen er ikke den, som adgangsloggen kender")) for at in wrong]
    if (case.head_seq, case.head_hash) != (seq, prev_hash):
        faults.append(Fault(case.reference, seq + 1, _("loggen slutter et andet sted, end sagen siger")))
    if max(heads, default=0) != case.head_seq:
        faults.append(Fault(case.reference, case.head_seq, _("adgangsloggen kender en anden slutning på loggen")))
    return faults


def heads() -> list[Head]:
    """Where every chain ends now."""
    with transaction.atomic():
        audit_log.lock_log()
        last = AuditEvent.objects.order_by("-seq").first()
        cases = Case.objects.unscoped("verify").order_by("reference").values_list("reference", "head_seq", "head_hash")
        ends = [Head(*row) for row in cases]
    return [Head(AUDIT, last.seq, last.hash), *ends] if last else ends


def write_heads(path: Path) -> None:
    """Write the heads as JSON lines, to be kept where the database's keeper cannot reach."""
    path.write_text("".join(json.dumps(asdict(head)) + "\n" for head in heads()), encoding="utf-8")


def faults_since(path: Path) -> Iterator[Fault]:
    """Heads that were kept outside and are no longer part of their chain."""
    for text in path.read_text(encoding="utf-8").splitlines():
        kept = Head(**json.loads(text))
        if kept.name == AUDIT:
            rows = AuditEvent.objects.filter(seq=kept.seq, hash=kept.hash).exists()
        else:
            rows = _stands(kept) or _was_erased(kept)
        if not rows:
            name = "" if kept.name == AUDIT else kept.name
            yield Fault(name, kept.seq, _("linjen er ikke den, som blev skrevet ned udenfor"))


def _stands(kept: Head) -> bool:
    return Entry.objects.filter(case__reference=kept.name, seq=kept.seq, hash=kept.hash).exists()


def _was_erased(kept: Head) -> bool:
    """Whether the line was one of a case that has a tombstone now: the access log still knows its number and hash."""
    graves = Tombstone.objects.filter(reference=kept.name).values("case_public_id")
    return AuditEvent.objects.filter(case_public_id__in=graves, case_seq=kept.seq, case_hash=kept.hash).exists()
