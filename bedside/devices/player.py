"""The player: `aplay`, one child process a clip, fed through its input so that a clip sounds at its time.

It is started at once, gets the WAV header, and so opens the card; the samples follow when it is time.
"""

import io
import os
import select
import shutil
import subprocess
import time
import wave
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bedside.catalogue import N_, _

_GRACE = 0.1  # seconds from the request to end to the kill
_LOOK = 0.1  # seconds between two looks at a player
_UNKILLABLE = 2.0  # seconds after which a killed player that stays is left behind: it hangs in the kernel
_HEADER = 44  # bytes before the samples in a clip of the voice
_GULP = 65536  # bytes: what a pipe holds


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps the speaker from playing, and what to do; looked up in the catalogue where it is told."""

    says: str
    remedy: str


NO_CARD = Trouble(
    N_("No sound card was found."), N_("Plug in a speaker or a sound card; `aplay -l` lists what is there.")
)
_HUNG = Trouble(
    N_("The sound player hung and was stopped."), N_("Unplug the speaker and plug it in again, or restart.")
)
_REFUSALS = (
    (
        "busy",
        Trouble(N_("Another program is using the sound card."), N_("`sudo fuser -v /dev/snd/*` names it: end it.")),
    ),
    ("Permission denied", Trouble(N_("The sound card may not be used."), N_("Add this user to the group audio."))),
    ("audio open error", Trouble(N_("The sound card cannot be opened."), NO_CARD.remedy)),
)


@dataclass(frozen=True, slots=True)
class Clip:
    """A WAV file's header and samples; `rate` is bytes a second, `frame` bytes that belong together."""

    header: bytes
    samples: bytes
    rate: int
    frame: int

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return len(self.samples) / self.rate

    @property
    def silence(self) -> float:
        """Seconds before its first sounding sample; all of a clip without any."""
        return self._silent() / self.rate

    def after(self, late: float) -> memoryview:
        """The samples without the first `late` seconds, as far as these are silent."""
        missed = int(late * self.rate)
        return memoryview(self.samples)[min(missed - missed % self.frame, self._silent()) :]

    def _silent(self) -> int:
        silent = len(self.samples) - len(self.samples.lstrip(b"\0"))
        return silent - silent % self.frame


def silence(seconds: float = 0.5, rate: int = 22050) -> Clip:
    """A clip that nobody hears, and that opens the card as any other does."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(bytes(2 * round(seconds * rate)))
    return parse(file.getvalue(), "silence")


def read(path: Path) -> Clip:
    """The clip in a file. Raises OSError, or ValueError where it is no whole WAV file."""
    return parse(path.read_bytes(), str(path))


def parse(data: bytes, name: str) -> Clip:
    """The clip in a WAV file's bytes. Raises ValueError, with its name, where they are no whole one."""
    try:
        with wave.open(io.BytesIO(data)) as sound:
            frame = sound.getsampwidth() * sound.getnchannels()
            return Clip(data[:_HEADER], data[_HEADER:], frame * sound.getframerate(), frame)
    except (EOFError, wave.Error) as error:
        raise ValueError(f"{name} is no whole WAV file") from error


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a clip. `began`: when, by the player's clock, its samples began to flow; None if none did."""

    trouble: Trouble | None = None
    began: float | None = None


class Player:
    """Plays clips, each through a child of its own. All but `stop` on one thread."""

    def __init__(
        self,
        program: str,
        environment: Mapping[str, str],
        overtime: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`overtime` is the seconds a child may take beyond its clip before it is killed. `clock` tells seconds."""
        self._program, self._environment, self._overtime, self._clock = program, environment, overtime, clock
        self._process: subprocess.Popen[bytes] | None = None
        self._left_behind: list[subprocess.Popen[bytes]] = []

    def missing(self) -> Trouble | None:
        """What to do if the program is not there."""
        if shutil.which(self._program) is None:
            says = _("%(program)s, which plays the sounds, is missing.", program=self._program)
            return Trouble(says, "sudo apt install alsa-utils")
        return None

    def play(self, clip: Clip, device: str, hushed: Callable[[], float | None], sounds: float | None = None) -> Played:
        """Plays the clip to its end on an ALSA device, or until `hushed` tells when it was hushed, by the clock.

        Its first sound comes when the clock tells `sounds`: later, as much of the silence before it is left out. With
        None it is played at once, as it is.
        """
        try:
            process = self._start(device)
        except (OSError, subprocess.SubprocessError) as error:
            says = _("%(program)s could not be started: %(error)s.", program=self._program, error=error)
            return Played(Trouble(says, _("It is tried again with the next cue.")))
        feed = _Feed(process, clip, self._clock, sounds)
        hung = self._attend(process, feed, hushed)
        feed.end()
        errors = _errors(process)
        trouble = _HUNG if hung else _explained(self._program, process.returncode, errors)
        return Played(trouble, feed.began)

    def stop(self) -> None:
        """Asks the child to end at once, from any thread. `play` has to be told by its `hushed` before."""
        process = self._process
        if process is not None:
            process.terminate()

    def _start(self, device: str) -> "subprocess.Popen[bytes]":
        command = (self._program, "-q", "-D", device, "-")
        pipe, environment = subprocess.PIPE, self._environment
        return subprocess.Popen(command, bufsize=0, stdin=pipe, stdout=subprocess.DEVNULL, stderr=pipe, env=environment)

    def _attend(self, process: "subprocess.Popen[bytes]", feed: "_Feed", hushed: Callable[[], float | None]) -> bool:
        """Feeds the child and waits for its end, as long as the clip may take, less if hushed. Whether it hung."""
        self._left_behind = [left for left in self._left_behind if left.poll() is None]
        limit, overdue = feed.over + self._overtime, False
        self._process = process
        if hushed() is not None:
            process.terminate()
        while process.poll() is None:
            over = self._clock() - limit
            if over > _UNKILLABLE:
                self._left_behind.append(process)
                break
            since = hushed()
            if since is not None:
                feed.end()
            if over > 0 or (since is not None and self._clock() - since > _GRACE):
                overdue = overdue or over > 0
                process.kill()
            feed.turn()
        self._process = None
        return overdue and process.returncode != 0


class _Feed:
    """What goes into a child's input: the header at once, the samples when it is time and as the child takes them."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", clip: Clip, clock: Callable[[], float], sounds: float | None
    ) -> None:
        if process.stdin is None:
            raise ValueError("the child has no input")
        self._process, self._clip, self._clock = process, clip, clock
        self._pipe: IO[bytes] = process.stdin
        os.set_blocking(self._pipe.fileno(), False)
        self._timed = sounds is not None
        self._begins = clock() if sounds is None else sounds - clip.silence
        self._rest = memoryview(b"")
        self.over = max(self._begins, clock()) + clip.seconds
        """When, by the clock, the clip is played to its end."""
        self.began: float | None = None
        """When, by the clock, the samples began to flow."""
        self._write(memoryview(clip.header))

    def turn(self) -> None:
        """Does what is next, or waits for it: the time, room in the pipe, the child's end. 0.1 s at most."""
        early = self._begins - self._clock()
        if self._pipe.closed:
            self._wait(_LOOK)
        elif self.began is None and early > 0:
            self._wait(min(_LOOK, early))
        else:
            self._pour()

    def end(self) -> None:
        """Tells the child that no more comes."""
        self._pipe.close()

    def _pour(self) -> None:
        if self.began is None:
            self.began = self._clock()
            self._rest = self._clip.after(max(0.0, self.began - self._begins) if self._timed else 0.0)
        if select.select((), (self._pipe,), (), _LOOK)[1]:
            self._rest = self._rest[self._write(self._rest[:_GULP]) :]
        if not self._rest:
            self.end()

    def _write(self, data: memoryview) -> int:
        try:
            return os.write(self._pipe.fileno(), data)
        except BlockingIOError:  # there was less room than it seemed
            return 0
        except BrokenPipeError:  # the child has ended, or will: its exit status tells why
            self.end()
            return len(data)

    def _wait(self, seconds: float) -> None:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return


def _errors(process: "subprocess.Popen[bytes]") -> str:
    """What the player wrote so far: not to the end, which a child of the player could hold open."""
    if process.stderr is None:
        return ""
    with process.stderr as pipe:
        os.set_blocking(pipe.fileno(), False)
        return (pipe.read(4096) or b"").decode(errors="replace").strip()


def _explained(player: str, status: int, errors: str) -> Trouble | None:
    if status == 0:
        return None
    for mark, trouble in _REFUSALS:
        if mark in errors:
            return trouble
    first = errors.partition("\n")[0] or _("it did not say why")
    says = _("%(program)s ended with %(status)s: %(error)s.", program=player, status=status, error=first)
    return Trouble(says, _("Try the speaker by hand with `speaker-test`."))
