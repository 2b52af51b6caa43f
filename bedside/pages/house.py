"""What the pages may ask of the running daemon, and nothing more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from pathlib import Path

from bedside.night.events import Moment, PartReported
from bedside.night.state import Night


@dataclass(frozen=True, slots=True)
class House:
    """Callables that any thread may call. `press` is the demo's button, held for so many seconds; None on a device."""

    diary: Path
    zone: tzinfo
    bedtime: time
    rising: time
    stands: bool
    now: Callable[[], Moment]
    night: Callable[[], Night]
    parts: Callable[[], Mapping[str, PartReported]]
    next_reminder: Callable[[], datetime | None]
    press: Callable[[float], None] | None = None
    remind: Callable[[], None] | None = None
    heard: Callable[[], tuple[str, ...]] = lambda: ()
