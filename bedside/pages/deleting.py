"""Delete everything, the last section of the settings page: a fresh code from the bed, then all is gone."""

from bedside.catalogue import N_, _
from bedside.diary.wiping import Deleted
from bedside.door import Knock
from bedside.night.anew import is_at_rest
from bedside.pages import pairing
from bedside.pages.house import House

BUSY = N_(
    "Nothing is deleted: something goes on at the bed just now, a cramp, the ask, the stretch or a press. "
    "Let it end first, then enter a code."
)
NO_ANSWER = N_("Nothing is deleted: the device does not answer just now. Wait a minute, then enter a new code.")


def delete(house: House, code: str) -> Deleted | tuple[str, int]:
    """Delete everything, if the code is right and the bed is at rest. What came of it; or why not, with a status.

    A code is not tried, and so not used up, while the bed is not at rest.
    """
    if not is_at_rest(house.night()):
        return _(BUSY), 409
    knock = house.entrance.door.knock(code)
    if knock is not Knock.RIGHT:
        return pairing.refused(knock), 400
    deleted = house.delete()
    if deleted is Deleted.NO_ANSWER:
        return _(NO_ANSWER), 503
    return (_(BUSY), 409) if deleted is Deleted.BUSY else deleted
