"""A house of its own for each test: a database, secrets and users apart from the suite's, under production settings."""

import base64
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast

from tests.attack.durability.actions import HOST, TOKEN, Action

ROOT = Path(__file__).resolve().parents[3]
FILE = "handlekort.sqlite3"
WEB_ROLE = "handlekort_web"
"""Whom the web server is on PostgreSQL."""
_PATIENCE = 120.0
"""Seconds that a slow machine may take for a start or an answer."""


@dataclass(frozen=True)
class Owner:
    """A logged-in user and the case that is theirs."""

    session: str
    case: str


@dataclass(frozen=True)
class House:
    """A folder, an environment for processes, and the users in the database."""

    folder: Path
    environment: Mapping[str, str]
    owners: tuple[Owner, ...] = ()

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / FILE

    def run(self, *words: str, before: tuple[str, ...] = (), **options: Any) -> subprocess.Popen[str]:
        """Start the inside of this house: `build`, `save` or `judge`."""
        command = [*before, sys.executable, "-m", "tests.attack.durability.inside", *words]
        return subprocess.Popen(command, cwd=ROOT, env=dict(self.environment), text=True, **options)

    def save(self, owner: Owner, name: str, count: int, receipts: Path, **options: Any) -> subprocess.Popen[str]:
        """Start a process that saves so many times."""
        return self.run("save", owner.session, owner.case, name, str(count), str(receipts), **options)


def environment(folder: Path, database_url: str = "") -> dict[str, str]:
    """An environment as production has it, and nothing of the suite's; on PostgreSQL that of the tables' owner."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return kept | {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "HANDLEKORT_KEYS": f"test:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "ALLOWED_HOSTS": HOST,
        "TRUSTED_PROXIES": "1",
        "HANDLEKORT_DATA": str(folder),
        "HANDLEKORT_STATIC": str(folder / "static"),
        "DATABASE_URL": database_url,
        "HANDLEKORT_WEB_ROLE": WEB_ROLE,
        "DJANGO_SETTINGS_MODULE": "guide.settings",
        "PYTHONUNBUFFERED": "1",
    }


def build(folder: Path, owners: int, database_url: str = "") -> House:
    """Make a house with so many owners."""
    folder.mkdir(parents=True, exist_ok=True)
    empty = House(folder, environment(folder, database_url))
    told, _nothing = empty.run("build", str(owners), stdout=subprocess.PIPE).communicate(timeout=_PATIENCE)
    return House(folder, _of_web(empty.environment, database_url), tuple(Owner(**row) for row in json.loads(told)))


def copied(house: House, folder: Path, database_url: str = "") -> House:
    """The house as it stands, in another folder; on PostgreSQL with that database, which is a copy of the house's."""
    shutil.copytree(house.folder, folder, dirs_exist_ok=True)
    own = {**house.environment, "HANDLEKORT_DATA": str(folder), "HANDLEKORT_STATIC": str(folder / "static")}
    return House(folder, _of_web(own, database_url), house.owners)


def _of_web(environment: Mapping[str, str], database_url: str) -> dict[str, str]:
    return {**environment, "DATABASE_URL": database_url.replace("postgres@", f"{WEB_ROLE}@")}


def receipts_in(path: Path) -> dict[str, str]:
    """Text by submission, of all that was acknowledged in this file."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {row["submission"]: row["text"] for row in map(json.loads, lines)}


class Judge:
    """A process that says what a database holds and whether it is whole."""

    def __init__(self, house: House) -> None:
        self._process = house.run("judge", stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.communicate()

    def judge(self, path: Path | str = "") -> tuple[list[str], dict[str, str]]:
        """Faults, and text by submission; of the house's own database when no file is named."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(str(path)) + "\n")
        self._process.stdin.flush()
        said = json.loads(self._process.stdout.readline())
        return cast("list[str]", said["faults"]), cast("dict[str, str]", said["texts"])


def judge(house: House) -> tuple[list[str], dict[str, str]]:
    """One verdict on the house's own database."""
    with Judge(house) as one:
        return one.judge()


class Server:
    """The web server as README starts it: two processes of sixteen threads, on a port of this machine."""

    def __init__(self, house: House, workers: int = 2) -> None:
        self.house = house
        self.workers = workers
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it and wait until it answers."""
        words = ["--workers", str(self.workers), "--threads", "16", "--bind", f"127.0.0.1:{self.port}"]
        with (self.house.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "guide.wsgi", "--preload", "--no-control-socket", *words],
                cwd=ROOT,
                env=dict(self.house.environment),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + _PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError((self.house.folder / "server.log").read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def kill(self) -> None:
        """End all its processes as `kill -9` does: none of them gets to do anything more."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def processes(self) -> list[int]:
        """The ids of the master and its workers."""
        assert self._process
        master = self._process.pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        return [master, *map(int, children)]

    def errors(self) -> list[str]:
        """What the server wrote about faults, newest last; the product's log holds no content."""
        lines = (self.house.folder / "server.log").read_text(errors="replace").splitlines()
        return [line for line in lines if " ERROR " in line][-5:]

    def send(self, owner: Owner, action: Action) -> tuple[int, str]:
        """Post the action as the owner's browser does. Raises OSError or HTTPException when no whole answer comes."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        try:
            line.request("POST", action.path, action.body, _headers(owner))
            answer = line.getresponse()
            return answer.status, answer.read().decode()
        finally:
            line.close()

    def _answers(self) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        try:
            line.request("GET", "/sager/", headers={"Host": HOST, "X-Forwarded-Proto": "https"})
            return line.getresponse().status == 302
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()


def _headers(owner: Owner) -> dict[str, str]:
    return {
        "Host": HOST,
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "192.0.2.1",
        "Referer": f"https://{HOST}/",
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"__Host-session={owner.session}; __Host-csrf={TOKEN}",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return cast(int, probe.getsockname()[1])
