"""The page of figures: whole, or renewed line by line."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from script.write_figures import POSTGRESQL, ROWS, SQLITE, with_speed

SCRIPT = Path(__file__).parent.parent / "script" / "write_figures.py"
NAMES = [(engine, name) for row in ROWS for engine in row.engines for name in re.findall(r"{(.*?)}", row.sentence)]


def written(folder: Path, value: int, names: list[tuple[str, str]], *words: str) -> subprocess.CompletedProcess[str]:
    told = folder / "told.jsonl"
    told.write_text(
        "".join(
            json.dumps({"name": name, "value": value, "engine": engine, "command": "c", "at": "2026-11-22T10:00:00"})
            + "\n"
            for engine, name in names
        ),
        encoding="utf-8",
    )
    command = [sys.executable, str(SCRIPT), str(told), "postgres (PostgreSQL) 15.8", *words]
    return subprocess.run(command, capture_output=True, text=True)


def test_page_is_whole(tmp_path: Path) -> None:
    page = written(tmp_path, 7, NAMES).stdout
    assert "PostgreSQL 15.8" in page
    assert len([text for text in page.splitlines() if text.endswith("| 2026-11-22 |")]) == sum(
        len(row.engines) for row in ROWS
    )


@pytest.mark.parametrize("left_out", [NAMES[0], NAMES[-1]])
def test_missing_figure_stops_it(left_out: tuple[str, str], tmp_path: Path) -> None:
    done = written(tmp_path, 7, [one for one in NAMES if one != left_out])
    assert (done.returncode, done.stdout) == (1, "")
    assert left_out[1] in done.stderr


def test_one_proof_renews_its_lines_alone(tmp_path: Path) -> None:
    page = tmp_path / "figures.md"
    page.write_text(written(tmp_path, 7, NAMES).stdout, encoding="utf-8")
    renewed = written(tmp_path, 8, [(SQLITE, "tamperings")], "--renew", str(page)).stdout
    before, after = page.read_text(encoding="utf-8").splitlines(), renewed.splitlines()
    (changed,) = [new for old, new in zip(before, after, strict=True) if old != new]
    assert changed.startswith("| Tampering | 8 ways")
    assert "| SQLite |" in changed
    assert POSTGRESQL not in changed


def test_speed_is_renewed_alone_and_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "figures.md"
    proofs = written(tmp_path, 7, NAMES).stdout.partition("## Speed")[0].rstrip()
    measured = with_speed(with_speed(proofs, "## Speed\n\nold\n"), "## Speed\n\n| Plan | 5 | 1 | 2 | 3 |\n")
    assert measured == f"{proofs}\n\n## Speed\n\n| Plan | 5 | 1 | 2 | 3 |\n"
    page.write_text(measured, encoding="utf-8")
    renewed = written(tmp_path, 7, [(SQLITE, "tamperings")], "--renew", str(page)).stdout
    assert renewed.partition("## Speed")[1:] == measured.partition("## Speed")[1:]
    assert "| Plan |" not in renewed.partition("## Speed")[0]
