"""Observe: the pictures that manifests name, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.artifacts import Picture
from mediakit.base.files import Absent
from mediakit.base.formats import contradicts, ending_of
from mediakit.base.model import ImageRef, Manifest, Problem, Role, Severity
from mediakit.images.look import Look
from mediakit.sync.examine import Examined
from mediakit.sync.products import like_named
from mediakit.sync.resolve import placed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mediakit.base.files import DiskFile
    from mediakit.storage.store import ObjectFile, PictureTree
    from mediakit.sync.examine import Examiner
    from mediakit.sync.recorded import RecordedPictures


def with_thumbnails(
    manifests: Iterable[Manifest], folder: str, tree: PictureTree
) -> tuple[Manifest, ...]:
    """Return the manifests, the thumbnails of their videos among the pictures if they are there."""
    return tuple(
        replace(
            manifest,
            images=(
                *manifest.images,
                *(
                    ImageRef(Role.VIDEO, "video", video.line, path, path)
                    for video in manifest.videos
                    for path in (f"{folder}/{video.id}.jpg",)
                    if not isinstance(tree.find(path), Absent)
                ),
            ),
        )
        if manifest.videos
        else manifest
        for manifest in manifests
    )


def with_found_sources(manifests: Iterable[Manifest], tree: PictureTree) -> tuple[Manifest, ...]:
    """Return the manifests, each variant with the source that is there.

    A page that shows `a-320.webp` does not say what the source is called: where there is no
    `a.webp`, another picture of that name is it.
    """
    return tuple(_with_sources(manifest, tree) for manifest in manifests)


def resolver(
    tree: PictureTree, suffixes: tuple[tuple[str, str], ...]
) -> Callable[[Manifest], Manifest]:
    """Return the function that resolves the pictures of a manifest to files that are there."""
    return lambda each: _with_sources(placed(each, tree, suffixes), tree)


def _with_sources(manifest: Manifest, tree: PictureTree) -> Manifest:
    images = tuple(_with_source(image, tree) for image in manifest.images)
    same = all(new is old for new, old in zip(images, manifest.images, strict=True))
    return manifest if same else replace(manifest, images=images)


def _with_source(image: ImageRef, tree: PictureTree) -> ImageRef:
    if image.source is None or image.preset is None or tree.has(image.source):
        return image
    found = tree.find(image.source)
    if not isinstance(found, Absent) or found.reason or found.near:
        return image
    for path in like_named(image.source):
        if tree.has(path):
            return replace(image, source=path)
    return image


def uses_of(manifests: Iterable[Manifest]) -> dict[str, list[tuple[str, int]]]:
    """Return the manifests and lines that name each picture, or a variant of it."""
    uses: dict[str, list[tuple[str, int]]] = {}
    for manifest, image in _references(manifests):
        for path in dict.fromkeys((image.source, image.path)):
            if path is not None:
                uses.setdefault(path, []).append((manifest, image.line))
    return uses


def find_sources(
    manifests: Iterable[Manifest], tree: PictureTree
) -> tuple[dict[str, DiskFile | ObjectFile], list[Problem]]:
    """Return the named pictures that are on disk, and a problem for each that is not.

    A page may name a file that only looks like a variant: where the file is there and the
    source that its name implies is not, it is a picture of its own.
    """
    files: dict[str, DiskFile | ObjectFile] = {}
    problems: dict[tuple[str, str], Problem] = {}
    for manifest, image in _references(manifests):
        if image.source is None or image.path is None or image.source in files:
            continue
        source = tree.find(image.source)
        if not isinstance(source, Absent):
            files[image.source] = source
            continue
        shown = tree.find(image.path)
        is_shown = not isinstance(shown, Absent)
        if not isinstance(shown, Absent):
            files[image.path] = shown
        problem = _missing(manifest, image, source, is_shown=is_shown)
        problems.setdefault((manifest, image.source), problem)
    return files, list(problems.values())


def examine_sources(
    manifests: Iterable[Manifest],
    files: Mapping[str, DiskFile | ObjectFile],
    examiner: Examiner,
    recorded: RecordedPictures | None,
) -> tuple[dict[str, Picture], list[Problem]]:
    """Return the sources that are pictures, and the problems with those that are not.

    `recorded` knows the looks of pictures; None where nobody wants them.
    """
    examined = examiner.examine(files[path] for path in sorted(files))
    pictures = {
        path: _picture(path, examined[path], recorded)
        for path in sorted(examined)
        if not examined[path].fault
    }
    odd = {path for path, each in examined.items() if each.fault or contradicts(path, each.format)}
    if not odd:
        return pictures, []
    problems: dict[tuple[str, str], Problem] = {}
    for manifest, image in _references(manifests):
        path = (image.source if image.source in files else image.path) or ""
        each = examined.get(path, Examined())
        if each.fault:
            problem = _unreadable(manifest, image, path, each.fault)
            problems.setdefault((manifest, path), problem)
        elif contradicts(path, each.format):
            problems.setdefault((manifest, path), _misnamed(manifest, image, path, each.format))
    return pictures, list(problems.values())


def _picture(path: str, found: Examined, recorded: RecordedPictures | None) -> Picture:
    known = recorded.same(path, found) if recorded else None
    if known is not None:
        return known
    look = recorded.look(found.sha256) if recorded else Look("", "")
    return Picture(
        path, found.sha256, found.bytes, found.width, found.height, found.format,
        look.colour, look.placeholder,
    )  # fmt: skip


def _references(manifests: Iterable[Manifest]) -> Iterator[tuple[str, ImageRef]]:
    return ((manifest.path, image) for manifest in manifests for image in manifest.images)


def _missing(manifest: str, image: ImageRef, source: Absent, *, is_shown: bool) -> Problem:
    if source.reason:
        code, message, hint = "refused-file", f"{image.source} {source.reason}", ""
    elif source.near:
        code, message = "case-mismatch", f"{image.source} is not there, but {source.near} is"
        hint = "spell it as the file is spelt: servers tell capital letters apart"
    elif is_shown:
        code, message = (
            "missing-source",
            f"{image.path} is there, but its source {image.source} is not",
        )
        hint = "it is kept as it is"
    else:
        code, message = "missing-picture", f"{image.source} is not there"
        hint = "add the picture, or correct the path"
    works = is_shown and image.link != image.source  # the page shows all that it names
    severity = Severity.WARNING if works else Severity.ERROR
    return Problem(manifest, image.line, code, severity, message, hint)


def _unreadable(manifest: str, image: ImageRef, path: str, fault: str) -> Problem:
    return Problem(
        manifest, image.line, "unreadable-picture", Severity.ERROR, f"{path}: {fault}",
        "replace the file with a whole picture",
    )  # fmt: skip


def _misnamed(manifest: str, image: ImageRef, path: str, kind: str) -> Problem:
    return Problem(
        manifest, image.line, "wrong-ending", Severity.WARNING,
        f"{path} is a picture in the format {kind}, whatever its name says",
        f"rename it to end in {ending_of(kind)}: some servers and programs go by the name",
    )  # fmt: skip
