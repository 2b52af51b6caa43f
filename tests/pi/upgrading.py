"""The package's later life: a newer build over it, the older one put back, the program removed, and purged."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import bedside
from tests.checkout import NEWER, ROOT, commands, sources
from tests.pi.acts import begin, end, expect, paired, told
from tests.pi.emulator import Pi, until
from tests.pi.installing import START_SECONDS, put_on_card, typing
from tests.pi.packages import package
from tests.pi.service import hears, settle

# A newer release may change the diary: this one does, by a migration of its own.
MIGRATION = """@migrations()
def a_table_of_a_newer_release(db: Database) -> None:
    db.table("newer").create({"id": str}, pk="id")


NAMES = """


def upgrade(pi: Pi) -> str:
    """A newer build, whose diary has one table more, is installed the same way; all that was kept stays, and a cramp
    before it and one after it are there.
    """
    settle(pi)
    begin(pi)
    end(pi)
    kept, settings, phone = rows(pi), settings_of(pi), paired(pi)
    seconds = put_newer(pi)
    expect(version(pi) == NEWER, f"version {NEWER}", version(pi))
    until("the diary is upgraded", lambda: pi.rows("select name from sqlite_master where name = 'newer'"))
    expect(rows(pi) == kept, "every row as it was", "another")
    expect(settings_of(pi) == settings, "the settings as they were", settings_of(pi))
    expect(phone.get("/").status == 200, "the phone still let in", phone.get("/").status)
    stopped, heard = told_to_stop(pi), hears(pi)
    begin(pi)
    end(pi)
    expect(len(pi.cramps()) == len(kept["cramps"]) + 1, "one cramp more", len(pi.cramps()))
    return (
        f"to {NEWER} in {seconds:.0f} s; {', '.join(f'{len(kept[name])} {name}' for name in kept)} and the settings as "
        f"they were, the phone let in, a cramp after it; presses unheard for {heard - stopped:.1f} s"
    )


def downgrade(pi: Pi) -> str:
    """apt says that it is a downgrade. The older build leaves the newer diary alone, says so, and keeps a press in the
    journal; with the newer build again it is in the diary.
    """
    kept = rows(pi)
    with TemporaryDirectory() as folder:
        put_on_card(pi, package(ROOT, Path(folder)))
    printed, _ = typing(pi, commands()[-1])  # bookworm: "will be DOWNGRADED", trixie: "DOWNGRADING"
    expect("DOWNGRAD" in printed, "apt says that it is a downgrade", printed[-500:])
    until("the service is active", pi.active, START_SECONDS)
    expect(version(pi) == bedside.__version__, "the older version", version(pi))
    says = told(pi, "diary", well=False, seconds=START_SECONDS).says
    pi.press()
    expect(rows(pi) == kept, "the diary left alone", rows(pi))
    put_newer(pi)
    until("the press is in the diary", lambda: len(pi.presses()) > len(kept["presses"]))
    expect(pi.presses()[:-1] == kept["presses"], "one press more", pi.presses())
    return f"apt tells the downgrade; then: {says} A press meanwhile is in the diary once the newer build is back"


def remove(pi: Pi) -> str:
    """The program goes; the diary and the settings stay."""
    kept = rows(pi)
    typing(pi, "sudo apt remove bedside")
    left = pi.says(
        "ls -d /opt/bedside /usr/bin/bedside /usr/lib/bedside /lib/systemd/system/bedside.service 2>/dev/null"
    )
    expect(not left, "nothing of the program", left)
    expect(not pi.active(), "no service", pi.unit("ActiveState"))
    expect(rows(pi) == kept, "every row as it was", "another")
    expect(bool(settings_of(pi)), "the settings", "none")
    return "the program is gone, the diary and the settings are as they were"


def purge(pi: Pi) -> str:
    """The settings go too; nobody is asked here, so the diary stays, and the one line that deletes it is told."""
    kept = rows(pi)
    printed, _ = typing(pi, "sudo DEBIAN_FRONTEND=noninteractive apt purge bedside")
    line = "sudo rm -r /var/lib/bedside"
    expect(line in printed, f"it tells {line!r}", printed[-500:])
    expect(not settings_of(pi), "no settings", settings_of(pi))
    expect(rows(pi) == kept, "every row as it was", "another")
    return f"the settings are gone; the diary stays with {len(kept['cramps'])} cramps, until someone types: {line}"


def put_newer(pi: Pi) -> float:
    """Install a newer build of this tree as README says; the seconds that its command takes."""
    with TemporaryDirectory() as name:
        checkout = sources(Path(name, "newer"), NEWER)
        migrations = checkout / "bedside/diary/migrations.py"
        text = migrations.read_text(encoding="utf-8")
        migrations.write_text(text.replace("NAMES = ", MIGRATION, 1), encoding="utf-8")
        put_on_card(pi, package(checkout, Path(name)))
    _, seconds = typing(pi, commands()[-1])
    until("the service is active", pi.active, START_SECONDS)
    return seconds


def rows(pi: Pi) -> dict[str, list[dict[str, Any]]]:
    """All that presses and evenings left in the diary."""
    return {"cramps": pi.cramps(), "presses": pi.presses(), "evenings": pi.evenings()}


def settings_of(pi: Pi) -> str:
    """The settings' file, as it is."""
    return pi.says("cat /etc/bedside/bedside.toml 2>/dev/null")


def version(pi: Pi) -> str:
    """The version of the program that is installed."""
    return pi.sh("bedside --version").split()[-1]


def told_to_stop(pi: Pi) -> float:
    """When the service was last told to stop, in seconds since the boot."""
    log = "journalctl -b -u bedside -o short-monotonic --no-pager"
    return float(pi.sh(f"{log} | grep Stopping | tail -1").lstrip("[ ").split("]")[0])
