"""The writer: one thread that puts every record into the journal, then into the diary, and says when it is safe.

`Saved` means that the journal has it on the disk, or, if the journal fails, the diary. What neither takes stays in
memory, is announced once as `SaveFailed`, and is tried again until it is in.
"""

import logging
import threading
from collections.abc import Callable, Set
from datetime import tzinfo
from functools import partial
from pathlib import Path

from bedside.catalogue import _
from bedside.diary.care import Care
from bedside.diary.damaged import chosen_waits
from bedside.diary.errors import NO_ROW_OF_OURS, BlockedDiaryError, DamagedDiaryError
from bedside.diary.inbox import Inbox, Item
from bedside.diary.journal import Forgettable, Journal, is_human
from bedside.diary.readings import Readings
from bedside.diary.unjournaled import kept as what_was_kept
from bedside.diary.wiping import StillThereError, Wiping
from bedside.night.effects import Cramp, CrampState, Save
from bedside.night.events import Moment, PartReported, Saved, SaveFailed, TemperatureRead
from bedside.night.resume import Kept
from bedside.threads import known_as

log = logging.getLogger(__name__)

RETRY_SECONDS = 5.0  # between tries while the disk refuses
READINGS_SECONDS = 3600.0  # between writings of the temperature, for the card's sake
ALONG_SECONDS = 2700.0  # after which it goes along with whatever is written, so that a heartbeat comes before its hour
TIDY_SECONDS = 0.05  # of peace before the diary is tidied: what comes meanwhile comes first


class Writer:
    """Owns the journal's file and has the diary in its care; everything else talks to it through its queue."""

    def __init__(
        self,
        folder: Path,
        post: Callable[[object], None],
        now: Callable[[], Moment],
        retry: float = RETRY_SECONDS,
        *,
        clips: Path | None = None,
        journal: Journal | None = None,
    ) -> None:
        """`clips` is the folder of the clips, which are deleted with everything else."""
        self._wiping = Wiping(folder, clips)
        self._journal = journal or Journal(folder / "journal")
        self._post, self._now, self._retry = post, now, retry
        self._path = folder / "diary.db"
        self._care = Care(self._path, self._journal, now, self._wiping, self._queue)
        self._inbox = Inbox()
        self._care.step = self._inbox.step  # what takes long, as a year's journal, is no hang
        self._unsaved: list[Save] = []  # on no disk yet
        self._unjournaled: list[Save] = []  # refused by the journal, whether or not the diary has them
        self._behind: list[Save] = []  # in the journal, not in the diary
        self._readings, self._keeps_readings, self._readings_written = Readings(), True, now().since_boot
        self._reported: str | None = None
        self._journal_trouble, self._to_tidy = "", False
        self._open_cramp: str | None = None  # the one the night leads: no orphan
        self._find_zone: Callable[[], tzinfo | None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def kept(self) -> Kept:
        """What a restart goes on from, once all is gone that was to be deleted when the power went, and the phones are
        out that were to be when another diary was put back. To be asked before the start. Raises OSError.
        """
        self._wiping.finish()
        if chosen_waits(self._path):
            self._journal.put_phones_out(self._now())
        kept, self._unjournaled = what_was_kept(self._journal, self._path)
        return kept

    def start(self, open_cramp: str | None = None, *, thread: bool = True) -> None:
        """Begin. The night goes on with `open_cramp`, which is no orphan. Without a thread, `turn` is to be called."""
        self._open_cramp = open_cramp
        if thread:
            self._thread.start()

    def save(self, save: Save) -> None:
        """Queue a record. Saved or SaveFailed will be posted for it. Never blocks."""
        self._inbox.put(save)

    def sample(self, reading: TemperatureRead) -> None:
        """Queue a temperature; it is written with the next press, or within the hour. Never blocks."""
        if self._keeps_readings:
            self._inbox.put(reading)

    def keep_readings(self, wanted: bool) -> None:
        """From now on keep temperatures, or let them go: what a person does needs the last of a full card."""
        self._keeps_readings = wanted

    def wipe(self, answer: Callable[[bool], object]) -> None:
        """Queue that all that was given before is deleted, and nothing that comes after. Never blocks. `answer` is told
        on the writer's thread whether all is gone; after a no once more, when it is.
        """
        self.after(partial(self._wipe, answer))

    def restore(self, path: Path, answer: Callable[[str], object]) -> None:
        """Queue that this diary is put in the place of the one there is, which is kept; what the journal has comes into
        it. Never blocks. `answer` is told on the writer's thread: nothing once it is done, or why nothing has changed.
        """
        self.after(partial(self._restore, path, answer))

    def mend(self, error: DamagedDiaryError) -> None:
        """Queue that a diary which somebody found to be damaged is put back from a backup. Never blocks."""
        self.after(lambda: self._report(self._care.mend(error)))

    def forget(self, records: Forgettable) -> None:
        """Queue that the journal forgets these. Never blocks. What the disk refuses it still has."""
        self.after(partial(self._forget, records))

    def stop_first(self, stop: Callable[[float], bool]) -> None:
        """From now on have this called, on the writer's thread, before anything is deleted with everything else: it
        waits so many seconds at most, and tells whether all has ended.
        """
        self._wiping.others.append(stop)

    def after(self, call: Callable[[], object]) -> None:
        """Queue a call, on the writer's thread, once the diary has, or refused, what was given before. Never blocks."""
        self._inbox.put(call)

    def roll_up_in(self, find_zone: Callable[[], tzinfo]) -> None:
        """From now on roll up the nights that are over, told apart in this time zone. Never blocks."""
        self._find_zone = find_zone

    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def at_work(self) -> int | None:
        """The number of the piece of work that the thread is at; None while it waits."""
        return self._inbox.at_work()

    def close(self, seconds: float = 5.0) -> None:
        """Write what is left and stop, waiting at most so many seconds."""
        self._inbox.put(None)
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        known_as(self._thread.name)
        self._commit()
        while self.turn(self._retry if self._reported else TIDY_SECONDS if self._to_tidy else None):
            pass
        self._commit(with_readings=True)
        self._journal.close()
        self._care.close()

    def turn(self, waits: float | None) -> bool:
        """Take what is queued, after so many seconds at most, or tidy a little. False once the end was queued."""
        items = self._inbox.take(waits)
        self._to_tidy = bool(items) or self._tidy()
        self._take(items)
        return None not in items

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
        for row in (row for save in human for row in save.rows):
            if isinstance(row, Cramp) and row.state is CrampState.OPEN:
                self._open_cramp = row.id
        since = self._now().since_boot - self._readings_written
        if self._behind or since >= READINGS_SECONDS or self._reported or self._care.diary is None:
            self._commit(with_readings=bool(human) or since >= ALONG_SECONDS)
        if self._wiping.lets_write:
            self._journal.make_room()

    def _wipe(self, answer: Callable[[bool], object]) -> None:
        """Forget all that came before, and delete all that is on the disk. While the disk refuses that, nothing is
        written, and what comes waits in memory: it would be deleted with the rest.
        """
        self._journal.close()
        self._care.forget()
        self._acknowledge()  # of what the disk refused, nobody shall wait for any more
        self._unjournaled, self._behind = [], []
        self._readings, self._readings_written = Readings(), self._now().since_boot
        self._open_cramp, self._journal_trouble = None, ""
        self._wiping.ask(lambda: answer(True))
        try:
            self._wiping.finish()
        except StillThereError as error:
            log.error("%s", error)  # told on the page by the next commit, which tries again
        if not self._wiping.over:
            answer(False)

    def _restore(self, path: Path, answer: Callable[[str], object]) -> None:
        def done(why_not: str) -> None:
            if not why_not and not self._commit() and not self._care.diary:
                why_not = self._reported or ""
            answer(why_not)

        self._commit(with_readings=True)  # so that the other diary gets them, too
        self._care.restore(path, done)

    def _forget(self, records: Forgettable) -> None:
        try:
            self._journal.forget(records)
        except OSError as error:
            log.warning("the journal was not made shorter: %s", error)  # it is next month

    def _queue(self, call: Callable[[], object]) -> None:
        """Queue what follows from an errand; then the diary is tried again."""

        def then() -> None:
            call()
            self._commit()

        self.after(then)

    def _keep(self, fresh: list[Save]) -> None:
        """Journal the records; if that fails, commit them at once; if that fails too, keep them in memory.

        What the journal refused it is given again, even where the diary has it: a damaged diary is filled from it.
        """
        self._unsaved += fresh
        refused, error = self._unjournaled + fresh, None
        try:
            if not self._wiping.lets_write:
                self._wiping.finish()
            refused, error = self._journal.append_each(refused, self._inbox.step)
            self._journal_trouble = _("The journal cannot be written (%(error)s).", error=error) if error else ""
        except StillThereError:
            pass  # told by the next commit
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
            diary = self._care.ready(self._unjournaled, self._open_cramp)
            diary.apply([*self._behind, *self._unsaved], readings, unjournaled=self._unjournaled)
        except DamagedDiaryError as error:
            self._report(self._care.mend(error))
            return False
        except (OSError, *NO_ROW_OF_OURS) as error:  # with any of them the journal still takes every press
            if not isinstance(error, BlockedDiaryError):
                self._care.drop()
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
            diary = self._care.diary
            return bool(diary and not self._reported and diary.tidy(self._now(), self._find_zone()))
        except OSError as error:
            log.warning("the diary was not tidied: %s", error)  # the pages count for themselves
            return False

    def _report(self, trouble: str) -> None:
        """Tell of a change: `trouble` is a sentence, or nothing when the diary is well."""
        trouble = " ".join(filter(None, (trouble, self._journal_trouble or self._care.trouble, self._wiping.left)))
        if self._unsaved and trouble:
            trouble += " " + _("The newest presses are in memory only.")
        if trouble == self._reported:
            return
        self._reported = trouble
        says = trouble or _("Every press is written down.") + self._care.note
        remedy = _("Keep the device on; it tries again every few seconds.") if trouble else ""
        (log.error if trouble else log.info)("diary: %s", says)
        self._post(PartReported(self._now(), "diary", not trouble, says, remedy))
