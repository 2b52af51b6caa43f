"""One turn of the night: the state being changed at a moment, and the effects and rows that come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
from bedside.night.events import WIRE, Moment
from bedside.night.state import SPEAK_ANYWAY, Night, Rules, Speech, light_of
from bedside.night.values import replace

OF_NIGHT: Mapping[type[Row], str] = {Press: "press", Cramp: "cramp", Evening: "evening"}
"""The rows that the night itself holds, and where."""


@dataclass
class Turn:
    """Collects what one event does. `actual` is the event's moment, `now` the one being applied, which for a deadline
    lies `lateness` seconds before it. `button` is the one that is pressed, if one is.
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
    button: str = WIRE

    def key(self) -> str:
        """A name for what begins now; two things of one kind never begin at the same instant."""
        return self.now.key

    def keep(self, *rows: Row) -> None:
        """Put the rows in the night and in this turn's one record; a later version of a row replaces an earlier."""
        for row in rows:
            self.file(row)
        changed: dict[str, Any] = {OF_NIGHT[type(row)]: row for row in rows}
        self.night = replace(self.night, **changed)

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
        saves: tuple[Effect, ...] = ()
        night = self.night
        if self.rows:
            record = f"{self.now.key}/{night.serial}"
            pending, tells = (record, self.tells) if self.waits else (night.pending, night.tells_failure)
            night = replace(night, serial=night.serial + 1, pending=pending, tells_failure=tells)
            saves = (Save(record, self.now, tuple(self.rows.values())),)
        level = light_of(night, self.rules)
        if level is night.light:
            self.night = night
            return (*saves, *self.says)
        self.night = replace(night, light=level)
        return (SetLight(level), *saves, *self.says)
