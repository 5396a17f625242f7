"""``python -m cases.operations.make_key`` prints a new master key. Needs no settings: they require a key."""

import base64
import secrets
import sys
from datetime import UTC, datetime

from cases.crypto.encryption import KEY_BYTES

ADVICE = (
    "Sæt nøglen i miljøet som HANDLEKORT_KEYS. Er der nøgler i forvejen, skal den stå forrest, med komma efter.\n"
    "Gem den også et sikkert sted: uden nøglen kan ingen sag åbnes igen.\n"
)


def new_key() -> str:
    """Return a new ``id:base64key``."""
    key_id = f"k{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(2)}"
    return f"{key_id}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode('ascii')}"


def main() -> None:
    """Write the key to standard output, and what to do with it to standard error."""
    sys.stdout.write(f"{new_key()}\n")
    sys.stderr.write(ADVICE)


if __name__ == "__main__":
    main()
