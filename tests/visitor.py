"""A browser on another device: it keeps its cookie, follows nothing, and tells where a form of its comes from."""

from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

PATIENCE = 60.0  # seconds until it gives up: a slow computer is no failure


@dataclass(frozen=True)
class Answer:
    """`goes_to` is where it is sent on to; empty where it stays."""

    status: int
    goes_to: str
    text: str


class Visitor:
    """Visits the page at an address of this machine."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._at, self.cookie = (host, port), ""

    def pair(self, code: str, name: str = "") -> bool:
        """Enter a code; whether that lets it in, as a browser finds out."""
        entered = self.post("/pair", code=code, name=name)
        return entered.status == 303 and self.get(entered.goes_to).goes_to == "/"

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._ask("GET", path, None, {})

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form."""
        host, port = self._at
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{host}:{port}"}
        return self._ask("POST", path, urlencode(fields), kind)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        own = {"Cookie": self.cookie} if self.cookie else {}
        with closing(HTTPConnection(*self._at, timeout=PATIENCE)) as connection:
            connection.request(method, path, body, {**own, **headers})
            answer = connection.getresponse()
            self.cookie = (answer.getheader("Set-Cookie") or self.cookie).partition(";")[0]
            return Answer(answer.status, answer.getheader("Location") or "", answer.read().decode())
