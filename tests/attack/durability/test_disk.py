"""The model of the disk forgets what no fsync has covered, and nothing else."""

from collections.abc import Callable

import pytest

from tests.attack.durability.disk import SECTOR, Cut, Disk, Fate, Write, dice, fates

OLD, NEW = b"o" * SECTOR * 3, b"n" * SECTOR * 3


def lose_all() -> Fate:
    return Fate(dice(1), keep=0, names=0)


def keep_all() -> Fate:
    return Fate(dice(1), keep=1, names=1)


def written(disk: Disk) -> None:
    disk.change("a", Write(0, NEW))


def written_and_synced(disk: Disk) -> None:
    written(disk)
    disk.sync("a")


def cut(disk: Disk) -> None:
    disk.change("a", Cut(0))


def made(disk: Disk) -> None:
    disk.open("b", create=True, cut=False)
    disk.change("b", Write(0, NEW))
    disk.sync("b")


def made_and_folder_synced(disk: Disk) -> None:
    made(disk)
    disk.sync_folder()


def removed(disk: Disk) -> None:
    disk.remove("a")


def removed_and_folder_synced(disk: Disk) -> None:
    removed(disk)
    disk.sync_folder()


@pytest.mark.parametrize(
    ("action", "at_worst", "at_best"),
    [
        (written, {"a": OLD}, {"a": NEW}),
        (written_and_synced, {"a": NEW}, {"a": NEW}),
        (cut, {"a": OLD}, {"a": b""}),
        (made, {"a": OLD}, {"a": OLD, "b": NEW}),
        (made_and_folder_synced, {"a": OLD, "b": NEW}, {"a": OLD, "b": NEW}),
        (removed, {"a": OLD}, {}),
        (removed_and_folder_synced, {}, {}),
    ],
)
def test_a_cut_leaves(action: Callable[[Disk], None], at_worst: dict[str, bytes], at_best: dict[str, bytes]) -> None:
    disk = Disk({"a": OLD})
    action(disk)
    assert disk.after_a_cut(lose_all()) == at_worst
    assert disk.after_a_cut(keep_all()) == at_best


def test_a_write_is_torn_between_sectors_only() -> None:
    disk = Disk({"a": OLD})
    written(disk)
    seen = {disk.after_a_cut(Fate(dice(seed), keep=1, whole=0))["a"] for seed in range(200)}
    sectors = [{left[at : at + SECTOR] for left in seen} for at in range(0, len(OLD), SECTOR)]
    assert sectors == [{b"o" * SECTOR, b"n" * SECTOR}] * 3
    assert len(seen) == 8


def test_of_two_writes_the_later_may_stand_alone() -> None:
    disk = Disk({"a": b""})
    disk.change("a", Write(0, b"1" * SECTOR))
    disk.change("a", Write(SECTOR, b"2" * SECTOR))
    seen = {disk.after_a_cut(Fate(dice(seed), keep=0.5))["a"] for seed in range(100)}
    assert bytes(SECTOR) + b"2" * SECTOR in seen
    assert len(seen) == 4


def test_a_name_made_again_is_another_file() -> None:
    disk = Disk({"a": OLD})
    disk.remove("a")
    disk.open("a", create=True, cut=False)
    disk.change("a", Write(0, NEW))
    disk.sync("a")
    assert disk.after_a_cut(lose_all()) == {"a": OLD}
    assert disk.after_a_cut(keep_all()) == {"a": NEW}


def test_extremes_come_first_and_the_rest_is_drawn_anew_from_the_seed() -> None:
    first, again = fates(dice(5), 9), fates(dice(5), 9)
    assert [(fate.keep, fate.names) for fate in first[:4]] == [(0, 0), (1, 1), (1, 0), (0, 1)]
    assert [(fate.keep, fate.whole) for fate in first] == [(fate.keep, fate.whole) for fate in again]
