"""What the kernel calls a thread, by which systemd's unit, and `top`, know it."""

import threading
from contextlib import suppress
from pathlib import Path


def known_as(name: str) -> None:
    """Have the kernel call the thread that asks for it so. Those it begins are called the same."""
    with suppress(OSError):  # another system has no such file
        Path(f"/proc/self/task/{threading.get_native_id()}/comm").write_text(name)
