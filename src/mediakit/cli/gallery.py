"""`mediakit gallery`: galleries of pages, and one page of all pictures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mediakit.base.actions import has_errors
from mediakit.base.errors import UsageError
from mediakit.cli import completion
from mediakit.cli.commands import Command, Group
from mediakit.cli.options import Common, common_options, language_option
from mediakit.cli.output import Bar, say, say_all, show_changes, show_fix, show_problems
from mediakit.report.documents import document_json
from mediakit.report.text import counted

if TYPE_CHECKING:
    from mediakit.pages.fill import FillPlan


@click.group("gallery", cls=Group)
def gallery_command() -> None:
    """Update galleries, change one picture, and write a page of all pictures."""


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
    a page stays byte for byte. Shows the changes, and asks before it writes. `mediakit gallery
    undo` takes them back.

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
            say(f"what was there is in {folder}; mediakit gallery undo brings it back")
    else:
        click.echo(document_json(plan.document(written)))
    return int(has_errors(plan.problems) or (bool(plan.changes) and not agreed))


@gallery_command.command("edit", cls=Command, examples=(
    ('mediakit gallery edit squat 2 --alt "Lowest position"', "what the second picture shows"),
    ("mediakit gallery edit squat squat-3.jpg --place 1", "make it the first"),
    ("mediakit gallery edit squat 1 --header --teaser", "let it lead the page and its card"),
    ("mediakit gallery edit squat 1 --crop", "a portrait: its busy part becomes the teaser"),
    ("mediakit gallery edit squat 4 --remove", "take it out of the page, and put the file away"),
))  # fmt: skip
@click.argument("exercise", shell_complete=completion.exercises)
@click.argument("picture")
@click.option(
    "--alt", envvar="MEDIAKIT_GALLERY_EDIT_ALT", metavar="TEXT", help="What the picture shows."
)
@click.option("--place", type=click.IntRange(min=1), metavar="N", help="Its place, from 1.")
@click.option("--header", is_flag=True, help="Make it the picture at the top of the page.")
@click.option("--teaser", is_flag=True, help="Make it the picture that leads to the page.")
@click.option(
    "--crop",
    is_flag=True,
    help="Cut its busy part out as the teaser, in the shape of the site's teasers.",
)
@click.option(
    "--remove", is_flag=True, envvar="MEDIAKIT_GALLERY_EDIT_REMOVE",
    help="Take it out of the gallery.",
)  # fmt: skip
@click.option("--dry-run", "-n", is_flag=True, help="Show the changes, and write nothing.")
@common_options("text", "json")
def edit_command(
    *,
    exercise: str,
    picture: str,
    dry_run: bool,
    common: Common,
    crop: bool,
    **how: Any,  # noqa: ANN401 - the fields of Arrangement
) -> int:
    """Change how an exercise shows one of its pictures.

    EXERCISE is a title, a file name or a beginning, as for `mediakit add`.

    PICTURE is the number of a picture in its gallery, or a file name.

    The file of a picture that is removed is put away too, unless a text names it elsewhere.
    `mediakit gallery undo` takes the last change back.
    """
    from mediakit.pages.arrange import Arrangement, arrange, plan_arrangement  # noqa: PLC0415

    wanted = Arrangement(crop=() if crop else None, **how)
    if wanted == Arrangement():
        raise UsageError("nothing is to be changed", "give --alt, --place, --header or another")
    with Bar(common) as bar, common.session("look" if dry_run else "write") as session:
        if dry_run:
            done = plan_arrangement(session, exercise, picture, wanted)
        else:
            done = arrange(session, exercise, picture, wanted, bar)
    if common.output == "json":
        click.echo(document_json(done.document()))
        return 0
    show_changes([done.changes.page], common)
    say_all(() if common.quiet else done.lines())
    if not (common.quiet or dry_run):
        taken_back = f"{done.manifest.title} changed; mediakit gallery undo takes that back"
        say(taken_back if done.has_changed else f"{done.manifest.title} is so already")
    return 0


@gallery_command.command("undo", cls=Command, examples=(
    ("mediakit gallery undo", "after a wrong click at the desk, or a wrong command"),
))  # fmt: skip
@click.option("--dry-run", "-n", is_flag=True, help="Show what would come back.")
@common_options("text", "json")
def undo_command(*, dry_run: bool, common: Common) -> int:
    """Take back the last change of `gallery edit`, `gallery fill`, `add` or `new`.

    Those of the desk count too. What has been changed since stays, and is told.
    """
    from mediakit.pages.journal import COMMANDS  # noqa: PLC0415 - takes a while
    from mediakit.sync.undo import take_back  # noqa: PLC0415

    with common.session("look" if dry_run else "write") as session:
        done = take_back(session, COMMANDS, dry_run=dry_run)
    return show_fix(done, common, "leave --dry-run out to do this" if dry_run else "", "gallery")


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
@language_option("that of most exercises")
@common_options("text", "json")
def page_command(*, folder: Path | None, title: str, lang: str | None, common: Common) -> int:
    """Write a page of all pictures.

    The page has search, filters and a large view, and shows videos, problems and duplicates. It
    opens from the disk, without a server or a network, and shows the pictures where they are.
    """
    from mediakit.cli.desk_acts import looks  # noqa: PLC0415 - takes a while
    from mediakit.desk.overview import write_overview  # noqa: PLC0415

    with common.session("read") as session:
        written, unread = write_overview(session, looks(), folder, title, lang)
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
