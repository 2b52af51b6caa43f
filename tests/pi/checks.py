"""What must hold on the emulated Pi, in the order it is tried; each gives its figures, or raises PiFailed."""

import time
from collections.abc import Callable

from tests.pi.acts import (
    ASKED,
    COLD,
    CRY,
    PAGE_PORT,
    SAMPLE,
    begin,
    code_printed,
    end,
    expect,
    listen,
    lit,
    local,
    newest,
    opened,
    paired,
    pressed,
    remind_at,
    rest,
    told,
    wait_since_press,
)
from tests.pi.buttons import other_buttons
from tests.pi.emulator import Pi, until
from tests.pi.installing import reboot
from tests.pi.service import bad_settings, crash, hang, let_in_late, power_cut, starts
from tests.pi.upgrading import downgrade, purge, remove, upgrade
from tests.visitor import Visitor

Check = Callable[[Pi], str]

STATE = "/var/lib/bedside"
WARM = 21.0
PARTS = {"daemon", "button", "light", "speaker", "thermometer", "voice", "diary", "clock", "page"}


def all_well(pi: Pi) -> str:
    """Every part is there and well; only the clock may be unsure, where no network tells the time."""
    until("the running daemon tells of every part", lambda: set(pi.parts()) >= PARTS, 240)
    end = time.monotonic() + SAMPLE
    while (unwell := _unwell(pi)) and time.monotonic() < end:
        time.sleep(5)
    expect(not unwell, "every part well", unwell)
    return " ".join(part.says for part in pi.parts().values())


def _unwell(pi: Pi) -> list[str]:
    parts = pi.parts().values()
    may_be = ("clock", "emergency", "inputs")  # no network tells the time, no number is set, and no key is wanted
    return [f"{part.name}: {part.says}" for part in parts if part.well is not True and part.name not in may_be]


def onset(pi: Pi) -> str:
    """One press: a cramp with the room's temperature, the light, the voice."""
    heard = len(pi.loudness())
    cramp, latency = begin(pi)
    lit(pi)
    rms = listen(pi, heard)
    expect(abs(cramp["celsius"] - COLD) < 0.1, f"about {COLD} °C", cramp["celsius"])
    return f"one cramp, {cramp['celsius']} °C, light full, voice rms {rms:.0f}; heard {latency:.0f} ms after the edge"


def ending(pi: Pi) -> str:
    """A press 8 s later ends it; how soon it is kept: the journal is synced before the diary is written."""
    wait_since_press(pi, CRY)
    pi.sh(
        f"lab-press 17 2700 0 > /tmp/edge & sleep 2.3; cd {STATE}; stat -c %.6Y journal diary.db-wal > /tmp/kept; wait"
    )
    edge, journal, diary = (float(text) for text in pi.sh("cat /tmp/edge /tmp/kept").split())
    until("the release is kept", lambda: pi.presses()[-1]["held_seconds"])
    cramp, (before, press) = newest(pi), pi.presses()[-2:]
    expect(cramp["state"] == "ended", "the cramp ended", cramp["state"])
    meant = press["at_unix"] - before["at_unix"]
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
    """25 ms are a press, however late its edges are told: eight in a row are eight."""
    latencies = [pressed(pi, 25)[1] for _ in range(8)]
    return f"eight are eight; heard {min(latencies):.0f} to {max(latencies):.0f} ms after the edge"


def hold(pi: Pi) -> str:
    """A hold of 5 s leaves the cramp doubtful and open, the light dimmed."""
    cramp, _ = begin(pi, 5000)
    until("the cramp is doubtful", lambda: newest(pi)["doubtful"])
    held, light = pi.presses()[-1]["held_seconds"], pi.brightness()
    expect(newest(pi)["id"] == cramp["id"] and newest(pi)["state"] == "open", "the same cramp, open", newest(pi))
    expect(abs(held - 5) < 0.5, "held 5 s", held)
    expect(0 < light < 0.5, "the light dimmed", light)
    end(pi)
    return f"doubtful, held {held:.2f} s, light {light:.0%}; the next press ended it"


def lean(pi: Pi) -> str:
    """20 s are a lean: the cramp is doubtful."""
    cramp, _ = begin(pi, 20_000)
    row, press = newest(pi), pi.presses()[-1]
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
    if newest(pi)["state"] == "open":
        end(pi)
    opened(pi)
    lit(pi)
    said = told(pi, "speaker", well=False)
    pi.do("speaker", "on")
    until("the card is back", lambda: "USB" in pi.sh("cat /proc/asound/cards"))
    heard = len(pi.loudness())
    end(pi)
    rms = listen(pi, heard)
    again = told(pi, "speaker", well=True)
    return f"{said.says} The press is kept, the light full. Then: {again.says} Voice rms {rms:.0f}"


def pairing(pi: Pi) -> str:
    """Held for 7 s by day it pairs: it speaks, and the phone outside that has the code is let in, no other one."""
    rest(pi)
    cramps = len(pi.cramps())
    press, _ = pressed(pi, 7000)
    expect(press["meaning"] == "pairing", "pairing", press["meaning"])
    time.sleep(6)  # the announcement has begun; what was said during the hold was stopped
    rms = listen(pi, len(pi.loudness()) - 1)
    code, seconds = code_printed(pi)
    expect(seconds < 118, "the door that the hold opened", f"{seconds} s: it was shut")
    phone, stranger = Visitor(PAGE_PORT), Visitor(PAGE_PORT)
    refused = stranger.post("/pair", code=f"{(int(code.replace(' ', '')) + 1) % 10**6:06}")
    expect(refused.status == 400, "a wrong code refused", refused.status)
    expect(phone.pair(code, "The phone outside"), "let in", code)
    again = stranger.post("/pair", code=code)
    expect(again.status == 400, "the code good once", again.status)
    expect("The night from" in phone.get("/").text, "the morning page", phone.get("/").status)
    expect(stranger.get("/").goes_to == "/pair", "nobody else", stranger.get("/").status)
    after = [row for row in pi.cramps()[cramps:] if row["state"] != "no cramp"]
    expect(not after, "no cramp of it", after)
    kept = pi.says(f"grep -rlF -e '{phone.cookie.partition('=')[2]}' {STATE}")
    expect(not kept, "the token written nowhere", kept)
    pi.phone = phone
    return f"voice rms {rms:.0f}; let in by its code from outside, once, and nobody else; no cramp is kept of it"


def page(pi: Pi) -> str:
    """Strangers get the relief and the pairing page, loopback too; a paired phone gets all."""
    phone, stranger = paired(pi), Visitor(PAGE_PORT)
    open_to_all = {path: stranger.get(path).status for path in ("/relief", "/pair", "/static/style.css")}
    expect(set(open_to_all.values()) == {200}, "open to all", open_to_all)
    closed = {path: stranger.get(path).goes_to for path in ("/", "/settings", "/stretch")}
    expect(set(closed.values()) == {"/pair"}, "closed to strangers", closed)
    inside = pi.sh("curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/")
    expect(inside == "303", "loopback is not let in either", inside)
    pages = {path: phone.get(path).status for path in ("/", "/settings", "/stretch", "/relief")}
    expect(set(pages.values()) == {200}, "all for the paired phone", pages)
    began = time.monotonic()
    phone.get("/")
    took = time.monotonic() - began
    memory = int(pi.sh(f"awk '/VmRSS/ {{print $2}}' /proc/{pi.unit('MainPID')}/status")) / 1024
    return f"/ in {took:.2f} s for the paired phone; strangers get the relief and the pairing; {memory:.0f} MiB"


def reminder(pi: Pi) -> str:
    """Asked for at its minute and heard; a press starts the stretch, another ends it."""
    heard, evenings = len(pi.loudness()), len(pi.evenings())
    at = local(pi, 120)
    remind_at(pi, at)
    until("it asks", lambda: next((row for row in pi.evenings()[evenings:] if row["asks"]), None), 180)
    now = pi.sh("date +%H:%M:%S")
    expect(now.startswith(at) or now <= f"{at}:59", f"asked for at {at}", now)
    rms = listen(pi, heard)
    until("the ask is offered", lambda: pi.evenings()[-1]["state"] == "offered")
    time.sleep(8)  # the ask is over
    heard = len(pi.loudness())
    press, _ = pressed(pi)
    expect(press["meaning"] == "started the stretch", "it starts the stretch", press["meaning"])
    until("the evening is started", lambda: pi.evenings()[-1]["state"] == "started")
    lit(pi)
    leads = listen(pi, heard)
    time.sleep(25)  # the first hold is counted down
    press, _ = pressed(pi)
    expect(press["meaning"] == "stopped the stretch", "it stops the stretch", press["meaning"])
    return f"set for {at}, seen at {now}, voice rms {rms:.0f}; a press starts it, it leads with rms {leads:.0f}"


def clock_steps(pi: Pi) -> str:
    """The clock set over the reminder's minute, forward, back and on again: asked for once."""
    real = pi.now()
    remind_at(pi, "20:30")
    pi.sh("date -s \"$(date -d 'tomorrow 20:29:20')\" && sleep 5 && date -s \"$(date -d 'today 20:31:00')\"")
    day = pi.sh("date +%Y-%m-%d")
    asks = lambda: next((row["asks"] for row in pi.evenings() if row["evening"] == day), 0)  # noqa: E731
    began = pi.uptime()
    until("it asks after the step", asks, 90)
    late = pi.uptime() - began
    pi.sh("date -s \"$(date -d 'today 20:29:40')\"")
    time.sleep(ASKED)  # the minute comes again, and the next press answers nothing
    expect(asks() == 1, "asked once", asks())
    pi.sh(f"date -s @{real + pi.uptime() - began:.0f}")
    rows = [row["evening"] for row in pi.evenings()]
    expect(len(rows) == len(set(rows)), "an evening once", rows)
    return f"asked {late:.0f} s after the step over it, and not again when the minute came a second time"


CHECKS: tuple[tuple[str, Check], ...] = (
    ("the first bedside check", all_well),
    ("switched off and on", reboot),
    ("the service starts", starts),
    ("a press begins a cramp", onset),
    ("the next press ends it", ending),
    ("a bouncing press", bounce),
    ("a press of 25 ms", short),
    ("a hold of 5 s", hold),
    ("a lean of 20 s", lean),
    ("the GPIO chip let in late", let_in_late),
    ("the sensor unplugged", warmer),
    ("no sensor at the start", no_sensor),
    ("the speaker unplugged", no_speaker),
    ("killed in mid-cramp", crash),
    ("the watchdog", hang),
    ("a mistake in the settings", bad_settings),
    ("a remote and a second wire", other_buttons),
    ("the power cut in mid-cramp", power_cut),
    ("bedside check after it", all_well),
    ("a phone is paired", pairing),
    ("the page", page),
    ("the evening's reminder", reminder),
    ("the clock set over the reminder", clock_steps),
    ("upgraded to a newer build", upgrade),
    ("an older build put back", downgrade),
    ("removed", remove),
    ("purged", purge),
)
