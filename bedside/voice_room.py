"""The voice's room: its clips are made here, beside everything else, and what came of it is told."""

import logging
import threading
from collections.abc import Callable

from bedside.catalogue import _
from bedside.devices.voice import Voice
from bedside.night.events import Moment

log = logging.getLogger(__name__)


class VoiceRoom:
    """Makes the clips of one voice. Any thread may call."""

    def __init__(self, voice: Voice, tell: Callable[[str, bool, str, str], None], now: Callable[[], Moment]) -> None:
        self._voice, self._tell, self._now = voice, tell, now
        self._preparing = threading.Lock()

    def prepare(self) -> None:
        """Make the clips that are missing, and tell what came of it. Whoever comes meanwhile waits."""
        try:
            with self._preparing:
                self._voice.prepare()
        except OSError as error:
            self._tell(
                "voice",
                False,
                _("The clips cannot be kept (%(error)s).", error=error),
                _("Free some space on the card."),
            )
        except Exception:  # whatever it is: what is ready is still said
            log.exception("the clips could not be made")
            remedy = _("Type sudo journalctl -u bedside to see why; what was made before is still said.")
            self._tell("voice", False, _("Not all that is spoken could be made."), remedy)
        else:
            voice = self._voice
            self._tell("voice", voice.well, voice.says, voice.remedy)

    def prepare_beside(self) -> None:
        """Have the clips made that are missing, beside everything else."""
        threading.Thread(target=self.prepare, name="voice", daemon=True).start()

    def look(self) -> None:
        """An engine that failed is tried again once an hour."""
        if self._voice.wants_preparing(self._now().since_boot):
            self.prepare_beside()
