"""lgpio's only callback thread, which every edge comes through: whether it runs, and whether it still reads.

It is asked by a record of our own through its own FIFO, as if an edge had come of a chip that no computer has.
"""

import os
import struct
import threading
from contextlib import suppress
from typing import Any

NO_CHIP, NO_PIN = 255, 255
RECORD = "QBBBBI"  # as lgpio's FIFO has them: stamp, chip, pin, level, flags, padding


class Callbacks:
    """The thread of the module `lgpio`. `ask` and the properties are called by one thread."""

    def __init__(self, lgpio: Any) -> None:
        self._thread: threading.Thread | None = getattr(lgpio, "_notify_thread", None)
        self._asked = self._answered = 0
        self._put = False
        self._fifo: int | None = None
        with suppress(OSError, AttributeError):  # else all that can be told is whether it runs
            self._fifo = os.open(f"/proc/self/fd/{self._thread._file.fileno()}", os.O_WRONLY | os.O_NONBLOCK)  # type: ignore[union-attr]
        if self._fifo is not None:
            self._ours = lgpio.callback(NO_CHIP << 16, NO_PIN, lgpio.BOTH_EDGES, self._answer)

    def alive(self) -> bool:
        """Whether it runs; True where there is none."""
        return self._thread is None or self._thread.is_alive()

    def ask(self) -> int | None:
        """The number of the question that it has not answered: the same as before, or a new one, put just now. None
        where it cannot be asked.
        """
        if self._fifo is None:
            return None
        if self._answered == self._asked:
            self._asked += 1
            self._put = False
        if not self._put:
            with suppress(OSError):  # a FIFO that is full has a reader that does not read, or not just now
                os.write(self._fifo, struct.pack(RECORD, 0, NO_CHIP, NO_PIN, 0, 0, 0))
                self._put = True
        return self._asked

    def close(self) -> None:
        """Ask no more."""
        if self._fifo is not None:
            self._ours.cancel()
            os.close(self._fifo)
            self._fifo = None

    def _answer(self, *_: object) -> None:
        self._answered = self._asked
