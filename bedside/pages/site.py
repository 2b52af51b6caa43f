"""The Flask app: which address shows which page, who is answered at all, and what goes with every answer."""

from collections.abc import Callable, Mapping
from pathlib import Path

from flask import Flask, Response, abort, g, redirect, render_template, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from bedside.catalogue import N_, _, language, translations
from bedside.diary.wiping import Deleted
from bedside.door import Knock
from bedside.pages import (
    about_views,
    backups_views,
    checkin,
    clock_views,
    deleting,
    demo,
    diary_views,
    export_views,
    guide,
    morning,
    pairing,
    patterns_views,
    relief,
    report_views,
    settings,
    stretch,
)
from bedside.pages.answers import asks, say
from bedside.pages.guard import COOKIE, COOKIE_SECONDS, Guard
from bedside.pages.headers import HEADERS, NO_STORE
from bedside.pages.house import House
from bedside.phones import Visit

OPEN_TO_ALL = frozenset({"relief", "pair", "enter", "static"})
"""Endpoints that need no pairing. Every other one, and every address that is none, leads a stranger to the pairing."""

SORRY = {
    400: (N_("That could not be understood"), N_("Open the page again and use its own buttons.")),
    403: (N_("That did not come from this page"), N_("Open the page again and use its own buttons.")),
    404: (N_("There is no such page"), N_("The address may have a slip in it.")),
    405: (N_("That cannot be done here"), N_("Open the page again and use its own buttons.")),
    413: (N_("That was too much at once"), N_("Open the page again and use its own buttons.")),
    500: (
        N_("This page could not be made"),
        N_("Something went wrong inside the page; the device's log says what. The button does not need the page."),
    ),
}


def make_site(house: House, assets: Path) -> Flask:
    """The app, with templates and static files from the folder `assets`."""
    app = Flask("bedside.pages", static_folder=assets / "static", template_folder=assets / "templates")
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_translations(translations(), newstyle=True)  # type: ignore[attr-defined]  # it adds it
    app.jinja_env.globals["language"] = language()
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    guard = Guard(house.entrance, open_to_all=house.press is not None)
    app.before_request(lambda: _refusal(guard))
    app.after_request(_guarded)
    app.register_error_handler(HTTPException, _sorry)
    app.context_processor(lambda: {"in_demo": house.press is not None})
    app.add_url_rule("/", "morning", lambda: _morning(house))
    app.add_url_rule("/checkin", "check_in", lambda: _check_in(house), methods=["POST"])
    app.add_url_rule("/checkin", "to_morning", lambda: redirect("/", 303))  # a tab that is opened again after a slip
    app.add_url_rule("/relief", "relief", lambda: render_template("relief.html", **relief.page(house)))
    app.add_url_rule("/guide", "guide", lambda: render_template("guide.html", **guide.page(house)))
    app.add_url_rule("/stretch", "stretch", lambda: _stretch(house))
    app.add_url_rule("/settings", "settings", lambda: _settings(house))
    app.add_url_rule("/settings", "choose", lambda: _choose(house), methods=["POST"])
    app.add_url_rule("/settings/try", "try", lambda: _try_sound(house), methods=["POST"])
    app.add_url_rule("/settings/phones/out", "put_out", lambda: _put_out(house), methods=["POST"])
    app.add_url_rule("/settings/delete", "delete", lambda: _delete(house), methods=["POST"])
    app.add_url_rule("/pair", "pair", lambda: _pair(house))
    app.add_url_rule("/pair", "enter", lambda: _enter(house), methods=["POST"])
    report_views.add_views(app, house)
    about_views.add_views(app, house)
    clock_views.add_views(app, house)
    diary_views.add_views(app, house)
    patterns_views.add_views(app, house)
    export_views.add_views(app, house)
    backups_views.add_views(app, house)
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


def _morning(house: House) -> str:
    of, kept = morning.night_named(house, request.args.get("night", "")), request.args.get("kept", "")
    return render_template("morning.html", **morning.page(house, of=of, kept=kept))


def _check_in(house: House) -> tuple[str, int] | AnyResponse:
    night = morning.night_named(house, request.form.get("night", ""))
    if night is None:
        return say(400, _("There is no such night"), _("Open the morning page again and use its own buttons."))
    again = checkin.take(house, night, dict(request.form.lists()), asks())
    if again is None:
        latest = night == morning.shown_night(house, house.now().wall)  # a tab kept open shows the new night tomorrow
        return redirect(f"/?{'' if latest else f'night={night}&'}kept={night}#checkin", 303)
    return render_template(
        "morning.html", **morning.page(house, of=night, again=again)
    ), 503 if again.unwritten else 400


def _stretch(house: House) -> str:
    return render_template("stretch.html", **stretch.page(house, acted=request.args.get("acted") == "1"))


def _settings(house: House) -> str:
    kept, tried, removed = (request.args.get(name) == "1" for name in ("kept", "tried", "removed"))
    return render_template("settings.html", **settings.page(house, _own(), kept=kept, tried=tried, removed=removed))


def _choose(house: House) -> tuple[str, int] | AnyResponse:
    refused = settings.choose(house, _own(), dict(request.form.lists()))
    if refused is None:
        return redirect("/settings?kept=1", 303)
    shown, status = refused
    return render_template("settings.html", **shown), status


def _own() -> str | None:
    """The id of the phone that asks, if it is paired."""
    return g.visit.phone.id if g.visit else None


def _try_sound(house: House) -> tuple[str, int] | AnyResponse:
    quiet = settings.SOUNDS.get(request.form.get("at", ""))
    if quiet is None:
        return say(400, _("There is no such sound"), _("Open the settings again and use their own buttons."))
    house.try_sound(quiet)
    return redirect("/settings?tried=1#hear", 303)


def _pair(house: House) -> str | AnyResponse:
    entered, paired = request.args.get("entered") == "1", g.visit is not None
    if entered and paired:
        return redirect("/", 303)
    done = "" if house.entrance.phones.all() else pairing.done(request.args)
    return render_template("pair.html", **pairing.page(paired=paired, no_cookie=entered, done=done))


def _enter(house: House) -> tuple[str, int] | AnyResponse:
    code, name = request.form.get("code", ""), request.form.get("name", "")
    knock, token = pairing.enter(house.entrance, code, name, request.environ["HTTP_HOST"])
    if knock is not Knock.RIGHT:
        paired = g.visit is not None
        return render_template("pair.html", **pairing.page(paired=paired, knock=knock, name=name)), 400
    if g.visit:
        house.entrance.phones.put_out(g.visit.phone.id)  # the same phone, which was paired anew
    answer = redirect("/pair?entered=1", 303)  # where it is seen whether the browser kept the cookie
    _give(answer, token)
    return answer


def _put_out(house: House) -> tuple[str, int] | AnyResponse:
    """Put out the phone that the form names, or all of them."""
    phones, form = house.entrance.phones, request.form
    if not (form.get("id") or form.get("all") == "yes"):
        return say(400, _("There is no such phone"), _("Open the settings again and use their own buttons."))
    id = form.get("id", "")
    if id in ("", _own()) and form.get("sure") != "yes":
        return render_template("sure.html", id=id), 200  # one slip would lock its own phone out until the next day
    if phones.put_out(id) if id else phones.put_all_out():
        return redirect("/settings?removed=1#phones", 303)
    hint = _("If the power goes now, a phone that was removed may be let in again. Then remove it once more.")
    return say(503, _("Not written down yet"), hint)


def _delete(house: House) -> tuple[str, int] | AnyResponse:
    deleted = deleting.delete(house, request.form.get("code", ""))
    if isinstance(deleted, tuple):
        why, status = deleted
        return render_template("settings.html", **settings.page(house, _own(), not_deleted=why)), status
    if deleted is Deleted.NOT_YET:
        hint = _(
            "The card takes its time, or refuses. The device goes on trying, and finishes it at its next start if need "
            "be. Pair this phone anew to see how the diary is."
        )
        return say(503, _("Not all is deleted yet"), hint)
    answer = redirect("/pair?deleted=1", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="Strict")
    return answer


def _refusal(guard: Guard) -> tuple[str, int] | AnyResponse | None:
    refused = guard.refuses(request.method, request.environ.get("HTTP_HOST"), request.headers.get("Origin"))
    if refused == 400:
        hint = _(
            "Open the page at this device's own address: typing sudo bedside pair on the device shows it. Or write the "
            "name that you opened into its setting names."
        )
        return say(400, _("This address does not lead here"), hint)
    if refused:
        abort(refused)
    g.visit = guard.visit(request.cookies.get(COOKIE, ""))
    if request.endpoint in OPEN_TO_ALL or guard.lets_in(g.visit):
        return None
    return redirect("/pair", 303)


def _give(answer: AnyResponse, token: str) -> None:
    """Let the browser keep the token for a year from now. No script reads it, and no other site's page sends it."""
    answer.set_cookie(COOKIE, token, max_age=COOKIE_SECONDS, httponly=True, samesite="Strict")


def _guarded(response: Response) -> Response:
    response.headers.update(HEADERS)
    if request.endpoint != "static" or response.status_code >= 400:
        response.headers.update(NO_STORE)
    visit: Visit | None = g.get("visit")
    if visit and visit.renews and request.endpoint != "static" and "Set-Cookie" not in response.headers:
        _give(response, request.cookies[COOKIE])
    return response


def _sorry(error: HTTPException) -> tuple[str, int] | AnyResponse:
    code = error.code or 500
    if code < 400:
        return error.get_response()
    title, hint = SORRY.get(code, SORRY[500 if code >= 500 else 405])
    return say(code, _(title), _(hint))
