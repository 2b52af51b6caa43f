"""The control socket, real at both ends."""

import json
import logging
import resource
import socket
import stat
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue

import pytest

from bedside.control import Answer, Control, ask, told
from bedside.night.events import Moment, PartReported

MOMENT = Moment("boot", 1000.0, datetime(2026, 1, 11, 3, 4, tzinfo=UTC))
BUTTON = PartReported(MOMENT, "button", True, "The button on GPIO17 is heard.")
SPEAKER = PartReported(MOMENT, "speaker", False, "Pas de carte «son».", "Plug in a speaker.")


class Parts:
    """What the daemon knows of its parts just now."""

    known: Mapping[str, PartReported] = {"button": BUTTON, "speaker": SPEAKER}

    def __call__(self) -> Mapping[str, PartReported]:
        return self.known


def answering(parts: Parts) -> dict[str, Callable[[], Answer]]:
    return {"check": lambda: told(parts()), "pair": lambda: [{"code": "012345"}]}


@pytest.fixture
def parts() -> Parts:
    return Parts()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "control"


@pytest.fixture
def control(path: Path, parts: Parts) -> Iterator[Control]:
    control = Control(path, answering(parts))
    control.start()
    yield control
    control.close()


def test_whoever_asks_is_told_every_part(control: Control, path: Path) -> None:
    assert ask(path, "check") == [
        {"part": "button", "well": True, "says": "The button on GPIO17 is heard.", "remedy": ""},
        {"part": "speaker", "well": False, "says": "Pas de carte «son».", "remedy": "Plug in a speaker."},
    ]


def test_each_answer_is_of_that_moment(control: Control, path: Path, parts: Parts) -> None:
    parts.known = {"speaker": SPEAKER}
    assert [part["part"] for part in ask(path, "check") or ()] == ["speaker"]
    parts.known = {}
    assert ask(path, "check") == []


def test_the_wire_is_json_lines_that_any_tool_reads(control: Control, path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(10)
        caller.connect(str(path))
        caller.sendall(b"check\n")
        lines = caller.makefile().read().splitlines()
    assert [json.loads(line)["part"] for line in lines] == ["button", "speaker"]


def test_each_question_has_its_own_answer_and_an_unknown_one_has_none(control: Control, path: Path) -> None:
    assert ask(path, "pair") == [{"code": "012345"}]
    assert ask(path, "delete everything") == []


@pytest.mark.parametrize("said", [b"\n", b"\xff\xfe\n", b"chec", b"x" * 100_000, b"\0" * 40])
def test_what_is_no_question_gets_no_answer_and_harms_nothing(control: Control, path: Path, said: bytes) -> None:
    answer = b""
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(10)
        caller.connect(str(path))
        with suppress(OSError):  # it hangs up on who says too much
            caller.sendall(said)
            caller.shutdown(socket.SHUT_WR)
            answer = caller.recv(100)
    assert answer == b""
    assert len(ask(path, "check") or ()) == 2


def test_an_answer_that_fails_is_none_and_the_next_is_given(path: Path, parts: Parts) -> None:
    def fail() -> Answer:
        raise ValueError("whatever it is")

    control = Control(path, answering(parts) | {"pair": fail})
    control.start()
    assert ask(path, "pair") == []
    assert len(ask(path, "check") or ()) == 2
    control.close()


def test_no_daemon_gives_no_answer(path: Path) -> None:
    assert ask(path, "check") is None


def test_a_socket_file_that_nobody_serves_gives_no_answer(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    assert ask(path, "check") is None


def test_a_daemon_that_speaks_nonsense_gives_no_answer(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen()

        def speak() -> None:
            connection, _ = other.accept()
            with connection:
                connection.sendall(b"\xff{]\n")

        speaking = threading.Thread(target=speak)
        speaking.start()
        assert ask(path, "check") is None
        speaking.join(10)


def test_a_stale_socket_file_is_replaced(path: Path, parts: Parts) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    control = Control(path, answering(parts))
    control.start()
    assert ask(path, "check")
    control.close()


def test_only_the_user_and_the_group_may_ask(control: Control, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o660


def test_a_socket_that_cannot_be_made_is_an_oserror(tmp_path: Path, parts: Parts) -> None:
    control = Control(tmp_path / "missing" / "control", answering(parts))
    with pytest.raises(OSError, match=r"No such file|cannot assign"):
        control.start()
    control.close()


def test_a_caller_that_says_nothing_and_reads_nothing_keeps_nobody_waiting(control: Control, path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(path))
        assert len(ask(path, "check") or ()) == 2


def test_a_caller_that_goes_away_at_once_harms_nothing(control: Control, path: Path) -> None:
    for _ in range(20):
        with socket.socket(socket.AF_UNIX) as hasty:
            hasty.connect(str(path))
    assert len(ask(path, "check") or ()) == 2


def test_many_callers_at_once_are_all_answered(control: Control, path: Path) -> None:
    answers: SimpleQueue[object] = SimpleQueue()
    callers = [threading.Thread(target=lambda: answers.put(ask(path, "check"))) for _ in range(20)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(10)
    assert all(len(answers.get(timeout=10)) == 2 for _ in callers)  # type: ignore[arg-type]


def test_closing_takes_the_socket_away_and_ends_its_thread(path: Path, parts: Parts) -> None:
    control = Control(path, answering(parts))
    control.start()
    serving = next(thread for thread in threading.enumerate() if thread.name == "control")
    control.close()
    serving.join(10)
    assert not serving.is_alive()
    assert not path.exists()
    assert ask(path, "check") is None


def test_closing_twice_harms_nothing(path: Path, parts: Parts) -> None:
    control = Control(path, answering(parts))
    control.start()
    control.close()
    control.close()
    assert not path.exists()


def test_when_no_descriptor_is_left_it_goes_on_as_soon_as_there_is_one(control: Control, path: Path) -> None:
    told: SimpleQueue[logging.LogRecord] = SimpleQueue()
    listener = logging.Handler()
    listener.emit = told.put  # type: ignore[method-assign]
    logging.getLogger("bedside.control").addHandler(listener)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(10)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
        try:
            caller.connect(str(path))
            assert "could not take a caller" in told.get(timeout=10).getMessage()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            logging.getLogger("bedside.control").removeHandler(listener)
    assert len(ask(path, "check") or ()) == 2
