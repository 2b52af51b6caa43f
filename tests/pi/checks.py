"""What must hold on the emulated Pi, in the order it is tried; each gives its figures, or raises PiFailed."""

import socket
import time
from collections.abc import Callable
from typing import Any

from tests.pi.emulator import Part, Pi, PiFailed, until
from tests.pi.installing import settle

Check = Callable[[Pi], str]

CRY = 8.5  # a press sooner after the last one ends nothing
RELAPSE = 122.0  # a press sooner after an end reopens the cramp
SAMPLE = 75.0  # within this the thermometer is read again
LOUD = 100.0  # silence is 0
COLD, WARM = 18.5, 21.0
DEAF = 5.0  # seconds within which presses must be heard again after a crash, times two for the emulation
PAGE = ("127.0.0.1", 18080)  # where the emulator shows the Pi's port 8080
PARTS = {"button", "light", "speaker", "thermometer", "voice", "diary", "clock", "page"}


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


def rest(pi: Pi) -> None:
    """No cramp open, and the next press begins one."""
    cramps = pi.cramps()
    if cramps and cramps[-1]["state"] == "open":
        end(pi)
        cramps = pi.cramps()
    if cramps and cramps[-1]["end"]:
        time.sleep(max(0.0, RELAPSE - cramps[-1]["since"]))


def pressed(pi: Pi, milliseconds: int = 120, bounces: int = 0) -> tuple[dict[str, Any], float]:
    """Press; the one new press that is kept of it, and how many milliseconds after its first edge it was heard."""
    before = len(pi.presses())
    edge = pi.press(milliseconds, bounces)
    until("the press is in the diary", lambda: len(pi.presses()) > before)
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
    if not pi.cramps() or pi.cramps()[-1]["state"] != "open":
        pressed(pi)
    cramp = pi.cramps()[-1]
    expect(cramp["state"] == "open", "an open cramp", cramp)
    return cramp


def end(pi: Pi) -> dict[str, Any]:
    """End the open cramp with a press; the cramp."""
    time.sleep(max(0.0, CRY - pi.cramps()[-1]["since"]))
    press, _ = pressed(pi)
    expect(press["meaning"] == "ended a cramp", "the press ends the cramp", press["meaning"])
    return pi.cramps()[-1]


def listen(pi: Pi, before: int) -> float:
    """How loud the loudest second after `before` seconds of sound is, once there is one."""
    return until("a voice is heard", lambda: max((rms for rms in pi.loudness()[before:] if rms > LOUD), default=0.0))


def lit(pi: Pi) -> None:
    """The light is steadily full, within a few seconds."""
    until("the light is steadily full", lambda: pi.brightness() == 1, 15)


# --- the checks ---


def starts(pi: Pi) -> str:
    """The service told systemd that it hears; it runs as its own user."""
    began, heard = (int(pi.unit(name)) for name in ("ExecMainStartTimestampMonotonic", "ActiveEnterTimestampMonotonic"))
    user = pi.sh("ps -o user= -p $(systemctl show bedside -p MainPID --value)")
    expect(user == "bedside", "its own user", user)
    return f"hears {(heard - began) / 1e6:.1f} s after its start; exposure {exposure(pi)}"


def exposure(pi: Pi) -> str:
    """What systemd thinks of the unit's hardening: 0 is tight, 10 open."""
    return pi.says("systemd-analyze security bedside --no-pager").splitlines()[-1].split(":")[-1].split()[0]


def all_well(pi: Pi) -> str:
    """Every part is there and well; only the clock may be unsure, where no network tells the time."""
    until("the running daemon tells of every part", lambda: set(pi.parts()) >= PARTS | {"daemon"}, 240)
    parts = pi.parts().values()
    unwell = [part for part in parts if part.well is not True and part.name != "clock"]
    expect(not unwell, "every part well", [f"{part.name}: {part.says}" for part in unwell])
    return " ".join(part.says for part in parts)


def onset(pi: Pi) -> str:
    """One press: a cramp with the room's temperature, the light, the voice."""
    heard = len(pi.loudness())
    cramp, latency = begin(pi)
    lit(pi)
    rms = listen(pi, heard)
    expect(abs(cramp["celsius"] - COLD) < 0.1, f"about {COLD} °C", cramp["celsius"])
    return f"one cramp, {cramp['celsius']} °C, light full, voice rms {rms:.0f}; heard {latency:.0f} ms after the edge"


def ending(pi: Pi) -> str:
    """A press 8 s later ends it; how soon it is on the disk: the journal first, then the diary, which follows its sync."""
    time.sleep(max(0.0, CRY - pi.cramps()[-1]["since"]))
    folder = "/var/lib/bedside"
    pi.sh(
        f"(lab-press 17 2700 0 > /tmp/edge &) ; sleep 2.3; stat -c %.6Y {folder}/journal {folder}/diary.db-wal > /tmp/kept"
    )
    time.sleep(2)
    edge, journal, diary = (float(text) for text in pi.sh("cat /tmp/edge /tmp/kept").split())
    cramp, press = pi.cramps()[-1], pi.presses()[-1]
    expect(cramp["state"] == "ended", "the cramp ended", cramp["state"])
    meant = press["at_unix"] - pi.presses()[0]["at_unix"]
    expect(abs(cramp["seconds"] - meant) < 0.1, f"{meant:.1f} s", cramp["seconds"])
    expect(0 < diary - edge < 2, "kept within 2 s", (journal - edge, diary - edge))
    glow = pi.brightness()
    expect(glow < 0.2, "the glow", glow)
    return (
        f"{cramp['seconds']:.2f} s long; heard {(press['at_unix'] - edge) * 1000:.0f} ms, journaled "
        f"{(journal - edge) * 1000:.0f} ms, in the diary {(diary - edge) * 1000:.0f} ms after the edge; glow {glow:.0%}"
    )


def bounce(pi: Pi) -> str:
    """Five bounces on each edge are one press."""
    press, latency = pressed(pi, bounces=5)
    return (
        f"one press, {press['meaning']}, held {press['held_seconds'] or 0:.3f} s; heard {latency:.0f} ms after the edge"
    )


def short(pi: Pi) -> str:
    """25 ms are a press."""
    time.sleep(CRY)
    press, latency = pressed(pi, 25)
    return f"one press, {press['meaning']}; heard {latency:.0f} ms after the edge"


def hold(pi: Pi) -> str:
    """A hold of 5 s leaves the cramp doubtful and open, the light dimmed."""
    cramp, _ = begin(pi, 5000)
    cramp = until("the cramp is doubtful", lambda: next((row for row in pi.cramps() if row["doubtful"]), None))
    held, light = pi.presses()[-1]["held_seconds"], pi.brightness()
    expect(cramp["state"] == "open" and abs(held - 5) < 0.5, "open, held 5 s", (cramp["state"], held))
    expect(0 < light < 0.5, "the light dimmed", light)
    end(pi)
    return f"doubtful, held {held:.2f} s, light {light:.0%}; the next press ended it"


def lean(pi: Pi) -> str:
    """20 s are a lean: the cramp is doubtful."""
    cramp, _ = begin(pi, 20_000)
    row, press = pi.cramps()[-1], pi.presses()[-1]
    expect(row["id"] == cramp["id"] and row["doubtful"] == 1, "a doubtful cramp", row)
    expect(press["leaned"] == 1, "leaned", press)
    end(pi)
    return f"doubtful, leaned, held {press['held_seconds']:.2f} s; the next press ended it"


def warmer(pi: Pi) -> str:
    """The next sample is what the room is now; with the sensor off, a press still has the last fresh one."""
    pi.do("temp", str(WARM))
    time.sleep(SAMPLE)
    pi.do("sensor", "off")
    said = told(pi, "thermometer", well=False)
    cramp, _ = begin(pi)
    expect(cramp["celsius"] == WARM, f"the last fresh value, {WARM} °C", cramp["celsius"])
    end(pi)
    return f"{cramp['celsius']} °C, the last fresh value, while it says: {said.says}"


def no_sensor(pi: Pi) -> str:
    """Started without a sensor, a press is kept without a temperature; the sensor is found when it is back."""
    pi.sh("systemctl restart bedside")
    until("the service is active", pi.active)
    said = told(pi, "thermometer", well=False)
    cramp, _ = begin(pi)
    expect(cramp["celsius"] is None, "no temperature", cramp["celsius"])
    pi.do("sensor", "on")
    again = told(pi, "thermometer", well=True)
    return f"{said.says} The cramp is kept without a temperature. Then: {again.says}"


def no_speaker(pi: Pi) -> str:
    """Without the speaker the press is kept and the light is lit; with it, the voice is back."""
    pi.do("speaker", "off")
    cramp = opened(pi) if pi.cramps()[-1]["state"] != "open" else end(pi)
    cramp = cramp if cramp["state"] == "open" else opened(pi)
    lit(pi)
    said = told(pi, "speaker", well=False)
    pi.do("speaker", "on")
    until("the card is back", lambda: "USB" in pi.sh("cat /proc/asound/cards"))
    heard = len(pi.loudness())
    end(pi)
    rms = listen(pi, heard)
    again = told(pi, "speaker", well=True)
    return f"{said.says} The press is kept, the light full. Then: {again.says} Voice rms {rms:.0f}"


def crash(pi: Pi) -> str:
    """Killed in mid-cramp: it is started again, the cramp goes on, the next press ends it."""
    cramp, restarts = opened(pi), int(pi.unit("NRestarts"))
    pid = pi.unit("MainPID")
    killed = float(pi.sh(f"kill -9 {pid} && cut -d' ' -f1 /proc/uptime"))
    until("it runs again", lambda: pi.active() and pi.unit("MainPID") != pid)
    seconds = int(pi.unit("ActiveEnterTimestampMonotonic")) / 1e6 - killed
    after = pi.cramps()[-1]
    expect((after["id"], after["state"]) == (cramp["id"], "open"), "the same cramp, open", after)
    expect(int(pi.unit("NRestarts")) == restarts + 1, "one restart", pi.unit("NRestarts"))
    expect(seconds < DEAF * 2, f"hears again within {DEAF * 2:.0f} s", seconds)
    lit(pi)
    ended = end(pi)
    expect(ended["id"] == cramp["id"] and ended["seconds"], "the same cramp, ended", ended)
    return f"hears again after {seconds:.1f} s; the same cramp went on, and was ended after {ended['seconds']:.1f} s"


def hang(pi: Pi) -> str:
    """Stopped dead, it is killed by the watchdog and started again."""
    pid, began = pi.unit("MainPID"), pi.uptime()
    pi.sh(f"kill -STOP {pid}")
    until("the watchdog ends it", lambda: pi.active() and pi.unit("MainPID") != pid, 90)
    seconds = int(pi.unit("ActiveEnterTimestampMonotonic")) / 1e6 - began
    press, _ = pressed(pi)
    return f"hears again {seconds:.1f} s after it hung; the next press {press['meaning']}"


def bad_settings(pi: Pi) -> str:
    """A mistake in the settings is told and not tried again; mended, it starts."""
    pi.sh("echo 'pni = 17' >> /etc/bedside/bedside.toml")
    pi.says("systemctl restart bedside 2>/dev/null")
    until("the service has failed", lambda: pi.unit("ActiveState") == "failed")
    status, sentence = pi.unit("ExecMainStatus"), pi.sh("journalctl -u bedside -o cat | grep 'bedside.toml, line'")
    expect(status == "78", "status 78", status)
    settle(pi)
    pi.sh("systemctl start bedside")
    until("the service is active", pi.active)
    return f"status 78, not restarted: {sentence.splitlines()[-1]}"


def power_cut(pi: Pi) -> str:
    """The plug is pulled in mid-cramp: it comes up by itself, every press is there, the cramp's end is unknown."""
    cramp, presses = opened(pi), pi.presses()
    pi.do("cut")
    pi.do("start")
    until("it comes up by itself", pi.active, 120)
    kept = [press["id"] for press in pi.presses()]
    expect(kept == [press["id"] for press in presses], "every press", kept)
    after = until("the cramp is closed", lambda: next((row for row in pi.cramps() if row["state"] != "open"), None))
    after = next(row for row in pi.cramps() if row["id"] == cramp["id"])
    expect(after["state"] == "end unknown" and after["seconds"] is None, "end unknown", after)
    sound = pi.rows("pragma integrity_check")[0]["integrity_check"]
    expect(sound == "ok", "a sound diary", sound)
    began, heard = (int(pi.unit(name)) for name in ("ExecMainStartTimestampMonotonic", "ActiveEnterTimestampMonotonic"))
    return f"{len(kept)} presses, none lost; end unknown; hears {heard / 1e6:.0f} s after the power, {(heard - began) / 1e6:.1f} s after its start"


def page(pi: Pi) -> str:
    """The page is served inside, and nobody outside gets a word."""
    got = [
        pi.sh(f"curl -s -o /dev/null -w '%{{http_code}} %{{time_total}}' http://127.0.0.1:8080{path}")
        for path in ("/", "/", "/relief")
    ]
    expect(all(answer.startswith("200 ") for answer in got), "200 for / and /relief", got)
    outside = answer_outside()
    expect(not outside, "nothing outside", outside)
    first, again, relief = (float(answer.split()[1]) for answer in got)
    return f"/ in {first:.1f} s at first, then {again:.2f} s, /relief {relief:.2f} s; not a byte outside"


def answer_outside() -> bytes:
    """What the page's port gives where the emulator shows it."""
    try:
        with socket.create_connection(PAGE, timeout=10) as wire:
            wire.sendall(b"GET / HTTP/1.0\r\nHost: 127.0.0.1:8080\r\n\r\n")
            return wire.recv(100)
    except OSError:
        return b""


CHECKS: tuple[tuple[str, Check], ...] = (
    ("the service starts", starts),
    ("bedside check", all_well),
    ("a press begins a cramp", onset),
    ("the next press ends it", ending),
    ("a bouncing press", bounce),
    ("a press of 25 ms", short),
    ("a hold of 5 s", hold),
    ("a lean of 20 s", lean),
    ("the sensor unplugged", warmer),
    ("no sensor at the start", no_sensor),
    ("the speaker unplugged", no_speaker),
    ("killed in mid-cramp", crash),
    ("the watchdog", hang),
    ("a mistake in the settings", bad_settings),
    ("the power cut in mid-cramp", power_cut),
    ("the page", page),
)
