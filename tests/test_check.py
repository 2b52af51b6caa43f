"""`bedside check` and the input devices: the key that is set, and what there is where it is absent or none is set."""

from pathlib import Path

import pytest

from bedside.check import Finding, check
from bedside.devices.inputs import InputDevice
from bedside.night.events import KEY
from bedside.settings import Folders, Settings
from tests.inputs import REMOTE, Kernel


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    return Kernel(tmp_path)


def found(kernel: Kernel, key: str = "") -> list[Finding]:
    """What is said of the key and of input devices, with no bedside running."""
    folder = kernel.inputs.sys.parent
    folders = Folders(folder / "data", folder / "cache")
    looked = check(Settings(key=key), folders, kernel.inputs.sys, kernel.inputs)
    return [finding for finding in looked if finding.part in (KEY, "inputs")]


def test_a_key_that_is_there_is_well_and_free_again_afterwards(kernel: Kernel) -> None:
    remote = kernel.plug()
    assert found(kernel, REMOTE) == [Finding(KEY, True, "The button Shutter 3 is there.")]
    assert not remote.held


def test_where_the_key_is_absent_those_that_are_there_are_listed_by_name(kernel: Kernel) -> None:
    kernel.plug("button@11", 0)
    kernel.plug("USB Keyboard", 1)
    kernel.plug("vc4-hdmi-0", 2)
    key, listed = found(kernel, REMOTE)
    assert (key.well, key.says) == (False, "The button Shutter 3 is not connected.")
    assert (listed.well, listed.says) == (None, 'There are these: "button@11", "USB Keyboard".')
    assert listed.remedy.endswith('key = "button@11"')


def test_where_the_key_is_absent_and_nothing_else_is_there_that_is_said(kernel: Kernel) -> None:
    assert [finding.says for finding in found(kernel, REMOTE)] == [
        "The button Shutter 3 is not connected.",
        "There is no input device that could be a button.",
    ]


def test_a_key_that_another_program_holds_is_wrong_and_nothing_is_listed(kernel: Kernel) -> None:
    other = InputDevice(kernel.plug().path, kernel.inputs.ioctl)
    (key,) = found(kernel, REMOTE)
    assert (key.well, "held by another program" in key.says) == (False, True)
    other.close()


def test_where_no_key_is_set_a_candidate_is_named_and_nothing_is_wrong(kernel: Kernel) -> None:
    remote = kernel.plug()
    (listed,) = found(kernel)
    assert (listed.well, listed.says) == (None, 'These could be a button, too: "Shutter 3".')
    assert 'key = "Shutter 3"' in listed.remedy
    assert not remote.held


def test_where_no_key_is_set_and_none_is_there_nothing_is_said(kernel: Kernel) -> None:
    kernel.plug("vc4-hdmi-0")
    assert found(kernel) == []
