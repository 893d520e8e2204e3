"""What a run did, in one value."""

from __future__ import annotations

from dataclasses import dataclass

from mediakit.base.model import Kind, Outcome, Problem, Severity, Status


@dataclass(frozen=True, slots=True)
class Summary:
    """How many actions ended how, and the whole run's time in seconds."""

    made: int
    described: int
    put: int
    kept: int
    deleted: int
    failed: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Result:
    """The outcomes and problems of a run; `dry_run` if they are only planned.

    `endpoint` is the URL of the server that the target is at, None for a folder.
    """

    outcomes: tuple[Outcome, ...]
    problems: tuple[Problem, ...]
    seconds: float
    dry_run: bool = False
    target: str | None = None
    endpoint: str | None = None

    @property
    def summary(self) -> Summary:
        """The counts; in a dry run, of what would be done."""
        counted = dict.fromkeys(Kind, 0)
        failed = 0
        for outcome in self.outcomes:
            if outcome.status is Status.FAILED:
                failed += 1
            elif outcome.status is not Status.SKIPPED:
                counted[outcome.action.kind] += 1
        return Summary(
            counted[Kind.MAKE], counted[Kind.DESCRIBE], counted[Kind.PUT], counted[Kind.KEEP],
            counted[Kind.DELETE], failed, self.seconds,
        )  # fmt: skip

    @property
    def has_errors(self) -> bool:
        """Whether anything failed, or an error was found on the way."""
        return self.summary.failed > 0 or has_errors(self.problems)


def has_errors(problems: tuple[Problem, ...]) -> bool:
    """Return whether one of the problems is an error."""
    return any(problem.severity is Severity.ERROR for problem in problems)
