"""`mediakit slim`."""

from __future__ import annotations

import os
from pathlib import Path
from unicodedata import normalize

import click

from mediakit.base.actions import has_errors
from mediakit.base.errors import UsageError
from mediakit.cli.commands import Command
from mediakit.cli.options import Common, common_options
from mediakit.cli.output import say, say_all, show_done, show_fix
from mediakit.images.preset import CAP


@click.command("slim", cls=Command, examples=(
    ("mediakit slim -n", "show which sources are wider than pages need"),
    ("mediakit slim assets/images/2025 --max-width 1600", "those of a folder, to another width"),
    ("mediakit slim --undo", "bring the originals of the last time back"),
))  # fmt: skip
@click.argument(
    "paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]..."
)
@click.option(
    "--max-width", type=click.IntRange(min=320), metavar="PIXELS",
    help="The width above which sources are made smaller "
    f"(default: max_width of [sources], else {CAP}).",
)  # fmt: skip
@click.option("--dry-run", "-n", is_flag=True, help="Show what would change, and write nothing.")
@click.option("--undo", "undoes", is_flag=True, help="Bring back the originals of the last time.")
@common_options("text", "json")
def slim_command(
    *, paths: tuple[Path, ...], max_width: int | None, dry_run: bool, undoes: bool, common: Common
) -> int:
    """Make sources smaller that are wider than pages need.

    Photos of phones and cameras are several times as large as a page shows them. This makes them
    smaller in place: in the same format, upright, in sRGB, without metadata but for copyright and
    artist. What would not get lighter stays as it is. The originals are kept until --undo, or
    until you delete the folder .mediakit-quarantine.

    PATHS are pictures or folders; without them, all pictures that pages name.
    """
    from mediakit.pages.slim import SlimJob, slim_sources  # noqa: PLC0415 - takes a while
    from mediakit.sync.undo import undo  # noqa: PLC0415

    with common.session("look" if dry_run else "write") as session:
        if undoes:
            how = "leave --dry-run out to do this" if dry_run else ""
            return show_fix(undo(session, "slim", dry_run=dry_run), common, how, "slim")
        width = max_width or session.config.sources.max_width or CAP
        root = session.config.root
        job = SlimJob(width, tuple(_site_path(each, root) for each in paths), dry_run)
        done = slim_sources(session, job)
    if show_done(done, common):
        say_all(each.line() for each in done.sources)
        if done.folder is not None:
            say(f"the originals are in {done.folder}; mediakit slim --undo brings them back")
        say(done.summary())
    return int(has_errors(done.problems))


def _site_path(path: Path, root: Path) -> str:
    """Return the site path of a path that a user gave, empty for the site itself."""
    place = Path(os.path.abspath(path))  # noqa: PTH100 - links stay as they are written
    for top in (root, Path(os.path.realpath(root))):
        if place.is_relative_to(top):
            inside = place.relative_to(top).as_posix()
            return "" if inside == "." else normalize("NFC", inside)
    raise UsageError(f"{path} is not in the site", "give a picture, or a folder of the site")
