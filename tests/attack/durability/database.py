"""The database under a house: an SQLite file, or a PostgreSQL cluster of its own that can be stopped and crashed."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self
from urllib.parse import quote

from tests.attack.durability.house import ROOT, WEB_ROLE, House


class Database:
    """An SQLite file in the house's folder: it has no server that could go away."""

    url = ""

    def rest(self) -> None:
        """End its own processes until somebody copies it."""

    def copy(self) -> Self:
        """Another one, with the same rows. An SQLite file comes along with the folder of the house."""
        return type(self)()

    def crash(self) -> None:
        """End the database's own processes without warning, and start them again."""

    def go_away(self, house: House) -> None:
        """Let the database be out of reach: the disk that the folder lies on is gone."""
        house.folder.rename(house.folder.with_suffix(".away"))

    def come_back(self, house: House) -> None:
        """Let it be there again."""
        house.folder.with_suffix(".away").rename(house.folder)

    def remove(self) -> None:
        """Leave nothing behind."""


class Cluster(Database):
    """A PostgreSQL server of its own with its own defaults, fsync included, on a Unix socket."""

    def __init__(self, of: Path | None = None) -> None:
        """``of`` is the data of a cluster at rest, whose rows it begins with."""
        self._bin = _programs()
        # Not in pytest's folder, which belongs to root alone: PostgreSQL refuses to run as root.
        self._folder = Path(tempfile.mkdtemp(prefix="handlekort-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
        self.url = f"postgres://postgres@{quote(str(self._folder), safe='')}/postgres"
        self._runs = False
        if of:
            subprocess.run(["cp", "-a", str(of), str(self._folder / "data")], check=True)
            self._start()
        else:
            self._do("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
            self._start()
            self._as_server("createuser", WEB_ROLE)

    def _start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = f"-k {self._folder} -c listen_addresses='' -c shared_buffers=16MB"
        self._do("pg_ctl", "-w", "-s", "-t", "120", "-l", str(self._folder / "log"), "-o", options, "start")
        self._runs = True

    def _stop(self, how: str) -> None:
        if self._runs:
            self._do("pg_ctl", "-w", "-s", "-m", how, "stop")
            self._runs = False

    def rest(self) -> None:
        """Stop it, all written."""
        self._stop("fast")

    def copy(self) -> Self:
        """Another server, that begins with the rows of this one, which rests."""
        return type(self)(self._folder / "data")

    def go_away(self, house: House) -> None:
        """Stop it as an administrator does who waits for nobody."""
        self._stop("fast")

    def come_back(self, house: House) -> None:
        """Start it again."""
        self._start()

    def small(self, folder: Path) -> str:
        """Copy the database into one whose tables lie in that folder; returns its address."""
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        copy = "CREATE DATABASE small TEMPLATE postgres TABLESPACE small"
        for command in (f"CREATE TABLESPACE small LOCATION '{folder}'", copy):
            self._as_server("psql", "-q", "-d", "template1", "-c", command)
        return self.url.removesuffix("postgres") + "small"

    def another(self, name: str) -> str:
        """Make an empty database; returns its address."""
        self._as_server("createdb", name)
        return self.url.removesuffix("postgres") + name

    def crash(self) -> None:
        """End it without a checkpoint, so that it has to recover from its log."""
        self._stop("immediate")
        self._start()

    def remove(self) -> None:
        """Stop it and leave nothing behind."""
        try:
            self._stop("immediate")
        finally:
            shutil.rmtree(self._folder)

    def _as_server(self, program: str, *words: str) -> None:
        """Run a client program as the server's administrator."""
        whom = ["-h", str(self._folder), "-U", "postgres"]
        subprocess.run([str(self._bin / program), *whom, *words], check=True, cwd="/")

    def _do(self, program: str, *words: str) -> None:
        command = [str(self._bin / program), "-D", str(self._folder / "data"), *words]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)


def _programs() -> Path:
    """Where PostgreSQL's programs lie, the newest first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    program = found[-1] if found else Path(shutil.which("initdb") or ROOT / "initdb")
    return program.parent
