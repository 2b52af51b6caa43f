"""Waitress on a socket that listens already, with limits that a slow or a flooding client cannot get round."""

import logging
import math
import socket
import struct
import sys
import time
from collections.abc import MutableSet
from contextlib import suppress
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from waitress import channel, parser, task, utilities, wasyncore  # type: ignore[import-untyped]  # it ships no types
from waitress.adjustments import Adjustments  # type: ignore[import-untyped]
from waitress.server import TcpWSGIServer  # type: ignore[import-untyped]

from bedside.pages.crowd import Limits, Phase, Stay, Tally, crowding, first_to_go, is_plain, neighbourhood, plain
from bedside.pages.headers import HEADERS, NO_STORE, refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = logging.getLogger(__name__)

THREADS = 4
BACKLOG = 512  # 500 clients that come at once wait in the kernel, and none is lost to a retry a second later
ACCEPTED_AT_ONCE = 16
CROWDED = 12  # connections; two phones at their busiest
BREATH_SECONDS = 0.005
RETRY_SECONDS = 1.0


def serve(app: "WSGIApplication", listener: socket.socket, stop: socket.socket, limits: Limits | None = None) -> None:
    """Serve until `stop` can be read, then give the app's threads up to 5 s and close every connection.

    Nothing wakes while nobody is connected. With connections it wakes for what they send and for their next deadline.
    """
    logging.getLogger("waitress").setLevel(logging.ERROR)  # a flood would write thousands of lines on the queue
    channels: dict[int, object] = {}
    server = _Server(app, channels, listener, limits or Limits())
    stopping = _Stop(stop, channels)
    try:
        while not stopping.told:
            wasyncore.poll2(server.look(), channels)
    finally:
        server.task_dispatcher.shutdown()  # first, for a thread that ends writes to a pipe of the server
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

    def __init__(self, app: "WSGIApplication", channels: Any, listener: socket.socket, limits: Limits) -> None:
        self.limits, self.tally = limits, Tally(log.warning)
        self.uploads: MutableSet[_Request] = WeakSet()
        self._refused: list[_Visit] = []
        self._knocked, self._accepts_from = False, 0.0
        where = (listener.family, listener.type, listener.proto, listener.getsockname())
        super().__init__(app, channels, True, listener, None, _adjustments(limits), where, bind_socket=False)

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


class _Request(parser.HTTPRequestParser):  # type: ignore[misc]
    """A request as it comes in, and the only place where its size is judged."""

    adj: Any
    path = ""
    unread = large = False

    def __init__(self, adjustments: Any, limits: Limits, uploads: "MutableSet[_Request]") -> None:
        super().__init__(adjustments)
        self._limits, self._uploads = limits, uploads

    def received(self, data: bytes) -> int:
        """Take in what came, and return how much of it. One request at a time: what follows a whole one is left."""
        begun = self.header_plus or self.body_rcv is not None
        text = data if begun else data.lstrip()  # here, for waitress makes a new parser of every blank line
        taken = self._received(text) if text else 0
        if not self.completed:
            return len(data) - len(text) + taken
        self.expect_continue = False  # waitress would wait for the body that it has just refused
        self.unread = self.error is not None or bool(text[taken:].strip())
        if self.unread:
            self.headers["CONNECTION"] = "close"
        return len(data)

    def _received(self, data: bytes) -> int:
        try:
            taken: int = super().received(data)
        except OSError:  # the card or the folder for temporary files is full
            self._refuse(413, "Request Entity Too Large")
            return len(data)
        if isinstance(self.error, utilities.ServerNotImplemented):
            self._refuse(411, "Length Required")
        if self.large and not self.completed and self not in self._uploads:
            if self._uploads:
                self._refuse(429, "Too Many Requests")
            else:
                self._uploads.add(self)
        return taken

    def parse_header(self, header_plus: bytes) -> None:
        """Read the headers. Raises ParsingError, and TransferEncodingNotImplemented for a body of untold length.

        No browser sends one in HTTP/1.1, and a byte at a time in chunks costs more to take in than to send.
        """
        if not is_plain(header_plus):
            raise parser.ParsingError("no request")
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # a length of 5,000 digits, half an IPv6 address
            raise parser.ParsingError("what cannot be") from error
        if self.chunked or "TRANSFER_ENCODING" in self.headers:
            raise parser.TransferEncodingNotImplemented("no length")
        most = self._limits.large_body(self.command, self.request_uri, self.headers.get("COOKIE", ""))
        if most is not None and self.content_length > self._limits.body_bytes:
            self.large = True
            self.adj = copy(self.adj)
            self.adj.max_request_body_size = most + 1

    def _refuse(self, code: int, reason: str) -> None:
        self.error, self.completed = utilities.BadRequest(reason), True
        self.error.code, self.error.reason = code, reason

    def close(self) -> None:
        super().close()
        self._uploads.discard(self)


class _Refusal(task.ErrorTask):  # type: ignore[misc]
    """The server's own answer to what the app never sees, or stumbled over."""

    def execute(self) -> None:
        error = self.request.error
        self.status = f"{error.code} {error.reason}"
        headers = {"Content-Type": "text/plain; charset=utf-8", **HEADERS, **NO_STORE}
        self.response_headers.extend(headers.items())
        self.set_close_on_finish()
        text = refusal(error.code)
        self.content_length = len(text)
        self.write(text)


class _Visit(channel.HTTPChannel):  # type: ignore[misc]
    """A connection that knows until when it may stay."""

    error_task_class = _Refusal
    close_when_flushed: bool
    unread = leaving = False

    def __init__(self, server: _Server, connection: socket.socket, address: tuple[str, int], channels: Any) -> None:
        self.parser_class = partial(_Request, limits=server.limits, uploads=server.uploads)
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


class _Stop(wasyncore.dispatcher):  # type: ignore[misc]
    """Ends the loop from another thread."""

    told = False

    def writable(self) -> bool:
        return False

    def handle_read(self) -> None:
        self.told = True
