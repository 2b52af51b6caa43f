"""The paired phones: who they are, by a token of which only the hash is kept, and that they can be put out again."""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from bedside.catalogue import N_, _
from bedside.night.effects import Save
from bedside.night.events import Moment
from bedside.night.phones import Phone
from bedside.night.values import replace

LASTS = timedelta(days=365)
"""A phone that did not come for so long is a stranger again."""

RENEWS = timedelta(days=1)
"""So often a phone's last use is written down, for the card's sake, and its cookie made to last anew."""

NAME_LENGTH = 40
NAMELESS = N_("A phone")


@dataclass(frozen=True, slots=True)
class Visit:
    """A paired phone that came; `renews`: its cookie is to be sent anew."""

    phone: Phone
    renews: bool


class Phones:
    """Those that may open the page. Any thread may call.

    `note` has a record written down, after those noted before it, and waits for nothing. `keep` calls what notes the
    record of that name, and tells whether that is on the disk; where nothing was noted, it is. `changed` is called when
    one came or went. A record is noted in the same breath as its phones change, so that none overtakes another.
    """

    def __init__(
        self,
        kept: Iterable[Phone],
        *,
        keep: Callable[[str, Callable[[], bool]], bool],
        note: Callable[[Save], None],
        now: Callable[[], Moment],
        changed: Callable[[], None] = lambda: None,
        draw: Callable[[], str] = lambda: secrets.token_urlsafe(32),
    ) -> None:
        """`draw` gives a token of 256 random bits."""
        self._phones = {phone.id: phone for phone in kept if not phone.out}
        self._keep, self._note, self._now, self._changed, self._draw = keep, note, now, changed, draw
        self._lock = threading.Lock()

    def all(self) -> tuple[Phone, ...]:
        """Those that are let in, the newest first."""
        now = self._now()
        with self._lock:
            found = [phone for phone in self._phones.values() if not _expired(phone, now)]
        found.sort(key=lambda phone: phone.paired.wall)
        return tuple(reversed(found))

    def pair(self, name: str, address: str) -> str:
        """Let a phone in, from now on, and give its token. It holds even while the disk refuses: that is told where
        everything is that is not written down yet.
        """
        now, token = self._now(), self._draw()
        id = f"{now.key}/{secrets.token_hex(2)}"
        phone = Phone(id, plain(name) or _(NAMELESS), _digest(token), address, paired=now, used=now)
        record = self._name_record()

        def let_in() -> bool:
            with self._lock:
                self._phones[id] = phone
                self._note(Save(record, now, (phone,)))
            return True

        self._keep(record, let_in)
        self._changed()
        return token

    def visit(self, token: str) -> Visit | None:
        """The phone that has this token; None for a stranger, one put out, or one that did not come for a year."""
        now, digest = self._now(), _digest(token)
        with self._lock:
            found = None
            for phone in self._phones.values():  # all of them, so that the time taken tells nothing
                if hmac.compare_digest(phone.digest, digest):
                    found = phone
            if found is None or _expired(found, now):
                return None
            renews = _renews(found, now)
            if renews:
                found = replace(found, used=now)
                self._phones[found.id] = found
                self._note(Save(self._name_record(), now, (found,)))
        return Visit(found, renews)

    def knows(self, token: str) -> bool:
        """Whether a phone has this token that would be let in. It is no visit, so that nothing is noted."""
        now, digest = self._now(), _digest(token)
        with self._lock:
            found = [
                hmac.compare_digest(phone.digest, digest) and not _expired(phone, now)
                for phone in self._phones.values()
            ]
        return any(found)

    def put_out(self, id: str) -> bool:
        """Let this phone in no more; an unknown one is out already. True if that is on the disk, too."""
        return self._put_out(lambda phone: phone.id == id)

    def put_all_out(self) -> bool:
        """Let none in any more, until it is paired anew. True if that is on the disk, too."""
        return self._put_out(lambda _: True)

    def forget(self) -> None:
        """Let none in any more, and note nothing: what is kept of them is being deleted. It waits for nothing."""
        with self._lock:
            self._phones = {}

    def _put_out(self, goes: Callable[[Phone], bool]) -> bool:
        record, out = self._name_record(), list[Phone]()

        def put_out() -> bool:
            with self._lock:
                out.extend(filter(goes, self._phones.values()))
                for phone in out:
                    del self._phones[phone.id]
                if out:
                    self._note(Save(record, self._now(), tuple(replace(phone, out=True) for phone in out)))
            return bool(out)

        kept = self._keep(record, put_out)
        if out:
            self._changed()
        return kept

    def _name_record(self) -> str:
        now = self._now()
        return f"{now.key}/phones/{secrets.token_hex(2)}"


def plain(name: str) -> str:
    """A name as one short line: what no screen shows is left out."""
    shown = "".join(sign if sign.isprintable() else " " for sign in name)
    return " ".join(shown.split())[:NAME_LENGTH].strip()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _expired(phone: Phone, now: Moment) -> bool:
    """A clock that is not known to be right puts nobody out."""
    return now.trusted and phone.used.trusted and now.wall - phone.used.wall > LASTS


def _renews(phone: Phone, now: Moment) -> bool:
    return abs(now.wall - phone.used.wall) >= RENEWS and (now.trusted or not phone.used.trusted)
