"""A disk that forgets: what a power cut may leave of the calls that were made since the last sync.

Strict where file systems differ:

- The bytes and the length of a file are certain up to its last fsync or fdatasync that returned. Every later write or
  change of length may be there or not, whole or in part, the later without the earlier (disks and their caches order
  nothing), and the length may have come without the bytes, which then are zeros (delayed allocation, FAT).
- A name is certain up to the last fsync or fdatasync of its directory. Syncing a file keeps its bytes, not its name:
  ext4 would keep both. Every later link, rename and unlink may be there or not, in any order but for those of the same
  name; ext4 would keep the order of all. A rename is there as a whole or not at all, as on every journaling file
  system, and it may be there without the file's bytes.
- What is certain stays: a sector that was synced is never lost to a write beside it, and no bit flips by itself. A
  synced sector under an unsynced overwrite is the old one, the new one, or torn at any byte.

Memory that programs share through a file (`-shm`) is gone with the power.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512  # bytes: what a disk writes at once
SHARED_MEMORY = "-shm"

Files = dict[str, bytes | None]
"""What lies under the root, by its path there: the bytes of a file, None for a directory."""


@dataclass(frozen=True)
class Written:
    """Bytes that were written at an offset, by the call of this number."""

    offset: int
    data: bytes
    number: int = 0

    def on(self, text: bytearray) -> None:
        """Write them; what lies between the end and the offset is zeros."""
        if self.offset > len(text):
            text.extend(bytes(self.offset - len(text)))
        text[self.offset : self.offset + len(self.data)] = self.data

    def part(self, start: int, stop: int) -> Written:
        """Some of it."""
        return Written(self.offset + start, self.data[start:stop], self.number)

    def sectors(self) -> list[Written]:
        """Its pieces, one a sector of the disk."""
        edges = range((self.offset // SECTOR + 1) * SECTOR, self.offset + len(self.data), SECTOR)
        cuts = [0, *(edge - self.offset for edge in edges), len(self.data)]
        return [self.part(start, stop) for start, stop in itertools.pairwise(cuts)]


@dataclass(frozen=True)
class Resized:
    """Another length: cut off, or filled up with zeros."""

    size: int
    number: int = 0
    only_longer: bool = False

    def on(self, text: bytearray) -> None:
        """Have it."""
        if len(text) < self.size:
            text.extend(bytes(self.size - len(text)))
        elif not self.only_longer:
            del text[self.size :]


Change = Written | Resized


@dataclass(frozen=True)
class Renamed:
    """What a call did to the names in a directory: a link, an unlink, or both names of a rename."""

    names: dict[str, Node | None]
    number: int


@dataclass
class File:
    """The bytes that are certain, and what may be there besides."""

    durable: bytes = b""
    pending: list[Change] = field(default_factory=list)
    size: int = 0

    def change(self, change: Change) -> None:
        """A call that returned."""
        self.pending.append(change)
        self.size = change.size if isinstance(change, Resized) else max(self.size, change.offset + len(change.data))

    def with_changes(self, changes: Iterable[Change]) -> bytes:
        """The bytes if these changes are there."""
        chosen = list(changes)
        if not chosen:
            return self.durable
        text = bytearray(self.durable)
        for change in chosen:
            change.on(text)
        return bytes(text)

    def sync(self) -> None:
        """All of it is certain now."""
        self.durable, self.pending = self.with_changes(self.pending), []


@dataclass
class Folder:
    """The names that are certain, and what may be there besides."""

    durable: dict[str, Node] = field(default_factory=dict)
    pending: list[Renamed] = field(default_factory=list)

    def with_names(self, renamings: Iterable[Renamed]) -> dict[str, Node]:
        """The names if these calls are there."""
        names: dict[str, Node | None] = dict(self.durable)
        for renamed in renamings:
            names.update(renamed.names)
        return {name: node for name, node in names.items() if node is not None}

    def names(self) -> dict[str, Node]:
        """What a program sees while the power is there."""
        return self.with_names(self.pending)

    def sync(self) -> None:
        """All of it is certain now."""
        self.durable, self.pending = self.names(), []


Node = File | Folder


class Disk:
    """A tree of files, and the number of the call that changed it last."""

    def __init__(self, root: Path) -> None:
        """What lies there now is certain."""
        self.root, self.number = Folder(), 0
        for path in sorted(root.rglob("*")):
            if not path.name.endswith(SHARED_MEMORY):
                text = None if path.is_dir() else path.read_bytes()
                node = Folder() if text is None else File(text, size=len(text))
                self.folder(str(path.relative_to(root))).durable[path.name] = node

    def folder(self, path: str) -> Folder:
        """The directory that this path is in."""
        folder: Node = self.root
        for name in Path(path).parts[:-1]:
            assert isinstance(folder, Folder)
            folder = folder.names()[name]
        assert isinstance(folder, Folder)
        return folder

    def find(self, path: str) -> Node | None:
        """What has this name now; the root has none."""
        return self.folder(path).names().get(Path(path).name) if path else self.root

    def link(self, path: str, node: Node | None) -> None:
        """From now on `path` names this, or nothing."""
        self._rename(self.folder(path), {Path(path).name: node})

    def rename(self, old: str, new: str) -> None:
        """In one directory."""
        folder = self.folder(old)
        assert folder is self.folder(new), "renaming into another directory is not modelled"
        self._rename(folder, {Path(old).name: None, Path(new).name: self.find(old)})

    def write(self, file: File, offset: int, data: bytes) -> None:
        """Bytes at a place."""
        self.number += 1
        file.change(Written(offset, data, self.number))

    def resize(self, file: File, size: int) -> None:
        """Another length."""
        self.number += 1
        file.change(Resized(size, self.number))

    def _rename(self, folder: Folder, names: dict[str, Node | None]) -> None:
        self.number += 1
        folder.pending.append(Renamed(names, self.number))

    def after(self, fate: Fate) -> Files:
        """What is there when the power comes back."""
        return dict(self._under("", self.root, fate))

    def _under(self, path: str, folder: Folder, fate: Fate) -> Iterator[tuple[str, bytes | None]]:
        for name, node in sorted(folder.with_names(fate.names(folder.pending)).items()):
            if isinstance(node, File):
                yield path + name, node.with_changes(fate.changes(node)) if node.pending else node.durable
            else:
                yield path + name, None
                yield from self._under(f"{path}{name}/", node, fate)

    def unsynced(self) -> list[Node]:
        """Where a power cut could take something away."""
        return list(self._unsynced(self.root))

    def _unsynced(self, node: Node) -> Iterator[Node]:
        if node.pending:
            yield node
        if isinstance(node, Folder):
            for inside in node.names().values():
                yield from self._unsynced(inside)


class Fate:
    """What becomes of that which was not synced: here, all of it is there."""

    model = "kept"

    def names(self, pending: Sequence[Renamed]) -> Iterable[Renamed]:
        """Those of a directory's calls that are there."""
        return pending

    def changes(self, file: File) -> Iterable[Change]:
        """Those of a file's changes that are there, or parts of them."""
        return file.pending


@dataclass(frozen=True)
class Dropped(Fate):
    """Nothing is there; or the names alone, or the names and lengths alone, or the bytes alone."""

    with_names: bool = False
    with_sizes: bool = False
    with_bytes: bool = False
    model = "dropped"

    def names(self, pending: Sequence[Renamed]) -> Iterable[Renamed]:
        return pending if self.with_names else ()

    def changes(self, file: File) -> Iterable[Change]:
        if self.with_bytes:
            return file.pending
        return [Resized(file.size, only_longer=True)] if self.with_sizes else ()


@dataclass(frozen=True)
class Late(Fate):
    """All calls up to the one of this number are there, and of the later ones only what was synced."""

    number: int
    model = "late"

    def names(self, pending: Sequence[Renamed]) -> Iterable[Renamed]:
        return [renamed for renamed in pending if renamed.number <= self.number]

    def changes(self, file: File) -> Iterable[Change]:
        return [change for change in file.pending if change.number <= self.number]


@dataclass(frozen=True)
class OneFile(Fate):
    """All the names are there, and the bytes of this file, but of no other."""

    file: File
    model = "late"

    def changes(self, file: File) -> Iterable[Change]:
        return file.pending if file is self.file else ()


@dataclass(frozen=True)
class Torn(Fate):
    """Of the last change only these pieces are there, and of the earlier ones all, or where it is `alone` none. Of a
    write that lengthened the file, the length may be there with zeros.
    """

    file: File
    pieces: tuple[Written, ...]
    alone: bool
    lengthened: bool
    model = "torn"

    def names(self, pending: Sequence[Renamed]) -> Iterable[Renamed]:
        return () if self.alone else pending

    def changes(self, file: File) -> Iterable[Change]:
        before = () if self.alone else file.pending
        if file is not self.file:
            return before
        size = [Resized(file.size, only_longer=True)] if self.lengthened else []
        return [*before[:-1], *size, *self.pieces]


@dataclass
class Reordered(Fate):
    """By chance each change is there or not, or some sectors of it; each name too, or those up to some call."""

    chance: random.Random
    model = "reordered"

    def names(self, pending: Sequence[Renamed]) -> Iterable[Renamed]:
        if self.chance.random() < 0.5:
            return pending[: self.chance.randint(0, len(pending))]
        there, undone = [], set[str]()
        for renamed in pending:
            if self.chance.random() < 0.5 and undone.isdisjoint(renamed.names):
                there.append(renamed)
            else:
                undone |= set(renamed.names)
        return there

    def changes(self, file: File) -> Iterable[Change]:
        there: list[Change] = []
        share = self.chance.choice((0.2, 0.5, 0.8, 0.95))
        for change in file.pending:
            if isinstance(change, Written) and self.chance.random() < 0.25:
                there += [piece for piece in change.sectors() if self.chance.random() < share]
            elif self.chance.random() < share:
                there.append(change)
        if self.chance.random() < 0.3:
            there.append(Resized(file.size, only_longer=True))
        return there


def fates(disk: Disk, chance: random.Random, *, late: int, torn: int, reordered: int) -> Iterator[Fate]:
    """What may become of the disk if the power goes now. Everything may be kept; where something is not synced, all of
    that may be dropped, or the newest calls (as many as `late`) one by one, or all but one file; the last write may be
    torn in `torn` ways, and by chance `reordered` times each call may be there or not.
    """
    yield Fate()
    unsynced = disk.unsynced()
    if not unsynced:
        return
    yield Dropped()
    yield Dropped(with_names=True)
    yield Dropped(with_names=True, with_sizes=True)
    yield Dropped(with_bytes=True)
    numbers = sorted(change.number for node in unsynced for change in node.pending)
    yield from map(Late, numbers[-1 - late : -1])
    files = [node for node in unsynced if isinstance(node, File)]
    yield from map(OneFile, files if len(files) > 1 else ())
    for file in files:
        last = file.pending[-1]
        if isinstance(last, Written) and last.number == disk.number:
            yield from _tears(file, last, chance, torn)
    for _ in range(reordered):
        yield Reordered(random.Random(chance.random()))


def _tears(file: File, last: Written, chance: random.Random, number: int) -> Iterator[Fate]:
    sectors, length = last.sectors(), len(last.data)
    cuts = range(1, len(sectors))
    at_sectors = [tuple(sectors[:cut]) for cut in cuts] + [tuple(sectors[cut:]) for cut in cuts]
    for _ in range(number):
        if at_sectors and chance.random() < 0.5:
            pieces = chance.choice(at_sectors)
        elif length > 1:
            cut = chance.randrange(1, length)
            pieces = (last.part(0, cut) if chance.random() < 0.7 else last.part(cut, length),)
        else:
            return
        yield Torn(file, pieces, alone=chance.random() < 0.3, lengthened=chance.random() < 0.5)
