"""`mediakit add` and `mediakit new`: photos into pages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from mediakit.base.errors import UsageError
from mediakit.cli import completion
from mediakit.cli.commands import Command
from mediakit.cli.options import Common, common_options, gathered
from mediakit.cli.output import Bar, say, say_all, show_changes, show_problems
from mediakit.images.preset import CAP
from mediakit.report.documents import document_json
from mediakit.report.text import counted

if TYPE_CHECKING:
    import os

    from mediakit.config.config import Config
    from mediakit.pages.add import Addition, AddJob


class _Photo(click.Path):
    """A file that somebody names: one that is missing, or a folder, is told with what to do."""

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str | bytes | os.PathLike[str]:
        """Return the path of a file that is there."""
        if Path(value).is_dir():
            raise UsageError(f"{value} is a folder", "name the files in it")
        if not Path(value).exists():
            raise UsageError(
                f"there is no file {value}",
                "give its whole path: most terminals write it if you drag the file into them",
            )
        return super().convert(value, param, ctx)


_PHOTO = _Photo(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class PhotoOptions:
    """How photos become pictures of an exercise, and where its page names them."""

    gallery: str
    alts: tuple[str, ...]
    captions: tuple[str, ...]
    cover: int | None
    max_size: int
    twice: bool
    dry_run: bool

    @property
    def access(self) -> Literal["look", "write"]:
        """How the session is opened: a plan alone changes nothing."""
        return "look" if self.dry_run else "write"

    def job(self) -> AddJob:
        """Return the options as a job."""
        from mediakit.pages.add import AddJob  # noqa: PLC0415 - takes a while

        return AddJob(
            self.gallery, self.alts, self.captions, self.cover, self.max_size, self.twice,
            self.dry_run,
        )  # fmt: skip


_photo_options = gathered(PhotoOptions, "how", (
    click.option("--to", "gallery", default="gallery", metavar="KEY", show_default=True,
                 help="The gallery to add them to."),
    click.option("--alt", "alts", multiple=True, metavar="TEXT",
                 help="What a photo shows: once for each photo, in their order."),
    click.option("--caption", "captions", multiple=True, metavar="TEXT",
                 help="The caption of a photo, in the same way."),
    click.option("--cover", type=click.IntRange(min=1), metavar="N",
                 help="Number of the photo that becomes the page's cover, from 1."),
    click.option("--max-size", type=click.IntRange(min=320), default=CAP, metavar="PIXELS",
                 show_default=True, help="Make pictures smaller whose longer side is above this."),
    click.option("--twice", is_flag=True, help="Add photos even if the site already has them."),
    click.option("--dry-run", "-n", is_flag=True, help="Show the changes, and write nothing."),
))  # fmt: skip


@click.command("add", cls=Command, examples=(
    ("mediakit add squat IMG_1.JPG IMG_2.JPG", "add photos of a phone to the page"),
    ('mediakit add squat IMG_1.JPG --alt "Lowest position"', "with an alternative text"),
    ("mediakit add squat IMG_1.JPG --cover 1 -n", "show how the page would change"),
))  # fmt: skip
@click.argument("exercise", shell_complete=completion.exercises)
@click.argument("photos", nargs=-1, required=True, type=_PHOTO)
@_photo_options
@common_options("text", "json")
def add_command(
    *, exercise: str, photos: tuple[Path, ...], how: PhotoOptions, common: Common
) -> int:
    """Add photos to an exercise.

    Turns the photos upright, makes them smaller, removes data about people and places, names
    them like the other pictures of the exercise, adds them to its page, and makes variants.

    EXERCISE is a title, a file name (also without its number), the last part of the page's
    address, or the beginning of one of these.

    PHOTOS are JPEG, PNG, WebP, AVIF or TIFF files, or HEIC with the extra heif. Where the site
    makes clips, films (MOV, MP4, WebM) and animations (GIF, WebP, PNG) are taken too, as they
    are coded.
    """
    from mediakit.pages.add import add_photos  # noqa: PLC0415 - takes a while

    with Bar(common) as bar, common.session(how.access) as session:
        report = add_photos(session, exercise, photos, how.job(), bar)
    return _show(report, how, common, session.config)


@click.command("new", cls=Command, examples=(
    ('mediakit new "Bulgarian split squat" IMG_1.JPG IMG_2.JPG', "with two photos"),
    ("mediakit new Plank --video https://youtu.be/pSHjTRCQxIw", "with a video"),
    ("mediakit new knaeboej --title Knæbøj", "with another name in addresses"),
))  # fmt: skip
@click.argument("name")
@click.argument("photos", nargs=-1, type=_PHOTO)
@click.option(
    "--title", envvar="MEDIAKIT_NEW_TITLE", metavar="TEXT",
    help="The title, where the first word given is the name in addresses.",
)  # fmt: skip
@click.option(
    "--photos",
    "more",
    multiple=True,
    type=_PHOTO,
    metavar="FILE",
    help="A photo, as those behind the title; may be repeated.",
)
@click.option("--video", metavar="ADDRESS", help="Address of a video, as browsers copy it.")
@click.option(
    "--template", type=_PHOTO, metavar="FILE",
    help="The page to begin with (default: _templates/exercise.md, if it exists).",
)  # fmt: skip
@_photo_options
@common_options("text", "json")
def new_command(  # noqa: PLR0913 - one argument an option
    *,
    name: str,
    photos: tuple[Path, ...],
    title: str | None,
    more: tuple[Path, ...],
    video: str | None,
    template: Path | None,
    how: PhotoOptions,
    common: Common,
) -> int:
    """Create an exercise, with photos and a video.

    Starts from the site's template, in which it replaces $slug and sets the title. A site
    without one gets the front matter that most pages beside it have: the same language, the next
    number, an address of the same form, empty lists of tags.

    NAME is the title, which gives the name in addresses too; beside --title it is only that name.

    PHOTOS are files as for `mediakit add`.
    """
    from mediakit.pages.new import NewJob, new_exercise  # noqa: PLC0415 - takes a while

    slug = name if title is not None else ""
    job = NewJob(title or name, slug, (*photos, *more), video, template, how.job())
    with Bar(common) as bar, common.session(how.access, anywhere=True) as session:
        report = new_exercise(session, job, bar)
    return _show(report, how, common, session.config)


def _show(report: Addition, how: PhotoOptions, common: Common, config: Config) -> int:
    if common.output == "json":
        click.echo(document_json(report.document()))
        return int(report.has_errors)
    show_changes([report.page], common)
    if not common.quiet:
        say_all(report.picture_lines())
    show_problems(report.problems, common)
    if report.result is not None and not common.quiet:
        say(report.summary())
        plain = [path for path, _ in report.pictures][len(how.alts) :]
        if how.alts and plain:
            name = plain[0].rpartition("/")[2]
            hint = f'mediakit gallery edit "{report.title}" {name} --alt "…"'
            what = counted(len(plain), "photo")
            say(f"{what} without a text of its own yet: {hint}", aside=True)
        if any(each.moves for _, each in report.pictures) and _shows_posters(config):
            say("what moves is shown by its poster until mediakit theme install", aside=True)
    return int(report.has_errors)


def _shows_posters(config: Config) -> bool:
    """Return whether nothing leads to a clip, until templates are installed that play it."""
    from mediakit.theme.shipped import FileState, theme_files  # noqa: PLC0415 - few add films

    if config.kind.has_theme:  # a click does
        return False
    try:
        return all(each.state is FileState.ABSENT for each in theme_files(config))
    except UsageError:
        return False  # there are none for such sites
