"""The disk of the power cuts: what it may leave, and what it may not."""

import random
from pathlib import Path

import pytest

from tests.powercuts.disk import SECTOR, Disk, Dropped, Fate, File, Files, Late, Torn, Written, fates


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    """With one file, `old`, that is certain."""
    (tmp_path / "old").write_bytes(b"old")
    return Disk(tmp_path)


def file_of(disk: Disk, name: str) -> File:
    node = disk.find(name)
    assert isinstance(node, File)
    return node


def left(disk: Disk, seeds: int = 200) -> list[Files]:
    """What may be left, by many chances."""
    return [
        disk.after(fate)
        for seed in range(seeds)
        for fate in fates(disk, random.Random(seed), late=9, torn=4, reordered=4)
    ]


def test_what_is_synced_is_there_whatever_becomes_of_the_rest(disk: Disk) -> None:
    file = file_of(disk, "old")
    disk.write(file, 3, b" and new")
    file.sync()
    disk.write(file, 11, b", lost")
    found = {files["old"] for files in left(disk)}
    assert all(text and text.startswith(b"old and new") for text in found)
    assert {b"old and new", b"old and new, lost", b"old and new\0\0\0\0\0\0"} <= found


def test_a_later_write_may_be_there_without_the_one_before(disk: Disk) -> None:
    file = file_of(disk, "old")
    disk.write(file, 0, b"O")
    disk.write(file, 2, b"D")
    assert {files["old"] for files in left(disk)} == {b"old", b"Old", b"olD", b"OlD"}


def test_a_write_is_torn_at_sectors_and_at_bytes(disk: Disk) -> None:
    file = file_of(disk, "old")
    disk.write(file, 0, bytes(range(1, 251)) * 8)
    lengths = {len((files["old"] or b"").rstrip(b"\0")) for files in left(disk)}
    assert {SECTOR, 2 * SECTOR, 3 * SECTOR, 2000} <= lengths
    assert any(length % SECTOR for length in lengths - {3, 2000})


def test_sectors_are_those_of_the_disk_and_not_of_the_write() -> None:
    pieces = Written(500, bytes(600)).sectors()
    assert [(piece.offset, len(piece.data)) for piece in pieces] == [(500, 12), (512, 512), (1024, 76)]


def test_a_new_name_is_certain_only_once_its_directory_is_synced(disk: Disk) -> None:
    new = File()
    disk.link("new", new)
    disk.write(new, 0, b"text")
    new.sync()
    assert "new" not in disk.after(Dropped())
    assert disk.after(Dropped(with_names=True))["new"] == b"text"
    disk.root.sync()
    assert disk.after(Dropped())["new"] == b"text"


def test_an_unlinked_file_may_come_back_and_a_renamed_one_has_one_name(disk: Disk) -> None:
    disk.rename("old", "newer")
    assert {tuple(files) for files in left(disk)} == {("old",), ("newer",)}
    disk.root.sync()
    disk.link("newer", None)
    assert {tuple(files) for files in left(disk)} == {("newer",), ()}


def test_a_rename_may_be_there_without_the_bytes(disk: Disk) -> None:
    new = File()
    disk.link("new", new)
    disk.write(new, 0, b"text")
    disk.rename("new", "old")
    assert disk.after(Dropped(with_names=True)) == {"old": b""}
    assert disk.after(Dropped(with_names=True, with_sizes=True)) == {"old": bytes(4)}


def test_a_late_disk_has_the_calls_up_to_one_and_none_after(disk: Disk) -> None:
    file = file_of(disk, "old")
    for number in range(3):
        disk.write(file, number, b"-")
    assert [disk.after(Late(number))["old"] for number in range(4)] == [b"old", b"-ld", b"--d", b"---"]


def test_a_torn_write_alone_has_nothing_that_was_not_synced_before_it(disk: Disk) -> None:
    file = file_of(disk, "old")
    disk.write(file, 3, b"one")
    disk.write(file, 6, b"two")
    last = file.pending[-1]
    assert isinstance(last, Written)
    torn = Torn(file, (last.part(1, 3),), alone=True, lengthened=False)
    assert disk.after(torn) == {"old": b"old\0\0\0\0wo"}
    assert disk.after(Fate()) == {"old": b"oldonetwo"}


def test_where_all_is_synced_there_is_one_fate_alone(disk: Disk) -> None:
    assert len(list(fates(disk, random.Random(1), late=9, torn=9, reordered=9))) == 1
