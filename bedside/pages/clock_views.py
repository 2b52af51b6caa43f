"""The address of the time."""

from flask import Flask, redirect, render_template, request

from bedside.catalogue import _
from bedside.pages import clock
from bedside.pages.answers import Answer, asks, say
from bedside.pages.house import House


def add_views(app: Flask, house: House) -> None:
    """Let the app answer under `/clock`."""
    app.add_url_rule("/clock", "clock", lambda: _page(house))
    app.add_url_rule("/clock", "tell_time", lambda: _tell(house), methods=["POST"])


def _page(house: House) -> Answer:
    return render_template("clock.html", **clock.page(house, kept=request.args.get("kept") == "1"))


def _tell(house: House) -> Answer:
    try:
        again = clock.take(house, dict(request.form.lists()), asks())
    except clock.KnownAlreadyError:
        hint = _(
            "The device knows the time by itself, so nothing was changed. If it is wrong by whole hours, its time zone "
            "is: type on the device sudo timedatectl set-timezone Europe/London, with your own."
        )
        return say(409, _("The time is known already"), hint)
    if again is None:
        return redirect("/clock?kept=1", 303)
    return render_template("clock.html", **clock.page(house, again=again)), 503 if again.unwritten else 400
