"""Installs the package on a bare emulated Pi as README says, the typed commands its own; and switches it off and on."""

import shlex
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.afternoon import zone
from tests.checkout import ROOT, commands
from tests.pi.acts import COLD, HALF_A_DAY, SAMPLE, expect, local, remind_at
from tests.pi.emulator import Pi, until
from tests.pi.packages import lacking, offer, package, stand_in
from tests.pi.service import ready

START_SECONDS = 180.0
CARD = "/boot/firmware"  # the card's first partition on a Pi; here a folder

# The unit's hardening mounts a /proc of its own, without the Pi's revision that the emulator laid over /proc/cpuinfo.
EMULATED = "[Service]\\nBindReadOnlyPaths=-/run/cpuinfo:/proc/cpuinfo\\n"


def install(pi: Pi) -> str:
    """Switch a bare Pi on, give it what it cannot fetch, and type what README says; what was pushed, typed and told."""
    bare(pi)
    with TemporaryDirectory() as name:
        folder = Path(name)
        own = package(ROOT, folder / "own")
        (folder / "pins").mkdir()
        pins, made_from = stand_in(pi, folder / "pins")
        missing = lacking(pi, [own, pins], folder / "apt")
        offer(pi, [pins, *missing], folder / "packages")
        pushed = ", ".join(deb.name for deb in missing) or "nothing"
        put_on_card(pi, own)
    dropin = "/etc/systemd/system/bedside.service.d"
    pi.sh(f"mkdir -p {dropin} && printf '{EMULATED}' > {dropin}/emulated.conf")
    typed = [typing(pi, command) for command in commands() if "apt" in command]
    pi.sh(f"timedatectl set-timezone {zone()}")  # where a hold pairs, and no reminder is due, whenever this is run
    told = typed[-1][0]
    expect("sudo bedside pair" in told, "it says how to go on", told[-500:])
    until("the service is active", pi.active, START_SECONDS)
    seconds = " and ".join(f"{seconds:.0f} s" for _, seconds in typed)
    return (
        f"{own.name} by {len(commands())} commands of README, {len(typed)} of them on the Pi ({seconds}), one answered "
        f"with y; pushed beforehand: python3-lgpio from {made_from}, and of Debian's {pushed}; "
        f"groups {pi.sh('id -Gn bedside')}"
    )


def bare(pi: Pi) -> None:
    """A Pi as its card was written, at the room's temperature."""
    if pi.answers():
        pi.do("cut")
    pi.do("start", "--fresh")
    pi.do("temp", str(COLD))


def put_on_card(pi: Pi, deb: Path) -> None:
    """Put this package onto the card, in the place of another one."""
    pi.sh(f"mkdir -p {CARD} && rm -f {CARD}/bedside_*.deb")
    pi.do("push", str(deb), CARD)


def typing(pi: Pi, command: str) -> tuple[str, float]:
    """Type this command as the Pi's own user, and y if it asks; what it prints, and the seconds that it takes."""
    began = time.monotonic()
    line = shlex.quote(f"cd && echo y | {command} 2>&1")
    return pi.sh(f"runuser -u pi -- env HOME=/home/pi sh -c {line}"), time.monotonic() - began


def reboot(pi: Pi) -> str:
    """Switched off and on it comes up by itself; the reminder is put far from the presses that are to come."""
    pi.do("stop")
    pi.do("start")
    until("the service is active", pi.active, START_SECONDS)
    pi.do("temp", str(COLD))  # the thermometer is in the room, not in the Pi
    remind_at(pi, local(pi, HALF_A_DAY))
    time.sleep(SAMPLE)  # by then it is read
    return ready(pi)
