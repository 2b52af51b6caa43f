"""What systemd is told: ready, alive, stopping. One datagram each; silent where nobody listens."""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

BLOCKS = 0.1  # seconds, at most: a manager that is busy must not hold up a press


class Systemd:
    """Speaks the sd_notify protocol to the socket that the environment names."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address

    def listens(self) -> bool:
        """Whether systemd runs this program, and would start it anew."""
        return bool(self._address)

    def ready(self) -> None:
        """Say that presses are heard from now on."""
        self._say("READY=1")

    def alive(self) -> None:
        """Feed the watchdog."""
        self._say("WATCHDOG=1")

    def hung(self) -> None:
        """Have the watchdog act now, as if it had not been fed in time."""
        self._say("WATCHDOG=trigger")

    def stopping(self) -> None:
        """Say that the end has begun."""
        self._say("STOPPING=1")

    def _say(self, text: str) -> None:
        if not self._address:
            return
        # A manager that went away, is too busy, or no descriptor left: no reason to stop hearing presses.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as wire:
            wire.settimeout(BLOCKS)
            wire.sendto(text.encode(), self._address)
