"""How the device is: what goes on right now, what needs attention, and the state of every part."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from bedside.catalogue import N_, _, ngettext
from bedside.night.effects import Phase
from bedside.night.events import KEY, SECOND_WIRE, WIRE, Moment, PartReported
from bedside.night.state import Line, Night
from bedside.pages import words

PARTS = ("light", "speaker", "voice", "thermometer", "diary", "clock")

# Translators: the parts of the device, from here to "backup", as they stand in "The button needs attention.".
NAMES = {
    WIRE: N_("button"),
    SECOND_WIRE: N_("second button"),
    KEY: N_("remote or key"),
    "light": N_("light"),
    "speaker": N_("speaker"),
    "voice": N_("voice"),
    "thermometer": N_("thermometer"),
    "diary": N_("diary"),
    "clock": N_("clock"),
    "buzzer": N_("buzzer"),
    "page": N_("page"),
    "zone": N_("zone"),
    "self-test": N_("self-test"),
    "power": N_("power supply"),
    "program": N_("program"),
    "duties": N_("housekeeping"),
    "card": N_("memory card"),
    "backup": N_("backup"),
}
LINES = {
    Line.STUCK: N_("Something lies on the button, or its wire is stuck. A press would not be heard: free the button."),
    Line.LEANED_ON: N_("Something leans on the button. Free it, so that the next press is heard."),
}
"""What is wrong with the one button, on a wire."""
NAMED_LINES = {
    Line.STUCK: N_("%(button)s: something lies on it, or it is stuck. A press on it would not be heard: free it."),
    Line.LEANED_ON: N_("%(button)s: something leans on it. Free it, so that the next press on it is heard."),
}
"""The same where it has to be said of which button."""


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part's state: `state` is one of well, ill and silent; `word` says the same to a reader. `name` is for a text,
    `label` begins a line.
    """

    name: str
    label: str
    state: str
    word: str
    says: str
    remedy: str


def parts(reports: Mapping[str, PartReported], buttons: Sequence[str]) -> tuple[PartLine, ...]:
    """Every part that is expected, these buttons first, or has reported; those that need attention before all."""
    expected = (*buttons, *PARTS)
    names = (*expected, *(name for name in reports if name not in expected))
    return tuple(sorted((_part(name, reports.get(name)) for name in names), key=lambda line: line.state != "ill"))


def going_on(night: Night, now: Moment, zone: tzinfo) -> tuple[str, ...]:
    """What goes on right now; empty in a quiet night."""
    said = []
    if night.phase is Phase.CRAMPING and night.cramp:
        practice, cramp = N_("A practice cramp is open, since %(time)s."), N_("A cramp is open, since %(time)s.")
        since = words.clock(night.cramp.onset.wall, zone)
        said.append(_(practice if night.cramp.practice else cramp, time=since))
    if night.phase is Phase.ASKING:
        said.append(_("It is asking right now. A press starts the stretch; holding the button skips it for tonight."))
    if night.phase is Phase.STRETCHING:
        said.append(_("The stretch is running right now."))
    if night.practice_until is not None and night.practice_until > now.since_boot:
        until = words.clock(now.wall + timedelta(seconds=night.practice_until - now.since_boot), zone)
        said.append(_("Practice is on until %(time)s: what is pressed now is not counted.", time=until))
    return tuple(said)


def troubles(night: Night, now: Moment, reports: Mapping[str, PartReported], buttons: Sequence[str]) -> tuple[str, ...]:
    """What the night itself knows to be wrong; `buttons` are those that are set up."""
    said = list(_not_heard(night, reports, buttons))
    if night.unsaved:
        said.append(
            ngettext(
                "Not written down yet: %(number)s record. The device keeps trying.",
                "Not written down yet: %(number)s records. The device keeps trying.",
                len(night.unsaved),
            )
        )
    if not now.trusted:
        said.append(_("The clock is not set. The dates and times on this page may be wrong."))
    return tuple(said)


def _not_heard(night: Night, reports: Mapping[str, PartReported], buttons: Sequence[str]) -> Iterator[str]:
    lines = {night.button: night.line} | {other.button: Line.STUCK for other in night.others if other.stuck}
    wrong = {button: line for button, line in lines.items() if line in LINES}
    if tuple(buttons) == (WIRE,):
        yield from (_(LINES[line]) for line in wrong.values())
    else:
        yield from (_(NAMED_LINES[line], button=_capital(_named(button))) for button, line in wrong.items())
    if night.listening or (wrong and len(buttons) == 1):
        return
    deaf = [button for button in buttons if button not in reports or not reports[button].well]
    if 0 < len(deaf) < len(buttons):
        names = _listed([_named(button) for button in deaf])
        # Translators: %(buttons)s is a button, or a list of them: second button and remote or key.
        yield _("Nothing would be heard right now from this: %(buttons)s.", buttons=names)
    else:
        yield _("A press would not be heard right now.")


def ailing(lines: tuple[PartLine, ...]) -> str:
    """The names of the parts that need attention, in one sentence; empty where there is none."""
    names = [line.name for line in lines if line.state == "ill"]
    if not names:
        return ""
    # Translators: %(parts)s is a part, or a list of them: light, voice and clock.
    return ngettext("The %(parts)s needs attention.", "The %(parts)s need attention.", len(names), parts=_listed(names))


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    if not others:
        return last
    listed = others[0]
    for name in others[1:]:
        # Translators: a list that goes on, such as: light, voice.
        listed = _("%(listed)s, %(name)s", listed=listed, name=name)
    # Translators: a list that ends, such as: light, voice and clock.
    return _("%(listed)s and %(last)s", listed=listed, last=last)


def _part(name: str, report: PartReported | None) -> PartLine:
    named = _named(name)
    label = _capital(named)
    if report is None:
        return PartLine(named, label, "silent", _("Not known"), _("It has not reported yet."), "")
    if report.well:
        # Translators: of a part of the device that works.
        return PartLine(named, label, "well", _("Well"), report.says, "")
    return PartLine(named, label, "ill", _("Needs attention"), report.says, report.remedy)


def _named(part: str) -> str:
    return _(NAMES[part]) if part in NAMES else part


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
