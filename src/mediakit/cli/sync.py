"""`mediakit sync`."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

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
from mediakit.cli.output import Bar, carry_out
from mediakit.videos import fetch_missing


@click.command("sync", cls=Command, examples=(
    ("mediakit sync --dry-run", "show the plan"),
    ("mediakit sync --target ../public", "upload into a folder"),
    ("mediakit sync --target s3://bucket/site --delete", "into a bucket, and delete leftovers"),
))  # fmt: skip
@setting_options("target")
@click.option("--dry-run", "-n", is_flag=True, help="Print the plan and change nothing.")
@click.option(
    "--delete", is_flag=True,
    help="Delete objects that mediakit uploaded, and that no text of the site mentions any more.",
)  # fmt: skip
@prune_options()
@setting_options("max_delete")
@click.option(
    "--take-over", is_flag=True,
    help="Use a target that belongs to another site.",
)  # fmt: skip
@click.option(
    "--no-videos", is_flag=True,
    help="Do not fetch missing metadata and thumbnails of videos.",
)  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too.")
@selection_options()
@setting_options(*WORKERS, *BUCKET)
@common_options("text", "json", "github")
def sync_command(  # noqa: PLR0913 - one argument an option
    *,
    dry_run: bool,
    delete: bool,
    pruning: Pruning,
    take_over: bool,
    no_videos: bool,
    strict: bool,
    chosen: Chosen,
    settings: dict[str, Any],
    common: Common,
) -> int:
    """Generate, then upload everything that changed to the target.

    First mediakit fetches missing metadata and thumbnails of videos; without a network that is a
    warning. It uploads the pictures that pages use, their variants, and last the catalog
    media.json. Objects whose content is at the target already are not uploaded again.
    """
    from mediakit.sync.run import Job, Run  # noqa: PLC0415 - takes a while

    bar = Bar(common)
    job = Job(
        chosen.selection, force=chosen.force, dry_run=dry_run, delete=delete, take_over=take_over,
        prune=pruning.prune, trust_catalog=pruning.trust_catalog,
    )  # fmt: skip
    with common.session("look" if dry_run else "write", **settings) as session:
        fetch = fetch_missing if session.config.videos.fetch and not no_videos else None
        run = Run(session, job, bar)
        code = carry_out(
            run, partial(run.sync, fetch), bar, common, actions=dry_run or pruning.prune
        )
    return 1 if strict and run.result.problems else code
