"""What is in an exported diary: its version, its tables, and how the temperatures are written in it."""

from collections.abc import Mapping

VERSION = 1

KEYS: Mapping[str, str] = {
    "boots": "id",
    "times_told": "id",
    "habits": "id",
    "presses": "id",
    "cramps": "id",
    "judgements": "cramp",
    "checkins": "night",
    "stretches": "evening",
    "medicines": "id",
    "about": "id",
    "amendments": "id",
    "watches": "id",
    "logged_times": "id",
}
"""By table the column that is different in each of its rows. A table stands in the file as a list of its rows, each an
object with a member for each column. Left out are the phones, and what is made from the rest.
"""

READINGS = "readings"
READING = ("boot", "start", "mean_celsius", "low_celsius", "high_celsius", "samples", "trusted")
"""The table of temperatures is an object: the list `boots`, and `rows`, each a list of these; `boot` is the place in
`boots`, from 0 on, and `start` in seconds since 1970, UTC.
"""

LARGEST = 20 * 1024 * 1024
"""Bytes of a file that is brought in."""
