"""Households in tests go by the computer's own clock: in this zone it is afternoon, and no test meets a reminder."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from bedside.ear import RETRY_SECONDS, Ear
from bedside.household import Household
from bedside.settings import Settings
from bedside.surroundings import Surroundings

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


@contextmanager
def hearing(
    settings: Settings, around: Surroundings, *, rooms: bool = False, retry: float = RETRY_SECONDS
) -> Iterator[Household]:
    """A household that hears and keeps presses, in the afternoon, with no more than that, or with all of its rooms;
    stopped at the end. `retry` is the seconds between two tries to arm a button.
    """
    with in_the_afternoon():
        household = Household(Ear(settings, around, retry))
        if not rooms:
            household.writer.start()  # here, so that whoever is given the household finds it at work
        loop = threading.Thread(target=household.run if rooms else lambda: _without_rooms(household), daemon=True)
        loop.start()
        try:
            yield household
        finally:
            household.stop()
            loop.join()


def _without_rooms(household: Household) -> None:
    try:
        household.daemon.run()
    finally:
        household.close()
