"""What commands print: results to stdout, problems and progress to stderr."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Self

import click

from mediakit.base.actions import Kind
from mediakit.base.model import Severity
from mediakit.base.redaction import redacted
from mediakit.cli.pipeline import show_annotations, write_outputs, write_step_summary
from mediakit.report.documents import result_json
from mediakit.report.text import (
    diff_lines,
    grouped,
    log_line,
    problem_line,
    result_lines,
    summary_line,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mediakit.base.actions import Outcome, Result
    from mediakit.base.model import Problem
    from mediakit.cli.options import Common
    from mediakit.edit.pages import PageChange
    from mediakit.sync.run import Run

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


class Bar:
    """A progress bar on stderr, if that is a terminal; silent elsewhere."""

    def __init__(self, common: Common, unit: str = "file") -> None:
        self._wanted = sys.stderr.isatty() and not common.quiet
        self._unit = unit
        self._bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def begin(self, total: int) -> None:
        """Show the bar for `total` actions."""
        if self._wanted and total:
            from tqdm import tqdm  # noqa: PLC0415 - only where somebody looks

            self._bar = tqdm(total=total, unit=self._unit, leave=False, file=sys.stderr)

    def step(self, outcome: Outcome) -> None:
        """Move the bar on."""
        if self._bar is not None and outcome.action.kind is not Kind.KEEP:
            self._bar.update()

    def show(self, number: int, total: int) -> None:
        """Show that `number` of `total` are done."""
        if self._bar is None:
            self.begin(total)
        if self._bar is not None:
            self._bar.update(number - self._bar.n)

    def close(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def say(line: str, *, aside: bool = False) -> None:
    """Print a line of text, on stderr where it is `aside`; nothing in it acts on who shows it."""
    click.echo(redacted(log_line(line)), err=aside)


def carry_out(
    run: Run, job: Callable[[], Result], bar: Bar, common: Common, *, actions: bool
) -> int:
    """Do a run's job and print its result, also that of an interrupted one; returns 0 or 1."""
    try:
        result = job()
    except KeyboardInterrupt:
        bar.close()
        show_result(run.result, common, actions=False)
        raise
    bar.close()
    show_result(result, common, actions=actions)
    write_step_summary(result)
    return int(result.has_errors)


def show_result(result: Result, common: Common, *, actions: bool) -> None:
    """Print a run's result; `actions` lists what changes also if not verbose."""
    if common.output == "json":
        click.echo(result_json(result))
        return
    if common.output == "github":
        show_annotations(result.problems, common)
        write_outputs(result)
    else:
        show_problems(result.problems, common)
    if common.quiet:
        return
    aside = common.output == "github"  # where stdout has the annotations
    if actions or common.verbose:
        for line in result_lines(result, verbose=actions and common.verbose):
            say(line, aside=aside)
    say(summary_line(result), aside=aside)


def show_problems(problems: Iterable[Problem], common: Common) -> None:
    """Print problems to stderr: errors only if quiet, each of many with one reason if verbose."""
    colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    for problem in problems if common.verbose else grouped(problems):
        if common.quiet and problem.severity is not Severity.ERROR:
            continue
        line = redacted(log_line(problem_line(problem)))
        if colour:
            word = f"{problem.severity}:"
            line = line.replace(word, click.style(word, fg=_COLOURS[problem.severity]), 1)
        click.echo(line, err=True)


def show_changes(changes: Iterable[PageChange], common: Common) -> None:
    """Print how pages change, nothing if quiet."""
    if common.quiet:
        return
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for change in changes:
        for line in diff_lines(change.path, change.before, change.after, colour=colour):
            click.echo(redacted(line), color=colour)
