"""Simulated nights with faults by seed, and proof that the simulation can fail."""

from collections.abc import Iterator

import pytest

from bedside.night.effects import Evening, Phase, Save
from bedside.night.events import LineChanged, PartReported, ReminderDue
from tests.simulation.__main__ import play, table
from tests.simulation.nights import FAULTS, Season
from tests.simulation.world import World

NIGHTS = 20_000


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_in_twenty_thousand_nights_and_every_fault_meets_every_phase(
    capsys: pytest.CaptureFixture[str],
) -> None:
    met = play(NIGHTS)
    with capsys.disabled():
        print(f"\n{table(met)}\n{NIGHTS} nights, {sum(met.values())} faults")
    assert [(fault, phase) for fault in FAULTS for phase in Phase if not met[fault, phase]] == []


def test_a_season_is_the_same_each_time_it_is_played() -> None:
    assert Season(3).play() == Season(3).play()


class ForgetfulDisk(World):
    """Says that it is saved, and saves nothing while a cramp is open."""

    def _write(self, save: Save, boot: int, *, told: bool) -> None:
        if self.night.phase is Phase.CRAMPING and self.night.cramp and self.night.cramp.celsius:
            self.acknowledged |= {row.id for row in save.rows if hasattr(row, "meaning")}
            self.disk.waiting[:] = [other for other in self.disk.waiting if other is not save]
            return
        super()._write(save, boot, told=told)


class DeafWhileAsking(World):
    """Hears no press while it asks."""

    def line(self, low: bool, *, lost: bool = False) -> None:
        super().line(low, lost=lost or self.night.phase is Phase.ASKING)

    def read(self) -> None:
        if self.night.phase is not Phase.ASKING:
            super().read()


class HearsGhosts(World):
    """Hears a press that nobody made before every one that somebody did."""

    def line(self, low: bool, *, lost: bool = False) -> None:
        if low and self.powered and self.button_well:
            now = self.now()
            for ago, level in ((0.2, True), (0.1, False)):
                self.daemon.post(LineChanged(now.at(now.since_boot - ago), level))
        super().line(low, lost=lost)


class AsksAgain(World):
    """Forgets which evening it is."""

    def remind(self) -> None:
        now = self.now()
        self.daemon.post(ReminderDue(now, now.wall.date(), 3000.0))
        written = self.disk.written
        self.disk.written = [save for save in written if not any(isinstance(row, Evening) for row in save.rows)]
        self.disk.rows = {key: row for key, row in self.disk.rows.items() if not isinstance(row, Evening)}

    def switch_on(self, *, same_boot: bool = False) -> None:
        super().switch_on(same_boot=same_boot)
        self.remind()


class WatchesDeaf(World):
    """Says that it listens while the button is gone."""

    def button(self, well: bool) -> None:
        self.button_well = well
        self._deaf(not well)
        self.daemon.post(PartReported(self.now(), "button", True, "…"))


def seasons(world: type[World]) -> Iterator[None]:
    for seed in range(1, 40):
        Season(seed, world=world).play()
        yield


@pytest.mark.parametrize("world", [ForgetfulDisk, DeafWhileAsking, HearsGhosts, AsksAgain, WatchesDeaf])
def test_the_simulation_notices(world: type[World]) -> None:
    with pytest.raises(AssertionError):
        for _ in seasons(world):
            pass
