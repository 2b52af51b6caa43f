"""`bedside backup` and `bedside restore` as real processes: what they say, refuse, and leave behind."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bedside.diary.copying import verify
from bedside.diary.journal import Journal
from bedside.diary.store import Diary
from bedside.holding import hold
from bedside.night.phones import Phone
from tests.diary.damages import damage, rows, small_card
from tests.diary.rows import NOBODY, phone, save
from tests.test_cli import COMMAND, PATIENCE, bedside, surroundings

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The diary of a user of this folder, with a press that the journal has, too, and a phone."""
    data = tmp_path / "home/.local/share/bedside"
    data.mkdir(parents=True)
    saves = [save("1"), save("phone", phone())]
    diary = Diary(data / "diary.db")
    diary.apply(saves)
    diary.close()
    journal = Journal(data / "journal")
    journal.append(saves)
    journal.close()
    (data / "lock").touch()
    return data


def pressed(path: Path) -> list[object]:
    return [id for (id,) in rows(path, "select id from presses order by id")]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_backup_is_whole_and_leaves_nothing_beside_the_diary_or_the_file(tmp_path: Path, data: Path) -> None:
    before = names(data)
    file = tmp_path / "stick" / "mine.db"
    file.parent.mkdir()
    ended = bedside(tmp_path, "backup", str(file))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"The diary is in {file}.\n", "")
    verify(file, {"presses": 1, "phones": 1})
    assert (names(data), names(file.parent)) == (before, ["mine.db"])


def test_a_backup_while_bedside_runs_has_what_lies_in_its_log(tmp_path: Path, data: Path) -> None:
    diary = Diary(data / "diary.db")
    diary.apply([save("2")])
    with hold(data):
        ended = bedside(tmp_path, "backup", str(tmp_path / "mine.db"))
    assert ended.returncode == 0
    diary.close()
    assert pressed(tmp_path / "mine.db") == ["1", "2"]


def test_a_backup_writes_over_nothing(tmp_path: Path, data: Path) -> None:
    (tmp_path / "mine.db").write_text("mine")
    ended = bedside(tmp_path, "backup", str(tmp_path / "mine.db"))
    assert (ended.returncode, ended.stderr) == (
        1,
        f"bedside: {tmp_path}/mine.db is there already. Choose another name.\n",
    )
    assert (tmp_path / "mine.db").read_text() == "mine"


def test_a_backup_that_cannot_be_says_why_and_leaves_nothing(tmp_path: Path, data: Path) -> None:
    assert "cannot be written (No such file or directory)" in bedside(tmp_path, "backup", "/nowhere/mine.db").stderr
    stick = tmp_path / "stick"
    stick.mkdir()
    with small_card(stick, 500_000):
        assert "too little room" in bedside(tmp_path, "backup", str(stick / "mine.db")).stderr
        assert names(stick) == []
    damage(data / "diary.db", "zeroed")
    assert "is damaged" in bedside(tmp_path, "backup", str(stick / "mine.db")).stderr
    assert names(stick) == []
    shutil.rmtree(data)
    assert "There is no diary yet" in bedside(tmp_path, "backup", str(stick / "mine.db")).stderr
    assert names(stick) == []
    assert not data.exists()


@as_root
def test_who_may_not_read_the_diary_is_told_what_to_type(tmp_path: Path, data: Path) -> None:
    data.chmod(0o700)
    for folder in data.parents[:-2]:
        folder.chmod(folder.stat().st_mode | 0o011)
    code = (
        "import os, click.shell_completion, bedside.diary.by_hand, bedside.holding; from bedside.cli import main;"
        " os.setuid(65534); main()"
    )
    arguments = [sys.executable, "-c", code, "backup", "/tmp/mine.db"]
    environment = surroundings(tmp_path)
    ended = subprocess.run(arguments, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.stderr == "bedside: This user may not read the diary. Type: sudo bedside backup /tmp/mine.db\n"


# --- restore ---


@pytest.fixture
def file(tmp_path: Path, data: Path) -> Path:
    """A backup, after which there was one press more."""
    path = tmp_path / "mine.db"
    shutil.copy(data / "diary.db", path)
    later = [save("later")]
    diary = Diary(data / "diary.db")
    diary.apply(later)
    diary.close()
    journal = Journal(data / "journal")
    journal.append(later)
    journal.close()
    return path


def test_a_restored_diary_has_what_the_journal_gave_back_the_old_one_is_kept_and_every_phone_is_out(
    tmp_path: Path, data: Path, file: Path
) -> None:
    before = (data / "diary.db").read_bytes()
    ended = bedside(tmp_path, "restore", "--yes", str(file))
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[:2] == [
        f"The diary of {file} is in its place.",
        "The journal gave back 2 records.",
    ]
    assert pressed(data / "diary.db") == ["1", "later"]
    (kept,) = data.glob("diary.db.replaced-*")
    assert kept.read_bytes() == before
    assert ended.stdout.splitlines()[2] == f"The diary before is kept as {kept}."
    assert [row.out for told in Journal(data / "journal").read() for row in told.rows if isinstance(row, Phone)] == [
        False,
        True,
    ]
    assert Journal(data / "journal").kept().phones == ()
    assert rows(data / "diary.db", "select put_out from phones") == [(1,)]


@pytest.mark.parametrize(("typed", "done"), [("y\n", True), ("n\n", False), ("", False)])
def test_it_asks_first(tmp_path: Path, data: Path, file: Path, typed: str, done: bool) -> None:
    ended = subprocess.run(
        [*COMMAND, "restore", str(file)],
        env=surroundings(tmp_path),
        input=typed,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert "Every phone must be paired anew then. Are you sure?" in ended.stdout
    assert (ended.returncode == 0) is done
    assert bool(list(data.glob("diary.db.replaced-*"))) is done


def test_a_diary_is_restored_where_there_was_none(tmp_path: Path, data: Path, file: Path) -> None:
    shutil.rmtree(data)
    ended = bedside(tmp_path, "restore", "--yes", str(file))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert pressed(data / "diary.db") == ["1"]
    assert not list(data.glob("diary.db.*"))


def test_while_bedside_runs_it_says_what_to_type(tmp_path: Path, data: Path, file: Path) -> None:
    with hold(data):
        ended = bedside(tmp_path, "restore", "--yes", str(file))
    user = data.owner()
    assert (ended.returncode, ended.stderr.splitlines()) == (
        1,
        [
            "bedside: bedside runs, and would write into it. Type:",
            "  sudo systemctl stop bedside",
            f"  sudo -u {user} bedside restore {file}",
            "  sudo systemctl start bedside",
        ],
    )
    assert not list(data.glob("diary.db.*"))


@as_root
def test_another_users_diary_is_not_touched_and_it_says_what_to_type(tmp_path: Path, data: Path, file: Path) -> None:
    os.chown(data, NOBODY, -1)
    ended = bedside(tmp_path, "restore", "--yes", str(file))
    assert ended.returncode == 1
    assert ended.stderr.startswith("bedside: The diary belongs to another user. Type:\n")
    assert f"sudo -u {data.owner()} bedside restore {file}" in ended.stderr
    assert not list(data.glob("diary.db.*"))


@pytest.mark.parametrize("how", ["zeroed", "a damaged page in the middle", "cut short"])
def test_a_damaged_file_is_refused_before_anything_is_asked(tmp_path: Path, data: Path, file: Path, how: str) -> None:
    damage(file, how)
    before = names(data)
    ended = bedside(tmp_path, "restore", str(file))
    assert ended.returncode == 1
    assert "is damaged" in ended.stderr
    assert "Are you sure" not in ended.stdout
    assert names(data) == before


def test_what_failed_before_it_was_in_place_is_not_done_by_the_next_start(
    tmp_path: Path, data: Path, file: Path
) -> None:
    (data / "journal").unlink()
    (data / "journal").mkdir()
    before = names(data)
    ended = bedside(tmp_path, "restore", "--yes", str(file))
    assert ended.returncode == 1
    assert "Is a directory" in ended.stderr
    assert names(data) == before
    assert pressed(data / "diary.db") == ["1", "later"]


def test_a_file_that_is_not_there_is_told(tmp_path: Path, data: Path) -> None:
    assert bedside(tmp_path, "restore", "/nowhere/x.db").stderr == "bedside: /nowhere/x.db is not there.\n"


def test_before_everything_is_deleted_that_was_to_be_nothing_is_restored(
    tmp_path: Path, data: Path, file: Path
) -> None:
    (data / "deleting").touch()
    ended = bedside(tmp_path, "restore", "--yes", str(file))
    assert ended.stderr == "bedside: Everything is still being deleted. Start bedside first, and let it end that.\n"
