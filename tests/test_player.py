"""One player and how it is fed: small scripts that tell what reaches them, ALSA's own, and a clock that is told."""

import os
import queue
import select
import stat
import sys
import threading
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from bedside.devices.player import Clip, Played, Player, read

SOON = 60  # seconds that no test waits unless it fails
"""Seconds that no test takes: a bound for what would otherwise wait for ever."""

RATE = 16000
HEADER = 44
SILENCE, SOUND = bytes(RATE), b"\1\2" * 1600
"""Half a second, and a tenth."""
LONG_SOUND = b"\1\2" * 10 * RATE
"""More than a pipe holds."""


class Time:
    """A clock that is told the time, and counts how often it was asked."""

    def __init__(self) -> None:
        self.now = 100.0
        self._asked = threading.Semaphore(0)

    def __call__(self) -> float:
        self._asked.release()
        return self.now

    def asked(self, times: int = 10) -> None:
        """Returns once it was asked so often from now on: several turns of what waits for it."""
        while self._asked.acquire(blocking=False):
            pass
        for _ in range(times):
            assert self._asked.acquire(timeout=SOON)


class Wire:
    """A named pipe in which a program tells what happened to it, a line each."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self._file = os.fdopen(os.open(path, os.O_RDWR), "rb", buffering=0)
        self.path = path

    def told(self) -> str:
        assert select.select([self._file], [], [], SOON)[0], "the program told nothing"
        return self._file.readline().decode().strip()

    def silent(self) -> bool:
        return not select.select([self._file], [], [], 0)[0]

    def close(self) -> None:
        self._file.close()


class Playing:
    """A clip that is played on a thread of its own."""

    def __init__(self, player: Player, clip: Clip, sounds: float | None = None, time: Time | None = None) -> None:
        self.hushed: float | None = None
        self._player, self._time = player, time
        self._came: queue.Queue[Played] = queue.Queue()

        def play() -> None:
            self._came.put(player.play(clip, "bed", lambda: self.hushed, sounds))

        threading.Thread(target=play, daemon=True).start()

    def hush(self) -> None:
        self.hushed = self._time.now if self._time else 0.0
        self._player.stop()

    def played(self) -> Played:
        return self._came.get(timeout=SOON)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    pipe = Wire(tmp_path / "wire")
    yield pipe
    pipe.close()


def clip(samples: bytes, folder: Path) -> Clip:
    with wave.open(str(folder / "clip.wav"), "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", ""))
        sound.writeframes(samples)
    return read(folder / "clip.wav")


def program(path: Path, body: str, by: str = "/bin/sh") -> str:
    path.write_text(f"#!{by}\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def counting(tmp_path: Path, wire: Wire) -> str:
    """A player that tells how many bytes reach it, as they come."""
    body = (
        f"import os\nwire = os.open({str(wire.path)!r}, os.O_WRONLY)\n"
        'while data := os.read(0, 1 << 20):\n    os.write(wire, b"%d\\n" % len(data))\n'
        'os.write(wire, b"end\\n")'
    )
    return program(tmp_path / "player", body, f"{sys.executable} -SE")


def deaf(tmp_path: Path, wire: Wire, before: str = "") -> str:
    """A player that tells its process id and never reads its input."""
    return program(tmp_path / "player", f'{before}\necho $$ > "{wire.path}"\nexec sleep 30')


def player(path: str, time: Time, overtime: float = 5.0, **environment: str) -> Player:
    return Player(path, {**os.environ, **environment}, overtime, time)


def gone(pid: str) -> bool:
    """Neither running nor a zombie."""
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    return False


def test_a_clip_tells_its_length_and_its_silence(tmp_path: Path) -> None:
    said = clip(SILENCE + SOUND, tmp_path)
    assert (said.seconds, said.silence) == (0.6, 0.5)
    assert (len(said.header), said.samples) == (HEADER, SILENCE + SOUND)
    assert clip(SOUND, tmp_path).silence == 0
    assert clip(SILENCE, tmp_path).silence == 0.5


@pytest.mark.parametrize("broken", [b"", b"RIFF", b"RIFF\0\0\0\0WAVEno chunk"])
def test_what_is_no_wav_file_is_a_value_error(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / "clip.wav").write_bytes(broken)
    with pytest.raises(ValueError, match=r"clip\.wav is no whole WAV file"):
        read(tmp_path / "clip.wav")


def test_lateness_eats_silence_alone_and_whole_frames() -> None:
    stereo = Clip(b"", bytes(6) + b"\1\2" * 4, rate=64000, frame=4)
    assert bytes(stereo.after(0.0)) == stereo.samples
    assert bytes(stereo.after(3 / 64000)) == stereo.samples
    assert bytes(stereo.after(5 / 64000)) == stereo.samples[4:]
    assert bytes(stereo.after(9.0)) == stereo.samples[4:]


def test_the_header_comes_at_once_and_the_samples_when_it_is_time(tmp_path: Path, time: Time, wire: Wire) -> None:
    """The sound is due in a second, after half a second of silence."""
    playing = Playing(player(counting(tmp_path, wire), time), clip(SILENCE + SOUND, tmp_path), sounds=101.0)
    assert wire.told() == str(HEADER)
    for early in (100.0, 100.25, 100.49):
        time.now = early
        time.asked()
        assert wire.silent()
    time.now = 100.5
    assert wire.told() == str(len(SILENCE + SOUND))
    assert wire.told() == "end"
    assert playing.played() == Played(began=100.5)


@pytest.mark.parametrize(
    ("sounds", "left_out"), [(None, 0.0), (100.5, 0.0), (100.375, 0.125), (100.0, 0.5), (91.0, 0.5)]
)
def test_what_is_late_for_its_time_loses_silence_and_no_sound(
    tmp_path: Path, time: Time, sounds: float | None, left_out: float
) -> None:
    got = tmp_path / "got"
    said = clip(SILENCE + SOUND, tmp_path)
    playing = Playing(player(program(tmp_path / "player", f'cat > "{got}"'), time), said, sounds)
    assert playing.played() == Played(began=100.0)
    assert got.read_bytes() == said.header + said.samples[round(left_out * RATE) * 2 :]


def test_a_clip_longer_than_a_pipe_comes_whole(tmp_path: Path, time: Time) -> None:
    got = tmp_path / "got"
    said = clip(LONG_SOUND, tmp_path)
    assert Playing(player(program(tmp_path / "player", f'cat > "{got}"'), time), said).played() == Played(began=100.0)
    assert got.read_bytes() == said.header + said.samples


@pytest.mark.parametrize("before", ["", "trap '' TERM"], ids=["ends when asked", "ignores SIGTERM"])
@pytest.mark.parametrize("sounds", [None, 5000.0], ids=["as it is fed", "as it waits"])
def test_a_hush_ends_a_player_that_never_reads(
    tmp_path: Path, time: Time, wire: Wire, before: str, sounds: float | None
) -> None:
    playing = Playing(player(deaf(tmp_path, wire, before), time), clip(LONG_SOUND, tmp_path), sounds, time)
    pid = wire.told()
    time.asked()
    playing.hush()
    time.now += 0.2  # the grace it is given
    assert playing.played().began == (100.0 if sounds is None else None)
    assert gone(pid)


def test_a_hush_before_the_time_keeps_the_samples_back(tmp_path: Path, time: Time, wire: Wire) -> None:
    path = counting(tmp_path, wire)
    Path(path).write_text(Path(path).read_text().replace("import os", "import os, signal\nsignal.signal(15, print)"))
    playing = Playing(player(path, time), clip(SILENCE + SOUND, tmp_path), sounds=101.0, time=time)
    assert wire.told() == str(HEADER)
    playing.hush()
    time.now += 0.05
    assert wire.told() == "end"
    time.now = 101.0
    assert playing.played().began is None


def test_a_player_that_never_reads_is_killed_when_its_time_is_over(tmp_path: Path, time: Time, wire: Wire) -> None:
    playing = Playing(player(deaf(tmp_path, wire), time), clip(LONG_SOUND, tmp_path))
    pid = wire.told()
    time.asked()  # it is fed by now
    time.now = 114.9
    time.asked()
    assert not gone(pid)
    time.now = 115.1
    trouble = playing.played().trouble
    assert trouble
    assert trouble.says == "The sound player hung and was stopped."
    assert gone(pid)


def test_the_time_a_player_may_take_counts_from_when_it_was_to_begin(tmp_path: Path, time: Time, wire: Wire) -> None:
    playing = Playing(player(deaf(tmp_path, wire), time, overtime=1.0), clip(SILENCE + SOUND, tmp_path), sounds=200.0)
    pid = wire.told()
    for waiting in (150.0, 199.5, 201.0):
        time.now = waiting
        time.asked()
        assert not gone(pid)
    time.now = 201.2
    assert playing.played().trouble
    assert gone(pid)


def test_a_player_that_ended_well_but_is_noticed_late_did_not_hang(tmp_path: Path, time: Time, wire: Wire) -> None:
    """As on a machine that was busy elsewhere for a minute."""
    path = program(tmp_path / "player", f'echo $$ > "{wire.path}"')

    def busy() -> None:
        if time.now == 100.0:
            os.waitid(os.P_PID, int(wire.told()), os.WEXITED | os.WNOWAIT)
            time.now = 160.0

    assert player(path, time).play(clip(SOUND, tmp_path), "bed", busy).trouble is None


def test_a_player_that_ends_while_it_is_fed_is_explained_by_its_status(tmp_path: Path, time: Time) -> None:
    body = f"head -c {HEADER} > /dev/null; echo no idea >&2; exit 3"
    trouble = Playing(player(program(tmp_path / "player", body), time), clip(LONG_SOUND, tmp_path)).played().trouble
    assert trouble
    assert trouble.says.endswith("ended with 3: no idea.")


def test_a_player_that_ends_before_its_time_is_told_at_once(tmp_path: Path, time: Time) -> None:
    path = program(tmp_path / "player", 'echo "audio open error: Device or resource busy" >&2; exit 1')
    played = Playing(player(path, time), clip(SILENCE + SOUND, tmp_path), sounds=5000.0).played()
    assert played.began is None
    assert played.trouble
    assert played.trouble.says == "Another program is using the sound card."


def test_a_player_that_closes_its_input_and_ends_well_was_heard(tmp_path: Path, time: Time) -> None:
    path = program(tmp_path / "player", f"head -c {HEADER} > /dev/null; exec <&-; exec sleep 0.1")
    assert Playing(player(path, time), clip(LONG_SOUND, tmp_path)).played() == Played(began=100.0)


@pytest.mark.needs("aplay")
@pytest.mark.parametrize(("sounds", "left_out"), [(101.0, 0.0), (100.25, 0.25)], ids=["in time", "late"])
def test_aplay_takes_the_header_first_and_the_samples_later(
    tmp_path: Path, time: Time, sounds: float, left_out: float
) -> None:
    """A late clip is shorter than its header says, which is no fault."""
    heard, config = tmp_path / "heard.raw", tmp_path / "asound.conf"
    config.write_text(
        "pcm.null { type null }\n"
        f'pcm.bed {{ type file slave.pcm {{ type null }} file "{heard}" format "raw" }}\n'  # no card is needed
    )
    said = clip(SILENCE + SOUND, tmp_path)
    playing = Playing(player("aplay", time, ALSA_CONFIG_PATH=str(config)), said, sounds)
    if not left_out:
        time.asked()
        time.now = 100.5
    assert playing.played().trouble is None
    samples = said.samples[round(left_out * RATE) * 2 :]
    assert heard.read_bytes().startswith(samples)
    assert not heard.read_bytes()[len(samples) :].strip(b"\0")
