"""Waitress on a socket that listens already, with limits that a slow or a flooding client cannot get round."""

import logging
import math
import socket
import struct
import sys
import time
from collections.abc import MutableSet
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from waitress import channel, wasyncore  # type: ignore[import-untyped]  # it ships no types
from waitress.adjustments import Adjustments  # type: ignore[import-untyped]
from waitress.server import TcpWSGIServer  # type: ignore[import-untyped]
from waitress.task import ThreadedTaskDispatcher  # type: ignore[import-untyped]

from bedside.pages.crowd import Limits, Phase, Stay, Tally, crowding, first_to_go, neighbourhood, plain
from bedside.pages.incoming import Refusal, Request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = logging.getLogger(__name__)

THREADS = 4
BACKLOG = 512  # 500 clients that come at once wait in the kernel, and none is lost to a retry a second later
ACCEPTED_AT_ONCE = 16
CROWDED = 12  # connections; two phones at their busiest
BREATH_SECONDS = 0.005
RETRY_SECONDS = 1.0
QUESTION, ANSWER = b"?", b"!"


def serve(app: "WSGIApplication", listener: socket.socket, calls: socket.socket, limits: Limits | None = None) -> None:
    """Serve until `calls` gives anything but a QUESTION, then give the app's threads up to 5 s and close every
    connection. Each question is answered through it once a thread for the app's requests was free for it.

    Nothing wakes while nobody is connected. With connections it wakes for what they send and for their next deadline.
    Raises RuntimeError where no thread is to be had.
    """
    logging.getLogger("waitress").setLevel(logging.ERROR)  # a flood would write thousands of lines on the queue
    channels: dict[int, object] = {}
    dispatcher, server = ThreadedTaskDispatcher(), None
    try:
        dispatcher.set_thread_count(THREADS)
        server = _Server(app, channels, listener, limits or Limits(), dispatcher)
        called = _Calls(calls, channels, dispatcher)
        while not called.to_the_end:
            wasyncore.poll2(server.look(), channels)
    finally:
        dispatcher.shutdown()  # first, for a thread that ends writes to a pipe of the server
        if dispatcher.threads and server is not None:
            server.trigger.del_channel(channels)  # one hangs: it would write to whatever has the pipe's number by then
        wasyncore.close_all(channels)


def _adjustments(limits: Limits) -> Any:
    return Adjustments(
        threads=THREADS,
        backlog=BACKLOG,
        recv_bytes=limits.body_bytes,  # a form comes in at one go, before anyone can take its place
        max_request_header_size=limits.header_bytes,
        max_request_body_size=limits.body_bytes + 1,  # it refuses what is as large
        inbuf_overflow=limits.body_bytes + 1,  # a large body goes to a temporary file
        outbuf_overflow=256 * 1024,
        outbuf_high_watermark=1024**3,  # no answer of ours is as large, so no thread ever waits for a reader
        ident=None,
        clear_untrusted_proxy_headers=True,
        log_socket_errors=False,
    )


class _Server(TcpWSGIServer):  # type: ignore[misc]
    """Lets in as many as there is room for, and puts out who is overdue. All on the loop's one thread."""

    def __init__(
        self, app: "WSGIApplication", channels: Any, listener: socket.socket, limits: Limits, dispatcher: Any
    ) -> None:
        self.limits, self.tally = limits, Tally(log.warning)
        self.uploads: MutableSet[Request] = WeakSet()
        self._refused: list[_Visit] = []
        self._knocked, self._accepts_from = False, 0.0
        where = (listener.family, listener.type, listener.proto, listener.getsockname())
        super().__init__(app, channels, True, listener, dispatcher, _adjustments(limits), where, bind_socket=False)

    def readable(self) -> bool:
        return bool(self.accepting) and time.monotonic() >= self._accepts_from

    def look(self) -> float | None:
        """Close every connection that is overdue. Returns the seconds until the next one; None if there is none."""
        if len(self.active_channels) > CROWDED:
            time.sleep(BREATH_SECONDS)  # a flood gets a part of the processor, the button's threads what they need
        if self._knocked:
            self._accept()
        while self._refused:
            self._refused.pop().service()
        now = time.monotonic()
        self.tally.look(now)
        for visit in [visit for visit in self.active_channels.values() if visit.due(now) <= now]:
            visit.drop()
        dues = [self.tally.due, self._accepts_from, *(visit.stay.due for visit in self.active_channels.values())]
        soonest = min((due for due in dues if due > now), default=math.inf)
        return None if soonest == math.inf else soonest - now + 0.001  # the kernel counts whole milliseconds, down

    def handle_accept(self) -> None:
        self._knocked = True  # let in after the round: within it they would get the numbers, and events, of who leaves

    def _accept(self) -> None:
        self._knocked = False
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                connection, address = self.socket.accept()
            except OSError as error:
                if not isinstance(error, BlockingIOError):  # no file is left, say: without a pause this would spin
                    self._accepts_from = time.monotonic() + RETRY_SECONDS
                return
            self._let_in(connection, plain(address[0]), address[1])

    def _let_in(self, connection: socket.socket, host: str, port: int) -> None:
        if not self._make_room(neighbourhood(host)):
            connection.close()
            return
        connection.setblocking(False)
        try:
            self.set_socket_options(connection)
            visit = _Visit(self, connection, (host, port), self._map)
            connection.recv(1, socket.MSG_PEEK)
        except OSError:  # nothing there yet, or gone already, which the next round sees
            return
        wasyncore.read(visit)  # before anyone who comes after may take its place

    def _make_room(self, near: str) -> bool:
        """Whether there is room, made where that was needed and possible."""
        visits = {visit.stay: visit for visit in self.active_channels.values()}
        if crowd := crowding(visits, near, self.limits):
            self.tally.push(time.monotonic())
            if (leaver := first_to_go(crowd, self.limits)) is None:
                return False
            visits[leaver].handle_close()
        return True

    def add_task(self, visit: "_Visit") -> None:
        visit.asked()
        if visit.requests[0].error is None:
            super().add_task(visit)
        else:
            self._refused.append(visit)  # to be answered here, for the app's threads are for the app's requests alone


class _Visit(channel.HTTPChannel):  # type: ignore[misc]
    """A connection that knows until when it may stay."""

    error_task_class = Refusal
    close_when_flushed: bool
    unread = leaving = False

    def __init__(self, server: _Server, connection: socket.socket, address: tuple[str, int], channels: Any) -> None:
        self.parser_class = partial(Request, limits=server.limits, uploads=server.uploads)
        self.stay = Stay(server.limits, neighbourhood(address[0]), time.monotonic())
        super().__init__(server, connection, address, server.adj, channels)

    def due(self, now: float) -> float:
        """When it is to be closed; looked at after every round, so that no change of phase is missed."""
        self.stay.enter(self._phase(), now)
        if self.request is not None:
            self.stay.moved = self.request.body_bytes_received
        return self.stay.due

    def _phase(self) -> Phase:
        if self.leaving:
            return Phase.LEAVING
        if self.requests:
            return Phase.AT_WORK
        if self.stay.phase is Phase.NEW:
            return Phase.NEW
        if self.request is not None:
            return Phase.ASKING
        return Phase.ANSWERING if self.total_outbufs_len or self.close_when_flushed else Phase.IDLE

    def asked(self) -> None:
        """A request is whole and about to be given to the app, or to be refused."""
        self.unread = self.requests[0].unread
        self.stay.ask(time.monotonic())

    def readable(self) -> bool:
        return not self.leaving and bool(super().readable())

    def write_soon(self, data: bytes) -> int:
        for request in self.requests[:1]:  # none once the server ends
            request.give_way()  # before its answer is read: whoever has read it may send the next
        return int(super().write_soon(data))

    def send(self, data: bytes, do_close: bool = True) -> int:
        sent: int = super().send(data, do_close)
        self.stay.moved += sent
        return sent

    def handle_write(self) -> None:
        if self.total_outbufs_len or not (self.unread and self.close_when_flushed):
            super().handle_write()
            return
        # With bytes unread, close() would have the client's end throw away what it has not yet read of the answer.
        self.close_when_flushed, self.leaving = False, True
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def drop(self) -> None:
        """Close it, and have the kernel forget at once what a client did not read: it would keep megabytes of it."""
        if self.stay.phase is Phase.ANSWERING:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.handle_close()

    def handle_expt(self) -> None:
        self.handle_close()  # urgent data has no place in HTTP, and the poll would report it for ever

    def handle_error(self) -> None:
        self.server.tally.fail(time.monotonic(), sys.exc_info()[1])
        self.handle_close()


class _Calls(wasyncore.dispatcher):  # type: ignore[misc]
    """What another thread calls: a question, or to end."""

    to_the_end = False

    def __init__(self, calls: socket.socket, channels: Any, dispatcher: Any) -> None:
        super().__init__(calls, channels)
        self._dispatcher = dispatcher

    def writable(self) -> bool:
        return False

    def handle_read(self) -> None:
        called = self.socket.recv(64)
        if called.strip(QUESTION) or not called:
            self.to_the_end = True
        else:
            self._dispatcher.add_task(self)  # a thread that is free for a request is free for this

    def service(self) -> None:
        """Answer, on a thread of the app's requests."""
        with suppress(OSError):  # whoever asked is gone
            self.socket.send(ANSWER)

    def cancel(self) -> None:
        """Nothing: it ends."""
