"""The commands: `bedside run`, `bedside demo`, `bedside check`."""

import logging
import sys
import threading
from pathlib import Path

import click

from bedside import __version__
from bedside.settings import Folders, Settings, SettingsError, folders, load

BAD_SETTINGS = 78  # EX_CONFIG: the unit does not restart on it
log = logging.getLogger("bedside")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="bedside")
def cli() -> None:
    """Answers a night-time leg cramp: a button, a light, a voice, a diary.

    Try it on this computer with `bedside demo`. On a Raspberry Pi the service runs `bedside run`; `bedside check`
    says how every part is, and what to do where one is not well.
    """


_SETTINGS = click.option(
    "--settings",
    "path",
    type=click.Path(path_type=Path),
    help="The settings file; without it /etc/bedside/bedside.toml or ~/.config/bedside/bedside.toml, if there.",
)


@cli.command()
@_SETTINGS
def run(path: Path | None) -> None:
    """Run on the device: hear the button until stopped."""
    settings = load(path)
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    from bedside.household import Household
    from bedside.surroundings import Surroundings

    household = Household(settings, Surroundings(folders()))
    household.stop_on_signals()
    household.run()


@cli.command(short_help="Try it on this computer, with nothing wired.")
@click.option("--port", default=8080, type=click.IntRange(1024, 65535), show_default=True, help="The page's port.")
@click.option("--silent", is_flag=True, help="Captions only, no sound.")
def demo(port: int, silent: bool) -> None:
    """Try it on this computer: a simulated button and room, sample nights, nothing kept."""
    logging.basicConfig(level=logging.WARNING, format="  %(message)s", stream=sys.stderr)
    import tempfile

    with tempfile.TemporaryDirectory(prefix="bedside-demo-") as folder:
        _demo(Path(folder), port, silent)


@cli.command()
@_SETTINGS
def check(path: Path | None) -> None:
    """Look at every part: found, working, or what to do. Ends with 1 if something is not well."""
    settings = load(path)
    from bedside.check import check as look

    well = True
    for finding in look(settings, folders()):
        mark = {True: "well ", False: "WRONG", None: "     "}[finding.well]
        well = well and finding.well is not False
        click.echo(f"{mark}  {finding.part:<12} {finding.says}")
        if finding.remedy:
            click.echo(f"       {'':<12} -> {finding.remedy}")
    sys.exit(0 if well else 1)


def _demo(folder: Path, port: int, silent: bool) -> None:
    from bedside.demo import HOW, Captions, Room, fill, obey
    from bedside.devices.cards import find_card
    from bedside.household import Household
    from bedside.surroundings import Surroundings

    settings = Settings(port=port)
    room, captions = Room(folder, settings.pin), Captions(click.echo)
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
    household = Household(settings, around)
    household.stop_on_signals()
    click.echo(f"\nbedside, on this computer.\n\n  The page:    http://127.0.0.1:{port}\n\n{HOW}")

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
