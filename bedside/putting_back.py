"""One backup put in the diary's place: wanted on a page's thread, done on the writer's; then no phone is let in."""

import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue

from bedside.catalogue import N_, _
from bedside.diary.backups import FOLDER, StillGoesOn, listed

PATIENCE = 120.0  # seconds; on a slow card a large diary takes its time
NOT_THERE = N_("This backup is not there any more.")
NOT_YET = N_(
    "It takes longer than usual, and goes on by itself. Once it is done, no phone is paired any more: pair this one "
    "anew, then the morning page tells of it under Diary."
)


def put_back(
    name: str,
    data: Path,
    restore: Callable[[Path, Callable[[str], object]], None],
    put_all_out: Callable[[], object],
    patience: float = PATIENCE,
) -> str:
    """Put the backup of this name back, and all phones out once it is; nothing, or why it is not. `restore` is the
    writer's. However long it takes, the phones are put out then.
    """
    path = next((backup.path for backup in listed(data / FOLDER) if backup.name == name), None)
    if path is None:
        return _(NOT_THERE)
    answer: SimpleQueue[str] = SimpleQueue()
    told: SimpleQueue[str] = SimpleQueue()

    def finish() -> None:
        why_not = answer.get()
        if not why_not:
            put_all_out()
        told.put(why_not)

    threading.Thread(target=finish, name="putting back", daemon=True).start()
    restore(path, answer.put)
    try:
        return told.get(timeout=patience)
    except Empty:
        return StillGoesOn(_(NOT_YET))
