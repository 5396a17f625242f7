"""``python -m cases.operations.make_key`` prints a new key for the ring.

Needs no settings: those ask for the key themselves.
"""

from __future__ import annotations

import base64
import secrets
import sys
from datetime import UTC, datetime

_KEY_BYTES = 32
ADVICE = (
    "Sæt nøglen i miljøet som HANDLEKORT_KEYS. Er der nøgler i forvejen, skal den stå forrest, med komma efter.\n"
    "Gem den også et sikkert sted: uden nøglen kan ingen sag åbnes igen.\n"
)


def new_key() -> str:
    """A fresh ``id:base64key``; kept nowhere."""
    key_id = f"k{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(2)}"
    return f"{key_id}:{base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode('ascii')}"


def main() -> None:
    """The key on standard output, what to do with it on standard error."""
    sys.stdout.write(f"{new_key()}\n")
    sys.stderr.write(ADVICE)


if __name__ == "__main__":
    main()
