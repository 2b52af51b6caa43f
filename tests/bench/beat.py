"""Row 7: the session's beat, from a cue's time in the script to its first sound.

Real: the Speaker with its thread and its children, the voice's clips, the time. Not real: the player is `heard.py`,
which stands for `aplay` and a card: it starts up to 0.4 s late, and notes when the first sample that sounds would be
heard. Left out is the first sentence, which is spoken as soon as the press is saved. The floor is a bare loop that
sleeps until each time and notes it, beside ours.
"""

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from bedside.devices.clock import Clock, since_boot
from bedside.devices.speaker import Speaker
from bedside.devices.voice import Voice
from bedside.night.cues import LEAD, Cue, session
from bedside.night.events import CueGiven
from tests.bench.figures import Finding, Sample, at_most

LIMIT = 150.0  # milliseconds
MARGIN = 60.0  # seconds that the last clip is waited for, at most
NOTES = "BEDSIDE_BENCH_NOTES"
"""The environment's variable that tells the player where to note what is heard."""

Beats = tuple[tuple[float, Cue], ...]


def measure(folder: Path, clips: Path, beats: int) -> list[Finding]:
    """One seated session, or its first `beats` beats; it takes the time it takes."""
    folder.mkdir(parents=True, exist_ok=True)
    script = tuple((step.at, step.cue) for step in session(standing=False) if step.cue)[: beats + 1]
    with ThreadPoolExecutor() as pool:
        bare = pool.submit(_floor, script)
        ours, floor = _ours(folder, clips, script), bare.result()
    samples = Sample("ms", tuple(map(abs, ours))), Sample("ms", tuple(map(abs, floor)))
    print("  beats, ms from their time:", *(f"{late:+.1f}" for late in ours))
    worst = Sample("ms", (max(samples[0].values),)), Sample("ms", (max(samples[1].values),))
    return [
        Finding(7, "beat off its time", *samples, at_most(LIMIT, "ms")),
        Finding(7, "beat off its time, worst", *worst, at_most(LIMIT, "ms")),
    ]


def _ours(folder: Path, clips: Path, script: Beats) -> list[float]:
    """How late each beat's first sound was, in milliseconds."""
    voice, notes, given = Voice(clips / "clips"), folder / "notes", Queue[object]()
    for _, cue in script:
        voice.clip(cue, False)  # rendered, as after every start
    player = folder / "player"
    player.write_text(f"#!/bin/sh\nexec '{sys.executable}' -SE '{Path(__file__).with_name('heard.py')}' \"$@\"\n")
    player.chmod(0o755)
    speaker = Speaker(
        voice.clip,
        given.put,
        Clock().now,
        "bench",
        player=str(player),
        environment={NOTES: str(notes)},
        ready=voice.ready,
    )
    try:
        began = _kept(script, lambda at, cue: speaker.say(cue, due=at))
        heard: list[bool] = []
        while len(heard) < len(script):
            event = given.get(timeout=MARGIN)
            heard += [event.heard] if isinstance(event, CueGiven) else []
        if not all(heard):
            raise OSError("the stand-in player failed")
    finally:
        speaker.close()
    stamps = [float(line) for line in notes.read_text().split()]
    return [(stamp - began - at - LEAD) * 1000 for stamp, (at, _) in zip(stamps, script, strict=True)][1:]


def _floor(script: Beats) -> list[float]:
    """How late a loop is that only sleeps, in milliseconds."""
    stamps: list[float] = []
    began = _kept(script, lambda at, cue: stamps.append(since_boot()))
    return [(stamp - began - at) * 1000 for stamp, (at, _) in zip(stamps, script, strict=True)][1:]


def _kept(script: Beats, do: Callable[[float, Cue], None]) -> float:
    """Does each at its time, told in seconds since boot; when the script began."""
    began = since_boot()
    for at, cue in script:
        time.sleep(max(0.0, began + at - since_boot()))
        do(began + at, cue)
    return began
