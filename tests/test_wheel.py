"""What is shipped: the wheel, in an environment of its own, away from the checkout."""

import os
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.afternoon import zone
from tests.ports import free_port

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel and what it needs, and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=True)
    install = [folder / "venv/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel]
    subprocess.run(install, check=True, capture_output=True)
    return folder


@pytest.fixture
def served(installed: Path) -> Iterator[str]:
    """The address of the demo, run from the wheel."""
    port = free_port()
    environment = {"PATH": os.environ["PATH"], "HOME": str(installed), "LANG": "C.UTF-8", "TZ": zone()}
    command = [installed / "venv/bin/bedside", "demo", "--silent", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=installed, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdin
        assert demo.stdout
        for line in demo.stdout:
            if "q, Enter" in line:
                break
        yield f"http://127.0.0.1:{port}"
        demo.communicate("q\n", timeout=30)
    assert demo.returncode == 0


@pytest.mark.slow
def test_the_wheel_serves_page_and_style_in_a_fresh_environment(served: str) -> None:
    """The page's socket listens a moment after the button is armed: asked until it does."""
    page = _get(f"{served}/")
    assert "<title>" in page
    assert "sample nights" in page
    assert "prefers-color-scheme" in _get(f"{served}/static/style.css")


def _get(address: str) -> str:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            with urlopen(address, timeout=30) as answer:
                return str(answer.read().decode())
        except URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
    raise AssertionError(f"{address} never listened")
