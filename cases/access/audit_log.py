"""The access log: one writer for look-ups and changes, content-free, chained globally.

An event says who (a public id), in which role, did what to which case and when. No name, no text, no foreign key.
A change's event is written in the transaction of the change, a look-up's before anything is shown. Each event has the
head of the case's log, so that removed last entries show. ``ChainEnd`` has the last event. Both are hashed under a
chain key: who has none can forge neither. Going back to genuine older rows is found only by heads kept outside
(``manage.py verify --heads``). Events of earlier versions have a plain SHA-256; the first keyed event fixes them.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet, Subquery
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from cases.access.chain_keys import chain_key, new_chain_key
from cases.crypto.encryption import SealBroken
from cases.crypto.hash_chain import GENESIS, keyed_hash, link_hash, utc_text
from cases.enums import AuditVerb
from cases.models import AuditEvent, Case, ChainEnd, ChainKey, User
from cases.models.prepared_query import PreparedQuery

_CHAIN_LOCK = 7_410_226
"""The advisory lock on PostgreSQL that writers of the chain take one at a time."""

_END_MISSING = "the row with the end of the access log is missing: run manage.py verify"
_STEP = re.compile(r"[a-z0-9_]{0,30}")
_DETAIL = re.compile(r"[a-z0-9_.:-]{0,64}")


@dataclass(frozen=True)
class LastEvent:
    """The end of the chain, as seen under the lock."""

    seq: int
    hash: str
    chain_key: UUID | None


_SLACK = timedelta(minutes=1)
"""How long a writer may wait for the lock after it has read the clock."""

CHAINS_BEGUN = "chains:1"
"""The detail of the first event under a key, in a log of an earlier version."""


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
    return {f"audit_{name}": Subquery(end.values(name)[:1]) for name in ("seq", "hash", "chain_key")}


def last_event_of(row: Any) -> LastEvent:
    """Return the last event that ``last_event_columns`` added to a row."""
    if row.audit_seq is None:
        raise IntegrityError(_END_MISSING)
    return LastEvent(row.audit_seq, row.audit_hash, row.audit_chain_key)


def recorded_last_event() -> LastEvent:
    """Return the last event; use only after ``lock_log``. Raises IntegrityError when the row that has it is missing."""
    end = next(iter(_end_of_chain()), None)
    if end is None:
        raise IntegrityError(_END_MISSING)
    return LastEvent(end.seq, end.hash, end.chain_key)


@PreparedQuery
def _end_of_chain() -> QuerySet[ChainEnd]:
    return ChainEnd.objects.order_by()


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
        chain_key=tail.chain_key,
        prev_hash=tail.hash,
    )
    event.hash = event_hash(event)
    event.save()
    store_end(event.seq, event.hash, tail.chain_key)
    return event


def store_end(seq: int, link: str, key: UUID | None) -> None:
    """Store the number and hash of the last event, hashed under the key for new rows."""
    ChainEnd.objects.filter(pk=1).update(seq=seq, hash=link, chain_key=key, mac=end_mac(seq, link, key))


def end_mac(seq: int, link: str, key: UUID | None) -> str:
    """Return the hash of the last event's number and hash under the key; empty without a key."""
    return keyed_hash(chain_key(key), "end", {"seq": seq, "hash": link}) if key else ""


@transaction.atomic
def begin_keyed_chains() -> None:
    """Make the first chain key; in a log of earlier versions an event under it fixes their rows. Does nothing later.

    A log whose end is missing, or is none of an earlier version although there is a key, stays as it is: ``verify``
    finds it, and nothing is written until somebody has looked.
    """
    lock_log()
    end = ChainEnd.objects.first()
    if end is None and not AuditEvent.objects.exists():
        key = new_chain_key().pk
        ChainEnd.objects.create(seq=0, hash=GENESIS, chain_key=key, mac=end_mac(0, GENESIS, key))
    elif end is not None and end.chain_key is None and not ChainKey.objects.exists():
        write_event(
            AuditVerb.ROTATE, by=None, detail=CHAINS_BEGUN, tail=LastEvent(end.seq, end.hash, new_chain_key().pk)
        )


@transaction.atomic
def commit_event(
    verb: AuditVerb,
    *,
    by: User | AnonymousUser | None,
    case: Case | UUID | None = None,
    step: str = "",
    detail: str = "",
) -> AuditEvent:
    """Add one event in a transaction of its own, such as a look-up before anything is shown. Returns it."""
    return write_event(verb, by=by, case=case, step=step, detail=detail)


def is_time_of(moment: datetime | None, logged: datetime | None) -> bool:
    """Return whether a column holds the time of a log row or up to ``_SLACK`` before it; both may be None."""
    if moment is None or logged is None:
        return moment is logged
    return logged - _SLACK <= moment <= logged


def is_genuine(event: AuditEvent) -> bool:
    """Return whether the product wrote the event, under a key: one of an earlier version may be anybody's."""
    try:
        return event.chain_key is not None and event_hash(event) == event.hash
    except (SealBroken, ChainKey.DoesNotExist):
        return False


def event_hash(event: AuditEvent) -> str:
    """Return the hash of an event, computed from its columns. Raises SealBroken, ChainKey.DoesNotExist."""
    material = {
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
    return keyed_hash(chain_key(event.chain_key), "event", material) if event.chain_key else link_hash(material)
