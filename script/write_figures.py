"""Turns the lines that tests left (tests/figures.py) into docs/figures.md, on standard output.

Arguments: the file of lines, and what PostgreSQL calls its version. With `--renew PAGE` a line without new figures
stays as it stands on that page; without it the page is whole or not written. Stops with a sentence when a figure is
missing.
"""

import json
import platform
import re
import sqlite3
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import django

SQLITE, POSTGRESQL = "sqlite3", "postgresql"
SPEED = "## Speed\n"
"""Begins the section that script/bench renews and script/prove leaves as it stands."""
PAGE = Path(__file__).parent.parent / "docs" / "figures.md"
ENGINES = {SQLITE: f"SQLite {sqlite3.sqlite_version}", POSTGRESQL: "PostgreSQL"}


@dataclass(frozen=True)
class Row:
    """One line of the page: a sentence with names of figures in braces, and the engines that must have told them."""

    title: str
    sentence: str
    engines: tuple[str, ...] = (SQLITE, POSTGRESQL)


def control(settings: str, meaning: str) -> Row:
    """What a setting that is not ours does in the same model."""
    name = f"power cuts, {settings}"
    return Row(
        f"Control: {settings}",
        f"{meaning}. {{{name}}} states after a cut, {{{name}: lost}} of them without something that had been "
        f"acknowledged, {{{name}: broken}} of them damaged",
        (SQLITE,),
    )


ROWS = [
    Row(
        "Who may what",
        "{access: addresses} addresses × {access: visitors} kinds of visitor × {access: methods} methods = "
        "{access: requests} requests, each with the outcome that was declared for it",
    ),
    Row(
        "The way of a teacher",
        "On a telephone of 390 × 844 {way: questions} questions on {way: pages} pages, the advice among them, with "
        "{way: words} words before it and {way: words of the advice} in it; a whole case {way: questions of a whole "
        "case} questions on {way: pages of a whole case} pages with {way: words of a whole case} words",
        (SQLITE,),
    ),
    Row(
        "Hidden cases",
        "{access: hidden} requests for a case that is not the visitor's, each answered byte for byte like one for a "
        "case that does not exist",
    ),
    Row(
        "kill -9",
        "{kills} kills under load from six clients, {kills: acknowledged} saves acknowledged, {kills: lost} lost, "
        "none twice; chains and seals whole after each kill",
    ),
    Row(
        "Power cuts",
        "{power cuts} states that a cut may leave, {power cuts: lost} of them without something that had been "
        "acknowledged, or damaged",
        (SQLITE,),
    ),
    control("TRUNCATE, OFF", "Nothing is synced"),
    control("DELETE, FULL", "What Django does unasked"),
    control("WAL, NORMAL", "What is often recommended"),
    Row(
        "Crowds",
        "{parallel transactions} saves by eight processes at once, nobody locked out; {stale writers} stale forms in "
        "rounds of fifty at once, exactly one of each round won",
    ),
    Row(
        "Load",
        "Beside eight readers of a case of 2,000 entries another user's list takes {load: list} % (p95) and the acute "
        "page {load: acute} % (median) of what it takes alone; the readers' p99 is {load: spread} % of their median. "
        "Eight clients get {load: look-ups} pages of cases ({load: look-ups of one} from one process instead of two), "
        "or {load: saves} saves, a second",
    ),
    Row("Full disk", "{full disks} filled up while saving: the text handed back, nothing broken, life went on"),
    Row(
        "Fuzzing",
        "{fuzzed} inputs that nobody should type (markup, NUL, lone surrogates, 1 MB, numbers of 5,000 digits) in the "
        "fields of every form, in addresses, queries and headers; no server error, and nothing came back but as text",
    ),
    Row(
        "Linear input",
        "{linear: patterns} patterns and {linear: parsers} functions read {linear: readings} hostile texts of 65,536 "
        "characters: twice the text never took more than 2.5 times as long",
        (SQLITE,),
    ),
    Row("Tampering", "{tamperings} ways to change the database behind the product's back, every one found"),
    Row(
        "Backups",
        "{restores} restored and verified; {restores refused} attempts that had to be refused (bytes flipped, ends cut "
        "off, contents forged, another key, a database in use), each with nothing restored",
    ),
    Row(
        "Upgrades",
        "{upgrades} databases as earlier versions left them, brought up to date: {upgrades: lines} lines of cases kept "
        "word for word, every chain whole",
    ),
    Row(
        "Many cases",
        "With {lists: cases} cases instead of 100 the slowest list of any role took {lists: percent} % of the time "
        "(150 allowed), the slowest of statistics, look-ups and retention {lists: oversight percent} % (400 allowed); "
        "the page of look-ups was {lists: bytes} bytes",
    ),
    Row(
        "Statistics",
        "{statistics: tables} lists and tables, all there are up to a size: from no page could a hidden number be "
        "reckoned",
        (SQLITE,),
    ),
    Row(
        "Scanner",
        "Wapiti as {scan: visitors} kinds of visitor, {scan: pages} pages found by itself, {scan: attacks} kinds of "
        "attack, {scan: findings} findings above informational",
        (SQLITE,),
    ),
    Row(
        "Severity",
        "{severity combinations} combinations of facts, each with exactly the levels of the reference table",
        (SQLITE,),
    ),
    Row(
        "Advice",
        "{advice: one answer made worse} answers made worse, none of which took away a flag, a level or a duty without "
        "its substitute; {advice: one answer not known} answers not known, none of which took away what another answer "
        "would bring; {advice: pairs of answers} pairs of answers, none with a plan that contradicts itself",
        (SQLITE,),
    ),
]

Told = dict[tuple[str, str], tuple[int, str, str]]
"""(engine, figure) -> sum, command, day."""
Page = dict[tuple[str, str], str]
"""(title, engine) -> line."""


def read(path: Path) -> Told:
    """What the tests told, added up."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    last: dict[tuple[str, str], tuple[str, str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        figure = json.loads(line)
        key = (figure["engine"], figure["name"])
        sums[key] += figure["value"]
        last[key] = (figure["command"], figure["at"][:10])
    return {key: (value, *last[key]) for key, value in sums.items()}


def line(row: Row, engine: str, told: Told) -> str:
    """One line of the table. Raises SystemExit when a figure is missing."""
    names = re.findall(r"{(.*?)}", row.sentence)
    missing = [name for name in names if (engine, name) not in told]
    if missing:
        sys.exit(f"No test told these figures on {engine}: {', '.join(missing)}")
    sentence = re.sub(r"{(.*?)}", lambda name: f"{told[engine, name[1]][0]:,}", row.sentence)
    _value, command, day = told[engine, names[0]]
    return f"| {row.title} | {sentence} | {ENGINES[engine].split()[0]} | `{command}` | {day} |"


def lines(told: Told, before: Page | None) -> list[str]:
    """The lines of the table: all of them told now, or those that were and the others as they stood before."""
    found = []
    for row in ROWS:
        for engine in row.engines:
            is_told = any((engine, name) in told for name in re.findall(r"{(.*?)}", row.sentence))
            if before is None or is_told:
                found.append(line(row, engine, told))
            elif stood := before.get((row.title, ENGINES[engine].split()[0])):
                found.append(stood)
    return found


def standing(page: Path) -> Page:
    """The lines as an earlier run wrote them; none where there is no page."""
    texts = page.read_text(encoding="utf-8").splitlines() if page.exists() else []
    cells = {text: text.strip("| ").split(" | ") for text in texts if text.startswith("| ")}
    return {(parts[0], parts[2]): text for text, parts in cells.items() if len(parts) == 5}


def with_speed(page: str, section: str) -> str:
    """The page with this section "Speed" at its end, in place of the one that it had."""
    return f"{page.partition(SPEED)[0].rstrip()}\n\n{section}" if section else page


def speed_of(page: Path) -> str:
    """The section "Speed" as script/bench wrote it; empty where there is none."""
    _before, heading, rest = page.read_text(encoding="utf-8").partition(SPEED) if page.exists() else ("", "", "")
    return heading + rest


def write(told: Told, postgresql: str, before: Page | None = None) -> str:
    """The page up to the section "Speed"."""
    known = {name for row in ROWS for name in re.findall(r"{(.*?)}", row.sentence)}
    if nameless := sorted({name for _engine, name in told} - known):
        sys.exit(f"These figures have no line in script/write_figures.py: {', '.join(nameless)}")
    versions = f"Python {platform.python_version()}, Django {django.__version__}, {ENGINES[SQLITE]}, {postgresql}"
    return "\n".join(
        [
            "# Figures",
            "",
            "Written by `script/prove` from what the proofs counted, and only when every proof held. Nothing here is",
            "typed by hand; `script/prove NAME` renews the lines of one proof. What each assumes and does not show",
            "stands in its test, and for durability in [decision 030](decisions/030-durability.md).",
            "",
            f"{versions}.",
            "",
            "| Proof | What was tried, what came of it | Engine | Command | Date |",
            "|---|---|---|---|---|",
            *lines(told, before),
            "",
        ]
    )


if __name__ == "__main__":
    given = re.search(r"\d+(\.\d+)*", sys.argv[2])
    version = f"PostgreSQL {given[0] if given else sys.argv[2]}"
    before = standing(Path(sys.argv[4])) if sys.argv[3:4] == ["--renew"] else None
    page = Path(sys.argv[4]) if before is not None else PAGE
    sys.stdout.write(with_speed(write(read(Path(sys.argv[1])), version, before), speed_of(page)))
