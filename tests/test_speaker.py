"""The speaker with real players: ALSA's own into a file, and small scripts that fail, hang and will not go.

How one player is fed is in `test_player.py`.
"""

import os
import queue
import select
import socket
import stat
import threading
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bedside.devices.cards import find_card
from bedside.devices.speaker import AUDIBLE_AFTER, Speaker
from bedside.devices.voice import LEAD_IN, Voice
from bedside.household import Household
from bedside.night.cues import COUNT_SECONDS, LEAD, Cue
from bedside.night.events import CueGiven, Moment, PartReported
from tests.test_habits import at_home

RATE = 16000
HEADER = 44
SILENCE, SOUND = bytes(RATE), b"\1\2" * 1600
"""Half a second, and a tenth."""

SOON = 60  # seconds that no test waits unless it fails
"""Seconds that no test takes: a bound for what would otherwise wait for ever."""

Making = Callable[..., Speaker]


class Inbox:
    """What the speaker posted, in order."""

    def __init__(self) -> None:
        self.posted: queue.Queue[object] = queue.Queue()

    def given(self) -> CueGiven:
        """The next cue given; reports before it are passed over."""
        while not isinstance(event := self.posted.get(timeout=SOON), CueGiven):
            pass
        return event

    def report(self) -> PartReported:
        """The next event, which is a report."""
        event = self.posted.get(timeout=SOON)
        assert isinstance(event, PartReported)
        return event


class Started:
    """A named pipe in which players write their process ids."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self._file = os.open(path, os.O_RDWR)
        self.path = path

    def pid(self) -> int:
        assert select.select([self._file], [], [], SOON)[0], "no player started"
        return int(os.read(self._file, 100).split()[0])

    def silent(self) -> bool:
        return not select.select([self._file], [], [], 0)[0]

    def close(self) -> None:
        os.close(self._file)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    pipe = Started(tmp_path / "started")
    yield pipe
    pipe.close()


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return wav(tmp_path / "clip.wav", bytes(3200))


def wav(path: Path, samples: bytes) -> Path:
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", ""))
        sound.writeframes(samples)
    return path


@pytest.fixture
def make(inbox: Inbox, clip: Path, moment: Moment) -> Iterator[Making]:
    made: list[Speaker] = []

    def speaker(player: str = "aplay", card: str | None = "bed", **options: Any) -> Speaker:
        clips = options.pop("clips", lambda cue, quiet: clip)
        made.append(Speaker(clips, inbox.posted.put, lambda: moment, card, player=player, **options))
        return made[-1]

    yield speaker
    for each in made:
        each.close()


def player(path: Path, body: str) -> str:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def waiting(tmp_path: Path, started: Started, before: str = "") -> str:
    """A player that tells its process id and then plays for half a minute."""
    return player(tmp_path / "player", f'{before}\necho $$ > "{started.path}"\nexec sleep 30')


def gone(pid: int) -> bool:
    """Neither running nor a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.needs("aplay")
def test_a_clip_of_the_voice_is_played_to_its_end_by_aplay(tmp_path: Path, make: Making, inbox: Inbox) -> None:
    heard, config = tmp_path / "heard.raw", tmp_path / "asound.conf"
    config.write_text(
        "pcm.null { type null }\n"
        f'pcm.bed {{ type file slave.pcm {{ type null }} file "{heard}" format "raw" }}\n'  # no card is needed
    )
    voice = Voice(tmp_path / "cache", engines=lambda accent: ())
    make(clips=voice.clip, environment={"ALSA_CONFIG_PATH": str(config)}).say(Cue.ASK)
    assert inbox.report().well
    assert inbox.given().heard
    with wave.open(str(voice.clip(Cue.ASK, False))) as sound:
        assert heard.read_bytes().startswith(sound.readframes(sound.getnframes()))


@pytest.mark.needs("aplay")
def test_a_missing_card_is_reported_by_what_aplay_says(make: Making, inbox: Inbox) -> None:
    make(card="plughw:CARD=Nowhere").say(Cue.ASK)
    assert inbox.report().well
    report = inbox.report()
    assert (report.part, report.well, report.says) == ("speaker", False, "The sound card cannot be opened.")
    assert "aplay -l" in report.remedy
    assert not inbox.given().heard


def test_a_missing_player_is_reported_at_once_with_its_remedy(make: Making, inbox: Inbox, tmp_path: Path) -> None:
    speaker = make(str(tmp_path / "no-player"))
    report = inbox.report()
    assert not report.well
    assert report.remedy == "sudo apt install alsa-utils"
    speaker.say(Cue.ASK)
    assert inbox.posted.get(timeout=SOON) == CueGiven(report.moment, Cue.ASK, heard=False)


def test_without_a_card_cues_are_given_unheard_and_still_captioned(make: Making, inbox: Inbox, tmp_path: Path) -> None:
    captions: list[Cue] = []
    speaker = make(player(tmp_path / "player", "exit 0"), card=None, also=captions.append)
    assert inbox.report().says == "No sound card was found."
    speaker.say(Cue.ASK)
    assert not inbox.given().heard
    assert captions == [Cue.ASK]


def test_a_card_plugged_in_later_is_found_by_the_next_cue(make: Making, inbox: Inbox, tmp_path: Path) -> None:
    cards = iter([None, "plughw:CARD=Late"])
    arguments = tmp_path / "arguments"
    program = player(tmp_path / "player", f'echo "$@" > "{arguments}"')
    make(program, card=None, find=lambda: next(cards)).say(Cue.ASK)
    assert not inbox.report().well
    assert inbox.report().says == "Sound goes to plughw:CARD=Late."
    assert inbox.given().heard
    assert "-D plughw:CARD=Late" in arguments.read_text()


def test_a_card_that_comes_and_goes_while_nothing_is_said_is_told_by_a_look(
    make: Making, inbox: Inbox, tmp_path: Path
) -> None:
    """A USB card appears some seconds after the daemon has started."""
    cards = iter([None, "plughw:CARD=Late", "plughw:CARD=Late", None])
    speaker = make(player(tmp_path / "player", "exit 0"), card=None, find=lambda: next(cards))
    assert not inbox.report().well
    speaker.look()
    assert inbox.report().says == "Sound goes to plughw:CARD=Late."
    speaker.say(Cue.ASK)
    assert inbox.given().heard
    speaker.look()
    assert not inbox.report().well


def test_a_busy_card_is_reported_once_and_is_well_when_it_is_free(make: Making, inbox: Inbox, tmp_path: Path) -> None:
    free = tmp_path / "free"
    busy = 'echo "aplay: main:831: audio open error: Device or resource busy" >&2; exit 1'
    speaker = make(player(tmp_path / "player", f'[ -e "{free}" ] || {{ {busy}; }}'))
    assert inbox.report().well
    speaker.say(Cue.PULL)
    assert inbox.report().says == "Another program is using the sound card."
    assert not inbox.given().heard
    speaker.say(Cue.HOLD)
    assert isinstance(inbox.posted.get(timeout=SOON), CueGiven)
    free.touch()
    speaker.say(Cue.RUB)
    assert inbox.report().well
    assert inbox.given().heard


def test_an_unknown_failure_shows_the_first_line_of_what_the_player_wrote(
    make: Making, inbox: Inbox, tmp_path: Path
) -> None:
    make(player(tmp_path / "player", "echo no idea >&2; echo more >&2; exit 3")).say(Cue.PULL)
    assert inbox.report().well
    assert inbox.report().says.endswith("ended with 3: no idea.")


def test_a_player_that_hangs_is_killed_and_reported(
    make: Making, inbox: Inbox, tmp_path: Path, started: Started
) -> None:
    make(waiting(tmp_path, started), overtime=0.1).say(Cue.PULL)
    pid = started.pid()
    assert inbox.report().well
    assert inbox.report().says == "The sound player hung and was stopped."
    assert not inbox.given().heard
    assert gone(pid)


@pytest.mark.parametrize("before", ["", "trap '' TERM"], ids=["ends when asked", "ignores SIGTERM"])
def test_a_hush_stops_the_player_at_once(
    make: Making, inbox: Inbox, tmp_path: Path, started: Started, before: str
) -> None:
    """Within 0.3 s of a clock that is told."""
    seconds = [100.0]
    speaker = make(waiting(tmp_path, started, before), clock=lambda: seconds[0])
    assert inbox.report().well
    speaker.say(Cue.PULL)
    pid = started.pid()
    speaker.hush()
    seconds[0] += 0.3
    given = inbox.posted.get(timeout=SOON)
    assert given == CueGiven(given.moment, Cue.PULL, heard=False) if isinstance(given, CueGiven) else False
    assert gone(pid)


def test_a_hush_forgets_what_waits_and_leaves_the_part_well(
    make: Making, inbox: Inbox, tmp_path: Path, started: Started
) -> None:
    speaker = make(waiting(tmp_path, started))
    assert inbox.report().well
    for cue in (Cue.PULL, Cue.HOLD, Cue.STAND):
        speaker.say(cue)
    started.pid()
    speaker.hush()
    speaker.say(Cue.STOPPED)
    started.pid()
    speaker.hush()
    assert [inbox.given().cue, inbox.given().cue] == [Cue.PULL, Cue.STOPPED]
    assert inbox.posted.empty()


def test_a_cue_hushed_after_it_was_audible_was_heard(
    make: Making, inbox: Inbox, tmp_path: Path, started: Started
) -> None:
    seconds = [100.0]
    program = waiting(tmp_path, started, f"head -c {HEADER + 1} > {tmp_path}/flows")
    speaker = make(program, clock=lambda: seconds[0])
    speaker.say(Cue.ASK)
    started.pid()
    seconds[0] += AUDIBLE_AFTER + 0.1
    speaker.hush()
    assert inbox.given().heard


def test_a_cue_hushed_before_it_was_audible_was_not_heard(
    make: Making, inbox: Inbox, tmp_path: Path, started: Started
) -> None:
    seconds = [100.0]
    program = waiting(tmp_path, started, f"head -c {HEADER + 1} > {tmp_path}/flows")
    speaker = make(program, clock=lambda: seconds[0])
    speaker.say(Cue.ASK)
    started.pid()
    seconds[0] += AUDIBLE_AFTER - 0.1
    speaker.hush()
    assert not inbox.given().heard


def test_the_clip_asked_for_is_that_of_the_night_where_the_cue_is_quiet(
    make: Making, inbox: Inbox, tmp_path: Path, clip: Path
) -> None:
    asked: list[tuple[Cue, bool]] = []

    def clips(cue: Cue, quiet: bool) -> Path:
        asked.append((cue, quiet))
        return clip

    speaker = make(player(tmp_path / "player", "exit 0"), clips=clips)
    speaker.say(Cue.PULL, quiet=True)
    speaker.say(Cue.ASK)
    assert [inbox.given().cue, inbox.given().cue] == [Cue.PULL, Cue.ASK]
    assert asked == [(Cue.PULL, True), (Cue.ASK, False)]


@pytest.mark.parametrize(
    ("sounds_in", "left_out"),
    [(None, 0.0), (0.5, 0.0), (0.25, 0.25), (0.0, 0.5), (-0.25, 0.5), (-1.0, 0.5)],
    ids=["on no beat", "in time", "late", "just early enough", "later", "just not too late"],
)
def test_a_cue_that_is_late_for_its_beat_is_given_at_once_without_its_silence(
    make: Making, inbox: Inbox, tmp_path: Path, moment: Moment, *, sounds_in: float | None, left_out: float
) -> None:
    """Half a second of silence comes before the sound."""
    got = tmp_path / "got"
    path = wav(tmp_path / "said.wav", SILENCE + SOUND)
    speaker = make(player(tmp_path / "player", f'cat > "{got}"'), clips=lambda *_: path, clock=lambda: 50.0)
    speaker.say(Cue.COUNT_LEFT, due=None if sounds_in is None else moment.since_boot + sounds_in - LEAD)
    assert inbox.given().heard
    samples = SILENCE + SOUND
    assert got.read_bytes()[HEADER:] == samples[round(left_out * RATE) * 2 :]


@pytest.mark.parametrize("late", [1.25, 600.0])
@pytest.mark.parametrize("card", ["bed", None])
def test_a_cue_whose_beat_is_over_is_not_given_and_that_is_no_fault(
    make: Making, inbox: Inbox, tmp_path: Path, started: Started, moment: Moment, *, late: float, card: str | None
) -> None:
    tunes = Tunes()
    speaker = make(waiting(tmp_path, started), card=card, fallback=tunes)
    assert inbox.report().well is (card is not None)
    after = 0 if card else COUNT_SECONDS  # a count's tune marks its end
    speaker.say(Cue.COUNT_LEFT, due=moment.since_boot - late - LEAD - after)
    assert inbox.posted.get(timeout=SOON) == CueGiven(moment, Cue.COUNT_LEFT, heard=False)
    assert started.silent()
    assert tunes.given == []


@pytest.mark.parametrize("before", ["", "trap '' TERM"], ids=["ends when asked", "ignores SIGTERM"])
def test_a_hush_stops_a_player_that_waits_for_its_time(
    make: Making, inbox: Inbox, tmp_path: Path, started: Started, moment: Moment, *, before: str
) -> None:
    speaker = make(waiting(tmp_path, started, before))
    speaker.say(Cue.COUNT_LEFT, due=moment.since_boot + 3600)
    pid = started.pid()
    speaker.hush()
    assert not inbox.given().heard
    assert gone(pid)


def test_a_broken_clip_is_reported_with_its_remedy(make: Making, inbox: Inbox, tmp_path: Path, clip: Path) -> None:
    clip.write_bytes(b"RIFF")
    make(player(tmp_path / "player", "exit 0")).say(Cue.PULL)
    assert inbox.report().well
    report = inbox.report()
    assert str(clip) in report.says
    assert report.remedy == "Delete that file: it is made anew."
    assert not inbox.given().heard


class Tunes:
    """A fall-back that gives cues as it is told, and sounds until it is hushed if it is told so."""

    def __init__(self, heard: bool = True, *, endless: bool = False) -> None:
        self.heard, self.endless = heard, endless
        self.given: list[Cue] = []
        self.sounds, self.hushed = threading.Event(), threading.Event()

    def play(self, cue: Cue, hushed: Callable[[], bool]) -> bool:
        if hushed():
            return False
        self.given.append(cue)
        self.sounds.set()
        return self.heard and not (self.endless and self.hushed.wait(SOON))

    def hush(self) -> None:
        self.hushed.set()


@pytest.mark.parametrize("heard", [True, False])
def test_a_cue_the_card_did_not_give_is_heard_if_the_fall_back_gives_it(
    make: Making, inbox: Inbox, tmp_path: Path, heard: bool
) -> None:
    tunes = Tunes(heard)
    make(player(tmp_path / "player", "exit 1"), fallback=tunes).say(Cue.ASK)
    assert inbox.report().well
    assert not inbox.report().well
    assert inbox.given().heard is heard
    assert tunes.given == [Cue.ASK]


def test_the_fall_back_gives_cues_where_there_is_no_card(make: Making, inbox: Inbox, tmp_path: Path) -> None:
    tunes = Tunes()
    make(player(tmp_path / "player", "exit 0"), card=None, fallback=tunes).say(Cue.ASK)
    assert inbox.report().says == "No sound card was found."
    assert inbox.given().heard
    assert tunes.given == [Cue.ASK]


def test_the_fall_back_is_not_asked_for_what_was_heard_or_hushed(
    make: Making, inbox: Inbox, tmp_path: Path, started: Started
) -> None:
    tunes = Tunes()
    make(player(tmp_path / "well", "exit 0"), fallback=tunes).say(Cue.ASK)
    assert inbox.given().heard
    speaker = make(waiting(tmp_path, started), fallback=tunes)
    speaker.say(Cue.ASK)
    started.pid()
    speaker.hush()
    assert not inbox.given().heard
    assert tunes.given == []


def test_a_hush_stops_the_fall_back(make: Making, inbox: Inbox, tmp_path: Path) -> None:
    tunes = Tunes(endless=True)
    speaker = make(player(tmp_path / "player", "exit 1"), fallback=tunes)
    speaker.say(Cue.ASK)
    assert tunes.sounds.wait(SOON)
    speaker.hush()
    assert not inbox.given().heard


def test_on_a_beat_the_fall_back_waits_for_its_time_and_a_hush_ends_the_wait(
    make: Making, inbox: Inbox, tmp_path: Path, moment: Moment
) -> None:
    tunes = Tunes()
    speaker = make(player(tmp_path / "player", "exit 1"), card=None, fallback=tunes)
    assert not inbox.report().well
    speaker.say(Cue.CALF_LEFT, due=moment.since_boot - LEAD)
    assert inbox.given().heard
    speaker.say(Cue.COUNT_LEFT, due=moment.since_boot - LEAD - COUNT_SECONDS)
    assert inbox.given().heard
    tunes.sounds.clear()
    speaker.say(Cue.COUNT_RIGHT, due=moment.since_boot + 3600)
    assert not tunes.sounds.wait(0.2)
    speaker.hush()
    assert not inbox.given().heard
    assert tunes.given == [Cue.CALF_LEFT, Cue.COUNT_LEFT]


def test_a_cue_counts_as_audible_only_after_its_lead_in() -> None:
    assert AUDIBLE_AFTER > LEAD_IN


def test_cues_are_played_one_at_a_time_and_in_order(make: Making, inbox: Inbox, tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = player(tmp_path / "player", f'echo begin >> "{log}"; sleep 0.02; echo end >> "{log}"')
    captions: list[Cue] = []
    speaker = make(program, also=captions.append)
    cues = [Cue.PULL, Cue.HOLD, Cue.STAND]
    for cue in cues:
        speaker.say(cue)
    assert [inbox.given().cue for _ in cues] == cues
    assert captions == cues
    assert log.read_text().split() == ["begin", "end"] * 3


def test_say_and_hush_wait_for_nothing_and_a_hush_comes_before_the_player(
    make: Making, inbox: Inbox, tmp_path: Path, started: Started, clip: Path
) -> None:
    asked, ready = threading.Event(), threading.Event()

    def slow(cue: Cue, quiet: bool) -> Path:
        asked.set()
        assert ready.wait(SOON)
        return clip

    speaker = make(waiting(tmp_path, started), clips=slow)
    speaker.say(Cue.PULL)
    assert asked.wait(SOON)
    speaker.say(Cue.HOLD)
    speaker.hush()
    assert not inbox.given().heard
    assert not ready.is_set(), "it was waited for"
    ready.set()
    assert started.silent()


def test_a_hushed_cue_that_is_still_rendered_does_not_hold_up_the_next(
    make: Making, inbox: Inbox, tmp_path: Path, clip: Path
) -> None:
    asked, rendered = threading.Event(), threading.Event()

    def slow(cue: Cue, quiet: bool) -> Path:
        asked.set()
        assert rendered.wait(2 * SOON)
        return clip

    def ready(cue: Cue, quiet: bool) -> Path | None:
        return clip if (cue, quiet) == (Cue.PULL, True) else None

    speaker = make(player(tmp_path / "player", "exit 0"), clips=slow, ready=ready)
    speaker.say(Cue.TRY)
    assert asked.wait(SOON)
    speaker.hush()
    speaker.say(Cue.PULL, quiet=True)
    first, then = inbox.given(), inbox.given()
    assert [(first.cue, first.heard), (then.cue, then.heard)] == [(Cue.TRY, False), (Cue.PULL, True)]
    rendered.set()


def test_a_clip_that_is_removed_before_it_is_read_is_asked_for_once_more(
    make: Making, inbox: Inbox, tmp_path: Path, clip: Path
) -> None:
    gone, paths = tmp_path / "gone.wav", iter([tmp_path / "gone.wav", clip])
    program = player(tmp_path / "player", "exit 0")
    make(program, clips=lambda *_: next(paths), ready=lambda *_: gone).say(Cue.PULL)
    assert inbox.given().heard


@pytest.mark.parametrize("broken", ["clips", "ready", "also", "find"])
def test_a_fault_ends_neither_the_thread_nor_the_cue(make: Making, inbox: Inbox, tmp_path: Path, broken: str) -> None:
    faulty = [broken != "find"]

    def fault(*_: object) -> None:
        if faulty[0]:
            raise StopIteration
        faulty[0] = True  # a card is looked for once before the first cue

    tunes = Tunes()
    card = None if broken == "find" else "bed"
    speaker = make(player(tmp_path / "player", "exit 0"), card=card, fallback=tunes, **{broken: fault})
    inbox.report()
    speaker.say(Cue.ASK)
    report = inbox.report()
    assert (report.part, report.well) == ("speaker", False)
    assert "journalctl" in report.remedy
    assert inbox.given().heard
    faulty[0] = False
    speaker.say(Cue.PULL)
    assert inbox.given().cue is Cue.PULL
    assert tunes.given[0] is Cue.ASK
    assert speaker.alive()
    speaker.close()
    assert not speaker.alive()


def fed(household: Household, manager: socket.socket) -> bool:
    """Whether a beat of the loop feeds the watchdog."""
    household.daemon.pulse()
    try:
        return manager.recv(100) == b"WATCHDOG=1"
    except TimeoutError:
        return False


def test_a_speaker_whose_thread_has_ended_starves_the_watchdog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(SOON)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        with at_home(tmp_path) as household:
            assert manager.recv(100) == b"READY=1"
            manager.settimeout(0.02)
            assert any(fed(household, manager) for _ in range(250)), "not even while all is well"
            household.speaker.close()
            with suppress(TimeoutError):
                while manager.recv(100):
                    pass
            assert not fed(household, manager)


def test_no_player_stays_as_a_zombie(make: Making, inbox: Inbox, tmp_path: Path, started: Started) -> None:
    bodies = ("exit 0", "exit 1", "kill -9 $$", "exec sleep 30")
    for number, body in enumerate(bodies):
        program = player(tmp_path / f"player-{number}", f'echo $$ > "{started.path}"; {body}')
        make(program, overtime=0.1).say(Cue.HOLD)
        pid = started.pid()
        inbox.given()
        assert gone(pid), body


def test_a_player_that_cannot_be_started_does_not_end_the_speaker(make: Making, inbox: Inbox, tmp_path: Path) -> None:
    program = tmp_path / "player"
    player(program, "exit 0")
    program.write_bytes(b"\x7fELF no program")
    speaker = make(str(program))
    assert inbox.report().well
    speaker.say(Cue.PULL)
    assert "could not be started" in inbox.report().says
    assert not inbox.given().heard
    player(program, "exit 0")
    speaker.say(Cue.HOLD)
    assert inbox.report().well
    assert inbox.given().heard


def test_an_error_without_a_reason_of_the_system_is_told_by_its_own_words(
    make: Making, inbox: Inbox, tmp_path: Path
) -> None:
    def torn(cue: Cue, quiet: bool) -> Path:
        raise OSError("the cache is torn")

    make(player(tmp_path / "player", "exit 0"), clips=torn).say(Cue.PULL)
    assert inbox.report().well
    assert inbox.report().says == "The sound could not be made: the cache is torn."


def test_a_full_card_that_keeps_a_clip_from_being_made_is_reported(make: Making, inbox: Inbox, tmp_path: Path) -> None:
    def full(cue: Cue, quiet: bool) -> Path:
        raise OSError(28, "No space left on device")

    make(player(tmp_path / "player", "exit 0"), clips=full).say(Cue.PULL)
    assert inbox.report().well
    assert "No space left on device" in inbox.report().says
    assert not inbox.given().heard


def test_a_players_child_that_holds_its_output_open_delays_nothing(make: Making, inbox: Inbox, tmp_path: Path) -> None:
    make(player(tmp_path / "player", "sleep 2 & echo broken >&2; exit 1")).say(Cue.PULL)
    began = time.monotonic()
    assert not inbox.given().heard
    assert time.monotonic() - began < 1.5


def test_closing_stops_the_player_and_the_thread(make: Making, tmp_path: Path, started: Started) -> None:
    speaker = make(waiting(tmp_path, started))
    speaker.say(Cue.PULL)
    pid = started.pid()
    speaker.close()
    assert gone(pid)


def cards(folder: Path, *listed: tuple[str, str, bool]) -> Path:
    """A /proc/asound of cards: name, driver, and whether it plays."""
    folder.mkdir()
    lines = []
    for number, (name, driver, plays) in enumerate(listed):
        lines.append(f"{number:2} [{name:15}]: {driver} - {name}\n                      {name} at somewhere 3\n")
        (folder / f"card{number}" / ("pcm0p" if plays else "pcm0c")).mkdir(parents=True)
    (folder / "cards").write_text("".join(lines))
    return folder


HDMI = ("vc4hdmi0", "vc4-hdmi", True)
JACK = ("Headphones", "bcm2835_headpho", True)
I2S = ("sndrpihifiberry", "HifiberryDacp", True)
USB = ("Device", "USB-Audio", True)
MICROPHONE = ("Mic", "USB-Audio", False)


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ((HDMI, JACK, I2S, USB), "plughw:CARD=Device"),
        ((HDMI, JACK, I2S), "plughw:CARD=sndrpihifiberry"),
        ((HDMI, JACK), "plughw:CARD=Headphones"),
        ((MICROPHONE, HDMI), "sysdefault:CARD=vc4hdmi0"),
        ((MICROPHONE,), None),
        ((), None),
    ],
    ids=["USB first", "then I2S", "then the jack", "then HDMI", "a microphone plays nothing", "no card"],
)
def test_the_best_card_that_plays_is_found(
    tmp_path: Path, listed: tuple[tuple[str, str, bool], ...], expected: str | None
) -> None:
    assert find_card(cards(tmp_path / "asound", *listed)) == expected


def test_a_machine_without_sound_has_no_card(tmp_path: Path) -> None:
    assert find_card(tmp_path / "asound") is None
    (tmp_path / "cards").write_text("--- no soundcards ---\n")
    assert find_card(tmp_path) is None


# --- cues that are made anew each time ---


@pytest.mark.needs("aplay")
def test_a_cue_that_is_made_anew_is_made_each_time_and_its_clip_is_never_asked_for(
    make: Making, inbox: Inbox, clip: Path
) -> None:
    asked: list[object] = []

    def anew(quiet: bool) -> bytes:
        asked.append(quiet)
        return clip.read_bytes()

    def never(cue: Cue, quiet: bool) -> Path:
        raise AssertionError("it has no clip")

    speaker = make(card="null", clips=never, ready=never, made={Cue.PAIRING: anew})
    for quiet in (False, True):
        speaker.say(Cue.PAIRING, quiet=quiet)
        assert inbox.given().heard
    assert asked == [False, True]


def test_a_cue_that_cannot_be_made_is_told_and_the_next_is_given(make: Making, inbox: Inbox) -> None:
    def fail(_: bool) -> bytes:
        raise OSError("No space left on device")

    speaker = make(player="true", made={Cue.PAIRING: fail})
    speaker.say(Cue.PAIRING)
    assert not inbox.given().heard
    speaker.say(Cue.TRY)
    assert inbox.given().cue is Cue.TRY


# --- trying the speaker without a sound ---


def test_trying_the_speaker_opens_the_card_plays_nothing_but_silence_and_tells_that_it_is_well(
    make: Making, inbox: Inbox, tmp_path: Path
) -> None:
    told: queue.Queue[str] = queue.Queue()
    speaker = make(player(tmp_path / "player", f'echo "$@" > {tmp_path}/asked; cat > {tmp_path}/played'))
    speaker.try_out(told.put)
    assert told.get(timeout=SOON) == ""
    assert inbox.report().well
    assert (tmp_path / "asked").read_text().split() == ["-q", "-D", "bed", "-"]
    with wave.open(str(tmp_path / "played")) as sound:
        samples = sound.readframes(sound.getnframes())
    assert len(samples) > 0
    assert not any(samples)


def test_trying_a_speaker_that_another_program_holds_tells_so_with_its_remedy(
    make: Making, inbox: Inbox, tmp_path: Path
) -> None:
    told: queue.Queue[str] = queue.Queue()
    speaker = make(player(tmp_path / "player", "echo 'audio open error: Device or resource busy' >&2; exit 1"))
    speaker.try_out(told.put)
    assert told.get(timeout=SOON) == "Another program is using the sound card."
    assert inbox.report().well, "as long as only the card was looked for"
    report = inbox.report()
    assert (report.part, report.well, "fuser" in report.remedy) == ("speaker", False, True)


def test_what_is_said_stops_a_trial_of_the_speaker_and_nothing_is_told_of_it(
    make: Making, inbox: Inbox, tmp_path: Path, started: Started
) -> None:
    told: queue.Queue[str] = queue.Queue()
    speaker = make(waiting(tmp_path, started))
    speaker.try_out(told.put)
    started.pid()
    speaker.hush()
    speaker.say(Cue.PULL)
    started.pid()
    speaker.hush()
    assert inbox.given().cue is Cue.PULL
    assert told.empty()
