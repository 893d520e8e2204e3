"""`mediakit gallery fill`: front matter brought in line with the pictures on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.engine.content import problem_of, read_content
from mediakit.engine.page_style import named_pictures, style_of
from mediakit.engine.pages import PageChange, choose, read_bytes
from mediakit.engine.video_fetch import thumbnail_path
from mediakit.errors import ManifestError
from mediakit.files import DiskFile, FileTree
from mediakit.formats import format_of
from mediakit.gallery.entries import Entry, add_entries, drop_entries, fill_header, variant_of
from mediakit.gallery.naming import numbered, shown_first
from mediakit.model import Problem, Role, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mediakit.config.settings import Config
    from mediakit.gallery.style import PageStyle
    from mediakit.model import ImageRef, Manifest

_ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif")


@dataclass(frozen=True, slots=True)
class Filled:
    """The pages that are to change, and what is left to people."""

    changes: tuple[PageChange, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class FillJob:
    """What to do: `drop` takes entries out whose pictures are gone, else they are problems."""

    drop: bool = False
    gallery: str = "gallery"


def fill_galleries(config: Config, exercises: Sequence[str], job: FillJob) -> Filled:
    """Return how exercises (all where none is named) have to change.

    A picture belongs to an exercise by its name: `squat-3.jpg` beside `squat-0.jpg`. What a page
    names anywhere is not added again.

    Raises:
        UsageError: there is no such exercise.
    """
    tree = FileTree(config.root)
    manifests = read_content(config, tree).manifests
    chosen = [choose(config, tree, each) for each in exercises] if exercises else manifests
    by_folder = _pictures(config, tree)
    changes, problems = [], []
    for manifest in chosen:
        try:
            data = read_bytes(tree, manifest.path)
            after, left = _filled(config, tree, manifest, manifests, data, by_folder, job)
        except ManifestError as error:
            problems.append(problem_of(manifest.path, error))
            continue
        changes.append(PageChange(manifest.path, data, after))
        problems += left
    return Filled(tuple(each for each in changes if each.changes), tuple(problems))


def _filled(  # noqa: PLR0913, PLR0917 - all that a page follows from
    config: Config,
    tree: FileTree,
    manifest: Manifest,
    others: Iterable[Manifest],
    data: bytes,
    by_folder: dict[str, list[str]],
    job: FillJob,
) -> tuple[bytes, list[Problem]]:
    name = named_pictures(config, manifest, others)
    style = style_of(config, manifest.path, job.gallery)
    suffix = gallery_suffix(config)
    named = {each for image in manifest.images for each in (image.source, image.path) if each}
    found = numbered(name, by_folder.get(name.folder, ()))
    fresh = [path for path in _one_a_number(found) if not _is_known(config, path, named)]
    entries = [Entry(path, variant_of(path, suffix), manifest.title) for path in fresh]
    if entries:
        data = add_entries(data, entries, style)
    gone, problems = _gone(tree, manifest, style)
    if job.drop:
        data, problems = drop_entries(data, gone, style), []
    first = shown_first(manifest.images) or (fresh[0] if fresh else None)
    if first is not None and isinstance(tree.find(first), DiskFile):
        data = fill_header(data, first, variant_of(first, suffix), style)
    elif config.videos.teaser and not manifest.images:
        thumbnail = _thumbnail(config, tree, manifest)
        if thumbnail:
            data = fill_header(data, "", variant_of(thumbnail, suffix), style)
    return data, problems


def gallery_suffix(config: Config) -> str:
    """Return the suffix of the preset for galleries, empty where there is none."""
    presets = (each for each in config.presets if Role.GALLERY in each.roles)
    return next((each.suffix for each in presets), "")


def _pictures(config: Config, tree: FileTree) -> dict[str, list[str]]:
    """Return the pictures on disk by folder."""

    def skip(folder: str) -> bool:
        hidden = folder.rpartition("/")[2].startswith((".", "_site"))
        return hidden or config.kind.is_excluded(folder)

    found: dict[str, list[str]] = {}
    for path in tree.walk(skip):
        kind = format_of(path)
        if kind is not None and kind.name != "SVG":
            folder = str(PurePosixPath(path).parent)
            found.setdefault("" if folder == "." else folder, []).append(path)
    return found


def _one_a_number(found: Sequence[tuple[int, str]]) -> list[str]:
    """Return one picture of each number: of several formats the one that all browsers show."""
    best: dict[int, str] = {}
    for number, path in found:
        known = best.get(number)
        if known is None or _rank(path) < _rank(known):
            best[number] = path
    return list(best.values())


def _rank(path: str) -> tuple[int, str]:
    ending = PurePosixPath(path).suffix.lower()
    return (_ENDINGS.index(ending) if ending in _ENDINGS else len(_ENDINGS)), path


def _is_known(config: Config, path: str, named: set[str]) -> bool:
    """Return whether a file is named, is a variant, or a named picture in another format."""
    pure = PurePosixPath(path)
    if any(pure.stem.endswith(suffix) for suffix, _ in config.suffixes):
        return True
    return any(PurePosixPath(each).with_suffix("") == pure.with_suffix("") for each in named)


def _gone(tree: FileTree, manifest: Manifest, style: PageStyle) -> tuple[list[str], list[Problem]]:
    """Return the addresses of gallery pictures that are not there, as pages write them."""
    gone: list[str] = []
    problems = []
    for image in manifest.images:
        if image.role is not Role.GALLERY or image.source is None or image.path is None:
            continue
        needed = {each for each in (image.path, image.link or image.path) if each}
        if isinstance(tree.find(image.source), DiskFile) or all(
            isinstance(tree.find(each), DiskFile) for each in needed
        ):
            continue  # it is there, or both what is shown and what a click leads to are
        gone += _spellings(image, style)
        problems.append(
            Problem(
                manifest.path, image.line, "missing-picture", Severity.WARNING,
                f"{image.source} is not there", "--drop takes the entry out",
            )
        )  # fmt: skip
    return gone, problems


def _spellings(image: ImageRef, style: PageStyle) -> Iterable[str]:
    paths = {each for each in (image.path, image.source, image.link) if each}
    return [spelling for path in paths for spelling in (path, f"/{path}", style.spell(path))]


def _thumbnail(config: Config, tree: FileTree, manifest: Manifest) -> str | None:
    paths = (thumbnail_path(config, video.id) for video in manifest.videos)
    return next((path for path in paths if isinstance(tree.find(path), DiskFile)), None)
