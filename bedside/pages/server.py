"""Listens for the pages' first visitor, and only then has Flask and waitress imported and the app made.

The button is armed first and the page costs no memory until it is wanted; on an idle device nothing here wakes but for
a look. A server whose threads have ended, or answer nothing any more, is left behind and another takes its place.
"""

import errno
import logging
import selectors
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
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
MOST_PATIENT = 4320  # a day
PATIENCE = 6  # looks, of 20 s each, that a question may go unanswered: every thread is at a long export, say
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
        self._shift: _Shift | None = None
        self._patience = PATIENCE
        self._changing, self._closed = threading.Lock(), False

    @property
    def port(self) -> int:
        """The port it listens on, once started."""
        return int(self._listener.getsockname()[1]) if self._listener else self._wanted

    def start(self) -> None:
        """Listen at once; serve from the first connection on. Nothing if it does already, or was closed. Raises
        PageServerError where the address is not free, RuntimeError where no thread is to be had.
        """
        with self._changing:
            if self._closed:
                return
            try:
                self._listener = self._listener or _listener(self._host, self._wanted)
                self._listener.setblocking(False)  # its copies share that: none may wait for what another has let in
                self._shift = self._shift or _Shift(self._listener, self._app, self._limits)
            except OSError as error:
                raise PageServerError(error.errno, _sentence(self._host, self._wanted, error)) from error

    def look(self) -> bool:
        """To be called every 20 s once it has started: whether it is well. One that is not is posted and replaced, each
        time more patiently, for what hangs is left behind. Raises OSError or RuntimeError where there is no file or
        thread left for another.
        """
        with self._changing:
            if self._closed or self._shift is None or self._listener is None:
                return False
            alive, unanswered = self._shift.alive(), self._shift.unanswered()
            if alive and unanswered < PATIENCE:
                return True
            if not alive or unanswered == PATIENCE:
                says = _("The page hangs.") if alive else _("The page had stopped.")
                self._post(PartReported(self._now(), PART, False, says, _("It is started anew by itself.")))
            if alive and unanswered < self._patience:
                return False
            self._shift.end()
            self._patience = min(self._patience * 2, MOST_PATIENT)
            self._shift = _Shift(self._listener, self._app, self._limits)
            return False

    def close(self) -> None:
        """Stop listening and serving, whether or not anyone ever came; requests under way are cut off."""
        with self._changing:
            self._closed = True
            if self._shift:
                self._shift.end()
                self._shift.wait()
            if self._listener:
                self._listener.close()

    def _app(self) -> "WSGIApplication":
        try:
            return self._make_app()
        except Exception:  # whatever keeps the page from being made, presses go on and the visitor is told
            log.exception("the page could not be made")
            says, remedy = _("The page could not be made."), _("Look in the log, then restart the device.")
            self._post(PartReported(self._now(), PART, False, says, remedy))
            return _broken


class _Shift:
    """One thread that serves, on its own copy of the listening socket, until it is told to end."""

    def __init__(
        self, listener: socket.socket, make_app: "Callable[[], WSGIApplication]", limits: Limits | None
    ) -> None:
        """Begin. Raises OSError or RuntimeError where there is no file or thread left for it."""
        self._make_app, self._limits = make_app, limits
        self._wake, self._woken = socket.socketpair()
        self._listener = listener.dup()
        self._visited, self._unanswered = False, 0
        self._thread = threading.Thread(target=self._serve, name="pages", daemon=True)
        self._thread.start()

    def alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    def unanswered(self) -> int:
        """For how many looks, this one included, it has not answered; the next is asked for."""
        if not self._visited:
            return 0  # it waits for the first visitor
        with suppress(OSError):
            if self._wake.recv(64, socket.MSG_DONTWAIT):
                self._unanswered = 0
        if self._unanswered == 0:
            with suppress(OSError):
                self._wake.send(b"?", socket.MSG_DONTWAIT)
        self._unanswered += 1
        return self._unanswered - 1

    def end(self) -> None:
        """Tell it to end, without waiting."""
        with suppress(OSError):  # it has ended
            self._wake.send(b"x", socket.MSG_DONTWAIT)

    def wait(self) -> None:
        """Wait for its end, 10 s at most."""
        self._thread.join(JOIN_SECONDS)

    def _serve(self) -> None:
        try:
            if not self._first_visit():
                return
            self._visited = True
            from bedside.pages.serving import serve

            serve(self._make_app(), self._listener, self._woken, self._limits)
        finally:
            for end in (self._wake, self._woken, self._listener):
                end.close()

    def _first_visit(self) -> bool:
        """Wait, without ever waking in between, for a connection (True) or for the end (False)."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            return all(key.fileobj is self._listener for key, _ in selector.select())


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
