"""The routes of the backups page."""

from flask import Flask, redirect, render_template, request

from bedside.pages.answers import Answer
from bedside.pages.guard import COOKIE
from bedside.pages.house import House


def add_views(app: Flask, house: House) -> None:
    """Let the app answer under `/backups`."""
    app.add_url_rule("/backups", "backups", lambda: _page(house))
    app.add_url_rule("/backups", "restore", lambda: _restore(house), methods=["POST"])


def _page(house: House) -> Answer:
    from bedside.pages import backups  # with what makes them, which no other page wants

    return render_template("backups.html", **backups.page(house))


def _restore(house: House) -> Answer:
    from bedside.pages import backups

    refused = backups.put_back(house, request.form.get("backup", ""), request.form.get("code", ""))
    if refused:
        shown, status = refused
        return render_template("backups.html", **shown), status
    answer = redirect("/pair?restored=1", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="Strict")
    return answer
