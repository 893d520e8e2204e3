"""What was agreed on: a plan of now, held to the actions of a plan of before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.actions import Action, Kind, Plan
from mediakit.base.errors import StalePlanError

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


def agreed(plan: Plan, actions: AbstractSet[Action]) -> Plan:
    """Return `plan` with only those changes that are among `actions`; what is kept is kept.

    Raises:
        StalePlanError: one of `actions` is not in `plan`, so the site has changed meanwhile.
    """
    gone = sorted(action.path for action in actions - set(plan.todo))
    if gone:
        raise StalePlanError(
            f"the site has changed since the plan was made: {gone[0]}"
            + (f" and {len(gone) - 1:,} more" if len(gone) > 1 else ""),
            "plan again",
        )
    kept = tuple(each for each in plan.actions if each.kind is Kind.KEEP or each in actions)
    return Plan(kept, plan.problems)
