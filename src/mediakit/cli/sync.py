"""`mediakit sync`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mediakit.cli.options import Manners, common_options, selection, selection_options, settings
from mediakit.cli.output import Bar, show_result
from mediakit.config.settings import Overrides
from mediakit.engine.run import Job, Run

if TYPE_CHECKING:
    from pathlib import Path


@click.command("sync")
@click.option(
    "--target", envvar="MEDIAKIT_TARGET", metavar="DIR-or-URL",
    help="Where results go (default: from mediakit.toml, else .mediakit/target).",
)  # fmt: skip
@click.option("--dry-run", "-n", is_flag=True, help="Print the plan and touch nothing.")
@click.option(
    "--delete", is_flag=True, envvar="MEDIAKIT_DELETE",
    help="Delete what the site no longer has, if mediakit put it there.",
)  # fmt: skip
@click.option(
    "--max-delete", envvar="MEDIAKIT_MAX_DELETE", metavar="N|N%",
    help="Refuse the run if more would be deleted (default: 256).",
)  # fmt: skip
@selection_options()
@common_options("text", "json")
def sync_command(  # noqa: PLR0913 - one argument an option
    *,
    target: str | None,
    dry_run: bool,
    delete: bool,
    max_delete: str | None,
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
    """Generate, then put all that changed at the target.

    That is the pictures that manifests name, their variants, and last the catalog
    media.json. What is there already with the same content is not put again.
    """
    manners = Manners(output, verbose, quiet)
    config = settings(
        site,
        Overrides(target=target, jobs=jobs, unpublished=unpublished, max_delete=max_delete),
    )
    job = Job(selection(only, presets), force=force, dry_run=dry_run, delete=delete)
    bar = Bar(manners)
    run = Run(config, job, bar)
    try:
        result = run.sync()
    except KeyboardInterrupt:
        bar.close()
        show_result(run.result, manners, actions=False)
        raise
    bar.close()
    show_result(result, manners, actions=dry_run)
    return int(result.has_errors)
