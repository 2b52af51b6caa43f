"""Every text lies in one catalogue: none is missing from it, none is left over, and another language takes them all."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Set
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from bedside import catalogue
from bedside.catalogue import _, choose, language, ngettext
from bedside.devices.engine import Engine, find_engines
from bedside.devices.voice import Voice
from bedside.diary.errors import DiaryError
from bedside.diary.reader import reading
from bedside.diary.wiping import Deleted
from bedside.night.cues import LEAD, SEATED, STANDING, Cue, Pose
from bedside.night.effects import LightLevel, Phase, Reason, StretchState
from bedside.night.habits import Accent, Habits
from bedside.night.state import Line, Night
from bedside.night.told import (
    About,
    Added,
    Change,
    Condition,
    Flag,
    Judgement,
    Leg,
    Medicine,
    Muscle,
    Remedy,
    Verdict,
)
from bedside.texts import COUNTDOWN, SPOKEN, caption, countdown, posed, spoken
from tests import years
from tests.brackets import LANGUAGE, PLACE, ROOT, TEMPLATE, bare, compiled, language_of, outside, template, texts
from tests.homes import OURS, QUIET, SATURDAY, THREE, WELL, Home, at, cramp, evening, report, watch
from tests.test_voice import script, tone

SUNDAY = SATURDAY + timedelta(days=1)


@pytest.fixture(scope="module")
def languages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("locale"))


@pytest.fixture
def made_up(languages: Path) -> Iterator[None]:
    """The made-up language is that of this process."""
    choose(LANGUAGE, folder=languages)
    yield
    choose()


@pytest.fixture
def english() -> Iterator[None]:
    """Whatever a test chooses, the others are asked in English."""
    yield
    choose()


class Bracketed(Home):
    """A home whose people, too, call their phones by a name in brackets: it is theirs, and in no catalogue."""

    def pair(self, name: str = "⟦A phone⟧") -> str:
        return super().pair(name)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    parts = tuple(replace(part, says=f"⟦{part.says}⟧") for part in WELL)  # what parts tell is another test's
    return Bracketed(tmp_path, parts=parts)


# ── the file that translators get ──


def extracted(folder: Path) -> Catalog:
    """The texts as they are in the source now, as `make texts` finds them."""
    path = folder / "bedside.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", "--mapping-file=pyproject.toml"]
    options = ["--add-comments=Translators:", "--strip-comments", f"--output-file={path}", "."]
    subprocess.run([*command, *options], cwd=ROOT, check=True, timeout=60)
    with path.open("rb") as file:
        return read_po(file)


def test_the_catalogue_has_every_text_of_the_source_and_no_other(tmp_path: Path) -> None:
    kept, now = ({(text.context, text.id) for text in texts(one)} for one in (template(), extracted(tmp_path)))
    assert (now - kept, kept - now) == (set(), set()), "run: make texts"
    assert len(kept) > 300


def test_the_catalogue_changes_with_the_texts_alone() -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    assert not re.search(r"Date:|Generated-By|^#: .*:\d", text, re.MULTILINE)


def test_every_place_has_a_name_and_is_in_the_plural_too() -> None:
    for text in texts(template()):
        forms = text.id if text.pluralizable else (text.id,)
        places = [sorted(set(PLACE.findall(form))) for form in forms]
        assert all(one == places[0] for one in places), text.id
        assert not [form for form in forms if "%" in PLACE.sub("", form).replace("%%", "")], text.id
        assert not re.search(r"\{\w*\}", "".join(forms)), text.id
        assert not text.pluralizable or "%(number)s" in places[0] or text.id[0] == "The %(parts)s needs attention."


# ── every page, in a language in which every text stands in brackets ──


def morning(home: Home, *, in_demo: bool = False) -> str:
    return home.client(in_demo=in_demo).get("/").text


def nights(home: Home) -> Iterator[str]:
    yield morning(home)
    home.degrees = (18.0, -3.5)
    home.rows = (*THREE, cramp("10 14:10", 1), cramp("11 02:00", 1, practice=True), watch("10 18:00", "11 08:00"))
    home.rows += (cramp("11 14:20", 63, trusted=False), cramp("11 14:40", 0.5, practice=True))
    yield morning(home)
    home.now = at("11 15:00")
    yield morning(home)
    home.now = at("1 08:00")
    yield morning(home)


def glances(home: Home) -> Iterator[str]:
    whole, hardly = watch("10 18:00", "11 08:00"), watch("10 22:00", "11 00:00")
    sure, doubtful = cramp("11 01:00", 1), cramp("11 02:00", 1, doubtful=True)
    for rows in ((), (sure,), (doubtful,), (sure, doubtful), (sure, cramp("11 01:30", 1), doubtful)):
        for watched in ((), (whole,), (hardly,), (watch("10 22:20", "11 08:00"),)):
            for now in ("11 08:00", "11 03:00", "10 22:00"):
                home.path.unlink(missing_ok=True)
                home.rows, home.now = (*rows, *watched), at(now)
                yield morning(home)


def evenings(home: Home) -> Iterator[str]:
    states = [evening(StretchState.UNKNOWN, reason=reason) for reason in Reason]
    states += [evening(StretchState.OFFERED, asks=asks, over=over) for asks in (1, 2, 3) for over in (True, False)]
    states += [evening(state) for state in (StretchState.STARTED, StretchState.COMPLETED, StretchState.SKIPPED)]
    states += [evening(StretchState.COMPLETED, by_page=True), evening(StretchState.SKIPPED, asks=1, trusted=False)]
    for state in states:
        home.night = replace(QUIET, evening=state)
        yield morning(home)
        yield home.client().get("/stretch").text
    for reminder in (None, "11 21:00", "12 21:00", "14 21:00"):
        home.reminder = reminder
        yield morning(home)


def what_goes_on(home: Home) -> Iterator[str]:
    asking = evening(StretchState.OFFERED, SUNDAY, asks=2, over=False)
    for night in (
        replace(QUIET, phase=Phase.CRAMPING, cramp=THREE[1]),
        replace(QUIET, phase=Phase.CRAMPING, cramp=cramp("11 03:04", practice=True)),
        replace(QUIET, phase=Phase.ASKING, evening=asking),
        replace(QUIET, phase=Phase.STRETCHING, practice_until=home.now.since_boot + 300),
        replace(QUIET, line=Line.STUCK, unsaved=frozenset("a")),
        replace(QUIET, line=Line.LEANED_ON, unsaved=frozenset("ab")),
        Night(),
    ):
        home.night, home.now = night, at("11 08:00", trusted=night.line is not Line.STUCK)
        yield morning(home)
        yield home.client().get("/stretch").text


def parts(home: Home) -> Iterator[str]:
    names = ("button", "light", "speaker", "voice", "thermometer", "diary", "clock", "buzzer", "page", "zone", "card")
    for number in range(len(names) + 1):
        home.parts = tuple(report(name, "⟦It is silent.⟧", remedy="⟦Mend it.⟧") for name in names[:number])
        yield morning(home)


def demos(home: Home) -> Iterator[str]:
    for light in LightLevel:
        home.night = replace(QUIET, light=light)
        yield morning(home, in_demo=True)
    for phase in Phase:
        home.heard, home.night = (caption(Cue.COUNT_LEFT),), replace(QUIET, phase=phase)
        yield morning(home, in_demo=True)
    home.keep()
    client = home.client(in_demo=True)
    home.path.unlink()
    with pytest.raises(DiaryError) as told, reading(home.path):
        pass
    yield client.get("/").text.replace(str(told.value), "")  # the store's own words, for whoever mends it


def stretches(home: Home) -> Iterator[str]:
    for standing, steps in ((True, STANDING), (False, SEATED)):
        home.habits, home.night = Habits(standing_stretch=standing), QUIET
        yield home.client().get("/stretch").text
        yield home.client().get("/stretch?acted=1").text
        for step in steps:
            home.night = replace(QUIET, phase=Phase.STRETCHING, stretch_from=0, stretch_standing=standing)
            home.now = at("11 21:00").at(LEAD + step.at + 0.5)
            yield home.client().get("/stretch").text
    home.now, home.night = at("11 19:00"), QUIET
    yield home.client().get("/stretch").text


def settings(home: Home) -> Iterator[str]:
    client = home.client()
    for query in ("", "?kept=1", "?tried=1"):
        yield client.get(f"/settings{query}").text
    home.habits = Habits(evening_volume=1 / 3, light=0.62)
    yield client.get("/settings").text
    for fields in (
        {},
        {"bedtime": "22:00", "rising": "22:00", "voice": "7", "asks": "9", "monday": "on", "monday_at": "25:99"},
        {"bedtime": ["1", "2"], "glow": "7", "light": "", "stretch": ""},
        {field: value for field, value in _sent(client).items() if field != "bedtime"},
    ):
        yield client.post("/settings", data=fields, headers=OURS).text
    home.keeps = False
    yield client.post("/settings", data=_sent(client), headers=OURS).text


def _sent(client: FlaskClient) -> dict[str, str]:
    from tests.test_pages_settings import Form

    return Form(client.get("/settings").text).sent


def times(home: Home) -> Iterator[str]:
    home.rows, home.now = (cramp("11 03:04", trusted=False),), at("11 05:00", trusted=False)
    client, right = home.client(), {"day": "2026-01-11", "time": "08:30"}
    yield client.get("/clock").text
    for wrong in ({"day": ""}, {"day": "2047-01-01", "time": "noon"}, {}, {"time": "09:30"}):
        yield client.post("/clock", data=right | wrong, headers=OURS, follow_redirects=True).text
    yield client.get("/cramp?id=cramp 11 03:04").text
    home.keeps = False
    yield client.post("/clock", data=right, headers=OURS).text
    home.now = at("11 08:00")
    yield client.get("/clock").text
    yield client.post("/clock", data=right, headers=OURS).text


def check_ins(home: Home) -> Iterator[str]:
    home.rows = (*THREE, watch("9 18:00", "10 08:00"), watch("10 18:00", "11 08:00"))
    client, ids = home.client(), [row.id for row in THREE]
    yield client.get("/").text
    told = {"night": "2026-01-10", "cramp": ids, "severity-0": "3", "leg-0": "both", "muscle-0": "thigh"}
    told |= {"verdict-1": "same as the one before", "verdict-2": "no cramp"}
    for wrong in ({}, {"severity-0": "11", "leg-0": ["left", "right"], "note": "1" * 2000}, {"cramp": ["other"]}):
        yield client.post("/checkin", data=told | wrong, headers=OURS, follow_redirects=True).text
    yield client.post("/checkin", data={"night": "never"}, headers=OURS).text
    home.keeps = False
    yield client.post("/checkin", data=told, headers=OURS).text


def patterns(home: Home) -> Iterator[str]:
    for path in ("/patterns", "/patterns/nights", "/patterns/weeks", "/report", "/diary"):
        yield home.client().get(path).text
    home.now = at("31 15:00")
    years.fill(home.path, 250, home.now.wall, readings=12)
    for path in ("/patterns", "/patterns/nights", "/patterns/weeks", "/report", "/diary", "/diary?month=2025-12"):
        yield home.client().get(path).text
    yield home.client().get("/report?from=2026-02-30&to=7").text


def what_is_told(home: Home) -> Iterator[str]:
    home.rows = (*THREE, watch("10 18:00", "11 08:00"))
    client, entry = home.client(), f"/cramp?id={THREE[0].id}"
    addresses = (entry, "/diary/add", "/diary/medicines", "/diary/away", "/about")
    for path in (*addresses, "/cramp?id=none", "/diary?month=never", "/export"):
        yield client.get(path).text
    for path in addresses:
        for fields in (
            {"began": "25:00", "ended": "1", "severity": "11", "verdict": "two cramps", "day": "2026-02-30"},
            {"began": "03:04", "ended": "03:00", "day": "2027-01-01", "first": "2026-01-09", "last": "2026-01-01"},
        ):
            yield client.post(path, data=fields, headers=OURS, follow_redirects=True).text
    for judgement in (
        Judgement(THREE[0].id, at("11 09:00"), Verdict.TWO, 7, Leg.BOTH, Muscle.FOOT, "7", second=at("10 23:42").wall),
        Judgement(THREE[0].id, at("11 09:10"), Verdict.NONE, onset=at("10 23:30").wall, end_unknown=True),
        Judgement(THREE[0].id, at("11 09:20"), onset=THREE[0].onset.wall, seconds=60.0),
    ):
        home.house().tell((judgement,))
        yield client.get(entry).text
        yield client.get("/").text
    medicine = Medicine("2", at("11 09:00"), SATURDAY, Remedy.STATIN, Change.STARTED, "7")
    home.house().tell((Added("1", at("11 09:00"), at("11 02:00").wall), medicine))
    home.house().tell((replace(medicine, change=Change.STOPPED, name="8", retracted=True),))
    home.house().tell((About(at("11 09:00"), yes=(Condition.KIDNEY, Flag.WALKING), no=(Flag.NUMB,)),))
    for path in ("/", "/diary", "/cramp?id=1", "/diary/medicines", "/about", "/report"):
        yield client.get(path).text
    home.keeps = False
    yield client.post(entry, data={"began": "23:40", "severity": "3"}, headers=OURS).text


def relief(home: Home) -> Iterator[str]:
    for stands in (True, False):
        home.habits = Habits(stands=stands)
        yield home.client().get("/relief").text


def guide(home: Home) -> Iterator[str]:
    for number, out_of_hours in (("", ""), ("112", "111"), ("⟦Call⟧ 112", "⟦Call⟧ 111")):
        house = replace(home.house(), emergency_number=number, out_of_hours=out_of_hours)
        yield home.visitor(house).get("/guide").text


def pairing(home: Home) -> Iterator[str]:
    stranger = home.client(paired=False)
    yield stranger.get("/pair").text
    code = home.entrance.door.open().code
    for typed in ("", f"{(int(code) + 1) % 10**6:06}"):
        yield stranger.post("/pair", data={"code": typed}, headers=OURS).text
    home.entrance.door.knock(code)
    yield stranger.post("/pair", data={"code": code}, headers=OURS).text
    yield home.client().get("/pair").text
    yield home.client().post("/settings/phones/out", headers=OURS).text
    client = home.client()
    home.keeps = False
    yield client.post("/settings/phones/out", data={"all": "yes"}, headers=OURS).text
    yield client.post("/settings/phones/out", data={"id": home.entrance.phones.all()[0].id}, headers=OURS).text
    yield client.post("/settings/phones/out", data={"all": "yes", "sure": "yes"}, headers=OURS).text


def deleting(home: Home) -> Iterator[str]:
    code = home.entrance.door.open().code
    for typed in ("", f"{(int(code) + 1) % 10**6:06}"):
        yield home.client().post("/settings/delete", data={"code": typed}, headers=OURS).text
    home.deleted = Deleted.NOT_YET
    yield home.client().post("/settings/delete", data={"code": code}, headers=OURS).text
    home.night = replace(QUIET, phase=Phase.ASKING)
    yield home.client().post("/settings/delete", headers=OURS).text


def sorry(home: Home) -> Iterator[str]:
    client = home.client()
    yield client.get("/", headers={"Host": "evil.example"}).text
    yield client.post("/settings").text
    yield client.get("/nothing").text
    yield client.get("/settings/try").text
    yield client.post("/settings/try", data={"at": "noon"}, headers=OURS).text
    yield client.post("/settings", data={"bedtime": "2" * 1_000_000}, headers=OURS).text
    home.night = None  # type: ignore[assignment]  # whatever breaks a page
    yield client.get("/").text


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize(
    "shown",
    [
        nights,
        glances,
        evenings,
        what_goes_on,
        parts,
        demos,
        stretches,
        settings,
        pairing,
        check_ins,
        times,
        deleting,
        patterns,
        what_is_told,
        relief,
        guide,
        sorry,
    ],
    ids=lambda shown: shown.__name__,
)
def test_a_page_shows_nothing_that_is_not_in_the_catalogue(home: Home, shown: object) -> None:
    seen = 0
    for html in shown(home):  # type: ignore[operator]
        assert bare(html) == []
        assert language_of(html) == LANGUAGE
        seen += 1
    assert seen >= 2


def test_what_is_not_in_the_catalogue_is_seen() -> None:
    assert bare('<p>⟦In⟧ Out <b title="Also">⟦in, ⟧3 at 03:04⟦.⟧</b></p>, −3.5 °C') == ["Out", "at", ",", "Also"]  # noqa: RUF001
    assert list(outside("⟦The night from ⟧Sunday⟦ to⟧ ⟦Monday⟧")) == ["Sunday"]


# ── what the modules say, whether or not a test has it shown ──

MARKS = {"_", "N_", "ngettext", "pgettext"}
FOR_US = {"debug", "info", "warning", "error", "exception", "ValueError", "TypeError", "RuntimeError"}
"""Calls whose words are for the log, or for whoever programs."""
NOT_SHOWN = {
    *("in use", "not permitted", "can not open gpiochip", "bad gpio number", "Permission denied", "audio open error"),
    "chimes alone",
}
"""What libraries and players say, by which their errors are told apart; and a name that stands for no engine."""
CODE = re.compile(r"default-src|frame-ancestors|sudo apt install|import sys")
TELLING = {"texts", "demo", "household", "holding", "rooms", "check", "settings", "entrance", "cli"}
TELLING |= {"writer", "wiping", "errors"}
TELLING |= {"page_room", "voice_room", "known_time", "duties", "pulse", "selftest", "examiner", "watching", "control"}
"""Further modules that have sentences for a person."""
SPEAKING = sorted(
    path for path in (ROOT / "bedside").rglob("*.py") if {"pages", "devices"} & set(path.parts) or path.stem in TELLING
)
SERVER = {"server.py", "serving.py", "incoming.py", "headers.py", "crowd.py"}
"""What they say goes into the log, or to whoever is refused before the app, and with it any catalogue, is asked for."""


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_has_no_sentence_that_is_not_marked_for_the_catalogue(path: Path) -> None:
    if path.name not in SERVER:
        assert list(sentences(ast.parse(path.read_text(encoding="utf-8")))) == []


def sentences(node: ast.AST, marks: Set[str] = MARKS) -> Iterator[str]:
    """Every text of two words or more that is neither marked, nor a docstring, nor for the log."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Assert) or (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
            continue  # it is for whoever reads the source
        if isinstance(child, ast.Call) and _called(child) in {*marks, *FOR_US}:
            continue
        if isinstance(child, ast.Constant) and _is_text(child.value):
            yield str(child.value)
        # Within an f-string a mark is not seen by what extracts the texts, up to Python 3.11.
        yield from sentences(child, frozenset() if isinstance(child, ast.JoinedStr) else marks)


def _is_text(value: object) -> bool:
    if not isinstance(value, str) or value in NOT_SHOWN or CODE.search(value):
        return False
    return bool(re.search(r"[A-Za-z]{2,}[,:;]? [A-Za-z]{2,}", value))


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def test_a_sentence_that_is_not_marked_is_seen() -> None:
    source = """
'A docstring.'
say(_("It is marked."), f"It is {not_} in it.", told="Nor is this.", more=f"{_('Nor this, to Babel.')}")
log.info("It is for us.")
"""
    assert list(sentences(ast.parse(source))) == ["It is ", " in it.", "Nor is this.", "Nor this, to Babel."]


# ── what is said ──


@pytest.mark.usefixtures("made_up")
def test_all_that_is_spoken_comes_out_of_the_catalogue() -> None:
    assert [spoken(cue) for cue in Cue] == [f"⟦{text}⟧" for text in SPOKEN.values()]
    assert countdown() == tuple(f"⟦{text}⟧" for text in COUNTDOWN)
    assert not [text for pose in Pose for text in posed(pose) if list(outside(text))]
    assert caption(Cue.COUNT_DONE).startswith("⟦Five.⟧ ⟦Four.⟧")


@pytest.mark.usefixtures("made_up")
def test_an_engine_is_given_the_words_of_the_catalogue(tmp_path: Path) -> None:
    body = f'cat >> "{tmp_path}/said"; echo >> "{tmp_path}/said"; cp "{tone(tmp_path / "tone.wav")}" "$1"'
    engine = Engine("hearing", script(tmp_path / "hearing.sh", body))
    Voice(tmp_path / "clips", engines=lambda accent: (engine,)).clip(Cue.COUNT_DONE)
    assert sorted((tmp_path / "said").read_text(encoding="utf-8").splitlines()) == sorted(
        (*countdown(), spoken(Cue.COUNT_DONE))
    )


def catalogue_of(folder: Path, code: str, said: dict[str, object]) -> Path:
    """A catalogue of a few texts in a language that there is."""
    made = Catalog(locale=code)
    for message, text in said.items():
        made.add(message, text)
    path = folder / code / "LC_MESSAGES/bedside.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, made)
    return folder


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("code", "voices"), [("de", {"py-nanotts": "de-DE", "espeak-ng": "de"}), ("pt_BR", {"espeak-ng": "pt-br"})]
)
def test_the_engines_speak_the_language_of_the_texts(tmp_path: Path, code: str, voices: dict[str, str]) -> None:
    choose(code, folder=catalogue_of(tmp_path, code, {"Settings": "x"}))
    engines = find_engines(Accent.BRITISH)
    assert {engine.name for engine in engines} == {name for name in voices if name != "espeak-ng" or _has_espeak()}
    assert all(voices[engine.name] in engine.command for engine in engines)


def _has_espeak() -> bool:
    return shutil.which("espeak-ng") is not None


# ── which language ──


@pytest.mark.usefixtures("english")
def test_a_language_has_as_many_plural_forms_as_it_needs(tmp_path: Path) -> None:
    message = ("%(number)s cramp", "%(number)s cramps")
    choose("pl", folder=catalogue_of(tmp_path, "pl", {message: ("%(number)s a", "%(number)s b", "%(number)s c")}))  # type: ignore[dict-item]
    assert [ngettext(*message, number) for number in (1, 3, 5, 22)] == ["1 a", "3 b", "5 c", "22 b"]


@pytest.mark.usefixtures("english")
def test_what_is_not_translated_yet_is_english(tmp_path: Path) -> None:
    choose("pt_BR", folder=catalogue_of(tmp_path, "pt_BR", {"Settings": "Ajustes"}))
    assert (_("Settings"), _("Relief"), language()) == ("Ajustes", "Relief", "pt-BR")
    choose("nowhere", folder=tmp_path)
    assert (_("Settings"), language()) == ("Settings", "en")


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("slip", ["Um %(tempo)s", "Um %(time)d", "100 % de %(time)s", "%(time)", "%s"])
def test_a_translation_whose_places_are_wrong_is_left_out(tmp_path: Path, slip: str) -> None:
    choose("de", folder=catalogue_of(tmp_path, "de", {"still open, since %(time)s": slip}))
    assert _("still open, since %(time)s", time="03:04") == "still open, since 03:04"


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    "garbage", [b"", b"not a catalogue at all", b"\xde\x12\x04\x95\0\0\0\0\xff\xff\xff\xff" + 16 * b"\xff"]
)
def test_a_catalogue_that_cannot_be_read_leaves_the_texts_english(tmp_path: Path, garbage: bytes) -> None:
    path = tmp_path / "de/LC_MESSAGES/bedside.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(garbage)
    choose("de", folder=tmp_path)
    assert (_("Settings"), language()) == ("Settings", "en")


def test_texts_are_looked_up_when_they_are_shown_and_not_before() -> None:
    code = (
        "import bedside.texts, bedside.pages.attention; from bedside import catalogue; print(catalogue._InForce.chosen)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "None\n"


@pytest.mark.slow
def test_another_language_is_added_as_its_page_tells(tmp_path: Path) -> None:
    """Its commands, as they stand there, in a copy of the checkout; two texts are translated in between."""
    section = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    commands = re.findall(r"^\.venv/bin/pybabel .*$", section, re.MULTILINE)
    assert [command.split()[1] for command in commands] == ["init", "compile"]
    for folder in ("bedside", "web"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    subprocess.run(commands[0], shell=True, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    (po,) = (tmp_path / "bedside/locale").glob("*/LC_MESSAGES/bedside.po")
    code = po.parent.parent.name
    text = po.read_text(encoding="utf-8")
    for message, said in (("Settings", "Agordoj"), ("Keep holding, and breathe.", "Tenu, kaj spiru.")):
        text = text.replace(f'msgid "{message}"\nmsgstr ""', f'msgid "{message}"\nmsgstr "{said}"')
    po.write_text(text, encoding="utf-8")
    subprocess.run(commands[1], shell=True, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    assert f"LANGUAGE={code} " in section
    asked = """
from bedside.catalogue import _, language
from bedside.night.cues import Cue
from bedside.texts import spoken
print(_("Settings"), spoken(Cue.HOLD), _("Relief"), language())
"""
    environment = {**os.environ, "LANGUAGE": code, "PYTHONPATH": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == f"Agordoj Tenu, kaj spiru. Relief {code}\n"


def test_every_catalogue_in_the_checkout_is_a_folder_of_the_package() -> None:
    assert TEMPLATE.parent == catalogue.FOLDER
