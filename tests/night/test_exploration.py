"""Every night there is, to a depth: all events at all moments that could matter, all laws kept.

Breadth first from the first night, and from beginnings that lie deep in one. From each distinct night every event
happens at once, and time passes to just before, at and just after every deadline and every limit a press is compared
with. Nights that differ only in when they happen are one, and so are those in which two buttons have changed places.
"""

import multiprocessing
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from bedside.night.cues import Cue
from bedside.night.effects import Cramp, Evening, Phase, Press, StretchState
from bedside.night.events import (
    KEY,
    WIRE,
    ButtonPressed,
    ButtonReleased,
    ClockSet,
    CueGiven,
    DeadlinePassed,
    EveningCalledOff,
    EveningPassed,
    Event,
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
from bedside.night.resume import Kept, resume
from bedside.night.state import (
    ANEW,
    ASKING,
    CLOSE,
    CRY,
    HOLD,
    LEAN,
    PAIR_OF_PRESSES,
    PAIRING_HOLD,
    RELAPSE,
    Line,
    Night,
    Rules,
    timers,
)
from tests.night.laws import LAWS, Step, broken, the_next_deadline_is_always_later
from tests.night.waiting import deadline

RULES = Rules(has_phone=True)
EVENING, MISSED = date(2026, 1, 10), date(2026, 1, 11)
NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
BOOT, START, NEAR = "boot", 1024.0, 1 / 64
WINDOW_LEFT = 1500.0
OLDEST = CLOSE + 2 * ASKING
FAST, DEEP, DEEP_OF_TWO = 2, 4, 3
"""Moves after each beginning: what fits in two seconds, and what takes some minutes on one core; with two buttons there
are more of them.
"""
ONE, TWO = (WIRE,), (WIRE, KEY)

Beginning = tuple[type[Event] | tuple[type[Event], str] | float, ...]
"""Events, where it matters by which button, and seconds between them."""


def moment(since_boot: float) -> Moment:
    return Moment(BOOT, since_boot, NOON + timedelta(seconds=since_boot))


def _ago(at: Moment | float | None, now: float) -> float | None:
    if at is None:
        return None
    since = at.since_boot if isinstance(at, Moment) else at
    return round(max(since - now, -OLDEST), 2)


def _cramp_shape(cramp: Cramp | None, now: float) -> tuple | None:
    if cramp is None:
        return None
    times = (cramp.onset, cramp.led_from, cramp.last_press, cramp.end, cramp.closed)
    return (*(_ago(at, now) for at in times), cramp.state, cramp.doubtful, cramp.muted, cramp.warned, cramp.practice)


def _press_shape(press: Press | None, night: Night, now: float) -> tuple | None:
    if press is None:
        return None
    whose = press.cramp and (night.cramp is not None and press.cramp == night.cramp.id)
    return _ago(press.moment, now), press.phase, press.meaning, whose, press.leaned, press.practice


def _evening_shape(evening: Evening | None, now: float) -> tuple | None:
    if evening is None:
        return None
    marks = evening.state, evening.asks, evening.over, evening.given, evening.by_light, evening.by_page
    return evening.date, *marks, *(_ago(at, now) for at in (evening.until, evening.asked, evening.due))


def shape(night: Night, now: float) -> tuple:
    """What makes a night the same as another: its times as seen from now, its names forgotten."""
    return (
        night.phase, night.line, night.light, night.told, night.listening, _ago(night.released, now),
        _press_shape(night.press, night, now), _cramp_shape(night.cramp, now),
        _evening_shape(night.evening, now),
        _ago(night.stretch_from, now) if night.phase is Phase.STRETCHING else None,
        night.speech and (night.speech.cue, _ago(night.speech.by, now)),
        night.pending is not None, len(night.unsaved), night.room is not None, _ago(night.practice_until, now),
        night.watch and _ago(night.watch.seen, now), tuple((_ago(one.since, now), one.stuck) for one in night.others),
    )  # fmt: skip


def moments_that_matter(night: Night, now: float) -> Iterator[float]:
    """Just before, at and just after each deadline and each limit."""
    dues = [due for due, _ in timers(night, RULES)]
    if night.press:
        dues += [night.press.moment.since_boot + limit for limit in (HOLD, PAIR_OF_PRESSES, PAIRING_HOLD, CRY, LEAN)]
    if night.cramp:
        dues += [night.cramp.last_press.since_boot + limit for limit in (CRY, ANEW)]
        dues += [night.cramp.end.since_boot + RELAPSE] if night.cramp.end else []
    if night.released is not None:
        dues.append(night.released + CRY)
    for due in sorted(set(dues)):
        yield from (at for at in (due - NEAR, due, due + NEAR) if at > now)


def events(night: Night, now: float, buttons: tuple[str, ...] = ONE) -> Iterator[Event]:
    """Everything that can happen at this moment and would not only repeat itself."""
    at = moment(now)
    record = night.pending or next(iter(sorted(night.unsaved)), None)
    for button in buttons if night.down else (night.button,):  # any other would be the same night once more
        if night.press is None or night.press.moment != at:  # two presses are not tried at one instant
            yield ButtonPressed(at, button)
        if button in night.down:
            yield ButtonReleased(at, button=button)
            yield ButtonReleased(at, False, button)
    yield from _evening_events(night, at)
    if record:
        yield Saved(at, record)
        yield SaveFailed(at, record)
    if night.evening and night.evening.asks:
        yield CueGiven(at, Cue.ASK, heard=True)
        yield CueGiven(at, Cue.ASK, heard=False)
    if night.practice_until is None:
        yield PracticeBegan(at)
    yield ListeningEnded(at) if night.listening else ListeningBegan(at)
    yield ClockSet(at)
    if night.room is None:
        yield TemperatureRead(at, 18.5)


def _evening_events(night: Night, at: Moment) -> Iterator[Event]:
    """The page's only where they are not passed over, and only on a line that is up with nothing left to save: what the
    line and the disk do to a session is tried from the press that starts one.
    """
    evening = night.evening
    if evening is None:
        yield ReminderDue(at, EVENING, WINDOW_LEFT)
    if night.line is not Line.UP or night.pending or night.unsaved:
        return
    tonight = evening is None or evening.date == EVENING
    if tonight and night.phase in (Phase.QUIET, Phase.ASKING):
        yield StretchWanted(at, EVENING)
    done = evening is not None and evening.state is StretchState.COMPLETED
    if tonight and not done and night.phase is not Phase.STRETCHING:
        yield StretchReported(at, EVENING)
    if evening and tonight and night.phase in (Phase.QUIET, Phase.CRAMPING):
        yield EveningPassed(at, MISSED)
    if evening and tonight and not evening.over and night.phase is not Phase.STRETCHING:
        yield EveningCalledOff(at, EVENING)
    if night.phase is Phase.QUIET:
        yield SoundWanted(at, quiet=True)


BEGINNINGS: tuple[Beginning, ...] = (
    (),
    (ButtonPressed, 0.25, ButtonReleased),
    (ButtonPressed, 5.0, ButtonReleased),
    (ButtonPressed, 12.0),
    (ButtonPressed, 0.25, ButtonReleased, 40.0, ButtonPressed, 0.25, ButtonReleased),
    (ButtonPressed, 0.25, ButtonReleased, 650.0),
    (ReminderDue, 10.0),
    (ReminderDue, 10.0, ButtonPressed, 0.25, ButtonReleased),
    (ReminderDue, 1210.0),
    (PracticeBegan, 590.0, ReminderDue),
    (PracticeBegan, 595.0, ButtonPressed, 0.25, ButtonReleased),
    (ButtonPressed, 70.0),
    (StretchReported, 10.0, StretchWanted, 170.0),
)
"""Where searches begin, so that what lies deep in a night is not far."""

BY_KEY = (ButtonPressed, KEY)
OF_TWO: tuple[Beginning, ...] = (
    (ButtonPressed, 2.0, BY_KEY),
    (ButtonPressed, 12.0, BY_KEY),
    (ButtonPressed, 70.0, BY_KEY),
    (ButtonPressed, 2.0, BY_KEY, 62.0),
    (ReminderDue, 10.0, ButtonPressed, 4.0, BY_KEY),
)
"""The same, where a button is pressed while another is down."""


def _named(event: Event) -> str:
    of_button = isinstance(event, ButtonPressed | ButtonReleased) and event.button != WIRE
    return f"{type(event).__name__}{' by ' + event.button if of_button else ''}"


@dataclass
class Exploration:
    """The search: nights seen, steps taken, laws broken with the path that broke them first."""

    buttons: tuple[str, ...] = ONE
    seen: set[tuple] = field(default_factory=set)
    steps: int = 0
    paths: dict[str, tuple[str, ...]] = field(default_factory=dict)
    broken: Counter = field(default_factory=Counter)

    def take(self, before: Night, event: Event | None, now: float, path: tuple[str, ...]) -> Night:
        """One step, or a restart; all laws are checked."""
        if event is None:
            kept = Kept(before.press, before.cramp, before.evening, BOOT, before.evenings_past)
            after, effects = resume(kept, moment(now), RULES)
        else:
            after, effects = step(before, event, RULES)
        self.steps += 1
        changed = effects or after != before
        taken = Step(before, event, now, after, effects, RULES)
        for law in broken(taken) if changed else broken(taken, (the_next_deadline_is_always_later,)):
            self.broken[law] += 1
            self.paths.setdefault(law, path)
        return after

    def wait(self, night: Night, until: float, path: tuple[str, ...]) -> Night:
        """Let time pass, waking the night exactly when it asks."""
        while (due := deadline(night, RULES)) is not None and due <= until:
            night = self.take(night, DeadlinePassed(moment(due)), due, path)
        return self.take(night, DeadlinePassed(moment(until)), until, path)

    def followers(self, night: Night, now: float, path: tuple[str, ...]) -> Iterator[tuple[Night, float, tuple]]:
        """Each night that can come of this one, by an event now or by time."""
        for event in events(night, now, self.buttons):
            there = (*path, _named(event))
            yield self.take(night, event, now, there), now, there
        yield self.take(night, None, now, (*path, "restart")), now, (*path, "restart")
        for until in moments_that_matter(night, now):
            there = (*path, f"+{until - now:g} s")
            yield self.wait(night, until, there), until, there

    def begin(self, beginning: Beginning) -> tuple[Night, float, tuple]:
        """The night after a beginning, and its path."""
        night, now, path = self.take(Night(), ListeningBegan(moment(START)), START, ()), START, ()
        for what in beginning:
            path = (*path, str(what))
            if isinstance(what, float):
                now += what
                night = self.wait(night, now, path)
            else:
                kind, button = what if isinstance(what, tuple) else (what, WIRE)
                happens = events(night, now, self.buttons)
                event = next(one for one in happens if type(one) is kind and getattr(one, "button", WIRE) == button)
                night = self.take(night, event, now, path)
        return night, now, path

    def run(self, beginning: Beginning, depth: int) -> None:
        """Every sequence of up to `depth` moves after the beginning, a move being an event or a wait."""
        ahead = deque([self.begin(beginning)])
        first = len(ahead[0][2])
        while ahead:
            night, now, path = ahead.popleft()
            if len(path) - first == depth:
                continue
            for after, at, there in self.followers(night, now, path):
                mark = shape(after, at)
                if mark not in self.seen:
                    self.seen.add(mark)
                    ahead.append((after, at, there))


def explored(beginnings: Iterable[Beginning], depth: int, buttons: tuple[str, ...]) -> Exploration:
    result = Exploration(buttons)
    for beginning in beginnings:
        result.run(beginning, depth)
    return result


@pytest.fixture(scope="module")
def exploration() -> Exploration:
    return explored((*BEGINNINGS, *OF_TWO), FAST, TWO)


def test_the_search_sees_thousands_of_distinct_nights(exploration: Exploration) -> None:
    assert len(exploration.seen) > 2_500
    assert exploration.steps > 14_000


def deeply(number: int) -> tuple[int, int, dict[str, tuple[str, ...]]]:
    """One beginning explored deeply: how many nights, how many steps, and the paths to what broke."""
    one = number < len(BEGINNINGS)
    beginning = BEGINNINGS[number] if one else OF_TWO[number - len(BEGINNINGS)]
    result = explored([beginning], DEEP if one else DEEP_OF_TWO, ONE if one else TWO)
    return len(result.seen), result.steps, result.paths


@pytest.mark.slow
def test_no_sequence_of_four_moves_after_any_beginning_breaks_a_law(capsys: pytest.CaptureFixture[str]) -> None:
    with multiprocessing.Pool() as pool:
        results = pool.map(deeply, range(len(BEGINNINGS) + len(OF_TWO)), chunksize=1)
    nights, steps = (sum(result[which] for result in results) for which in (0, 1))
    with capsys.disabled():
        print(f"\n{nights} distinct nights, {steps} steps, {DEEP} moves deep after {len(BEGINNINGS)} beginnings,")
        print(f"{DEEP_OF_TWO} after {len(OF_TWO)} with two buttons")
    assert steps > 1_000_000
    assert [paths for _, _, paths in results if paths] == []


@pytest.mark.parametrize("law", [law.__name__ for law in LAWS])
def test_every_step_keeps_the_law(exploration: Exploration, law: str) -> None:
    assert law not in exploration.paths, f"{exploration.broken[law]} times, first: {exploration.paths[law]}"
