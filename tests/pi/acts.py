"""What a person does at the bed, and what is then found: the steps the checks are made of."""

import re
import time
from typing import Any

from tests.pi.emulator import Part, Pi, PiFailed, until
from tests.visitor import Visitor

PAGE_PORT = 18080  # where the emulator shows the Pi's port 8080

CRY = 8.5  # a press sooner after the last one ends nothing
RELAPSE = 122.0  # a press sooner after an end reopens the cramp
COLD = 18.5  # °C in the room, at first
SETTLED = 1.0  # what bounces, or is let go, is in the diary too
SAMPLE = 75.0  # within this the thermometer is read again
ASKED = 125.0  # so long after an ask a press is no answer to it any more
LOUD = 100.0  # silence is 0
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HALF_A_DAY = 43_200.0


def expect(holds: bool, what: str, found: object) -> None:
    """Raises PiFailed with what was expected and what was found, unless it holds."""
    if not holds:
        raise PiFailed(f"{what}; found {found}")


def told(pi: Pi, name: str, well: bool, seconds: float = SAMPLE) -> Part:
    """What the daemon says of a part, once it is well, or not."""
    return until(f"{name} {'well' if well else 'not well'}", lambda: _part(pi, name, well), seconds)


def _part(pi: Pi, name: str, well: bool) -> Part | None:
    parts = pi.parts()
    return parts[name] if "daemon" in parts and name in parts and parts[name].well is well else None


def newest(pi: Pi) -> dict[str, Any]:
    """The newest cramp. Raises PiFailed where there is none."""
    cramps = pi.cramps()
    expect(bool(cramps), "a cramp", "none")
    return cramps[-1]


def wait_since_press(pi: Pi, seconds: float) -> None:
    """Wait until the button was let go so many seconds ago."""
    press = pi.presses()[-1]
    since = pi.now() - press["at_unix"] - (press["held_seconds"] or 0)
    time.sleep(max(0.0, seconds - since))


def rest(pi: Pi) -> None:
    """No cramp open, and the next press begins one."""
    cramps = pi.cramps()
    if cramps and cramps[-1]["state"] == "open":
        end(pi)
        cramps = pi.cramps()
    if cramps and cramps[-1]["end"]:
        wait_since_press(pi, RELAPSE)


def pressed(pi: Pi, milliseconds: int = 120, bounces: int = 0) -> tuple[dict[str, Any], float]:
    """Press; the one new press that is kept of it, and how many milliseconds after its first edge it was heard."""
    before = len(pi.presses())
    edge = pi.press(milliseconds, bounces)
    until("the press is in the diary", lambda: pi.presses()[before:])
    time.sleep(SETTLED)
    rows = pi.presses()[before:]
    expect(len(rows) == 1, "one press", [(row["at"], row["meaning"]) for row in rows])
    return rows[0], (rows[0]["at_unix"] - edge) * 1000


def begin(pi: Pi, milliseconds: int = 120) -> tuple[dict[str, Any], float]:
    """Begin a cramp that was not there before; it, and the milliseconds."""
    rest(pi)
    before = {cramp["id"] for cramp in pi.cramps()}
    press, latency = pressed(pi, milliseconds)
    new = [cramp for cramp in pi.cramps() if cramp["id"] not in before]
    expect(len(new) == 1 and press["meaning"] == "began a cramp", "one new cramp", (press["meaning"], len(new)))
    return new[0], latency


def opened(pi: Pi) -> dict[str, Any]:
    """A cramp that is open: begun, or opened again."""
    if all(cramp["state"] != "open" for cramp in pi.cramps()):
        pressed(pi)
    cramp = newest(pi)
    expect(cramp["state"] == "open", "an open cramp", cramp)
    return cramp


def end(pi: Pi) -> dict[str, Any]:
    """End the open cramp with a press; the cramp."""
    wait_since_press(pi, CRY)
    press, _ = pressed(pi)
    expect(press["meaning"] == "ended a cramp", "the press ends the cramp", press["meaning"])
    return newest(pi)


def listen(pi: Pi, before: int) -> float:
    """How loud the loudest second after `before` seconds of sound is, once there is one."""
    return until("a voice is heard", lambda: max((rms for rms in pi.loudness()[before:] if rms > LOUD), default=0.0))


def lit(pi: Pi) -> None:
    """The light is steadily full, within a few seconds."""
    until("the light is steadily full", lambda: pi.brightness() == 1, 15)


def code_printed(pi: Pi) -> tuple[str, float]:
    """The code that `bedside pair` prints inside, and for how many seconds; the door is opened if it is shut."""
    printed = pi.sh("bedside pair")
    found = re.search(r"code +(\d{3} \d{3}) +\(for (\d+) seconds", printed)
    if not found:
        raise PiFailed(f"bedside pair printed no code: {printed}")
    return found[1], float(found[2])


def paired(pi: Pi) -> Visitor:
    """A phone outside the Pi, paired by what the terminal prints; the same one each time."""
    if pi.phone is None:
        phone = Visitor(PAGE_PORT)
        expect(phone.pair(code_printed(pi)[0], "The phone outside"), "the phone is let in", "it is not")
        pi.phone = phone
    return pi.phone


def choose(pi: Pi, **changes: str) -> None:
    """Choose habits on the page, as a paired phone does: its form as it stands, with these fields changed."""
    phone = paired(pi)
    fields = {**form_of(phone.get("/settings").text), **changes}
    until("the page takes the habits", lambda: phone.post("/settings", **fields).goes_to.endswith("kept=1"))


def form_of(page: str) -> dict[str, str]:
    """What a browser would send of the settings' form, as it stands."""
    fields = {}
    for tag in re.findall(r"<input[^>]*>", page):
        named = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        if named.get("type") == "time" or (named.get("type") == "checkbox" and " checked" in tag):
            fields[named["name"]] = named.get("value", "on")
    for name, options in re.findall(r'<select[^>]*name="([a-z_]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"[^>]* selected', options)
        fields[name] = chosen[1] if chosen else ""
    return {name: value for name, value in fields.items() if value}


def remind_at(pi: Pi, clock: str) -> None:
    """Choose this time, such as 21:00, as every day's reminder."""
    choose(pi, **dict.fromkeys(DAYS, "on"), **{f"{day}_at": clock for day in DAYS})


def local(pi: Pi, seconds: float) -> str:
    """The Pi's local time of day, to the minute, so many seconds from now."""
    return pi.sh(f"date -d '{seconds:.0f} seconds' +%H:%M")
