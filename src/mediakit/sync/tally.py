"""The outcomes and problems of a run so far, whenever it ends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from mediakit.base.actions import Action, Kind, Outcome, Place, Reason, Result, Status
from mediakit.base.errors import UsageError
from mediakit.base.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mediakit.base.actions import Plan, StaleVariants
    from mediakit.storage.protocol import Storage


class Progress(Protocol):
    """Shows how a run goes on."""

    def begin(self, total: int) -> None:
        """`total` actions are about to be done."""

    def step(self, outcome: Outcome) -> None:
        """One action has ended."""


class Unseen:
    """A progress that nobody looks at."""

    def begin(self, total: int) -> None:
        """Show nothing."""

    def step(self, outcome: Outcome) -> None:
        """Show nothing."""


class Tally:
    """Counts what a run does, and shows it on `progress`."""

    def __init__(self, progress: Progress, *, dry_run: bool) -> None:
        self._progress = progress
        self._dry_run = dry_run
        self._start = time.perf_counter()
        self._outcomes: list[Outcome] = []
        self._problems: list[Problem] = []
        self._target: Storage | None = None
        self.stale: StaleVariants | None = None

    @property
    def result(self) -> Result:
        """The run as far as it has come."""
        target = self._target
        return Result(
            tuple(self._outcomes),
            tuple(sorted(set(self._problems))),
            time.perf_counter() - self._start,
            dry_run=self._dry_run,
            target=target.url if target else None,
            endpoint=(target.endpoint or None) if target else None,
            stale=self.stale,
        )

    @property
    def target_url(self) -> str:
        """Where problems of the target as a whole are; empty without a target."""
        return self._target.url if self._target else ""

    @property
    def changed(self) -> list[str]:
        """The keys of objects at the target that have another content now, or are gone."""
        return [
            outcome.action.path
            for outcome in self._outcomes
            if outcome.action.place is Place.TARGET and outcome.status is Status.DONE
            if outcome.action.reason is not Reason.NEW
        ]

    def begin(self, *plans: Plan) -> None:
        """Begin to carry out plans."""
        self._progress.begin(sum(len(plan.todo) for plan in plans))

    def at(self, target: Storage) -> None:
        """Note the target of the run."""
        self._target = target

    def report(self, outcome: Outcome) -> None:
        """Count an action that has ended."""
        self._outcomes.append(outcome)
        self._progress.step(outcome)

    def add(self, problems: Iterable[Problem]) -> None:
        """Add problems."""
        self._problems += problems

    def planned(self, *actions: Action) -> None:
        """Count actions that are only planned."""
        for action in actions:
            kept = action.kind is Kind.KEEP
            self.report(Outcome(action, Status.KEPT if kept else Status.PLANNED))

    def refused(self, refuse: Callable[[], object]) -> None:
        """In a dry run, add a refusal as a problem: its reason is in the plan."""
        try:
            refuse()
        except UsageError as error:
            where = self.target_url
            self._problems.append(
                Problem(where, 0, "refused", Severity.ERROR, error.message, error.hint)
            )
