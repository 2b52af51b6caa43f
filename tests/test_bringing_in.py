"""A diary is brought into a real household: over the network, whatever the power does, and what holds from then on."""

import http.client
import json
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bedside.diary.journal import Journal
from bedside.diary.store import Diary
from bedside.household import Household
from bedside.night.effects import CrampState, Phase, Save
from bedside.night.habits import Habits
from bedside.night.resume import resume
from bedside.night.state import Rules
from bedside.pages.guard import COOKIE
from tests.diary.rows import NIGHT, boot, chosen, cramp, ended, evening, phone, press, watch
from tests.diary.test_importing import DEGREES, LIVED
from tests.diary.whole import diary, exported, taken_in
from tests.homes import OTHER
from tests.test_habits import at_home

LONG = 60.0  # seconds that no test waits unless it fails
ROOT = Path(__file__).parent.parent


@pytest.fixture
def file(tmp_path: Path) -> bytes:
    """A diary that was exported elsewhere, the newest habits others than the usual ones."""
    return exported(diary(tmp_path / "elsewhere.db", [*LIVED, chosen(NIGHT.at(9e6), **vars(OTHER))], DEGREES))


def until(true: Callable[[], object]) -> None:
    over = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < over, "it never came"
        threading.Event().wait(0.005)


def listens(port: int) -> bool:
    with socket.socket() as visitor:
        return visitor.connect_ex(("127.0.0.1", port)) == 0


def opened(household: Household) -> Path:
    """The household's diary, once the page can be asked."""
    until(lambda: listens(household.settings.port))
    path = household.around.folders.data / "diary.db"
    until(path.exists)
    return path


def post(household: Household, body: bytes, *, cookie: str, code: str = "") -> tuple[int, str]:
    """What the household's own server answers to an import: its status, and where it leads or what it says."""
    bound = "----bedside"
    parts = (
        f'--{bound}\r\nContent-Disposition: form-data; name="code"\r\n\r\n{code}\r\n'
        f'--{bound}\r\nContent-Disposition: form-data; name="file"; filename="d.json"\r\n'
        f"Content-Type: application/json\r\n\r\n"
    )
    text = parts.encode() + body + f"\r\n--{bound}--\r\n".encode()
    port = household.settings.port
    headers = {
        "Content-Type": f"multipart/form-data; boundary={bound}", "Origin": f"http://127.0.0.1:{port}",
        "Cookie": f"{COOKIE}={cookie}",
    }  # fmt: skip
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=LONG)) as connection:
        connection.request("POST", "/import", text, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location") or answer.read().decode()


def padded(file: bytes, size: int) -> bytes:
    """The same diary, with so many blanks behind it."""
    return file + b" " * (size - len(file))


def rows_in(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute(f"select count(*) from {table}").fetchone()[0])


def test_a_paired_phone_brings_a_large_diary_in_over_the_network_and_its_habits_hold(
    tmp_path: Path, file: bytes
) -> None:
    home = tmp_path / "home"
    with at_home(home) as household:
        path = opened(household)
        token = household.entrance.phones.pair("Anna's phone", "localhost")
        large = padded(file, 2_000_000)
        assert post(household, large, cookie=token, code="123456")[0] == 400
        code = household.entrance.door.open().code
        assert post(household, large, cookie=token, code=code) == (303, "/export?brought_in=1")
        assert household.habits == OTHER
        until(lambda: household.daemon.rules.asks == OTHER.asks)
        until(lambda: rows_in(path, "readings") >= len(DEGREES))
        assert rows_in(path, "cramps") == rows_in(tmp_path / "elsewhere.db", "cramps")
    before = {table: rows_in(path, table) for table in ("cramps", "presses", "checkins", "amendments", "readings")}
    with at_home(home) as again:
        assert again.habits == OTHER
        assert (again.daemon.night.phase, again.daemon.night.cramp, again.daemon.night.evening) == (
            Phase.QUIET,
            None,
            None,
        )
        assert [known.name for known in again.entrance.phones.all()] == ["Anna's phone"]
    assert {table: rows_in(path, table) for table in before} == before


def test_a_stranger_may_not_send_a_large_body(tmp_path: Path, file: bytes) -> None:
    with at_home(tmp_path / "home") as household:
        opened(household)
        assert post(household, padded(file, 100_000), cookie="made up")[0] == 413
        assert post(household, file[:1000], cookie="made up") == (303, "/pair")


def test_a_file_that_is_too_large_is_refused_by_the_server(tmp_path: Path) -> None:
    with at_home(tmp_path / "home") as household:
        opened(household)
        token = household.entrance.phones.pair("Anna's phone", "localhost")
        try:
            status = post(household, b" " * 30_000_000, cookie=token)[0]
        except OSError:  # it stopped listening before all of it was sent
            status = 413
        assert status == 413


def test_habits_that_were_chosen_here_go_on_holding(tmp_path: Path, file: bytes) -> None:
    home = tmp_path / "home"
    with at_home(home) as household:
        opened(household)
        household.choose(Habits(asks=2))
        token = household.entrance.phones.pair("Anna's phone", "localhost")
        until(lambda: rows_in(home / "data/diary.db", "habits"))
        code = household.entrance.door.open().code
        assert post(household, file, cookie=token, code=code)[0] == 303
        assert household.habits == Habits(asks=2)
    with at_home(home) as again:
        assert again.habits == Habits(asks=2)


def test_after_everything_is_deleted_the_diary_comes_in_again_in_the_same_boot(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with at_home(home) as household:
        path = opened(household)
        moment = household.clock.now()
        lived = diary(
            tmp_path / "lived.db",
            [
                boot(moment.boot),
                press(moment=moment, cramp="cramp", leaned=True),
                cramp(onset=moment),
                evening(moment.wall.date(), over=False),
                watch(began=moment),
                phone(),
            ],
        )
        token = household.entrance.phones.pair("Anna's phone", "localhost")
        code = household.entrance.door.open().code
        assert post(household, exported(lived), cookie=token, code=code)[0] == 303
        until(lambda: rows_in(path, "cramps"))
        assert household.daemon.night.phase is Phase.QUIET
    kept = Journal(home / "data/journal").kept()
    assert (kept.press, kept.cramp, kept.evening) == (None, None, None)
    night, effects = resume(kept, moment, Rules())
    assert (night.phase, night.cramp, night.evening, night.press) == (Phase.QUIET, None, None, None)
    assert effects == ()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select state from cramps").fetchall() == [(CrampState.END_UNKNOWN.value,)]


KEPT_IN_A_PROCESS_OF_ITS_OWN = """
import sys, threading
from pathlib import Path
from bedside.diary.writer import Writer
from bedside.night.effects import Save
from tests.diary.rows import NIGHT
from tests.diary.whole import taken_in

folder = Path(sys.argv[1])
writer = Writer(folder, lambda item: print(type(item).__name__, flush=True), lambda: NIGHT)
writer.kept()
writer.start()
found = taken_in(Path(sys.argv[2]).read_bytes(), folder / "diary.db")
print("given", flush=True)
writer.save(Save("brought in", NIGHT, found.rows))
threading.Event().wait()
"""


@pytest.mark.parametrize("pause", [0.0, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.2])
def test_a_power_cut_at_any_moment_leaves_all_of_it_or_nothing(tmp_path: Path, pause: float) -> None:
    rows = [row for number in range(300) for row in (press(f"p{number}", cramp=f"c{number}"), ended(f"c{number}"))]
    text = exported(diary(tmp_path / "elsewhere.db", rows, DEGREES))
    (tmp_path / "file.json").write_bytes(text)
    folder = tmp_path / "home"
    folder.mkdir()
    empty = exported(diary(folder / "diary.db"))
    command = [sys.executable, "-c", KEPT_IN_A_PROCESS_OF_ITS_OWN, str(folder), str(tmp_path / "file.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:
        assert process.stdout
        assert "given\n" in iter(process.stdout.readline, "")
        threading.Event().wait(pause)
        process.send_signal(signal.SIGKILL)
        saved = "Saved\n" in process.stdout.read()
    started = Diary(folder / "diary.db")
    started.replay(Journal(folder / "journal").read())
    started.close()
    after = exported(folder / "diary.db")
    assert after in (text, empty)
    assert after == text or not saved


def test_what_is_saved_before_a_power_cut_is_never_lost(tmp_path: Path, file: bytes) -> None:
    """Even where the diary itself is lost: the journal has every act."""
    path = diary(tmp_path / "home.db")
    journal = Journal(tmp_path / "journal")
    journal.append([Save("brought in", NIGHT, taken_in(file, path).rows)])
    journal.close()
    anew = Diary(tmp_path / "anew.db")
    anew.replay(journal.read())
    anew.close()
    tables = json.loads(exported(tmp_path / "anew.db"))["tables"]
    assert len(tables["checkins"]) == len(json.loads(file)["tables"]["checkins"])
