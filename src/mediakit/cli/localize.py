"""`mediakit localize`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mediakit.base.actions import has_errors
from mediakit.cli import completion
from mediakit.cli.commands import Command
from mediakit.cli.options import Common, common_options
from mediakit.cli.output import Bar, say, say_all, show_done, show_fix

if TYPE_CHECKING:
    from mediakit.credit.localize import Localized


@click.command("localize", cls=Command, examples=(
    ("mediakit localize -n", "show which pictures are on other hosts"),
    ("mediakit localize squat", "bring in those of one exercise"),
    ("mediakit localize", "those of all pages"),
    ("mediakit localize --undo", "take the last time back"),
))  # fmt: skip
@click.argument("pages", nargs=-1, metavar="[PAGE]...", shell_complete=completion.exercises)
@click.option(
    "--allow-private", is_flag=True, help="Also ask hosts of your own network, and this machine."
)
@click.option("--dry-run", "-n", is_flag=True, help="Show what would come, and fetch nothing.")
@click.option(
    "--undo", "undoes", is_flag=True,
    help="Bring pages back as they were before the last run, and remove what it fetched.",
)  # fmt: skip
@common_options("text", "json")
def localize_command(
    *, pages: tuple[str, ...], allow_private: bool, dry_run: bool, undoes: bool, common: Common
) -> int:
    """Bring pictures of other hosts into the site.

    Each is fetched, checked, named after its page and written beside the others, upright and
    without metadata but for whose it is. Every place of its address in the page changes. Author
    and licence go into _data/credits.json, where the host or the picture says them; fill in the
    rest by hand. A run that was cut off goes on where it was.

    PAGES are exercises by path, file name or title; without them, all.
    """
    from mediakit.credit.localize import LocalizeJob, Localizer  # noqa: PLC0415 - takes a while
    from mediakit.sync.undo import undo  # noqa: PLC0415

    with common.session("look" if dry_run else "write") as session:
        if undoes:
            how = "leave --dry-run out to do this" if dry_run else ""
            return show_fix(undo(session, "localize", dry_run=dry_run), common, how, "localize")
        localizer = Localizer(session, LocalizeJob(pages, allow_private, dry_run))
        try:
            with Bar(common, " pictures") as bar:
                done = localizer.run(bar.show)
        except KeyboardInterrupt:
            _show(localizer.done, common)
            raise
    _show(done, common)
    return int(has_errors(tuple(done.problems)))


def _show(done: Localized, common: Common) -> None:
    if not show_done(done, common):
        return
    say_all(each.line() for each in done.pictures.values())
    if done.folder is not None:
        say(f"the pages are in {done.folder} as they were; mediakit localize --undo takes it back")
    say(done.summary())
