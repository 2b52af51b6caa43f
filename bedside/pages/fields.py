"""What a form sends and shows, and how its fields are read. Pure."""

from collections.abc import Mapping, Sequence

from bedside.catalogue import ngettext

Sent = Mapping[str, Sequence[str]]
"""Every field that was sent, with all its values."""
Shown = Mapping[str, str]
"""What each field holds; a box that is not ticked is left out."""
Faults = Mapping[str, str]
"""By field, a sentence that says what is wrong and what to do."""

TICKED = "on"


class Fields:
    """Reads one field after the other and notes what is wrong; what it then answers is used by nobody."""

    def __init__(self, sent: Sent) -> None:
        self.sent = sent
        self.faults: dict[str, str] = {}

    def one(self, field: str) -> str:
        """The field's value; nothing where it was not sent, or not once, which is a fault."""
        values = self.sent.get(field, ())
        if len(values) > 1:
            self.faults[field] = self.too_often(field, len(values))
        return values[0] if len(values) == 1 else ""

    def too_often(self, _field: str, times: int) -> str:
        """The sentence on a field that was sent so many times."""
        return ngettext(
            "This was sent %(number)s time. Choose once more, then press Keep.",
            "This was sent %(number)s times. Choose once more, then press Keep.",
            times,
        )
