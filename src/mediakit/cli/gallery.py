"""`mediakit gallery`: galleries of pages, and one page of all pictures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mediakit.base.actions import has_errors
from mediakit.base.errors import UsageError
from mediakit.cli import completion
from mediakit.cli.commands import Command, Group
from mediakit.cli.options import Common, common_options, language_option
from mediakit.cli.output import say, show_changes, show_problems
from mediakit.report.documents import document_json
from mediakit.report.text import counted

if TYPE_CHECKING:
    from mediakit.pages.fill import FillPlan


@click.group("gallery", cls=Group)
def gallery_command() -> None:
    """Update galleries, and write a page of all pictures."""


@gallery_command.command("fill", cls=Command, examples=(
    ("mediakit gallery fill", "show what would change, and ask"),
    ("mediakit gallery fill squat --yes", "one exercise, without asking"),
    ("mediakit gallery fill --cards", "also name the card of each page as its og_image"),
    ("mediakit gallery fill --check", "in a pipeline: exit 1 if a page would change"),
))  # fmt: skip
@click.argument("exercises", nargs=-1, shell_complete=completion.exercises)
@click.option("--to", "gallery", default="gallery", metavar="KEY", show_default=True,
              help="The gallery to add pictures to.")  # fmt: skip
@click.option("--drop", is_flag=True, help="Remove entries whose pictures are gone.")
@click.option("--cards", is_flag=True, help="Name the card of each page as its og_image.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a page would change.")
@click.option("--yes", "-y", is_flag=True, help="Write without asking.")
@common_options("text", "json")
def fill_command(  # noqa: PLR0913 - one argument an option
    *,
    exercises: tuple[str, ...],
    gallery: str,
    drop: bool,
    cards: bool,
    check: bool,
    yes: bool,
    common: Common,
) -> int:
    """Add pictures on disk to galleries.

    A picture belongs to an exercise by its name: squat-3.jpg beside squat-0.jpg. A header
    without a picture gets one too. A picture that browsers do not show, such as HEIC, becomes
    a JPEG, and one that is wider than max_width of [sources] becomes smaller. All other text of
    a page stays byte for byte. Shows the changes, and asks before it writes.

    EXERCISES are paths, file names or titles; without them, all exercises.
    """
    from mediakit.pages.fill import FillJob, plan_fill, write_fill  # noqa: PLC0415 - takes a while

    with common.session("look") as session:
        plan = plan_fill(session.config, exercises, FillJob(drop, gallery, cards))
    as_text = common.output == "text"
    if as_text:
        show_problems(plan.problems, common)
        show_changes(plan.changes, common)
        for each in () if common.quiet else plan.intakes:
            if each.width:
                say(each.line())
    wanted = bool(plan.changes) and not check
    agreed = wanted and (yes or _asked(len(plan.changes), as_text=as_text))
    written: list[str] = []
    folder = None
    if agreed:
        with common.session() as session:
            written, folder = write_fill(session, plan)
    if as_text:
        _say(plan, written, common)
        if folder is not None and not common.quiet:
            say(f"the originals are in {folder}; mediakit slim --undo brings them back")
    else:
        click.echo(document_json(plan.document(written)))
    return int(has_errors(plan.problems) or (bool(plan.changes) and not agreed))


@gallery_command.command("page", cls=Command, examples=(
    ("mediakit gallery page", "write .mediakit/gallery/index.html"),
    ("mediakit gallery page -o ../pictures", "write it to another folder"),
))  # fmt: skip
@click.option(
    "--output", "-o", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Folder of the page (default: .mediakit/gallery).",
)  # fmt: skip
@click.option(
    "--title", default="", envvar="MEDIAKIT_GALLERY_PAGE_TITLE", metavar="TEXT",
    help="Title of the page (default: Pictures, in its language).",
)  # fmt: skip
@language_option("en")
@common_options("text", "json")
def page_command(*, folder: Path | None, title: str, lang: str | None, common: Common) -> int:
    """Write a page of all pictures.

    The page has search, filters and a large view, and shows videos, problems and duplicates. It
    opens from the disk, without a server or a network, and shows the pictures where they are.
    """
    from mediakit.cli.findings import looks  # noqa: PLC0415 - takes a while
    from mediakit.desk.overview import write_overview  # noqa: PLC0415

    with common.session("read") as session:
        written, unread = write_overview(session, looks(), folder, title, lang or "en")
    if common.output == "json":
        click.echo(document_json(written))
    elif not common.quiet:
        say(f"{counted(written.exercises, 'exercise')} in {written.page}")
    show_problems(unread, common)
    return int(bool(unread))


def _asked(count: int, *, as_text: bool) -> bool:
    if not as_text or not sys.stdin.isatty():
        raise UsageError("nobody can answer here, so nothing was written", "add --yes or --check")
    return click.confirm(f"Write {counted(count, 'page')}?", default=True)


def _say(plan: FillPlan, written: list[str], common: Common) -> None:
    if common.quiet:
        return
    if not plan.changes:
        done = (
            "no page was changed" if plan.problems else "all galleries match the pictures on disk"
        )
        click.echo(done)
    elif written:
        click.echo(
            f"{counted(len(written), 'page')} written; run mediakit generate for the variants"
        )
