"""How many deletes a run may do, and when it may do none at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.base.actions import Kind, Plan
from mediakit.base.errors import TargetError, UsageError

if TYPE_CHECKING:
    from mediakit.sync.transfers import TargetState

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


def refuse_unsafe(plan: Plan, state: TargetState, limit: DeleteLimit, *, has_source: bool) -> None:
    """Raise TargetError, before anything is written, if the plan would take too much away.

    A site that names no picture is a wrong folder, more likely than not: its catalog would take
    the place of the one at the target.
    """
    deletes = [action for action in plan.actions if action.kind is Kind.DELETE]
    ours = sum(1 for each in state.objects.values() if each.ours)
    if ours and not has_source:
        raise TargetError(
            f"the site names no picture at all, but mediakit has put {ours} at the target",
            "nothing is changed; is this the right folder? give it with --site",
        )
    if deletes and not limit.allows(len(deletes), ours):
        raise TargetError(
            f"{len(deletes)} of {ours} objects would be deleted, and --max-delete is {limit}",
            "nothing is changed; look at --dry-run, then raise --max-delete if it is right",
        )
