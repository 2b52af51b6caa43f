"""Who is answered: every route by every kind of visitor, method and place it comes from, and hostile headers.

The routes are the app's own, so that a new one is in here by itself.
"""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bedside.pages import assets
from bedside.pages.guard import COOKIE
from bedside.pages.headers import HEADERS
from bedside.pages.site import make_site
from bedside.phones import LASTS
from tests.homes import Home

OPEN = {"/relief", "/pair", "/static/style.css"}
"""What everybody may see. A route that is not named here must send a stranger to the pairing page."""

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
WHERE = {"loopback": "127.0.0.1", "home": "192.168.1.50", "outside": "203.0.113.7"}
VISITORS = ("unpaired", "paired", "expired", "put out", "with a made-up token")
OURS = "http://localhost"


def routes(home: Home, *, in_demo: bool = False) -> list[str]:
    """Every path that the app knows, with a file's name for the one that has a place for it."""
    app = make_site(home.house(in_demo=in_demo), assets())
    return sorted({rule.rule.replace("<path:filename>", "style.css") for rule in app.url_map.iter_rules()})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def visitor(home: Home, kind: str) -> FlaskClient:
    """A browser of this kind."""
    client = home.client(paired=False)
    if kind == "unpaired":
        return client
    token = home.pair()
    if kind == "expired":
        home.now = replace(home.now, wall=home.now.wall + LASTS + timedelta(seconds=1))
    elif kind == "put out":
        home.entrance.phones.put_all_out()
    elif kind == "with a made-up token":
        token = token[:-1] + ("A" if token[-1] != "A" else "B")
    client.set_cookie(COOKIE, token)
    return client


def ask(client: FlaskClient, method: str, path: str, where: str = "127.0.0.1", **headers: str) -> TestResponse:
    """One request, with our own Origin unless another is given."""
    return client.open(
        path,
        method=method,
        headers={"Origin": OURS, **headers},
        environ_base={"REMOTE_ADDR": where},
        data={} if method in ("POST", "PUT", "PATCH") else None,
    )


def test_the_app_has_routes_of_both_kinds_and_only_these_are_open(home: Home) -> None:
    found = {path for path in routes(home) if "Location" not in ask(visitor(home, "unpaired"), "GET", path).headers}
    assert found == OPEN
    assert len(routes(home)) > len(OPEN) + 4


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("kind", VISITORS)
def test_every_route_lets_in_paired_phones_alone_from_wherever_they_come(home: Home, kind: str, where: str) -> None:
    client = visitor(home, kind)
    stored = list(home.records)
    for path, method in product(routes(home), METHODS):
        answer = ask(client, method, path, WHERE[where])
        to_pairing = answer.status_code == 303 and answer.headers["Location"] == "/pair"
        if kind == "paired" or (path in OPEN and method in ("GET", "HEAD")):
            assert not to_pairing, (method, path)
        elif path not in OPEN:
            assert to_pairing, (method, path, answer.status)
        assert answer.status_code < 500, (method, path)
    if kind != "paired":
        assert home.acts == []
        assert home.records == stored
    else:
        assert home.acts != []


@pytest.mark.parametrize("path", ["/nothing", "/settings/", "//", "/demo/press", "/relief/x", "/%00"])
def test_a_stranger_learns_nothing_of_what_is_not_there(home: Home, path: str) -> None:
    answer = ask(visitor(home, "unpaired"), "GET", path)
    assert (answer.status_code, answer.headers.get("Location")) in {(303, "/pair"), (308, f"{OURS}/pair")}


def test_in_the_demo_every_route_is_open(home: Home) -> None:
    client = home.client(in_demo=True)
    for path in routes(home, in_demo=True):
        answer = ask(client, "GET", path)
        assert answer.status_code in (200, 303, 405), path
        assert answer.headers.get("Location") != "/pair"


@pytest.mark.parametrize("kind", ["unpaired", "paired"])
def test_every_answer_carries_what_protects_it(home: Home, kind: str) -> None:
    client = visitor(home, kind)
    seen = set()
    for path, method in product([*routes(home), "/nothing"], METHODS):
        for headers in ({}, {"Host": "example.org"}, {"Origin": "http://example.org"}):
            answer = ask(client, method, path, **headers)
            seen.add(answer.status_code)
            assert {name: answer.headers.get(name) for name in HEADERS} == dict(HEADERS), (method, path, headers)
            kept_for_good = path.startswith("/static") and answer.status_code == 200
            assert ("no-store" in answer.headers.get("Cache-Control", "")) is not kept_for_good
            assert answer.headers.getlist("Access-Control-Allow-Origin") == []
    assert {400, 403, 303} <= seen


def test_the_policy_lets_a_page_have_our_style_and_images_and_send_forms_here_alone() -> None:
    rules = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))
    assert rules == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }


# --- hostile Host and Origin ---

NAMES = (
    "example.org", "localhost.example.org", "example.org.localhost", "localhost.", "LOCALHOST.", "bedside.example",
    "127.0.0.2", "127.1", "127.0.0.1.nip.io", "0.0.0.0", "0", "2130706433", "0x7f.1", "0177.0.0.1", "[::]", "[::2]",
    "[::ffff:127.0.0.1]", "[fe80::1%25eth0]", "[::1", "::1", "192.168.1.24", "192.168.1.23.", "[fd00::24]",
    "localhost@example.org", "example.org@localhost", "localhost,example.org", "localhost example.org",
    "localhost/", "localhost?", "localhost#", "locaIhost", "xn--lcalhost-n4a", "*", "null", "-", ".", "..", "_",
)  # fmt: skip
PORTS = ("", ":8080", ":80", ":0")
BAD_PORTS = (":", ":x", ":-1", ":8080:8080", ":123456", ": 80", ":80 ")
HOSTS = [name + port for name, port in product(NAMES, PORTS)] + [f"localhost{port}" for port in BAD_PORTS] + [""]
ORIGINS = [
    *(f"http://{name}" for name in NAMES), *(f"https://{name}:8080" for name in NAMES), "", "null", "localhost",
    "//localhost", "http:localhost", "ftp://localhost", "file://", "http://localhost:80", "http://localhost:8080",
    "http://localhost/", "http://LOCALHOST", "HTTP://localhost", "http://localhost http://localhost",
    "http://localhost, http://localhost", "http://localhost\t", "http://127.0.0.1", "http://192.168.1.23:8080",
    "data:text/html,x", "chrome-extension://abc", "http://[::1]",
]  # fmt: skip


def test_there_are_at_least_two_hundred_hostile_combinations() -> None:
    assert len(set(HOSTS)) + len(set(ORIGINS)) >= 200


def test_a_foreign_host_is_refused_on_every_route_before_anything_is_done(home: Home) -> None:
    client, stored = visitor(home, "paired"), len(home.records)
    for path, host in product(routes(home), HOSTS):
        answer = ask(client, "GET", path, Host=host)
        assert answer.status_code == 400, (path, host)
        post = ask(client, "POST", path, Host=host, Origin=f"http://{host}")
        assert post.status_code == 400, (path, host)
    assert (home.acts, len(home.records)) == ([], stored)


def test_a_request_without_a_host_or_with_two_is_refused_on_every_route(home: Home) -> None:
    client = visitor(home, "paired")
    for path in routes(home):
        for host in (None, "localhost, example.org", "localhost,localhost"):
            environ = {} if host is None else {"HTTP_HOST": host}
            answer = make_app_answer(client, path, environ)
            assert answer == 400, (path, host)


def make_app_answer(client: FlaskClient, path: str, environ: dict[str, str]) -> int:
    """The status the app itself gives, with an environment that the test client would not make."""
    statuses: list[str] = []
    base = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "SERVER_NAME": "localhost", "SERVER_PORT": "8080",
        "SERVER_PROTOCOL": "HTTP/1.0", "wsgi.url_scheme": "http", "wsgi.input": None, "wsgi.errors": None,
        "wsgi.version": (1, 0), "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip
    list(client.application.wsgi_app({**base, **environ}, lambda status, *_: statuses.append(status)))  # type: ignore[arg-type,return-value]
    return int(statuses[0].split()[0])


def test_a_form_from_elsewhere_is_refused_on_every_route_and_changes_nothing(home: Home) -> None:
    client, stored = visitor(home, "paired"), len(home.records)
    for path, origin, method in product(routes(home), ORIGINS, ("POST", "DELETE")):
        answer = ask(client, method, path, Origin=origin)
        assert answer.status_code == 403, (method, path, origin)
    for path in routes(home):
        assert client.post(path, data={}).status_code == 403, path  # no Origin at all
    assert (home.acts, len(home.records)) == ([], stored)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost", "http://localhost"),
        ("LocalHost:8080", "http://localhost:8080"),
        ("192.168.1.23:8080", "http://192.168.1.23:8080"),
        ("[fd00::23]:8080", "http://[fd00::23]:8080"),
        ("192.168.1.23", "https://192.168.1.23"),
    ],
)
def test_a_form_of_our_own_is_taken_under_each_of_our_names(home: Home, host: str, origin: str) -> None:
    client = visitor(home, "paired")
    answer = ask(client, "POST", "/pair", Host=host, Origin=origin)
    assert answer.status_code == 400
    assert "No code is good just now." in answer.text


# --- the cookie ---


def test_a_phone_that_comes_every_day_gets_its_cookie_anew_once_a_day(home: Home) -> None:
    client = visitor(home, "paired")
    assert "Set-Cookie" not in ask(client, "GET", "/").headers
    home.now = replace(home.now, wall=home.now.wall + timedelta(days=1))
    renewed = ask(client, "GET", "/").headers["Set-Cookie"]
    assert renewed.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/", f"Max-Age={365 * 86400}"} <= set(renewed.split("; "))
    assert "Set-Cookie" not in ask(client, "GET", "/").headers


def test_nobody_elses_cookie_is_read_into_anything(home: Home) -> None:
    client = home.client(paired=False)
    for value in ("", " ", '"', "a" * 4000, "é", "%00", "../..", "=;"):
        client.set_cookie(COOKIE, value)
        answer = ask(client, "GET", "/")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/pair")
        assert "Set-Cookie" not in answer.headers
