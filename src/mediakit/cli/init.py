"""`mediakit init`."""

from __future__ import annotations

import click

from mediakit.base.actions import has_errors
from mediakit.base.own_files import WORK_FOLDER
from mediakit.cli.commands import Command
from mediakit.cli.options import Common, common_options
from mediakit.cli.output import say, say_all, show_problems
from mediakit.report.documents import document_json


@click.command("init", cls=Command, examples=(
    ("mediakit init", "examine the site, and write mediakit.toml"),
    ("mediakit init --dry-run", "only show what is in the site"),
    ("mediakit init --target s3://bucket/site --include", "with a target, and the include"),
))  # fmt: skip
@click.option("--target", metavar="DIR-or-URL", help="Where sync will upload results.")
@click.option(
    "--include",
    is_flag=True,
    help="Also write _includes/mediakit/picture.html for Jekyll, even beside a mediakit.toml.",
)
@click.option(
    "--theme", is_flag=True, help="Also install the includes of `mediakit theme install`."
)
@click.option("--dry-run", "-n", is_flag=True, help="Only show what is in the site.")
@common_options("text", "json")
def init_command(
    *, target: str | None, include: bool, theme: bool, dry_run: bool, common: Common
) -> int:
    """Examine a site, and write a mediakit.toml that fits it.

    Writes nothing else. Says what a first run would do.
    """
    from mediakit.setup.init import InitJob, init_site, with_written  # noqa: PLC0415 - takes a while
    from mediakit.setup.survey import refuse_nothing, survey_lines  # noqa: PLC0415
    from mediakit.theme.install import ThemeJob, install_theme  # noqa: PLC0415

    if not (common.root / WORK_FOLDER).exists():  # what is no site is refused before that is made
        with common.session("look", anywhere=True) as session:
            refuse_nothing(session)
    with common.session("look" if dry_run else "write", anywhere=True) as session:
        found, unread = init_site(session, InitJob(target, include, dry_run, theme))
        change = install_theme(session, ThemeJob(dry_run=dry_run)) if theme else None
    if change is not None and not dry_run:
        found = with_written(found, [each.path for each in change.fix.steps])
    if common.output == "json":
        click.echo(document_json(found))
    elif not common.quiet:
        say_all(survey_lines(found, session.config))
        if found.written:
            say(f"wrote {', '.join(found.written)}; next: mediakit status")
    show_problems((*unread, *(change.fix.problems if change else ())), common)
    return int(change is not None and has_errors(change.fix.problems))
