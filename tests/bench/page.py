"""Row 6: our pages beside a bare Flask app that answers a constant, both behind our waitress server.

Real: the daemon's process as `bedside run` starts it, with the demo's 90 sample nights in its diary; each page over a
connection of its own, one after the other. The floor is a process of its own.
"""

from pathlib import Path

from bedside.demo import fill
from tests.bench.figures import Finding, Sample
from tests.bench.processes import answers, get, household, pair, script, settled
from tests.bench.surroundings import until

PATHS = ("/", "/relief")


def measure(folder: Path, clips: Path, pages: int) -> list[Finding]:
    """Fetch each page and the constant in turn, `pages` times, after the first few."""
    (folder / "data").mkdir(parents=True)
    fill(folder / "data/diary.db")
    took: dict[str, list[float]] = {path: [] for path in ("bare", *PATHS)}
    with script("floor_flask.py", "ours", folder=folder) as bare, household(folder, clips) as ours:
        settled(ours)
        until(lambda: answers(bare.port))
        first, cookie = get(ours.port, "/relief"), pair(ours)
        print(f"  the first page, for which Flask is imported, took {first:.0f} ms")
        for number in range(pages + 3):
            times = (get(bare.port, "/"), *(get(ours.port, path, cookie) for path in PATHS))
            if number >= 3:
                for path, milliseconds in zip(took, times, strict=True):
                    took[path].append(milliseconds)
    floor = Sample("ms", tuple(took["bare"]))
    return [Finding(6, f"page {path}", Sample("ms", tuple(took[path])), floor) for path in PATHS]
