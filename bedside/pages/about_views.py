"""The addresses of what a person tells of themselves."""

from flask import Flask, redirect, render_template, request

from bedside.pages import about, unreadable
from bedside.pages.answers import Answer, asks
from bedside.pages.house import House


def add_views(app: Flask, house: House) -> None:
    """Let the app answer under `/about`."""
    app.add_url_rule("/about", "about", lambda: _page(house))
    app.add_url_rule("/about", "tell_about", lambda: _tell(house), methods=["POST"])


def _page(house: House) -> Answer:
    try:
        return render_template("about.html", **about.page(house, kept=request.args.get("kept") == "1"))
    except unreadable.ERRORS as error:
        return unreadable.say(error)


def _tell(house: House) -> Answer:
    again = about.take(house, dict(request.form.lists()), asks())
    if again is None:
        return redirect("/about?kept=1#kept", 303)
    return render_template("about.html", **about.page(house, again=again)), 503 if again.unwritten else 400
