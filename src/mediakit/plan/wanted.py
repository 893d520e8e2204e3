"""Which variants the site wants: those that pages name, and those that roles ask for."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.model import ImageRef, Manifest, Problem, Role, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.images.preset import Preset
    from mediakit.model import Picture

# Formats that browsers do not show: their variants are JPEG.
_SHOWN_AS = {".heic": ".jpg", ".heif": ".jpg", ".tif": ".jpg", ".tiff": ".jpg"}
_VECTOR = frozenset({".svg"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A variant to have: site path, source, preset, and the place of the page that asks."""

    path: str
    source: str
    preset: str
    manifest: str
    line: int


@dataclass(frozen=True, slots=True)
class Selection:
    """What a run is about: globs of exercises or pictures, and presets; all where empty."""

    only: tuple[str, ...] = ()
    presets: tuple[str, ...] = ()

    def takes(self, wanted: Wanted, users: Iterable[str]) -> bool:
        """Return whether a variant, used by these manifests, is in the selection."""
        if self.presets and wanted.preset not in self.presets:
            return False
        names = (wanted.path, wanted.source, *users)
        return not self.only or any(_matches(name, glob) for name in names for glob in self.only)


def wanted_variants(
    manifests: Iterable[Manifest], presets: Iterable[Preset], pictures: Mapping[str, Picture]
) -> tuple[dict[str, Wanted], dict[str, frozenset[str]], list[Problem]]:
    """Return the variants by path, the manifests that use each, and the problems found.

    A variant that a page names is wanted whatever the size of its source. One that only a
    role asks for is wanted where the source is larger, and the page has not named another
    file for the same purpose. Two sources for one path are a problem, and neither is made.
    """
    references = [
        (manifest.path, image)
        for manifest in sorted(manifests, key=lambda each: each.path)
        for image in manifest.images
        if image.source is not None and image.source in pictures
    ]
    named = [
        Wanted(image.path, image.source, image.preset, path, image.line)
        for path, image in references
        if image.preset and image.path and image.source and image.role is not Role.BODY
    ]
    served = {(each.source, each.preset) for each in named}
    asked = [
        wanted
        for path, image in references
        for preset in presets
        if image.role in preset.roles and (image.source, preset.name) not in served
        for wanted in _by_role(image, preset, pictures, path)
    ]
    return _resolve([*named, *asked])


def variant_path(source: str, suffix: str) -> str | None:
    """Return where a variant of this source is kept, None for what is not made of pixels."""
    pure = PurePosixPath(source)
    ending = pure.suffix.lower()
    if ending in _VECTOR:
        return None
    return str(pure.with_name(pure.stem + suffix + _SHOWN_AS.get(ending, pure.suffix)))


def _by_role(
    image: ImageRef, preset: Preset, pictures: Mapping[str, Picture], manifest: str
) -> Iterable[Wanted]:
    source = image.source or ""
    path = variant_path(source, preset.suffix)
    if path is not None and pictures[source].width > preset.width * preset.min_step:
        yield Wanted(path, source, preset.name, manifest, image.line)


def _resolve(
    candidates: list[Wanted],
) -> tuple[dict[str, Wanted], dict[str, frozenset[str]], list[Problem]]:
    by_path: dict[str, Wanted] = {}
    users: dict[str, set[str]] = {}
    clashes: dict[str, Problem] = {}
    for each in candidates:
        first = by_path.setdefault(each.path, each)
        users.setdefault(each.path, set()).add(each.manifest)
        if (first.source, first.preset) != (each.source, each.preset):
            clashes[each.path] = Problem(
                each.manifest,
                each.line,
                "name-collision",
                Severity.ERROR,
                f"{first.source} ({first.manifest}:{first.line}) and {each.source} both want "
                f"{each.path}",
                "rename one of the two pictures",
            )
    wanted = {path: by_path[path] for path in sorted(by_path) if path not in clashes}
    used = {path: frozenset(users[path]) for path in wanted}
    return wanted, used, [clashes[path] for path in sorted(clashes)]


def _matches(path: str, glob: str) -> bool:
    pure = PurePosixPath(path)
    return any(fnmatchcase(name, glob) for name in (path, pure.name, pure.stem))
