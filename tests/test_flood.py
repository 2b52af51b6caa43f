"""The page's limits on real sockets: who drips, floods, sends giants or reads too slowly harms nobody else."""

import hashlib
import logging
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from bedside.pages.crowd import Limits
from bedside.pages.headers import HEADERS
from bedside.pages.serving import serve
from tests.flood import HERE, KINDS, Flood

ROOT = Path(__file__).parent.parent
ASK = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
MEGABYTE = 1024 * 1024
LARGE = Limits(large_bodies={"/import": 20 * MEGABYTE})
SLACK_SECONDS = 3.0  # a busy computer is no failure
WAIT_SECONDS = 30.0


def digest(environment: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Says who asked, what came, and where the body lay."""
    body = environment["wsgi.input"]
    try:
        body.fileno()
        lay = "file"
    except OSError:
        lay = "memory"
    text = body.read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{environment['REMOTE_ADDR']} {lay} {len(text)} {hashlib.sha256(text).hexdigest()}".encode()]


@contextmanager
def serving(app: Any = digest, limits: Limits | None = None) -> Iterator[int]:
    stop, stopped = socket.socketpair()
    with closing(stop), closing(stopped), closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = threading.Thread(target=serve, args=(app, listener, stopped, limits))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            stop.send(b"x")
            thread.join()


def connect(port: int, source: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS, source_address=(source, 0))


def read(connection: socket.socket) -> bytes:
    text = bytearray()
    with suppress(ConnectionError):  # closed before it had read all that we sent
        while more := connection.recv(65536):
            text += more
    return bytes(text)


def answer(port: int, request: bytes = ASK, source: str = "127.0.0.1") -> bytes:
    """Everything that comes back until the server closes."""
    with closing(connect(port, source)) as connection:
        with suppress(ConnectionError):
            connection.sendall(request)
        return read(connection)


def status(text: bytes) -> int:
    return int(text.split(maxsplit=2)[1])


def post(path: str, length: int, body: bytes = b"", *more: str) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: localhost",
        f"Content-Length: {length}",
        "Connection: close",
        *more,
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + body


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("chunks", "giants")])
def test_whoever_drips_is_dropped_in_time(kind: str) -> None:
    limits = Limits(request_seconds=0.5, idle_seconds=0.3)
    with serving(limits=limits) as port, Flood(port, 20, kinds=[kind], every=0.1, again=False) as flood:
        assert flood.all_dropped.wait(WAIT_SECONDS)
        assert flood.longest <= 0.8 + SLACK_SECONDS
        assert status(answer(port)) == 200


@pytest.mark.slow
@pytest.mark.parametrize("sources", [HERE, ("127.0.0.1",)], ids=["from elsewhere", "from the same address"])
def test_five_hundred_drippers_take_the_page_from_nobody(sources: tuple[str, ...]) -> None:
    with serving() as port, Flood(port, 500, sources=sources) as flood:
        assert flood.all_came.wait(WAIT_SECONDS)
        for _ in range(30):  # who has not asked yet may be put out for who comes: like a browser, it asks once more
            assert status(answer(port) or answer(port)) == 200


@pytest.mark.slow
def test_giant_bodies_from_everywhere_take_the_page_from_nobody() -> None:
    with serving() as port, Flood(port, 200, kinds=["giants", "chunks", "body"], every=0.2) as flood:
        assert flood.all_came.wait(WAIT_SECONDS)
        for _ in range(30):
            assert status(answer(port)) == 200


@pytest.mark.slow
def test_the_log_does_not_grow_with_the_flood(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with serving() as port, Flood(port, 300, kinds=list(KINDS), every=0.5) as flood:
        assert flood.all_came.wait(WAIT_SECONDS)
        for _ in range(100):
            answer(port, b"what is this\r\n\r\n")
    assert len(caplog.records) <= 1


@pytest.mark.slow
def test_memory_does_not_grow_with_the_flood() -> None:
    script = """
import socket
from bedside.pages.serving import serve
def app(environment, start_response):
    start_response("200 OK", [])
    return [b"%d" % len(environment["wsgi.input"].read())]
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
serve(app, listener, socket.socket(fileno=0))
"""
    told, tell = socket.socketpair()
    command = [sys.executable, "-c", script]
    done = subprocess.Popen(command, cwd=ROOT, stdin=told.fileno(), stdout=subprocess.PIPE, text=True)
    try:
        assert done.stdout
        port = int(done.stdout.readline())
        for _ in range(100):
            answer(port)
        before = highest(done.pid)
        with Flood(port, 400, kinds=list(KINDS), every=0.1) as flood:
            assert flood.all_came.wait(WAIT_SECONDS)
            for _ in range(20):
                assert status(answer(port, post("/", 60_000, b"x" * 60_000))) == 200
            while flood.came < 4000:
                assert status(answer(port)) == 200
        assert highest(done.pid) - before <= 16 * MEGABYTE
    finally:
        tell.send(b"x")
        assert done.wait(WAIT_SECONDS) == 0
        told.close()
        tell.close()


def highest(process: int) -> int:
    """The most memory it ever had, in bytes."""
    text = Path(f"/proc/{process}/status").read_text()
    return int(text.partition("\nVmHWM:")[2].split()[0]) * 1024


def test_nobody_who_is_being_answered_is_put_out_for_a_newcomer() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def thoughtful(environment: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        begun.set()
        assert go_on.wait(WAIT_SECONDS)
        return digest(environment, start_response)

    with serving(thoughtful, Limits(per_address=3)) as port, ExitStack() as crowd:
        asking = crowd.enter_context(closing(connect(port)))
        asking.sendall(ASK)
        assert begun.wait(WAIT_SECONDS)
        others = [crowd.enter_context(closing(connect(port))) for _ in range(8)]
        for pushed_out in others[:6]:
            assert read(pushed_out) == b""
        go_on.set()
        assert status(read(asking)) == 200
        others[-1].sendall(ASK)
        assert status(read(others[-1])) == 200


def test_when_everyone_is_being_answered_the_newcomer_is_sent_away() -> None:
    begun, go_on = threading.Semaphore(0), threading.Event()

    def thoughtful(environment: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        begun.release()
        assert go_on.wait(WAIT_SECONDS)
        return digest(environment, start_response)

    with serving(thoughtful, Limits(per_address=2)) as port, ExitStack() as crowd:
        asking = [crowd.enter_context(closing(connect(port))) for _ in range(2)]
        for connection in asking:
            connection.sendall(ASK)
            assert begun.acquire(timeout=WAIT_SECONDS)
        assert answer(port) == b""
        go_on.set()
        assert [status(read(connection)) for connection in asking] == [200, 200]


@pytest.mark.slow
def test_whoever_does_not_read_holds_no_thread_and_is_dropped() -> None:
    def long(_: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", str(30 * MEGABYTE))])
        return (b"x" * MEGABYTE for _ in range(30))

    with serving(long, Limits(answer_seconds=1.0)) as port, ExitStack() as crowd:
        staring = [crowd.enter_context(closing(connect(port))) for _ in range(12)]
        for connection in staring:
            connection.sendall(ASK)
        assert len(answer(port)) > 30 * MEGABYTE
        for connection in staring:
            gone = select.poll()
            gone.register(connection, 0)  # for the end alone, not for what there is to read
            assert gone.poll(WAIT_SECONDS * 1000)
            assert len(read(connection)) < 30 * MEGABYTE


REFUSED = [
    (b"what is this\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nbroken header\r\n\r\n", 400),
    (b"GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nX: " + b"x" * 9000 + b"\r\n\r\n", 431),
    (b"GET / HTTP/1.1\r\nX: " + b"x" * 900_000, 431),
    (post("/", 65_537), 413),
    (post("/", 1_000_000_000, b"x" * 900_000), 413),
    (post("/", 1_000_000_000, b"", "Expect: 100-continue"), 413),
    (post("/import", 20 * MEGABYTE + 1), 413),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", 411),
    (b"POST /import HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 411),
    (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n", 411),
]


@pytest.mark.parametrize(("request_", "code"), REFUSED)
def test_a_refusal_carries_our_headers_and_ends_the_connection(
    request_: bytes, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    with serving() as port:
        text = answer(port, request_)
        assert status(answer(port)) == 200
    assert status(text) == code
    assert_ours(text)
    assert caplog.records == []


def assert_ours(text: bytes) -> None:
    head, _, body = text.decode().partition("\r\n\r\n")
    lines = set(head.splitlines())
    assert lines >= {f"{name}: {value}" for name, value in HEADERS.items()}
    assert lines >= {"Cache-Control: no-store", "Connection: close", "Content-Type: text/plain; charset=utf-8"}
    assert body.endswith(".\n")
    assert "waitress" not in text.decode().lower()


@pytest.mark.parametrize(
    "head",
    [
        b"HEAD http://" + b"x" * 8000 + b" /\r\n\r\n",
        b"GET http://" + b"9" * 8000 + b" HTTP/1.1x\r\n\r\n",
        b"GET / HTTP/1.1\r\nX:" + b" " * 8000 + b"x\r\n\r\n",
        b"GET / HTTP/1.1\r\nX:" + b"\t" * 8000 + b"\x01\r\n\r\n",
        b"GET / HTTP/1.1\r\nX:" + b"\r\n ".ljust(60) * 130 + b"x\r\n\r\n",
        b"\r\n" * 300_000 + b"GET / HTTP/1.1x\r\n\r\n",
    ],
    ids=["name", "digits", "blanks", "tabs", "folds", "empty lines"],
)
def test_a_strange_head_costs_no_more_than_another(head: bytes) -> None:
    """With waitress's own parser one of them took up to seconds."""
    with serving() as port:
        began = time.process_time()
        for _ in range(20):
            assert status(answer(port, head)) == 400
        assert time.process_time() - began < 5


def test_an_app_that_fails_is_answered_for_with_our_headers() -> None:
    def failing(*_: object) -> Iterable[bytes]:
        raise RuntimeError("the diary is gone")

    with serving(failing) as port:
        text = answer(port)
    assert status(text) == 500
    assert b"diary" not in text
    assert_ours(text)


def test_headers_and_bodies_up_to_the_limit_are_taken() -> None:
    with serving() as port:
        start = b"GET / HTTP/1.1\r\nConnection: close\r\nX: "
        assert status(answer(port, start + b"x" * (8191 - len(start) - 4) + b"\r\n\r\n")) == 200
        assert b" memory 65536 " in answer(port, post("/", 65_536, b"x" * 65_536))


def test_an_import_may_be_large_and_is_kept_in_a_file() -> None:
    body = bytes(range(256)) * 4096 * 20
    with serving(limits=LARGE) as port:
        text = answer(port, post("/import", len(body), body))
        assert b" memory 5 " in answer(port, post("/import", 5, b"small"))
    assert len(body) == 20 * MEGABYTE
    assert text.endswith(f" file {len(body)} {hashlib.sha256(body).hexdigest()}".encode())


@pytest.mark.parametrize(
    "path",
    [
        "/import?x",
        "//import",
        "/IMPORT",
        "/import/",
        "/%69mport",
        "/import#x",
        "http://localhost/import",
        "/x/../import",
    ],
)
def test_no_other_way_of_writing_the_path_of_the_import_has_its_limit(path: str) -> None:
    with serving(limits=LARGE) as port:
        assert status(answer(port, post(path, 65_537))) == 413


def test_only_a_post_to_the_import_may_be_large() -> None:
    with serving(limits=LARGE) as port:
        assert status(answer(port, post("/import", 65_537).replace(b"POST", b"PUT"))) == 413


def test_one_large_body_comes_in_at_a_time_and_the_place_is_free_when_it_is_through_or_gone() -> None:
    body = b"x" * 100_000
    with serving(limits=LARGE) as port:
        for leaves in (True, False):
            with closing(connect(port)) as first:
                first.sendall(post("/import", len(body), b"x", "Expect: 100-continue"))
                assert first.recv(100).startswith(b"HTTP/1.1 100")
                refused = answer(port, post("/import", len(body), body))
                assert status(refused) == 429
                assert_ours(refused)
                assert status(answer(port)) == 200
                if not leaves:
                    first.sendall(body[1:])
                    assert status(read(first)) == 200
            codes = (status(answer(port, post("/import", len(body), body))) for _ in range(100))
            assert next(code for code in codes if code != 429) == 200  # it may hear first of who comes, then who left


def test_whoever_has_read_the_answer_to_a_large_body_may_send_the_next_one_at_once() -> None:
    """Also while the app is still tidying up after the first."""
    over = threading.Event()

    class Tidied(list[bytes]):
        def close(self) -> None:
            assert over.wait(WAIT_SECONDS)

    def tidy(environment: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        return Tidied(digest(environment, start_response))

    body = b"x" * 100_000
    with serving(tidy, limits=LARGE) as port, closing(connect(port)) as first, closing(connect(port)) as second:
        try:
            for connection in (first, second):
                connection.sendall(post("/import", len(body), body))
                assert status(connection.recv(100)) == 200
        finally:
            over.set()


def test_where_no_temporary_file_can_be_made_a_large_body_is_refused(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with serving(limits=LARGE) as port:
        text = answer(port, post("/import", 100_000, b"x" * 100_000))
        assert status(text) == 413
        assert status(answer(port)) == 200
    assert_ours(text)
    assert caplog.records == []


def test_a_body_that_waits_to_be_wanted_is_asked_for() -> None:
    with serving(limits=LARGE) as port, closing(connect(port)) as connection:
        connection.sendall(post("/", 5, b"", "Expect: 100-continue"))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"hello")
        assert b" memory 5 " in read(connection)


def test_requests_that_are_sent_without_waiting_get_the_first_answer_and_the_end() -> None:
    with serving(limits=LARGE) as port:
        text = answer(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 300)
    assert text.count(b"HTTP/1.1 200 OK") == 1
    assert b"\r\nConnection: close\r\n" in text


def test_a_connection_is_kept_for_further_requests() -> None:
    with serving(limits=LARGE) as port, closing(connect(port)) as connection:
        for _ in range(50):
            connection.sendall(b"\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            text = b""
            while not text.endswith(hashlib.sha256(b"").hexdigest().encode()):
                more = connection.recv(65536)
                assert more, "it was closed"
                text += more
            assert status(text) == 200


def test_urgent_data_ends_the_connection() -> None:
    with serving(limits=LARGE) as port, closing(connect(port)) as connection:
        connection.send(b"!", socket.MSG_OOB)
        assert read(connection) == b""
        assert status(answer(port)) == 200
