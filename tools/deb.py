"""Builds the Debian package: dist/bedside_VERSION_ARCH.deb, with every wheel that it needs inside.

python tools/deb.py [--arch arm64] [--python 3.11 --python 3.13] [--system-pins] [--out FOLDER]

The same sources and the same wheels on PyPI make the same bytes.
"""

import argparse
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
MACHINES = {"arm64": "aarch64", "amd64": "x86_64"}
GLIBCS = ("manylinux2014", "manylinux_2_28", "manylinux_2_34")  # bookworm has glibc 2.36
PYTHONS = ("3.11", "3.13")  # Raspberry Pi OS bookworm's and trixie's: one package does for both
SYSTEM_PINS = "python3-lgpio, "
"""Raspberry Pi OS has the pins' library. Debian has not: for x86-64, which no Pi is, a wheel of it is inside."""
SCRIPTS = ("postinst", "prerm", "postrm")
FILES = {
    "systemd/bedside.service": "usr/lib/systemd/system/bedside.service",
    "systemd/bedside-clock.service": "usr/lib/systemd/system/bedside-clock.service",
    "systemd/bedside.sysusers": "usr/lib/sysusers.d/bedside.conf",
    "bedside/default.toml": "usr/share/bedside/bedside.toml",
    "CHANGELOG.md": "usr/share/doc/bedside/CHANGELOG.md",
    "LICENSE": "usr/share/doc/bedside/copyright",
    "packaging/environment": "usr/lib/bedside/environment",
    "packaging/precedence": "usr/lib/bedside/precedence",
}


class BuildError(Exception):
    """The package could not be built; the sentence says why."""


def build(arch: str, pythons: tuple[str, ...], out: Path, *, system_pins: bool) -> Path:
    """Build the package into `out` and return its path; the system's library for the pins is asked for, or one is
    inside. Raises BuildError.
    """
    environment = {**os.environ, "SOURCE_DATE_EPOCH": _newest_change()}
    with TemporaryDirectory(prefix="bedside-deb-") as folder:
        tree = Path(folder, "tree")
        wheels = tree / "usr/lib/bedside/wheels"
        _fetch(arch, pythons, wheels, environment, system_pins)
        for source, target in FILES.items():
            (tree / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / source, tree / target)
        (tree / "etc/bedside").mkdir(parents=True)  # for the settings, if any are wanted
        (tree / "usr/bin").mkdir()
        (tree / "usr/bin/bedside").symlink_to("/opt/bedside/bin/bedside")
        _describe(tree, arch, pythons, system_pins)
        _plain_modes(tree)
        version = _version()
        out.mkdir(parents=True, exist_ok=True)
        package = out / f"bedside_{version}_{arch}.deb"
        _run(["dpkg-deb", "--build", "--root-owner-group", "-Zgzip", str(tree), str(package)], environment)
    return package


def _fetch(arch: str, pythons: tuple[str, ...], wheels: Path, environment: dict[str, str], system_pins: bool) -> None:
    """Our own wheel, and for each Python those it needs."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    _run([*pip, "wheel", "--no-deps", "--wheel-dir", str(wheels), str(ROOT)], environment)
    (own,) = wheels.glob("bedside-*.whl")
    for python in pythons:
        pins = not system_pins and python in {"3.11", "3.12"}  # PyPI's lgpio has no wheel for newer ones
        wanted = f"{own}[voice,pi]" if pins else f"{own}[voice]"
        chosen = ["--only-binary", ":all:", "--implementation", "cp", "--python-version", python]
        for glibc in GLIBCS:
            chosen += ["--platform", f"{glibc}_{MACHINES[arch]}"]
        try:
            _run([*pip, "download", *chosen, "--dest", str(wheels), wanted], environment)
        except BuildError as error:
            raise BuildError(
                f"For Python {python} on {arch} PyPI has no wheel of something needed.\n{error}"
            ) from error


def _describe(tree: Path, arch: str, pythons: tuple[str, ...], system_pins: bool) -> None:
    """The control files: what dpkg is told, its scripts, and the sums by which `dpkg --verify` finds a bad card."""
    control = tree / "DEBIAN"
    files = sorted(each for each in tree.rglob("*") if each.is_file() and not each.is_symlink())
    sums = "".join(f"{hashlib.md5(each.read_bytes()).hexdigest()}  {each.relative_to(tree)}\n" for each in files)
    told = {
        "VERSION": _version(),
        "ARCH": arch,
        "SIZE": str(sum(each.stat().st_size for each in files) // 1024 + 1),
        "PINS": SYSTEM_PINS if system_pins else "",
        "PYTHONS": " and ".join(pythons),
    }
    control.mkdir()
    for name in (*SCRIPTS, "triggers", "templates"):
        shutil.copyfile(ROOT / "packaging" / name, control / name)
    text = (ROOT / "packaging/control").read_text(encoding="utf-8")
    (control / "control").write_text(re.sub("@([A-Z]+)@", lambda found: told[found[1]], text), encoding="utf-8")
    (control / "md5sums").write_text(sums, encoding="utf-8")


def _plain_modes(tree: Path) -> None:
    """Modes that do not hang on the umask of whoever builds."""
    programs = {tree / "DEBIAN" / name for name in SCRIPTS}
    programs |= {tree / "usr/lib/bedside" / name for name in ("environment", "precedence")}
    for each in (tree, *tree.rglob("*")):
        if not each.is_symlink():
            each.chmod(0o755 if each.is_dir() or each in programs else 0o644)


def _version() -> str:
    found = re.search(r'__version__ = "(.+)"', (ROOT / "bedside/__init__.py").read_text(encoding="utf-8"))
    if not found:
        raise BuildError("bedside/__init__.py has no __version__.")
    return found[1]


def _newest_change() -> str:
    """Seconds since 1970 of the newest commit, unless the environment has a time already."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return given
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except FileNotFoundError:
        told = ""
    return told or "315532800"  # 1980: a wheel's archive knows no earlier year


def _run(command: list[str], environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    except FileNotFoundError:
        raise BuildError(f"{command[0]} is missing. On Debian: sudo apt install dpkg") from None
    if done.returncode:
        raise BuildError((done.stderr or done.stdout).strip()[-2000:])


def _own_arch() -> str | None:
    return next((arch for arch, machine in MACHINES.items() if machine == platform.machine()), None)


def main() -> int:
    """Build what the command line asks for. The exit status."""
    parser = argparse.ArgumentParser(description="Build the Debian package.")
    parser.add_argument("--arch", choices=MACHINES, default=_own_arch(), help="arm64 for a Pi; else this computer's")
    parser.add_argument("--python", action="append", help=f"may be given again; without it {' and '.join(PYTHONS)}")
    parser.add_argument("--system-pins", action="store_true", help="ask for python3-lgpio, as arm64 does anyway")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    asked = parser.parse_args()
    if asked.arch is None:
        print(f"There is no package for {platform.machine()}: say --arch arm64 or --arch amd64.", file=sys.stderr)
        return 2
    try:
        system_pins = asked.system_pins or asked.arch == "arm64"
        print(build(asked.arch, tuple(asked.python or PYTHONS), asked.out, system_pins=system_pins))
    except BuildError as error:
        print(f"deb: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
