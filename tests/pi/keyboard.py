"""A key for the emulated Pi: an input device of any name, made through /dev/uinput, that presses itself as it is told.

    python3 keyboard.py NAME here                make it, and have it stay until `gone`
    python3 keyboard.py NAME press MS [BOUNCES]  press it for so long; print the wall time of the first edge
    python3 keyboard.py NAME down | up           press it, or let it go; print the wall time
    python3 keyboard.py NAME gone                take it off, as a remote whose battery is empty

It needs nothing but Python and root, and knows nothing of bedside: it is copied to the Pi as it is. A bounce is 2 ms.
"""

import fcntl
import os
import socket
import struct
import sys
import time
from pathlib import Path

SET_TYPE, SET_KEY, SETUP, CREATE, DESTROY = 0x40045564, 0x40045565, 0x405C5503, 0x5501, 0x5502
BLUETOOTH, VENDOR, PRODUCT, VERSION = 5, 0x1209, 0xBED5, 1
SYN, KEY, ENTER, VOLUME_UP = 0, 1, 28, 115
BOUNCE_SECONDS = 0.002
PATIENCE_SECONDS = 120.0


class Keyboard:
    """The device, from its making on."""

    def __init__(self, name: str) -> None:
        self._file = os.open("/dev/uinput", os.O_WRONLY | os.O_NONBLOCK)
        fcntl.ioctl(self._file, SET_TYPE, KEY)
        for key in (ENTER, VOLUME_UP):
            fcntl.ioctl(self._file, SET_KEY, key)
        fcntl.ioctl(
            self._file,
            SETUP,
            struct.pack("HHHH80sI", BLUETOOTH, VENDOR, PRODUCT, VERSION, name.encode(), 0),
        )
        fcntl.ioctl(self._file, CREATE)

    def move(self, *, down: bool, key: int = ENTER) -> float:
        """One edge. The wall time just before it."""
        at = time.time()
        for kind, code, value in ((KEY, key, int(down)), (SYN, 0, 0)):
            os.write(self._file, struct.pack("llHHi", 0, 0, kind, code, value))
        return at

    def press(self, milliseconds: float, bounces: int = 0) -> float:
        """Down and up again, bouncing at both ends. The wall time just before the first edge."""
        at = self._to(down=True, bounces=bounces)
        time.sleep(milliseconds / 1000)
        self._to(down=False, bounces=bounces)
        return at

    def gone(self) -> None:
        """Take it off."""
        fcntl.ioctl(self._file, DESTROY)
        os.close(self._file)

    def _to(self, *, down: bool, bounces: int) -> float:
        at = self.move(down=down)
        for _ in range(bounces):
            for level in (not down, down):
                time.sleep(BOUNCE_SECONDS)
                self.move(down=level)
        return at


def obey(name: str, server: socket.socket) -> None:
    """Be the device until it is to be gone."""
    keyboard = Keyboard(name)
    while True:
        connection, _ = server.accept()
        with connection:
            word, *numbers = connection.recv(100).decode().split()
            at = time.time()
            if word == "press":
                at = keyboard.press(float(numbers[0]), *map(int, numbers[1:]))
            elif word in ("down", "up"):
                at = keyboard.move(down=word == "down")
            elif word == "gone":
                keyboard.gone()
            connection.sendall(f"{at:.6f}".encode())
            if word == "gone":
                return


def here(name: str, path: Path) -> None:
    """Make the device in a process of its own. Raises OSError where there is no uinput."""
    if not os.access("/dev/uinput", os.W_OK):
        raise OSError("/dev/uinput cannot be written; try: modprobe uinput")
    path.unlink(missing_ok=True)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(path))
    server.listen()
    if os.fork():
        return
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):  # so that nobody waits for this one to end
        os.dup2(nothing, number)
    try:
        obey(name, server)
    finally:
        path.unlink(missing_ok=True)
        os._exit(0)


def ask(path: Path, words: str) -> str:
    """Have the device do it. The wall time."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(PATIENCE_SECONDS)
        connection.connect(str(path))
        connection.sendall(words.encode())
        return connection.recv(100).decode()


def main(name: str, *words: str) -> None:
    """What the command line says."""
    path = Path("/tmp", "keyboard-" + "".join(sign if sign.isalnum() else "-" for sign in name))
    if words == ("here",):
        here(name, path)
    print(ask(path, " ".join(words)))


if __name__ == "__main__":
    main(*sys.argv[1:])
