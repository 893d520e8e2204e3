"""What would be done to a site, as the library shows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mediakit.base.actions import Action, Kind, Reason
from mediakit.library.notebook import reasons_html

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mediakit.base.model import Problem


@dataclass(frozen=True, slots=True)
class Plan:
    """What `Site.apply` would do, made without changing anything.

    `actions` are in the order of their paths, those that keep a variant as it is included;
    `problems` are what is wrong with single pages and pictures.

    >>> from mediakit import Site
    >>> plan = Site.open("site").plan(only="squat")
    >>> plan.todo[0].path, plan.todo[0].reason.value
    ('assets/images/squat-0-320.jpg', 'new')
    """

    actions: tuple[Action, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def todo(self) -> tuple[Action, ...]:
        """The actions that change something."""
        return tuple(action for action in self.actions if action.kind is not Kind.KEEP)

    @property
    def reasons(self) -> Mapping[tuple[Kind, Reason], int]:
        """How many actions there are of each kind and reason, the most frequent first."""
        return dict(Counter((each.kind, each.reason) for each in self.actions).most_common())

    def where(self, wanted: Callable[[Action], bool]) -> Plan:
        """Return the plan with only those actions for which `wanted` is true.

        >>> from mediakit import Reason, Site
        >>> plan = Site.open("site").plan()
        >>> missing = plan.where(lambda action: action.reason is Reason.OUTPUT_MISSING)
        >>> len(missing.todo)
        0
        """
        return replace(self, actions=tuple(filter(wanted, self.actions)))

    def _repr_html_(self) -> str:
        return reasons_html((*key, count) for key, count in self.reasons.items())
