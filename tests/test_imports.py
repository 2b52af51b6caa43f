"""Imports run one way. Held by the source itself: nothing is imported here, every module is parsed."""

import ast
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "bedside").rglob("*.py"))
}

PACKAGES = {path.parent.name for path in FILES.values() if path.parent.parent.name == "bedside"}
PURE = ("night", "patterns")
DATA_MODULES = {
    "bisect",
    "collections",
    "dataclasses",
    "datetime",
    "enum",
    "fractions",
    "functools",
    "itertools",
    "math",
    "operator",
    "statistics",
    "types",
    "typing",
}

WIRING = (
    "night", "patterns", "devices", "diary", "pages", "texts", "settings", "systemd", "control", "timetable", "daemon",
    "surroundings", "rooms", "entrance", "catalogue", "deletion", "holding", "ground", "known_time", "page_room",
    "voice_room", "pulse", "duties", "card", "putting_back", "selftest", "examiner", "ear", "watching", "threads",
)  # fmt: skip
MAY_IMPORT: Mapping[str, tuple[str, ...]] = {
    "night": (),
    "patterns": (),
    "catalogue": (),
    "texts": ("night.cues", "catalogue"),
    "settings": ("catalogue",),
    "door": (),
    "card": ("catalogue",),
    "network": (),
    "threads": (),
    "phones": ("night", "catalogue"),
    "entrance": ("catalogue", "door", "network", "night", "phones", "settings", "texts"),
    "systemd": (),
    "holding": ("catalogue",),
    "control": ("catalogue", "night.events", "settings"),
    "surroundings": ("devices.cards", "devices.inputs", "night.cues", "settings"),
    "timetable": ("night.events", "night.state"),
    "devices": ("night", "texts", "catalogue"),
    "diary": ("night", "patterns.nights", "patterns.facts", "patterns.raster", "catalogue", "threads"),
    "daemon": ("night",),
    "deletion": ("daemon", "diary.wiping", "night.state"),
    "pages": (
        "diary",
        "patterns",
        "night.events",
        "night.effects",
        "night.state",
        "night.cues",
        "night.habits",
        "night.told",
        "night.anew",
        "texts",
        "catalogue",
        "entrance",
        "door",
        "phones",
    ),
    "sample": ("night", "diary"),
    "demo": ("devices.clock", "night", "diary", "texts", "sample", "catalogue"),
    "ear": ("catalogue", "devices", "holding", "night.events", "settings", "surroundings", "threads"),
    "pulse": ("catalogue",),
    "selftest": ("card", "catalogue", "night.events", "timetable"),
    "examiner": ("catalogue", "diary", "night", "selftest", "timetable"),
    "duties": ("catalogue",),
    "watching": ("catalogue", "control", "daemon", "devices.thermometer", "ear", "night", "settings"),
    "putting_back": ("catalogue", "diary.backups"),
    "known_time": ("catalogue", "devices.clock", "night"),
    "ground": ("daemon", "devices", "diary", "entrance", "known_time", "night", "settings", "surroundings"),
    "voice_room": ("catalogue", "devices.voice", "night.events"),
    "page_room": ("catalogue", "diary.backups", "diary.importing", "ground", "night", "pages", "timetable"),
    "rooms": tuple(name for name in WIRING if name != "rooms"),
    "household": WIRING,
    "check": (*WIRING, "household"),
    "cli": (
        "settings",
        "surroundings",
        "ear",
        "household",
        "check",
        "watching",
        "demo",
        "devices",
        "diary",
        "control",
        "night.cues",
        "texts",
        "catalogue",
        "holding",
    ),
}
"""What each part may import of ours outside itself."""

LIBRARIES: Mapping[str, set[str]] = {
    "apscheduler": {"timetable"},
    "click": {"cli"},
    "flask": {
        "pages.about_views",
        "pages.answers",
        "pages.backups_views",
        "pages.clock_views",
        "pages.diary_views",
        "pages.export_views",
        "pages.patterns_views",
        "pages.report_views",
        "pages.site",
    },
    "gpiozero": {"demo", "devices.button", "devices.buzzer", "devices.light"},
    "ifaddr": {"network"},
    "jinja2": {"pages.site"},
    "orjson": {"diary.rows"},
    "segno": {"cli", "pages.phones"},
    "sqlite_utils": {"diary.migrations", "diary.store"},
    "tzlocal": {"devices.clock"},
    "waitress": {"pages.incoming", "pages.serving"},
    "markupsafe": {"pages.charts.svg"},
    "werkzeug": {"pages.answers", "pages.site"},
}
"""Where each library is known. Another place is a decision: make it here, too."""

BROUGHT_BY = {"jinja2": "flask", "markupsafe": "flask", "werkzeug": "flask"}
"""Libraries that another one needs itself and brings along."""


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


def for_types_alone(module: str) -> set[ast.AST]:
    """What stands under `if TYPE_CHECKING`."""
    guards = [
        node for node in ast.walk(tree(module)) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
    ]
    return {inner for guard in guards for inner in ast.walk(guard)}


def imported(module: str, *, types: bool = True) -> Iterator[str]:
    """Every module that is imported anywhere in the module, by its full name."""
    left_out = set() if types else for_types_alone(module)
    for node in ast.walk(tree(module)):
        if node in left_out:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in FILES else node.module or ""


def ours(module: str) -> set[str]:
    return {name for name in imported(module) if name.split(".")[0] == "bedside"}


def short(module: str) -> str:
    return module.removeprefix("bedside").removeprefix(".")


def part(module: str) -> str:
    """The package, or the module that stands beside the packages."""
    return short(module).split(".")[0]


def within(name: str, places: tuple[str, ...]) -> bool:
    return any(f"{name}.".startswith(f"{place}.") for place in places)


@pytest.mark.parametrize("module", FILES)
def test_imports_of_ours_run_one_way(module: str) -> None:
    if module == "bedside":
        assert not ours(module)
        return
    allowed = (part(module), *MAY_IMPORT[part(module)])
    assert not [name for name in ours(module) if short(name) and not within(short(name), allowed)]


def test_nothing_imports_the_command_line() -> None:
    assert not [module for module in FILES if "bedside.cli" in ours(module)]


def test_there_is_no_cycle_of_modules() -> None:
    order = TopologicalSorter({module: ours(module) - {module} for module in FILES}).static_order()
    assert set(order) == set(FILES), "a CycleError names the cycle"


def test_there_is_no_cycle_of_parts_and_the_longest_way_down_leads_into_four_packages_at_most() -> None:
    below: dict[str, set[str]] = defaultdict(set)
    for module in FILES:
        below[part(module)] |= {part(name) for name in ours(module)} - {part(module), ""}

    @cache
    def depth(name: str) -> int:
        return max((depth(lower) + (lower in PACKAGES) for lower in below[name]), default=0)

    assert tuple(TopologicalSorter(below).static_order())
    assert depth("cli") <= 4


def test_each_library_is_known_in_these_modules_alone() -> None:
    places: dict[str, set[str]] = defaultdict(set)
    for module in FILES:
        for name in imported(module, types=False):
            library = name.split(".")[0]
            if library != "bedside" and library not in sys.stdlib_module_names:
                places[library].add(short(module))
    assert dict(places) == dict(LIBRARIES)


def test_every_library_that_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {line.split(">")[0].split("=")[0].replace("-", "_") for line in project["dependencies"]}
    assert not {BROUGHT_BY.get(library, library) for library in LIBRARIES} - declared


@pytest.mark.parametrize("module", [module for module in FILES if part(module) in PURE])
def test_what_is_pure_knows_no_clock_no_file_and_no_thread(module: str) -> None:
    outside = {name.split(".")[0] for name in imported(module)} - {"bedside"}
    assert not outside - DATA_MODULES
    called = {node.func for node in ast.walk(tree(module)) if isinstance(node, ast.Call)}
    names = {func.id for func in called if isinstance(func, ast.Name)}
    assert not names & {"print", "open", "input", "exec", "eval", "__import__"}
    methods = {func.attr for func in called if isinstance(func, ast.Attribute)}
    assert not methods & {"now", "today", "utcnow"}
