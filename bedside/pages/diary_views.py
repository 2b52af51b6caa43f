"""The addresses of the diary: its months, its entries, and what is added to it."""

import logging
from collections.abc import Callable, Mapping

from flask import Flask, redirect, render_template, request

from bedside.catalogue import _
from bedside.pages import unreadable
from bedside.pages.answers import Answer, asks, say
from bedside.pages.checkin import NO_FAULTS, Again
from bedside.pages.diary import added, away, entry, medicines, months
from bedside.pages.diary.form import shown_again
from bedside.pages.fields import Sent
from bedside.pages.house import House
from bedside.pages.links import to_cramp

log = logging.getLogger(__name__)

Shown = Mapping[str, object]


def add_views(app: Flask, house: House) -> None:
    """Let the app answer under `/diary` and `/cramp`."""
    app.add_url_rule("/diary", "diary", lambda: _diary(house))
    app.add_url_rule("/cramp", "cramp", lambda: _cramp(house))
    app.add_url_rule("/cramp", "correct", lambda: _correct(house), methods=["POST"])
    app.add_url_rule("/diary/add", "add", lambda: _read("add.html", lambda: added.page(house)))
    app.add_url_rule("/diary/add", "keep_added", lambda: _add(house), methods=["POST"])
    app.add_url_rule("/diary/medicines", "medicines", lambda: _medicines(house))
    app.add_url_rule("/diary/medicines", "keep_medicine", lambda: _tell_medicine(house), methods=["POST"])
    app.add_url_rule("/diary/away", "away", lambda: _away(house))
    app.add_url_rule("/diary/away", "keep_away", lambda: _tell_away(house), methods=["POST"])


def _diary(house: House) -> Answer:
    month, year = (request.args.get(name, "") for name in ("month", "year"))
    return _read("diary.html", lambda: months.page(house, month, year))


def _cramp(house: House) -> Answer:
    id = request.args.get("id", "")
    if not id:
        return redirect("/diary", 303)
    try:
        shown = entry.page(house, id, kept=_kept())
    except unreadable.ERRORS as error:
        return unreadable.say(error)
    return _no_entry() if isinstance(shown, entry.Missing) else render_template("cramp.html", **shown)


def _correct(house: House) -> Answer:
    id = request.form.get("id", "")
    try:
        again = entry.take(house, id, _sent(), asks())
        if again is None:
            return redirect(f"{to_cramp(id)}&kept=1", 303)
        shown = again if isinstance(again, entry.Missing) else entry.page(house, id, again=again)
    except unreadable.ERRORS as error:
        return unreadable.say(error)
    if isinstance(shown, entry.Missing) or isinstance(again, entry.Missing):
        return _no_entry()
    return render_template("cramp.html", **shown), _status(again)


def _add(house: House) -> Answer:
    try:
        again = added.take(house, _sent(), asks())
    except unreadable.ERRORS as error:
        again = _unwritten(error)
    if isinstance(again, added.Done):
        return redirect(again.href, 303)
    return render_template("add.html", **added.page(house, again=again)), _status(again)


def _medicines(house: House) -> Answer:
    return _read("medicines.html", lambda: medicines.page(house, kept=_kept()))


def _tell_medicine(house: House) -> Answer:
    try:
        again = medicines.take(house, _sent(), asks())
        if again is None:
            return redirect("/diary/medicines?kept=1", 303)
        shown = medicines.page(house, again=again)
    except unreadable.ERRORS as error:
        again = _unwritten(error)
        shown = medicines.page(house, again=again, readable=False)
    return render_template("medicines.html", **shown), _status(again)


def _away(house: House) -> Answer:
    asked = {name: request.args.get(name, "") for name in ("first", "last", "where")}
    return _read("away.html", lambda: away.page(house, asked=asked, kept=_kept()))


def _tell_away(house: House) -> Answer:
    try:
        refused = away.take(house, _sent(), asks())
        if refused is None:
            return redirect("/diary/away?kept=1", 303)
        again, doubt = refused
        shown = away.page(house, again=again, doubt=doubt)
    except unreadable.ERRORS as error:
        again = _unwritten(error)
        shown = away.page(house, again=again, readable=False)
    return render_template("away.html", **shown), _status(again)


def _read(template: str, page: Callable[[], Shown]) -> Answer:
    """The page, or that the diary cannot be read."""
    try:
        shown = page()
    except unreadable.ERRORS as error:
        return unreadable.say(error)
    return render_template(template, **shown)


def _sent() -> Sent:
    return dict(request.form.lists())


def _kept() -> bool:
    return request.args.get("kept") == "1"


def _status(again: Again) -> int:
    return 503 if again.unwritten else 400


def _unwritten(error: Exception) -> Again:
    """The form as it was sent, where the diary cannot be read: what was typed is not lost."""
    log.warning("the diary's form is not taken: %s", error)
    return Again(shown_again(_sent()), NO_FAULTS, unwritten=True)


def _no_entry() -> tuple[str, int]:
    return say(404, _("There is no such entry"), _("It may have been taken for no cramp. Look for it in the diary."))
