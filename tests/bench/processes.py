"""Processes that are measured from outside: started, asked, ended."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bedside.control import ask
from tests.bench.surroundings import until
from tests.ports import free_port
from tests.visitor import Visitor

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


@dataclass(frozen=True)
class Running:
    """A process of ours. `ready_after` is seconds from its start to READY=1; 0 where it says none."""

    process: "subprocess.Popen[bytes]"
    folder: Path
    port: int
    ready_after: float = 0.0

    @property
    def proc(self) -> Path:
        """Its folder in /proc."""
        return Path(f"/proc/{self.process.pid}")

    def memory(self) -> tuple[float, float]:
        """RSS and PSS in MB."""
        text = (self.proc / "smaps_rollup").read_text()
        rss, pss = (int(re.search(rf"^{name}:\s+(\d+)", text, re.M)[1]) / 1024 for name in ("Rss", "Pss"))  # type: ignore[index]
        return rss, pss

    def thread_names(self) -> dict[int, str]:
        """Its threads as Python calls them, by the kernel's number."""
        path = self.folder / "threads.json"
        path.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        until(path.exists)
        return {int(number): name for number, name in json.loads(path.read_text()).items()}


@contextmanager
def household(folder: Path, clips: Path) -> Iterator[Running]:
    """A household's process from its READY=1 on. Its log lies in FOLDER/log."""
    folder.mkdir(parents=True, exist_ok=True)
    port, notify = free_port(), folder / "notify"
    command = [sys.executable, "-m", "tests.bench.launch", str(folder), str(clips), str(port)]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire, (folder / "log").open("wb") as log:
        wire.bind(str(notify))
        wire.settimeout(60)
        environment = {**os.environ, "NOTIFY_SOCKET": str(notify)}
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log)
        try:
            said = wire.recv(100)
            took = time.perf_counter() - began
            if said != b"READY=1":
                raise ConnectionError(f"the daemon said {said!r}")
            yield Running(process, folder, port, took)
        finally:
            _end(process)


@contextmanager
def script(name: str, *arguments: str, folder: Path, says_ready: bool = False) -> Iterator[Running]:
    """A floor's process, started a moment ago, or once it said that it is ready."""
    port = free_port()
    command = [sys.executable, str(HERE / name), str(port), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, cwd=ROOT) as process:
        try:
            if says_ready and process.stdout:
                process.stdout.readline()
            yield Running(process, folder, port)
        finally:
            _end(process)


def settled(running: Running) -> None:
    """Wait until a household's start-up work is over: the voice is prepared last."""
    control = running.folder / "data/control"
    until(lambda: any(part["part"] == "voice" for part in ask(control, "check") or ()), seconds=120, every=0.1)
    time.sleep(1)


def pair(running: Running) -> str:
    """Pair a phone with a household; its cookie."""
    (invitation,) = ask(running.folder / "data/control", "pair") or ({},)
    phone = Visitor(running.port)
    phone.post("/pair", code=invitation["code"])
    return phone.cookie


def get(port: int, path: str, cookie: str = "") -> float:
    """Fetch a page over a connection of its own; milliseconds. Raises OSError where nothing answers."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise ConnectionError(f"{path} answered {answer.status}")
    return (time.perf_counter() - began) * 1000


def answers(port: int) -> bool:
    """Whether `/` answers."""
    try:
        get(port, "/")
    except OSError:
        return False
    return True


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
