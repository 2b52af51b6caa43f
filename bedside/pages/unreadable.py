"""What reading the diary may raise, and the page that says so."""

import logging

from bedside.catalogue import _
from bedside.diary.errors import NO_ROW_OF_OURS, DiaryError
from bedside.pages import answers

log = logging.getLogger(__name__)

ERRORS = (DiaryError, *NO_ROW_OF_OURS)


def say(error: Exception) -> tuple[str, int]:
    """The page that says that the diary cannot be read just now. The button does not need it."""
    log.warning("a page could not be shown: %s", error)
    why = str(error) if isinstance(error, DiaryError) else ""
    hint = _("It may be back in a moment: load the page again. If it is not, the morning page says what to do.")
    return answers.say(503, _("The diary cannot be read just now"), " ".join(filter(None, (why, hint))))
