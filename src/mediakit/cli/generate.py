"""`mediakit generate` and `mediakit status`."""

from __future__ import annotations

from dataclasses import asdict

import click

from mediakit.base.actions import Kind
from mediakit.cli.command import Command
from mediakit.cli.options import (
    Bucket,
    Chosen,
    Common,
    bucket_options,
    common_options,
    selection_options,
    source_option,
)
from mediakit.cli.output import Bar, carry_out, show_result


@click.command("generate", cls=Command, examples=(
    ("mediakit generate", "what is missing or stale"),
    ("mediakit generate --only squat --preset teaser", "one exercise, one preset"),
    ("mediakit generate --force", "all anew"),
))  # fmt: skip
@click.option("--dry-run", "-n", is_flag=True, help="Print the plan and touch nothing.")
@click.option("--exit-code", is_flag=True, help="Exit 1 if anything was made, as hooks do.")
@source_option()
@selection_options()
@bucket_options()
@common_options("text", "json", "github")
def generate_command(  # noqa: PLR0913 - one argument an option
    *,
    dry_run: bool,
    exit_code: bool,
    source: str | None,
    chosen: Chosen,
    bucket: Bucket,
    common: Common,
) -> int:
    """Make the variants that are missing or stale.

    Teasers and gallery pictures get a -320, header overlays a -768, -1280 and -1920, beside
    their sources and never larger than these. What is up to date by content is left alone;
    what was changed by hand is kept and reported.

    With --source, pictures are read from another folder or a bucket, whose paths or keys are
    those of the site, and variants are put there beside them.
    """
    from mediakit.sync.run import Job, Run  # noqa: PLC0415 - takes a while
    from mediakit.sync.session import Access, open_session  # noqa: PLC0415

    bar = Bar(common)
    job = Job(chosen.selection, force=chosen.force, dry_run=dry_run)
    config = common.config(
        jobs=chosen.jobs, executor=chosen.executor, source=source, **asdict(bucket)
    )
    with open_session(config, Access.LOOK if dry_run else Access.WRITE) as session:
        run = Run(session, job, bar)
        code = carry_out(run, run.generate, bar, common, actions=dry_run or exit_code)
    return 1 if exit_code and run.result.summary.made + run.result.summary.described else code


@click.command("status", cls=Command, examples=(
    ("mediakit status", "what generate would make"),
    ("mediakit status -v --only squat", "why, for one exercise, also of what is up to date"),
))  # fmt: skip
@click.option("--exit-zero", is_flag=True, help="Exit 0 also if there is something to do.")
@source_option()
@selection_options()
@bucket_options()
@common_options("text", "json", "github")
def status_command(
    *, exit_zero: bool, source: str | None, chosen: Chosen, bucket: Bucket, common: Common
) -> int:
    """Show what generate would make, and the reason of each action.

    Touches nothing. Exits 1 if there is anything to do, or an error was found.
    """
    from mediakit.sync.run import Job, Run  # noqa: PLC0415 - takes a while
    from mediakit.sync.session import Access, open_session  # noqa: PLC0415

    job = Job(chosen.selection, force=chosen.force, dry_run=True)
    config = common.config(
        jobs=chosen.jobs, executor=chosen.executor, source=source, **asdict(bucket)
    )
    with open_session(config, Access.LOOK) as session:
        result = Run(session, job, Bar(common)).generate()
    show_result(result, common, actions=True)
    pending = any(outcome.action.kind is not Kind.KEEP for outcome in result.outcomes)
    return 0 if exit_zero else int(pending or result.has_errors)
