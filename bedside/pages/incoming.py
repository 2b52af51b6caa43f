"""A request as it comes in: what is refused before the app ever sees it, and how."""

from collections.abc import MutableSet
from copy import copy
from typing import Any

from waitress import parser, task, utilities  # type: ignore[import-untyped]  # it ships no types

from bedside.pages.crowd import Limits, is_plain
from bedside.pages.headers import HEADERS, NO_STORE, refusal


class Request(parser.HTTPRequestParser):  # type: ignore[misc]
    """A request as it comes in, and the only place where its size is judged."""

    adj: Any
    path = ""
    unread = large = False

    def __init__(self, adjustments: Any, limits: Limits, uploads: "MutableSet[Request]") -> None:
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

    def give_way(self) -> None:
        """Leave its place to the next large body. From any thread."""
        self._uploads.discard(self)

    def close(self) -> None:
        super().close()
        self.give_way()


class Refusal(task.ErrorTask):  # type: ignore[misc]
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
