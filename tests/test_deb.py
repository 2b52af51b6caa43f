"""The Debian package: what is in it; and its life on a system, as README tells it: install, upgrade, remove, purge.

The system is a copy of this computer's (tests/copied.py), or another that BEDSIDE_ROOT names, such as debootstrap makes
it with the package's dependencies. No network is there, so nothing can come from PyPI.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import bedside
from bedside.night.effects import Row
from tests.afternoon import zone
from tests.checkout import NEWER, ROOT, commands, sources
from tests.conftest import want
from tests.copied import ADDRESS, OUTSIDE, System, copied, may_mount
from tests.diary.rows import cramp, ended, evening
from tests.diary.whole import diary

BELOW = Path(os.environ.get("BEDSIDE_ROOT", "/"))
SHELL = ("postinst", "prerm", "postrm", "environment", "precedence")
EXPECTED = re.compile(
    r"\./(etc/bedside/|usr/bin/bedside|usr/lib/bedside/(environment|precedence)|usr/lib/bedside/wheels/[^/]+\.whl|"
    r"usr/lib/systemd/system/bedside(-clock)?\.service|usr/lib/sysusers\.d/bedside\.conf|"
    r"usr/share/bedside/bedside\.toml|usr/share/doc/bedside/(copyright|CHANGELOG\.md))"
)
THIRD_PARTY = ("apscheduler", "click", "flask", "gpiozero", "ifaddr", "orjson", "segno", "sqlite_utils", "waitress")
QUESTION = "Delete the diary, too, with every night that it has?"
NATIVE = ("markupsafe", "orjson")  # a wheel for each Python

pytestmark = [
    pytest.mark.slow,
    pytest.mark.needs("dpkg-deb", "apt-get", "make", "unshare", "nsenter", "runuser", "setsid", "ip"),
]


def said(*command: object, **variables: str) -> str:
    """What a command prints, which must end well."""
    words, environment = [str(word) for word in command], os.environ | variables
    environment.pop("MAKEFLAGS", None)  # the tests may be run by make: it would tell of every folder
    environment.pop("MAKELEVEL", None)
    done = subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def built(checkout: Path, out: Path) -> Path:
    """The package for this computer and for the Python of the system."""
    python = (BELOW / "usr/bin/python3").readlink().name.removeprefix("python")
    tool = [sys.executable, checkout / "tools/deb.py", "--python", python, "--out", out]
    return Path(said(*tool, SOURCE_DATE_EPOCH="1767225600").strip())


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sources(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="module")
def package(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(checkout, tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="module")
def for_a_pi(checkout: Path) -> Path:
    """The package as README has it built."""
    (command,) = [command for command in commands() if command.startswith("make")]
    told = said("sh", "-c", f"cd {checkout} && {command} PYTHON={sys.executable}")
    return checkout / told.splitlines()[-1]


# --- what is in it ---


def test_three_commands_are_typed_from_a_bare_card() -> None:
    assert commands() == ["make deb ARCH=arm64", "sudo apt update", "sudo apt install /boot/firmware/bedside_*.deb"]


def test_the_package_has_no_file_outside_its_folders_and_all_are_roots(package: Path) -> None:
    lines = [line.split(maxsplit=5) for line in said("dpkg-deb", "--contents", package).splitlines()]
    assert {line[1] for line in lines} == {"root/root"}
    names = [line[5].split(" -> ")[0] for line in lines]
    strays = [name for name in names if not name.endswith("/") and not EXPECTED.fullmatch(name)]
    assert strays == []
    assert "./usr/bin/bedside -> /opt/bedside/bin/bedside" in {line[5] for line in lines}


def test_the_control_file_asks_for_python_and_the_sound_alone(package: Path) -> None:
    told = said("dpkg-deb", "--field", package)
    fields = dict(re.findall(r"^([A-Z][A-Za-z-]+): (.*)$", told, flags=re.MULTILINE))
    assert fields["Version"] == bedside.__version__
    assert fields["Architecture"] == said("dpkg", "--print-architecture").strip()
    needed = "python3 (>= 3.11), python3-venv, alsa-utils, init-system-helpers, systemd, tzdata"
    assert fields["Depends"] == needed
    assert not {"Recommends", "Pre-Depends", "Conflicts"} & set(fields)


def test_the_same_sources_make_the_same_bytes(checkout: Path, package: Path, tmp_path: Path) -> None:
    again = built(shutil.copytree(checkout, tmp_path / "elsewhere"), tmp_path / "out")
    assert again.read_bytes() == package.read_bytes()


def test_a_pis_package_has_the_pins_library_from_the_system_and_all_else_inside(for_a_pi: Path, tmp_path: Path) -> None:
    """pip finds everything in it, for Raspberry Pi OS bookworm's Python and for trixie's, with no index to ask."""
    assert for_a_pi.name == f"bedside_{bedside.__version__}_arm64.deb"
    assert said("dpkg-deb", "--field", for_a_pi, "Depends").startswith("python3-lgpio, ")
    said("dpkg-deb", "--extract", for_a_pi, tmp_path)
    wheels = tmp_path / "usr/lib/bedside/wheels"
    found = [wheel.name.lower() for wheel in wheels.iterdir()]
    assert not [name for name in found if "x86_64" in name or name.startswith("lgpio")]
    for name in (*THIRD_PARTY, "bedside", "py_nanotts"):
        assert [each for each in found if each.startswith(f"{name}-")], f"no wheel of {name}"
    for name in NATIVE:
        assert {re.search(r"-cp(\d+)-", each)[1] for each in found if each.startswith(name)} == {"311", "313"}  # type: ignore[index]
    for python in ("3.11", "3.13"):
        pip = [
            sys.executable,
            "-m",
            "pip",
            "--isolated",
            "install",
            "--quiet",
            "--dry-run",
            "--target",
            tmp_path / python,
        ]
        chosen = ["--no-index", "--find-links", wheels, "--only-binary", ":all:", "--python-version", python]
        kinds = [f"--platform=manylinux{glibc}_aarch64" for glibc in ("2014", "_2_28")]
        said(*pip, *chosen, *kinds, "bedside[voice]", PIP_CONFIG_FILE=os.devnull)


def test_the_shell_of_the_package_can_be_read_by_dash() -> None:
    for name in SHELL:
        said("sh", "-n", ROOT / "packaging" / name)


@pytest.mark.needs("shellcheck")
def test_shellcheck_finds_nothing_in_the_shell_of_the_package() -> None:
    said("shellcheck", *(ROOT / "packaging" / name for name in SHELL))


# --- its life ---


Story = dict[str, str]
"""What was seen on one system, from the first installation to the purge."""


@pytest.fixture(scope="module")
def story(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    want([] if may_mount() else ["root (the package is installed into a copy of this system)"])
    newer = sources(tmp_path_factory.mktemp("newer"), NEWER)
    built(newer, newer / "dist")
    with copied(tmp_path_factory.mktemp("system"), BELOW) as pi:
        yield live(pi, package, newer)


def live(pi: System, package: Path, newer: Path) -> Story:
    """The whole story, in its order; every command of it must end well."""
    shutil.copytree(newer, pi.root / "root/checkout")
    pi.sh("mkdir -p /boot/firmware /opt/bedside/by-hand")
    shutil.copy(package, pi.root / "boot/firmware")
    told: Story = {}

    told["installed"] = "".join(pi.sh(as_root(command)) for command in commands() if "apt" in command)
    told["environment"] = pi.sh("readlink /opt/bedside; ls /usr/lib/bedside /opt")
    told["version"] = pi.sh("bedside --version")
    told["check"] = pi.sh("bedside check || true")
    told["groups"] = pi.sh("id -Gn bedside")
    told["enabled"] = pi.sh("systemctl is-enabled bedside")
    told["verified"] = pi.sh("systemd-analyze verify --man=no bedside.service; dpkg --verify bedside")

    pi.sh("install -d -o bedside -g bedside /var/lib/bedside /var/cache/bedside")  # as systemd does at the start
    shutil.copy(diary(package.parent / "diary.db", rows()), pi.root / "var/lib/bedside")
    pi.sh("chown bedside: /var/lib/bedside/diary.db")
    with serving(pi):
        told["paired"] = pi.sh("bedside pair")
    told["before"] = nights(pi)

    pi.sh("cp /usr/share/bedside/bedside.toml /etc/bedside/ && echo 'port = 8081' > /etc/bedside/bedside.toml")
    pi.sh("mv /opt/bedside/lib/python3.* /opt/bedside/lib/python3.1")  # as another Python finds it
    told["python_changed"] = pi.sh("bedside --version", ends=1)
    pi.sh("dpkg-trigger --by-package=python3-minimal /usr/bin/python3 && dpkg --triggers-only bedside")
    told["remade"] = pi.sh("bedside --version; readlink /opt/bedside")

    pi.sh("systemctl disable bedside")
    told["upgraded"] = pi.sh("cd /root/checkout && make --assume-old=deb install")
    told["still_off"] = pi.sh("systemctl is-enabled bedside", ends=1)
    told["hand_made"] = pi.sh("ls -d /opt/bedside-by-hand/by-hand; ls -d /usr/lib/bedside/environment-*")
    with serving(pi):
        told["after"] = pi.sh("bedside --version") + nights(pi)
    told["settings"] = pi.sh("cat /etc/bedside/bedside.toml")

    told["removed"] = pi.sh("apt-get remove --yes bedside")
    told["left"] = pi.sh(
        "ls -d /opt/bedside /usr/lib/bedside /usr/bin/bedside /etc/bedside/* /var/lib/bedside/*", ends=2
    )
    told["purged"] = pi.sh("apt-get purge --yes bedside")
    told["left_at_last"] = pi.sh("ls -d /etc/bedside /var/cache/bedside /var/lib/bedside/*", ends=2)

    for answer in ("no", "yes"):
        pi.sh(as_root(commands()[-1]))
        told[f"asked, {answer}"] = pi.at_a_terminal("apt-get purge --yes bedside", QUESTION, answer)
        told[f"left after {answer}"] = pi.sh("ls /var/lib/bedside || true")
    return told


def rows() -> list[Row]:
    return [ended("one"), cramp("two"), evening()]


def as_root(command: str) -> str:
    return command.removeprefix("sudo ").replace("apt ", "apt-get --yes ")


@contextmanager
def serving(pi: System) -> Iterator[None]:
    """The installed service, as systemd would start it."""
    folders = {"STATE_DIRECTORY": "/var/lib/bedside", "CACHE_DIRECTORY": "/var/cache/bedside"}
    pi.sh("install -d -o bedside -g bedside /run/bedside")
    environment = OUTSIDE | folders | {"RUNTIME_DIRECTORY": "/run/bedside", "LG_WD": "/run/bedside", "TZ": zone()}
    command = pi.command("exec /opt/bedside/bin/bedside run", user="bedside")
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as service:
        assert service.stderr
        lines = iter(service.stderr.readline, "")
        assert any("The page is at" in line for line in lines), "it never served the page"
        yield
        service.terminate()
        service.communicate(timeout=60)


def nights(pi: System) -> str:
    """The cramps and the evenings that the diary there keeps."""
    pi.sh("rm -f /tmp/all.json && bedside export /tmp/all.json")
    tables = json.loads((pi.root / "tmp/all.json").read_text(encoding="utf-8"))["tables"]
    return json.dumps([tables["cramps"], tables["stretches"]])


def test_it_is_installed_without_any_network_and_says_how_to_go_on(story: Story) -> None:
    assert "sudo bedside pair" in story["installed"]
    assert story["version"] == f"bedside, version {bedside.__version__}\n"
    assert "The voice is made by py-nanotts." in story["check"]
    assert story["enabled"] == "enabled\n"
    assert set(story["groups"].split()) >= {"bedside", "gpio", "audio"}


def test_systemd_and_dpkg_find_nothing_wrong_with_what_was_installed(story: Story) -> None:
    assert story["verified"] == ""


def test_what_was_put_by_hand_where_the_environment_goes_is_moved_aside(story: Story) -> None:
    assert "/opt/bedside-by-hand/by-hand" in story["hand_made"]


def test_the_pair_command_prints_the_address_and_a_code(story: Story) -> None:
    assert f"http://{ADDRESS}:8080" in story["paired"]
    assert re.search(r"\b\d{3} \d{3}\b", story["paired"])


def test_the_environment_is_made_anew_when_the_systems_python_changes(story: Story) -> None:
    assert "No module named" in story["python_changed"]
    assert story["remade"].startswith(f"bedside, version {bedside.__version__}\n")
    assert story["remade"].split()[-1] not in story["environment"]


def test_an_upgrade_keeps_every_night_and_the_settings_and_a_service_that_was_switched_off(story: Story) -> None:
    version, _, kept = story["after"].partition("\n")
    assert version == f"bedside, version {NEWER}"
    assert kept == story["before"]
    assert [len(table) for table in json.loads(kept)] == [2, 1]
    assert story["settings"] == "port = 8081\n"
    assert story["still_off"] == "disabled\n"


def test_one_environment_is_left_after_an_upgrade(story: Story) -> None:
    assert story["hand_made"].count("/usr/lib/bedside/environment-") == 1


def test_what_is_removed_leaves_the_diary_and_the_settings_and_nothing_of_the_program(story: Story) -> None:
    left = [line for line in story["left"].splitlines() if "No such file" not in line]
    assert "/var/lib/bedside/diary.db" in left
    assert [line for line in left if not line.startswith("/var/lib/bedside/")] == ["/etc/bedside/bedside.toml"]


def test_a_purge_asks_whether_the_diary_may_go_too_and_keeps_it_unless_the_answer_is_yes(story: Story) -> None:
    for answer in ("no", "yes"):
        assert QUESTION in story[f"asked, {answer}"]
    assert "diary.db" in story["left after no"]
    assert "sudo rm -r /var/lib/bedside" in story["asked, no"]
    assert "No such file" in story["left after yes"]


def test_a_purge_that_nobody_watches_deletes_settings_and_clips_and_tells_how_to_delete_the_diary(story: Story) -> None:
    assert "sudo rm -r /var/lib/bedside" in story["purged"]
    left = [line for line in story["left_at_last"].splitlines() if "No such file" not in line]
    assert "/var/lib/bedside/diary.db" in left
    assert [line for line in left if not line.startswith("/var/lib/bedside/")] == []
