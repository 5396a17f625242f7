"""A disk that fills up: what was answered as saved is kept, the rest is refused with its text, and life goes on."""

import resource
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import figures
from tests.attack.durability.actions import Action, actions
from tests.attack.durability.database import Cluster, Database
from tests.attack.durability.house import House, Server, copied, judge
from tests.engines import IS_POSTGRESQL

MEGABYTE = 1024 * 1024
ROOM = 256 * 1024
DISK_ROOM = 2 * MEGABYTE
"""PostgreSQL's own files take up to half of this before the first text is stored: catalogues, maps of free space."""
MOST = 400
"""So many saves fill any of the disks below."""

pytestmark = pytest.mark.slow


def save_until_refused(server: Server) -> tuple[dict[str, str], Action]:
    """What was answered as saved, and the action that was refused, with its text, by the page that says so."""
    owner = server.house.owners[0]
    saved: dict[str, str] = {}
    for number, action in enumerate(actions(owner.case, "Fuld disk")):
        assert number < MOST, "the disk never was full"
        status, page = server.send(owner, action)
        if status != 302:
            break
        saved[action.submission] = action.text
    assert status == 503, page[:2000]
    assert "Intet er gemt" in page
    assert page.count(action.text) == 2, "in the form and for the eye"
    return saved, action


def assert_kept(house: House, saved: dict[str, str], refused: Action | None = None) -> None:
    faults, texts = judge(house)
    assert faults == []
    assert saved.items() <= texts.items()
    assert refused is None or refused.submission not in texts


def assert_life_goes_on(server: Server, saved: dict[str, str], refused: Action) -> None:
    """The form that was handed back is sent again, as its button does."""
    assert server.send(server.house.owners[0], refused)[0] == 302
    assert_kept(server.house, saved | {refused.submission: refused.text})
    figures.record("full disks", 1)


@pytest.mark.skipif(IS_POSTGRESQL, reason="the web server's processes write no database files there")
@pytest.mark.parametrize("room", ["no byte", "some pages"])
def test_a_file_that_may_not_grow(house: House, room: str) -> None:
    """The kernel refuses to write beyond a length: at once even the journal, or the database file when it has grown."""
    with Server(house) as server:
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        limit = 0 if room == "no byte" else house.database.stat().st_size + ROOM
        for process in server.processes():
            resource.prlimit(process, resource.RLIMIT_FSIZE, (limit, limits[1]))
        saved, refused = save_until_refused(server)
        assert bool(saved) == (room != "no byte")
        assert_kept(house, saved, refused)
        for process in server.processes():
            resource.prlimit(process, resource.RLIMIT_FSIZE, limits)
        assert_life_goes_on(server, saved, refused)


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 24 MB of its own, not in pytest's folder: the user postgres must get there."""
    folder = Path(tempfile.mkdtemp(prefix="handlekort-disk-"))
    command = ["mount", "-t", "tmpfs", "-o", f"size={24 * MEGABYTE}", "handlekort", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        folder.rmdir()
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
    folder.rmdir()


def test_a_disk_without_room(small_disk: Path, tmp_path: Path, database: Database, built_house: House) -> None:
    """A real file system, and a real "No space left on device"."""
    if isinstance(database, Cluster):
        home = copied(built_house, tmp_path / "house", database.small(small_disk))
    else:
        home = copied(built_house, small_disk)
    with Server(home) as server:
        filler = small_disk / "filler"
        with filler.open("wb", buffering=0) as other:
            room = _room(small_disk) - DISK_ROOM
            other.write(bytes(room))
        saved, refused = save_until_refused(server)
        assert saved, "there was room for some"
        filler.unlink()
        assert_kept(home, saved, refused)
        assert_life_goes_on(server, saved, refused)


def _room(folder: Path) -> int:
    told = subprocess.run(["df", "--output=avail", "-B1", str(folder)], capture_output=True, text=True, check=True)
    return int(told.stdout.split()[1])
