"""What a release is built from: a checkout of this tree, of any version; and what README says to type on a Pi."""

import re
import shutil
from pathlib import Path

import bedside

ROOT = Path(__file__).parent.parent
SOURCES = ("bedside", "web", "systemd", "packaging", "tools")
FILES = ("pyproject.toml", "Makefile", "README.md", "CHANGELOG.md", "LICENSE")
NEWER = "99.0"


def sources(folder: Path, version: str = bedside.__version__) -> Path:
    """A checkout with nothing built, of this or another version."""
    unwanted = shutil.ignore_patterns("__pycache__", "*.mo")
    for name in SOURCES:
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    for name in FILES:
        shutil.copyfile(ROOT / name, folder / name)
    own = folder / "bedside/__init__.py"
    own.write_text(own.read_text(encoding="utf-8").replace(f'"{bedside.__version__}"', f'"{version}"'))
    return folder


def commands() -> list[str]:
    """What README's section on the Pi says to type, in its order."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## On a Raspberry Pi")[1].split("\n## ")[0]
    blocks = re.findall(r"```\n(.*?)```", section, flags=re.DOTALL)
    return [line.strip() for block in blocks for line in block.strip().splitlines()]
