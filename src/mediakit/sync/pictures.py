"""Observe: the pictures that manifests name, and what is wrong with them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from mediakit.base.artifacts import Artifact, Look, Picture
from mediakit.base.files import Absent
from mediakit.base.formats import contradicts, ending_of
from mediakit.base.model import ImageRef, Manifest, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mediakit.base.files import DiskFile
    from mediakit.state.cache import Cache
    from mediakit.state.catalog import Catalog
    from mediakit.storage.protocol import ObjectFile, PictureTree
    from mediakit.sync.examine import Examiner


class RecordedPictures:
    """Pictures with their looks, as the catalog and the cache have them."""

    def __init__(self, catalog: Catalog, cache: Cache) -> None:
        self._pictures = catalog.pictures
        self._cache = cache

    def same(self, path: str, found: Artifact) -> Picture | None:
        """Return the record of the picture at `path`, if it is what was found there."""
        known = self._pictures.get(path)
        if known is None or not known.colour or known.sha256 != found.sha256:
            return None
        as_found = found.bytes, found.width, found.height, found.format
        as_known = known.bytes, known.width, known.height, known.format
        return known if as_found == as_known else None

    def look(self, sha256: str) -> Look:
        """Return the look of a picture with this digest, an empty one where it is not known."""
        return self._looks.get(sha256) or self._cache.look(sha256) or Look("", "")

    @cached_property
    def _looks(self) -> dict[str, Look]:
        return {
            each.sha256: Look(each.colour, each.placeholder)
            for each in self._pictures.values()
            if each.colour
        }


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
        each = examined.get(path, Artifact())
        if each.fault:
            problem = _unreadable(manifest, image, path, each.fault)
            problems.setdefault((manifest, path), problem)
        elif contradicts(path, each.format):
            problems.setdefault((manifest, path), _misnamed(manifest, image, path, each.format))
    return pictures, list(problems.values())


def _picture(path: str, found: Artifact, recorded: RecordedPictures | None) -> Picture:
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
