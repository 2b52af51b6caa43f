"""The export page, `/export`: the diary as files to take away, and an exported one to bring in again."""

from collections.abc import Mapping
from typing import IO

from bedside.catalogue import N_, _
from bedside.diary.errors import DiaryError
from bedside.diary.importing import Imported, Place, RefusedError, is_empty, place, take_in
from bedside.diary.reader import reading
from bedside.door import Knock
from bedside.night.anew import is_at_rest
from bedside.pages import pairing
from bedside.pages.house import House

BUSY = N_(
    "Nothing is brought in: something goes on at the bed just now, a cramp, the ask, the stretch or a press. "
    "Let it end first."
)
NO_FILE = N_("Choose the file first.")
BY_DAY = N_(
    "Nothing is brought in: it is the time you sleep. While a diary is written, a press may wait some seconds for the "
    "voice. Bring it in by day."
)
NOT_EMPTY = N_(
    "Nothing is brought in: this diary is not empty. A diary can only be brought into an empty one, so that no two are "
    "mixed up. To empty it, use Delete everything in the settings."
)
TOO_LARGE = N_(
    "The file is larger than 20 MB, and cannot be brought in. Choose the file that ends in .json; of a diary of ten "
    "years it is smaller."
)
FRESH = N_("Then get a fresh code.")

Refusal = tuple[Mapping[str, object], int]


def page(
    *, brought_in: bool = False, wrong_file: str = "", wrong_code: str = "", unwritten: bool = False
) -> Mapping[str, object]:
    """What the template shows: `brought_in` after a diary was; what is wrong with the file, and with the code;
    `unwritten`: the card takes its time.
    """
    return {"brought_in": brought_in, "wrong_file": wrong_file, "wrong_code": wrong_code, "unwritten": unwritten}


def too_large() -> Refusal:
    """What to show where the file was not even looked at."""
    return page(wrong_file=_(TOO_LARGE)), 413


def bring_in(house: House, file: IO[bytes] | None, code: str) -> Refusal | None:
    """Bring the file's diary in, if the bed is at rest, the diary is empty, and the code is right. None if done; else
    what to show, and its status.

    The code is tried before the file is read: it would be good no more at the end of a long one, and who has not been
    at the bed shall not keep the device busy.
    """
    if file is None:
        return page(wrong_file=_(NO_FILE)), 400
    try:
        where = _where(house)
        knock = house.entrance.door.knock(code)
        if knock is not Knock.RIGHT:
            return page(wrong_code=pairing.refused(knock)), 400
        imported = _still_wanted(house, take_in(file, house.diary, where))
    except _NotNowError as error:
        return page(wrong_file=str(error)), 409
    except RefusedError as error:
        return page(wrong_file=f"{error} {_(FRESH)}"), 400
    except DiaryError as error:
        return page(wrong_file=str(error)), 503
    return None if house.bring_in(imported) else (page(unwritten=True), 503)


class _NotNowError(Exception):
    """Nothing may be brought in; the sentence says why."""


def _still_wanted(house: House, imported: Imported) -> Imported:
    """The same once more: reading a long file takes a while. Raises _NotNowError, or DiaryError."""
    try:
        _where(house)
    except (_NotNowError, DiaryError):
        imported.discard()
        raise
    return imported


def _where(house: House) -> Place:
    """What the diary is like that the file comes into. Raises _NotNowError, or DiaryError."""
    if not is_at_rest(house.night()):
        raise _NotNowError(_(BUSY))
    if house.asleep:
        raise _NotNowError(_(BY_DAY))
    with reading(house.diary) as reader:
        if not is_empty(reader):
            raise _NotNowError(_(NOT_EMPTY))
        return place(reader)
