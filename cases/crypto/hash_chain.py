"""Canonical JSON, and the hashes that chain the log of a case and the access log."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
"""The ``prev`` of a chain's first row."""


def canonical_json(value: Any) -> bytes:
    """Return the one JSON spelling of a value: sorted keys, no spaces, ASCII, so lone surrogates have bytes too."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode("ascii")


def link_hash(material: dict[str, Any]) -> str:
    """Return SHA-256 of the material, 64 hexadecimal digits: rows of versions that had no chain keys."""
    return hashlib.sha256(canonical_json(material)).hexdigest()


def keyed_hash(key: bytes, kind: str, material: dict[str, Any]) -> str:
    """Return HMAC-SHA256 of the material, 64 hexadecimal digits; nobody without the key can compute it.

    ``kind`` keeps the hash of one kind of row from passing for that of another.
    """
    return hmac.new(key, canonical_json([kind, material]), hashlib.sha256).hexdigest()


def utc_text(at: datetime | None) -> str | None:
    """Return a time in UTC to the microsecond, which is what both engines keep; None for None."""
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else None
