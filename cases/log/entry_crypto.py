"""Seal, chain and open one entry of the log; ``entry_hash`` says what the hash covers."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NotRequired, TypedDict
from uuid import UUID, uuid4

from cases.access.chain_keys import chain_key
from cases.crypto import encryption
from cases.crypto.hash_chain import canonical_json, keyed_hash, link_hash, utc_text
from cases.enums import EntryKind
from cases.log.entry_types import About, Content
from cases.models import Case, Entry, User

_DUTY_HASH_BYTES = 16


class Author(TypedDict):
    """Who wrote the entry, with the name at that time."""

    id: str
    name: str
    role: str


class Body(TypedDict):
    """What is sealed: the content, its author, and whom it is about where that decides who has access."""

    author: Author
    content: Content
    about: NotRequired[About]


@dataclass(frozen=True)
class NewEntry:
    """An entry about to be written."""

    kind: EntryKind
    content: Content
    submission_id: UUID
    step: str = ""
    happened_at: datetime | None = None
    about: About = field(default_factory=About)
    duty: str = ""


def data_key(case: Case) -> bytes:
    """Return the data key of the case. Raises SealBroken."""
    return encryption.unwrap(case.key_id, case.sealed_key, case.public_id)


def seal_entry(
    new: NewEntry,
    *,
    case: Case,
    key: bytes,
    by: User,
    at: datetime,
    seq: int,
    prev_hash: str,
    chain_key_id: UUID | None,
) -> Entry:
    """Return the row for an entry, sealed and chained, not yet saved."""
    body: Body = {"author": {"id": str(by.public_id), "name": by.name, "role": by.role}, "content": new.content}
    if new.about:
        body["about"] = new.about
    entry = Entry(
        public_id=uuid4(),
        case=case,
        seq=seq,
        kind=new.kind,
        step=new.step,
        by=by,
        entered_at=at,
        happened_at=new.happened_at,
        submission_id=new.submission_id,
        duty_hash=duty_hash(key, new.duty) if new.duty else None,
        body=encryption.seal_json(key, body, str(case.public_id), seq, "body"),
        chain_key=chain_key_id,
        prev_hash=prev_hash,
    )
    entry.hash = entry_hash(entry, case_id=case.public_id, key=key)
    return entry


def duty_hash(key: bytes, duty: str) -> bytes:
    """Return what stands in the row of every answer to this duty in the case with this data key, and says nothing."""
    return hmac.digest(key, canonical_json(["duty", duty]), "sha256")[:_DUTY_HASH_BYTES]


def open_entry(entry: Entry, *, case_id: UUID, key: bytes) -> Body:
    """Unseal a row of the case with this public id. Raises SealBroken when the body was altered or moved."""
    body: Body = encryption.unseal_json(key, entry.body, str(case_id), entry.seq, "body")
    return body


def entry_hash(entry: Entry, *, case_id: UUID, key: bytes) -> str:
    """Return the hash of a row, computed from what is stored. Raises SealBroken, ChainKey.DoesNotExist.

    It covers every column and the sealed bytes. In entries of versions without chain keys it covers the plain content
    and a random salt, and is no secret.
    """
    material: dict[str, Any] = {
        "case": str(case_id),
        "id": str(entry.public_id),
        "seq": entry.seq,
        "kind": str(entry.kind),
        "step": entry.step,
        "entered_at": utc_text(entry.entered_at),
        "happened_at": utc_text(entry.happened_at),
        "submission": str(entry.submission_id),
        "prev": entry.prev_hash,
    }
    if entry.duty_hash:
        material["duty"] = bytes(entry.duty_hash).hex()
    if entry.chain_key:
        sealed = {"by": entry.by_id, "body": bytes(entry.body).hex(), "salt": bytes(entry.salt).hex()}
        return keyed_hash(chain_key(entry.chain_key), "entry", material | sealed)
    salt = encryption.unseal_json(key, entry.salt, str(case_id), entry.seq, "salt")
    return link_hash(material | {"body": open_entry(entry, case_id=case_id, key=key), "salt": salt})
