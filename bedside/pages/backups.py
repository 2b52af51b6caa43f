"""The backups page, `/backups`: which copies of the diary are on the card, and how one is put back."""

from collections.abc import Mapping
from dataclasses import dataclass

from bedside.catalogue import N_, _
from bedside.diary.backups import Backup, Kind, StillGoesOn
from bedside.door import Knock
from bedside.night.anew import is_at_rest
from bedside.pages import pairing, words
from bedside.pages.house import House

BUSY = N_(
    "Nothing is put back: something goes on at the bed just now, a cramp, the ask, the stretch or a press. "
    "Let it end first."
)
NOT_CHOSEN = N_("Choose one of the backups first.")
KINDS: Mapping[Kind, str] = {
    Kind.PEOPLE: N_("what was pressed and told"),
    Kind.EVERYTHING: N_("everything, the temperatures too"),
}

Refusal = tuple[Mapping[str, object], int]


@dataclass(frozen=True, slots=True)
class Line:
    """A backup as it is listed: the date it was made on, what it holds, its size."""

    name: str
    made: str
    holds: str
    size: str
    chosen: bool


def page(
    house: House, *, chosen: str = "", wrong_choice: str = "", wrong_code: str = "", failed: str = "", pending: str = ""
) -> Mapping[str, object]:
    """What the template shows: the backups, the newest first; what is wrong with the choice, and with the code;
    `failed`: why the one that was chosen could not be put back; `pending`: why that is not over yet.
    """
    lines = [_line(backup, chosen) for backup in house.backups()]
    return {
        "backups": lines,
        "wrong_choice": wrong_choice,
        "wrong_code": wrong_code,
        "failed": failed,
        "pending": pending,
    }


def put_back(house: House, name: str, code: str) -> Refusal | None:
    """Put the backup of this name back, if the bed is at rest and the code is right. None if done; else what to show,
    and its status. A code is not tried, and so not used up, before all else is right.
    """
    if name not in {backup.name for backup in house.backups()}:
        return page(house, wrong_choice=_(NOT_CHOSEN)), 400
    if not is_at_rest(house.night()):
        return page(house, chosen=name, failed=_(BUSY)), 409
    knock = house.entrance.door.knock(code)
    if knock is not Knock.RIGHT:
        return page(house, chosen=name, wrong_code=pairing.refused(knock)), 400
    failed = house.restore(name)
    if isinstance(failed, StillGoesOn):
        return page(house, pending=failed), 202
    return (page(house, chosen=name, failed=failed), 503) if failed else None


def _line(backup: Backup, chosen: str) -> Line:
    # Translators: the size of a file in megabytes.
    size = _("%(number)s MB", number=f"{backup.size / 1e6:.1f}")
    return Line(backup.name, words.day_dates(backup.made), _(KINDS[backup.kind]), size, backup.name == chosen)
