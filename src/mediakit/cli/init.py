"""`mediakit init` and `mediakit watch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mediakit.base.actions import Kind
from mediakit.base.errors import UsageError
from mediakit.cli.command import Command
from mediakit.cli.options import Common, common_options
from mediakit.cli.output import Bar, say, show_problems
from mediakit.report.documents import document_json
from mediakit.report.json import result_line
from mediakit.report.text import outcome_line, summary_line

if TYPE_CHECKING:
    from mediakit.base.actions import Result


@click.command("init", cls=Command, examples=(
    ("mediakit init", "look at the site, and write a mediakit.toml"),
    ("mediakit init --dry-run", "only look"),
    ("mediakit init --target s3://bucket/site --include", "with a target, and the include"),
))  # fmt: skip
@click.option("--target", metavar="DIR-or-URL", help="Where sync is to put results.")
@click.option(
    "--include",
    is_flag=True,
    help="Also write _includes/mediakit/picture.html for Jekyll; a mediakit.toml may be there.",
)
@click.option("--dry-run", "-n", is_flag=True, help="Only say what is there.")
@common_options("text", "json")
def init_command(*, target: str | None, include: bool, dry_run: bool, common: Common) -> int:
    """Look at a site, and write a mediakit.toml with what was found.

    Nothing else is written. What a first run would do is said.
    """
    from mediakit.setup.init import InitJob, init_site, survey_lines  # noqa: PLC0415 - takes a while
    from mediakit.sync.session import Access, open_session  # noqa: PLC0415

    config = common.config()
    with open_session(config, Access.LOOK if dry_run else Access.WRITE) as session:
        found, unread = init_site(session, InitJob(target, include, dry_run))
    if common.output == "json":
        click.echo(document_json(found))
    elif not common.quiet:
        for line in survey_lines(found, config):
            say(line)
        if found.written:
            say(f"wrote {', '.join(found.written)}; next: mediakit status")
    show_problems(unread, common)
    return 0


@click.command("watch", cls=Command, examples=(
    ("mediakit watch", "beside jekyll serve"),
    ("mediakit watch --format json", "a document on one line for each change"),
))  # fmt: skip
@common_options("text", "json")
def watch_command(*, common: Common) -> int:
    """Make variants as pictures and pages change, until Ctrl-C.

    What is missing or stale is made at once. It needs the extra watch.
    """
    from mediakit.setup.watch import watch_site  # noqa: PLC0415 - takes a while

    bar = Bar(common)
    try:
        for result in watch_site(common.config, bar):
            bar.close()
            if isinstance(result, UsageError):
                say(f"mediakit: {result.message}", aside=True)
            else:
                _show(result, common)
    finally:
        bar.close()
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
