"""Buttons beside the wire: a second wire, and an input device that the kernel's own uinput makes on the emulated Pi."""

from pathlib import Path
from typing import Any

from tests.pi.acts import expect, rest, told
from tests.pi.emulator import Pi, until
from tests.pi.service import settle

NAME = "Lab Remote"
SECOND_PIN = 22
KEYBOARD = Path(__file__).with_name("keyboard.py")
LINE = f"/sys/devices/platform/gpio-sim.0/gpiochip*/sim_gpio{SECOND_PIN}/pull"
EARLY = 0.4  # seconds between the edge and its row, by the wall clock


def other_buttons(pi: Pi) -> str:
    """A remote that is away ends the watch; it is heard once it is there, and so is a second wire, as it is pressed."""
    rest(pi)
    pi.do("push", str(KEYBOARD), "/root/keyboard.py")
    pi.sh(f"modprobe uinput; echo pull-up | tee {LINE} >/dev/null")
    pi.sh(f"printf 'second_pin = {SECOND_PIN}\\nkey = \"{NAME}\"\\n' >> /etc/bedside/bedside.toml")
    try:
        pi.sh("systemctl restart bedside")
        told(pi, "key", well=False)
        began = len(_watches(pi))
        remote(pi, "here")
        told(pi, "key", well=True)
        until("the watch begins", lambda: len(_watches(pi)) > began)
        presses = [_pressed(pi, "key", _remote), _pressed(pi, "second button", _second)]
        told_of = [f"{press['button']}: {press['meaning']}" for press in presses]
        gone = float(remote(pi, "gone"))
        away = told(pi, "key", well=False)
        until("the watch ends then, and no other begins", lambda: _watches(pi)[-1]["seen_unix"] > gone - EARLY)
        press = _pressed(pi, "button", lambda pi: pi.press())
        return f"{'; '.join(told_of)}; away: {away.says} The wire all the same: {press['meaning']}"
    finally:
        pi.says(f"python3 /root/keyboard.py '{NAME}' gone")
        settle(pi)
        pi.sh("systemctl restart bedside")
        until("the service is active", pi.active)


def remote(pi: Pi, words: str) -> str:
    """Have the remote do it; what it prints."""
    return pi.sh(f"cd /root && python3 keyboard.py '{NAME}' {words}")


def _remote(pi: Pi) -> float:
    return float(remote(pi, "press 120"))


def _second(pi: Pi) -> float:
    return float(pi.do("press", str(SECOND_PIN), "120").split()[-1])


def _pressed(pi: Pi, button: str, press: Any) -> dict[str, Any]:
    """The one press that this makes."""
    before = len(pi.presses())
    edge = press(pi)
    presses = until(f"a press on the {button}", lambda: pi.presses()[before:])
    expect(len(presses) == 1, "one press", presses)
    expect(presses[0]["button"] == button, f"a press on the {button}", presses[0]["button"])
    expect(abs(presses[0]["at_unix"] - edge) < EARLY, "its edge's time", presses[0]["at_unix"] - edge)
    return presses[0]


def _watches(pi: Pi) -> list[dict[str, Any]]:
    return pi.rows("select began, (julianday(seen) - 2440587.5) * 86400 as seen_unix from watches order by began")
