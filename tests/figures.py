"""Figures for the record of proofs: a test says what it counted, `script/prove` collects it.

Without `HANDLEKORT_FIGURES`, the name of a file, nothing is written. `HANDLEKORT_PROVE=1` asks for the long forms.
"""

import json
import os
from datetime import UTC, datetime

from django.conf import settings

LONG = os.environ.get("HANDLEKORT_PROVE") == "1"


def amount(short: int, long: int) -> int:
    """How often a test repeats itself: ``short`` in the suite, ``long`` for `script/prove`."""
    return long if LONG else short


def record(name: str, value: int | bool) -> None:
    """Add a figure. Several of one name on one engine are added up, so each test may tell its own part.

    ``name`` must stand in `script/write_figures.py`, which says in words what it counts.
    """
    path = os.environ.get("HANDLEKORT_FIGURES")
    if not path:
        return
    engine = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    line = {
        "name": name,
        "value": int(value),
        "engine": engine,
        "command": os.environ.get("HANDLEKORT_FIGURES_COMMAND", ""),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    with open(path, "a", encoding="utf-8") as figures:  # one short write: lines of two processes do not mix
        figures.write(json.dumps(line) + "\n")
