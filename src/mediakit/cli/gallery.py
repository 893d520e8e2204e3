"""`mediakit gallery`: galleries of pages, and one page of all pictures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mediakit.base.actions import has_errors
from mediakit.base.errors import UsageError
from mediakit.cli import complete
from mediakit.cli.command import Command, Group
from mediakit.cli.options import Common, common_options
from mediakit.cli.output import page_entry, say, show_changes, show_problems
from mediakit.report.documents import (
    GalleryFillDocument,
    GalleryPageDocument,
    document_json,
    problem_entries,
)
from mediakit.report.text import counted

if TYPE_CHECKING:
    from mediakit.config.config import Config
    from mediakit.pages.fill import Filled


@click.group("gallery", cls=Group)
def gallery_command() -> None:
    """Bring galleries in line with the pictures on disk."""


@gallery_command.command("fill", cls=Command, examples=(
    ("mediakit gallery fill", "show what would change, and ask"),
    ("mediakit gallery fill squat --yes", "one exercise, without asking"),
    ("mediakit gallery fill --check", "in a pipeline: exit 1 if a page would change"),
))  # fmt: skip
@click.argument("exercises", nargs=-1, shell_complete=complete.exercises)
@click.option("--to", "gallery", default="gallery", metavar="KEY", show_default=True,
              help="The gallery that new pictures go to.")  # fmt: skip
@click.option("--drop", is_flag=True, help="Take entries out whose pictures are gone.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a page would change.")
@click.option("--yes", "-y", is_flag=True, help="Write without asking.")
@common_options("text", "json")
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
    from mediakit.pages.fill import FillJob, fill_galleries  # noqa: PLC0415

    config = common.config()
    filled = fill_galleries(config, exercises, FillJob(drop, gallery))
    as_text = common.output == "text"
    if as_text:
        show_problems(filled.problems, common)
        show_changes(filled.changes, common)
    wanted = bool(filled.changes) and not check
    agreed = wanted and (yes or _asked(len(filled.changes), as_text=as_text))
    written = _write(config, filled) if agreed else []
    if as_text:
        _say(filled, written, common)
    else:
        click.echo(document_json(_document(filled, written)))
    return int(has_errors(filled.problems) or (bool(filled.changes) and not agreed))


def _write(config: Config, filled: Filled) -> list[str]:
    from mediakit.edit.pages import write_pages  # noqa: PLC0415
    from mediakit.sync.session import open_session  # noqa: PLC0415

    with open_session(config) as session:
        return write_pages(config.root, session.writer, filled.changes)


@gallery_command.command("page", cls=Command, examples=(
    ("mediakit gallery page", "write .mediakit/gallery/index.html"),
    ("mediakit gallery page -o ../pictures", "somewhere else"),
))  # fmt: skip
@click.option(
    "--output", "-o", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Where the page goes (default: .mediakit/gallery).",
)  # fmt: skip
@click.option(
    "--title", default="Pictures", envvar="MEDIAKIT_GALLERY_PAGE_TITLE", metavar="TEXT",
    show_default=True, help="Its title.",
)  # fmt: skip
@common_options("text", "json")
def page_command(*, folder: Path | None, title: str, common: Common) -> int:
    """Write one page with all pictures of the site, to search, filter and look at.

    It opens from a file, without a server or a network, and shows the pictures from where
    they are. Problems and duplicates are marked.
    """
    from mediakit.matching.finder import DuplicateFinder, Search  # noqa: PLC0415 - takes a while
    from mediakit.pages.overview import PageJob, write_gallery  # noqa: PLC0415
    from mediakit.sync.observe import observe  # noqa: PLC0415
    from mediakit.sync.session import Access, open_session  # noqa: PLC0415

    config = common.config()
    with open_session(config, Access.READ) as session:
        site = observe(session)
        found = DuplicateFinder(site, session).find(Search())
    place = write_gallery(site, found.groups, PageJob(folder, title))
    count = len(site.content.manifests)
    if common.output == "json":
        click.echo(document_json(GalleryPageDocument(page=str(place), exercises=count)))
    elif not common.quiet:
        say(f"{counted(count, 'exercise')} in {place}")
    show_problems(site.content.unread, common)
    return int(bool(site.content.unread))


def _asked(count: int, *, as_text: bool) -> bool:
    if not as_text or not sys.stdin.isatty():
        raise UsageError("nobody can be asked here, so nothing was written", "add --yes or --check")
    return click.confirm(f"Write {counted(count, 'page')}?", default=True)


def _say(filled: Filled, written: list[str], common: Common) -> None:
    if common.quiet:
        return
    if not filled.changes:
        click.echo("all galleries are as the pictures are")
    elif written:
        click.echo(
            f"{counted(len(written), 'page')} written; run mediakit generate for the variants"
        )


def _document(filled: Filled, written: list[str]) -> GalleryFillDocument:
    return GalleryFillDocument(
        pages=[page_entry(each) for each in filled.changes],
        written=written,
        problems=problem_entries(filled.problems),
    )
