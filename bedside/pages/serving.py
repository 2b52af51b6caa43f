"""Waitress on a socket that listens already, with limits that a slow or a flooding client cannot get round."""

import logging
import socket
from typing import TYPE_CHECKING

from waitress import create_server, wasyncore  # type: ignore[import-untyped]  # it ships no types
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PATIENCE_SECONDS = 30


def serve(
    app: "WSGIApplication", listener: socket.socket, stop: socket.socket, patience: int = PATIENCE_SECONDS
) -> None:
    """Serve until `stop` can be read. A connection on which no request gets whole for `patience` seconds is closed.

    That is looked at, and an idle server wakes, once in `patience` seconds.
    """
    logging.getLogger("waitress").setLevel(logging.ERROR)  # a flood would write thousands of lines on the queue
    channels: dict[int, object] = {}
    server = create_server(
        app,
        map=channels,
        sockets=[listener],
        threads=4,
        connection_limit=100,
        channel_timeout=patience,
        cleanup_interval=patience,
        asyncore_loop_timeout=patience,
        asyncore_use_poll=True,
        max_request_header_size=8192,
        max_request_body_size=65536,
        ident=None,
        clear_untrusted_proxy_headers=True,
        log_socket_errors=False,
    )
    server.channel_class = _Visit
    _Stop(stop, channels)
    try:
        server.run()
    finally:
        server.task_dispatcher.shutdown()


class _Visit(HTTPChannel):  # type: ignore[misc]  # waitress ships no types
    """A connection whose time-out is not renewed by every further byte of an unfinished request."""

    last_activity: float

    def handle_read(self) -> None:
        request, active = self.request, self.last_activity
        super().handle_read()
        if request is not None and self.request is request:
            self.last_activity = active


class _Stop(wasyncore.dispatcher):  # type: ignore[misc]  # waitress ships no types
    """Ends the loop from another thread: with every channel closed, nothing is left to serve."""

    def writable(self) -> bool:
        return False

    def handle_read(self) -> None:
        wasyncore.close_all(self._map)
