"""The access log: one writer for look-ups and changes, content-free, chained globally.

An event says who (a public id), in which role, did what to which case and when. No name, no text, no foreign key.
It is written in the transaction of what it logs: no audit row, no data. Each event has the head of the case's log, so
that removed last entries show. A database trigger records the last event in ``ChainEnd``, and the next event continues
from there: after a removal the gap stays. The chain is plain SHA-256: rewriting all of it and that row is found only by
a head that was kept outside (``manage.py verify --heads``).
"""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Subquery
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from cases.crypto.hash_chain import GENESIS, link_hash, utc_text
from cases.enums import AuditVerb
from cases.models import AuditEvent, Case, ChainEnd, User

_CHAIN_LOCK = 7_410_226
"""The advisory lock on PostgreSQL that writers of the chain take one at a time."""

_STEP = re.compile(r"[a-z0-9_]{0,30}")
_DETAIL = re.compile(r"[a-z0-9_.:-]{0,64}")


@dataclass(frozen=True)
class LastEvent:
    """The end of the chain, as seen under the lock."""

    seq: int
    hash: str


def require_atomic() -> None:
    """Raise TransactionManagementError outside an atomic block."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("look-ups and changes are logged in their own transaction")


def lock_log() -> None:
    """Take the lock of the access log until the transaction ends; wait for it if needed.

    Always taken before a case is locked, so that two writers never wait for each other. SQLite's IMMEDIATE transactions
    need no such lock.
    """
    require_atomic()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])


def last_event_columns() -> dict[str, Any]:
    """Return annotations that read the last event with another row; use only after ``lock_log``."""
    end = ChainEnd.objects.all()
    return {"audit_seq": Subquery(end.values("seq")[:1]), "audit_hash": Subquery(end.values("hash")[:1])}


def last_event_of(row: Any) -> LastEvent:
    """Return the last event that ``last_event_columns`` added to a row."""
    return LastEvent(row.audit_seq or 0, row.audit_hash or GENESIS)


def recorded_last_event() -> LastEvent:
    """Return the last event that the database recorded; use only after ``lock_log``."""
    end = ChainEnd.objects.values_list("seq", "hash").first()
    return LastEvent(*end) if end else LastEvent(0, GENESIS)


def write_event(
    verb: AuditVerb,
    *,
    by: User | AnonymousUser | None,
    case: Case | UUID | None = None,
    step: str = "",
    detail: str = "",
    tail: LastEvent | None = None,
) -> AuditEvent:
    """Add one event. ``case`` as a bare UUID is one that was asked for and not given.

    ``step`` and ``detail`` are keys, never text: anything else raises ValueError. Raises TransactionManagementError
    outside an atomic block.
    """
    require_atomic()
    if not _STEP.fullmatch(step) or not _DETAIL.fullmatch(detail):
        raise ValueError("the access log takes keys, not text")
    if tail is None:
        lock_log()
        tail = recorded_last_event()
    known = by if isinstance(by, User) else None
    event = AuditEvent(
        public_id=uuid4(),
        seq=tail.seq + 1,
        at=timezone.now(),
        verb=verb,
        actor=known.public_id if known else None,
        role=known.role if known else "",
        case_public_id=case.public_id if isinstance(case, Case) else case,
        case_seq=case.head_seq if isinstance(case, Case) else 0,
        case_hash=case.head_hash if isinstance(case, Case) else "",
        step=step,
        detail=detail,
        prev_hash=tail.hash,
    )
    event.hash = event_hash(event)
    event.save()
    return event


def event_hash(event: AuditEvent) -> str:
    """Return the hash of an event, computed from its columns."""
    return link_hash(
        {
            "id": str(event.public_id),
            "seq": event.seq,
            "at": utc_text(event.at),
            "verb": str(event.verb),
            "actor": str(event.actor or ""),
            "role": event.role,
            "case": str(event.case_public_id or ""),
            "case_seq": event.case_seq,
            "case_hash": event.case_hash,
            "step": event.step,
            "detail": event.detail,
            "prev": event.prev_hash,
        }
    )
