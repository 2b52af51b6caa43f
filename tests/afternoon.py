"""Households in tests go by the computer's own clock: in this zone it is afternoon, and no test meets a reminder."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

HOUR = 15
FARTHEST = 11  # hours west of Greenwich; as many east, and one


def zone() -> str:
    """The name of a time zone where it is between three and four in the afternoon, by the tz database's signs: west of
    Greenwich is plus.
    """
    east = (HOUR - datetime.now(UTC).hour + FARTHEST) % 24 - FARTHEST
    return f"Etc/GMT{-east:+d}"


@contextmanager
def in_the_afternoon() -> Iterator[None]:
    """Have this process live there."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone()
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()
