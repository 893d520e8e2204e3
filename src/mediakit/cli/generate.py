"""`mediakit generate` and `mediakit status`."""

from __future__ import annotations

from typing import Any

import click

from mediakit.base.actions import Kind
from mediakit.cli.commands import Command
from mediakit.cli.options import (
    BUCKET,
    WORKERS,
    Chosen,
    Common,
    Pruning,
    common_options,
    prune_options,
    selection_options,
    setting_options,
)
from mediakit.cli.output import Bar, carry_out, show_result


@click.command("generate", cls=Command, examples=(
    ("mediakit generate", "make what is missing or out of date"),
    ("mediakit generate --only squat --preset teaser", "one exercise, one preset"),
    ("mediakit generate --force", "make everything again"),
    ("mediakit generate --prune -n", "show which variants nothing needs any more"),
))  # fmt: skip
@click.option("--dry-run", "-n", is_flag=True, help="Print the plan and change nothing.")
@click.option("--exit-code", is_flag=True, help="Exit 1 if anything was made, as hooks do.")
@prune_options()
@setting_options("max_delete", "source")
@selection_options()
@setting_options(*WORKERS, *BUCKET)
@common_options("text", "json", "github")
def generate_command(  # noqa: PLR0913 - one argument an option
    *,
    dry_run: bool,
    exit_code: bool,
    pruning: Pruning,
    chosen: Chosen,
    settings: dict[str, Any],
    common: Common,
) -> int:
    """Make the variants that are missing or out of date.

    Teasers and gallery pictures get a -320 variant, header overlays a -768, -1280 and -1920
    variant, beside their sources and never larger than these. Variants that match their
    sources stay as they are; files that were changed by hand are kept and reported.

    With --prune, mediakit lists and removes the variants that it made on this machine and that
    nothing needs any more: no page or preset asks for them, and no text of the site mentions them.

    With --source, mediakit reads pictures from another folder or a bucket, whose paths or keys
    are those of the site, and puts the variants beside them there.
    """
    from mediakit.sync.run import Job, Run  # noqa: PLC0415 - takes a while

    bar = Bar(common)
    job = Job(
        chosen.selection, force=chosen.force, dry_run=dry_run, prune=pruning.prune,
        trust_catalog=pruning.trust_catalog,
    )  # fmt: skip
    with common.session("look" if dry_run else "write", is_late=True, **settings) as session:
        run = Run(session, job, bar)
        shown = dry_run or exit_code or pruning.prune
        code = carry_out(run, run.generate, bar, common, actions=shown)
    return 1 if exit_code and run.result.summary.made + run.result.summary.described else code


@click.command("status", cls=Command, examples=(
    ("mediakit status", "what generate would make"),
    ("mediakit status -v --only squat", "one exercise, with the variants that are up to date"),
))  # fmt: skip
@click.option("--exit-zero", is_flag=True, help="Exit 0 even if there is something to make.")
@setting_options("source")
@selection_options()
@setting_options(*WORKERS, *BUCKET)
@common_options("text", "json", "github")
def status_command(
    *, exit_zero: bool, chosen: Chosen, settings: dict[str, Any], common: Common
) -> int:
    """Show what generate would make, and the reason for each action.

    Also says how many variants nothing needs any more. Changes nothing. Exits 1 if there is
    something to make, or if there is an error.
    """
    from mediakit.sync.run import Job, Run  # noqa: PLC0415 - takes a while

    job = Job(chosen.selection, force=chosen.force, dry_run=True, stale=True)
    with common.session("look", is_late=True, **settings) as session:
        result = Run(session, job, Bar(common)).generate()
    show_result(result, common, actions=True)
    pending = any(outcome.action.kind is not Kind.KEEP for outcome in result.outcomes)
    return 0 if exit_zero else int(pending or result.has_errors)
