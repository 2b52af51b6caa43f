"""The patterns' three addresses. What they show is worked out once a change of the diary, not once a request."""

from collections.abc import Mapping
from functools import partial

from flask import Flask, render_template

from bedside.catalogue import _
from bedside.diary.kept import KeptMedicine
from bedside.diary.nights import nights_over
from bedside.diary.reader import Reader
from bedside.pages import patterns, unreadable
from bedside.pages.answers import Answer
from bedside.pages.diary.medicine_form import CHANGES, REMEDIES
from bedside.pages.factors import asked
from bedside.pages.house import House
from bedside.pages.made_once import MadeOnce
from bedside.pages.patterns import DatedChange

ADDRESSES = {
    "/patterns": "patterns.html",
    "/patterns/nights": "patterns_nights.html",
    "/patterns/weeks": "patterns_weeks.html",
}


def add_views(app: Flask, house: House) -> None:
    """Register the pages."""
    made = MadeOnce(house)
    for path, template in ADDRESSES.items():
        app.add_url_rule(path, template.removesuffix(".html"), partial(_page, house, made, template))


def _page(house: House, made: MadeOnce, template: str) -> Answer:
    try:
        return made.page(template, lambda reader: render_template(template, **_shown(house, template, reader)))
    except unreadable.ERRORS as error:
        return unreadable.say(error)


def _shown(house: House, template: str, reader: Reader) -> Mapping[str, object]:
    now = house.now().wall
    nights = nights_over(reader, now, house.zone)
    facts, rows = [night.facts for night in nights], [night.row for night in nights]
    changes = [DatedChange(one.day, _changed(one)) for one in reader.medicines() if not one.retracted]
    match template:
        case "patterns_nights.html":
            return patterns.nights(facts, rows)
        case "patterns_weeks.html":
            return patterns.weeks(facts, changes)
    today = now.astimezone(house.zone).date()
    return patterns.page(facts, rows, changes, asked(house.habits().factors), today=today)


def _changed(medicine: KeptMedicine) -> str:
    """What was changed, as a heading."""
    remedy, change = _(REMEDIES[medicine.remedy]), _(CHANGES[medicine.change])
    if medicine.name:
        # Translators: a change of a medicine, and its name: Started: Statin (Atorvastatin).
        return _("%(change)s: %(remedy)s (%(name)s)", change=change, remedy=remedy, name=medicine.name)
    return _("%(change)s: %(remedy)s", change=change, remedy=remedy)
