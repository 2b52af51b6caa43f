"""What a running bedside does when files, threads or memory run out: real limits, in a process of its own."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).parent.parent
STARTED = ["True", "True", "True", "200"]

HOME = """
import os, resource, sys, threading, time, urllib.request
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from gpiozero.pins.mock import MockFactory, MockPWMPin
from bedside.ear import Ear
from bedside.household import Household
from bedside.settings import Folders, Settings
from bedside.surroundings import Surroundings
from tests.ports import free_port

port = free_port()
os.umask(0)
folder, factory = Path(sys.argv[1]), MockFactory(pin_class=MockPWMPin)
folder.chmod(0o777)
around = Surroundings(Folders(folder / "data", folder / "cache"), folder / "sys", factory, find_card=lambda: "none")
household = Household(Ear(Settings(port=port, network=False, light_pin=0), around))
loop = threading.Thread(target=household.run)
loop.start()

def until(true):
    for _ in range(2000):
        if true():
            return True
        time.sleep(0.01)
    return False

def told_of(part, well):
    return until(lambda: part in household.daemon.parts and household.daemon.parts[part].well is well)

def seen(part, well):
    return until(lambda: household.rooms.timetable.look() or part in household.daemon.parts
        and household.daemon.parts[part].well is well)

def press():
    '''Whether a press is known to be on the disk.'''
    pin, before = factory.pin(17), household.daemon.night.press
    pin.drive_low()
    until(lambda: household.daemon.night.press is not before)
    time.sleep(0.05)
    pin.drive_high()
    time.sleep(0.05)
    return until(lambda: not household.daemon.night.unsaved and household.daemon.night.pending is None)

def visit():
    return urllib.request.urlopen(f"http://127.0.0.1:{port}/relief", timeout=20).status

def limit(what, soft):
    resource.setrlimit(what, (soft, resource.getrlimit(what)[1]))

def alive():
    return all(part.alive() for part in household.watched())

started = told_of("button", True), told_of("page", True), press(), visit()
"""

END = """
household.stop()
loop.join(20)
print(*started, *told)
"""


def lived(script: str, folder: Path) -> list[str]:
    """What a bedside in its own process told of itself through a script."""
    done = subprocess.run(
        [sys.executable, "-c", HOME + script + END, str(folder)],
        cwd=ROOT,
        env={"PATH": "/nowhere"},  # no voice is rendered
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.slow
def test_without_a_file_left_presses_are_kept_it_is_told_and_all_comes_back(tmp_path: Path) -> None:
    script = """
soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
limit(resource.RLIMIT_NOFILE, 0)
told = [press(), alive()]
told += [seen("duties", False), alive()]
limit(resource.RLIMIT_NOFILE, soft)
told += [seen("duties", True), press(), visit(), alive()]
"""
    assert lived(script, tmp_path) == [*STARTED, *["True"] * 6, "200", "True"]


@pytest.mark.slow
def test_without_a_thread_or_process_left_presses_are_kept_it_is_told_and_all_comes_back() -> None:
    script = """
import bedside.examiner, bedside.diary.soundness
from datetime import UTC
from bedside.diary.store import Diary
soft = resource.getrlimit(resource.RLIMIT_NPROC)[0]
at = (datetime.now(household.rooms.timetable.zone) + timedelta(minutes=15)).time().replace(microsecond=0)
household.choose(replace(household.habits, reminders=(at,) * 7))
if os.getuid() == 0:
    for path in folder.rglob("*"):
        path.chmod(0o777)
    os.setuid(65534)  # no limit of processes holds for root
limit(resource.RLIMIT_NPROC, 0)  # and the self-test is due, which wants a thread
told = [press(), alive()]
told += [seen("duties", False), alive()]
limit(resource.RLIMIT_NPROC, soft)
told += [seen("duties", True), press(), visit(), alive(), until(lambda: "self-test" in household.daemon.parts)]
"""
    with TemporaryDirectory(dir="/tmp") as folder:  # which another user reaches, too
        assert lived(script, Path(folder)) == [*STARTED, *["True"] * 6, "200", "True", "True"]


@pytest.mark.slow
def test_without_memory_left_no_press_is_lost_in_silence_and_all_comes_back(tmp_path: Path) -> None:
    script = """
import gc
soft = resource.getrlimit(resource.RLIMIT_AS)[0]
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
limit(resource.RLIMIT_AS, used)
held = []
try:
    while True:
        held.append(bytearray(1 << 16))
except MemoryError:
    pass
under = press()
limit(resource.RLIMIT_AS, soft)
held.clear()
household.buttons[0].read()
told = [under or alive(), press(), visit(), alive()]
"""
    assert lived(script, tmp_path) == [*STARTED, "True", "True", "200", "True"]


@pytest.mark.slow
def test_a_bedside_stopped_for_a_while_goes_on_and_alarms_nobody(tmp_path: Path) -> None:
    script = """
import signal, subprocess
parts = dict(household.daemon.parts)
wake = f"import os, signal, time; time.sleep(1.5); os.kill({os.getpid()}, signal.SIGCONT)"
waker = subprocess.Popen([sys.executable, "-c", wake])
stopped = time.monotonic()
os.kill(os.getpid(), signal.SIGSTOP)
told = [time.monotonic() - stopped > 0.5]
waker.wait()
household.daemon.pulse()
household.rooms.timetable.look()
told += [press(), visit(), alive(), "program" not in household.daemon.parts]
told += [not [name for name, part in parts.items() if household.daemon.parts[name].well is not part.well]]
"""
    assert lived(script, tmp_path) == [*STARTED, "True", "True", "200", "True", "True", "True"]
