"""`mediakit sync`."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

import click

from mediakit.cli.command import Command
from mediakit.cli.options import (
    Bucket,
    Chosen,
    Common,
    bucket_options,
    common_options,
    selection_options,
)
from mediakit.cli.output import Bar, carry_out
from mediakit.videos import fetch_missing


@click.command("sync", cls=Command, examples=(
    ("mediakit sync --dry-run", "the plan"),
    ("mediakit sync --target ../public", "into a folder"),
    ("mediakit sync --target s3://bucket/site --delete", "into a bucket, and tidy up there"),
))  # fmt: skip
@click.option(
    "--target", metavar="DIR-or-URL",
    help="Where results go (default: from mediakit.toml, else .mediakit/target).",
)  # fmt: skip
@click.option("--dry-run", "-n", is_flag=True, help="Print the plan and touch nothing.")
@click.option(
    "--delete", is_flag=True,
    help="Delete what the site no longer has, if mediakit put it there.",
)  # fmt: skip
@click.option(
    "--max-delete", metavar="N|N%",
    help="Refuse the run if more would be deleted (default: 256).",
)  # fmt: skip
@click.option(
    "--take-over", is_flag=True,
    help="Make a target this site's that belongs to another site.",
)  # fmt: skip
@click.option(
    "--no-videos", is_flag=True,
    help="Do not fetch metadata and thumbnails of videos that are missing.",
)  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too.")
@selection_options()
@bucket_options()
@common_options("text", "json", "github")
def sync_command(  # noqa: PLR0913 - one argument an option
    *,
    target: str | None,
    dry_run: bool,
    delete: bool,
    max_delete: str | None,
    take_over: bool,
    no_videos: bool,
    strict: bool,
    chosen: Chosen,
    bucket: Bucket,
    common: Common,
) -> int:
    """Generate, then put all that changed at the target.

    Before, what is missing of videos is fetched; without a network that is a warning.
    What is put is the pictures that manifests name, their variants, and last the catalog
    media.json. What is there already with the same content is not put again.
    """
    from mediakit.sync.run import Job, Run  # noqa: PLC0415 - takes a while
    from mediakit.sync.session import Access, open_session  # noqa: PLC0415

    bar = Bar(common)
    config = common.config(
        target=target,
        jobs=chosen.jobs,
        executor=chosen.executor,
        max_delete=max_delete,
        **asdict(bucket),
    )
    job = Job(
        chosen.selection, force=chosen.force, dry_run=dry_run, delete=delete, take_over=take_over
    )
    fetch = fetch_missing if config.videos.fetch and not no_videos else None
    with open_session(config, Access.LOOK if dry_run else Access.WRITE) as session:
        run = Run(session, job, bar)
        code = carry_out(run, partial(run.sync, fetch), bar, common, actions=dry_run)
    return 1 if strict and run.result.problems else code
