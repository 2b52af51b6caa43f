"""A flood of ill-behaved clients against a port, from as many loopback addresses as wanted, on one thread.

In a test: `with Flood(port, clients=500) as flood: ...`. From a shell: `python -m tests.flood PORT [CLIENTS]`.
"""

import heapq
import resource
import selectors
import socket
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

KINDS = {
    "headers": (b"GET / HTTP/1.1\r\nX: ", b"x"),
    "blank lines": (b"\r\n", b"\r\n"),
    "body": (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n", b"x"),
    "upload": (b"POST /import HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n", b"x"),
    "silence": (b"", b""),
    "chunks": (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "giants": (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n", b"x" * 65536),
    "next request": (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"G"),
}
"""What each kind of client sends first, and then at each of its turns."""
DRIPPERS = ("headers", "body", "upload", "silence", "blank lines")
HERE = ("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6", "127.0.0.7")
BUSY = (BlockingIOError, InterruptedError)


@dataclass(eq=False, slots=True)
class _Client:
    first: bytes
    then: bytes
    source: str
    connection: socket.socket | None = None
    came: float = 0.0
    begun: bool = False


class Flood:
    """Clients that each connect, send their first bytes, and then a drip at every turn, until they are dropped."""

    def __init__(
        self,
        port: int,
        clients: int = 500,
        *,
        kinds: Sequence[str] = DRIPPERS,
        sources: Sequence[str] = HERE,
        every: float = 1.0,
        again: bool = True,
    ) -> None:
        """`every` is the seconds between two turns; with `again` a client that was dropped connects at its next."""
        self._port, self._every, self._again = port, every, again
        self._clients = [
            _Client(*KINDS[kinds[index % len(kinds)]], sources[index % len(sources)]) for index in range(clients)
        ]
        self.came = self.dropped = 0
        self.longest = 0.0
        self.all_came, self.all_dropped = threading.Event(), threading.Event()
        self._stop, self._stopped = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._thread = threading.Thread(target=self._run, name="flood", daemon=True)

    def __enter__(self) -> Self:
        more_files(len(self._clients))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop, and close every client."""
        self._stop.send(b"x")
        self._thread.join()
        self._selector.close()
        for end in (self._stop, self._stopped, *(client.connection for client in self._clients)):
            if end:
                end.close()

    def _run(self) -> None:
        self._selector.register(self._stopped, selectors.EVENT_READ)
        began = time.monotonic()
        step = self._every / len(self._clients)  # everyone's turn is at another moment
        turns = [(began + index * step, index) for index in range(len(self._clients))]
        while True:
            for key, _ in self._selector.select(max(0.0, turns[0][0] - time.monotonic()) if turns else None):
                if key.fileobj is self._stopped:
                    return
                self._read(key.data)
            while turns and turns[0][0] <= time.monotonic():
                when, index = turns[0]
                if self._turn(self._clients[index]):
                    heapq.heapreplace(turns, (max(when + self._every, time.monotonic()), index))
                else:
                    heapq.heappop(turns)

    def _turn(self, client: _Client) -> bool:
        """Connect or drip. Returns whether it wants another turn."""
        if client.connection is None:
            if client.begun and not self._again:
                return False
            self._connect(client)
        connection = client.connection
        if connection is None:
            return True
        drip, client.begun = client.then if client.begun else client.first, True
        try:
            if drip:
                connection.send(drip)
        except BUSY:
            pass
        except OSError:
            self._drop(client)
        return True

    def _connect(self, client: _Client) -> None:
        connection = socket.socket()
        try:
            connection.bind((client.source, 0))
            connection.settimeout(2)
            connection.connect(("127.0.0.1", self._port))
            connection.setblocking(False)
        except OSError:
            connection.close()
            return
        client.connection, client.came, client.begun = connection, time.monotonic(), False
        self._selector.register(connection, selectors.EVENT_READ, client)
        self.came += 1
        if self.came >= len(self._clients):
            self.all_came.set()

    def _read(self, client: _Client) -> None:
        if client.connection is None:
            return
        try:
            gone = client.connection.recv(65536) == b""
        except BUSY:
            return
        except OSError:
            gone = True
        if gone:
            self._drop(client)

    def _drop(self, client: _Client) -> None:
        if client.connection is None:
            return
        self._selector.unregister(client.connection)
        client.connection.close()
        client.connection = None
        self.longest = max(self.longest, time.monotonic() - client.came)
        self.dropped += 1
        if self.dropped >= len(self._clients):
            self.all_dropped.set()


def more_files(wanted: int) -> None:
    """Let this process have that many files more open, up to what it may have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY or most > wanted + 1000:
        with suppress(ValueError, OSError):
            now, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(now, wanted + 1000), most))


if __name__ == "__main__":
    with Flood(int(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else 500) as flood, suppress(KeyboardInterrupt):
        while True:
            time.sleep(1)
            print(f"came {flood.came}, dropped {flood.dropped}, longest {flood.longest:.1f} s", flush=True)
