"""The control socket: `bedside check` asks the running daemon how its parts are, since it holds the pins, and `bedside
pair` for the code that pairs a phone.
"""

import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from bedside.catalogue import _
from bedside.night.events import PartReported
from bedside.settings import Folders

log = logging.getLogger(__name__)

SECONDS = 5.0
SERVICE = Path("/run/bedside/control")  # where the service's socket lies
PAUSE_SECONDS = 1.0  # after a connection that could not be taken, so that it is not tried in a spin


LONGEST = 16  # bytes of a question
SILENCE_SECONDS = 1.0  # a caller who asks nothing for so long is left; others wait behind it

Answer = list[dict[str, Any]]


class Control:
    """Answers the question on each connection, a word on a line, with JSON lines, and closes it. Whoever may open the
    socket may ask. `answers` has what is answered to each question, in a moment.
    """

    def __init__(self, path: Path, answers: Mapping[str, Callable[[], Answer]]) -> None:
        self._path, self._answers = path, answers
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="control", daemon=True)

    def start(self) -> None:
        """Listen. Raises OSError where the socket cannot be made; a stale one is replaced."""
        self._path.unlink(missing_ok=True)
        self._socket.bind(str(self._path))
        self._path.chmod(0o660)
        self._socket.listen()
        self._thread.start()

    def close(self) -> None:
        """Stop answering and take the socket away."""
        self._over.set()
        self._path.unlink(missing_ok=True)
        with suppress(OSError):  # it was never opened
            self._socket.shutdown(socket.SHUT_RDWR)  # closing alone would leave the thread in its accept for ever
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError as error:
                if self._over.is_set():
                    return
                log.warning("the control socket could not take a caller: %s", error)
                self._over.wait(PAUSE_SECONDS)
                continue
            with connection:
                try:
                    connection.settimeout(SILENCE_SECONDS)
                    question = connection.makefile("rb").readline(LONGEST).decode(errors="replace").strip()
                    connection.sendall(self._answer(question).encode())
                except OSError as error:
                    log.info("the control socket's caller went away: %s", error)

    def _answer(self, question: str) -> str:
        try:
            return "".join(json.dumps(line) + "\n" for line in self._answers.get(question, list)())
        except Exception:  # the next caller is to be answered all the same
            log.exception("%r could not be answered", question)
            return ""


def control_path(folders: Folders, environment: Mapping[str, str] = os.environ) -> Path:
    """Where a daemon makes its control socket: in systemd's runtime folder, else beside the diary."""
    return Path(environment.get("RUNTIME_DIRECTORY") or folders.data) / "control"


def ask(path: Path, question: str) -> Answer | None:
    """The running daemon's answer; None where no daemon answers. Raises PermissionError where one is there for others
    only.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) as connection:
        connection.settimeout(SECONDS)
        try:
            connection.connect(str(path))
            connection.sendall(f"{question}\n".encode())
            text = connection.makefile("rb").read().decode()
            return [json.loads(line) for line in text.splitlines()]
        except PermissionError:
            raise
        except (OSError, ValueError):
            return None


def ask_daemon(folders: Folders, question: str) -> Answer | None:
    """As `ask`, of this user's own daemon, else of the service."""
    return ask(control_path(folders), question) or ask(SERVICE, question)


def answered(folders: Folders, question: str, command: str) -> Answer:
    """As `ask_daemon`. Raises OSError, with what to type, where no daemon answers this user of `bedside` `command`."""
    try:
        answer = ask_daemon(folders, question)
    except PermissionError:
        says = _("bedside is running, but does not answer this user. Type: sudo bedside %(command)s", command=command)
        raise OSError(says) from None
    if not answer:
        raise OSError(_("No bedside is running here. Start it: sudo systemctl start bedside"))
    return answer


def told(parts: Mapping[str, PartReported]) -> Answer:
    """The parts as they are answered: name, well, says, remedy."""
    return [_plain(part) for part in parts.values()]


def _plain(part: PartReported) -> dict[str, Any]:
    return {"part": part.part, "well": part.well, "says": part.says, "remedy": part.remedy}
