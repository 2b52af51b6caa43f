"""The writer: one thread that puts every record into the journal, then into the diary, and says when it is safe.

`Saved` means that the journal has it on the disk, or, if the journal fails, the diary. What neither takes stays in
memory, is announced once as `SaveFailed`, and is tried again until it is in.
"""

import logging
import threading
from collections.abc import Callable, Set
from contextlib import suppress
from datetime import tzinfo
from functools import partial
from itertools import chain
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from bedside.catalogue import N_, _
from bedside.diary.damaged import set_aside
from bedside.diary.errors import NO_ROW_OF_OURS, BlockedDiaryError, DamagedDiaryError
from bedside.diary.journal import Journal, is_human
from bedside.diary.readings import Readings
from bedside.diary.wiping import StillThereError, Wiping
from bedside.night.effects import Cramp, CrampState, Save
from bedside.night.events import Moment, PartReported, Saved, SaveFailed, TemperatureRead
from bedside.night.resume import Kept

if TYPE_CHECKING:
    from bedside.diary.store import Diary

log = logging.getLogger(__name__)

RETRY_SECONDS = 5.0  # between tries while the disk refuses
READINGS_SECONDS = 3600.0  # between writings of the temperature, for the card's sake
TIDY_SECONDS = 0.05  # of peace before the diary is tidied: what comes meanwhile comes first


Item = Save | TemperatureRead | Callable[[], object] | None
"""What is queued: to be kept, to be called once all before is, or the end."""


class Writer:
    """Owns the diary's connection and the journal's file; everything else talks to it through its queue."""

    def __init__(
        self,
        folder: Path,
        post: Callable[[object], None],
        now: Callable[[], Moment],
        retry: float = RETRY_SECONDS,
        *,
        clips: Path | None = None,
    ) -> None:
        """`clips` is the folder of the clips, which are deleted with everything else."""
        self._path = folder / "diary.db"
        self._wiping = Wiping(folder, clips)
        self._journal = Journal(folder / "journal")
        self._post, self._now, self._retry = post, now, retry
        self._diary: Diary | None = None
        self._inbox: SimpleQueue[Item] = SimpleQueue()
        self._unsaved: list[Save] = []  # on no disk yet
        self._unjournaled: list[Save] = []  # refused by the journal, whether or not the diary has them
        self._behind: list[Save] = []  # in the journal, not in the diary
        self._readings = Readings()
        self._readings_written = now().since_boot
        self._reported: str | None = None
        self._journal_trouble = ""
        self._note = ""
        self._open_cramp: str | None = None  # the one the night leads: no orphan
        self._replayed = False
        self._to_tidy = False
        self._find_zone: Callable[[], tzinfo | None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def kept(self) -> Kept:
        """What a restart goes on from, once all is gone that was to be deleted when the power went. To be asked before
        the start. Raises OSError.
        """
        self._wiping.finish()
        return self._journal.kept()

    def start(self, open_cramp: str | None = None) -> None:
        """Begin; `open_cramp` is the one the night goes on with, which must not be closed as an orphan."""
        self._open_cramp = open_cramp
        self._thread.start()

    def save(self, save: Save) -> None:
        """Queue a record. Saved or SaveFailed will be posted for it. Never blocks."""
        self._inbox.put(save)

    def sample(self, reading: TemperatureRead) -> None:
        """Queue a temperature; it is written with the next press, or within the hour. Never blocks."""
        self._inbox.put(reading)

    def wipe(self, answer: Callable[[bool], object]) -> None:
        """Queue that all that was given before is deleted, and nothing that comes after. Never blocks. `answer` is told
        on the writer's thread whether all is gone; after a no once more, when it is.
        """
        self.after(partial(self._wipe, answer))

    def after(self, call: Callable[[], object]) -> None:
        """Queue a call, on the writer's thread, once the diary has, or refused, what was given before. Never blocks."""
        self._inbox.put(call)

    def roll_up_in(self, find_zone: Callable[[], tzinfo]) -> None:
        """From now on roll up the nights that are over, told apart in this time zone. Never blocks."""
        self._find_zone = find_zone

    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def close(self, seconds: float = 5.0) -> None:
        """Write what is left and stop, waiting at most so many seconds."""
        self._inbox.put(None)
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        self._commit()
        items: list[Item] = []
        while None not in items:
            items = self._next()
            self._to_tidy = bool(items) or self._tidy()
            self._take(items)
        self._commit(with_readings=True)
        self._journal.close()
        if self._diary:
            self._diary.close()

    def _next(self) -> list[Item]:
        """All that is queued; waits for the first, but not past the next retry, or the next night to roll up."""
        waits = self._retry if self._reported else TIDY_SECONDS if self._to_tidy else None
        try:
            items = [self._inbox.get(timeout=waits)]
        except Empty:
            return []
        while not self._inbox.empty():
            items.append(self._inbox.get())
        return items

    def _take(self, items: list[Item]) -> None:
        saves: list[Save] = []
        for item in items:
            if isinstance(item, TemperatureRead):
                self._readings.add(item)
            elif isinstance(item, Save):
                saves.append(item)
            elif item is not None:
                self._write(saves)  # as ever: whoever waits for one of them is answered
                item()
                saves = []
        self._write(saves)

    def _write(self, saves: list[Save]) -> None:
        human = [save for save in saves if is_human(save)]
        self._behind += [save for save in saves if not is_human(save)]
        if human or self._unjournaled:
            self._keep(human)
        for row in chain.from_iterable(save.rows for save in human):
            if isinstance(row, Cramp) and row.state is CrampState.OPEN:
                self._open_cramp = row.id
        due = self._now().since_boot - self._readings_written >= READINGS_SECONDS
        if self._behind or due or self._reported or self._diary is None:
            self._commit(with_readings=bool(human) or due)
        if self._wiping.lets_write:
            self._journal.make_room()

    def _wipe(self, answer: Callable[[bool], object]) -> None:
        """Forget all that came before, and delete all that is on the disk. While the disk refuses that, nothing is
        written, and what comes waits in memory: it would be deleted with the rest.
        """
        self._journal.close()
        self._drop()
        self._acknowledge()  # of what the disk refused, nobody shall wait for any more
        self._unjournaled, self._behind = [], []
        self._readings, self._readings_written = Readings(), self._now().since_boot
        self._open_cramp, self._journal_trouble, self._note = None, "", ""
        self._wiping.ask(lambda: answer(True))
        try:
            self._wiping.finish()
        except StillThereError as error:
            log.error("%s", error)  # told on the page by the next commit, which tries again
        if not self._wiping.over:
            answer(False)

    def _keep(self, fresh: list[Save]) -> None:
        """Journal the records; if that fails, commit them at once; if that fails too, keep them in memory.

        What the journal refused it is given again, even where the diary has it: a damaged diary is filled from it.
        """
        self._unsaved += fresh
        refused, error = self._unjournaled + fresh, None
        with suppress(StillThereError):
            if not self._wiping.lets_write:
                self._wiping.finish()
            refused, error = self._journal.append_each(refused)
            self._journal_trouble = _("The journal cannot be written (%(error)s).", error=error) if error else ""
        self._unjournaled = refused
        waiting = {save.record for save in refused}
        self._behind += [save for save in self._unsaved if save.record not in waiting]
        self._acknowledge(waiting)
        if refused and not self._commit():
            for save in (save for save in fresh if save.record in waiting):
                self._post(SaveFailed(self._now(), save.record))

    def _acknowledge(self, but: Set[str] = frozenset()) -> None:
        saves, self._unsaved = self._unsaved, [save for save in self._unsaved if save.record in but]
        for save in (save for save in saves if save.record not in but):
            self._post(Saved(self._now(), save.record))

    def _commit(self, *, with_readings: bool = False) -> bool:
        """Bring the diary up to date. True if it is."""
        readings = self._readings.gathered() if with_readings else ()
        try:
            self._wiping.finish()
            diary = self._diary or self._open()
            if not self._replayed:
                self._replay(diary)
            diary.apply([*self._behind, *self._unsaved], readings)
        except DamagedDiaryError as error:
            self._set_aside(error)
            return False
        except (OSError, *NO_ROW_OF_OURS) as error:  # with any of them the journal still takes every press
            if not isinstance(error, BlockedDiaryError):
                self._drop()
            self._report(str(error))
            self._readings.refused()
            return False
        self._behind = []
        if with_readings:
            self._readings.written()
            self._readings_written = self._now().since_boot
        self._acknowledge()
        self._report("")
        return True

    def _tidy(self) -> bool:
        """One small piece of tidying. True if there may be more. What fails is tried again when something comes."""
        try:
            return bool(self._diary and not self._reported and self._diary.tidy(self._now(), self._find_zone()))
        except OSError as error:
            log.warning("the diary was not tidied: %s", error)  # the pages count for themselves
            return False

    def _open(self) -> "Diary":
        from bedside.diary.store import Diary  # sqlite-utils is slow to import, and no press waits for this thread

        self._diary, self._replayed = Diary(self._path), False
        return self._diary

    def _replay(self, diary: "Diary") -> None:
        """Give the diary what only the journal has. A journal that cannot be read is asked again at the next try."""
        try:
            journaled = list(self._journal.read())
        except OSError as error:
            self._journal_trouble = _("The journal cannot be read (%(error)s).", error=error)
            return
        given = diary.replay([*journaled, *self._unjournaled])
        diary.close_orphans(self._open_cramp)
        self._replayed = True
        if not self._unjournaled:
            self._journal_trouble = ""
        if given:
            log.info("the journal gave %d records back to the diary", given)

    def _drop(self) -> None:
        """Close the connection: after an error of the disk it tells nothing true any more."""
        if self._diary:
            self._diary.close()
            self._diary = None

    def _set_aside(self, error: DamagedDiaryError) -> None:
        self._drop()
        try:
            name = set_aside(self._path, self._now().wall).name
        except OSError as refusal:
            self._report(_("%(error)s It could not be renamed: %(refusal)s.", error=error, refusal=refusal))
        else:
            told = _("A damaged diary was set aside as %(name)s; this one was filled from the journal.", name=name)
            says = N_("%(error)s It is set aside as %(name)s; a new one is filled from the journal.")
            self._note = f" {told}"
            self._report(_(says, error=error, name=name))

    def _report(self, trouble: str) -> None:
        """Tell of a change: `trouble` is a sentence, or nothing when the diary is well."""
        trouble = " ".join(filter(None, (trouble, self._journal_trouble, self._wiping.left)))
        if self._unsaved and trouble:
            trouble += " " + _("The newest presses are in memory only.")
        if trouble == self._reported:
            return
        self._reported = trouble
        says = trouble or _("Every press is written down.") + self._note
        remedy = _("Keep the device on; it tries again every few seconds.") if trouble else ""
        (log.error if trouble else log.info)("diary: %s", says)
        self._post(PartReported(self._now(), "diary", not trouble, says, remedy))
