"""Install the package on an emulated Pi and try it there: EMULATED_PI=/path/to/pi python -m tests.pi"""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import IO

from tests.pi.checks import CHECKS
from tests.pi.cuts import cuts
from tests.pi.emulator import Pi, PiFailed
from tests.pi.installing import install

UNSET = (
    "EMULATED_PI is not set. Set it to the path of the emulated Pi's command; tests/pi/README.md says what it must do."
)


def options() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.pi", description=__doc__)
    parser.add_argument("--log", type=Path, help="write everything into this file too")
    parser.add_argument("--installed", action="store_true", help="try what was installed by an earlier run")
    parser.add_argument("--only", metavar="WORDS", help="only the checks whose name has these words in it")
    parser.add_argument("--cuts", type=int, default=0, metavar="N", help="pull the plug so many times, and no check")
    return parser.parse_args()


def tell(line: str, log: IO[str] | None) -> None:
    """Print a line, and keep it."""
    print(line, flush=True)
    if log:
        print(line, file=log, flush=True)


def run(pi: Pi, chosen: argparse.Namespace, log: IO[str] | None) -> int:
    """Install, then check after check, each by itself; how many failed."""
    if not chosen.installed:
        began = time.monotonic()
        tell(f"ok  installed  {install(pi)} ({time.monotonic() - began:.0f} s)", log)
    if chosen.cuts:
        for line in cuts(pi, chosen.cuts):
            tell(line, log)
        return 0
    failed = 0
    for name, check in CHECKS:
        if chosen.only and chosen.only not in name:
            continue
        began = time.monotonic()
        try:
            line = f"ok  {name}  {check(pi)}"
        except PiFailed as error:
            failed += 1
            line = f"FAILED  {name}  {error}"
        tell(f"{line} ({time.monotonic() - began:.0f} s)", log)
    if failed:
        tell(pi.says("journalctl -b -u bedside --no-pager -o short-precise | tail -60"), log)
    return failed


def main() -> int:
    """Run it; 1 if anything failed."""
    chosen = options()
    command = os.environ.get("EMULATED_PI")
    if not command:
        print(UNSET, file=sys.stderr)
        return 1
    log = chosen.log.open("w", encoding="utf-8") if chosen.log else None
    try:
        failed = run(Pi(command), chosen, log)
        tell("all is well" if not failed else f"{failed} failed", log)
    except PiFailed as error:
        tell(f"FAILED  {error}", log)
        failed = 1
    finally:
        if log:
            log.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
