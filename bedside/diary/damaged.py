"""Makes room for a new diary where the old one is damaged, which is kept."""

from datetime import datetime
from itertools import count
from pathlib import Path


def set_aside(path: Path, now: datetime) -> Path:
    """Rename a damaged diary, with its side files, to make room for a new one; it is kept. Raises OSError."""
    name = f"{path.name}.damaged-{now:%Y%m%d-%H%M%S}"  # a clock without a battery may say the same twice
    targets = (path.with_name(f"{name}-{number}" if number else name) for number in count())
    target = next(free for free in targets if not free.exists())
    for suffix in ("-wal", "-shm", ""):
        source = path.with_name(path.name + suffix)
        if source.exists():
            source.rename(target.with_name(target.name + suffix))
    return target
