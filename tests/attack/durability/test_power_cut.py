"""What was acknowledged is there after a power cut, at whatever moment it comes; under other settings it is not.

A process saves through the product's own views, with the product's own settings, while `strace` writes down what it
really does to the files and when it acknowledges. Then the power is cut in the model (`disk.py`, which says what it
assumes) at many points of that trace, in several ways at each. What is left is opened as the product opens it:
SQLite's own check, both chains, every seal, and every text that had been acknowledged.

The same is done with settings that others run with. They lose data: so the model can tell the difference.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest

from tests import figures
from tests.attack.durability import syscalls
from tests.attack.durability.disk import Disk, Fate, dice, fates
from tests.attack.durability.house import FILE, House, Judge, receipts_in
from tests.engines import IS_POSTGRESQL

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(IS_POSTGRESQL, reason="the model reads SQLite's calls; see docs/decisions/030-durability.md"),
]

ACTIONS = figures.amount(6, 12)
POINTS = figures.amount(20, 100_000)
"""At how many points of the trace the power is cut; all of them when there are fewer."""
CONTROL_POINTS = figures.amount(10, 100)
WAYS = figures.amount(5, 6)
SEED = 20261121

# Journal mode and synchronous: nothing synced at all; what Django does unasked; what is often recommended.
CONTROLS = {"TRUNCATE, OFF": ("TRUNCATE", "OFF"), "DELETE, FULL": ("DELETE", "FULL"), "WAL, NORMAL": ("WAL", "NORMAL")}
TRIED = list(CONTROLS) if figures.LONG else ["WAL, NORMAL"]
"""One is enough to see that the model can tell a loss; `script/prove power` tries all."""


@dataclass
class Count:
    """What came of the cuts: in how many something acknowledged was gone, and in how many the file was broken."""

    cuts: int = 0
    lost: int = 0
    broken: int = 0
    first: str = ""


def test_nothing_acknowledged_is_lost(house: House, tmp_path: Path) -> None:
    count = cut_the_power(house, tmp_path, POINTS)
    figures.record("power cuts", count.cuts)
    figures.record("power cuts: lost", count.lost + count.broken)
    assert (count.lost, count.broken) == (0, 0), count.first
    assert count.cuts >= figures.amount(POINTS * WAYS, 5000)


@pytest.mark.parametrize("control", TRIED)
def test_other_settings_lose_what_was_acknowledged(house: House, tmp_path: Path, control: str) -> None:
    journal, synchronous = CONTROLS[control]
    environment = {
        **house.environment,
        "DJANGO_SETTINGS_MODULE": "tests.attack.durability.control",
        "CONTROL_JOURNAL": journal,
        "CONTROL_SYNCHRONOUS": synchronous,
    }
    count = cut_the_power(replace(house, environment=environment), tmp_path, CONTROL_POINTS)
    figures.record(f"power cuts, {control}", count.cuts)
    figures.record(f"power cuts, {control}: lost", count.lost)
    figures.record(f"power cuts, {control}: broken", count.broken)
    assert count.lost > 0


def cut_the_power(house: House, folder: Path, points: int) -> Count:
    """Save under trace, then cut the power at many points and see what is left."""
    work, receipts, trace = folder / "data", folder / "receipts", folder / "trace"
    work.mkdir()
    shutil.copy(house.database, work / FILE)
    moved = replace(house, folder=work, environment={**house.environment, "HANDLEKORT_DATA": str(work)})
    before = {FILE: (work / FILE).read_bytes()}
    process = moved.save(house.owners[0], "Strøm", ACTIONS, receipts, before=syscalls.command(trace))
    assert process.wait(timeout=600) == 0
    assert len(receipts_in(receipts)) == ACTIONS
    steps = list(syscalls.steps(trace, work, receipts))
    _prove_the_model(Disk(before), steps, work)
    chosen = dice(SEED).sample(range(len(steps)), min(points, len(steps)))
    return _judge_all(moved, Disk(before), steps, frozenset(chosen), receipts)


def _prove_the_model(disk: Disk, steps: list[syscalls.Step], folder: Path) -> None:
    """With the power on, the model holds byte for byte what the folder holds: no call was missed."""
    for step in steps:
        if step.act:
            step.act(disk)
    kept = disk.after_a_cut(Fate(dice(SEED), keep=1))
    assert kept == {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def _judge_all(house: House, disk: Disk, steps: list[syscalls.Step], chosen: frozenset[int], receipts: Path) -> Count:
    rng = dice(SEED)
    count = Count()
    promised: dict[str, str] = {}
    with Judge(house) as judge:
        for number, step in enumerate(steps):
            if step.act:
                step.act(disk)
            else:
                promised = _promised(receipts, step.receipts)
            if number not in chosen:
                continue
            for way, left in enumerate(_left(disk, rng)):
                faults, texts = judge.judge(_laid_out(receipts.parent / "left", left))
                gone = [text for submission, text in promised.items() if texts.get(submission) != text]
                count.cuts += 1
                count.broken += bool(faults)
                count.lost += bool(gone)
                if (faults or gone) and not count.first:
                    count.first = f"after call {number} ({step.name}), way {way}: {faults[:3]}, {len(gone)} gone"
    return count


def _left(disk: Disk, rng: Random) -> Iterator[dict[str, bytes]]:
    for fate in fates(rng, WAYS):
        yield disk.after_a_cut(fate)


def _promised(receipts: Path, length: int) -> dict[str, str]:
    """Text by submission of the receipts that had been given when the file was so long."""
    lines = receipts.read_bytes()[:length].decode().splitlines()
    return {row["submission"]: row["text"] for row in map(json.loads, lines)}


def _laid_out(folder: Path, files: dict[str, bytes]) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder / FILE
