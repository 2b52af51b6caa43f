"""Row 8: from the press until it is durable while the page is flooded, beside the same without a flood.

Real: Daemon, Writer, Journal, diary and the page's server with its app, in one process as on the device; the flood is a
process of its own: 500 clients from six addresses that drip headers and bodies, send bodies without end, or say
nothing, and come again when they are dropped. Not real: the button is a hand, light and speaker do nothing. Blocks take
turns: nobody at all, a paired phone that opens the morning page again and again, and that phone under the flood.
"""

import gc
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import count, cycle, islice
from pathlib import Path

from bedside.diary.journal import Journal
from bedside.night.effects import Press
from bedside.pages import create_app
from bedside.pages.guard import COOKIE
from bedside.pages.server import PageServer
from tests.bench.figures import Finding, Sample, times
from tests.bench.saved import Bed, Rest, at_work
from tests.bench.surroundings import until
from tests.homes import Home
from tests.visitor import Visitor

LIMIT = 2.0
BLOCKS = 9  # of three kinds, in turn
CLIENTS = 500
KINDS = ("headers", "body", "upload", "silence", "blank lines", "giants")
GATHERS = 3.0  # seconds until the flood is in full swing
PAUSE = 0.05  # seconds between two fetches of the phone
REST = 0.1  # seconds between two presses: what is kept of the one before is through, as between presses of a hand
Took = dict[str, list[float]]


def measure(folder: Path, presses: int) -> list[Finding]:
    """So many presses in all, a third of them flooded, and the phone's fetches beside."""
    folder.mkdir(parents=True)
    took = _in_a_process_of_its_own(folder / "home", presses)
    print(f"  {took['kept'][0]:.0f} presses kept of {took['made'][0]:.0f}; the flood came {took['came'][0]:.0f} times")
    if took["kept"] != took["made"]:
        print("  PRESSES WERE LOST")
    quiet, visited, flooded = took["quiet"], took["visited"], took["flooded"]
    return [
        Finding(8, "press to durable, visited, p99", _p99(visited), _p99(quiet)),
        Finding(8, "press to durable, flooded, p99", _p99(flooded), _p99(quiet), times(LIMIT)),
        Finding(8, "press to durable, flooded", _sample(flooded), _sample(quiet)),
        Finding(8, "page / of a paired phone, flooded", _sample(took["flooded page"]), _sample(took["visited page"])),
    ]


def _in_a_process_of_its_own(folder: Path, presses: int) -> Took:
    command = [sys.executable, "-m", "tests.bench.flooded", str(folder), str(max(BLOCKS, presses))]
    took: Took = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])
    return took


def _sample(values: list[float]) -> Sample:
    return Sample("ms", tuple(values))


def _p99(values: list[float]) -> Sample:
    ordered = sorted(values)
    return Sample("ms", (ordered[min(len(ordered) - 1, round(0.99 * len(ordered)))],))


class Phone:
    """A paired phone that opens the morning page again and again, in a process of its own, as the flood."""

    def __init__(self, port: int, token: str) -> None:
        self._command = [sys.executable, "-m", "tests.bench.visits", str(port), f"{COOKIE}={token}", str(PAUSE)]
        self.took: list[float] = []

    def __enter__(self) -> "Phone":
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        told, _ = self._process.communicate("\n", timeout=30)
        if self._process.returncode:
            raise RuntimeError("the paired phone did not get its page")
        self.took = json.loads(told)


def take(folder: Path, presses: int) -> Took:
    """Milliseconds of presses and fetches, quiet and flooded, and how many presses were made and kept."""
    took: Took = {"quiet": [], "visited": [], "flooded": [], "visited page": [], "flooded page": [], "came": [0]}
    numbers = count()

    def blocks(bed: Bed) -> None:
        with serving(folder) as (port, token):
            for kind in islice(cycle(("quiet", "visited", "flooded")), BLOCKS):
                flood = _flood(port) if kind == "flooded" else None
                with nullcontext() if kind == "quiet" else Phone(port, token) as phone:
                    for _ in range(presses // BLOCKS):
                        bed.turn_to(next(numbers))
                        took[kind].append(_press(bed))
                if phone:
                    took[f"{kind} page"] += phone.took
                if flood:
                    took["came"][0] += _end(flood)

    at_work(folder, blocks)
    kept = {row.id for save in Journal(folder / "journal").read() for row in save.rows if isinstance(row, Press)}
    return took | {"made": [next(numbers)], "kept": [len(kept)]}


@contextmanager
def serving(folder: Path) -> Iterator[tuple[int, str]]:
    """The page's server at work: its port, and the token of a paired phone."""
    Rest(folder / "diary.db").wait()
    home = Home(folder)
    server = PageServer("127.0.0.1", 0, lambda: create_app(home.house()), print, lambda: home.now)
    server.start()
    token = home.pair()
    first = Visitor(server.port)
    first.cookie = f"{COOKIE}={token}"
    until(lambda: first.get("/").status == 200)  # it brings Flask in, which is no part of this
    gc.freeze()  # as the daemon does then: a collection that went through all of it would hold up a press
    yield server.port, token
    server.close()


def _press(bed: Bed) -> float:
    time.sleep(REST)
    bed.stamps.forget()
    began = time.perf_counter()
    bed.hand.move(down=True)
    took = (bed.stamps.durable.get(timeout=10) - began) * 1000
    bed.stamps.arrived.get(timeout=10)
    bed.let_go()
    return took


def _flood(port: int) -> "subprocess.Popen[str]":
    """The flood, once it is in full swing."""
    script = (
        "import sys; from tests.flood import Flood; from tests.bench.surroundings import stand_aside; stand_aside()\n"
        f"with Flood({port}, {CLIENTS}, kinds={KINDS}) as flood:\n"
        "    sys.stdin.readline(); print(flood.came)"
    )
    flood = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    time.sleep(GATHERS)
    return flood


def _end(flood: "subprocess.Popen[str]") -> int:
    return int(flood.communicate("\n", timeout=30)[0])


if __name__ == "__main__":
    print(json.dumps(take(Path(sys.argv[1]), int(sys.argv[2]))))
