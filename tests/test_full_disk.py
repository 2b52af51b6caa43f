"""A card that is really full: presses are kept in memory, told, and written when there is room; the page is read."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from queue import SimpleQueue

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bedside.diary.journal import Journal
from bedside.diary.keeping import Keeping
from bedside.diary.reader import reading
from bedside.diary.writer import Writer
from bedside.night.effects import Row, Save
from bedside.night.events import PartReported, Saved, SaveFailed
from tests.diary.rows import SmallDisk, press, small_disk
from tests.homes import OURS, THREE, Home, watch

SIZE = 3_000_000
LONG = 20.0  # seconds that nobody waits unless it fails
PAGES = (
    "/", "/patterns", "/patterns/nights", "/patterns/weeks", "/diary", "/diary/add", "/diary/medicines", "/diary/away",
    "/about", "/report", "/export", "/guide", "/relief", "/stretch", "/settings", "/export/diary.json",
    "/export/cramps.csv", "/export/nights.csv",
)  # fmt: skip


class Card:
    """A card that fills up, the real writer and pages on it, and what the writer posts."""

    def __init__(self, folder: Path, disk: SmallDisk) -> None:
        self.home = Home(folder, (*THREE, watch("10 20:00", "11 08:00")))
        self.disk, self.posted, self._numbers = disk, SimpleQueue[object](), count()
        self._keeping = Keeping(self.posted.put)
        self.reports: list[PartReported] = []
        self.home.keep()
        self.begin()

    def begin(self) -> None:
        """As a start of the daemon does."""
        self.writer = Writer(self.home.folder, self._keeping.post, lambda: self.home.now, retry=0.02)
        self.writer.start()

    def press(self, number: int) -> bool:
        """Press; whether it is on the disk."""
        record = f"press {number:03}"
        self.writer.save(Save(record, self.home.now, (press(record, self.home.now),)))
        return self.answer(record)

    def answer(self, record: str) -> bool:
        """The writer's next word on a record."""
        while True:
            event = self.posted.get(timeout=LONG)
            if isinstance(event, PartReported):
                self.reports.append(event)
            elif isinstance(event, Saved | SaveFailed) and event.record == record:
                return isinstance(event, Saved)

    def well(self) -> None:
        """Wait until the diary is well."""
        while not (self.reports and self.reports[-1].well):
            event = self.posted.get(timeout=LONG)
            self.reports += [event] if isinstance(event, PartReported) else []

    def fill(self) -> list[str]:
        """Fill the card, and press until one is in memory only: the journal has room in store for some."""
        self.disk.fill()
        pressed = []
        for number in range(1000):
            pressed.append(f"press {number:03}")
            if not self.press(number):
                return pressed
        raise AssertionError("a full card takes a thousand presses")

    def kept(self) -> list[str]:
        with reading(self.home.path) as reader:
            return [id for (id,) in reader.rows("select id from presses order by id")]

    def refuses(self, phone: FlaskClient) -> list[tuple[str, int]]:
        """The pages that do not open. Where no disk can be mounted, files that may not grow are an error of the card to
        SQLite, which the pages tell in words.
        """
        in_words = (200,) if self.disk.real else (200, 503)
        answers = [(path, phone.get(path).status_code) for path in PAGES]
        return [(path, status) for path, status in answers if status not in in_words]

    def phone(self) -> FlaskClient:
        house = replace(self.home.house(), tell=self._tell)
        return self.home.visitor(house)

    def _tell(self, rows: tuple[Row, ...]) -> bool:
        save = Save(f"told {next(self._numbers)}", self.home.now, rows)
        return self._keeping.keep_and_show(save, self.writer.save, self.writer.after)


@pytest.fixture
def card(tmp_path: Path) -> Iterator[Card]:
    folder = tmp_path / "card"
    folder.mkdir()
    with small_disk(folder, SIZE) as disk:
        card = Card(folder, disk)
        yield card
        disk.free()
        card.writer.close(LONG)


def test_presses_are_kept_in_memory_told_and_written_when_there_is_room(card: Card) -> None:
    pressed = card.fill()
    assert card.writer.alive()
    card.disk.free()
    assert card.answer(pressed[-1])
    card.well()
    card.writer.close(LONG)
    assert card.kept() == pressed
    assert [record.record for record in Journal(card.home.folder / "journal").read()] == pressed
    troubles = [report for report in card.reports if not report.well]
    assert any(report.says.endswith("The newest presses are in memory only.") for report in troubles)
    assert all(report.remedy for report in troubles)


def test_every_page_is_read_and_what_is_told_is_refused_in_words_and_taken_when_there_is_room(card: Card) -> None:
    phone = card.phone()
    before = seen(phone)
    card.fill()
    assert card.refuses(phone) == []
    refused = tell(phone, before)
    assert refused.status_code == 503
    assert "This could not be written down yet" in refused.text
    card.disk.free()
    card.well()
    assert tell(phone, seen(phone)).status_code == 303


def test_after_a_start_on_a_full_card_every_page_is_read(card: Card) -> None:
    phone = card.phone()
    card.writer.close(LONG)
    card.disk.fill()
    card.begin()
    assert card.writer.alive()
    assert card.refuses(phone) == []


def seen(phone: FlaskClient) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', phone.get("/about").text)
    assert found
    return found[1]


def tell(phone: FlaskClient, seen: str) -> TestResponse:
    return phone.post("/about", data={"seen": seen, "diabetes": "yes"}, headers=OURS)
