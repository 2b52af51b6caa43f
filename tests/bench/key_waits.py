"""The process of row 11: one idle button and nothing else, a key's thread at a fifo, or lgpio's own thread at a pipe.

    python key_waits.py PORT FOLDER key | lgpio

It says READY on its output, and waits to be ended.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path
from queue import SimpleQueue

LINE_BYTES = 1024  # more than lgpio's struct of a line has


def key(folder: Path) -> object:
    """Hear an input device, of which the file is a fifo."""
    from bedside.devices.clock import Clock
    from bedside.devices.keys import Key
    from tests.inputs import REMOTE, Kernel

    kernel = Kernel(folder)
    remote, inbox = kernel.plug(), SimpleQueue[object]()
    heard = Key(REMOTE, inbox.put, Clock().now, kernel.inputs)
    heard.arm()
    inbox.get(timeout=10)
    return kernel, remote, heard


def lgpio(folder: Path) -> object:
    """Have lgpio's own thread wait for edges of a line that is a pipe: where in its struct the file's number stands
    differs by release, so it stands everywhere.
    """
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(folder)  # where lgpio makes its FIFO
    import _lgpio
    import lgpio as library

    reading, writing = os.pipe()
    line = (ctypes.c_int * (LINE_BYTES // 4))(*[reading] * (LINE_BYTES // 4))
    native = ctypes.CDLL(_lgpio.__file__)
    native.lgGpioCreateAlertRec(None, 17, ctypes.byref(line), -1)
    native.lgPthAlertStart()
    return library, line, writing


def main() -> None:
    """Be it."""
    kept = {"key": key, "lgpio": lgpio}[sys.argv[3]](Path(sys.argv[2]))
    os.write(1, b"READY\n")
    signal.pause()
    del kept


if __name__ == "__main__":
    main()
