"""`mediakit new`: write a new exercise from a template of the site, photos and a video."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from string import Template
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.errors import ManifestError, UsageError
from mediakit.base.files import DiskFile, FileTree
from mediakit.base.model import Manifest
from mediakit.base.regular_file import read_regular
from mediakit.edit.entries import parsed_video, with_video
from mediakit.edit.front_matter import set_value
from mediakit.edit.pages import PageChange
from mediakit.edit.style import slug_of
from mediakit.pages.add import Addition, AddJob, carry_out, plan_photos
from mediakit.sync.content import read_content

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mediakit.config.config import Config
    from mediakit.images.ingest import Ingested
    from mediakit.sync.session import Session
    from mediakit.sync.tally import Progress

TEMPLATES = ("_templates/exercise.md", "_drafts/_exercise.md")
"""Where a site may have its own template; `$title` and `$slug` in it are replaced."""

_PLAIN = "---\ntitle: x\n---\n"


@dataclass(frozen=True, slots=True)
class NewJob:
    """The new exercise: its name in addresses, title, photos, video and template."""

    slug: str
    title: str
    photos: tuple[Path, ...] = ()
    video: str | None = None
    template: Path | None = None
    words: AddJob = field(default_factory=AddJob)


def new_exercise(session: Session, job: NewJob, progress: Progress) -> Addition:
    """Write a new exercise with its pictures, and make their thumbnails.

    Raises:
        UsageError: there is one of this name, or something given cannot be used.
    """
    if slug_of(job.slug) != job.slug:
        raise UsageError(f"{job.slug!r} is no name for addresses", f"write {slug_of(job.slug)}")
    config = session.config
    tree = FileTree(config.root)
    content = read_content(config, tree)
    path = _path(config, content.manifests, job.slug)
    if tree.disk_path(path).exists():
        raise UsageError(f"{path} exists already", "mediakit add adds photos to it")
    if not tree.is_safe(path):
        raise UsageError(f"{path} is behind a link that leaves the site")
    data = _from_template(config, tree, job)
    if job.video is not None:
        data = with_video(data, parsed_video(job.video), config.videos.keys)
    pictures: tuple[tuple[str, Ingested], ...] = ()
    if job.photos:
        manifest = Manifest(path, job.title)
        photos = plan_photos(session, manifest, data, job.photos, job.words)
        pictures, data = photos.pictures, photos.page.after
    plan = Addition(job.title, pictures, PageChange(path, b"", data), content.unread)
    return carry_out(session, plan, progress, dry_run=job.words.dry_run)


def _path(config: Config, manifests: Sequence[Manifest], slug: str) -> str:
    """Return where a new page goes: into a folder of its own where most pages have one."""
    if config.kind.has_theme:
        return f"{_folder(manifests, config.kind.pages_folder)}/{slug}.md"
    pages = [each for each in manifests if PurePosixPath(each.path).stem != "_index"]
    own = [each for each in pages if PurePosixPath(each.path).stem == "index"]
    if 2 * len(own) > len(pages):
        above = [replace(each, path=str(PurePosixPath(each.path).parent)) for each in own]
        return f"{_folder(above, config.kind.pages_folder)}/{slug}/index.md".lstrip("/")
    single = [each for each in pages if each not in own]
    return f"{_folder(single, config.kind.pages_folder)}/{slug}.md".lstrip("/")


def _folder(manifests: Sequence[Manifest], default: str) -> str:
    """Return the folder in which most exercises are."""
    folders = [str(PurePosixPath(each.path).parent) for each in manifests]
    templates = {str(PurePosixPath(each).parent) for each in TEMPLATES}
    folders = [each for each in folders if each not in templates]
    known = [each for each in folders if each.startswith("_")] or [
        each for each in folders if each != "."
    ]
    return max(known, key=lambda each: (known.count(each), each)) if known else default


def _from_template(config: Config, tree: FileTree, job: NewJob) -> bytes:
    place = job.template or _template_of_site(config, tree)
    if place is None:
        return set_value(_PLAIN.encode(), ("title",), job.title)
    try:
        text = read_regular(place).decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{place}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{place} is not UTF-8", "save it as UTF-8") from error
    filled = Template(text).safe_substitute(slug=job.slug).encode()
    try:
        return set_value(filled, ("title",), job.title)
    except ManifestError as error:
        raise UsageError(f"{place}: {error.message}", error.hint) from error


def _template_of_site(config: Config, tree: FileTree) -> Path | None:
    """Return the site's own template; raises UsageError if it is no file of the site."""
    for each in TEMPLATES:
        found = tree.find(each)
        if isinstance(found, DiskFile):
            return found.disk_path
        if found.reason:
            raise UsageError(
                f"{config.root / each}: {found.reason}", "make it a file, or delete it"
            )
    return None
