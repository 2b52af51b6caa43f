"""The paired phones: tokens of which only the hash is kept, a year that slides, and being put out."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bedside.night.effects import Save
from bedside.night.events import Moment
from bedside.night.phones import Phone
from bedside.night.resume import what_was_kept
from bedside.phones import LASTS, NAME_LENGTH, RENEWS, Phones

ADDRESS = "192.168.1.23:8080"


@dataclass
class Home:
    """The device's clock and what is written down; `keeps` is whether the disk takes it at once."""

    wall: datetime = datetime(2026, 1, 10, 12, tzinfo=UTC)
    trusted: bool = True
    keeps: bool = True
    since_boot: float = 100.0
    saves: list[Save] = field(default_factory=list)
    changes: int = 0

    def now(self) -> Moment:
        self.since_boot += 1
        return Moment("boot", self.since_boot, self.wall, self.trusted)

    def keep(self, _: str, give: Callable[[], bool]) -> bool:
        return not give() or self.keeps

    def change(self) -> None:
        self.changes += 1

    def phones(self, **parts: Callable[[], str]) -> Phones:
        """The phones as a start of the daemon finds them."""
        kept = what_was_kept(self.saves).phones
        return Phones(kept, keep=self.keep, note=self.saves.append, now=self.now, changed=self.change, **parts)


@pytest.fixture
def home() -> Home:
    return Home()


def named(phones: Phones) -> list[str]:
    return [phone.name for phone in phones.all()]


def test_a_paired_phone_is_known_by_its_token_and_no_other(home: Home) -> None:
    phones = home.phones()
    token = phones.pair("Anna's phone", ADDRESS)
    visit = phones.visit(token)
    assert visit is not None
    assert (visit.phone.name, visit.phone.address, visit.renews) == ("Anna's phone", ADDRESS, False)
    for stranger in ("", token[:-1], token + "x", token.swapcase(), visit.phone.digest, "\udcff", "ü", "x" * 10**6):
        assert phones.visit(stranger) is None


def test_a_token_has_256_bits_and_only_its_hash_is_written_down(home: Home) -> None:
    phones = home.phones()
    tokens = {phones.pair("A phone", ADDRESS) for _ in range(20)}
    assert len(tokens) == 20
    assert all(len(token) == 43 for token in tokens)  # 32 bytes in base 64
    for token in tokens:
        assert token not in repr(home.saves)
        assert hashlib.sha256(token.encode()).hexdigest() in repr(home.saves)


def test_phones_are_known_again_after_a_restart(home: Home) -> None:
    before = home.phones()
    first, second = before.pair("First", ADDRESS), before.pair("Second", ADDRESS)
    after = home.phones()
    assert after.visit(first)
    assert after.visit(second)
    assert named(after) == ["Second", "First"]


def test_one_that_was_put_out_stays_out_and_the_others_stay_in(home: Home) -> None:
    phones = home.phones()
    lost, kept = phones.pair("Lost", ADDRESS), phones.pair("Kept", ADDRESS)
    (phone,) = (one for one in phones.all() if one.name == "Lost")
    assert phones.put_out(phone.id)
    for each in (phones, home.phones()):
        assert each.visit(lost) is None
        assert each.visit(kept)
        assert named(each) == ["Kept"]


def test_all_can_be_put_out_at_once_in_one_record(home: Home) -> None:
    phones = home.phones()
    tokens = [phones.pair(name, ADDRESS) for name in "ABC"]
    assert phones.put_all_out()
    assert len(home.saves) == 4
    for each in (phones, home.phones()):
        assert not any(each.visit(token) for token in tokens)
        assert each.all() == ()


def test_putting_out_whom_nobody_knows_changes_nothing(home: Home) -> None:
    phones = home.phones()
    phones.pair("A phone", ADDRESS)
    saves, changes = len(home.saves), home.changes
    assert phones.put_out("nobody")
    assert (len(home.saves), home.changes) == (saves, changes)


def test_a_disk_that_refuses_is_told_and_the_phone_is_out_all_the_same(home: Home) -> None:
    phones = home.phones()
    token = phones.pair("A phone", ADDRESS)
    home.keeps = False
    assert not phones.put_out(phones.all()[0].id)
    assert phones.visit(token) is None


def test_a_phone_that_is_paired_while_the_disk_refuses_is_let_in(home: Home) -> None:
    home.keeps = False
    phones = home.phones()
    assert phones.visit(phones.pair("A phone", ADDRESS))


def test_the_last_use_is_written_once_a_day_and_the_cookie_renewed(home: Home) -> None:
    phones = home.phones()
    token = phones.pair("A phone", ADDRESS)
    home.wall += RENEWS - timedelta(seconds=1)
    visit = phones.visit(token)
    assert visit
    assert not visit.renews
    home.wall += timedelta(seconds=1)
    visit = phones.visit(token)
    assert visit
    assert visit.renews
    assert visit.phone.used.wall == home.wall
    again = phones.visit(token)
    assert again
    assert not again.renews
    assert len(home.saves) == 2
    assert home.phones().all()[0].used.wall == home.wall


def test_a_year_without_a_visit_makes_a_stranger_and_each_visit_begins_it_anew(home: Home) -> None:
    phones = home.phones()
    token = phones.pair("A phone", ADDRESS)
    for _ in range(3):
        home.wall += LASTS
        assert phones.visit(token)
    home.wall += LASTS + timedelta(seconds=1)
    assert phones.visit(token) is None
    assert phones.all() == ()


def test_a_clock_that_is_not_known_to_be_right_puts_nobody_out(home: Home) -> None:
    phones = home.phones()
    token = phones.pair("A phone", ADDRESS)
    home.wall, home.trusted = home.wall + 20 * LASTS, False
    assert phones.visit(token)
    home.wall, home.trusted = home.wall - 18 * LASTS, True
    assert home.phones().visit(token) is None


def test_a_phone_paired_under_a_wrong_clock_is_dated_at_its_first_visit_under_a_right_one(home: Home) -> None:
    home.wall, home.trusted = datetime(1970, 1, 1, tzinfo=UTC), False
    phones = home.phones()
    token = phones.pair("A phone", ADDRESS)
    home.wall, home.trusted = datetime(2026, 1, 10, tzinfo=UTC), True
    visit = phones.visit(token)
    assert visit
    assert visit.renews
    assert visit.phone.used == replace(home.now(), since_boot=visit.phone.used.since_boot)


def test_a_clock_set_back_by_years_renews_instead_of_waiting_for_them(home: Home) -> None:
    phones = home.phones()
    token = phones.pair("A phone", ADDRESS)
    home.wall -= timedelta(days=3000)
    visit = phones.visit(token)
    assert visit
    assert visit.renews


def test_phones_that_are_forgotten_are_strangers_and_nothing_is_written_of_it(home: Home) -> None:
    phones = home.phones()
    token = phones.pair("A phone", ADDRESS)
    saves = len(home.saves)
    phones.forget()
    assert phones.visit(token) is None
    assert (phones.all(), len(home.saves)) == ((), saves)


def test_one_that_is_forgotten_while_it_is_put_out_is_not_written_down_again(home: Home) -> None:
    """The deletion that forgets it deletes what was written before; what is written later stays."""

    def keep(_: str, give: Callable[[], bool]) -> bool:
        if home.saves:
            phones.forget()
        return not give() or home.keeps

    phones = Phones((), keep=keep, note=home.saves.append, now=home.now)
    phones.pair("A phone", ADDRESS)
    assert phones.put_out(phones.all()[0].id)
    assert len(home.saves) == 1


def test_a_phone_is_noted_in_the_same_breath_as_it_is_let_in_put_out_or_renewed(home: Home) -> None:
    """So that a deletion finds both, or neither."""
    known: list[list[str]] = []

    def note(save: Save) -> None:
        home.saves.append(save)
        known.append([phone.name for phone in phones._phones.values()])
        assert phones._lock.locked()

    phones = Phones((), keep=home.keep, note=note, now=home.now)
    token = phones.pair("A phone", ADDRESS)
    home.wall += RENEWS
    phones.visit(token)
    phones.put_all_out()
    assert known == [["A phone"], ["A phone"], []]


def test_whoever_has_to_know_is_told_of_each_change(home: Home) -> None:
    phones = home.phones()
    token = phones.pair("A phone", ADDRESS)
    assert home.changes == 1
    phones.visit(token)
    assert home.changes == 1
    phones.put_all_out()
    assert home.changes == 2


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Anna's   phone \n", "Anna's phone"),
        ("", "A phone"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\0b\tc\x1b[31m", "a b c [31m"),
        ("📱 Anna", "📱 Anna"),
        ("<b>Anna</b>", "<b>Anna</b>"),
        ("x" * 10_000, "x" * NAME_LENGTH),
        ("\udcff", "A phone"),
    ],
)
def test_a_name_is_one_short_line_that_any_screen_shows(home: Home, typed: str, shown: str) -> None:
    phones = home.phones()
    phones.pair(typed, ADDRESS)
    assert named(phones) == [shown]


def test_two_phones_paired_in_the_same_instant_are_two(home: Home) -> None:
    phones = Phones((), keep=home.keep, note=home.saves.append, now=lambda: Moment("boot", 1.0, home.wall, True))
    phones.pair("One", ADDRESS)
    phones.pair("Two", ADDRESS)
    assert len(phones.all()) == len({save.record for save in home.saves}) == 2


def test_a_phone_row_comes_back_as_it_was(home: Home) -> None:
    phones = home.phones()
    phones.pair("A phone", ADDRESS)
    (kept,) = what_was_kept(home.saves).phones
    assert kept == phones.all()[0]
    assert isinstance(kept, Phone)
