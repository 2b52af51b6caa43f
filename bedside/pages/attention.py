"""How the device is: what goes on right now, what needs attention, and the state of every part."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from bedside.night.effects import Phase
from bedside.night.events import Moment, PartReported
from bedside.night.state import Line, Night
from bedside.pages import words

PARTS = ("button", "light", "speaker", "voice", "thermometer", "diary", "clock")

LINES = {
    Line.STUCK: "Something lies on the button, or its wire is stuck. A press would not be heard: free the button.",
    Line.LEANED_ON: "Something leans on the button. Free it, so that the next press is heard.",
}


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part's state: `state` is one of well, ill and silent; `word` says the same to a reader."""

    name: str
    state: str
    word: str
    says: str
    remedy: str


def parts(reports: Mapping[str, PartReported]) -> tuple[PartLine, ...]:
    """Every part that is expected or has reported, those that need attention first."""
    names = (*PARTS, *(name for name in reports if name not in PARTS))
    return tuple(sorted((_part(name, reports.get(name)) for name in names), key=lambda line: line.state != "ill"))


def going_on(night: Night, now: Moment, zone: tzinfo) -> tuple[str, ...]:
    """What goes on right now; empty in a quiet night."""
    said = []
    if night.phase is Phase.CRAMPING and night.cramp:
        kind = "practice cramp" if night.cramp.practice else "cramp"
        said.append(f"A {kind} is open, since {words.clock(night.cramp.onset.wall, zone)}.")
    if night.phase is Phase.ASKING:
        said.append("It is asking right now. A press starts the stretch; holding the button skips it for tonight.")
    if night.phase is Phase.STRETCHING:
        said.append("The stretch is running right now.")
    if night.practice_until is not None and night.practice_until > now.since_boot:
        until = now.wall + timedelta(seconds=night.practice_until - now.since_boot)
        said.append(f"Practice is on until {words.clock(until, zone)}: what is pressed now is not counted.")
    return tuple(said)


def troubles(night: Night, now: Moment) -> tuple[str, ...]:
    """What the night itself knows to be wrong."""
    said = []
    if night.line in LINES:
        said.append(LINES[night.line])
    elif not night.listening:
        said.append("A press would not be heard right now.")
    if night.unsaved:
        said.append(f"Not written down yet: {words.counted(len(night.unsaved), 'record')}. The device keeps trying.")
    if not now.trusted:
        said.append("The clock is not set. The dates and times on this page may be wrong.")
    return tuple(said)


def ailing(lines: tuple[PartLine, ...]) -> str:
    """The names of the parts that need attention, in one sentence; empty where there is none."""
    names = [line.name for line in lines if line.state == "ill"]
    if not names:
        return ""
    listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return f"The {listed} {'needs' if len(names) == 1 else 'need'} attention."


def _part(name: str, report: PartReported | None) -> PartLine:
    if report is None:
        return PartLine(name, "silent", "Not known", "It has not reported yet.", "")
    if report.well:
        return PartLine(name, "well", "Well", report.says, "")
    return PartLine(name, "ill", "Needs attention", report.says, report.remedy)
