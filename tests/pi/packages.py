"""What is pushed to the Pi, which reaches no network: our package, and all that it depends on, as a place for apt."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.pi.emulator import Pi, PiFailed

LGPIO = "0.2.2.0"  # PyPI's, in the place of Raspberry Pi OS's python3-lgpio
GLIBC = (17, 28, 34, 36)  # wheels for glibc 2.x; Debian bookworm has 2.36
BUILDING = ("setuptools", "wheel", "swig<4.3")  # newer swigs write no code that its sources compile with
PLACE = "/srv/packages"  # on the Pi
STAND_IN = f"""\
Package: python3-lgpio
Version: {LGPIO}~standin
Architecture: amd64
Maintainer: the bedside project <bedside@localhost>
Depends: python3
Description: PyPI's lgpio {LGPIO}, in the place of Raspberry Pi OS's package
"""


def ran(*command: object, **variables: str) -> str:
    """What a command prints on this computer. Raises PiFailed where it ends badly."""
    words, environment = [str(word) for word in command], os.environ | variables
    try:
        done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    except FileNotFoundError as error:
        raise PiFailed(f"{words[0]} is missing on this computer.") from error
    if done.returncode:
        raise PiFailed(f"{' '.join(words)!r} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
    return done.stdout.strip()


def package(checkout: Path, folder: Path) -> Path:
    """Our package as a Pi's, for python3-lgpio from the system, but with wheels for x86-64."""
    tool = checkout / "tools/deb.py"
    return Path(ran(sys.executable, tool, "--arch", "amd64", "--system-pins", "--out", folder))


def stand_in(pi: Pi, folder: Path) -> tuple[Path, str]:
    """A python3-lgpio for the Pi's own Python, made in `folder`; and what it was made from."""
    python = pi.sh("python3 -c 'import sys; print(*sys.version_info[:2], sep=\".\")'")
    try:
        wheel, made_from = _downloaded(python, folder), "PyPI's wheel"
    except PiFailed:
        wheel, made_from = _compiled(python, folder), f"PyPI's sources, compiled here with Python {python}"
    tree = folder / "tree"
    with zipfile.ZipFile(wheel) as zipped:
        zipped.extractall(tree / "usr/lib/python3/dist-packages")
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN/control").write_text(STAND_IN, encoding="utf-8")
    for each in tree.rglob("*"):
        each.chmod(0o755 if each.is_dir() else 0o644)
    ran("dpkg-deb", "--build", "--root-owner-group", tree, folder / "python3-lgpio.deb")
    return folder / "python3-lgpio.deb", made_from


def _downloaded(python: str, folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "download", "-qq", "--no-deps", "--only-binary", ":all:"]
    kinds = [f"--platform=manylinux_2_{minor}_x86_64" for minor in reversed(GLIBC)]
    ran(*pip, "--python-version", python, *kinds, "--dest", folder, f"lgpio=={LGPIO}")
    (wheel,) = folder.glob("lgpio-*.whl")
    return wheel


def _compiled(python: str, folder: Path) -> Path:
    """Raises PiFailed where this computer lacks that Python, or a C compiler."""
    ran(f"python{python}", "-m", "venv", folder / "venv")
    pip, path = folder / "venv/bin/pip", f"{folder}/venv/bin:{os.environ['PATH']}"
    ran(pip, "install", "-qq", *BUILDING)
    options = ["-qq", "--no-deps", "--no-build-isolation", "--no-binary=lgpio", "--wheel-dir", folder]
    ran(pip, "wheel", *options, f"lgpio=={LGPIO}", PATH=path, PYPI="1")  # its C library inside, as in its own wheels
    (wheel,) = folder.glob("lgpio-*.whl")
    return wheel


def lacking(pi: Pi, debs: list[Path], folder: Path) -> list[Path]:
    """Debian's packages that the Pi lacks for these, as its own dpkg's status has it; fetched into `folder`."""
    release = pi.sh(". /etc/os-release && echo $VERSION_CODENAME")
    for name in ("lists/partial", "archives/partial"):
        (folder / name).mkdir(parents=True)
    (folder / "status").write_text(pi.sh("cat /var/lib/dpkg/status") + "\n", encoding="utf-8")
    (folder / "sources.list").write_text(f"deb [trusted=yes] {_archive()} {release} main\n")
    places = {"State::lists": "lists", "State::status": "status", "Cache": ".", "Etc::sourcelist": "sources.list"}
    apt = ["apt-get", "-qq", "-o", "Dir::Etc::sourceparts=/dev/null", "-o", "APT::Architecture=amd64"]
    apt += ["-o", "APT::Sandbox::User=root"]  # the folder is ours alone
    for key, name in places.items():
        apt += ["-o", f"Dir::{key}={folder / name}"]
    ran(*apt, "update")
    ran(*apt, "--yes", "--download-only", "install", *debs)
    return sorted((folder / "archives").glob("*.deb"))


def _archive() -> str:
    """Where this computer's own apt has Debian's packages from. Raises PiFailed."""
    told = ran("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)").splitlines()
    # Those of a whole release, not its updates: "bookworm", not "bookworm-security".
    archives = [uri for uri, _, release in (line.partition(" ") for line in told) if release and "-" not in release]
    if not archives:
        raise PiFailed("apt has no archive of Debian here. Run: apt-get update")
    return archives[0]


def offer(pi: Pi, debs: list[Path], folder: Path) -> None:
    """Make these packages all that the Pi's apt may choose from, in the place of Debian's archive."""
    folder.mkdir()
    index = []
    for deb in debs:
        data = Path(shutil.copy(deb, folder)).read_bytes()
        place = f"Filename: ./{deb.name}\nSize: {len(data)}\nSHA256: {hashlib.sha256(data).hexdigest()}\n"
        index.append(f"{ran('dpkg-deb', '--field', deb)}\n{place}")
    (folder / "Packages").write_text("\n".join(index), encoding="utf-8")
    pi.do("push", str(folder), PLACE)
    pi.sh(f"echo 'deb [trusted=yes] file:{PLACE} ./' > /etc/apt/sources.list; rm -f /etc/apt/sources.list.d/*")
