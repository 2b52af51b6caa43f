"""The plug pulled again and again in the middle of presses, at any moment: what had been pressed before is there."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

from tests.pi.acts import SETTLED, expect
from tests.pi.emulator import Pi, PiFailed, until
from tests.pi.service import is_heard, ready

UP = 180.0  # seconds within which it comes up by itself
NEAR = 0.4  # seconds between a press's edge and its row, by the wall clock


def cuts(pi: Pi, number: int, seed: int = 1) -> Iterator[str]:
    """Pull the plug so many times. A line for each. Raises PiFailed where it does not come up by itself, where a press
    of more than a second before the cut is not in the diary once, or where the diary is not sound.
    """
    chance = random.Random(seed)
    edges: list[float] = []
    for cut in range(1, number + 1):
        # Without bounces: an emulation that is slow just then would stretch them into presses.
        made = [pi.press(chance.randint(40, 400)) for _ in range(chance.randint(1, 4))]
        edges += made
        time.sleep(SETTLED)
        during = threading.Thread(target=_press_on, args=(pi,), daemon=True)
        during.start()
        time.sleep(chance.uniform(0, 2.5))
        pi.do("cut")
        during.join()
        began = time.monotonic()
        pi.do("start")
        until("it comes up by itself", pi.active, UP)
        until("a press is heard", lambda: is_heard(pi), UP)
        until("the journal is in the diary", lambda: _sound(pi))
        kept = [press["at_unix"] for press in pi.presses()]
        found = {edge: [at for at in kept if abs(at - edge) < NEAR] for edge in edges}
        wrong = {edge: near for edge, near in found.items() if len(near) != 1}
        expect(not wrong, "each press once", wrong)
        up = f"up after {time.monotonic() - began:.0f} s; {ready(pi)}"
        yield f"cut {cut}: {len(edges)} presses, each there once; {up}"


def _press_on(pi: Pi) -> None:
    with suppress(PiFailed):  # the plug is pulled in the midst of it
        while True:
            pi.press(120)


def _sound(pi: Pi) -> bool:
    rows = pi.rows("pragma integrity_check")
    return bool(rows) and rows[0]["integrity_check"] == "ok"
