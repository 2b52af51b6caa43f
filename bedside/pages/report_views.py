"""The address of the doctor's sheet."""

from flask import Flask, render_template, request

from bedside.diary.reader import Reader
from bedside.pages import unreadable
from bedside.pages.answers import Answer
from bedside.pages.house import House
from bedside.pages.made_once import MadeOnce


def add_views(app: Flask, house: House) -> None:
    """Let the app answer under `/report`."""
    made = MadeOnce(house)
    app.add_url_rule("/report", "report", lambda: _page(house, made))


def _page(house: House, made: MadeOnce) -> Answer:
    from bedside.pages import report  # with all that counts and draws, which no other page waits for

    sent = dict(request.args.lists())

    def make(reader: Reader) -> Answer:
        shown = report.page(house, reader, sent)
        return render_template("report.html", **shown), 400 if shown["faults"] else 200

    try:
        return made.page((request.args.get("from"), request.args.get("to")), make)
    except unreadable.ERRORS as error:
        return unreadable.say(error)
