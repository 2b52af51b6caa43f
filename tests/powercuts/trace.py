"""Records the system calls of a process that change what lies in a folder, by strace, and does them again on a `Disk`.

What the process writes into the file `told` are its remarks: they stand between the calls where they were made.
"""

import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.powercuts.disk import SHARED_MEMORY, Disk, File, Folder, Node

CHANGING = (
    "open openat openat2 creat close write pwrite64 writev pwritev pwritev2 lseek fsync fdatasync sync_file_range"
    " ftruncate truncate fallocate rename renameat renameat2 unlink unlinkat rmdir mkdir mkdirat link linkat symlink"
    " symlinkat copy_file_range sendfile dup dup2 dup3"
)
STRACE = ("strace", "-f", "--seccomp-bpf", "-qq", "-y", "-xx", "-s", "9999999", "-e", "signal=none")

_WHOLE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+)(.*)", re.DOTALL)
_UNFINISHED = re.compile(r"(\d+) +(\w+\(.*) <unfinished \.\.\.>")
_RESUMED = re.compile(r"(\d+) +<\.\.\. \w+ resumed>(.*)")


@dataclass(frozen=True)
class Call:
    """A call that returned `result`; its arguments as strace writes them."""

    name: str
    arguments: tuple[str, ...]
    result: int


Event = Call | str
"""A call on the folder, or a remark."""


def record(command: Iterable[str | Path], trace: Path, root: Path, told: Path, *options: str) -> list[Event]:
    """Run the command to its end. What it did in `root`, in the order in which the calls returned."""
    told.touch()
    subprocess.run(
        [*STRACE, "-e", "trace=" + ",".join(CHANGING.split()), *options, "-o", trace, *command],
        check=True,
        timeout=300,
    )
    with trace.open() as lines:
        return list(_events(lines, root, told))


def _events(lines: Iterable[str], root: Path, told: Path) -> Iterator[Event]:
    ours, remarks = _escaped(root), _escaped(told)
    for line in _finished(lines):
        whole = _WHOLE.fullmatch(line)
        if whole is None or int(whole[4]) < 0:
            continue
        call = Call(whole[2], tuple(whole[3].split(", ")), int(whole[4]))
        where = call.arguments[:1] if "write" in call.name else call.arguments  # what is written may name the folder
        if call.name == "write" and remarks in where[0]:
            yield from text_of(call.arguments[1]).decode().splitlines()
        elif any(ours in argument for argument in where):
            yield call


def _finished(lines: Iterable[str]) -> Iterator[str]:
    """Each call as one line, where it returned."""
    begun: dict[str, str] = {}
    for line in map(str.rstrip, lines):
        if unfinished := _UNFINISHED.fullmatch(line):
            begun[unfinished[1]] = unfinished[2]
        elif resumed := _RESUMED.fullmatch(line):
            yield f"{resumed[1]} {begun.pop(resumed[1])}{resumed[2]}"
        else:
            yield line


def _escaped(path: Path) -> str:
    return "".join(f"\\x{byte:02x}" for byte in str(path).encode())


def text_of(argument: str) -> bytes:
    """The bytes of a string as strace writes it: all in hexadecimal."""
    assert argument[0] == argument[-1] == '"', f"cut short: {argument[:60]}"
    return bytes.fromhex(argument[1:-1].replace("\\x", ""))


class Redone:
    """Does recorded calls again. What it does not know, it refuses: nothing may be passed over."""

    def __init__(self, disk: Disk, root: Path) -> None:
        self.disk, self._root = disk, str(root)
        self._open: dict[int, Node | None] = {}
        self._place: dict[int, int] = {}

    def restart(self) -> None:
        """The process has ended, and all its files are closed."""
        self._open, self._place = {}, {}

    def do(self, call: Call) -> bool:
        """True if a power cut after it may leave something else than one before."""
        done = getattr(self, f"_{call.name}", None)
        assert done, f"{call.name} is not modelled"
        return bool(done(call.arguments, call.result))

    def _path(self, argument: str) -> str | None:
        """The path in the folder that a string, or an open file's `3<…>`, says; None for what is not of the disk."""
        path = text_of(argument).decode()
        assert path == self._root or path.startswith(self._root + "/"), path
        return None if path.endswith(SHARED_MEMORY) else path[len(self._root) + 1 :]

    def _at(self, folder: str, name: str) -> str | None:
        """The path of a name that may be beneath an open directory."""
        said = text_of(name).decode()
        if said.startswith("/"):
            return self._path(name)
        beneath = bytes.fromhex(folder[folder.index("<") + 1 : folder.rindex(">")].replace("\\x", "")).decode()
        return self._path('"' + _escaped(Path(beneath) / said) + '"')

    def _file(self, argument: str) -> tuple[int, File | None]:
        number = int(argument.partition("<")[0])
        node = self._open.get(number)
        assert not isinstance(node, Folder)
        return number, node

    def _openat(self, arguments: tuple[str, ...], result: int) -> bool:
        flags = arguments[2].split("|")
        path = self._at(arguments[0], arguments[1])
        self._open[result], self._place[result] = None, 0
        if path is None:
            return False
        node = self.disk.find(path)
        made = node is None
        if node is None:
            assert "O_CREAT" in flags, path
            node = File()
            self.disk.link(path, node)
        self._open[result] = node
        if isinstance(node, File) and "O_APPEND" in flags:
            self._place[result] = node.size
        if isinstance(node, File) and "O_TRUNC" in flags and node.size:
            self.disk.resize(node, 0)
            return True
        return made

    def _close(self, arguments: tuple[str, ...], result: int) -> None:
        self._open.pop(int(arguments[0].partition("<")[0]), None)

    def _pwrite64(self, arguments: tuple[str, ...], result: int) -> bool:
        _, file = self._file(arguments[0])
        return self._written(file, int(arguments[3]), text_of(arguments[1])[:result])

    def _write(self, arguments: tuple[str, ...], result: int) -> bool:
        number, file = self._file(arguments[0])
        place = self._place[number]
        self._place[number] += result
        return self._written(file, place, text_of(arguments[1])[:result])

    def _written(self, file: File | None, place: int, data: bytes) -> bool:
        if file is None or not data:
            return False
        self.disk.write(file, place, data)
        return True

    def _lseek(self, arguments: tuple[str, ...], result: int) -> None:
        self._place[int(arguments[0].partition("<")[0])] = result

    def _fsync(self, arguments: tuple[str, ...], result: int) -> bool:
        node = self._open[int(arguments[0].partition("<")[0])]
        if node is None or not node.pending:
            return False
        node.sync()
        return True

    _fdatasync = _fsync

    def _ftruncate(self, arguments: tuple[str, ...], result: int) -> bool:
        _, file = self._file(arguments[0])
        size = int(arguments[1])
        if file is None or size == file.size:
            return False
        self.disk.resize(file, size)
        return True

    def _copied(self, source: str, target: str, result: int) -> bool:
        """From one open file to another, both at their place."""
        (reads, file), (writes, copy) = self._file(source), self._file(target)
        assert file is not None
        start, place = self._place[reads], self._place[writes]
        data = file.with_changes(file.pending)[start : start + result]
        self._place[reads], self._place[writes] = start + result, place + result
        return self._written(copy, place, data)

    def _sendfile(self, arguments: tuple[str, ...], result: int) -> bool:
        if arguments[2] != "NULL":  # how many bytes from where, as `[0] => [4096]`
            self._place[int(arguments[1].partition("<")[0])] = int(arguments[2].partition("]")[0][1:])
        return self._copied(arguments[1], arguments[0], result)

    def _copy_file_range(self, arguments: tuple[str, ...], result: int) -> bool:
        assert arguments[1] == arguments[3] == "NULL"
        return self._copied(arguments[0], arguments[2], result)

    def _unlink(self, arguments: tuple[str, ...], result: int) -> bool:
        path = self._path(arguments[0])
        if path is None:
            return False
        self.disk.link(path, None)
        return True

    _rmdir = _unlink

    def _unlinkat(self, arguments: tuple[str, ...], result: int) -> bool:
        path = self._at(arguments[0], arguments[1])
        if path is None:
            return False
        self.disk.link(path, None)
        return True

    def _rename(self, arguments: tuple[str, ...], result: int) -> bool:
        old, new = self._path(arguments[0]), self._path(arguments[1])
        if old is None or new is None:
            return False
        self.disk.rename(old, new)
        return True

    def _mkdir(self, arguments: tuple[str, ...], result: int) -> bool:
        path = self._path(arguments[0])
        assert path is not None
        self.disk.link(path, Folder())
        return True
