"""The button's contact: raw edges and level reads in, presses and releases out. Pure.

Edges within 30 ms of the edge before are bounce. A press counts at its first edge, without waiting; a release is judged
once the line has settled, and dated to the edge that began it. A level read settles what edges left unclear.
"""

from dataclasses import dataclass

from bedside.night.events import WIRE, ButtonPressed, ButtonReleased, LineChanged, LineRead, Moment
from bedside.night.values import replace

SETTLED = 0.030  # seconds without an edge
READ_WHILE_DOWN = 1.0  # seconds between level reads while the button is down: a lost release is found soon
LATE = 0.250  # seconds that an edge may be on its way, where the level is not what the newest one said
READ_AGAIN = 0.010  # seconds to wait for a read's answer
READ_WHEN_IDLE = 10.0  # and while it is up: a lost press-down is found


@dataclass(frozen=True)
class Contact:
    """What is known of the line. `burst` is the first edge of an unsettled burst; `last` and `level` are when its
    newest edge came and where that went; `read` is when a read was last asked for or came, `found` when one came;
    `button` is whose line it is.
    """

    down: bool = False
    burst: Moment | None = None
    began_down: bool = False
    last: float = 0.0
    level: bool = False
    read: float = 0.0
    found: float = 0.0
    button: str = WIRE

    def next_read(self) -> float:
        """When the level is to be read next, in seconds since boot."""
        if self.burst:
            return max(self.last + SETTLED, self.read + READ_AGAIN)
        return self.read + (READ_WHILE_DOWN if self.down else READ_WHEN_IDLE)

    def asked(self, now: float) -> "Contact":
        """The contact once a read was asked for at `now`: an answer that never comes is not asked for in a spin."""
        return replace(self, read=now)


Heard = tuple[ButtonPressed | ButtonReleased, ...]


def feel(contact: Contact, event: LineChanged | LineRead) -> tuple[Contact, Heard]:
    """The contact after an edge or a level read, and the presses and releases it tells."""
    if isinstance(event, LineRead):
        return _read(contact, event)
    now = event.moment.since_boot
    if now - contact.last < SETTLED:
        return _bounced(contact, event), ()
    if not contact.burst and now <= contact.found and event.down is contact.down:
        return contact, ()  # told late: a read has found already what this edge did
    heard: Heard = ()
    if contact.burst:  # the burst settled before this edge came, and nobody read the level in between
        contact, heard = _settle(contact, contact.burst.at(contact.last), down=contact.level)
    if contact.down and not event.down:  # perhaps a release: judged when it has settled
        return replace(contact, burst=event.moment, began_down=True, last=now, level=False), heard
    # An edge on a line that was up is a press, whichever way it went; one down on a line that was down follows a
    # release that was lost.
    pressed = replace(contact, down=True, burst=event.moment, began_down=False, last=now, level=event.down)
    return pressed, (*heard, ButtonPressed(event.moment, contact.button))


def _bounced(contact: Contact, event: LineChanged) -> Contact:
    """The burst goes on; where a read had settled it too soon, because its edges are told late, it is open again."""
    burst, began_down = contact.burst or event.moment, contact.began_down if contact.burst else contact.down
    last = max(contact.last, event.moment.since_boot)
    return replace(contact, burst=burst, began_down=began_down, last=last, level=event.down)


def _read(contact: Contact, event: LineRead) -> tuple[Contact, Heard]:
    now, unread = event.moment.since_boot, contact.found < contact.last
    since_edge = now - contact.last
    contact = replace(contact, read=now, found=now)
    heard: Heard = ()
    if contact.burst and unread and since_edge >= LATE:
        # Nobody looked since its last edge: it settled where that went, and what the level tells came after it.
        contact, heard = _settle(contact, contact.burst.at(contact.last), down=contact.level)
    elif contact.burst:
        on_its_way = event.down is not contact.level and since_edge < LATE
        if on_its_way or since_edge < SETTLED:
            return contact, ()
        return _settle(contact, event.moment, down=event.down)
    if contact.down and not event.down:
        return replace(contact, down=False), (*heard, ButtonReleased(event.moment, False, contact.button))
    if event.down and not contact.down:
        return replace(contact, down=True), (*heard, ButtonPressed(event.moment, contact.button))
    return contact, heard


def _settle(contact: Contact, moment: Moment, *, down: bool) -> tuple[Contact, Heard]:
    """End the burst at the level it came to rest at."""
    burst = contact.burst
    settled = replace(contact, down=down, burst=None, read=moment.since_boot)
    if burst is None or down or not contact.down:
        return settled, ()
    if contact.began_down:  # it was down before the burst: the burst's first edge was the release
        return settled, (ButtonReleased(burst, True, contact.button),)
    return settled, (ButtonReleased(moment, False, contact.button),)
