"""`mediakit watch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mediakit.base.actions import Kind
from mediakit.base.errors import UsageError
from mediakit.cli.commands import Command
from mediakit.cli.options import Common, common_options
from mediakit.cli.output import Bar, say, show_problems
from mediakit.report.documents import result_line
from mediakit.report.text import outcome_line, summary_line

if TYPE_CHECKING:
    from mediakit.base.actions import Result


@click.command("watch", cls=Command, examples=(
    ("mediakit watch", "beside jekyll serve"),
    ("mediakit watch --format json", "one JSON document on a line for each change"),
))  # fmt: skip
@common_options("text", "json")
def watch_command(*, common: Common) -> int:
    """Make variants as pictures and pages change, until Ctrl-C.

    Begins with the variants that are missing or out of date. Needs the extra watch.
    """
    from mediakit.setup.watch import watch_site  # noqa: PLC0415 - takes a while

    if not common.quiet:
        say(f"watching {common.root}; end it with Ctrl-C", aside=True)
    with Bar(common) as bar:
        for watched in watch_site(common.config, bar):
            bar.close()
            if isinstance(watched.result, UsageError):
                say(f"mediakit: {watched.result.message}", aside=True)
            else:
                _show(watched.result, common)
            for path in () if common.quiet else watched.unnamed:
                say(f"{path} is on no page yet: mediakit gallery fill", aside=True)
    return 0


def _show(result: Result, common: Common) -> None:
    if common.output == "json":
        click.echo(result_line(result))
        return
    show_problems(result.problems, common)
    if common.quiet:
        return
    for outcome in result.outcomes:
        if outcome.action.kind is Kind.MAKE:
            say(outcome_line(outcome))
    if result.summary.made or result.summary.failed:
        say(summary_line(result))
