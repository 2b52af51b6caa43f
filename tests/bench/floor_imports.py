"""The floor of rows 3 and 4, a script: the libraries alone, imported, and nothing done."""

import time

import flask  # noqa: F401
import gpiozero  # noqa: F401
import sqlite_utils  # noqa: F401
import waitress  # noqa: F401
from apscheduler.schedulers.background import BackgroundScheduler  # noqa: F401

print("ready", flush=True)
time.sleep(3600)
