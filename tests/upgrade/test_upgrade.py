"""Whoever comes from an earlier version finds everything as it was, and the chains whole.

Each file beside this one is what a version kept, written down by that version (`write.py`). A release that brings
migrations adds a line to `RELEASED`, and a file of its own.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from tests import figures
from tests.attack.durability.database import Cluster
from tests.attack.durability.house import ROOT, environment
from tests.engines import IS_POSTGRESQL

KEPT = sorted(Path(__file__).parent.glob("*.json"))
# Where the migrations of each version end, the first one first.
RELEASED = [
    {"cases": "0002_append_only", "guide": "0002_seed"},
    {"cases": "0003_keeping_and_ending", "guide": "0003_single_sign_on"},
    {"cases": "0004_school_phone_and_late", "guide": "0003_single_sign_on"},
    {"cases": "0006_chain_end", "guide": "0003_single_sign_on"},
    {"cases": "0008_keyed_chains", "guide": "0004_cached_values"},
    {"cases": "0011_list_indexes", "guide": "0004_cached_values"},
    {"cases": "0012_entry_kind_opgave", "guide": "0005_not_yet_checked"},
    {"cases": "0014_closed_accounts", "guide": "0006_accessibility"},
    {"cases": "0015_told_leader", "guide": "0006_accessibility"},
    {"cases": "0016_sparring", "guide": "0007_legal_words"},
    {"cases": "0017_deadlines", "guide": "0007_legal_words"},
    {"cases": "0018_papers", "guide": "0007_legal_words"},
    {"cases": "0019_follow_ups", "guide": "0007_legal_words"},
]

pytestmark = pytest.mark.slow


# The first comes past every migration, the fifth had chains under a key, and the last brings all that is kept today.
# `script/prove upgrades` tries all on both engines. On SQLite the first is below, a line less.
TRIED = KEPT if figures.LONG else KEPT[:1] if IS_POSTGRESQL else [KEPT[4], KEPT[-1]]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster | None]:
    """A server of its own on PostgreSQL."""
    cluster = Cluster() if IS_POSTGRESQL else None
    yield cluster
    if cluster:
        cluster.remove()


@pytest.fixture
def database_url(cluster: Cluster | None, tmp_path: Path) -> str:
    """The address of an empty database of the suite's kind; "" for a file."""
    return cluster.another(tmp_path.name) if cluster else ""


def upgraded(path: Path, folder: Path, database_url: str) -> dict[str, Any]:
    """What `inside` says of the upgrade from this file."""
    own = environment(folder, database_url) | {"HANDLEKORT_KEYS": settings.HANDLEKORT_KEYS}
    command = [sys.executable, "-m", "tests.upgrade.inside", str(path)]
    done = subprocess.run(command, cwd=ROOT, env=own, text=True, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("path", TRIED, ids=lambda path: path.stem)
def test_upgrade_keeps_everything(path: Path, tmp_path: Path, database_url: str) -> None:
    texts = json.loads(path.read_text(encoding="utf-8"))["texts"]
    assert sum(map(len, texts.values())) > 10
    assert upgraded(path, tmp_path, database_url) == {
        "changed": [],
        "texts": texts,
        "faults": [],
        "faults_afterwards": [],
        "guarded": True,
    }
    figures.record("upgrades", 1)
    figures.record("upgrades: lines", sum(map(len, texts.values())))


@pytest.mark.one_engine
def test_upgrade_tells_what_was_lost(tmp_path: Path, database_url: str) -> None:
    """The proof can fail: a line less, and a level changed, in what an earlier version kept."""
    kept = json.loads(KEPT[0].read_text(encoding="utf-8"))
    cut = kept["rows"]["cases.entry"].pop()
    path = tmp_path / "cut.json"
    path.write_text(json.dumps(kept), encoding="utf-8")
    told = upgraded(path, tmp_path, database_url)
    assert told["faults"] != []
    assert sum(map(len, told["texts"].values())) == sum(map(len, kept["texts"].values())) - 1, cut["seq"]


def test_every_version_has_a_file() -> None:
    assert [json.loads(path.read_text(encoding="utf-8"))["migrations"] for path in KEPT] == RELEASED


@pytest.mark.parametrize("app", ["cases", "guide"])
def test_newest_migrations_are_those_of_a_version(app: str) -> None:
    """A migration without a line, and thereby without a file, fails here. There is nothing earlier than the first."""
    graph = MigrationLoader(None).graph
    assert graph.leaf_nodes(app) == [(app, RELEASED[-1][app])]
    passed = graph.forwards_plan(graph.leaf_nodes(app)[0])
    assert all((app, version[app]) in passed for version in RELEASED)
    assert RELEASED[0] == {"cases": "0002_append_only", "guide": "0002_seed"}
