"""How many deletes a run may do, and when it may do none at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.actions import Kind, Plan
from mediakit.base.errors import TargetError

if TYPE_CHECKING:
    from mediakit.config.tables import DeleteLimit
    from mediakit.sync.transfers import TargetState


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
