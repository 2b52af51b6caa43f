"""Stands for `aplay` and its card in row 7: plays the WAV on its input in real time, into nothing.

It waits up to 0.4 s before it reads, as a program does that starts on a busy Pi. A card begins once its buffer is full,
or at the sound's end; the time since boot at which the first sample that is not zero is heard is noted, a line a sound.
"""

import os
import random
import sys
import time

SLOWEST = 0.4  # seconds
HEADER = 44
BUFFER = 0.5  # seconds, as of `aplay`


def taken(length: int) -> bytes:
    """So many bytes, or all there are until the end."""
    data = b""
    while len(data) < length and (more := os.read(0, length - len(data))):
        data += more
    return data


def main() -> None:
    """Play, and note."""
    time.sleep(random.uniform(0, SLOWEST))
    header = taken(HEADER)
    rate = int.from_bytes(header[28:32], "little")  # bytes a second
    data = taken(int(BUFFER * rate))
    began = time.clock_gettime(time.CLOCK_BOOTTIME)
    played = 0
    heard: float | None = None
    while data:
        if heard is None and data.strip(b"\0"):
            heard = began + (played + len(data) - len(data.lstrip(b"\0"))) / rate
        played += len(data)
        data = taken(int(BUFFER * rate / 4))
        time.sleep(max(0.0, began + played / rate - BUFFER - time.clock_gettime(time.CLOCK_BOOTTIME)))
    time.sleep(max(0.0, began + played / rate - time.clock_gettime(time.CLOCK_BOOTTIME)))
    if heard is None:
        sys.exit("nothing sounded")
    with open(os.environ["BEDSIDE_BENCH_NOTES"], "a") as notes:
        notes.write(f"{heard}\n")


if __name__ == "__main__":
    main()
