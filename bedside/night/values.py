"""Changed copies of the night's values: a press waits for a dozen, and `dataclasses.replace` builds each anew."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import replace  # the type checker knows its fields
else:

    def replace(value: Any, /, **changes: Any) -> Any:
        """A copy of a frozen dataclass value, with some fields changed. Such values have no slots."""
        copy = object.__new__(type(value))
        object.__setattr__(
            copy, "__dict__", value.__dict__ | changes
        )  # at once: filling it anew takes half as long again
        return copy


__all__ = ["replace"]
