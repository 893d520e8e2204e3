"""`mediakit add`: turn photos into pictures of an exercise, and show them in its page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated
from unicodedata import normalize

import msgspec
from msgspec import Meta

from mediakit.base.actions import has_errors
from mediakit.base.errors import UsageError
from mediakit.base.files import FileTree, sha256_bytes
from mediakit.base.formats import film_of
from mediakit.base.regular_file import read_regular
from mediakit.config.presets import as_shown
from mediakit.edit.entries import add_entries, fill_header
from mediakit.edit.pages import PageChange, read_bytes, refuse_data
from mediakit.edit.style import picture_names, style_of
from mediakit.images.animation import is_clipped
from mediakit.images.decode import probe
from mediakit.images.film_bytes import is_film
from mediakit.images.ingest import Ingested, ingest
from mediakit.images.opening import UnreadableError
from mediakit.images.preset import CAP
from mediakit.pages.fill import PageEntry
from mediakit.pages.films import counted_photos, entry_of, poster_of, small_of, taken_film
from mediakit.pages.journal import Changes, write_changes
from mediakit.report.documents import Count, Document, Path, ProblemEntry, problem_entries
from mediakit.report.text import counted
from mediakit.site.reader import parse_file
from mediakit.sync.content import settings_of
from mediakit.sync.copies import SitePictures
from mediakit.sync.exercise import find_page
from mediakit.sync.observe import observe

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path as FilePath

    from mediakit.base.actions import Result
    from mediakit.base.model import Manifest, Problem
    from mediakit.config.config import Config
    from mediakit.edit.style import PictureName
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.session import Progress, Session


class PictureEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that was made of a photo."""

    path: Annotated[Path, Meta(description="Site path of the picture.")]
    width: Annotated[int, Meta(ge=1, description="Its width in pixels.")]
    height: Annotated[int, Meta(ge=1, description="Its height in pixels.")]
    bytes: Annotated[Count, Meta(description="Its size.")]


class AddDocument(Document, frozen=True, kw_only=True):
    """What `add` and `new` wrote, or with `--dry-run` would write."""

    dry_run: Annotated[bool, Meta(description="Whether nothing was written.")]
    page: Annotated[PageEntry, Meta(description="The page of the exercise.")]
    pictures: Annotated[list[PictureEntry], Meta(description="What the photos became.")]
    made: Annotated[Count, Meta(description="How many variants were made after that.")]
    failed: Annotated[Count, Meta(description="How many could not be made.")]
    problems: list[ProblemEntry]


@dataclass(frozen=True, slots=True)
class AddJob:
    """How to add photos: the gallery, the texts, and the photo that leads the page.

    `alts` and `titles` are for the photos in their order; the last title is for the rest, while
    a photo without an alt of its own has the title of the page. `cover` counts from 1. `twice`
    also takes photos that the site has already.
    """

    gallery: str = "gallery"
    alts: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    cover: int | None = None
    cap: int = CAP
    twice: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Addition:
    """The pictures to write, by site path, and the page that shows them.

    `unread` are the problems of pages that cannot be read; `result` is that of making the
    variants, None if nothing was written. `address` is that of the page on the site, if known.
    """

    title: str
    pictures: tuple[tuple[str, Ingested], ...]
    page: PageChange
    unread: tuple[Problem, ...] = ()
    result: Result | None = None
    address: str = ""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems of pages and variants."""
        made = self.result.problems if self.result is not None else ()
        return tuple(dict.fromkeys((*self.unread, *made)))

    @property
    def has_errors(self) -> bool:
        """Whether a page cannot be read, or a variant was not made."""
        failed = self.result is not None and self.result.has_errors
        return failed or has_errors(self.problems)

    def picture_lines(self) -> list[str]:
        """Return a line for each picture."""
        return [
            f"{path} ({each.width} x {each.height}, {len(each.data) / 1000:,.0f} kB)"
            for path, each in self.pictures
        ]

    def summary(self) -> str:
        """Return what was written, such as `1 photo added to Squat; 1 variant made`."""
        photos = counted_photos([each for _, each in self.pictures])
        line = f"{photos} added to {self.title}"
        if not self.page.before:
            line = f"{self.page.path} created" + (f" with {photos}" if self.pictures else "")
        made, failed = self._counts()
        line += f"; {counted(made, 'variant')} made" if made else ""
        line += f"; {counted(failed, 'variant')} failed" if failed else ""
        return line + (f"; look: {self.address}" if self.address else "")

    def document(self) -> AddDocument:
        """Return the addition as JSON."""
        made, failed = self._counts()
        return AddDocument(
            dry_run=self.result is None,
            page=PageEntry.of(self.page),
            pictures=[
                PictureEntry(path=path, width=each.width, height=each.height, bytes=len(each.data))
                for path, each in self.pictures
            ],
            made=made,
            failed=failed,
            problems=problem_entries(self.problems),
        )

    def _counts(self) -> tuple[int, int]:
        summary = self.result.summary if self.result is not None else None
        return (summary.made, summary.failed) if summary is not None else (0, 0)


def add_photos(
    session: Session, exercise: str, photos: Sequence[FilePath], job: AddJob, progress: Progress
) -> Addition:
    """Add photos to an exercise, named by path, file name or title, and make their variants.

    Raises:
        UsageError: there is no such exercise, a photo cannot be read, or the site has it already.
        ManifestError: the page cannot be changed.
    """
    tree = FileTree(session.config.root)
    manifest, _ = find_page(session.config, tree, exercise, cache=session.cache)
    refuse_data(manifest, "these photos")
    plan = plan_photos(session, manifest, read_bytes(tree, manifest.path), photos, job)
    return carry_out(session, plan, progress, dry_run=job.dry_run)


def plan_photos(
    session: Session, manifest: Manifest, data: bytes, photos: Sequence[FilePath], job: AddJob
) -> Addition:
    """Read photos, and return what they add to the exercise whose page is `data`."""
    config = session.config
    made = [_read(photo, job.cap, config) for photo in photos]
    site = observe(session)
    config = as_shown(config, site.content.manifests)
    if not job.twice:
        # a photo that lies in the site's folder, and is in no page, is not its own copy
        here = _in_site(config.root, photos) - set(site.known.pictures)
        _refuse_known(session, site, photos, made, here)
    name = picture_names(config, site.content.manifests).of(manifest)
    paths = free_paths(name, site.tree, manifest, made)
    entries = []
    for at, (path, each) in enumerate(zip(paths, made, strict=True)):
        alt, title = _word(job.alts[at : at + 1], 0, manifest.title), _word(job.titles, at, "")
        entries.append(entry_of(config, manifest, path, (alt, title), moves=each.moves))
    style = style_of(config, manifest.path, job.gallery)
    after = add_entries(data, entries, style)
    still = (at for at, each in enumerate(made, 1) if not each.moves)
    number = job.cover or next(still, 1)
    if not 0 < number <= len(paths):
        given = f"only {counted(len(paths), 'photo')} given"
        raise UsageError(f"--cover {job.cover}: {given}", "count from 1")
    cover, anew, moves = paths[number - 1], job.cover is not None, made[number - 1].moves
    top = poster_of(config, cover, moves=moves) if anew or not moves else ""
    after = fill_header(after, top, small_of(config, cover, moves=moves), style, anew=anew)
    pictures = tuple(zip(paths, made, strict=True))
    page = PageChange(manifest.path, data, after)
    return Addition(manifest.title, pictures, page, site.content.unread)


def carry_out(session: Session, plan: Addition, progress: Progress, *, dry_run: bool) -> Addition:
    """Write the pictures, then the page that shows them, then their variants.

    Raises:
        UsageError: a picture or the page cannot be written.
    """
    if dry_run:
        return plan
    pictures = tuple((path, each.data) for path, each in plan.pictures)
    by = "add" if plan.page.before else "new"
    result = write_changes(session, Changes(plan.page, pictures), by, progress)
    pages = parse_file(plan.page.path, plan.page.after, settings_of(session.config))
    return replace(plan, result=result, address=pages[0].manifest.permalink if pages else "")


def _read(photo: FilePath, cap: int, config: Config) -> Ingested:
    try:
        data = read_regular(photo)
        if is_film(data) or is_clipped(probe(data)):
            return taken_film(config, data)
        return ingest(data, cap, config.sources.max_width)
    except UsageError as error:
        raise UsageError(f"{photo}: {error.message}", error.hint, at_desk=error.at_desk) from error
    except OSError as error:
        raise UsageError(f"{photo}: {error.strerror}") from error
    except UnreadableError as error:
        hint = at_desk = f"give a {'film' if film_of(photo.name) else 'photo'} that is not damaged"
        if "it moves" in str(error):
            hint = "give it as a film, such as MP4, or as a photo"
            at_desk = "drop it as a film, such as MP4, or as a photo"
        raise UsageError(f"{photo}: {error}", hint, at_desk=at_desk) from error


def free_paths(
    name: PictureName, tree: FileTree, manifest: Manifest, made: Sequence[Ingested]
) -> list[str]:
    """Return the next free paths: numbers on disk or in the page are not used again."""
    taken = [path for image in manifest.images for path in (image.source,) if path is not None]
    taken += [f"{name.folder}/{each}".lstrip("/") for each in tree.names(name.folder)]
    start = max((number for number, _ in name.numbered(taken)), default=-1) + 1
    return [name.path(start + at, each.ending) for at, each in enumerate(made)]


def _in_site(root: FilePath, photos: Sequence[FilePath]) -> set[str]:
    """Return the site paths of the photos that lie in the folder of the site."""
    places = (photo.resolve() for photo in photos)
    return {
        normalize("NFC", place.relative_to(root).as_posix())
        for place in places
        if place.is_relative_to(root)
    }


def _refuse_known(
    session: Session,
    site: ObservedSite,
    photos: Sequence[FilePath],
    made: Sequence[Ingested],
    here: set[str],
) -> None:
    finder = SitePictures(session, site).finder()
    files = {each.sha256: path for path, each in site.known.inputs.items()}
    for number, (photo, each) in enumerate(zip(photos, made, strict=True)):
        for before, other in zip(photos[:number], made[:number], strict=True):
            if sha256_bytes(each.data) == sha256_bytes(other.data):
                raise UsageError(f"{photo} is the same photo as {before}", "name each photo once")
        if each.moves:
            known = files.get(sha256_bytes(each.data))
        else:
            known = finder.nearest(each.data, but=here)
        if known is not None:
            raise UsageError(
                f"{photo} is already on the site, as {known}",
                "leave it out; if no page shows it yet, run mediakit gallery fill; "
                "to add it anyway, give --twice",
                at_desk="leave it out",
            )


def _word(words: Sequence[str], at: int, default: str) -> str:
    return words[min(at, len(words) - 1)] if words else default
