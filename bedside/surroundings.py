"""What a running bedside finds around it: a Pi, a demo's room, or a test's."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.devices.cards import find_card
from bedside.devices.inputs import Inputs
from bedside.settings import Folders

if TYPE_CHECKING:
    from bedside.night.cues import Cue


@dataclass(frozen=True)
class Surroundings:
    """What differs between a Pi, the demo and a test. `factory` None is the Pi's own pins; a key is looked for among
    `inputs`.
    """

    folders: Folders
    sys: Path = Path("/sys")
    factory: object | None = None
    inputs: Inputs = field(default_factory=Inputs)
    find_card: Callable[[], str | None] = find_card
    caption: "Callable[[Cue], None] | None" = None
    heard: Callable[[], tuple[str, ...]] = lambda: ()
    press: Callable[[float], None] | None = None
    duty: Callable[[], object] = lambda: None
