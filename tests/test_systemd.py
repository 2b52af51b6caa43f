"""What systemd is told, over real sockets; and what systemd thinks of the units."""

import os
import re
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from bedside.devices.clock import SYNCHRONIZED, kernel_is_synchronized
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


def test_ready_alive_hung_and_stopping_are_one_datagram_each(manager: tuple[socket.socket, str]) -> None:
    wire, address = manager
    systemd = Systemd({"NOTIFY_SOCKET": address})
    assert systemd.listens()
    systemd.ready()
    systemd.alive()
    systemd.hung()
    systemd.stopping()
    assert [wire.recv(100) for _ in range(4)] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=trigger", b"STOPPING=1"]


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": ""}])
def test_without_a_manager_it_is_silent(environment: dict[str, str]) -> None:
    systemd = Systemd(environment)
    assert not systemd.listens()
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


# --- the units ---

UNITS = Path(__file__).parent.parent / "systemd"
PRECEDENCE = UNITS.parent / "packaging/precedence"
TIGHT = 1.2  # of 10, as systemd itself counts
units = pytest.mark.parametrize("name", ["bedside.service", "bedside-clock.service"])


def settings(name: str, key: str) -> list[str]:
    """What the unit gives for this key, each line of it."""
    lines = (UNITS / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{key}=")]


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, timeout=60, check=False)


@units
@pytest.mark.needs("systemd-analyze")
def test_systemd_itself_calls_the_exposure_of_a_unit_small(name: str) -> None:
    told = analyze("security", "--no-pager", "--offline=true", str(UNITS / name))
    exposure = re.search(r"exposure level for .*: ([0-9.]+)", told.stdout)
    assert exposure, told.stderr
    assert float(exposure[1]) <= TIGHT, exposure[0]


@pytest.mark.needs("systemd-analyze")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    """Beside each other, as they are installed; with a program in the place of ours, which is not on this computer."""
    for name in ("bedside.service", "bedside-clock.service"):
        text = (UNITS / name).read_text(encoding="utf-8")
        text = text.replace("/opt/bedside/bin/bedside", "/bin/true").replace("/usr/lib/bedside/precedence", "/bin/true")
        (tmp_path / name).write_text(text)
    found = analyze(
        "verify", "--man=no", *(str(tmp_path / name) for name in ("bedside.service", "bedside-clock.service"))
    )
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_the_unit_lets_in_a_sound_card_that_comes_after_the_start() -> None:
    """A group's name is looked up when the service starts, in the drivers loaded by then; a number is let in as it is.

    116 is ALSA's number, in the kernel's list of devices.
    """
    allowed = [value.split()[0] for value in settings("bedside.service", "DeviceAllow")]
    assert "char-116" in allowed
    assert "char-alsa" not in allowed


def test_the_hardening_leaves_the_hardware_the_page_and_the_boots_id() -> None:
    """Each of these keys would lower the exposure further, and take something away that the program lives by."""
    unit = "bedside.service"
    assert {"char-gpiochip rw", "char-input r"} <= set(settings(unit, "DeviceAllow"))
    assert "@system-service" in settings(unit, "SystemCallFilter")  # which has what grabs an input device, and waits
    assert [
        key for key in ("PrivateDevices", "PrivateNetwork", "ProcSubset", "DynamicUser") if settings(unit, key)
    ] == []
    assert set(settings(unit, "RestrictAddressFamilies")[0].split()) == {"AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK"}
    allowed = " ".join(settings(unit, "IPAddressAllow"))
    for network in ("localhost", "link-local", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"):
        assert network in allowed


CHILD = """
import os, sys, threading
from bedside.threads import known_as
def tell(name):
    policy, processors = os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK, os.sched_getaffinity(0)
    os.write(1, f"{name} {policy} {os.sched_getparam(0).sched_priority} {sorted(processors)}\\n".encode())
def go_on(name):
    known_as(name)
    runs.wait()
    before.wait()
    tell(name)
    begun = {"opening": "page", "arming": "wire", "writer": "late"}.get(name)
    if begun:
        later = threading.Thread(target=tell, args=[begun])
        later.start()
        later.join()
before, runs = threading.Event(), threading.Barrier(5)
threads = [threading.Thread(target=go_on, args=[name]) for name in ("hearing", "writer", "opening", "arming")]
for thread in threads:
    thread.start()
runs.wait()
os.write(1, b"\\n")
sys.stdin.readline()
tell("loop")
before.set()
for thread in threads:
    thread.join()
"""
"""Threads that run when the service is ready, and what some of them begin later."""


def put_in_order(program: str) -> tuple[bool, list[str]]:
    """Have what comes first decided once the program's threads run, and let it go on; whether the kernel refused that,
    and what the program told afterwards.
    """
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()  # its threads run
        done = subprocess.run([PRECEDENCE, str(child.pid)], capture_output=True, timeout=60, check=False)
        told, _ = child.communicate(b"\n", timeout=120)
    return bool(done.returncode), told.decode().splitlines()


@pytest.mark.needs("chrt")
@pytest.mark.needs("taskset")
def test_what_decides_comes_first_then_what_hears_and_what_keeps_a_press_and_the_page_as_any_other() -> None:
    """Where the kernel refuses (it asks for root), all goes on as it was: the minus before the command says so."""
    refused, told = put_in_order(CHILD)
    threads = {name: rest for name, _, rest in (line.partition(" ") for line in told)}
    everywhere = sorted(os.sched_getaffinity(0))
    plain = f"{os.SCHED_OTHER} 0 {everywhere}"
    if refused:  # not root
        assert set(threads.values()) == {plain}
        return
    last = [len(everywhere) - 1]
    assert threads == {
        "loop": f"{os.SCHED_RR} 3 {last}",
        "hearing": f"{os.SCHED_RR} 2 {everywhere}",
        "writer": f"{os.SCHED_RR} 2 {last}",
        "arming": f"{os.SCHED_RR} 2 {everywhere}",
        "wire": f"{os.SCHED_RR} 2 {everywhere}",
        "late": f"{os.SCHED_OTHER} 0 {last}",
        "opening": plain,
        "page": plain,
    }


RESTLESS = """
import hashlib, os, sys, threading
from bedside.threads import known_as
def work(times):
    for _ in range(times):
        if not kept.is_set():
            hashlib.pbkdf2_hmac("sha256", b"", b"", 20_000)  # other threads may run meanwhile
def go_on(name, times, says):
    known_as(name)
    runs.wait()
    begins.wait()
    work(times)
    os.write(1, f"{says}\\n".encode())
    kept.set()
processors = len(os.sched_getaffinity(0))
begins, kept, runs = threading.Event(), threading.Event(), threading.Barrier(2 + processors)
polls = [threading.Thread(target=go_on, args=["hearing", 500, "polled"]) for _ in range(processors)]
threads = [*polls, threading.Thread(target=go_on, args=["writer", 10, "kept"])]
for thread in threads:
    thread.start()
runs.wait()
os.write(1, b"\\n")
sys.stdin.readline()
begins.set()
for thread in threads:
    thread.join()
"""
"""On each processor a thread polls without rest, as lgpio's does on a slow one, fifty times as long as one writes."""


@pytest.mark.needs("chrt")
@pytest.mark.needs("taskset")
def test_what_polls_the_wire_without_rest_does_not_keep_the_writer_from_its_work() -> None:
    _, told = put_in_order(RESTLESS)
    assert told[0] == "kept"


def test_the_unit_has_it_done_as_root_and_goes_on_where_it_is_refused() -> None:
    assert settings("bedside.service", "ExecStartPost") == ["-+/usr/lib/bedside/precedence $MAINPID"]


def test_the_service_may_not_ask_the_kernel_about_its_clock_so_another_unit_does() -> None:
    assert settings("bedside.service", "ProtectClock") == ["yes"]
    assert settings("bedside.service", "Wants") == ["bedside-clock.service"]
    (start,) = settings("bedside-clock.service", "ExecStart")
    (asked,) = re.findall(r'-c "([^"]+)"', start)
    done = subprocess.run([sys.executable, "-c", asked], timeout=60, check=False)
    assert done.returncode == (not kernel_is_synchronized())
    folder = "/run/" + settings("bedside-clock.service", "RuntimeDirectory")[0]
    assert f"touch {folder}/{SYNCHRONIZED.name}" in start
    assert str(SYNCHRONIZED.parent) == folder
