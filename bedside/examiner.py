"""The examiner: finds the self-test's facts each evening, on a thread of its own, and tells what they mean.

While something fails it looks again every minute, so that what is mended is gone from the page soon; a speaker that
failed, or a damaged diary, is tried again every quarter of an hour. One that is well is left in peace at night.
"""

import logging
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from pathlib import Path
from queue import Empty, SimpleQueue

from bedside.catalogue import _
from bedside.diary.errors import DiaryError
from bedside.diary.reader import reading
from bedside.diary.soundness import damage
from bedside.night.events import HelpNeeded, Moment, PartReported
from bedside.night.state import Line, Night
from bedside.selftest import Facts, Finding, due, examine
from bedside.timetable import Reminders

log = logging.getLogger(__name__)

PART = "self-test"
AGAIN = 60.0  # seconds between two looks while something fails
TRIED_AGAIN = 900.0  # and between two trials of a speaker or a diary that failed
SPEAKER_SECONDS = 60.0  # for what is said just now to end, and for a player that hangs to be killed
HANGS = 600.0  # seconds after which a test is told to hang
ASLEEP = 120.0  # seconds between two looks after which the whole device must have slept
AWAKE = 90.0  # seconds after which a temperature was read once more
DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Examined:
    """Where the facts are found. `diary` is the file; `damaged` is told of damage that was found in it; `parts`
    are as they are shown, and `armed` tells of each button that is set up, by the name of its part, whether it is open.
    """

    now: Callable[[], Moment]
    night: Callable[[], Night]
    armed: Callable[[], Mapping[str, bool]]
    diary: Path
    damaged: Callable[[str], object]
    try_speaker: Callable[[Callable[[str], object]], object]
    parts: Callable[[], Mapping[str, PartReported]]


class Examiner:
    """Tests one household. `look` is called by one thread, again and again."""

    def __init__(
        self,
        examined: Examined,
        post: Callable[[object], None],
        reminders: Callable[[], Reminders],
        zone: Callable[[], tzinfo],
        *,
        speaker_seconds: float = SPEAKER_SECONDS,
    ) -> None:
        self._examined, self._post = examined, post
        self._reminders, self._zone, self._speaker_seconds = reminders, zone, speaker_seconds
        self._done: date | None = None
        self._facts = Facts()
        self._findings: tuple[Finding, ...] = ()
        self._looked = self._tried = 0.0
        self._called, self._woke = examined.now().since_boot, -AWAKE
        self._ended, self._hangs, self._evening = True, False, False
        self._thread: threading.Thread | None = None

    def look(self) -> None:
        """Begin a test that is due, beside everything else; tell one that hangs. Raises RuntimeError where no thread is
        left for it.
        """
        now = self._examined.now()
        since = now.since_boot
        if since - self._called > ASLEEP:
            self._woke = self._looked = since
        self._called = since
        if self._thread is not None and self._thread.is_alive():
            if since - self._looked > HANGS and not self._hangs:
                self._hangs = True
                says = _("The self-test has not come to an end.")
                self._tell(False, says, _("Restart the device: sudo systemctl restart bedside"))
            return
        if self._just_woke(since):
            return
        day = due(now.wall, self._reminders(), self._zone(), self._done)
        again = bool(self._findings) or not self._ended
        if day is None and not (again and since - self._looked >= AGAIN):
            return
        evening = day is not None or (self._evening and not self._ended)  # one that broke off is done whole
        tries = evening or since - self._tried >= TRIED_AGAIN
        thread = threading.Thread(target=self._test, args=(tries, evening), name="self-test", daemon=True)
        thread.start()
        self._thread, self._looked, self._hangs = thread, since, False
        self._tried = since if tries else self._tried
        self._evening = evening
        self._done = day or self._done

    def _test(self, tries: bool, evening: bool) -> None:
        self._ended = False
        facts = self._facts
        if evening or (tries and facts.sound):
            facts = replace(facts, sound=self._sound())
        if evening or (tries and facts.damage):
            facts = replace(facts, damage=self._damage())
        self._facts = self._found(facts)
        self._findings = examine(self._facts)
        self._ended = True
        if not self._findings:
            self._tell(True, _("All was well in the self-test."))
            return
        says = " ".join(finding.says for finding in self._findings)
        self._tell(False, says, " ".join(finding.remedy for finding in self._findings))
        if evening and any(finding.spoken for finding in self._findings):
            self._post(HelpNeeded(self._examined.now()))

    def _found(self, facts: Facts) -> Facts:
        """The facts with what costs nothing found anew."""
        examined, now = self._examined, self._examined.now()
        night = examined.night()
        return replace(
            facts,
            unheard=self._unheard(night),
            days_without_press=self._days_without_press(now),
            reading_seconds=self._reading_seconds(now, night),
            free_bytes=_free(examined.diary.parent),
            trusted=now.trusted,
        )

    def _unheard(self, night: Night) -> tuple[str, ...]:
        """The buttons on which a press would not be heard: closed, told to be ill, or down for so long."""
        buttons, parts = self._examined.armed(), self._examined.parts()
        stuck = {other.button for other in night.others if other.stuck}
        if night.line is Line.STUCK:
            stuck.add(night.button)
        ill = {part for part, report in parts.items() if not report.well}
        found = tuple(part for part, armed in buttons.items() if not armed or part in stuck | ill)
        return found if found or night.listening else tuple(buttons)

    def _just_woke(self, since: float) -> bool:
        """Whether what is old may only have grown old while the whole device slept."""
        return since - self._called > ASLEEP or since - self._woke < AWAKE

    def _reading_seconds(self, now: Moment, night: Night) -> float | None:
        if night.room is None or self._just_woke(now.since_boot):
            return None
        return now.since_boot - night.room.moment.since_boot

    def _days_without_press(self, now: Moment) -> float | None:
        kept = self._examined.parts().get("diary")
        if not now.trusted or (kept and not kept.well):
            return None
        try:
            with reading(self._examined.diary) as diary:
                last = diary.last_press()
        except DiaryError as error:
            log.warning("when a press was heard last is not known: %s", error)
            return None
        return None if last is None else (now.wall - last).total_seconds() / DAY

    def _sound(self) -> str | None:
        told: SimpleQueue[str] = SimpleQueue()
        self._examined.try_speaker(told.put)
        try:
            return told.get(timeout=self._speaker_seconds)
        except Empty:  # it was hushed for something that comes first
            return None

    def _damage(self) -> str | None:
        found = damage(self._examined.diary)
        if found:
            self._examined.damaged(found)
        return found

    def _tell(self, well: bool, says: str, remedy: str = "") -> None:
        self._post(PartReported(self._examined.now(), PART, well, says, remedy))


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError as error:
        log.warning("what is free is not known: %s", error)
        return None
