"""Reports as Markdown, for the pages of pipelines; text of others acts on nothing in it."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from mediakit.base.model import Severity
from mediakit.report.text import counted, grouped, printable, summary_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.base.actions import Result
    from mediakit.base.model import Problem

_MOST = 200
"""The most problems on a page: it is for people, and GitHub takes 1 MiB a step."""


def result_markdown(result: Result, title: str) -> str:
    """Return a heading, the counts, the problems as a table, and the bytes that were put."""
    lines = [f"### {cell(title)}", "", cell(summary_line(result)), ""]
    if result.target is not None:
        at = f" at {cell(result.endpoint)}" if result.endpoint else ""
        lines += [f"Target: {cell(result.target)}{at}", ""]
    problems = sorted(
        grouped(result.problems), key=lambda each: each.severity is not Severity.ERROR
    )
    if problems:
        lines += ["| | where | what |", "| --- | --- | --- |"]
        lines += map(_row, problems[:_MOST])
        lines += [""]
    if len(problems) > _MOST:
        lines += [f"The log has {counted(len(problems) - _MOST, 'more problem')}.", ""]
    return "\n".join([*lines, *_changes(result)]) + "\n"


def _row(problem: Problem) -> str:
    where = f"{problem.path}:{problem.line}" if problem.line else problem.path
    what = f"{problem.message} [{problem.code}]" + (f" ({problem.hint})" if problem.hint else "")
    return f"| {problem.severity} | {cell(where)} | {cell(what)} |"


def _changes(result: Result) -> Iterator[str]:
    """Yield how many actions had which reason."""
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for outcome in result.outcomes:
        key = str(outcome.action.kind), str(outcome.action.reason)
        number, size = counts.get(key, (0, 0))
        counts[key] = number + 1, size + outcome.bytes
    if counts:
        yield "| action | reason | files | bytes |"
        yield "| --- | --- | ---: | ---: |"
        for (kind, reason), (number, size) in sorted(counts.items()):
            yield f"| {kind} | {reason} | {number:,} | {size:,} |"


def cell(text: str) -> str:
    """Return a text for a cell of a table, with HTML and Markdown escaped."""
    plain = html.escape(printable(text), quote=False)
    return "".join(f"\\{sign}" if sign in r"\|`*_[]~#!$" else sign for sign in plain)
