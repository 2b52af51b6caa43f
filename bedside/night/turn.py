"""One turn of the night: the state being changed at a moment, and the effects and rows that come of it."""

from dataclasses import dataclass, field

from bedside.night.cues import EVENING, Cue
from bedside.night.effects import (
    Cramp,
    Effect,
    Evening,
    Hush,
    OpenDoor,
    Phase,
    Press,
    Row,
    Save,
    Say,
    SetLight,
    Watch,
)
from bedside.night.events import Moment
from bedside.night.state import SPEAK_ANYWAY, Night, Rules, Speech, light_of
from bedside.night.values import replace


@dataclass
class Turn:
    """Collects what one event does. `actual` is the event's moment, `now` the one being applied, which for a deadline
    lies `lateness` seconds before it.
    """

    night: Night
    actual: Moment
    now: Moment
    rules: Rules
    lateness: float = 0.0
    says: list[Effect] = field(default_factory=list)
    rows: dict[tuple[type, str], Row] = field(default_factory=dict)
    waits: bool = False
    tells: bool = False

    def key(self) -> str:
        """A name for what begins now; two things of one kind never begin at the same instant."""
        return self.now.key

    def keep(self, *rows: Row) -> None:
        """Put the rows in the night and in this turn's one record; a later version of a row replaces an earlier."""
        for row in rows:
            if isinstance(row, Press):
                self.night = replace(self.night, press=row)
            elif isinstance(row, Cramp):
                self.night = replace(self.night, cramp=row)
            elif isinstance(row, Evening):
                self.night = replace(self.night, evening=row)
            self.file(row)

    def file(self, row: Row) -> None:
        """Save a row that is not, or no longer, the night's own."""
        self.rows[type(row), row.id] = row

    def keep_watch(self, watch: Watch, *, ended: bool = False) -> None:
        """Keep how far the watch is known; an ended one leaves the night."""
        self.file(watch)
        self.night = replace(self.night, watch=None if ended else watch)

    def go(self, phase: Phase, first: Cue | None = None) -> None:
        """Change the phase: what is being said stops; `first` is said once this is saved, or soon anyway."""
        speech = None if first is None else Speech(first, self.now.since_boot + SPEAK_ANYWAY)
        self.night = replace(self.night, phase=phase, told=1, speech=speech)
        self.hush()

    def hush(self) -> None:
        """Stop what is being said, and what this turn was going to say before."""
        self.says = [Hush()]

    def say(self, cue: Cue, due: float | None = None) -> None:
        """Say it, after what is being said, unless the habits want silence; in the sleep window quietly, but for what
        belongs to the evening. `due`: as in Say.
        """
        if not self.rules.silences(cue, self.actual):
            quiet = cue not in EVENING and self.rules.in_sleep_window(self.actual)
            self.says.append(Say(cue, quiet, due))

    def open_door(self) -> None:
        """Open the door to the page, and say its code."""
        self.says.append(OpenDoor())
        self.say(Cue.PAIRING)

    def effects(self) -> tuple[Effect, ...]:
        """All of it, the light first: it must not wait for anything."""
        night, result = self.night, list[Effect]()
        if self.rows:
            record = f"{self.key()}/{night.serial}"
            pending, tells = (record, self.tells) if self.waits else (night.pending, night.tells_failure)
            self.night = replace(night, serial=night.serial + 1, pending=pending, tells_failure=tells)
            result.append(Save(record, self.now, tuple(self.rows.values())))
        level = light_of(self.night, self.rules)
        if level is not self.night.light:
            self.night = replace(self.night, light=level)
            result.insert(0, SetLight(level))
        return (*result, *self.says)
