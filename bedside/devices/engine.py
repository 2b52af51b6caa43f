"""The speech engines: programs that each render one text in a child process, with a deadline.

So an engine's memory and its hangs stay out of the daemon.
"""

import importlib.util
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bedside.catalogue import SOURCE, _, language
from bedside.devices.sound import UNREADABLE, Sound, mastered, read
from bedside.night.habits import Accent

# Half volume, because at full volume the engine clips its own peaks; the level is set afterwards anyway.
_NANOTTS = """
import sys, wave, py_nanotts
with wave.open(sys.argv[2], "wb") as clip:
    clip.setparams((1, 2, 16000, 0, "NONE", ""))
    clip.writeframes(py_nanotts.NanoTTS().speak(sys.stdin.read(), voice=sys.argv[1], volume=0.5))
"""
_NANOTTS_VOICES = {"de": "de-DE", "es": "es-ES", "fr": "fr-FR", "it": "it-IT"}


class EngineFailedError(Exception):
    """A speech engine gave no usable speech."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A speech engine: `command` reads a text on its input and writes a 16 bit WAV to the path put after it, within
    `deadline` seconds.
    """

    name: str
    command: tuple[str, ...]
    deadline: float = 10.0

    def speech(self, text: str, out: Path) -> Sound:
        """The text at full level. `out` is a file to use meanwhile. Raises EngineFailedError, with a reason."""
        try:
            command = (*self.command, str(out))
            subprocess.run(command, input=text.encode(), capture_output=True, timeout=self.deadline, check=True)
            return mastered(read(out))
        except (subprocess.SubprocessError, *UNREADABLE) as error:
            reason = shortly(error)
            raise EngineFailedError(
                _("%(engine)s gave no speech (%(reason)s)", engine=self.name, reason=reason)
            ) from error
        finally:
            out.unlink(missing_ok=True)


def find_engines(accent: Accent) -> tuple[Engine, ...]:
    """The engines on this machine for the language of the texts, the better first; none means chimes alone. English is
    spoken in that accent.
    """
    spoken = language()
    main = spoken.partition("-")[0]
    nanotts = accent.value if main == SOURCE else _NANOTTS_VOICES.get(main)
    voice = accent.value if main == SOURCE else spoken
    engines = []
    if nanotts and importlib.util.find_spec("py_nanotts"):
        engines.append(Engine("py-nanotts", (sys.executable, "-P", "-c", _NANOTTS, nanotts)))
    if espeak := shutil.which("espeak-ng"):
        engines.append(Engine("espeak-ng", (espeak, "-v", voice.lower(), "-s", "150", "--stdin", "-w")))
    return tuple(engines)


def shortly(error: Exception) -> str:
    """What went wrong, without the command, which may be a program of several lines."""
    match error:
        case subprocess.TimeoutExpired():
            return _("it took more than %(seconds)s s", seconds=f"{error.timeout:g}")
        case subprocess.CalledProcessError():
            return _("it ended with %(status)s", status=error.returncode)
    return str(error) or _("its file is cut off")
