"""How many deletes a run may do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mediakit.errors import UsageError

DEFAULT_MAX_DELETE = 256


@dataclass(frozen=True, slots=True)
class DeleteLimit:
    """A number of objects, or a percentage of those that mediakit has at the target."""

    value: int = DEFAULT_MAX_DELETE
    percent: bool = False

    @classmethod
    def parse(cls, text: str | int | None) -> DeleteLimit:
        """Read `20` or `5%`; raises UsageError."""
        if text is None:
            return cls()
        match = re.fullmatch(r"(\d{1,9})(%?)", str(text).strip())
        if match is None:
            raise UsageError(
                f"max-delete: {text!r} is neither a number nor a percentage", "give 20 or 5%"
            )
        return cls(int(match[1]), percent=bool(match[2]))

    def allows(self, deletes: int, objects: int) -> bool:
        """Return whether `deletes` of `objects` may go."""
        if self.percent:
            return deletes * 100 <= self.value * objects
        return deletes <= self.value

    def __str__(self) -> str:
        return f"{self.value}%" if self.percent else str(self.value)
