"""What every test may ask for: tools by name, and a moment."""

import os
import shutil
from datetime import UTC, datetime

import pytest

from bedside.night.events import Moment

MISSING: set[str] = set()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(*tools): programs outside Python that the test runs")
    config.addinivalue_line("markers", "slow: takes over a second or two")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        missing = [tool for tool in marker.args if shutil.which(tool) is None]
        MISSING.update(missing)
        if missing and os.environ.get("BEDSIDE_SKIP_NOTHING"):
            pytest.fail(f"install {', '.join(missing)}: no test may be skipped here")
        if missing:
            pytest.skip(f"needs {', '.join(missing)}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if MISSING:
        terminalreporter.write_line(f"Tests were skipped for want of: {', '.join(sorted(MISSING))}")


@pytest.fixture
def moment() -> Moment:
    """Four minutes past three on a winter's night."""
    return Moment("boot", 1000.0, datetime(2026, 1, 11, 3, 4, tzinfo=UTC))
