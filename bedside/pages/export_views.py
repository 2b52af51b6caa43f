"""The addresses of the export page: the page, the files that it gives, and the one that it takes."""

import threading
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

from flask import Flask, Response, redirect, render_template, request

from bedside.catalogue import _
from bedside.diary.exported import LARGEST
from bedside.pages import unreadable
from bedside.pages.answers import Answer, say
from bedside.pages.house import House
from bedside.pages.uploads import IMPORT

if TYPE_CHECKING:
    from bedside.diary.exporting import Export

CSV, JSON, SQLITE = "text/csv", "application/json", "application/vnd.sqlite3"


def add_views(app: Flask, house: House) -> None:
    """Let the app answer under `/export` and `/import`."""
    app.add_url_rule("/export", "export", lambda: _page(brought_in=request.args.get("brought_in") == "1"))
    app.add_url_rule("/export/cramps.csv", "cramps_csv", lambda: _given(house, "cramps.csv", CSV, _cramps))
    app.add_url_rule("/export/nights.csv", "nights_csv", lambda: _given(house, "nights.csv", CSV, _nights))
    app.add_url_rule("/export/diary.json", "diary_json", lambda: _given(house, "diary.json", JSON, _json))
    app.add_url_rule("/export/diary.db", "diary_db", lambda: _copy(house))
    app.add_url_rule(IMPORT, "bring_in", lambda: _bring_in(house), methods=["POST"])
    app.add_url_rule(IMPORT, "to_export", lambda: redirect("/export", 303))  # a tab that is opened again after a slip


def _page(*, brought_in: bool) -> Answer:
    from bedside.pages import export

    return render_template("export.html", **export.page(brought_in=brought_in))


def _bring_in(house: House) -> Answer:
    from bedside.pages import export

    if (request.content_length or 0) > LARGEST:
        refused: export.Refusal | None = export.too_large()
    else:
        sent = [file for file in request.files.getlist("file") if file.filename]
        file = sent[0].stream if len(sent) == 1 else None
        refused = export.bring_in(house, file, request.form.get("code", ""))
    if refused is None:
        return redirect("/export?brought_in=1", 303)
    shown, status = refused
    return render_template("export.html", **shown), status


COPYING = threading.Lock()
"""One at a time: for a moment a copy takes the room of two diaries."""

Reading = Callable[[House, "Export"], Iterator[bytes]]


def _cramps(house: House, export: "Export") -> Iterator[bytes]:
    return export.cramps(house.zone)


def _nights(house: House, export: "Export") -> Iterator[bytes]:
    return export.nights(house.now().wall, house.zone)


def _json(house: House, export: "Export") -> Iterator[bytes]:
    return export.as_json(house.now().wall)


def _given(house: House, name: str, kind: str, read: Reading) -> Answer:
    from bedside.diary.exporting import Export

    try:
        export = Export(house.diary)
    except unreadable.ERRORS as error:
        return unreadable.say(error)
    try:
        text = read(house, export)
        begun = list(islice(text, 1))  # what goes wrong is most often seen here, while it can still be told
    except unreadable.ERRORS as error:
        export.close()
        return unreadable.say(error)
    return _attached(house, name, kind, chain(begun, text), export.close)


def _copy(house: House) -> Answer:
    from bedside.diary.exporting import blocks, copied

    if not COPYING.acquire(blocking=False):
        return say(503, _("Another copy is being made"), _("Wait a minute, then try it again."))
    try:
        file = copied(house.diary)
    except unreadable.ERRORS as error:
        return unreadable.say(error)
    finally:
        COPYING.release()
    return _attached(house, "diary.db", SQLITE, blocks(file), file.close)


def _attached(house: House, name: str, kind: str, text: Iterator[bytes], close: Callable[[], None]) -> Response:
    """The answer as a file to be kept, under its name and the date. `close` is called when it is taken, or when the
    phone went away in the midst.
    """
    stem, suffix = name.split(".")
    day = house.now().wall.astimezone(house.zone).date()
    answer = Response(text, mimetype=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=f"bedside-{stem}-{day}.{suffix}")
    answer.call_on_close(close)
    if request.method == "HEAD":
        answer.close()  # nobody else does, where there is nothing to take
    return answer
