"""What a process really did to the files of a folder, as `strace` saw it, and in which order it acknowledged what."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.attack.durability.disk import Cut, Disk, Write

# Every call by which a file or a name can change. What of these the model does not know stops the proof.
_CALLS = (
    *("open", "openat", "openat2", "creat", "close", "mmap", "fsync", "fdatasync", "sync", "syncfs", "sync_file_range"),
    *("write", "writev", "pwrite64", "pwritev", "pwritev2", "ftruncate", "truncate", "fallocate"),
    *("copy_file_range", "sendfile", "splice", "unlink", "unlinkat", "rename", "renameat", "renameat2"),
    *("link", "linkat", "symlink", "symlinkat", "mkdir", "mkdirat", "rmdir"),
)
_LINE = re.compile(r"(?:\d+ +)?(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+|\?)")
_HEX = re.compile(r"\\x([0-9a-f]{2})")
_HANDLE = re.compile(r"\d+<([^>]*)>")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


class Unknown(Exception):
    """The process did something to the folder that the model does not know."""


@dataclass(frozen=True)
class Step:
    """One call: what it does to the disk, or the number of bytes of receipts that stand acknowledged after it."""

    name: str
    act: Callable[[Disk], None] | None
    receipts: int = 0


def command(trace: Path) -> tuple[str, ...]:
    """What to put before a command so that its calls are written down in a file."""
    calls = ",".join(f"?{call}" for call in _CALLS)
    return ("strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", "16777216", "-o", str(trace), "-e", f"trace={calls}")


def steps(trace: Path, folder: Path, receipts: Path) -> Iterator[Step]:
    """The calls on the folder and the receipts, in order. Raises Unknown for a call that the model does not know."""
    given = 0
    with trace.open(encoding="ascii") as lines:
        for line in lines:
            named = _plain(line)
            if str(receipts).encode() in named and " write(" in line:
                given += int(_LINE.match(line)[3])  # type: ignore[index] - strace writes no other line with "write("
                yield Step("receipt", None, given)
            elif str(folder).encode() in named and (step := _step(line, folder)):
                yield step


def _step(line: str, folder: Path) -> Step | None:
    found = _LINE.match(line)
    if found is None:
        raise Unknown(line[:300])
    call, words, result = found[1], found[2], int(found[3], 0)
    if result < 0 or call == "close":
        return None
    if act := _act(call, words, result, folder):
        return Step(call, act)
    return None


def _act(call: str, words: str, result: int, folder: Path) -> Callable[[Disk], None] | None:
    path = _path(call, words)
    inside = path.parent == folder
    name = path.name
    if not inside and path != folder:
        return None
    match call:
        case "open" | "openat" if not inside:
            return None
        case "open" | "openat":
            create, cut = "O_CREAT" in words, "O_TRUNC" in words
            return lambda disk: disk.open(name, create=create, cut=cut)
        case "pwrite64":
            write = Write(int(words.rpartition(", ")[2]), _string(words))
            if len(write.data) != result:
                raise Unknown(f"half a write to {name}")
            return lambda disk: disk.change(name, write)
        case "ftruncate":
            length = int(words.rpartition(", ")[2])
            return lambda disk: disk.change(name, Cut(length))
        case "fsync" | "fdatasync":
            return (lambda disk: disk.sync(name)) if inside else Disk.sync_folder
        case "unlink" | "unlinkat":
            return lambda disk: disk.remove(name)
        case "mmap" if "MAP_SHARED" not in words or "PROT_WRITE" not in words or name.endswith("-shm"):
            # The shared memory of WAL: SQLite makes it anew after a cut, whatever it holds.
            return None
    raise Unknown(f"{call} on {path}")


def _path(call: str, words: str) -> Path:
    """The file that the call is about: its handle, or for calls by name the name."""
    by_name = call in {"open", "openat", "unlink", "unlinkat"}
    found = (_STRING if by_name else _HANDLE).search(words)
    if found is None:
        raise Unknown(f"{call}({words[:200]}")
    return Path(_plain(found[1]).decode())


def _string(words: str) -> bytes:
    found = _STRING.search(words)
    if found is None or "..." in words[found.end() : found.end() + 3]:
        raise Unknown(words[:200])
    return _plain(found[1])


def _plain(text: str) -> bytes:
    """The text with its hexadecimal characters read."""
    return _HEX.sub(lambda found: chr(int(found[1], 16)), text).encode("latin-1")
