"""`mediakit new`: write a new exercise from a template of the site, photos and a video."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from string import Template
from typing import TYPE_CHECKING

from mediakit.base.errors import ManifestError, UsageError
from mediakit.base.files import DiskFile, FileTree
from mediakit.base.model import Manifest
from mediakit.base.regular_file import read_regular
from mediakit.base.slug import slug_of, spellings_of, split_number, without_date
from mediakit.edit.entries import parsed_video, with_video
from mediakit.edit.front_matter import set_value
from mediakit.edit.pages import PageChange
from mediakit.pages.add import Addition, AddJob, carry_out, plan_photos
from mediakit.pages.siblings import Sibling, model_for
from mediakit.site.front_matter import read_page
from mediakit.sync.content import read_content
from mediakit.sync.exercise import stem_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mediakit.config.config import Config
    from mediakit.images.ingest import Ingested
    from mediakit.sync.session import Progress, Session

TEMPLATES = ("_templates/exercise.md", "_drafts/_exercise.md")
"""Where a site may have its own template; `$title` and `$slug` in it are replaced."""


@dataclass(frozen=True, slots=True)
class NewJob:
    """The new exercise: its title, name in addresses (made of the title), photos and template."""

    title: str
    slug: str = ""
    photos: tuple[Path, ...] = ()
    video: str | None = None
    template: Path | None = None
    words: AddJob = field(default_factory=AddJob)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a new page goes, and the pages there; a bundle is a folder for each page."""

    folder: str
    beside: tuple[Manifest, ...]
    is_bundle: bool


def new_exercise(session: Session, job: NewJob, progress: Progress) -> Addition:
    """Write a new exercise with its pictures, and make their thumbnails.

    Without a template it has the keys of front matter that most pages beside it have.

    Raises:
        UsageError: there is one of this name, or something given cannot be used.
    """
    slug = _slug(job)
    config = session.config
    tree = FileTree(config.root)
    content = read_content(config, tree)
    place = _place(config, content.manifests)
    model = model_for(slug, _siblings(tree, place.beside))
    stem = slug if job.slug else model.stem
    name = f"{stem}/index.md" if place.is_bundle else f"{stem}.md"
    path = _as_content(config, place, name)
    _refuse_second(tree, place, path, slug)
    if not job.slug:
        _refuse_title(place, job.title)
    template = job.template or _template_of_site(config, tree)
    lines = "".join(f"{line}\n" for line in model.lines)
    text = f"---\ntitle: x\n{lines}---\n" if template is None else _template_text(template, slug)
    try:
        data = set_value(text.encode(), ("title",), job.title)
    except ManifestError as error:
        raise UsageError(f"{template or path}: {error.message}", error.hint) from error
    if job.video is not None:
        data = with_video(data, parsed_video(job.video), config.videos.keys)
    pictures: tuple[tuple[str, Ingested], ...] = ()
    if job.photos:
        photos = plan_photos(session, Manifest(path, job.title), data, job.photos, job.words)
        pictures, data = photos.pictures, photos.page.after
    plan = Addition(job.title, pictures, PageChange(path, b"", data), content.unread)
    return carry_out(session, plan, progress, dry_run=job.words.dry_run)


def _slug(job: NewJob) -> str:
    if not (job.slug + job.title).strip():
        hint = 'give one: mediakit new "Side plank"'
        raise UsageError("the exercise has no name", hint, at_desk="write a title")
    if not job.slug and not spellings_of(job.title):
        raise UsageError(
            f"{job.title!r} has no letters for an address",
            f'give a name too: mediakit new NAME --title "{job.title}"',
            at_desk="write a title with letters",
        )
    slug = slug_of(job.slug or job.title)
    if job.slug not in {"", slug}:
        raise UsageError(f"{job.slug!r} is no name for addresses", f"write {slug}")
    return slug


def _place(config: Config, manifests: Sequence[Manifest]) -> _Place:
    """Return where a new page goes: into a folder of its own where most pages have one."""
    pages = [each for each in manifests if PurePosixPath(each.path).stem != "_index"]
    own = [each for each in pages if PurePosixPath(each.path).stem == "index"]
    is_bundle = not config.kind.has_theme and 2 * len(own) > len(pages)
    if not config.kind.has_theme:
        pages = own if is_bundle else [each for each in pages if each not in own]
    folders = [_folder_of(each, is_bundle=is_bundle) for each in pages]
    templates = {str(PurePosixPath(each).parent) for each in TEMPLATES}
    known = [each for each in folders if each not in {*templates, "."}]
    known = [each for each in known if each.startswith("_")] or known
    folder = max(known, key=lambda each: (known.count(each), each), default="")
    beside = [each for each, home in zip(pages, folders, strict=True) if home == folder]
    return _Place(folder or config.kind.pages_folder, tuple(beside), is_bundle)


def _as_content(config: Config, place: _Place, name: str) -> str:
    """Return the path of a page, with the day before its name as most pages there have it.

    So it has in any case where it is no page without.
    """
    today = f"{datetime.now().astimezone():%Y-%m-%d}"
    path, dated = (f"{place.folder}/{each}".lstrip("/") for each in (name, f"{today}-{name}"))
    stems = [stem_of(each.path) for each in place.beside]
    is_custom = 2 * sum(without_date(each) != each for each in stems) > len(stems)
    is_post = config.kind.content_type(path) is None and config.kind.content_type(dated) is not None
    return dated if is_custom or is_post else path


def _folder_of(page: Manifest, *, is_bundle: bool) -> str:
    parent = PurePosixPath(page.path).parent
    return str(parent.parent if is_bundle else parent)


def _name_of(page: Manifest) -> str:
    return without_date(stem_of(page.path))


def _siblings(tree: FileTree, manifests: Sequence[Manifest]) -> Iterator[Sibling]:
    """Yield pages with their front matter, apart from those that cannot be read any more."""
    for each in manifests:
        with contextlib.suppress(ManifestError, OSError):
            page = read_page(tree.read(each.path))
            if page is not None and not each.record:
                yield Sibling(_name_of(each), each.title, page.front_matter)


def _refuse_second(tree: FileTree, place: _Place, path: str, slug: str) -> None:
    """Refuse a page that is there already, also with another number behind its name."""
    same = [each.path for each in place.beside if split_number(_name_of(each))[0] == slug]
    if tree.disk_path(path).exists():
        same = [path]
    if same:
        hint = "mediakit add adds photos to it"
        drop = "drop the photos onto its card"
        raise UsageError(f"{same[0]} exists already", hint, at_desk=drop)
    if not tree.is_safe(path):
        raise UsageError(f"{path} is behind a link that leaves the site")


def _refuse_title(place: _Place, title: str) -> None:
    """Refuse a title that a page has already, whatever its name: nobody could tell the two apart.

    Who gives the page a name of its own means it.
    """
    wanted = spellings_of(title)
    same = [each.path for each in place.beside if not wanted.isdisjoint(spellings_of(each.title))]
    if same:
        hint = (
            f'mediakit add adds photos to it; else give a name: mediakit new NAME --title "{title}"'
        )
        drop = "drop the photos onto its card"
        raise UsageError(f"{same[0]} has this title already", hint, at_desk=drop)


def _template_text(path: Path, slug: str) -> str:
    try:
        text = read_regular(path).decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8", "save it as UTF-8") from error
    return Template(text).safe_substitute(slug=slug)


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
