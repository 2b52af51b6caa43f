"""Where the pages are that other pages lead to."""

from datetime import date
from urllib.parse import quote


def to_cramp(id: str) -> str:
    """The page of a cramp's entry."""
    return f"/cramp?id={quote(id, safe='')}"


def to_night(night: date, time: str = "") -> str:
    """The page of a night, by its evening's date; with a time of day, the entry of its cramp that began then."""
    return f"/?night={night}{'#' if time else ''}{anchor(time)}"


def anchor(time: str) -> str:
    """What the entry of a cramp that began at 03:04 is called within its night's page: 0304."""
    return time.replace(":", "")
