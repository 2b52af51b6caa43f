"""The Flask app: which address shows which page, who is answered at all, and what goes with every answer."""

from collections.abc import Callable, Mapping
from pathlib import Path

from flask import Flask, Response, abort, redirect, render_template, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from bedside.pages import demo, morning, relief, settings, stretch
from bedside.pages.house import House

# Whoever opens the page on this device itself names it so. Another name may be a foreign site that was made to lead
# here (DNS rebinding). Flask's own TRUSTED_HOSTS does not do: Werkzeug 3.1 cuts "[::1]" at its first colon.
OUR_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",  # with no-referrer Chromium sends "Origin: null" with our own forms
    "X-Content-Type-Options": "nosniff",
}
SORRY = {
    400: (
        "This address does not lead here",
        "Open the page on the device itself, at http://localhost with its port, such as http://localhost:8080/.",
    ),
    403: ("That did not come from this page", "Open the page again and use its own buttons."),
    404: ("There is no such page", "The address may have a slip in it."),
    405: ("That cannot be done here", "Open the page again and use its own buttons."),
    413: ("That was too much at once", "Open the page again and use its own buttons."),
    500: (
        "This page could not be made",
        "Something went wrong inside the page; the device's log says what. The button does not need the page.",
    ),
}


def make_site(house: House, assets: Path) -> Flask:
    """The app, with templates and static files from the folder `assets`."""
    app = Flask("bedside.pages", static_folder=assets / "static", template_folder=assets / "templates")
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.before_request(_refuse_strangers)
    app.after_request(_guarded)
    app.register_error_handler(HTTPException, _sorry)
    app.context_processor(lambda: {"in_demo": house.press is not None})
    app.add_url_rule("/", "morning", lambda: render_template("morning.html", **morning.page(house)))
    app.add_url_rule("/relief", "relief", lambda: render_template("relief.html", **relief.page(house)))
    app.add_url_rule("/stretch", "stretch", lambda: _stretch(house))
    app.add_url_rule("/settings", "settings", lambda: _settings(house))
    app.add_url_rule("/settings", "choose", lambda: _choose(house), methods=["POST"])
    app.add_url_rule("/settings/try", "try", lambda: _try_sound(house), methods=["POST"])
    _add_acts(app, "/stretch", {"start": house.stretch, "done": house.stretched}, back="/stretch?acted=1")
    _add_acts(app, "/demo", demo.acts(house), back="/")
    return app


def _add_acts(app: Flask, under: str, acts: Mapping[str, Callable[[], None]], back: str) -> None:
    for name, act in acts.items():
        app.add_url_rule(f"{under}/{name}", name, _posting(act, back), methods=["POST"])


def _posting(act: Callable[[], None], back: str) -> Callable[[], AnyResponse]:
    def view() -> AnyResponse:
        act()
        return redirect(back, 303)

    return view


def _stretch(house: House) -> str:
    return render_template("stretch.html", **stretch.page(house, acted=request.args.get("acted") == "1"))


def _settings(house: House) -> str:
    kept, tried = (request.args.get(name) == "1" for name in ("kept", "tried"))
    return render_template("settings.html", **settings.page(house, kept=kept, tried=tried))


def _choose(house: House) -> tuple[str, int] | AnyResponse:
    refused = settings.choose(house, dict(request.form.lists()))
    if refused is None:
        return redirect("/settings?kept=1", 303)
    shown, status = refused
    return render_template("settings.html", **shown), status


def _try_sound(house: House) -> tuple[str, int] | AnyResponse:
    quiet = settings.SOUNDS.get(request.form.get("at", ""))
    if quiet is None:
        hint = "Open the settings again and use their own buttons."
        return render_template("sorry.html", title="There is no such sound", hint=hint, code=400), 400
    house.try_sound(quiet)
    return redirect("/settings?tried=1#hear", 303)


def _refuse_strangers() -> None:
    name, _, port = request.host.rpartition(":")
    if (name if port.isdigit() else request.host) not in OUR_NAMES:
        abort(400)
    if request.method not in SAFE_METHODS:
        ours = (f"http://{request.host}", f"https://{request.host}")
        if request.headers.get("Origin") not in ours:
            abort(403)


def _guarded(response: Response) -> Response:
    response.headers.update(HEADERS)
    if request.endpoint != "static" or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    return response


def _sorry(error: HTTPException) -> tuple[str, int] | AnyResponse:
    code = error.code or 500
    if code < 400:
        return error.get_response()
    title, hint = SORRY.get(code, SORRY[500 if code >= 500 else 405])
    return render_template("sorry.html", title=title, hint=hint, code=code), code
