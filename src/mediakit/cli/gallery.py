"""`mediakit add`, `mediakit new` and `mediakit gallery`: pictures into pages."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mediakit.cache import open_cache
from mediakit.cli.options import Common, common_options
from mediakit.cli.output import Bar, show_problems
from mediakit.config.settings import WORK_FOLDER
from mediakit.engine.duplicates import DuplicateFinder, Search
from mediakit.engine.exercise_new import NewJob, plan_exercise
from mediakit.engine.gallery_fill import FillJob, fill_galleries
from mediakit.engine.observe import observe
from mediakit.engine.pages import write_pages
from mediakit.engine.photo_add import AddJob, AddPlan, plan_photos, write_pictures
from mediakit.engine.run import Job, Run
from mediakit.errors import UsageError
from mediakit.executors import open_executor
from mediakit.images.ingest import CAP
from mediakit.plan.wanted import Selection
from mediakit.report.as_diff import diff_lines
from mediakit.report.as_text import summary_line
from mediakit.report.result import has_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mediakit.config.settings import Config
    from mediakit.engine.pages import PageChange

_PHOTO = click.Path(exists=True, dir_okay=False, path_type=Path)


def _photo_options(command: Callable[..., int]) -> Callable[..., int]:
    options = (
        click.option("--to", "gallery", default="gallery", metavar="KEY", show_default=True,
                     help="The gallery that they go to."),
        click.option("--alt", "alts", multiple=True, metavar="TEXT",
                     help="What a photo shows; one each, the last one for the rest."),
        click.option("--caption", "captions", multiple=True, metavar="TEXT",
                     help="The title of a photo, in the same way."),
        click.option("--cover", type=click.IntRange(min=1), metavar="N",
                     help="Which of the photos leads the page, from 1."),
        click.option("--max-size", type=click.IntRange(min=320), default=CAP, metavar="PIXELS",
                     show_default=True, help="The longest side that is kept."),
        click.option("--twice", is_flag=True, help="Add photos that the site has already."),
        click.option("--dry-run", "-n", is_flag=True, help="Show what would be written."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command("add")
@click.argument("exercise")
@click.argument("photos", nargs=-1, required=True, type=_PHOTO)
@_photo_options
@common_options("text")
def add_command(  # noqa: PLR0913 - one argument an option
    *,
    exercise: str,
    photos: tuple[Path, ...],
    gallery: str,
    alts: tuple[str, ...],
    captions: tuple[str, ...],
    cover: int | None,
    max_size: int,
    twice: bool,
    dry_run: bool,
    common: Common,
) -> int:
    """Make pictures of an exercise of photos, and name them in its page.

    They are turned upright, brought to a size, stripped of what they tell of people and
    places, and called as the exercise's pictures are. Variants are made at once.

    EXERCISE is a path, a file name or a title.

    PHOTOS are files of a camera or a phone: JPEG, PNG, WebP, AVIF, TIFF, and HEIC with the extra
    heif.
    """
    config = common.config()
    job = AddJob(gallery, alts, captions, cover, max_size, twice)
    return _carry_out(config, plan_photos(config, exercise, photos, job), common, dry_run=dry_run)


@click.command("new")
@click.argument("slug")
@click.option("--title", required=True, metavar="TEXT", help="The title of the exercise.")
@click.option(
    "--photos",
    "photos",
    multiple=True,
    type=_PHOTO,
    metavar="FILE",
    help="A photo; may be repeated.",
)
@click.option("--video", metavar="ADDRESS", help="A video, in any form that people copy.")
@click.option(
    "--template", type=_PHOTO, metavar="FILE",
    help="A page to begin with (default: _templates/exercise.md, if it is there).",
)  # fmt: skip
@_photo_options
@common_options("text")
def new_command(  # noqa: PLR0913 - one argument an option
    *,
    slug: str,
    title: str,
    photos: tuple[Path, ...],
    video: str | None,
    template: Path | None,
    gallery: str,
    alts: tuple[str, ...],
    captions: tuple[str, ...],
    cover: int | None,
    max_size: int,
    twice: bool,
    dry_run: bool,
    common: Common,
) -> int:
    """Begin an exercise: a page from the site's template, with photos and a video.

    In a template, $slug is replaced, and the title is set.

    SLUG is its name in addresses: small letters, digits and dashes.
    """
    config = common.config()
    words = AddJob(gallery, alts, captions, cover, max_size, twice)
    plan = plan_exercise(config, NewJob(slug, title, photos, video, template, words))
    return _carry_out(config, plan, common, dry_run=dry_run)


@click.group("gallery")
def gallery_command() -> None:
    """Bring galleries in line with the pictures on disk."""


@gallery_command.command("fill")
@click.argument("exercises", nargs=-1)
@click.option("--to", "gallery", default="gallery", metavar="KEY", show_default=True,
              help="The gallery that new pictures go to.")  # fmt: skip
@click.option("--drop", is_flag=True, help="Take entries out whose pictures are gone.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a page would change.")
@click.option("--yes", "-y", is_flag=True, help="Write without asking.")
@common_options("text")
def fill_command(  # noqa: PLR0913 - one argument an option
    *,
    exercises: tuple[str, ...],
    gallery: str,
    drop: bool,
    check: bool,
    yes: bool,
    common: Common,
) -> int:
    """Add the pictures that are there to the front matter, and what the header lacks.

    A picture belongs to an exercise by its name: squat-3.jpg beside squat-0.jpg. What a page
    has already stays byte for byte. The changes are shown, and asked about.

    EXERCISES are paths, file names or titles; all where none is given.
    """
    config = common.config()
    filled = fill_galleries(config, exercises, FillJob(drop, gallery))
    show_problems(filled.problems, common)
    failed = has_errors(filled.problems)
    _show_changes(filled.changes, common)
    if not filled.changes:
        if not common.quiet:
            click.echo("all galleries are as the pictures are")
        return int(failed)
    if check:
        return 1
    if not yes and not _asked(len(filled.changes)):
        return 1
    written = write_pages(config, filled.changes)
    if not common.quiet:
        click.echo(f"{len(written):,} pages written; run mediakit generate for their variants")
    return int(failed)


@gallery_command.command("page")
@click.option(
    "--output", "-o", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Where the page goes (default: .mediakit/gallery).",
)  # fmt: skip
@click.option("--title", default="Pictures", metavar="TEXT", show_default=True, help="Its title.")
@common_options("text")
def page_command(*, folder: Path | None, title: str, common: Common) -> int:
    """Write one page with all pictures of the site, to search, filter and look at.

    It opens from a file, without a server or a network, and shows the pictures from where
    they are. Problems and duplicates are marked.
    """
    from mediakit.engine.gallery_page import PageJob, write_gallery  # noqa: PLC0415 - only here

    config = common.config()
    work = config.root / WORK_FOLDER
    with open_cache(work) as cache, open_executor(config.jobs) as executor:
        site = observe(config, cache, executor)
        found = DuplicateFinder(site, cache, executor).find(Search())
    place = write_gallery(site, found.groups, PageJob(folder or work / "gallery", title))
    if not common.quiet:
        click.echo(f"{len(site.content.manifests):,} exercises in {place}")
    return 0


def _carry_out(config: Config, plan: AddPlan, common: Common, *, dry_run: bool) -> int:
    _show_changes([plan.page], common)
    if not common.quiet:
        for path, picture in plan.pictures:
            size = f"{picture.width} x {picture.height}, {len(picture.data) / 1000:,.0f} kB"
            click.echo(f"{path} ({size})")
    if dry_run:
        return 0
    write_pictures(config, plan)
    write_pages(config, [plan.page])
    bar = Bar(common)
    run = Run(config, Job(Selection(only=(plan.page.path,))), bar)
    result = run.generate()
    bar.close()
    show_problems(result.problems, common)
    if not common.quiet:
        click.echo(summary_line(result))
    return int(result.has_errors)


def _show_changes(changes: Iterable[PageChange], common: Common) -> None:
    if common.quiet:
        return
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for change in changes:
        for line in diff_lines(change.path, change.before, change.after, colour=colour):
            click.echo(line, color=colour)


def _asked(count: int) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here, so nothing was written", "add --yes or --check")
    return click.confirm(f"Write {count} pages?", default=True)
