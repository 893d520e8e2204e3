"""`mediakit verify`."""

from __future__ import annotations

from dataclasses import asdict

import click

from mediakit.base.errors import UsageError
from mediakit.cli.command import Command
from mediakit.cli.options import Bucket, Common, bucket_options, common_options
from mediakit.cli.output import show_problems
from mediakit.cli.pipeline import show_annotations
from mediakit.report.json import result_json
from mediakit.report.text import counted


@click.command("verify", cls=Command, examples=(
    ("mediakit verify", "by the listing of the target"),
    ("mediakit verify --deep 20", "and read 20 objects back"),
))  # fmt: skip
@click.option(
    "--target", metavar="DIR-or-URL",
    help="What to look at (default: from mediakit.toml, else .mediakit/target).",
)  # fmt: skip
@click.option(
    "--deep", metavar="N|all",
    help="Read back N objects, chosen at random, or all, with their headers.",
)  # fmt: skip
@bucket_options()
@common_options("text", "json", "github")
def verify_command(*, target: str | None, deep: str | None, bucket: Bucket, common: Common) -> int:
    """Compare the target with its catalog; exit 1 where they differ.

    By default from the listing alone, which tells what is missing and what has other content.
    """
    from mediakit.sync.verify import verify  # noqa: PLC0415 - takes a while

    found = verify(common.config(target=target, **asdict(bucket)), _sample(deep))
    result = found.result
    if common.output == "json":
        counts = {"checked": found.checked, "read": found.read, "foreign": found.foreign}
        click.echo(result_json(result, counts))
        return int(result.has_errors)
    aside = common.output == "github"
    (show_annotations if aside else show_problems)(result.problems, common)
    if not common.quiet:
        click.echo(
            f"checked {counted(found.checked, 'object')}, read {found.read:,}: "
            f"{len(result.problems):,} differ; {found.foreign:,} more not in the catalog",
            err=aside,
        )
    return int(result.has_errors)


def _sample(deep: str | None) -> int | None:
    """Return how many objects to read back, None for all."""
    if deep is None:
        return 0
    if deep == "all":
        return None
    if not deep.isdecimal():
        raise UsageError(f"--deep: {deep!r} is neither a number nor all", "give 20 or all")
    return int(deep)
