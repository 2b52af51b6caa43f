"""What must hold in every simulated night, whatever happened in it. Each law names itself where it is broken.

What the device says is held against what the world knows: the true time, who listened, what a finger did.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from bedside.diary.journal import is_human
from bedside.night.effects import (
    Boot,
    Cramp,
    CrampState,
    Evening,
    Meaning,
    Phase,
    Press,
    Reason,
    Row,
    StretchState,
    Watch,
)
from tests.simulation.disk import Query
from tests.simulation.nights import Season
from tests.simulation.world import LONDON, Heard

CRY, RELAPSE, ASK_EVERY, WINDOW = 8.0, 120.0, 600.0, 10_800.0
CLOSELY = 1e-3  # seconds
AFTER_A_LOOK = 1300.0  # seconds on end that the device must have been on, to have asked or kept why it did not


def check_night(season: Season) -> None:
    """At a night's end: all that was acknowledged is in the diary, unless something is wrong with it just now."""
    world, disk = season.world, season.world.disk
    _check_open_cramps(season)
    if world.powered and world.true >= world.asleep_until and not disk.trouble:
        disk.turn()
        if disk.diary_well:
            with disk.read() as query:
                _check_diary(season, query)


def check_season(season: Season) -> None:
    """At the end of all: the same, and what was known only by then."""
    disk = season.world.disk
    if not season.world.powered:
        season.world.switch_on()
    disk.well()
    disk.turn()
    disk.turn()
    disk.tidy()
    assert disk.diary_well, "the diary is not well, though the card is"
    with disk.read() as query:
        _check_diary(season, query)
        _check_nights(season, query)
    _check_presses(season)
    _check_meanings(season)
    _check_watches(season)
    _check_asks(season)
    _check_evenings(season)


def _kept(season: Season, kind: type[Row]) -> dict[str, Row]:
    """The rows of a kind by their ids, each as it was acknowledged last."""
    given, rows = season.world.given, {}
    for record in given:
        if record in season.world.acknowledged and record not in season.lost:
            rows.update({row.id: row for row in given[record].rows if type(row) is kind})
    return rows


def _check_open_cramps(season: Season) -> None:
    """Nobody leads a cramp of another boot; a cramp that nobody leads is not open. One that went with the diary, which
    alone knew of it, closes by itself.
    """
    world = season.world
    if not world.powered or any(is_human(save) for save in world.unsure() if save in world.disk.queue):
        return
    led = world.night.cramp.id if world.night.phase is Phase.CRAMPING and world.night.cramp else None
    possible = _possible(season, Cramp)
    for id, rows in ((id, possible[id]) for id in _kept(season, Cramp)):
        stays = all(isinstance(row, Cramp) and row.state is CrampState.OPEN for row in rows)
        assert not stays or id == led or id in world.forgotten, f"a cramp stays open that nobody leads: {id}"
    if led and world.night.cramp:
        assert world.night.cramp.onset.boot == f"boot{world.boot}", "a cramp goes on over a new boot"


def _check_diary(season: Season, query: Query) -> None:
    """Acknowledged is in the diary once, and nothing is there that was not given."""
    world = season.world
    human = [record for record in world.acknowledged if is_human(world.given[record]) and record not in season.lost]
    replayed = Counter(record for (record,) in query("select record from replayed"))
    missing = [record for record in human if record not in replayed]
    assert not missing, f"acknowledged, and not in the diary: {missing[:3]}"
    assert replayed.keys() <= world.given.keys(), "a record is in the diary that nobody gave"
    presses = {id: (meaning, cramp) for id, meaning, cramp in query("select id, meaning, cramp from presses")}
    kept = _kept(season, Press)
    last = _possible(season, Press)
    for id in kept:
        assert id in presses, f"an acknowledged press has no row: {id}"
        told = [(row.meaning.value, row.cramp) for row in last[id] if isinstance(row, Press)]
        assert presses[id] in told, f"a press has another meaning than was kept: {presses[id]} {told}"
    assert presses.keys() <= last.keys(), "a press is in the diary that nobody made"
    _check_amendments(query)
    led = world.night.cramp.id if world.night.phase is Phase.CRAMPING and world.night.cramp else None
    is_open = [id for (id,) in query("select id from cramps where state = 'open'") if id != led]
    assert not is_open, f"a cramp stays open in the diary that nobody leads: {is_open}"


def _possible(season: Season, kind: type[Row]) -> dict[str, list[Row]]:
    """What the rows of a kind may be: as acknowledged last, or as in a later record that a crash may have kept."""
    world, rows = season.world, defaultdict[str, list[Row]](list)
    for record, save in world.given.items():
        for row in save.rows:
            if type(row) is kind:
                if record in world.acknowledged and record not in season.lost:
                    rows[row.id] = []
                rows[row.id].append(row)
    return rows


def _check_amendments(query: Query) -> None:
    """What was told otherwise than before is noted once, however often the journal is replayed."""
    for record, field, count in query("select record, field, count(*) from amendments group by 1, 2"):
        assert count == 1, f"an amendment is kept {count} times: {record} {field}"


def _check_nights(season: Season, query: Query) -> None:
    """A cramp whose time was known stands at its true time, and in its night."""
    world = season.world
    counted = {}
    for night, starts, ends, cramps, doubtful, daytime, observed in query(
        "select night, starts, ends, cramps, doubtful, daytime, observed from nights where rolled_up = changed"
    ):
        counted[night] = starts, ends, (cramps or 0) + (doubtful or 0) + (daytime or 0), observed
    truly: Counter[str] = Counter()
    sure, vouched = True, _vouched(season)
    for boot, since_boot, onset, trusted, state, practice in query(
        "select onset_boot, onset_since_boot, onset, onset_trusted, state, practice from cramps"
    ):
        at = world.boots[str(boot)] + float(since_boot)  # type: ignore[arg-type]
        clock = world.clock_at(at)
        known = clock.right or (not clock.trusted and vouched.get(str(boot), False))
        if world.clock_at(at - 1.0) is not world.clock_at(at + 1.0) or not known:
            assert not trusted or clock.trusted or boot in vouched, f"a clock that nobody had set is trusted: {onset}"
            sure = False
            continue
        true = world.truly(at)
        told = datetime.fromisoformat(str(onset))
        assert abs((told - true).total_seconds()) < 2 * CLOSELY, f"a cramp is at {told}, and was at {true}"
        assert trusted, f"a cramp's time was known, and is not trusted: {onset}"
        night = (true.astimezone(LONDON).replace(tzinfo=None) - timedelta(hours=12)).date().isoformat()
        if state != "no cramp" and not practice:
            truly[night] += 1
        if not season.travelled and night in counted:
            starts, ends, _, _ = counted[night]
            assert starts <= str(onset) < ends, f"a cramp of {true} is not in its night {night}"
    if sure and not season.travelled:
        for night, (_, _, count, _) in counted.items():
            assert count == truly[night], f"the night {night} has {count} cramps, and had {truly[night]}"


def _vouched(season: Season) -> dict[str, bool]:
    """Whether the first time that the device vouched for in a boot was the true one, by boot."""
    world, found = season.world, dict[str, bool]()
    for record, save in world.given.items():
        for row in save.rows:
            if isinstance(row, Boot) and row.trusted and record in world.acknowledged:
                true = world.truly(world.true_time(row.trusted))
                found.setdefault(row.id, abs((row.trusted.wall - true).total_seconds()) < CLOSELY)
    return found


def _check_presses(season: Season) -> None:
    """Every press while somebody listened is one accepted press, and none came from nowhere."""
    world = season.world
    clear = [span for span in season.presses if not any(a < span[1] and span[0] < b for a, b in season.blurred)]
    times = sorted(heard.at for heard in world.heard.values())
    for began, over in clear:
        end = max([over, *(b for a, b in world.stalls if a < over and began < b)])
        found = sum(began - CLOSELY <= at <= end for at in times)
        near = sum(a < end and began < b for a, b in season.presses)
        assert 1 <= found <= near, f"a press at {began:.3f} was heard {found} times"
    for at in times:
        known = any(began - CLOSELY <= at <= over for began, over in season.presses)
        assert known or any(a <= at <= b for a, b in (*season.blurred, *world.stalls)), f"nobody pressed at {at:.3f}"
    kept, cramps = _kept(season, Press), _kept(season, Cramp)
    of_cramps = {row.cramp for row in kept.values() if isinstance(row, Press) and row.cramp}
    assert of_cramps <= cramps.keys(), "a press names a cramp that is not kept"


def _followed(season: Season) -> Iterator[tuple[Press, Heard, Press, Heard]]:
    """Each press and the one after it in the same life of the daemon, as each came to mean in the end."""
    rows = {id: row[-1] for id, row in _possible(season, Press).items()}
    for (id, heard), (next_id, next_heard) in pairwise(season.world.heard.items()):
        first, second = rows[id], rows[next_id]
        if heard.life == next_heard.life and isinstance(first, Press) and isinstance(second, Press):
            yield first, heard, second, next_heard


def _check_meanings(season: Season) -> None:
    """A cry ends nothing, and a relapse is told by the time that passed, whatever clock was set."""
    for first, heard, second, next_heard in _followed(season):
        gap = next_heard.at - heard.at
        if second.phase is Phase.CRAMPING and gap < CRY - CLOSELY:
            assert second.meaning is Meaning.REPEATED, f"a press {gap:.1f} s after the last one {second.meaning}"
        if first.meaning is Meaning.ENDED and second.phase is Phase.QUIET and abs(gap - RELAPSE) > CLOSELY:
            reopened = second.meaning is Meaning.REOPENED
            assert reopened == (gap < RELAPSE), f"a press {gap:.0f} s after the end {second.meaning}"


def _check_watches(season: Season) -> None:
    """No watch covers a span in which nobody listened."""
    world = season.world
    for versions in _possible(season, Watch).values():
        row = versions[-1]
        assert isinstance(row, Watch)
        began, seen = world.true_time(row.began), world.true_time(row.seen)
        for a, b in world.deaf:
            assert min(b, seen) - max(a, began) < CLOSELY, f"a watch covers deaf seconds: {began, seen} {a, b}"


def _check_asks(season: Season) -> None:
    """At most as many asks a date as are wanted, ten minutes apart, but where power went before one was kept; and by a
    clock that was right all evening, each by its own date.
    """
    world = season.world
    asks = [ask for ask in world.asks if ask[1] not in world.forgotten]
    dates = Counter(day for _, day in asks)
    assert all(count <= world.rules.asks for count in dates.values()), f"asked too often: {dates}"
    for (first, day), (second, other) in pairwise(asks):
        assert day != other or second - first >= ASK_EVERY - 1, f"{day} asked after {second - first:.0f} s"
    for at, day in world.asks:
        clock = world.clock_at(at)
        begun = at - WINDOW - 60
        woke = season.travelled and any(begun <= over <= at for _, over in world.stalls)  # and asked before it looked
        if clock.right and clock.zone is LONDON and clock.since <= begun and not woke:
            due = _due(season, date.fromisoformat(day))
            assert due - 1 < at < due + WINDOW + 1, f"the ask at {world.truly(at)} is counted to {day}"


def _check_evenings(season: Season) -> None:
    """An evening that the device was there for is asked, or it is kept why not."""
    world = season.world
    kept = _possible(season, Evening)
    for at in world.looks:
        day = _evening_at(season, at)
        lasts = all(not at - 1 <= outage <= at + AFTER_A_LOOK for outage in world.outages)
        lasts = lasts and all(b <= at or a >= at + AFTER_A_LOOK for a, b in world.stalls)
        clock = world.clock_at(at + AFTER_A_LOOK)
        if day is None or not lasts or clock.since > at or season.travelled or season.nights * 86_400 - at < 2 * WINDOW:
            continue
        assert day.isoformat() in kept, f"the evening of {day} was dropped: it looked at {world.truly(at)}"
        row = kept[day.isoformat()][-1]
        assert isinstance(row, Evening)
        due = _due(season, day)
        asked = row.asks or any(due <= ask <= due + WINDOW for ask, _ in world.asks)  # by a clock that was wrong then
        why = row.state is not StretchState.UNKNOWN or row.reason is not Reason.NOT_ASKED
        assert asked or why, f"the evening of {day} was not asked, and nobody knows why: {row}"


def _due(season: Season, day: date) -> float:
    at = season.reminders[day.weekday()]
    return (datetime.combine(day, at, LONDON).astimezone(UTC) - season.world.start).total_seconds()


def _evening_at(season: Season, at: float) -> date | None:
    """The evening whose window a true time lies in, with room for an ask."""
    today = season.world.truly(at).astimezone(LONDON).date()
    for day in (today - timedelta(days=1), today, today + timedelta(days=1)):
        if _due(season, day) <= at < _due(season, day) + WINDOW - AFTER_A_LOOK:
            return day
    return None
