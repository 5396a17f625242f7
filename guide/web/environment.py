"""Read the environment. A missing, weak or malformed variable raises ImproperlyConfigured with what to do."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from cases.crypto.encryption import parse_key_ring

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})

# After these limits a page says that nothing was saved, and returns the text.
POSTGRESQL_OPTIONS: dict[str, Any] = {"connect_timeout": 5, "options": "-c lock_timeout=10s"}
# TRUNCATE and EXTRA: an acknowledged save survives a power cut. secure_delete: erased text is overwritten in the file.
# recursive_triggers: REPLACE fires the triggers that forbid deletion. IMMEDIATE: writers queue up instead of failing
# halfway. 30 seconds: SQLite's queue is not fair, and one of eight writers waited more than ten.
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": (
        "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=EXTRA; PRAGMA secure_delete=ON; PRAGMA recursive_triggers=ON;"
    ),
}


def text(name: str, default: str = "") -> str:
    """Return the variable without surrounding blanks, or the service manager's credential of that name.

    A credential is a file in `CREDENTIALS_DIRECTORY`, which only the service can read. Raises ImproperlyConfigured for
    one that cannot be read.
    """
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if name not in os.environ and folder and (credential := Path(folder, name)).exists():
        try:
            return credential.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"The credential {name} cannot be read: {type(error).__name__}.") from error
    return os.environ.get(name, default).strip()


class Variables(Mapping[str, str]):
    """All variables as ``text`` reads them, credentials of the service manager included."""

    def __getitem__(self, name: str) -> str:
        """Return the variable, "" for one that is not set."""
        return text(name)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the environment."""
        return iter(os.environ)

    def __len__(self) -> int:
        """Return the number of variables of the environment."""
        return len(os.environ)


def flag(name: str) -> bool:
    """Return whether the variable is 1, true, yes or on. Raises ImproperlyConfigured for an unknown value."""
    value = text(name).lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"", "0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}. Use 1 or 0.")


def one_of(name: str, *values: str) -> str:
    """Return the variable, by default the first value. Raises ImproperlyConfigured for anything else."""
    value = text(name, values[0])
    if value not in values:
        raise ImproperlyConfigured(f"{name} is {value!r}. Use {' or '.join(values)}.")
    return value


def number(name: str, default: int) -> int:
    """Return a whole number of zero or more. Raises ImproperlyConfigured for anything else."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}. Use a whole number.")
    return int(value)


def items(name: str) -> list[str]:
    """Return the parts of a comma-separated variable."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def secret_key() -> str:
    """Return Django's secret key. Raises ImproperlyConfigured for a missing or weak one."""
    key = text("SECRET_KEY")
    if not key:
        raise ImproperlyConfigured("SECRET_KEY is missing. Set it to at least 50 random characters.")
    if len(key) < 50 or len(set(key)) < 12 or key.startswith("django-insecure-"):
        raise ImproperlyConfigured("SECRET_KEY is too weak. Set it to at least 50 random characters.")
    return key


def master_keys() -> str:
    """Return `id:base64,id2:base64`. Raises ImproperlyConfigured for keys that `cases.crypto.encryption` cannot use."""
    keys = ",".join(items("HANDLEKORT_KEYS"))
    parse_key_ring(keys)
    return keys


def hosts(demo: bool) -> list[str]:
    """Return the allowed host names, in demo mode this machine's own only. Raises ImproperlyConfigured."""
    names = items("ALLOWED_HOSTS")
    if not demo:
        if not names:
            raise ImproperlyConfigured(
                "ALLOWED_HOSTS is missing. Set it to the name people type, for example handlekort.example.dk."
            )
        if any(name.startswith("*") for name in names):
            raise ImproperlyConfigured("ALLOWED_HOSTS may not hold *. Name each host.")
        return names
    if not LOOPBACK_NAMES.issuperset(names):
        raise ImproperlyConfigured(
            "Demo mode answers on this machine only. Leave ALLOWED_HOSTS empty, or leave demo mode."
        )
    return sorted(LOOPBACK_NAMES)


def database(data_dir: Path, demo: bool) -> dict[str, Any]:
    """Return the database: `DATABASE_URL`, or an SQLite file in the data folder."""
    url = text("DATABASE_URL")
    config: dict[str, Any] = dict(dj_database_url.parse(url)) if url else {"ENGINE": "django.db.backends.sqlite3"}
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["NAME"] = config.get("NAME") or data_dir / "handlekort.sqlite3"
        config["OPTIONS"] = dict(SQLITE_OPTIONS)
        return config
    if demo:
        raise ImproperlyConfigured("Demo mode keeps its data in SQLite. Leave DATABASE_URL empty, or leave demo mode.")
    if config["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must name PostgreSQL or SQLite.")
    options = POSTGRESQL_OPTIONS | config.get("OPTIONS", {})
    return config | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
