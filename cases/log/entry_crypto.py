"""Seal, chain and open one entry of the log; ``_hash`` says what the hash covers."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NotRequired, TypedDict
from uuid import UUID, uuid4

from cases.crypto import encryption
from cases.crypto.hash_chain import link_hash, utc_text
from cases.enums import EntryKind
from cases.log.entry_types import About, Content
from cases.models import Case, Entry, User

_SALT_BYTES = 32


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


@dataclass(frozen=True)
class OpenedBody:
    """A decrypted body; ``hash`` is computed from what was read."""

    body: Body
    hash: str


def data_key(case: Case) -> bytes:
    """Return the data key of the case. Raises SealBroken."""
    return encryption.unwrap(case.key_id, case.sealed_key, case.public_id)


def seal_entry(new: NewEntry, *, case: Case, key: bytes, by: User, at: datetime, seq: int, prev_hash: str) -> Entry:
    """Return the row for an entry, sealed and chained, not yet saved."""
    body: Body = {"author": {"id": str(by.public_id), "name": by.name, "role": by.role}, "content": new.content}
    if new.about:
        body["about"] = new.about
    salt = secrets.token_hex(_SALT_BYTES)
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
        body=encryption.seal_json(key, body, str(case.public_id), seq, "body"),
        salt=encryption.seal_json(key, salt, str(case.public_id), seq, "salt"),
        prev_hash=prev_hash,
    )
    entry.hash = _hash(entry, case.public_id, body, salt)
    return entry


def open_entry(entry: Entry, *, case_id: UUID, key: bytes) -> OpenedBody:
    """Unseal a row of the case with this public id. Raises SealBroken when body or salt was altered or moved."""
    context = (str(case_id), entry.seq)
    body: Body = encryption.unseal_json(key, entry.body, *context, "body")
    salt = encryption.unseal_json(key, entry.salt, *context, "salt")
    return OpenedBody(body, _hash(entry, case_id, body, salt))


def _hash(entry: Entry, case_id: UUID, body: Body, salt: str) -> str:
    # Over the plain content: the hash stays the same when keys change. The salt keeps short texts from being guessed.
    material: dict[str, Any] = {
        "case": str(case_id),
        "id": str(entry.public_id),
        "seq": entry.seq,
        "kind": str(entry.kind),
        "step": entry.step,
        "entered_at": utc_text(entry.entered_at),
        "happened_at": utc_text(entry.happened_at),
        "submission": str(entry.submission_id),
        "body": body,
        "salt": salt,
        "prev": entry.prev_hash,
    }
    return link_hash(material)
