"""The care of the diary's file: opened when it is wanted, filled from the journal, put back from a backup where it is
damaged or gone, brought up to date where it is of an older version.

All of it on the writer's thread, which has the one writing connection; what takes long is an errand beside it.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.catalogue import N_, _, ngettext
from bedside.diary.backups import FOLDER, Backup, listed
from bedside.diary.damaged import DAMAGED, REPLACED, aside_name, set_aside
from bedside.diary.errand import Do, Errand, Then
from bedside.diary.errors import BlockedDiaryError, DamagedDiaryError, DiaryError, OlderDiaryError
from bedside.diary.journal import Journal
from bedside.diary.wiping import Wiping
from bedside.night.effects import Save
from bedside.night.events import Moment

if TYPE_CHECKING:
    from bedside.diary.copying import Stop
    from bedside.diary.store import Diary

log = logging.getLogger(__name__)

AGAIN_SECONDS = 60.0  # until an errand that failed is sent again
END_SECONDS = 3.0  # for what is done beside it to end with it; what hangs on the card ends with the program
ANEW_SECONDS = 600.0  # until another diary is put back: a card that damages each one must not be filled up with them
MOST_MENDED = 3  # times in one run, for the same reason: each leaves a damaged diary, which is never deleted

GONE = N_("The diary is gone.")
RESTORING = N_("It is being put back from a backup; every press is kept in the journal meanwhile.")
LATER = N_("It is mended once more in some minutes; every press is kept in the journal meanwhile.")
ENOUGH = N_(
    "So many diaries were damaged that no other is made until the next start; put in another card soon. "
    "Every press is kept in the journal meanwhile."
)
UPGRADING = N_("The diary is being brought up to date; every press is kept in the journal meanwhile.")
BUSY = N_("The diary is just being put back, or brought up to date. Try again in some minutes.")


class Care:
    """Has the diary ready for whoever writes. `note` is what is to be told of it though it is well; `trouble` is what
    keeps the journal from being read, as a sentence.

    Until the `wiping` is over no backup is put back. `queue` has something done on the writer's thread.
    """

    def __init__(
        self,
        path: Path,
        journal: Journal,
        now: Callable[[], Moment],
        wiping: Wiping,
        queue: Callable[[Then], object],
    ) -> None:
        self._path, self._journal, self._now = path, journal, now
        self._wiping, self._queue = wiping, queue
        self._errand: Errand | None = None
        self._given_up: Errand | None = None  # since all is being deleted; it may hang, and write something yet
        wiping.others.append(self._has_ended)
        self._refusal, self._again = "", float("-inf")
        self._none_whole, self._mended = False, 0
        self._base: Backup | None = None  # which was made ready here
        self._aside: str | None = None  # what the old diary is called, until that is told
        self._replayed = False
        self.diary: Diary | None = None
        self.note = self.trouble = ""
        self.step: Callable[[], object] = lambda: None  # is called as a long piece of the diary's work goes on

    def ready(self, unjournaled: Sequence[Save], open_cramp: str | None) -> "Diary":
        """The diary, with all that the journal has and what the journal refused. `open_cramp` is the one the night
        leads: no orphan. Raises DiaryError; DamagedDiaryError where it is to be mended.
        """
        diary = self.diary or self._open()
        if not self._replayed:
            self._replay(diary, unjournaled, open_cramp)
        return diary

    def drop(self) -> None:
        """Close the connection: after an error of the disk it tells nothing true any more."""
        if self.diary:
            self.diary.close()
            self.diary = None

    def close(self) -> None:
        """Close the connection, and end what is being done beside it."""
        if self._errand:
            self._errand.stop(END_SECONDS)
        self.drop()

    def forget(self) -> None:
        """Begin anew, since all that was kept is being deleted."""
        self.drop()
        if errand := self._errand:
            errand.give_up(DiaryError(_("Everything is being deleted.")))
            self._given_up = errand
        self._errand, self._base, self._aside = None, None, None
        self._refusal, self._again, self._none_whole, self._mended = "", float("-inf"), False, 0
        self.note = self.trouble = ""

    def mend(self, error: DamagedDiaryError) -> str:
        """Begin to put the newest whole backup in the place of a damaged diary, which is kept; where there is none,
        make room for a new one, which the journal fills. Returns what is told meanwhile.
        """
        self.drop()
        if self._errand:
            return f"{error} {_(RESTORING)}"
        if self._mended >= MOST_MENDED:
            return f"{error} {_(ENOUGH)}"
        if self._now().since_boot < self._again:
            return f"{error} {_(LATER)}"
        kept = self._backups()
        try:
            return self._put_back(kept, error) if kept and not self._none_whole else self._set_aside(error)
        except OSError as refusal:
            self._again = self._now().since_boot + AGAIN_SECONDS
            self._refusal = _("%(error)s It could not be renamed: %(refusal)s.", error=error, refusal=refusal)
            return self._refusal

    def restore(self, path: Path, answer: Callable[[str], object]) -> None:
        """Begin to put this diary in the place of the one there is, which is used until that is ready, and then kept.
        `answer` gets nothing once it can be opened, else a sentence: why nothing has changed.
        """
        if self._errand or self._given_up:
            answer(_(BUSY))
            return
        now, kept = self._now().wall, self._backups()

        def prepare(stop: "Stop") -> Then:
            from bedside.diary.restoring import prepare_wanted

            prepare_wanted(self._path, path, aside_name(self._path, REPLACED, now), kept, stop)
            return place

        def place() -> None:
            try:
                self._journal.put_phones_out(self._now())
            except OSError as error:
                log.error("the phones are put out later: %s", error)
            self.drop()
            answer("")

        try:
            self._send("", prepare, lambda error: answer(str(error)))
        except OSError as error:
            answer(str(error))

    def _open(self) -> "Diary":
        from bedside.diary.restoring import put_in_place
        from bedside.diary.store import Diary  # sqlite-utils is slow to import, and no press waits for this thread

        busy = self._errand.says if self._errand else self._refusal if self._now().since_boot < self._again else ""
        if busy:
            raise BlockedDiaryError(busy)
        if not (self._errand or self._given_up):
            self._aside = put_in_place(self._path) or self._aside
        if _is_blank(self._path) and not self._none_whole and (kept := self._backups()):
            raise BlockedDiaryError(f"{_(GONE)} {_(RESTORING)}" if self._errand else self._put_back(kept))
        try:
            self.diary = Diary(self._path, upgrades=False)
            self.diary.tell_steps(self.step)
        except OlderDiaryError:
            raise BlockedDiaryError(self._upgrade()) from None
        self._replayed, self._refusal = False, ""
        return self.diary

    def _replay(self, diary: "Diary", unjournaled: Sequence[Save], open_cramp: str | None) -> None:
        """Give the diary what only the journal has. A journal that cannot be read is asked again at the next try."""
        try:
            journaled = list(self._journal.read())
        except OSError as error:
            self.trouble = _("The journal cannot be read (%(error)s).", error=error)
            return
        given = diary.replay([*journaled, *unjournaled])
        diary.close_orphans(open_cramp)
        self._replayed, self._none_whole, self.trouble = True, False, ""
        if given:
            log.info("the journal gave %d records back to the diary", given)
        if self._aside:
            self.note = " " + self._told(self._aside, given)
            self._aside = self._base = None

    def _has_ended(self, seconds: float) -> bool:
        """Whether what was given up has ended, or does within so many seconds."""
        if self._given_up and self._given_up.has_ended(seconds):
            self._given_up = None
        return self._given_up is None

    def _backups(self) -> Sequence[Backup]:
        return listed(self._path.parent / FOLDER) if self._wiping.over else ()

    def _put_back(self, kept: Sequence[Backup], damaged: DamagedDiaryError | None = None) -> str:
        """Begin to make the newest whole backup ready, for a diary that is damaged, or else gone; returns what is told
        meanwhile.
        """
        why = str(damaged or _(GONE))
        aside = aside_name(self._path, DAMAGED, self._now().wall)

        def prepare(stop: "Stop") -> Then:
            from bedside.diary.restoring import newest_whole, prepare, sources

            base = newest_whole(kept, stop)
            if base is None:
                return partial(self._give_up, damaged)
            prepare(self._path, base.path, aside, sources(base, kept, stop), stop=stop)
            return partial(self._made_ready, base)

        says = f"{why} {_(RESTORING)}"
        self._send(says, prepare, partial(self._refuse, why))
        return says

    def _upgrade(self) -> str:
        def upgrade(stop: "Stop") -> Then:
            from bedside.diary.upgrading import upgrade

            upgrade(self._path, stop)
            return lambda: None

        def failed(error: OSError) -> None:
            if isinstance(error, DamagedDiaryError):  # it was whole enough to be opened, and not to be copied
                self.mend(error)
            else:
                self._refuse(_("The diary cannot be brought up to date."), error)

        self._send(_(UPGRADING), upgrade, failed)
        return _(UPGRADING)

    def _send(self, says: str, do: Do, failed: Callable[[OSError], object]) -> None:
        def over(then: Then) -> None:
            self._errand = None
            then()

        self._errand = Errand(
            says, lambda stop: partial(over, do(stop)), lambda error: over(partial(failed, error)), self._queue
        )

    def _made_ready(self, base: Backup) -> None:
        self._base = base
        self._pause()

    def _give_up(self, damaged: DamagedDiaryError | None) -> None:
        self._none_whole = True
        if damaged:  # at once: opened anew, it may seem whole until the next page of it is read
            self.mend(damaged)

    def _pause(self) -> None:
        """Note that the diary was mended, so that it is not again before some time."""
        self._mended += 1
        self._again, self._refusal = self._now().since_boot + ANEW_SECONDS, ""

    def _refuse(self, why: str, error: OSError) -> None:
        self._refusal, self._again = f"{why} {error}", self._now().since_boot + AGAIN_SECONDS

    def _set_aside(self, error: DamagedDiaryError) -> str:
        name = aside_name(self._path, DAMAGED, self._now().wall)
        for _renamed in set_aside(self._path, name):
            pass
        self._pause()
        told = _("A damaged diary was set aside as %(name)s; this one was filled from the journal.", name=name)
        self.note = f" {told}"
        says = N_("%(error)s It is set aside as %(name)s; a new one is filled from the journal.")
        return _(says, error=error, name=name)

    def _told(self, aside: str, given: int) -> str:
        """What became of the diary, in one or two sentences."""
        kept = self._path.with_name(aside).exists()
        before = _("The diary before is kept as %(name)s.", name=aside) if kept else _("There was no diary any more.")
        given_back = ngettext(
            "The journal gave back %(number)s record.", "The journal gave back %(number)s records.", given
        )
        base = _("This is the backup of %(day)s.", day=self._base.made) if self._base else _("This is a backup.")
        return f"{base} {given_back} {before}"


def _is_blank(path: Path) -> bool:
    """Whether there is no diary at all: what is empty would pass for a new one."""
    return not path.exists() or path.stat().st_size == 0
