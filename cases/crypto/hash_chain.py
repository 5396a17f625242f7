"""Canonical JSON and the links of the two chains. A leaf."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
"""What the first link of a chain points back to."""


def canonical_json(value: Any) -> bytes:
    """One spelling for one value: sorted keys, no spaces, ASCII only, so that any text whatever has bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode("ascii")


def link_hash(material: dict[str, Any]) -> str:
    """SHA-256 of the canonical material, 64 hexadecimal digits. The material names its predecessor under ``prev``."""
    return hashlib.sha256(canonical_json(material)).hexdigest()


def utc_text(at: datetime | None) -> str | None:
    """A time in one spelling: UTC to the microsecond, which is what both engines keep."""
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else None
