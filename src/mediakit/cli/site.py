"""`mediakit init` and `mediakit watch`."""

from __future__ import annotations

import importlib.util

import click

from mediakit.cache import open_cache
from mediakit.cli.options import Common, common_options
from mediakit.cli.output import Bar, show_problems
from mediakit.config.settings import WORK_FOLDER, Config
from mediakit.engine.observe import observe
from mediakit.engine.run import Job, Run
from mediakit.engine.site_init import look_at, write_config, write_include
from mediakit.engine.watch import changes
from mediakit.errors import UsageError
from mediakit.executors import open_executor
from mediakit.model import Kind
from mediakit.report.as_text import outcome_line, printable, summary_line


@click.command("init")
@click.option("--target", metavar="DIR-or-URL", help="Where sync is to put results.")
@click.option(
    "--include", is_flag=True, help="Also write _includes/mediakit/picture.html for Jekyll."
)
@click.option("--dry-run", "-n", is_flag=True, help="Only say what is there.")
@common_options("text")
def init_command(*, target: str | None, include: bool, dry_run: bool, common: Common) -> int:
    """Look at a site, and write a mediakit.toml with what was found.

    Nothing else is written. What a first run would do is said.
    """
    config = common.config()
    with open_cache(config.root / WORK_FOLDER) as cache, open_executor(config.jobs) as executor:
        found = look_at(observe(config, cache, executor))
    written = [] if dry_run else [write_config(config, found, target)]
    if include and not dry_run:
        written.append(write_include(config))
    if not common.quiet:
        for line in found.lines():
            click.echo(printable(line))
        if written:
            click.echo(f"wrote {', '.join(written)}; next: mediakit status")
    return 0


@click.command("watch")
@common_options("text")
def watch_command(*, common: Common) -> int:
    """Make variants as pictures and pages change, until Ctrl-C.

    What is missing or stale is made at once. It needs the extra watch.
    """
    if importlib.util.find_spec("watchfiles") is None:
        raise UsageError("watchfiles is not there", "pip install 'mediakit[watch]'")
    _generate(common.config(), common)
    for _ in changes(common.config()):
        _generate(common.config(), common)  # the settings may be what has changed
    return 0


def _generate(config: Config, common: Common) -> None:
    bar = Bar(common)
    try:
        result = Run(config, Job(), bar).generate()
    except UsageError as error:
        # another mediakit, or a file that is being written: the next change tries again
        click.echo(f"mediakit: {error.message}", err=True)
        return
    finally:
        bar.close()
    show_problems(result.problems, common)
    if common.quiet:
        return
    for outcome in result.outcomes:
        if outcome.action.kind is Kind.MAKE:
            click.echo(outcome_line(outcome))
    if result.summary.made or result.summary.failed:
        click.echo(summary_line(result))
