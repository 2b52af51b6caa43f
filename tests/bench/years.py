"""Row 9: every page with ten years in the diary beside itself with one year, and the roll-up beside the raw readings.

Real: two daemons as `bedside run` starts them, each with its diary (3,650 nights, or 365, their readings thinned as on
the device), fetched in turn over a connection of its own. The first fetch after a change works the patterns out; it is
printed, and the diaries do not change after it. The roll-up is asked before the million five-minute readings are
thinned.
"""

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bedside.devices.clock import local_zone
from bedside.pages.links import to_cramp
from tests import years
from tests.bench.figures import Bound, Finding, Sample, at_most, times
from tests.bench.processes import Running, get, household, pair, settled

SPANS = {"one year": 365, "ten years": 3650}
MORNING, OTHER, GROWS = 10.0, 50.0, 1.2
SHARE = 1 / 50
ROUNDS = 20
RAW = "select avg(mean_celsius), min(low_celsius), max(high_celsius) from readings"
ROLLED_UP = "select avg(celsius), min(low_celsius), max(high_celsius) from nights"


def measure(folder: Path, clips: Path, pages: int) -> list[Finding]:
    """Fetch each page `pages` times with either diary."""
    now = datetime.now(UTC)
    for name, nights in SPANS.items():
        (folder / name / "data").mkdir(parents=True)
        began = time.perf_counter()
        years.fill(folder / name / "data/diary.db", nights, now, local_zone(), thinned=False)
        print(f"  {name} made and rolled up in {time.perf_counter() - began:.0f} s")
    rolled_up = _roll_up(folder)
    years.tidy(folder / "ten years/data/diary.db", now, local_zone())
    with household(folder / "one year", clips) as one, household(folder / "ten years", clips) as ten:
        both = [(running, _paired(running)) for running in (one, ten)]
        return [finding for paths in _paths(folder) for finding in _page(paths, both, pages)] + [rolled_up]


def _paired(running: Running) -> str:
    settled(running)
    get(running.port, "/relief")
    return pair(running)


def _entry(diary: Path) -> str:
    """The page of the newest cramp."""
    with closing(sqlite3.connect(diary)) as connection:
        ((id,),) = connection.execute("select id from cramps order by onset desc limit 1").fetchall()
    return to_cramp(id)


def _paths(folder: Path) -> list[tuple[str, ...]]:
    """Each page's address with one year, and with ten."""
    patterns = ("/patterns", "/patterns/nights", "/patterns/weeks")
    told = ("/diary", "/diary/add", "/diary/medicines", "/diary/away", "/about")
    kept = ("/report", "/export", "/backups", "/clock")
    same = ("/", *patterns, *told, *kept, "/guide", "/relief", "/stretch", "/settings")
    return [*((path, path) for path in same), tuple(_entry(folder / name / "data/diary.db") for name in SPANS)]


def _page(paths: tuple[str, ...], both: list[tuple[Running, str]], pages: int) -> list[Finding]:
    """Our median with ten years: below its bound, and hardly above that with one year."""
    asked = [(running.port, path, cookie) for (running, cookie), path in zip(both, paths, strict=True)]
    first = [get(*one) for one in asked]
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(pages):
        for milliseconds, one in zip(took, asked, strict=True):
            milliseconds.append(get(*one))
    name = paths[0].partition("?")[0]
    print(f"  {name}: the first took {first[0]:.0f} ms with one year, {first[1]:.0f} ms with ten")
    short, long = (Sample("ms", tuple(values)) for values in took)
    limit = MORNING if name == "/" else OTHER
    return [
        Finding(9, f"{name}, ten years", long, short, at_most(limit, "ms")),
        Finding(9, f"{name}, ten years v one", long, short, times(GROWS)),
    ]


def _roll_up(folder: Path) -> Finding:
    """What the nights came to, asked of the roll-up, and of the raw readings."""
    path = folder / "ten years/data/diary.db"
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as diary:
        took = [[_milliseconds(diary, query) for _ in range(ROUNDS)] for query in (ROLLED_UP, RAW)]
    ours, raw = (Sample("ms", tuple(values)) for values in took)
    within = Bound("<= 1/50", lambda floor, ours: ours / floor, SHARE)
    return Finding(9, "room, ten years: the roll-up v the readings", ours, raw, within)


def _milliseconds(diary: sqlite3.Connection, query: str) -> float:
    began = time.perf_counter()
    diary.execute(query).fetchall()
    return (time.perf_counter() - began) * 1000
