"""When a night next wants to be woken, told anew from all it waits for: what `Night.quiet_until` must agree with."""

from bedside.night.state import Night, Rules, timers


def deadline(night: Night, rules: Rules) -> float | None:
    """In seconds since boot; None for never."""
    return min((due for due, _ in timers(night, rules)), default=None)
