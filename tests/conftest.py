"""What every test may ask for: tools by name, and a moment."""

import os
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain

import hypothesis
import pytest

from bedside.night.events import Moment

hypothesis.settings.register_profile("bedside", deadline=None)  # a machine that is busy fails no test
hypothesis.settings.load_profile("bedside")

WANTING = "needs "
"""How the reason of a test begins that is skipped for want of something."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(*tools): programs outside Python that the test runs")
    config.addinivalue_line("markers", "slow: takes over a second or two")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        want([tool for tool in marker.args if shutil.which(tool) is None])


def want(missing: Sequence[str]) -> None:
    """Skip this test for want of what is missing, if anything is, or fail it where no test may be skipped."""
    if missing and os.environ.get("BEDSIDE_SKIP_NOTHING"):
        pytest.fail(f"install {', '.join(missing)}: no test may be skipped here")
    if missing:
        pytest.skip(f"{WANTING}{', '.join(missing)}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = [report.longrepr[2] for report in terminalreporter.stats.get("skipped", ())]
    wanting = [reason.partition(WANTING)[2].split(", ") for reason in reasons if WANTING in reason]
    if wanting:
        terminalreporter.write_line(f"Tests were skipped for want of: {', '.join(sorted({*chain(*wanting)}))}")


@pytest.fixture
def moment() -> Moment:
    """Four minutes past three on a winter's night."""
    return Moment("boot", 1000.0, datetime(2026, 1, 11, 3, 4, tzinfo=UTC))
