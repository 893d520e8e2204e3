"""`mediakit verify`."""

from __future__ import annotations

from typing import Any

import click

from mediakit.base.errors import UsageError
from mediakit.cli.commands import Command
from mediakit.cli.options import BUCKET, Common, common_options, setting_options
from mediakit.cli.output import show_annotations, show_problems
from mediakit.report.documents import result_json
from mediakit.report.text import counted


@click.command("verify", cls=Command, examples=(
    ("mediakit verify", "by the listing of the target"),
    ("mediakit verify --deep 20", "and read 20 objects back"),
))  # fmt: skip
@setting_options("target")
@click.option(
    "--deep", metavar="N|all",
    help="Read back N objects, chosen at random, or all, with their headers.",
)  # fmt: skip
@setting_options(*BUCKET)
@common_options("text", "json", "github")
def verify_command(*, deep: str | None, settings: dict[str, Any], common: Common) -> int:
    """Compare the target with its catalog; exit 1 if they differ.

    The listing of the target alone shows which objects are missing or have other content.
    """
    from mediakit.sync.verify import verify  # noqa: PLC0415 - takes a while

    found = verify(common.config(**settings), _sample(deep))
    result = found.result
    if common.output == "json":
        counts = {"checked": found.checked, "read": found.read, "foreign": found.foreign}
        click.echo(result_json(result, counts))
        return int(result.has_errors)
    aside = common.output == "github"
    (show_annotations if aside else show_problems)(result.problems, common)
    if not common.quiet:
        others = f"{counted(found.foreign, 'more object')} that the catalog does not have"
        what = f"{counted(found.checked, 'object')} and the catalog"
        click.echo(
            f"checked {what}, read {found.read:,} back: "
            f"{counted(len(result.problems), 'differs', 'differ')}"
            + (f"; {others}" if found.foreign else ""),
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
