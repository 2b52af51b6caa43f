"""bedside: a button beside the bed that answers a night-time leg cramp."""

__version__ = "0.1.0"
