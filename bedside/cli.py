"""The commands: `bedside run`, `demo`, `check`, `pair`, `export`, `backup`, `restore`."""

import logging
import os
import sys
import threading
from pathlib import Path

import click

from bedside import __version__
from bedside.catalogue import N_, _, ngettext
from bedside.settings import Folders, Settings, SettingsError, folders, load

BAD_SETTINGS = 78  # EX_CONFIG: the unit does not restart on it
SERVICE_DIARY = Path("/var/lib/bedside/diary.db")  # where the service's diary lies
log = logging.getLogger("bedside")


ABOUT = N_(
    "Answers a night-time leg cramp: a button, a light, a voice, a diary.\n\n"
    "Try it on this computer with `bedside demo`. On a Raspberry Pi the service runs `bedside run`; `bedside check` "
    "says how every part is, and what to do where one is not well."
)


@click.group(help=_(ABOUT), context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="bedside")
def cli() -> None:
    """All commands. What they say of themselves is in the catalogue."""


_SETTINGS = click.option(
    "--settings",
    "path",
    type=click.Path(path_type=Path),
    help=_("The settings file; without it /etc/bedside/bedside.toml or ~/.config/bedside/bedside.toml, if there."),
)


@cli.command(help=_("Run on the device: hear the button until stopped."))
@_SETTINGS
def run(path: Path | None) -> None:
    """The service."""
    settings = load(path)
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    from bedside.ear import Ear
    from bedside.surroundings import Surroundings

    ear = Ear(settings, Surroundings(folders()))
    from bedside.household import Household  # slow to import, and presses are heard from here on

    household = Household(ear)
    household.stop_on_signals()
    household.run()


@cli.command(
    help=_("Try it on this computer: a simulated button and room, sample nights, nothing kept."),
    short_help=_("Try it on this computer, with nothing wired."),
)
@click.option("--port", default=8080, type=click.IntRange(1024, 65535), show_default=True, help=_("The page's port."))
@click.option("--silent", is_flag=True, help=_("Captions only, no sound."))
def demo(port: int, silent: bool) -> None:
    """The same program in a room of software."""
    logging.basicConfig(level=logging.WARNING, format="  %(message)s", stream=sys.stderr)
    import tempfile

    with tempfile.TemporaryDirectory(prefix="bedside-demo-") as folder:
        _demo(Path(folder), port, silent)


@cli.command(help=_("Look at every part: found, working, or what to do. Ends with 1 if something is not well."))
@_SETTINGS
@click.option("--watch", is_flag=True, help=_("Show presses and the temperature as they come."))
def check(path: Path | None, watch: bool) -> None:
    """Print the findings, or what comes."""
    settings = load(path)
    if watch:
        from bedside.watching import watch as go_on

        return go_on(settings, folders(), click.echo)
    from bedside.check import check as look

    well = True
    for finding in look(settings, folders()):
        mark = {True: _("well "), False: _("WRONG"), None: "     "}[finding.well]
        well = well and finding.well is not False
        click.echo(f"{mark}  {finding.part:<13} {finding.says}")
        if finding.remedy:
            click.echo(f"       {'':<13} -> {finding.remedy}")
    sys.exit(0 if well else 1)


@cli.command(help=_("Show the page's address and a code, with which one phone can be paired within two minutes."))
def pair() -> None:
    """Ask the running daemon, which opens the door."""
    from bedside.control import answered

    click.echo(invited(**answered(folders(), "pair", "pair")[0]))


@cli.command(
    help=_(
        "Write the diary into a new FILE. Its name says as what: .csv the cramps, a row each, for a spreadsheet; .json "
        "all of it, which can be brought in again on the page; .db all of it as an SQLite database."
    ),
    short_help=_("Write the diary into a file: .csv, .json or .db."),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--nights", is_flag=True, help=_("With .csv: the nights that are over, a row each."))
def export(file: Path, nights: bool) -> None:
    """The diary as a file; a running daemon is not disturbed."""
    from datetime import datetime

    from bedside.devices.clock import local_zone
    from bedside.diary.exporting import save

    if nights and file.suffix != ".csv":
        raise click.UsageError(_("--nights is for a file that ends in .csv."))
    zone = local_zone()
    save(_diary(), file, datetime.now(zone), zone, nights=nights)


@cli.command(
    help=_(
        "Copy the whole diary into a new FILE, and look the copy through; a running bedside is not disturbed. What is "
        "in it can be put back with `bedside restore`."
    ),
    short_help=_("Copy the whole diary into a file."),
)
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """A copy that is kept elsewhere: the backups lie on the same card as the diary."""
    from bedside.diary.by_hand import back_up
    from bedside.holding import held

    diary = _diary()
    if diary.parent.exists() and not os.access(diary.parent, os.R_OK | os.X_OK):
        raise OSError(_("This user may not read the diary. Type: sudo bedside backup %(file)s", file=file))
    with held(diary.parent) as alone:
        back_up(diary, file, alone=alone)
    click.echo(_("The diary is in %(file)s.", file=file))


@cli.command(
    help=_(
        "Put the diary in FILE in the place of the one there is, which is kept beside it. What the journal has that is "
        "newer comes into it, and no phone is paired any more. bedside must not run."
    ),
    short_help=_("Put a diary back from a file."),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help=_("Do not ask whether you are sure."))
def restore(file: Path, yes: bool) -> None:
    """The diary from a file that `backup` has made, or from one of the backups."""
    from bedside.devices.clock import Clock
    from bedside.diary.by_hand import check as look_through
    from bedside.diary.by_hand import restore as put_back
    from bedside.holding import AlreadyRunningError, hold

    diary = _diary()
    if diary.parent.exists() and diary.parent.stat().st_uid != os.geteuid():
        raise OSError(_how_to_restore(_("The diary belongs to another user."), diary, file))
    try:
        lock = hold(diary.parent)
    except AlreadyRunningError:
        raise OSError(_how_to_restore(_("bedside runs, and would write into it."), diary, file)) from None
    with lock:
        look_through(file)
        if not yes:
            click.confirm(_("Every phone must be paired anew then. Are you sure?"), abort=True)
        kept, given = put_back(diary, file, Clock().now())
    click.echo(_("The diary of %(file)s is in its place.", file=file))
    click.echo(ngettext("The journal gave back %(number)s record.", "The journal gave back %(number)s records.", given))
    if kept:
        click.echo(_("The diary before is kept as %(name)s.", name=diary.with_name(kept)))


HOW_TO_RESTORE = N_(
    """%(why)s Type:
  sudo systemctl stop bedside
  sudo -u %(user)s bedside restore %(file)s
  sudo systemctl start bedside"""
)


def _how_to_restore(why: str, diary: Path, file: Path) -> str:
    import pwd

    user = pwd.getpwuid(diary.parent.stat().st_uid).pw_name
    return _(HOW_TO_RESTORE, why=why, user=user, file=file.absolute())


def _diary() -> Path:
    """The user's own diary, or the service's, where that is the only one."""
    own = folders().data / "diary.db"
    there = os.access(own.parent, os.X_OK) and own.exists()
    return SERVICE_DIARY if not there and SERVICE_DIARY.parent.exists() else own


INVITED = N_(
    """
  On a phone in the same Wi-Fi, open   %(url)s
  and enter the code                   %(code)s   (for %(seconds)s seconds, one phone)

%(drawn)s
  Have your router always give this device the same address:
  at another address, every phone must be paired anew.
"""
)


def invited(url: str, code: str, seconds: float) -> str:
    """What `bedside pair` prints: where to open the page, the code with the seconds it is good for, and a QR code."""
    import io

    import segno

    if not url:
        return _("This device has no network address now. Connect it to the home network, then type this again.")
    drawn = io.StringIO()
    segno.make(url, micro=False).terminal(drawn, compact=_can_show("█▀▄"))
    words = {"url": url, "code": f"{code[:3]} {code[3:]}", "seconds": round(seconds), "drawn": drawn.getvalue()}
    return _(INVITED, **words)


def _can_show(signs: str) -> bool:
    try:
        signs.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _demo(folder: Path, port: int, silent: bool) -> None:
    from bedside.demo import HOW, Captions, Room, fill, obey
    from bedside.devices.cards import find_card
    from bedside.ear import Ear
    from bedside.household import Household
    from bedside.night.cues import Cue
    from bedside.surroundings import Surroundings
    from bedside.texts import caption

    settings = Settings(port=port, network=False)
    room = Room(folder, settings.pin)
    captions = Captions(click.echo, lambda cue: household.entrance.told() if cue is Cue.PAIRING else caption(cue))
    around = Surroundings(
        Folders(folder / "data", folders().cache / "demo"),
        sys=room.sys,
        factory=room.factory,
        find_card=(lambda: None) if silent else find_card,
        caption=captions.add,
        heard=captions.newest,
        press=room.press,
        duty=room.warm,
    )
    around.folders.data.mkdir()
    fill(around.folders.data / "diary.db")
    household = Household(Ear(settings, around))
    household.stop_on_signals()
    click.echo(
        "\n"
        + _("bedside, on this computer.")
        + "\n\n  "
        + _("The page:    http://127.0.0.1:%(port)s", port=port)
        + "\n"
    )
    click.echo(_(HOW))

    def listen() -> None:
        if obey(sys.stdin, room, household.remind):
            household.stop()

    threading.Thread(target=listen, name="keyboard", daemon=True).start()
    household.run()


def main() -> None:
    """Run the command line; every error ends as one sentence and an exit status."""
    try:
        cli(prog_name="bedside")
    except SettingsError as error:
        click.echo(f"bedside: {error}", err=True)
        sys.exit(BAD_SETTINGS)
    except OSError as error:
        click.echo(f"bedside: {error}", err=True)
        sys.exit(1)
    except Exception:  # nothing is known here: leave the whole trace in the log, and let systemd start anew
        log.exception("bedside ends because of an error in itself")
        sys.exit(70)
