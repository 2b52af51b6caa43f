"""Runs a household as `bedside run` does, on mock pins: python -m tests.bench.launch FOLDER CLIPS PORT

SIGUSR1 has it write the names of its threads, by the kernel's number, to FOLDER/threads.json.
"""

import json
import logging
import signal
import sys
import threading
from pathlib import Path

import bedside.cli  # noqa: F401 - as the command imports it
from bedside.settings import Settings
from bedside.systemd import Systemd


def main() -> None:
    """As `bedside.cli.run`, but for the surroundings."""
    folder, clips, port = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    from bedside.ear import Ear
    from tests.bench.surroundings import surroundings

    def tell_threads(*_: object) -> None:
        names = {thread.native_id: thread.name for thread in threading.enumerate()}
        (folder / "threads.part").write_text(json.dumps(names))
        (folder / "threads.part").rename(folder / "threads.json")

    signal.signal(signal.SIGUSR1, tell_threads)

    class Told(Ear):
        """Says READY=1 as soon as the button is armed, before all is."""

        def arm(self) -> None:
            super().arm()
            if self.buttons[0].armed:
                Systemd().ready()

    ear = Told(Settings(port=port), surroundings(folder, clips))
    from bedside.household import Household

    household = Household(ear)
    household.stop_on_signals()
    household.run()


if __name__ == "__main__":
    main()
