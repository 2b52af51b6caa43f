"""What systemd is told, over real sockets."""

import os
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from bedside.systemd import Systemd


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A manager's socket, and its address as NOTIFY_SOCKET gives it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.settimeout(10)
        named = f"@bedside-test/{tmp_path}" if request.param == "abstract" else str(tmp_path / "notify")
        wire.bind("\0" + named[1:] if request.param == "abstract" else named)
        yield wire, named


@contextmanager
def no_descriptor_left() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def open_sockets() -> list[str]:
    """The datagram sockets of this process that are not closed."""
    links = [os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    ours = {link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:")}
    lines = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:]]
    return [line[6] for line in lines if line[6] in ours and line[4] == "0002"]


def test_ready_alive_and_stopping_are_one_datagram_each(manager: tuple[socket.socket, str]) -> None:
    wire, address = manager
    systemd = Systemd({"NOTIFY_SOCKET": address})
    systemd.ready()
    systemd.alive()
    systemd.stopping()
    assert [wire.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": ""}])
def test_without_a_manager_it_is_silent(environment: dict[str, str]) -> None:
    systemd = Systemd(environment)
    systemd.ready()
    systemd.alive()
    systemd.stopping()
    assert open_sockets() == []


@pytest.mark.parametrize("address", ["/nowhere/notify", "@nobody/listens/here", "relative", "/" + "long" * 100])
def test_a_manager_that_is_not_there_is_no_error(address: str) -> None:
    Systemd({"NOTIFY_SOCKET": address}).ready()
    assert open_sockets() == []


def test_a_manager_that_went_away_is_no_error(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    systemd = Systemd({"NOTIFY_SOCKET": address})
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.bind(address)
        systemd.ready()
    systemd.alive()  # its file is still there, and nobody reads
    (tmp_path / "notify").unlink()
    systemd.stopping()


def test_a_manager_that_does_not_read_never_holds_up_the_loop(manager: tuple[socket.socket, str]) -> None:
    wire, address = manager
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as filler:
        filler.setblocking(False)
        filler.connect(wire.getsockname())
        with suppress(BlockingIOError):
            while True:
                filler.send(b"")
    Systemd({"NOTIFY_SOCKET": address}).alive()  # a plain send would wait here for ever


def test_with_no_descriptor_left_it_says_nothing_and_raises_nothing(manager: tuple[socket.socket, str]) -> None:
    wire, address = manager
    systemd = Systemd({"NOTIFY_SOCKET": address})
    with no_descriptor_left():
        systemd.stopping()  # what is written after it must still be written
    systemd.ready()
    assert wire.recv(100) == b"READY=1"


# --- the unit ---


def test_the_unit_lets_in_a_sound_card_that_comes_after_the_start() -> None:
    """A group's name is looked up when the service starts, in the drivers loaded by then; a number is let in as it is.

    116 is ALSA's number, in the kernel's list of devices.
    """
    unit = (Path(__file__).parent.parent / "systemd" / "bedside.service").read_text().splitlines()
    allowed = [line.partition("=")[2].split()[0] for line in unit if line.startswith("DeviceAllow=")]
    assert "char-116" in allowed
    assert "char-alsa" not in allowed
