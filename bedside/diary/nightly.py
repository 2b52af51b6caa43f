"""Has the diary backed up when that is due: beside everything else, on a thread of its own."""

import logging
import threading
from collections.abc import Callable
from datetime import date, tzinfo
from functools import partial
from pathlib import Path
from typing import Protocol

from bedside.catalogue import _
from bedside.diary.backups import FOLDER, Kind, due, is_by_day, listed, path_of
from bedside.diary.copying import NoRoomError, Stop, StoppedError, is_made
from bedside.diary.errors import DamagedDiaryError
from bedside.diary.journal import Forgettable, Journal
from bedside.diary.making import make, records_in_diary_alone, records_in_every_backup
from bedside.diary.wiping import is_owed
from bedside.night.events import Moment
from bedside.night.habits import Habits
from bedside.patterns.nights import night_of

log = logging.getLogger(__name__)

AGAIN_SECONDS = 3600.0  # until a backup that failed is tried again
END_SECONDS = 3.0  # for a backup to end with the program; what hangs on the card is not waited for
NO_ROOM_SECONDS = 40.0  # until the room on the card is looked at again


class Keeper(Protocol):
    """What of the writer a backup has to do with."""

    def mend(self, error: DamagedDiaryError) -> None:
        """Put back a diary that was found to be damaged."""

    def forget(self, records: Forgettable) -> None:
        """Let the journal forget these."""

    def stop_first(self, stop: Callable[[float], bool]) -> None:
        """Have this called before everything is deleted: it waits so many seconds, and tells whether all has ended."""


class Nightly:
    """To be looked at often, by one thread; whatever goes wrong is told of the part `backup`, until it is over."""

    def __init__(
        self,
        data: Path,
        writer: Keeper,
        tell: Callable[[str, bool, str, str], object],
        *,
        now: Callable[[], Moment],
        habits: Callable[[], Habits],
        zone: Callable[[], tzinfo],
    ) -> None:
        self._data, self._writer, self._tell_part = data, writer, tell
        self._now, self._habits, self._zone = now, habits, zone
        self._again, self._told = float("-inf"), ""
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()  # of the one that is being made
        self._beginning, self._over = threading.Lock(), False
        self._holds_all = False  # a backup does that the diary had before this start
        writer.stop_first(self.stop)

    def look(self) -> None:
        """Begin the backup that is due, if there is one; returns at once."""
        if self._beginning.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._beginning.release()

    def _look(self) -> None:
        now = self._now()
        busy = self._over or (self._thread is not None and self._thread.is_alive())
        if busy or now.since_boot < self._again or is_owed(self._data) or not (self._data / "diary.db").exists():
            return
        kept, habits, zone = listed(self._data / FOLDER), self._habits(), self._zone()
        wanted = due(now, kept, habits, zone)
        if kept and not wanted and not self._told:
            self._tell_newest()
        if not wanted and (self._holds_all or not is_by_day(now, habits, zone)):
            return
        if is_made(self._data / "diary.db"):
            self._stopped = threading.Event()
            do = partial(self._make, *wanted) if wanted else partial(self._make_if_lacking, night_of(now.wall, zone))
            self._thread = threading.Thread(
                target=self._work, args=(do, self._stopped.is_set), name="backup", daemon=True
            )
            self._thread.start()

    def stop(self, seconds: float) -> bool:
        """End what is being made, and wait for that so many seconds at most. False if it has not ended: it hangs on the
        card, and may still write something.
        """
        if not self._beginning.acquire(timeout=seconds):
            return False
        try:
            self._stopped.set()
            if self._thread:
                self._thread.join(seconds)
            self._again, self._told = float("-inf"), ""
            return self._thread is None or not self._thread.is_alive()
        finally:
            self._beginning.release()

    def close(self, seconds: float = END_SECONDS) -> None:
        """End what is being made, within so many seconds, and begin nothing any more."""
        self._over = True
        self.stop(seconds)

    def _make_if_lacking(self, day: date, stop: Stop) -> None:
        """Once a start: what the journal refused has only the diary, and the backup of the day may be older."""
        alone = records_in_diary_alone(self._data / "diary.db", self._data / "journal", stop)
        self._holds_all = not alone
        if alone and not stop():
            log.info("a backup is made of %d records that the journal has not", len(alone))
            # Of one day, the one of everything is put back first.
            everything = path_of(self._data / FOLDER, Kind.EVERYTHING, day).exists()
            self._make(Kind.EVERYTHING if everything else Kind.PEOPLE, day, stop)

    def _make(self, kind: Kind, day: date, stop: Stop) -> None:
        make(self._data / "diary.db", kind, day, stop)
        self._holds_all = True
        self._tell_newest()
        if kind is Kind.EVERYTHING:
            self._shorten_journal(stop)

    def _work(self, do: Callable[[Stop], None], stop: Stop) -> None:
        """What the thread does: whatever comes of it is told."""
        try:
            do(stop)
        except StoppedError:
            return
        except DamagedDiaryError as error:
            self._fail(error)
            self._writer.mend(error)
        except OSError as error:
            self._fail(error)

    def _shorten_journal(self, stop: Stop) -> None:
        """Let the journal forget what nobody will want of it again. It may take a moment, in which presses wait."""
        path = self._data / "journal"
        try:
            records = records_in_every_backup(self._data / "diary.db", path, stop)
            forgettable = Journal(path).forgettable(records)
        except OSError as error:
            log.warning("the journal was not made shorter: %s", error)  # it is next month
            return
        if forgettable and is_by_day(self._now(), self._habits(), self._zone()):
            self._writer.forget(forgettable)

    def _tell_newest(self) -> None:
        for newest in listed(self._data / FOLDER)[:1]:  # none, where all is being deleted
            self._tell(_("The newest backup is of %(day)s.", day=newest.made))

    def _fail(self, error: OSError) -> None:
        no_room = isinstance(error, NoRoomError)
        self._again = self._now().since_boot + (NO_ROOM_SECONDS if no_room else AGAIN_SECONDS)
        says = _("The diary could not be backed up. %(error)s", error=error)
        self._tell(says, _("Every press is kept all the same; it tries again by itself."))

    def _tell(self, says: str, remedy: str = "") -> None:
        if says != self._told:
            self._told = says
            self._tell_part("backup", not remedy, says, remedy)
