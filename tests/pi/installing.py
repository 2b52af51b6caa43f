"""Puts the wheel onto the emulated Pi as a package would: user, program, unit, settings. The Pi reaches no network."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.pi.acts import HALF_A_DAY, local, remind_at
from tests.pi.emulator import Pi, PiFailed, until

ROOT = Path(__file__).parents[2]
PINS = "lgpio==0.2.2.0"  # from PyPI, in the place of Pi OS's python3-lgpio
GLIBC = (17, 28, 34, 36)  # wheels for glibc 2.x; Debian bookworm has 2.36
LEFT_BEHIND = "/opt/bedside /var/lib/bedside /var/cache/bedside /etc/bedside /root/wheels"
START_SECONDS = 120.0

# The unit's hardening mounts a /proc of its own, without the Pi's revision that the emulator laid over /proc/cpuinfo.
EMULATED = "[Service]\\nBindReadOnlyPaths=-/run/cpuinfo:/proc/cpuinfo\\n"


def newest_wheel() -> Path:
    """The wheel that `make wheel` built. Raises PiFailed."""
    wheels = sorted((ROOT / "dist").glob("bedside-*.whl"), key=lambda wheel: wheel.stat().st_mtime)
    if not wheels:
        raise PiFailed("There is no wheel in dist/. Build it: make wheel")
    return wheels[-1]


def download(pi: Pi, wheel: Path, folder: Path) -> None:
    """Fetch the wheel's dependencies for the Pi's own Python into `folder`, and the wheel. Raises PiFailed."""
    python = pi.sh("python3 -c 'import sys; print(*sys.version_info[:2], sep=\".\")'")
    command = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--dest", str(folder)]
    command += ["--only-binary", ":all:", "--implementation", "cp", "--python-version", python]
    for minor in reversed(GLIBC):
        command += ["--platform", f"manylinux_2_{minor}_x86_64"]
    done = subprocess.run([*command, str(wheel), PINS], capture_output=True, text=True, check=False)
    if done.returncode:
        raise PiFailed(f"pip could not download for Python {python}: {done.stderr.strip()[-2000:]}")


def install(pi: Pi, wheel: Path) -> str:
    """Install the wheel and start the service, from nothing; what was installed."""
    pi.says("systemctl disable --now bedside 2>/dev/null")
    pi.sh(f"rm -rf {LEFT_BEHIND}")
    with TemporaryDirectory() as folder:
        download(pi, wheel, Path(folder))
        count = len(list(Path(folder).iterdir()))
        pi.do("push", folder, "/root/wheels")
    pi.do("push", str(ROOT / "systemd/bedside.sysusers"), "/usr/lib/sysusers.d/bedside.conf")
    pi.do("push", str(ROOT / "systemd/bedside.service"), "/etc/systemd/system/bedside.service")
    dropin = "/etc/systemd/system/bedside.service.d"
    pi.sh(f"mkdir -p {dropin} && printf '{EMULATED}' > {dropin}/emulated.conf")
    pi.sh("systemd-sysusers && systemctl daemon-reload")
    pi.sh("python3 -m venv /opt/bedside")
    pi.sh(f"/opt/bedside/bin/pip install -q --no-index --find-links /root/wheels bedside {PINS}")
    settle(pi)
    pi.sh("systemctl enable --now bedside")
    until("the service is active", pi.active, START_SECONDS)
    remind_at(pi, local(pi, HALF_A_DAY))  # so that no press of these checks answers it
    return f"{count} wheels, {PINS} from PyPI in the place of python3-lgpio; groups {pi.sh('id -Gn bedside')}"


def settle(pi: Pi) -> None:
    """The settings file, without a mistake."""
    pi.sh("mkdir -p /etc/bedside && echo 'pin = 17' > /etc/bedside/bedside.toml")
