"""Listens for the pages' first visitor, and only then has Flask and waitress imported and the app made.

The button is armed first and the page costs no memory until it is wanted; on an idle device nothing here wakes.
"""

import errno
import logging
import selectors
import socket
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from bedside.catalogue import _
from bedside.night.events import Moment, PartReported
from bedside.pages.crowd import Limits
from bedside.pages.headers import HEADERS, NO_STORE, refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

PART = "page"
JOIN_SECONDS = 10.0
EVERYWHERE = "::"  # every address of this device, IPv4 and IPv6


class PageServerError(OSError):
    """The page cannot be served at its address; the sentence names the setting to change."""


class PageServer:
    """Serves what `make_app` makes at one address. `post` gets a PartReported where that fails."""

    def __init__(
        self,
        host: str,
        port: int,
        make_app: "Callable[[], WSGIApplication]",
        post: Callable[[object], None],
        now: Callable[[], Moment],
        *,
        limits: Limits | None = None,
    ) -> None:
        """`host` is a name or an IP address of this machine; port 0 takes any free one.

        "::" takes every address, IPv4 and IPv6, and every IPv4 address where the kernel has no IPv6.
        """
        self._host, self._wanted = host, port
        self._make_app, self._post, self._now, self._limits = make_app, post, now, limits
        self._listener: socket.socket | None = None
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="pages", daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on, once started."""
        return int(self._listener.getsockname()[1]) if self._listener else self._wanted

    def start(self) -> None:
        """Listen at once; serve from the first connection on. Raises PageServerError where the address is not free."""
        try:
            self._listener = _listener(self._host, self._wanted)
        except OSError as error:
            raise PageServerError(error.errno, _sentence(self._host, self._wanted, error)) from error
        self._thread.start()

    def close(self) -> None:
        """Stop listening and serving, whether or not anyone ever came; requests under way are cut off."""
        self._wake.send(b"x")
        if self._thread.is_alive():
            self._thread.join(JOIN_SECONDS)
        for end in (self._wake, self._woken, self._listener):
            if end:
                end.close()

    def _serve(self) -> None:
        if self._listener is None or not self._visited(self._listener):
            return
        from bedside.pages.serving import serve

        serve(self._app(), self._listener, self._woken, self._limits)

    def _visited(self, listener: socket.socket) -> bool:
        """Wait, without ever waking in between, for a connection (True) or for the end (False)."""
        with selectors.DefaultSelector() as selector:
            selector.register(listener, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            return all(key.fileobj is listener for key, _ in selector.select())

    def _app(self) -> "WSGIApplication":
        try:
            return self._make_app()
        except Exception:  # whatever keeps the page from being made, presses go on and the visitor is told
            log.exception("the page could not be made")
            says, remedy = _("The page could not be made."), _("Look in the log, then restart the device.")
            self._post(PartReported(self._now(), PART, False, says, remedy))
            return _broken


def _listener(host: str, port: int) -> socket.socket:
    """Raises OSError where the address is not free or not ours."""
    if host == EVERYWHERE and socket.has_dualstack_ipv6():
        try:
            return socket.create_server((host, port), family=socket.AF_INET6, dualstack_ipv6=True)
        except OSError as error:
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                raise
    if host == EVERYWHERE:
        return socket.create_server(("0.0.0.0", port))
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)


def _sentence(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return _("The page has no place: another program uses port %(port)s (the setting `port`).", port=port)
    if error.errno == errno.EACCES:
        return _(
            "The page has no place: port %(port)s (the setting `port`) is not for this user; take 1024 or more.",
            port=port,
        )
    return _(
        "The page has no place: %(host)s, port %(port)s (the setting `port`) cannot be used (%(error)s).",
        host=host,
        port=port,
        error=error.strerror,
    )


def _broken(_environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    headers = {"Content-Type": "text/plain; charset=utf-8", **HEADERS, **NO_STORE}
    start_response("500 Internal Server Error", list(headers.items()))
    return [refusal(500)]
