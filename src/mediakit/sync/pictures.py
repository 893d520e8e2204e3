"""Observe, second step: the pictures that manifests name, as files and as pictures."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from msgspec.structs import replace

from mediakit.base.artifacts import Artifact, Look, SourcePicture
from mediakit.base.files import Absent, FileTree
from mediakit.base.formats import contradicts, film_of, format_of, like_named
from mediakit.base.model import ImageRef, Manifest, Role
from mediakit.base.tables import ARTIFACTS, PICTURES, Compared, Rows
from mediakit.site.picture_keys import RESOURCES
from mediakit.site.videos import thumbnail_path
from mediakit.sync.picture_problems import misnamed, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mediakit.base.files import DiskFile
    from mediakit.base.model import Problem
    from mediakit.config.config import Config
    from mediakit.storage.protocol import ObjectFile, PictureTree
    from mediakit.sync.examine import Examiner, RecordedPictures

_Suffixes: TypeAlias = tuple[tuple[str, str], ...]
_GLOB = frozenset("*?[")


def resolve_locations(
    manifest: Manifest, tree: PictureTree, suffixes: _Suffixes, *, films: bool = False
) -> Manifest:
    """Return the manifest with each ambiguous address resolved to an existing file.

    A picture without a file keeps its first location. A glob of Hugo's resources becomes the
    pictures that match, and `films` if these count, without variants: `suffixes` are those of the
    presets, with their names.
    A name without a file is left out.
    """
    manifest = _expected(manifest, tree, suffixes, films=films)
    if any(image.is_name for image in manifest.images):
        images = tuple(
            each for each in manifest.images if not each.is_name or _is_there(each, tree)
        )
        manifest = replace(manifest, images=images)
    if any(image.url is not None and image.path is not None for image in manifest.images):
        images = tuple(_on_one_host(image, tree) for image in manifest.images)
        return replace(manifest, images=images)
    return manifest


def resolver(tree: PictureTree, config: Config) -> Callable[[Manifest], Manifest]:
    """Return the function that resolves the pictures of a manifest to existing files."""

    def resolved(manifest: Manifest) -> Manifest:
        found = with_sources(resolve_locations(manifest, tree, config.suffixes), tree)
        if not config.has_clips:
            return found
        from mediakit.sync.clips import of_film  # noqa: PLC0415 - few sites ask

        return replace(found, images=tuple(of_film(each, tree) for each in found.images))

    return resolved


def with_sources(manifest: Manifest, tree: PictureTree) -> Manifest:
    """Return the manifest with the existing source of each variant.

    A page that shows `a-320.webp` does not name the source: without an `a.webp`, another picture
    of that name is the source.
    """
    images = tuple(_with_source(image, tree) for image in manifest.images)
    same = all(new is old for new, old in zip(images, manifest.images, strict=True))
    return manifest if same else replace(manifest, images=images)


def with_files(manifest: Manifest, folder: str, tree: PictureTree) -> Manifest:
    """Return the manifest with its pictures, and thumbnails of videos, as they are on the disk."""
    return with_sources(with_thumbnails(manifest, folder, tree), tree)


def with_thumbnails(manifest: Manifest, folder: str, tree: PictureTree) -> Manifest:
    """Return the manifest with the existing thumbnails of its videos among the pictures."""
    thumbnails = tuple(
        ImageRef(Role.VIDEO, "video", video.line, path, path)
        for video in manifest.videos
        for path in (thumbnail_path(folder, video.id),)
        if not isinstance(tree.find(path), Absent)
    )
    return replace(manifest, images=manifest.images + thumbnails) if thumbnails else manifest


def _with_source(image: ImageRef, tree: PictureTree) -> ImageRef:
    if image.source is None or image.preset is None or tree.has(image.source):
        return image
    found = tree.find(image.source)
    if not isinstance(found, Absent) or found.reason or found.near:
        return image
    existing = (path for path in like_named(image.source) if tree.has(path))
    return replace(image, source=next(existing, image.source))


def _expected(
    manifest: Manifest, tree: PictureTree, suffixes: _Suffixes, *, films: bool
) -> Manifest:
    if not manifest.elsewhere:
        return manifest
    elsewhere = {first: (first, *others) for first, *others in manifest.elsewhere}
    images = tuple(
        each
        for image in manifest.images
        for each in _expanded(_placed(image, elsewhere, tree), tree, suffixes, films=films)
    )
    return replace(manifest, images=images, elsewhere=())


def _on_one_host(image: ImageRef, tree: PictureTree) -> ImageRef:
    """Return a picture that may be on another host as the site's own, if the site has the file."""
    if image.url is None or image.path is None or image.source is None:
        return image
    if _is_there(image, tree):
        return replace(image, url=None)
    return replace(image, path=None, source=None, preset=None)


def _is_there(image: ImageRef, tree: PictureTree) -> bool:
    """Return whether a picture on the site has a file, or one that it can be made from."""
    if image.path is None or image.source is None:
        return image.url is not None
    return any(tree.has(path) for path in (image.path, image.source, *like_named(image.source)))


def _placed(
    image: ImageRef, elsewhere: Mapping[str, tuple[str, ...]], tree: PictureTree
) -> ImageRef:
    if image.path is None or image.source is None:
        return image
    link = image.link
    if link is not None and link in elsewhere:
        link = _first(elsewhere[link], (lambda path: (path,),), tree) or link
    if image.path not in elsewhere:
        return replace(image, link=link)
    name = PurePosixPath(image.source).name
    ways = (
        lambda path: (path, _named(path, name)),
        lambda path: like_named(_named(path, name)),
    )
    path = _first(elsewhere[image.path], ways, tree) or image.path
    source = link if link and image.source == image.link else _named(path, name)
    return replace(image, path=path, source=source, link=link)


def _first(
    places: tuple[str, ...],
    ways: tuple[Callable[[str], tuple[str, ...]], ...],
    tree: PictureTree,
) -> str | None:
    """Return the first location with a file, or one with a file that differs only in case."""
    for way in ways:
        for place in places:
            if any(tree.has(path) for path in way(place)):
                return place
    for place in places:
        found = tree.find(place)
        if isinstance(found, Absent) and found.near:
            return place
    return None


def _named(path: str, name: str) -> str:
    return str(PurePosixPath(path).with_name(name))


def _expanded(
    image: ImageRef, tree: PictureTree, suffixes: _Suffixes, *, films: bool
) -> Iterator[ImageRef]:
    """Yield the picture, or the pictures that a glob of resources matches."""
    path = image.path
    is_glob = image.key == RESOURCES and path is not None and bool(_GLOB & set(path))
    if path is None or not is_glob or not isinstance(tree, FileTree):  # a bucket has no folders
        yield image
        return
    for found in sorted(tree.walk(lambda _: False, _fixed(path))):
        same_depth = "**" in path or found.count("/") == path.count("/")
        is_source = format_of(found) is not None or (films and film_of(found) is not None)
        if not is_source or not same_depth or not fnmatchcase(found, path):
            continue
        if not _is_variant(found, suffixes, tree):
            yield replace(image, path=found, source=found, preset=None)


def _is_variant(path: str, suffixes: _Suffixes, tree: PictureTree) -> bool:
    """Return whether the name is that of a variant of a file beside it."""
    pure = PurePosixPath(path)
    sources = [
        _named(path, pure.stem.removesuffix(suffix) + pure.suffix)
        for suffix, _ in suffixes
        if pure.stem.endswith(suffix) and pure.stem != suffix
    ]
    likely = [each for source in sources for each in (source, *like_named(source))]
    return any(tree.has(each) for each in likely)


def _fixed(glob: str) -> str:
    """Return the folder that holds all matches of a glob."""
    parts = glob.split("/")
    first = next(at for at, part in enumerate(parts) if _GLOB & set(part))
    return "/".join(parts[:first])


def uses_of(manifests: Iterable[Manifest]) -> dict[str, list[tuple[str, int]]]:
    """Return the manifests and lines that name each picture, or a variant of it."""
    uses: dict[str, list[tuple[str, int]]] = {}
    for manifest, image in references(manifests):
        for path in dict.fromkeys((image.source, image.path)):
            if path is not None:
                uses.setdefault(path, []).append((manifest, image.line))
    return uses


def references(manifests: Iterable[Manifest]) -> Iterator[tuple[str, ImageRef]]:
    """Yield the pictures that manifests name, each with the path of its page."""
    return ((manifest.path, image) for manifest in manifests for image in manifest.images)


def examine_sources(
    manifests: Iterable[Manifest],
    files: Mapping[str, DiskFile | ObjectFile],
    examiner: Examiner,
    recorded: RecordedPictures,
    *,
    looks: bool,
) -> tuple[Mapping[str, SourcePicture], list[Problem]]:
    """Return the sources that are pictures, with their `looks` or without, and others' problems."""
    found = Compared(recorded.pictures, PICTURES)
    others = Rows(ARTIFACTS)
    odd: dict[str, Artifact] = {}
    for each in examiner.examine(files.values()):
        if each.fault or contradicts(each.path, each.format):
            odd[each.path] = each
        if each.fault:
            continue
        if recorded.is_same(each, has_look=looks):
            found.keep(each.path)
        elif looks:
            others.add(each.path, each)
        else:
            found.others.add(each.path, _picture(each, Look("", "")))
    changed_ones = others.table().values()
    known = recorded.looks({each.sha256 for each in changed_ones})
    for each in changed_ones:
        found.others.add(each.path, _picture(each, known.get(each.sha256) or Look("", "")))
    return found.table(), _problems(manifests, files, examiner, odd) if odd else []


def _problems(
    manifests: Iterable[Manifest],
    files: Mapping[str, DiskFile | ObjectFile],
    examiner: Examiner,
    odd: Mapping[str, Artifact],
) -> list[Problem]:
    problems: dict[tuple[str, str], Problem] = {}
    for manifest, image in references(manifests):
        path = (image.source if image.source in files else image.path) or ""
        each = odd.get(path)
        if each is None:
            continue
        if each.fault:
            films = examiner.films[0]
            problem = unreadable(manifest, image, path, each.fault, films=films)
        else:
            problem = misnamed(manifest, image, path, each.format)
        problems.setdefault((manifest, path), problem)
    return list(problems.values())


def _picture(found: Artifact, look: Look) -> SourcePicture:
    return SourcePicture(
        found.path, found.sha256, found.bytes, found.width, found.height, found.format,
        look.colour, look.placeholder,
    )  # fmt: skip
