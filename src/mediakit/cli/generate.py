"""`mediakit generate` and `mediakit status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mediakit.cli.options import Manners, common_options, selection, selection_options, settings
from mediakit.cli.output import Bar, show_result
from mediakit.config.settings import Overrides
from mediakit.engine.run import Job, Run

if TYPE_CHECKING:
    from pathlib import Path


@click.command("generate")
@click.option("--dry-run", "-n", is_flag=True, help="Print the plan and touch nothing.")
@selection_options()
@common_options("text", "json")
def generate_command(  # noqa: PLR0913 - one argument an option
    *,
    dry_run: bool,
    only: tuple[str, ...],
    presets: tuple[str, ...],
    jobs: int | None,
    force: bool,
    site: Path | None,
    output: str,
    verbose: bool,
    quiet: bool,
    debug: bool,  # noqa: ARG001 - the error boundary looks at it
    unpublished: bool,
) -> int:
    """Make the variants that are missing or stale.

    Teasers and gallery pictures get a -320, header overlays a -768, -1280 and -1920, beside
    their sources and never larger than these. What is up to date by content is left alone;
    what was changed by hand is kept and reported.
    """
    manners = Manners(output, verbose, quiet)
    config = settings(site, Overrides(jobs=jobs, unpublished=unpublished))
    job = Job(selection(only, presets), force=force, dry_run=dry_run)
    bar = Bar(manners)
    run = Run(config, job, bar)
    try:
        result = run.generate()
    except KeyboardInterrupt:
        bar.close()
        show_result(run.result, manners, actions=False)
        raise
    bar.close()
    show_result(result, manners, actions=dry_run)
    return int(result.has_errors)


@click.command("status")
@click.option("--exit-zero", is_flag=True, help="Exit 0 also if there is something to do.")
@selection_options()
@common_options("text", "json")
def status_command(  # noqa: PLR0913 - one argument an option
    *,
    exit_zero: bool,
    only: tuple[str, ...],
    presets: tuple[str, ...],
    jobs: int | None,
    force: bool,
    site: Path | None,
    output: str,
    verbose: bool,
    quiet: bool,
    debug: bool,  # noqa: ARG001 - the error boundary looks at it
    unpublished: bool,
) -> int:
    """Show what generate would make, and the reason of each action.

    Touches nothing. Exits 1 if there is anything to do, or an error was found.
    """
    manners = Manners(output, verbose, quiet)
    config = settings(site, Overrides(jobs=jobs, unpublished=unpublished))
    job = Job(selection(only, presets), force=force, dry_run=True)
    result = Run(config, job, Bar(manners)).generate()
    show_result(result, manners, actions=True)
    pending = any(outcome.action.kind != "keep" for outcome in result.outcomes)
    return 0 if exit_zero else int(pending or result.has_errors)
