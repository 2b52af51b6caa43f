"""A small language for nights: a scenario as text, played through the real machine and compared word for word.

A story has one line per moment, `time event -> what came of it`, then, after `kept:`, what the diary holds:

    03:04:00 press -> light rising; keep 'began a cramp', cramp open; hush; light full; say quietly relief-pull
    03:04:20 -> say quietly relief-hold
    03:04:30 wait
    kept:
      cramp 03:04:00 open
      press 03:04:00 began a cramp

A line without an event is a deadline the night asked for itself: the player wakes it exactly then; ` | ` joins short
lines, `...` goes on with a long one. Times are the true local time, each the next such time after the one before; rows
show the wall time as kept.

Events: press (down, and up after 0.2 s) · hold 5 s · down · up · up found (by level, unseen), each of them also with
`by key` behind it · wait · restart ·
daemon dies (until restart) · suspend (nothing is delivered until the next line) · power cut · power back[, clock 03:05]
· clock set +5 h · reminder for 2026-01-10[, 30 min left] · evening passed 2026-01-10 · evening called off 2026-01-10 ·
stretch wanted for 2026-01-10 · stretch reported for 2026-01-10 · sound wanted[, quiet] · help needed · practice ·
temperature 18.5 · listening ended · listening began · disk slow · saved · failed · disk fails · disk well ·
sound fails · sound slow · sound well.
Unless told otherwise every save is answered at once and every ask is heard at once. What is said at the night's volume
is said `quietly`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bedside.night.cues import ASK_CUES
from bedside.night.effects import (
    Effect,
    Hush,
    OpenDoor,
    Press,
    Row,
    Save,
    Say,
    SetLight,
    Watch,
)
from bedside.night.events import (
    WIRE,
    ButtonPressed,
    ButtonReleased,
    ClockSet,
    CueGiven,
    DeadlinePassed,
    EveningCalledOff,
    EveningPassed,
    Event,
    HelpNeeded,
    ListeningBegan,
    ListeningEnded,
    Moment,
    PracticeBegan,
    ReminderDue,
    Saved,
    SaveFailed,
    SoundWanted,
    StretchReported,
    StretchWanted,
    TemperatureRead,
)
from bedside.night.machine import step
from bedside.night.resume import Kept, resume, what_was_kept
from bedside.night.state import Night, Rules
from tests.night.waiting import deadline
from tests.night.wording import OUTCOMES, TAP, clock_text, kept_text, row_text

BOOTED_FOR = 1000.0
LONDON = ZoneInfo("Europe/London")
PAIRED = Rules(has_phone=True)


@dataclass
class Diary:
    """What was kept: each row's newest version, as the diary upserts it."""

    rows: dict[tuple[type, str], Row] = field(default_factory=dict)
    saves: list[Save] = field(default_factory=list)

    def take(self, save: Save) -> list[Row]:
        """Keep the rows; returns those that say more than before, a press's release aside."""
        self.saves.append(save)
        news = [row for row in save.rows if self._is_news(row)]
        for row in save.rows:
            self.rows.pop(self._key(row), None)  # the row written last is the newest
            self.rows[self._key(row)] = row
        return news

    def _is_news(self, row: Row) -> bool:
        before = self.rows.get(self._key(row))
        if isinstance(row, Press) and isinstance(before, Press):
            return replace(before, held=row.held) != row
        return before != row

    @staticmethod
    def _key(row: Row) -> tuple[type, str]:
        return type(row), row.id

    def of(self, kind: type) -> list:
        """All rows of a kind, the oldest first."""
        return [row for row in self.rows.values() if isinstance(row, kind)]

    def newest(self) -> Kept:
        """What a restart reads."""
        return what_was_kept(self.saves)


@dataclass
class Player:
    """Plays events into a night, wakes it at its deadlines, answers for disk and speaker, and writes the transcript."""

    start: datetime
    rules: Rules = PAIRED
    zone: ZoneInfo = LONDON
    watches: bool = False
    disk: str = "well"
    sound: str = "well"
    night: Night | None = field(default_factory=Night)
    diary: Diary = field(default_factory=Diary)
    boot: int = 1
    offset: timedelta = timedelta(0)
    trusted: bool = True
    suspended: bool = False
    waiting: list[str] = field(default_factory=list)
    answers: list[Event] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    said: list[Say] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.now = self.start
        self.zero = self.start - timedelta(seconds=BOOTED_FOR)
        self.step(ListeningBegan(self.moment(BOOTED_FOR)))

    def since(self, at: datetime) -> float:
        """Seconds since boot at a true time."""
        return round((at - self.zero).total_seconds(), 6)

    def moment(self, since_boot: float) -> Moment:
        """The device's moment, with its clock as right as it is."""
        wall = self.zero + timedelta(seconds=since_boot) + self.offset
        return Moment(f"boot{self.boot}", since_boot, wall.astimezone(self.zone), self.trusted)

    def step(self, event: Event) -> list[str]:
        """Apply the event, and the answers of disk and speaker; returns what came of it in words."""
        if self.night is None:
            return []
        self.night, effects = step(self.night, event, self.rules)
        return self.words(effects, event.moment)

    def words(self, effects: tuple[Effect, ...], moment: Moment) -> list[str]:
        """Effects in words; stopping what is said twice over is stopping it once."""
        words = [word for effect in effects for word in self.perform(effect, moment)]
        return [word for before, word in pairwise(["", *words]) if not before == word == "hush"]

    def perform(self, effect: Effect, moment: Moment) -> Iterator[str]:
        """An effect in words, followed by what its answer brings, after all words of this step."""
        match effect:
            case SetLight(level):
                yield f"light {level}"
            case Hush():
                yield "hush"
            case OpenDoor():
                yield "open the door"
            case Say(cue, quiet):
                self.said.append(effect)
                yield f"say {'quietly ' * quiet}{cue}"
                if cue in ASK_CUES and self.sound != "slow":
                    self.answers.append(CueGiven(moment, cue, heard=self.sound == "well"))
            case Save():
                self.records.append(effect.record)
                news = [row for row in self.diary.take(effect) if self.watches or not isinstance(row, Watch)]
                if news:
                    yield "keep " + ", ".join(row_text(row) for row in news)
                self._answer_for_disk(effect.record, moment)

    def _answer_for_disk(self, record: str, moment: Moment) -> None:
        if self.disk != "well":
            self.waiting.append(record)
        if self.disk != "slow":
            self.answers.append((Saved if self.disk == "well" else SaveFailed)(moment, record))

    def tell(self, what: str, event: Event) -> None:
        """Apply an event, then the answers to it, as one line of the transcript."""
        self.write(what, self.step(event), event.moment)

    def write(self, what: str, words: list[str], moment: Moment) -> None:
        """Write a line, with what the answers bring; a deadline that brings nothing is no line."""
        while self.answers:
            words += self.step(self.answers.pop(0))
        if what or words:
            at = clock_text((self.zero + timedelta(seconds=moment.since_boot)).astimezone(self.zone))
            self.lines.append(" ".join([at, what]).strip() + (f" -> {'; '.join(words)}" if words else ""))

    def wake_until(self, since_boot: float, *, itself: bool = False) -> None:
        """Pass every deadline before that time, each exactly when asked for; with `itself`, one at it as well."""
        while self.night and (due := deadline(self.night, self.rules)) is not None:
            if due > since_boot or (due == since_boot and not itself):
                return
            self.tell("", DeadlinePassed(self.moment(due)))

    def play(self, at: datetime, what: str) -> None:
        """Play one line of a story."""
        self.now, now = at, self.since(at)
        if not self.suspended:
            self.wake_until(now, itself=what == "wait")
        self.suspended = what == "suspend"
        verb = next(words for words in sorted(VERBS, key=len, reverse=True) if what.startswith(words))
        VERBS[verb](self, now, what, what.removeprefix(verb).strip(" ,"))

    def restart(self, now: float, what: str) -> None:
        """The daemon starts, with what the diary kept."""
        moment = self.moment(now)
        self.waiting.clear()
        self.night, effects = resume(self.diary.newest(), moment, self.rules)
        words = self.words(effects, moment)
        words += self.step(ListeningBegan(moment))
        self.write(what, words, moment)


Verb = Callable[[Player, float, str, str], None]
"""Plays a line: the player, seconds since boot, the whole event, and what follows its verb."""


def _by(rest: str) -> tuple[str, str]:
    """What stands before `by key`, and the button that is so named; the wire if none is."""
    before, _, button = rest.rpartition("by ")
    return before.strip(), button or WIRE


def _hold(player: Player, now: float, what: str, rest: str) -> None:
    held, button = _by(rest) if "by " in rest else (rest, WIRE)
    player.tell(what, ButtonPressed(player.moment(now), button))
    up = round(now + (float(held.removesuffix(" s")) if held else TAP), 6)
    player.wake_until(up)
    moment = player.moment(up)
    player.write("", player.step(ButtonReleased(moment, button=button)), moment)


def _of_button(make: Callable[[Moment, str], Event]) -> Verb:
    return lambda player, now, what, rest: player.tell(what, make(player.moment(now), _by(rest)[1]))


def _answer(answer: type[Saved] | type[SaveFailed]) -> Verb:
    def tell(player: Player, now: float, what: str, _: str) -> None:
        moment = player.moment(now)
        player.answers += [answer(moment, record) for record in player.waiting]
        player.waiting.clear()
        player.write(what, [], moment)

    return tell


def _disk_well(player: Player, now: float, what: str, rest: str) -> None:
    player.disk = "well"
    _answer(Saved)(player, now, what, rest)


def _part(part: str, state: str | bool) -> Verb:
    def tell(player: Player, now: float, what: str, _: str) -> None:
        setattr(player, part, state)
        player.write(what, [], player.moment(now))

    return tell


def _power_cut(player: Player, now: float, what: str, _: str) -> None:
    player.night = None
    player.waiting.clear()
    player.write(what, [], player.moment(now))


def _power_back(player: Player, now: float, what: str, rest: str) -> None:
    true = player.zero + timedelta(seconds=now)
    player.boot += 1
    player.zero = true - timedelta(seconds=20)
    if rest:
        shown = datetime.combine(true.astimezone(player.zone), time.fromisoformat(rest.removeprefix("clock ")))
        player.offset, player.trusted = shown.replace(tzinfo=player.zone) - true, False
    player.restart(20.0, what)


def _clock_set(player: Player, now: float, what: str, rest: str) -> None:
    number, unit = rest.split()
    player.offset += timedelta(seconds=float(number) * {"s": 1, "min": 60, "h": 3600, "days": 86400}[unit])
    player.write(what, [], player.moment(now))


def _reminder(player: Player, now: float, what: str, rest: str) -> None:
    day, _, left = rest.partition(", ")
    window = float(left.removesuffix(" min left")) * 60 if left else 3 * 3600.0
    player.tell(what, ReminderDue(player.moment(now), date.fromisoformat(day), window))


def _of_evening(kind: type[EveningPassed | EveningCalledOff | StretchWanted | StretchReported]) -> Verb:
    return lambda player, now, what, rest: player.tell(what, kind(player.moment(now), date.fromisoformat(rest)))


def _event(make: Callable[[Moment], Event]) -> Verb:
    return lambda player, now, what, _: player.tell(what, make(player.moment(now)))


VERBS: dict[str, Verb] = {
    "press": _hold,
    "hold": _hold,
    "down": _of_button(ButtonPressed),
    "up": _of_button(lambda moment, button: ButtonReleased(moment, button=button)),
    "up found": _of_button(lambda moment, button: ButtonReleased(moment, False, button)),
    "wait": lambda player, now, what, _: player.tell("", DeadlinePassed(player.moment(now))),
    "restart": lambda player, now, what, _: player.restart(now, what),
    "daemon dies": _power_cut,
    "power cut": _power_cut,
    "suspend": _part("suspended", True),
    "power back": _power_back,
    "clock set": _clock_set,
    "reminder for": _reminder,
    "evening passed": _of_evening(EveningPassed),
    "evening called off": _of_evening(EveningCalledOff),
    "stretch wanted for": _of_evening(StretchWanted),
    "stretch reported for": _of_evening(StretchReported),
    "sound wanted": lambda player, now, what, rest: player.tell(what, SoundWanted(player.moment(now), rest == "quiet")),
    "help needed": _event(HelpNeeded),
    "temperature": lambda player, now, what, rest: player.tell(what, TemperatureRead(player.moment(now), float(rest))),
    "clock noticed": _event(ClockSet),
    "practice": _event(PracticeBegan),
    "listening ended": _event(ListeningEnded),
    "listening began": _event(ListeningBegan),
    "disk slow": _part("disk", "slow"),
    "disk fails": _part("disk", "fails"),
    "disk well": _disk_well,
    "saved": _answer(Saved),
    "failed": _answer(SaveFailed),
    "sound fails": _part("sound", "fails"),
    "sound slow": _part("sound", "slow"),
    "sound well": _part("sound", "well"),
}


def _next_time(text: str, after: datetime) -> datetime:
    """The next moment, at or after that one, at which the local clock shows `text`."""
    shown, day = time.fromisoformat(text), after.astimezone(LONDON).date()
    for more in (0, 1):
        for fold in (0, 1):
            local = datetime.combine(day + timedelta(days=more), shown, LONDON).replace(fold=fold)
            if local.astimezone(UTC) >= after:
                return local.astimezone(UTC)
    raise ValueError(f"no {text} within a day after {after}")


def _lines(text: str) -> list[str]:
    whole = re.sub(r"\s*\n\s*\.\.\. ", " ", text).replace(" | ", "\n")
    return [line.strip() for line in whole.splitlines() if line.strip()]


def play(told: str, *, on: str, rules: Rules, watches: bool) -> tuple[Player, list[str]]:
    """Play a story's lines; returns the player and the lines as they should be."""
    lines = _lines(told)
    after = datetime.combine(date.fromisoformat(on), time(0), LONDON).astimezone(UTC)
    player, expected = None, []
    for line in lines:
        clock, _, rest = line.partition(" ")
        after = _next_time(clock, after)
        player = player or Player(after, rules=rules, watches=watches)
        event, arrow, words = f" {rest}".partition(" ->")
        if event.strip():
            player.play(after, event.strip())
        if event.strip() != "wait":
            outcome = arrow and " -> " + OUTCOMES.get(words.strip(), words.strip())
            expected.append(f"{clock_text(after.astimezone(LONDON))} {event.strip()}".strip() + outcome)
    assert player is not None, "a story has at least one line"
    return player, expected


def expect(story: str, *, on: str = "2026-01-10", rules: Rules = PAIRED, watches: bool = False) -> Player:
    """Play a story and compare it, line by line and row by row. Returns the player, to look further."""
    told, _, kept = story.partition("kept:")
    player, expected = play(told, on=on, rules=rules, watches=watches)
    assert player.lines == expected
    rows = [kept_text(row) for row in player.diary.rows.values() if watches or not isinstance(row, Watch)]
    assert sorted(rows) == sorted(_lines(kept))
    return player
