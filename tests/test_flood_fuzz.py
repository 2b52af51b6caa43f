"""Random bytes at the page's socket: whatever comes is answered or dropped within a second, and never with a 5xx."""

import os
import re
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import Any, cast

import pytest

from bedside.pages.crowd import Limits
from tests.flood import HERE
from tests.test_flood import answer, serving, status

STREAMS = int(os.environ.get("BEDSIDE_STREAMS", "100000"))
AT_ONCE = 64
HANGS_SECONDS = 1.0
LIMITS = Limits(request_seconds=0.3, idle_seconds=0.3, answer_seconds=0.3, leave_seconds=0.1)
SEEDS = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /settings?kept=1#hear HTTP/1.0\r\nHost: localhost:8080\r\nCookie: a=b; c=d\r\n\r\n",
    b"HEAD http://localhost/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"POST /settings HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nContent-Length: 11\r\n\r\nsound=quiet",
    b"POST /import HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65540\r\n\r\n" + b"x" * 2000,
    b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
)
WORDS = (
    b"\r\n", b"\r\n\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b"/", b"//", b"%", b"%00", b"?", b"#", b"http://[",
    b"HTTP/1.1", b"HTTP/9.9", b"Content-Length: 99999999999999999999\r\n", b"Content-Length: -1\r\n",
    b"Content-Length: " + b"9" * 4400 + b"\r\n", b"Content-Length: 5, 5\r\n", b"Transfer-Encoding: gzip, chunked\r\n",
    b"Expect: 100-continue\r\n", b"Connection: keep-alive\r\n", b"Connection: close\r\n", b"Host: \xff\xfe\r\n",
    b" folded\r\n", b"ffffffffffffffff\r\n", b"\xe2\x82\xac", b"x" * 9000, b"GET / HTTP/1.1\r\n\r\n",
)  # fmt: skip


@dataclass(slots=True)
class Ending:
    """What became of a stream. `says_so`: the client told that nothing more would come; otherwise it stayed there."""

    sent: bytes
    says_so: bool
    began: float
    took: float = 0.0
    came: bytearray = field(default_factory=bytearray)

    @property
    def code(self) -> str:
        """The status of the first answer that is none of the way (100)."""
        found = re.match(rb"(?:HTTP/1\.1 100 Continue\r\n\r\n)?(?:HTTP/1\.[01] (\d{3}) |$)", self.came)
        assert found, self
        return found[1].decode() if found[1] else "none"


def echo(environment: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Uses what an app uses of a request."""
    body = environment["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [repr((environment["PATH_INFO"], environment["QUERY_STRING"], len(body))).encode()]


def stream(random: Random) -> bytes:
    """Noise, or a request with a few accidents."""
    if random.random() < 0.2:
        return random.randbytes(random.randrange(200))
    text = bytearray(random.choice(SEEDS))
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        at, until = sorted(random.randrange(len(text) + 1) for _ in range(2))
        match random.randrange(5):
            case 0:
                text[at:at] = random.choice(WORDS)
            case 1:
                text[at : at + 1] = random.randbytes(1)
            case 2:
                del text[at : min(until, at + 20)]
            case 3:
                text[at:at] = text[at:until]
            case 4:
                text[at:until] = random.choice(WORDS)
    return bytes(text)


def send(port: int, number: int, text: bytes, says_so: bool) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: any port that is free towards this server
    connection.bind((HERE[number % len(HERE)], 0))
    connection.settimeout(5)
    connection.connect(("127.0.0.1", port))
    connection.setblocking(False)
    with suppress(OSError):
        connection.send(text)
        if says_so:
            connection.shutdown(socket.SHUT_WR)
    return connection


def streams(seed: int) -> Iterator[tuple[bytes, bool]]:
    random = Random(seed)
    for _ in range(STREAMS):
        yield stream(random), random.random() < 0.95


def endings(port: int, to_send: Iterator[tuple[bytes, bool]], at_once: int) -> Iterator[Ending]:
    """Send every stream, so many at once."""
    waiting: dict[socket.socket, Ending] = {}
    sent = 0
    with selectors.DefaultSelector() as selector:
        while True:
            for text, says_so in islice(to_send, at_once - len(waiting)):
                connection = send(port, sent, text, says_so)
                waiting[connection] = Ending(text, says_so, time.monotonic())
                selector.register(connection, selectors.EVENT_READ)
                sent += 1
            if not waiting:
                return
            for key, _ in selector.select(10 * HANGS_SECONDS):
                connection = cast(socket.socket, key.fileobj)
                try:
                    more = connection.recv(65536)
                except ConnectionError:
                    more = b""
                ending = waiting[connection]
                ending.came += more
                if not more:
                    selector.unregister(connection)
                    connection.close()
                    ending.took = time.monotonic() - ending.began
                    yield waiting.pop(connection)


@pytest.mark.slow
def test_no_random_stream_hangs_or_breaks_the_server(caplog: pytest.LogCaptureFixture) -> None:
    codes: Counter[str] = Counter()
    slow: list[tuple[bytes, bool]] = []
    with serving(echo, LIMITS) as port:
        for ending in endings(port, streams(seed=1), AT_ONCE):
            codes[ending.code] += 1
            assert ending.code == "none" or 200 <= int(ending.code) < 500, ending
            if ending.took > HANGS_SECONDS:
                slow.append((ending.sent, ending.says_so))
        again = list(endings(port, iter(slow), at_once=1))  # by itself: was it the stream, or was the computer busy?
        assert [ending for ending in again if ending.took > HANGS_SECONDS] == []
        assert status(answer(port)) == 200
    assert sum(codes.values()) == STREAMS
    assert set(codes) >= {"200", "400", "411", "413", "431", "none"}, codes
    assert len(caplog.records) <= 2, caplog.text
