"""The page's server on real sockets: nothing before the first visitor, and limits for those that come."""

import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from bedside.night.events import Moment, PartReported
from bedside.pages.crowd import Limits
from bedside.pages.server import PATIENCE, PageServer, PageServerError
from bedside.pages.serving import THREADS, serve

ROOT = Path(__file__).parent.parent
ASK = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def hello(environment: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"good morning, " + environment.get("HTTP_X_FORWARDED_FOR", "stranger").encode()]


@contextmanager
def serving(make_app: Callable[[], Any], moment: Moment, told: list[object] | None = None) -> Iterator[PageServer]:
    server = PageServer("127.0.0.1", 0, make_app, (told if told is not None else []).append, lambda: moment)
    server.start()
    try:
        yield server
    finally:
        server.close()


def answer(port: int, request: bytes = ASK) -> bytes:
    """Everything that comes back until the server closes."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as connection:
        connection.sendall(request)
        return read(connection)


def read(connection: socket.socket) -> bytes:
    text = b""
    with suppress(ConnectionResetError):  # closed before it had read all that we sent
        while more := connection.recv(65536):
            text += more
    return text


def at_work() -> list[threading.Thread]:
    """The server's threads."""
    return [thread for thread in threading.enumerate() if thread.name.startswith(("pages", "waitress"))]


def all_ended() -> bool:
    """Whether all of the server's threads end, which have been told to, and the last may be just about to."""
    for thread in at_work():
        thread.join(60)
    return not at_work()


def test_the_first_visitor_is_answered_and_every_other(moment: Moment) -> None:
    made: list[int] = []

    def make_app() -> Any:
        made.append(1)
        return hello

    with serving(make_app, moment) as server:
        assert made == []
        for _ in range(3):
            assert answer(server.port).startswith(b"HTTP/1.1 200 OK")
        assert made == [1]


def test_flask_is_not_imported_before_the_first_request() -> None:
    script = """
import sys, urllib.request
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from pathlib import Path
from bedside.entrance import Entrance
from bedside.night.events import Moment
from bedside.night.habits import Habits
from bedside.night.state import Night
from bedside.pages import create_app
from bedside.pages.house import House
from bedside.pages.server import PageServer
from bedside.settings import Settings
now = lambda: Moment("boot", 1.0, datetime(2026, 1, 11, 8, tzinfo=UTC))
nothing = lambda *_: None
entrance = Entrance(Settings(network=False), (), keep=nothing, note=nothing, now=now, changed=nothing)
given = dict(find_zone=lambda: UTC, habits=Habits, now=now, night=Night, parts=dict, entrance=entrance)
unasked = {field.name: nothing for field in fields(House) if field.default is MISSING}
house = House(**{**unasked, **given, "diary": Path("/no/diary.db")})
server = PageServer("127.0.0.1", 0, lambda: create_app(house), print, now)
server.start()
names = ("flask", "waitress", "jinja2", "werkzeug")
print([name in sys.modules for name in names])
print(urllib.request.urlopen(f"http://127.0.0.1:{server.port}/relief").status)
print([name in sys.modules for name in names])
server.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.splitlines() == [str([False] * 4), "200", str([True] * 4)]


def test_it_ends_though_nobody_ever_came(moment: Moment) -> None:
    with serving(lambda: hello, moment) as server:
        port = server.port
        assert [thread.name for thread in at_work()] == ["pages"]
    assert at_work() == []
    with pytest.raises(ConnectionRefusedError):
        answer(port)


def test_it_ends_with_its_threads_and_connections_though_visitors_stay(moment: Moment) -> None:
    with serving(lambda: hello, moment) as server:
        answer(server.port)
        staying = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        staying.sendall(ASK.replace(b"close", b"keep-alive"))
        with staying.makefile("rb") as lines:
            assert any(line == b"\r\n" for line in iter(lines.readline, b""))
            assert lines.read(22) == b"good morning, stranger"
    assert all_ended()
    with closing(staying):
        assert staying.recv(65536) == b""


def who(environment: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environment["REMOTE_ADDR"].encode()]


def test_on_every_address_it_listens_by_both_protocols_and_tells_each_visitor_s_own_address(moment: Moment) -> None:
    server = PageServer("::", 0, lambda: who, print, lambda: moment)
    server.start()
    try:
        for here in ("127.0.0.1", "::1") if socket.has_dualstack_ipv6() else ("127.0.0.1",):
            with closing(socket.create_connection((here, server.port), timeout=10)) as connection:
                connection.sendall(ASK)
                assert read(connection).endswith(b"\r\n\r\n" + here.encode())
    finally:
        server.close()


def test_without_ipv6_in_the_kernel_it_listens_on_every_ipv4_address() -> None:
    script = """
import socket
socket.AF_INET6 = 9999  # a family that no kernel has, as AF_INET6 is none where IPv6 is turned off
from bedside.pages.server import _listener
listener = _listener("::", 0)
print(listener.family.name, listener.getsockname()[0])
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["AF_INET", "0.0.0.0"]


def test_a_port_that_is_taken_is_told_with_its_setting(moment: Moment) -> None:
    with serving(lambda: hello, moment) as first:
        second = PageServer("127.0.0.1", first.port, lambda: hello, print, lambda: moment)
        with pytest.raises(PageServerError, match=rf"another program uses port {first.port} \(the setting `port`\)"):
            second.start()
        second.close()
        assert b"200 OK" in answer(first.port)


def test_an_address_that_is_not_ours_is_told_with_its_setting(moment: Moment) -> None:
    server = PageServer("203.0.113.7", 8080, lambda: hello, print, lambda: moment)
    with pytest.raises(PageServerError, match=r"203\.0\.113\.7, port 8080 \(the setting `port`\) cannot be used"):
        server.start()
    server.close()


def test_a_page_that_cannot_be_made_is_told_to_the_visitor_and_to_the_house(
    moment: Moment, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Any:
        raise RuntimeError("the templates are gone")

    told: list[object] = []
    with serving(broken, moment, told) as server:
        text = answer(server.port)
    assert text.startswith(b"HTTP/1.1 500")
    assert b"The page could not be made." in text
    assert b"templates" not in text
    assert "the templates are gone" in caplog.text
    (report,) = told
    assert isinstance(report, PartReported)
    assert (report.part, report.well) == ("page", False)


def test_the_server_names_no_software_and_believes_no_proxy(moment: Moment) -> None:
    forwarded = ASK.replace(b"\r\n\r\n", b"\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n")
    with serving(lambda: hello, moment) as server:
        text = answer(server.port, forwarded)
    assert b"good morning, stranger" in text
    assert b"waitress" not in text.lower()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 9000 + b"\r\n\r\n", b"431"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\nConnection: close\r\n\r\n", b"413"),
    ],
)
def test_a_request_that_is_too_large_is_refused(moment: Moment, request_: bytes, status: bytes) -> None:
    with serving(lambda: hello, moment) as server:
        assert answer(server.port, request_).split()[1] == status
        assert b"200 OK" in answer(server.port)


@contextmanager
def impatient() -> Iterator[int]:
    """A server that gives a request one second."""
    stop, stopped = socket.socketpair()
    with closing(stop), closing(stopped), closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = threading.Thread(
            target=serve, args=(hello, listener, stopped, Limits(request_seconds=1.0, idle_seconds=1.0))
        )
        thread.start()
        yield listener.getsockname()[1]
        stop.send(b"x")
        thread.join()


@pytest.mark.slow
def test_a_client_that_drips_a_byte_at_a_time_is_dropped() -> None:
    with impatient() as port, closing(socket.create_connection(("127.0.0.1", port), timeout=0.2)) as connection:
        for sent in range(100):
            try:
                connection.send(b"G" if sent == 0 else b"x")
                if connection.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        assert 2 <= sent <= 30


@pytest.mark.slow
def test_slow_clients_that_take_every_place_are_put_out_and_the_page_answers_again() -> None:
    with impatient() as port, ExitStack() as slow:
        for _ in range(130):
            connection = socket.create_connection(("127.0.0.1", port), timeout=10)
            slow.enter_context(closing(connection)).send(b"GET / HT")
        assert b"200 OK" in answer(port)


def test_a_flood_writes_no_line_for_every_request(moment: Moment, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with serving(lambda: hello, moment) as server, ExitStack() as visitors:
        whence = [(f"127.0.0.{number}", 0) for number in range(2, 62)]  # so many from one address would be too many
        connections = [socket.create_connection(("127.0.0.1", server.port), 10, source) for source in whence]
        for connection in connections:
            visitors.enter_context(closing(connection)).sendall(ASK)
        assert all(b"200 OK" in read(connection) for connection in connections)
    assert [record for record in caplog.records if record.name.startswith("waitress")] == []


@pytest.mark.slow
def test_an_idle_server_sleeps_and_still_answers_at_once(moment: Moment) -> None:
    """The kernel counts how often its threads gave up the processor of themselves: never, while nobody asks."""

    def wakes() -> int:
        states = [Path(f"/proc/self/task/{thread.native_id}/status").read_text() for thread in at_work()]
        assert len(states) == 5
        return sum(int(state.partition("\nvoluntary_ctxt_switches:")[2].split()[0]) for state in states)

    with serving(lambda: hello, moment) as server:
        answer(server.port)
        never = threading.Event()
        never.wait(0.3)
        before = wakes()
        never.wait(2.5)
        assert wakes() - before <= 1
        assert b"200 OK" in answer(server.port)


# --- a page that hangs or has ended ---


def looked_until(server: PageServer, done: Callable[[], bool], most: int = 2 * PATIENCE) -> int:
    """How many looks it takes until it is done."""
    for number in range(most):
        if done():
            return number
        server.look()
    return most


def test_a_page_whose_threads_all_hang_is_told_and_another_answers_at_the_same_place(moment: Moment) -> None:
    hangs, release, told = threading.Semaphore(0), threading.Event(), list[object]()

    def slow(environment: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        if environment["PATH_INFO"] == "/hang":
            hangs.release()
            release.wait(60)
        return hello(environment, start_response)

    with serving(lambda: slow, moment, told) as server, ExitStack() as visits:
        for _ in range(THREADS):
            visit = visits.enter_context(closing(socket.create_connection(("127.0.0.1", server.port), timeout=10)))
            visit.sendall(ASK.replace(b"/", b"/hang", 1))
            assert hangs.acquire(timeout=10)
        looks = looked_until(server, lambda: bool(told))
        assert looks == PATIENCE + 1
        assert [(report.part, report.well) for report in told if isinstance(report, PartReported)] == [("page", False)]
        # With looks in a hurry the old loop may still be letting in, and put out a first visitor at its end.
        assert (answer(server.port) or answer(server.port)).startswith(b"HTTP/1.1 200 OK")
        assert server.look()
        release.set()
    assert all_ended(), "what was left behind ends, too"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_page_that_ended_is_told_and_whoever_waits_is_answered_by_another(moment: Moment) -> None:
    faults, told = [SystemExit()], list[object]()  # it ends a thread without a word

    def make_app() -> Any:
        if faults:
            raise faults.pop()
        return hello

    with serving(make_app, moment, told) as server:
        with closing(socket.create_connection(("127.0.0.1", server.port), timeout=10)) as visit:
            visit.sendall(ASK)
            for thread in at_work():
                thread.join(10)
            assert not server.look()
            assert read(visit).startswith(b"HTTP/1.1 200 OK")
        assert [(report.part, report.well) for report in told if isinstance(report, PartReported)] == [("page", False)]
        assert server.look()


def test_a_page_that_nobody_visited_and_one_that_answers_are_well_however_often_it_is_looked_at(moment: Moment) -> None:
    told: list[object] = []
    with serving(lambda: hello, moment, told) as server:
        assert all(server.look() for _ in range(3 * PATIENCE))
        answer(server.port)
        for _ in range(3 * PATIENCE):
            assert server.look()
            answer(server.port)  # it has had the time to
        assert told == []


def test_what_is_closed_is_neither_looked_at_nor_begun_again(moment: Moment) -> None:
    with serving(lambda: hello, moment) as server:
        pass
    assert not server.look()
    assert all_ended()
    server.start()
    assert at_work() == []
