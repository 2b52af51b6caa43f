"""The routes of the backups page."""

import threading

from flask import Flask, g, redirect, render_template, request

from bedside.pages.answers import Answer
from bedside.pages.guard import COOKIE
from bedside.pages.house import House

RESTORING = threading.Lock()
"""One at a time: what is sent twice waits for the first."""


def add_views(app: Flask, house: House) -> None:
    """Let the app answer under `/backups`."""
    app.add_url_rule("/backups", "backups", lambda: _page(house))
    app.add_url_rule("/backups", "restore", lambda: _restore(house), methods=["POST"])


def _page(house: House) -> Answer:
    from bedside.pages import backups  # with what makes them, which no other page wants

    return render_template("backups.html", **backups.page(house))


def _restore(house: House) -> Answer:
    from bedside.pages import backups

    with RESTORING:
        if g.visit and not house.entrance.phones.all():
            return _done()  # it was sent twice: it is put back, and this phone was put out with all the others
        refused = backups.put_back(house, request.form.get("backup", ""), request.form.get("code", ""))
    if refused is None:
        return _done()
    shown, status = refused
    return render_template("backups.html", **shown), status


def _done() -> Answer:
    answer = redirect("/pair?restored=1", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="Strict")
    return answer
