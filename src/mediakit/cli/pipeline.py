"""What a run leaves for the pipeline around it: annotations, the step's outputs and summary."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mediakit.base.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mediakit.base.actions import Result
    from mediakit.base.model import Problem
    from mediakit.cli.options import Common


def show_annotations(problems: Iterable[Problem], common: Common) -> None:
    """Print an annotation a problem to stdout; many with one reason have one."""
    from mediakit.report.problems import problem_annotations  # noqa: PLC0415 - pipelines only
    from mediakit.report.text import grouped  # noqa: PLC0415 - pipelines only

    for line in problem_annotations(grouped(problems), place_in_checkout(common)):
        click.echo(line)


def place_in_checkout(common: Common) -> Callable[[str], str]:
    """Return what says where a file of the site is in the checkout; it has '' for other paths."""
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
    """Give the counts of a run to the steps that follow, where there is a file for them."""
    summary = result.summary
    errors = sum(each.severity is Severity.ERROR for each in result.problems)
    counts = {
        "made": summary.made,
        "put": summary.put,
        "deleted": summary.deleted,
        "kept": summary.kept,
        "failed": summary.failed,
        "errors": errors,
        "warnings": len(result.problems) - errors,
    }
    write_counts(counts)


def write_counts(counts: Mapping[str, int]) -> None:
    """Give numbers by name to the steps that follow."""
    _append("GITHUB_OUTPUT", lambda: "".join(f"{key}={value}\n" for key, value in counts.items()))


def write_step_summary(result: Result) -> None:
    """Add the result to the summary of the step, where a pipeline gives a file for it."""

    def text() -> str:
        from mediakit.report.text import result_markdown  # noqa: PLC0415 - pipelines only

        return result_markdown(result, "mediakit")

    write_summary_file(text)


def write_summary_file(text: Callable[[], str]) -> None:
    """Add a text in Markdown to the summary of the step, where there is one."""
    _append("GITHUB_STEP_SUMMARY", text)


def _append(variable: str, text: Callable[[], str]) -> None:
    path = os.environ.get(variable)
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text())
    except OSError as error:
        what = "step summary" if variable == "GITHUB_STEP_SUMMARY" else "outputs of the step"
        click.echo(f"mediakit: {path}: no {what}: {error.strerror}", err=True)
