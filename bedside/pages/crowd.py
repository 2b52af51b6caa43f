"""Who may stay connected to the page, and for how long: the rules against a flood, with no socket in sight."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from ipaddress import IPv6Address, ip_address

TALLY_SECONDS = 60.0
START_LINE = re.compile(rb"[^ \r\n]+ [^ \r\n]+(?: HTTP/\d\.\d)? *\r\n")
UNWANTED = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[ \t]{64}|\r\n[ \t]")


class Phase(Enum):
    """What a connection is at."""

    NEW = auto()  # nothing whole was asked yet
    ASKING = auto()  # a further request has begun
    AT_WORK = auto()  # the app has its request
    ANSWERING = auto()  # the app is done, the client has not taken all of it
    IDLE = auto()  # answered, and nothing asked since
    LEAVING = auto()  # refused, told so, and left a moment to read it


ANSWERED_NOW = (Phase.AT_WORK, Phase.ANSWERING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What connections may cost: bytes, counts and seconds.

    A phone opens six connections at most. Four phones behind one reverse proxy or in one IPv6 network fit into
    `per_address`. A flood from up to 14 addresses has more than six for each and crowds out itself alone. A hundred in
    all, with a body each, cost some 7 MB and a tenth of the usual 1024 open files. Nobody goes longer than
    `idle_seconds` and `request_seconds` together, 15 s, without a whole request.
    """

    header_bytes: int = 8 * 1024
    body_bytes: int = 64 * 1024
    large_bodies: Mapping[str, int] = field(default_factory=dict)
    welcome: Callable[[str], bool] = lambda _: True  # whether who has these may send a large body
    of_a_phone: int = 6
    per_address: int = 24
    in_all: int = 100
    request_seconds: float = 10.0
    idle_seconds: float = 5.0
    answer_seconds: float = 10.0
    leave_seconds: float = 2.0
    bytes_a_second: int = 128 * 1024  # a weak wireless network's pace; 20 MB take 160 s at most

    def large_body(self, method: str, path: str, cookies: str) -> int | None:
        """The most bytes that may come with this request; None where it may be no more than with any other."""
        most = self.large_bodies.get(path) if method == "POST" else None
        return most if most is not None and self.welcome(cookies) else None

    def seconds(self, phase: Phase) -> float:
        """How long a connection may be at it; infinite while the app has its request."""
        match phase:
            case Phase.NEW | Phase.ASKING:
                return self.request_seconds
            case Phase.ANSWERING:
                return self.answer_seconds
            case Phase.IDLE:
                return self.idle_seconds
            case Phase.LEAVING:
                return self.leave_seconds
            case Phase.AT_WORK:
                return math.inf


class Stay:
    """One connection's phase, since when, and when it asked last. Times are monotonic seconds."""

    def __init__(self, limits: Limits, neighbourhood: str, now: float) -> None:
        """`neighbourhood` is the name that `neighbourhood` gives to the client's address."""
        self._limits = limits
        self.neighbourhood = neighbourhood
        self.phase, self.since, self.asked = Phase.NEW, now, now
        self.moved = 0

    def enter(self, phase: Phase, now: float) -> None:
        """A phase that goes on keeps its beginning, whatever was sent meanwhile."""
        if phase is not self.phase:
            self.phase, self.since, self.moved = phase, now, 0

    def ask(self, now: float) -> None:
        """A request got whole."""
        self.enter(Phase.AT_WORK, now)
        self.asked = now

    @property
    def due(self) -> float:
        """When it is to end. Each `bytes_a_second` of body or answer that `moved` in this phase put it off a second."""
        return self.since + self._limits.seconds(self.phase) + self.moved / self._limits.bytes_a_second


def first_to_go(stays: Iterable[Stay], limits: Limits) -> Stay | None:
    """Who makes room: a refused one, then of those with more connections than a phone, then of all, who went longest
    without a whole request. Never one that is being answered.
    """
    crowd = list(stays)
    held = Counter(stay.neighbourhood for stay in crowd)

    def rank(stay: Stay) -> tuple[bool, bool, float]:
        return stay.phase is not Phase.LEAVING, held[stay.neighbourhood] <= limits.of_a_phone, stay.asked

    return min((stay for stay in crowd if stay.phase not in ANSWERED_NOW), key=rank, default=None)


def crowding(stays: Iterable[Stay], neighbourhood: str, limits: Limits) -> list[Stay]:
    """Those of whom one has to go before another of that neighbourhood may come; empty where there is room.

    The newcomer is not refused for it: that would lock out whoever shares the flood's address (behind a reverse proxy)
    or its network (every device of a home, in IPv6) for as long as the flood lasts.
    """
    all_of_them = list(stays)
    near = [stay for stay in all_of_them if stay.neighbourhood == neighbourhood]
    if len(near) >= limits.per_address:
        return near
    return all_of_them if len(all_of_them) >= limits.in_all else []


def plain(address: str) -> str:
    """A client's address as the app is to see it: IPv4 that came through an IPv6 socket is IPv4."""
    return address.removeprefix("::ffff:") if "." in address else address


def neighbourhood(address: str) -> str:
    """Whose connections count as one client's: those of an IPv4 address, or of an IPv6 network, since a single
    computer may use all the 2**64 addresses of its network."""
    ip = ip_address(plain(address).partition("%")[0])
    return f"{IPv6Address(int(ip) >> 64 << 64)}/64" if isinstance(ip, IPv6Address) else str(ip)


def is_plain(head: bytes) -> bool:
    """Whether a request's start line and headers are worth a parser's time.

    Waitress's patterns need time by the square of a start line that they do not match, or of blanks in a row: seconds
    for 8 kB, with the interpreter held, and the button waits.
    """
    return START_LINE.match(head) is not None and UNWANTED.search(head) is None


class Tally:
    """Counts whom the crowd pushed out, and says so in one line a minute at most."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """`say` gets the line."""
        self._say = say
        self._pushed = self._failed = 0
        self._failure: BaseException | None = None
        self.due = math.inf

    def push(self, now: float) -> None:
        """A connection had to go, or was not let in, for want of room."""
        self._pushed += 1
        self.due = min(self.due, now + TALLY_SECONDS)

    def fail(self, now: float, failure: BaseException | None) -> None:
        """A connection was closed because the server itself stumbled over it."""
        self._failed, self._failure = self._failed + 1, failure
        self.due = min(self.due, now + TALLY_SECONDS)

    def look(self, now: float) -> None:
        """Say what is due."""
        if now < self.due:
            return
        if self._pushed:
            self._say(f"the page was crowded: in a minute {self._pushed} connections had to make room")
        if self._failed:
            self._say(f"in a minute {self._failed} connections failed, the last with {self._failure!r}")
        self._pushed, self._failed, self._failure, self.due = 0, 0, None, math.inf
