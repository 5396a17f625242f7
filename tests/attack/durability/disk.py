"""A model of a disk that loses power: what may be left of a folder after a cut.

The model is harsher than most disks and promises nothing that a file system does not:

- What was written to a file (or cut off it) since its last fsync may each be there or not, in any combination and any
  order. A write may be torn: each sector of 512 bytes is new or old by itself. Where a later write is there and an
  earlier one is not, the gap between holds zeros or garbage.
- A file made or removed is so on the disk only after an fsync of the *folder*; until then each name is in any of the
  states it has had since. (Many file systems keep more than that. The data must not depend on it.)
- What an fsync has acknowledged is there. A sector is written whole or not at all.

So it does not show a disk that lies about fsync, rots, or damages sectors beside those it writes. It knows one folder
and the calls that SQLite makes on it; any other call on that folder is an error, never passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

SECTOR = 512


def dice(seed: int) -> Random:
    """Chance that comes out the same each time."""
    return Random(seed)  # noqa: S311 - nothing secret is drawn


@dataclass(frozen=True)
class Write:
    """Bytes at an offset."""

    offset: int
    data: bytes

    def on(self, content: bytearray, kept: Fate) -> None:
        """Put it there, or those sectors of it that the cut left."""
        place, end = self.offset, self.offset + len(self.data)
        while place < end:
            edge = min(end, (place // SECTOR + 1) * SECTOR)
            if kept.sector():
                if len(content) < place:
                    content += kept.filling(place - len(content))
                content[place:edge] = self.data[place - self.offset : edge - self.offset]
            place = edge


@dataclass(frozen=True)
class Cut:
    """The file made this long."""

    length: int

    def on(self, content: bytearray, kept: Fate) -> None:
        """Cut off, or fill with zeros."""
        del content[self.length :]
        content += bytes(self.length - len(content))


@dataclass
class File:
    """Content that is on the disk, and what was done since."""

    durable: bytes = b""
    pending: list[Write | Cut] = field(default_factory=list)

    def current(self) -> bytes:
        """What a reader sees while there is power."""
        return self.after(Fate(dice(0), keep=1))

    def after(self, fate: Fate) -> bytes:
        """What is left after a cut."""
        content = bytearray(self.durable)
        for change in self.pending:
            if fate.change():
                change.on(content, fate)
        return bytes(content)

    def sync(self) -> None:
        """All that was done is on the disk."""
        self.durable, self.pending = self.current(), []


@dataclass
class Fate:
    """What a cut does to each thing that no fsync has covered, drawn with the given odds.

    ``keep``: that a change is there at all. ``whole``: that it is there in one piece. ``names``: that a name made or
    removed is so. ``garbage``: that gaps hold garbage, not zeros.
    """

    rng: Random
    keep: float
    whole: float = 1
    names: float = 1
    garbage: bool = False
    _torn: bool = False

    def change(self) -> bool:
        """Whether the next change is there; if so, its sectors are drawn one by one when it is torn."""
        kept = self.rng.random() < self.keep
        self._torn = kept and self.rng.random() >= self.whole
        return kept

    def sector(self) -> bool:
        """Whether the next sector of the change is there."""
        return not self._torn or self.rng.random() < 0.5

    def filling(self, length: int) -> bytes:
        """What stands in a gap."""
        return self.rng.randbytes(length) if self.garbage else bytes(length)


def fates(rng: Random, count: int) -> list[Fate]:
    """So many fates: the four extremes first, then drawn ones."""
    extremes = [
        Fate(rng, keep=0, names=0),
        Fate(rng, keep=1, names=1),
        Fate(rng, keep=1, names=0),
        Fate(rng, keep=0, names=1),
    ]
    drawn = [
        Fate(rng, rng.random(), whole=rng.random(), names=rng.random(), garbage=rng.random() < 0.5)
        for _number in range(count - len(extremes))
    ]
    return (extremes + drawn)[:count]


class Disk:
    """The files of one folder, by name."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._names: dict[str, File | None] = {name: File(content) for name, content in files.items()}
        self._history: dict[str, list[File | None]] = {name: [file] for name, file in self._names.items()}

    def open(self, name: str, *, create: bool, cut: bool) -> None:
        """Open a file, which may make it or empty it."""
        if self._names.get(name) is None:
            if not create:
                raise FileNotFoundError(name)
            self._set(name, File())
        if cut:
            self.change(name, Cut(0))

    def change(self, name: str, change: Write | Cut) -> None:
        """Write to a file or cut it."""
        self._file(name).pending.append(change)

    def sync(self, name: str) -> None:
        """Bring a file's content to the disk."""
        self._file(name).sync()

    def sync_folder(self) -> None:
        """Bring names to the disk."""
        self._history = {name: [file] for name, file in self._names.items() if file is not None}
        self._names = {name: file for name, file in self._names.items() if file is not None}

    def remove(self, name: str) -> None:
        """Take a name out of the folder."""
        self._file(name)
        self._set(name, None)

    def after_a_cut(self, fate: Fate) -> dict[str, bytes]:
        """What is left, name by name."""
        left = {}
        for name in sorted(self._history):
            file = self._which(self._history[name], fate)
            if file is not None:
                left[name] = file.after(fate)
        return left

    def _which(self, states: list[File | None], fate: Fate) -> File | None:
        """The newest state of the name, or one that it had since the folder was last synced."""
        if fate.rng.random() < fate.names:
            return states[-1]
        return states[0] if fate.names == 0 else fate.rng.choice(states)

    def _file(self, name: str) -> File:
        file = self._names.get(name)
        if file is None:
            raise FileNotFoundError(name)
        return file

    def _set(self, name: str, file: File | None) -> None:
        self._history.setdefault(name, [None]).append(file)
        self._names[name] = file
