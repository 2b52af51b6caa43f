"""Has the diary backed up when that is due: beside everything else, on a thread of its own."""

import logging
import threading
from collections.abc import Callable
from datetime import date, tzinfo
from pathlib import Path
from typing import Protocol

from bedside.catalogue import _
from bedside.diary.backups import FOLDER, Kind, due, is_by_day, listed
from bedside.diary.copying import NoRoomError, StoppedError, is_made
from bedside.diary.errors import DamagedDiaryError
from bedside.diary.journal import Forgettable, Journal
from bedside.diary.making import make, records_in_every_backup
from bedside.diary.wiping import is_owed
from bedside.night.events import Moment
from bedside.night.habits import Habits

log = logging.getLogger(__name__)

AGAIN_SECONDS = 3600.0  # until a backup that failed is tried again
NO_ROOM_SECONDS = 40.0  # until the room on the card is looked at again


class Keeper(Protocol):
    """What of the writer a backup has to do with."""

    def mend(self, error: DamagedDiaryError) -> None:
        """Put back a diary that was found to be damaged."""

    def forget(self, records: Forgettable) -> None:
        """Let the journal forget these."""

    def stop_first(self, stop: Callable[[], object]) -> None:
        """Have this called before everything is deleted."""


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
        self._stopped, self._beginning, self._over = threading.Event(), threading.Lock(), False
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
        kept = listed(self._data / FOLDER)
        wanted = due(now, kept, self._habits(), self._zone())
        if wanted and is_made(self._data / "diary.db"):
            self._thread = threading.Thread(target=self._make, args=wanted, name="backup", daemon=True)
            self._thread.start()
        elif kept and not wanted and not self._told:
            self._tell_newest()

    def stop(self) -> None:
        """End what is being made, and wait for that; what was made is being deleted."""
        with self._beginning:
            self._stopped.set()
            if self._thread:
                self._thread.join()
            self._stopped.clear()
            self._again, self._told = float("-inf"), ""

    def close(self) -> None:
        """End what is being made, and begin nothing any more."""
        self._over = True
        self.stop()

    def _make(self, kind: Kind, day: date) -> None:
        try:
            make(self._data / "diary.db", kind, day, self._stopped.is_set)
        except StoppedError:
            return
        except DamagedDiaryError as error:
            self._fail(error)
            self._writer.mend(error)
        except OSError as error:
            self._fail(error)
        else:
            self._tell_newest()
            if kind is Kind.EVERYTHING:
                self._shorten_journal()

    def _shorten_journal(self) -> None:
        """Let the journal forget what nobody will want of it again. It may take a moment, in which presses wait."""
        path = self._data / "journal"
        try:
            records = records_in_every_backup(self._data / "diary.db", path, self._stopped.is_set)
            forgettable = Journal(path).forgettable(records)
        except OSError as error:
            log.warning("the journal was not made shorter: %s", error)  # it is next month
            return
        if forgettable and is_by_day(self._now(), self._habits(), self._zone()):
            self._writer.forget(forgettable)

    def _tell_newest(self) -> None:
        newest = listed(self._data / FOLDER)[0].made
        self._tell(_("The newest backup is of %(day)s.", day=newest))

    def _fail(self, error: OSError) -> None:
        no_room = isinstance(error, NoRoomError)
        self._again = self._now().since_boot + (NO_ROOM_SECONDS if no_room else AGAIN_SECONDS)
        says = _("The diary could not be backed up. %(error)s", error=error)
        self._tell(says, _("Every press is kept all the same; it tries again by itself."))

    def _tell(self, says: str, remedy: str = "") -> None:
        if says != self._told:
            self._told = says
            self._tell_part("backup", not remedy, says, remedy)
