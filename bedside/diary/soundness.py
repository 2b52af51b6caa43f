"""Whether the diary's file is sound: SQLite's own quick check, through a connection that can only read."""

import sqlite3
from contextlib import closing
from pathlib import Path
from time import monotonic

STEPS = 20_000  # of SQLite's machine between two looks at the time


def damage(path: Path, patience: float = 120.0) -> str | None:
    """What is wrong in the diary at `path`, in SQLite's words; empty where nothing is. None where that cannot be told:
    it is not there, held by another program, or takes longer than `patience` seconds. May take long: never on a thread
    that others wait for.
    """
    until = monotonic() + patience
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2)) as connection:
            connection.set_progress_handler(lambda: monotonic() > until, STEPS)
            found = [str(row[0]) for row in connection.execute("pragma quick_check(3)")]
    except sqlite3.OperationalError:
        return None
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == ["ok"] else "; ".join(found)
