"""`mediakit sheet`."""

from __future__ import annotations

import re
from pathlib import Path

import click

from mediakit.base.actions import has_errors
from mediakit.base.errors import UsageError
from mediakit.cli import completion
from mediakit.cli.commands import Command
from mediakit.cli.options import Common, common_options
from mediakit.cli.output import Bar, say, show_done

_FILE = re.compile(r"\.(pdf|md|markdown|html?|ya?ml|json|toml|csv|txt|jpe?g|png)$", re.IGNORECASE)


@click.command("sheet", cls=Command, examples=(
    ("mediakit sheet squat", "one exercise to print"),
    ("mediakit sheet squat lunge plank --together programme.pdf", "a programme in one file"),
    ("mediakit sheet -o ../sheets", "all exercises, a file each"),
))  # fmt: skip
@click.argument("exercises", nargs=-1, shell_complete=completion.exercises)
@click.option(
    "--output", "-o", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Folder of the PDFs (default: .mediakit/sheets).",
)  # fmt: skip
@click.option(
    "--together", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Write all of them into one PDF.",
)  # fmt: skip
@common_options("text", "json")
def sheet_command(
    *, exercises: tuple[str, ...], folder: Path | None, together: Path | None, common: Common
) -> int:
    """Make printable sheets of exercises.

    A sheet is a PDF with the title, the pictures in their order with what is said of them, the
    text of the page, and a code that a phone follows to the page. A table [sheets.a4] in
    mediakit.toml has generate and sync make one of each page, and keep it up to date.

    EXERCISES are paths, file names or titles; without them, all exercises with pictures.
    """
    from mediakit.pages.sheets import SheetJob, make_sheets  # noqa: PLC0415 - takes a while

    if folder is not None and together is not None:
        raise UsageError("a folder and one file cannot both be written", "give -o or --together")
    if folder is not None and _FILE.search(folder.name) and not folder.is_dir():
        what = f"-o is the folder of the PDFs, and {folder} has the name of a file"
        raise UsageError(what, "give a folder, or --together FILE for all in one PDF")
    with common.session("read") as session, Bar(common, " sheets") as bar:
        done = make_sheets(session, SheetJob(exercises, folder, together), bar.show)
    if show_done(done, common):
        say(done.summary())
    return int(has_errors(tuple(done.problems)))
