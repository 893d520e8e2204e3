"""`mediakit add`: photos of a camera made into pictures of an exercise, and named in its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import normalize

from mediakit.base.errors import UsageError
from mediakit.base.files import FileTree, sha256_bytes
from mediakit.base.regular_file import read_regular
from mediakit.edit.entries import Entry, add_entries, fill_header, variant_of
from mediakit.edit.pages import PageChange, read_bytes
from mediakit.edit.style import named_pictures, style_of
from mediakit.images.ingest import CAP, Ingested, UnreadableError, ingest
from mediakit.matching.finder import DuplicateFinder
from mediakit.pages.fill import gallery_suffix
from mediakit.sync.content import find_page
from mediakit.sync.observe import observe

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mediakit.base.model import Manifest, Problem
    from mediakit.edit.naming import PictureName
    from mediakit.sync.session import Session


@dataclass(frozen=True, slots=True)
class AddJob:
    """How photos are added: to which gallery, with which words, and which one leads the page.

    `alts` are for the photos in their order, the last one for the rest; `cover` counts from 1.
    `twice` takes photos that the site has already.
    """

    gallery: str = "gallery"
    alts: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    cover: int | None = None
    cap: int = CAP
    twice: bool = False


@dataclass(frozen=True, slots=True)
class AddPlan:
    """The pictures to write, by site path, and the page with them.

    `unread` are the pages of the site that cannot be read.
    """

    pictures: tuple[tuple[str, Ingested], ...]
    page: PageChange
    unread: tuple[Problem, ...] = ()


def plan_photos(session: Session, exercise: str, photos: Sequence[Path], job: AddJob) -> AddPlan:
    """Read photos, and return what they become: nothing is written.

    Raises:
        UsageError: there is no such exercise, a photo cannot be read, or the site has it already.
        ManifestError: the page cannot be changed.
    """
    tree = FileTree(session.config.root)
    manifest, _ = find_page(session.config, tree, exercise)
    return photos_for(session, manifest, read_bytes(tree, manifest.path), photos, job)


def photos_for(
    session: Session, manifest: Manifest, data: bytes, photos: Sequence[Path], job: AddJob
) -> AddPlan:
    """Do what `plan_photos` does, for an exercise whose page is `data`."""
    made = [_read(photo, job.cap) for photo in photos]
    config = session.config
    site = observe(session)
    if not job.twice:
        # a photo that lies in the site's folder, and is in no page, is not its own copy
        here = _in_site(config.root, photos) - set(site.known.pictures)
        _refuse_known(DuplicateFinder(site, session), photos, made, here)
    name = named_pictures(config, manifest, site.content.manifests)
    paths = _free(name, site.tree, manifest, made)
    suffix = gallery_suffix(config)
    entries = [
        Entry(path, variant_of(path, suffix), _word(job.alts, at, manifest.title),
              _word(job.titles, at, ""))
        for at, path in enumerate(paths)
    ]  # fmt: skip
    style = style_of(config, manifest.path, job.gallery)
    after = add_entries(data, entries, style)
    number = job.cover or 1
    if not 0 < number <= len(paths):
        raise UsageError(f"--cover {job.cover}: there are {len(paths)} photos", "count from 1")
    cover = paths[number - 1]
    after = fill_header(after, cover, variant_of(cover, suffix), style, anew=job.cover is not None)
    pictures = tuple(zip(paths, made, strict=True))
    return AddPlan(pictures, PageChange(manifest.path, data, after), site.content.unread)


def write_pictures(session: Session, plan: AddPlan) -> None:
    """Write the pictures of a plan: before the page, so that it never names what is not there.

    Raises:
        UsageError: one cannot be written.
    """
    tree = FileTree(session.config.root)
    for path, picture in plan.pictures:
        if not tree.is_safe(path):
            raise UsageError(f"{path} is behind a link that leaves the site")
        try:
            session.writer.write(tree.disk_path(path), picture.data, durable=True)
        except OSError as error:
            raise UsageError(f"{path}: cannot be written: {error.strerror}") from error


def _read(photo: Path, cap: int) -> Ingested:
    try:
        return ingest(read_regular(photo), cap)
    except OSError as error:
        raise UsageError(f"{photo}: {error.strerror}") from error
    except UnreadableError as error:
        raise UsageError(f"{photo}: {error}", "give pictures that are whole") from error


def _free(
    name: PictureName, tree: FileTree, manifest: Manifest, made: Sequence[Ingested]
) -> list[str]:
    """Return the next free paths: numbers that are on disk or in the page are not used again."""
    taken = [path for image in manifest.images for path in (image.source,) if path is not None]
    taken += [path for path in tree.walk(lambda _: False) if path.startswith(f"{name.folder}/")]
    numbers = [number for path in taken if (number := name.number(path)) is not None]
    start = max(numbers, default=-1) + 1
    return [name.path(start + at, each.ending) for at, each in enumerate(made)]


def _in_site(root: Path, photos: Sequence[Path]) -> set[str]:
    """Return the site paths of the photos that lie in the site."""
    places = (photo.resolve() for photo in photos)
    return {
        normalize("NFC", place.relative_to(root).as_posix())
        for place in places
        if place.is_relative_to(root)
    }


def _refuse_known(
    finder: DuplicateFinder, photos: Sequence[Path], made: Sequence[Ingested], here: set[str]
) -> None:
    for number, (photo, each) in enumerate(zip(photos, made, strict=True)):
        for before, other in zip(photos[:number], made[:number], strict=True):
            if sha256_bytes(each.data) == sha256_bytes(other.data):
                raise UsageError(f"{photo} is {before} again", "give each photo once")
        known = finder.nearest(each.data, but=here)
        if known is not None:
            raise UsageError(
                f"{photo} is on the site already, as {known}",
                "leave it out; where its page does not name it, mediakit gallery fill does that; "
                "or add it all the same with --twice",
            )


def _word(words: Sequence[str], at: int, default: str) -> str:
    return words[min(at, len(words) - 1)] if words else default
