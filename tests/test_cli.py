"""The command line, as real processes: what it says, how it ends, two at once, and the demo from Enter to q."""

import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from bedside.holding import AlreadyRunningError, hold
from tests.afternoon import zone
from tests.diary.rows import ended
from tests.diary.whole import diary
from tests.files import files_with
from tests.ports import free_port
from tests.visitor import Visitor

COMMAND = [sys.executable, "-c", "from bedside.cli import main; main()"]
COMMANDS = ("run", "demo", "check", "pair", "export", "backup", "restore")
PARTS = ("daemon", "button", "light", "buzzer", "thermometer", "speaker", "voice", "clock", "diary", "emergency")
PATIENCE = 60.0  # seconds until a test gives up: a slow computer is no failure

on_a_computer = pytest.mark.skipif(
    any(Path("/dev").glob("gpiochip*")), reason="this computer has GPIO pins, so nothing is missing"
)


def surroundings(folder: Path, **more: str) -> dict[str, str]:
    """The variables of a user who has this folder as a home, and nothing else."""
    home, temporary = folder / "home", folder / "tmp"
    home.mkdir(exist_ok=True)
    temporary.mkdir(exist_ok=True)
    root = str(Path(__file__).parent.parent)
    own = {"HOME": str(home), "TMPDIR": str(temporary), "PYTHONPATH": root, "PATH": os.environ["PATH"], "TZ": zone()}
    return own | more


def bedside(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env=surroundings(folder),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@contextmanager
def running(folder: Path, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command as it runs; killed at the end if it still does."""
    with (
        (folder / "stderr").open("wb") as errors,
        subprocess.Popen(
            [*COMMAND, *arguments],
            env=surroundings(folder, **variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[bytes], words: str, read: str = "") -> str:
    """What the process prints, up to these words."""
    assert process.stdout
    until = time.monotonic() + PATIENCE
    while words not in read:
        ready, _, _ = select.select([process.stdout], [], [], max(0.0, until - time.monotonic()))
        assert ready, f"it never said {words!r}, only: {read}"
        some = os.read(process.stdout.fileno(), 65536)
        assert some, f"it ended without saying {words!r}: {read}"
        read += some.decode()
    return read


def page(port: int) -> str:
    """The page in one line; empty while nobody serves it."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as answer:
            return " ".join(answer.read().decode().split())
    except URLError:
        return ""


def page_with(process: subprocess.Popen[bytes], port: int, pattern: str) -> str:
    """The page as soon as it has this. Between looks it waits for whatever the process says, if only a little."""
    assert process.stdout
    until, shown = time.monotonic() + PATIENCE, ""
    while not re.search(pattern, shown):
        assert time.monotonic() < until, f"the page never had {pattern!r}: {shown}"
        ready, _, _ = select.select([process.stdout], [], [], 0.1)
        if ready:
            assert os.read(process.stdout.fileno(), 65536), "it ended"
        shown = page(port)
    return shown


# --- what it says ---


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_names_every_command_and_where_to_begin(tmp_path: Path, option: str) -> None:
    ended = bedside(tmp_path, option)
    assert ended.returncode == 0
    listed = ended.stdout.partition("Commands:")[2].splitlines()
    assert sorted(line.split()[0] for line in listed if line.strip()) == sorted(COMMANDS)
    assert "leg cramp" in ended.stdout
    assert "Try it on this computer with `bedside demo`" in ended.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_every_option_is_explained(tmp_path: Path, command: str) -> None:
    ended = bedside(tmp_path, command, "--help")
    assert ended.returncode == 0
    options = [line.split(None, 1) for line in ended.stdout.partition("Options:")[2].splitlines() if line.strip()]
    assert options
    assert all(len(option) == 2 for option in options)


def test_an_unknown_command_says_so_and_ends_with_2(tmp_path: Path) -> None:
    ended = bedside(tmp_path, "dmeo")
    assert ended.returncode == 2
    assert "No such command 'dmeo'" in ended.stderr
    assert "--help" in ended.stderr
    assert not list((tmp_path / "home").iterdir())


def test_an_unknown_option_says_so_and_ends_with_2(tmp_path: Path) -> None:
    ended = bedside(tmp_path, "demo", "--port", "many")
    assert ended.returncode == 2
    assert "'many' is not a valid integer" in ended.stderr


def test_the_version_is_told(tmp_path: Path) -> None:
    assert re.fullmatch(r"bedside, version \d+\.\d+\S*\n", bedside(tmp_path, "--version").stdout)


# --- check ---


@on_a_computer
def test_check_on_a_computer_names_every_part_with_a_remedy_and_ends_with_1(tmp_path: Path) -> None:
    ended = bedside(tmp_path, "check")
    lines = ended.stdout.splitlines()
    named = [line[7:19].strip() for line in lines if "->" not in line]
    assert ended.returncode == 1
    assert tuple(named) == PARTS
    wrong = [number for number, line in enumerate(lines) if line.startswith("WRONG")]
    assert wrong
    assert all(lines[number + 1].strip().startswith("->") for number in wrong)
    assert "bedside demo" in ended.stdout
    assert ended.stderr == ""


# --- two at once ---


def test_a_second_hold_on_a_folder_says_who_has_it(tmp_path: Path) -> None:
    with hold(tmp_path / "bedside"), pytest.raises(AlreadyRunningError, match=f"it holds {tmp_path}/bedside"):
        hold(tmp_path / "bedside")
    hold(tmp_path / "bedside").close()


def test_a_second_bedside_says_that_one_runs_already_and_ends_with_1(tmp_path: Path) -> None:
    folder = tmp_path / "home/.local/share/bedside"
    with hold(folder):
        ended = bedside(tmp_path, "run")
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == (
        f"bedside: bedside runs already: it holds {folder}. Stop it first, or use it."
    )
    assert "Traceback" not in ended.stderr
    assert [path.name for path in folder.iterdir()] == ["lock"]


def test_check_says_of_a_bedside_that_is_still_starting_to_ask_again_and_tries_nothing_it_holds(tmp_path: Path) -> None:
    folder = tmp_path / "home/.local/share/bedside"
    folder.mkdir(parents=True)
    with hold(folder):
        checked = bedside(tmp_path, "check")
    assert checked.returncode == 1
    assert checked.stdout.split("\n", 1)[0].endswith("bedside is running, but does not answer yet.")
    assert "Ask again in a minute." in checked.stdout
    assert "button" not in checked.stdout


def test_a_folder_that_cannot_be_made_is_one_sentence_and_1(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/.local").write_text("a file where a folder should be")
    ended = bedside(tmp_path, "run")
    assert ended.returncode == 1
    assert ended.stderr.endswith("cannot be used (Not a directory). Check who owns it.\n")
    assert "Traceback" not in ended.stderr


# --- the service ---


def until_it_answers(folder: Path, settings: Path) -> str:
    """What `bedside check` prints once the daemon answers it and serves the page."""
    until = time.monotonic() + PATIENCE
    while True:
        checked = bedside(folder, "check", "--settings", str(settings)).stdout
        if re.search(r"^ *well +page ", checked, re.MULTILINE):
            return checked
        assert time.monotonic() < until, checked


@on_a_computer
@pytest.mark.slow
def test_the_service_runs_without_a_pi_is_asked_by_check_keeps_others_out_and_ends_on_sigterm(tmp_path: Path) -> None:
    settings = tmp_path / "bedside.toml"
    settings.write_text(f"port = {free_port()}\n")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.settimeout(PATIENCE)
        manager.bind(str(tmp_path / "notify"))
        with running(tmp_path, "run", "--settings", str(settings), NOTIFY_SOCKET=str(tmp_path / "notify")) as service:
            assert manager.recv(100) == b"READY=1"
            checked = until_it_answers(tmp_path, settings)
            assert manager.recv(100) == b"WATCHDOG=1"
            second = bedside(tmp_path, "run", "--settings", str(settings))
            service.send_signal(signal.SIGTERM)
            assert service.wait(PATIENCE) == 0
            told = manager.recv(100)
            while told == b"WATCHDOG=1":
                told = manager.recv(100)
            assert told == b"STOPPING=1"
    assert "bedside is running" in checked
    assert "WRONG  button" in checked
    assert (second.returncode, second.stderr.count("runs already")) == (1, 1)
    assert "Traceback" not in (tmp_path / "stderr").read_text()


# --- pairing ---


def test_pair_without_a_bedside_says_how_to_start_one_and_ends_with_1(tmp_path: Path) -> None:
    ended = bedside(tmp_path, "pair")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "bedside: No bedside is running here. Start it: sudo systemctl start bedside\n"


@contextmanager
def serving(folder: Path, settings: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`bedside run`, once it answers on its control socket and has the page."""
    with running(folder, "run", "--settings", str(settings)) as service:
        until_it_answers(folder, settings)
        yield service
        service.send_signal(signal.SIGTERM)
        assert service.wait(PATIENCE) == 0


@pytest.mark.slow
def test_a_phone_is_paired_by_what_the_terminal_prints_and_is_known_after_a_restart(tmp_path: Path) -> None:
    port = free_port()
    settings = tmp_path / "bedside.toml"
    settings.write_text(f"port = {port}\n")
    phone, stranger = Visitor(port), Visitor(port)
    with serving(tmp_path, settings):
        assert phone.get("/").goes_to == "/pair"
        printed = bedside(tmp_path, "pair").stdout
        found = re.search(rf"open +http://\S+:{port}\n.*code +(\d{{3}} \d{{3}})", printed, re.DOTALL)
        assert found, printed
        assert "█" in printed  # the QR code
        assert phone.pair(found[1], "Anna")
        assert "The night from" in phone.get("/").text
        assert stranger.post("/pair", code=found[1], name="Eve").status == 400
        assert stranger.get("/").goes_to == "/pair"
    token = phone.cookie.partition("=")[2]
    written = b"".join(path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file())
    assert b"Anna" in written
    assert token.encode() not in written
    assert found[1].replace(" ", "").encode() not in written
    with serving(tmp_path, settings):
        assert "The night from" in phone.get("/").text
        assert phone.post("/settings/phones/out", all="yes", sure="yes").status == 303
        assert phone.get("/").goes_to == "/pair"
    assert "Traceback" not in (tmp_path / "stderr").read_text()


def fresh_code(folder: Path) -> str:
    """What `bedside pair` prints as the code."""
    found = re.search(r"code +(\d{3} \d{3})", bedside(folder, "pair").stdout)
    assert found
    return found[1]


@pytest.mark.slow
def test_everything_is_deleted_with_a_fresh_code_and_no_restart_brings_it_back(tmp_path: Path) -> None:
    port = free_port()
    settings, data = tmp_path / "bedside.toml", tmp_path / "home/.local/share/bedside"
    settings.write_text(f"port = {port}\n")
    phone = Visitor(port)
    with serving(tmp_path, settings):
        assert phone.pair(fresh_code(tmp_path), "Anna")
        (data / "diary.db.damaged-20250101-000000").write_text("Anna")
        (data / "backups").mkdir()
        (data / "backups/one.db").write_text("Anna")
        refused = phone.post("/settings/delete", code="")
        assert (refused.status, "No code is good just now." in refused.text) == (400, True)
        assert files_with(b"Anna", data)
        assert phone.post("/settings/delete", code=fresh_code(tmp_path)).goes_to == "/pair?deleted=1"
        assert phone.get("/").goes_to == "/pair"
        assert not files_with(b"Anna", data)
    assert {path.name for path in data.iterdir()} == {"lock", "journal", "diary.db"}
    with serving(tmp_path, settings):
        assert phone.get("/").goes_to == "/pair"
        assert phone.pair(fresh_code(tmp_path), "Ben")
    written = b"".join(path.read_bytes() for path in data.iterdir())
    assert (b"Anna" in written, b"Ben" in written) == (False, True)
    assert "Traceback" not in (tmp_path / "stderr").read_text()


# --- the demo ---


@pytest.mark.slow
def test_in_the_demo_enter_is_a_cramp_that_is_on_the_page_and_q_ends_it(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, "demo", "--silent", "--port", str(port)) as demo:
        assert demo.stdin
        read_until(demo, "q, Enter     end the demo")
        before = page_with(demo, port, "sample nights")
        assert "<dd>still open" not in before
        demo.stdin.write(b"\n")
        demo.stdin.flush()
        read_until(demo, "straighten the knee, pull your toes toward your shin")
        after = page_with(demo, port, "<dt>Lasted</dt><dd>still open")
        assert after.count('<time datetime="') == before.count('<time datetime="') + 1
        demo.stdin.write(b"q\n")
        demo.stdin.flush()
        assert demo.wait(PATIENCE) == 0
    assert not list((tmp_path / "tmp").iterdir())  # nothing is kept
    assert not list((tmp_path / "home").glob(".local/share/bedside/*"))
    assert "Traceback" not in (tmp_path / "stderr").read_text()


@pytest.mark.slow
def test_the_demo_answers_what_it_does_not_understand_and_asks_for_the_stretch(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, "demo", "--silent", "--port", str(port), PYTHONUNBUFFERED="1") as demo:
        assert demo.stdin
        read_until(demo, "q, Enter     end the demo")
        demo.stdin.write(b"what?\n")
        demo.stdin.flush()
        read_until(demo, "'what?' is none of these")
        page_with(demo, port, "evening stretch")
        demo.stdin.write(b"s\n")
        demo.stdin.flush()
        read_until(demo, "Time for the evening stretch.")
        demo.send_signal(signal.SIGINT)
        assert demo.wait(PATIENCE) == 0


# --- export ---


def test_an_export_writes_a_new_file_of_the_diary_and_writes_over_none(tmp_path: Path) -> None:
    missing = bedside(tmp_path, "export", str(tmp_path / "cramps.csv"))
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr.startswith("bedside: The diary cannot be read just now")
    data = tmp_path / "home/.local/share/bedside"
    data.mkdir(parents=True)
    diary(data / "diary.db", [ended()])
    for name, begins in (("cramps.csv", "\N{ZERO WIDTH NO-BREAK SPACE}night,onset"), ("a.json", '{"bedside":1')):
        ended_well = bedside(tmp_path, "export", str(tmp_path / name))
        assert (ended_well.returncode, ended_well.stderr) == (0, "")
        assert (tmp_path / name).read_text().startswith(begins)
    nights = bedside(tmp_path, "export", "--nights", str(tmp_path / "nights.csv"))
    assert nights.returncode == 0
    assert (tmp_path / "nights.csv").read_text().startswith("\N{ZERO WIDTH NO-BREAK SPACE}night,observed")
    again = bedside(tmp_path, "export", str(tmp_path / "a.json"))
    assert again.returncode == 1
    assert again.stderr == f"bedside: {tmp_path}/a.json is there already. Choose another name.\n"
    assert bedside(tmp_path, "export", "--nights", str(tmp_path / "b.json")).returncode == 2
    assert not (tmp_path / "b.json").exists()
