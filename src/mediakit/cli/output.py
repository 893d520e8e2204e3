"""What commands print, and what they leave for a pipeline around them.

Results go to stdout, problems and progress to stderr; a pipeline of GitHub gets annotations, and
the outputs and the summary of its step.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from mediakit.base.actions import Kind, has_errors
from mediakit.base.model import Severity
from mediakit.base.redaction import redactor
from mediakit.report.text import (
    diff_lines,
    grouped,
    log_line,
    problem_blocks,
    problem_line,
    result_lines,
    summary_line,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Protocol

    from mediakit.base.actions import Outcome, Result
    from mediakit.base.model import Problem
    from mediakit.cli.options import Common
    from mediakit.edit.pages import PageChange
    from mediakit.report.documents import Document
    from mediakit.sync.quarantine import Fix
    from mediakit.sync.run import Run

    class Documented(Protocol):
        """What a feature has done, with its problems, and as a JSON document."""

        @property
        def problems(self) -> Sequence[Problem]:
            """What went wrong."""

        def document(self) -> Document:
            """Return it as a JSON document."""


_COLOURS = {"error:": "red", "warning:": "yellow", "note:": "blue"}
_SEVERITY = r"\b(?:error|warning|note):"


class Bar:
    """A progress bar on stderr, if that is a terminal; silent elsewhere."""

    def __init__(self, common: Common, unit: str = " files") -> None:
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
    """Print a line, on stderr if `aside`, without secrets and control characters."""
    say_all((line,), aside=aside)


def say_all(lines: Iterable[str], *, aside: bool = False) -> None:
    """Print lines as `say` does."""
    redact = redactor()
    for line in lines:
        click.echo(redact(log_line(line)), err=aside)


def say_wrapped(line: str, below: int = 6) -> None:
    """Print a line as `say` does, but wrapped on a terminal, with an indent below the first."""
    if not sys.stdout.isatty():
        say(line)
        return
    say_all(wrapped(line, 0, _columns(), below))


def _columns() -> int:
    import shutil  # noqa: PLC0415 - it loads much, and terminals only

    return shutil.get_terminal_size().columns


def carry_out(
    run: Run, job: Callable[[], Result], bar: Bar, common: Common, *, actions: bool
) -> int:
    """Do a job of a run and print its result, even if interrupted; returns the exit code."""
    try:
        result = job()
    except KeyboardInterrupt:
        bar.close()
        if run.result.outcomes:
            show_result(run.result, common, actions=False)
        raise
    bar.close()
    show_result(result, common, actions=actions)
    write_summary_file(lambda: _as_markdown(result))
    return int(result.has_errors)


def _as_markdown(result: Result) -> str:
    from mediakit.report.markdown import result_markdown  # noqa: PLC0415 - pipelines only

    return result_markdown(result, "mediakit")


def show_result(result: Result, common: Common, *, actions: bool) -> None:
    """Print the result of a run, with its changes if `actions` or verbose."""
    if common.output == "json":
        from mediakit.report.documents import result_json  # noqa: PLC0415 - few ask for it

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
        say_all(result_lines(result, verbose=actions and common.verbose), aside=aside)
    say(summary_line(result), aside=aside)


def show_problems(
    problems: Iterable[Problem], common: Common, *, are_results: bool = False
) -> None:
    """Print problems: only errors if quiet; if verbose, without grouping by reason.

    They go to stderr, or to stdout if they are what the command was asked for; a terminal then
    shows them below the name of their file.
    """
    shown = [
        each
        for each in (problems if common.verbose else grouped(problems))
        if each.severity is Severity.ERROR or not common.quiet
    ]
    stream = sys.stdout if are_results else sys.stderr
    lines: Iterable[str] = map(problem_line, shown)
    if are_results and stream.isatty():
        lines = problem_blocks(shown, _columns())
    colour = stream.isatty() and not os.environ.get("NO_COLOR")
    redact = redactor()
    for line in lines:
        text = redact(log_line(line))
        click.echo(re.sub(_SEVERITY, _painted, text, count=1) if colour else text, file=stream)


def show_done(done: Documented, common: Common) -> bool:
    """Print the document of what was done, or its problems; return whether words are to follow."""
    if common.output == "json":
        _print_document(done.document())
        return False
    show_problems(done.problems, common)
    return not common.quiet


def _painted(severity: re.Match[str]) -> str:
    return click.style(severity[0], fg=_COLOURS[severity[0]])


def show_fix(done: Fix, common: Common, how: str, command: str = "dupes") -> int:
    """Print a fix or an undo, and return the exit code; `how` says how a planned one is done."""
    if common.output == "json":
        _print_document(done.document(dry_run=bool(how)))
        return int(has_errors(done.problems))
    show_problems(done.problems, common)
    if not common.quiet:
        say_all(step.line() for step in done.steps)
        if done.folder is not None:
            undo = "--undo --yes" if command == "dupes" else "--undo"
            say(f"in {done.folder}; mediakit {command} {undo} brings it back")
        if not done.steps:
            click.echo("nothing was changed" if done.problems else "nothing to do")
        elif how:
            click.echo(f"nothing was changed: {how}")
    return int(has_errors(done.problems))


def show_changes(changes: Iterable[PageChange], common: Common) -> None:
    """Print how pages change, nothing if quiet."""
    if common.quiet:
        return
    colour, redact = sys.stdout.isatty() and not os.environ.get("NO_COLOR"), redactor()
    for change in changes:
        for line in diff_lines(change.path, change.before, change.after, colour=colour):
            click.echo(redact(line), color=colour)


def show_annotations(problems: Iterable[Problem], common: Common) -> None:
    """Print problems to stdout as annotations, one for each reason."""
    from mediakit.report.problems import problem_annotations  # noqa: PLC0415 - pipelines only

    for line in problem_annotations(grouped(problems), place_in_checkout(common)):
        click.echo(line)


def _print_document(document: Document) -> None:
    from mediakit.report.documents import document_json  # noqa: PLC0415 - few ask for it

    click.echo(document_json(document))


def place_in_checkout(common: Common) -> Callable[[str], str]:
    """Return a function from site paths to paths in the checkout, empty for what is no file."""
    root = common.root.resolve()
    above = ""
    workspace = os.environ.get("GITHUB_WORKSPACE")
    if workspace and root.is_relative_to(top := Path(workspace).resolve()):
        folder = root.relative_to(top).as_posix()
        above = "" if folder == "." else f"{folder}/"

    def place(path: str) -> str:
        there = os.path.isfile(root / path)  # noqa: PTH113 - a Path raises for names too long
        return above + path if there else ""

    return place


def write_outputs(result: Result) -> None:
    """Write the counts of a run as outputs of the pipeline's step."""
    summary = result.summary
    severities = [each.severity for each in result.problems]
    counts = {
        "made": summary.made,
        "put": summary.put,
        "deleted": summary.deleted,
        "kept": summary.kept,
        "failed": summary.failed,
        "errors": severities.count(Severity.ERROR),
        "warnings": severities.count(Severity.WARNING),
    }
    write_counts(counts)


def write_counts(counts: Mapping[str, int]) -> None:
    """Write numbers as outputs of the pipeline's step, if there is one."""
    _append("GITHUB_OUTPUT", lambda: "".join(f"{key}={value}\n" for key, value in counts.items()))


def write_summary_file(text: Callable[[], str]) -> None:
    """Add Markdown to the summary of the pipeline's step, if there is one."""
    _append("GITHUB_STEP_SUMMARY", text)


def _append(variable: str, text: Callable[[], str]) -> None:
    path = os.environ.get(variable)
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text())
    except OSError as error:
        what = "summary" if variable == "GITHUB_STEP_SUMMARY" else "outputs"
        click.echo(f"mediakit: {path}: cannot write the {what}: {error.strerror}", err=True)
