"""Which variants the site wants: those that pages name, and those that roles ask for."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.formats import ending_of, format_of
from mediakit.base.model import Manifest, Problem, Role, Severity
from mediakit.images.preset import VariantFormat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mediakit.base.artifacts import Picture
    from mediakit.base.model import ImageRef
    from mediakit.images.preset import Preset

_VECTOR = "SVG"
_FALLBACK = ".jpg"
"""What variants of a source are that browsers do not show."""


class Wanted(msgspec.Struct, frozen=True, gc=False):
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
        return self._matches(wanted.path, wanted.source, *users)

    def takes_source(self, path: str, users: Iterable[str]) -> bool:
        """Return whether a source itself, used by these manifests, is in the selection."""
        return not self.presets and self._matches(path, *users)

    def _matches(self, *names: str) -> bool:
        return not self.only or any(_matches(name, glob) for name in names for glob in self.only)


def wanted_variants(
    manifests: Iterable[Manifest], presets: Iterable[Preset], pictures: Mapping[str, Picture]
) -> tuple[dict[str, Wanted], list[Problem]]:
    """Return the variants by path, and the problems found.

    A variant that a page names is wanted whatever the size of its source. One that only a
    role asks for is wanted where the source is larger, and the page has not named another
    file for the same purpose. Where a preset has several formats, all of them are wanted of
    either. Two sources for one path are a problem, and neither is made.
    """
    return _resolve(_candidates(manifests, presets, pictures))


def users_of(
    manifests: Iterable[Manifest], presets: Iterable[Preset], pictures: Mapping[str, Picture]
) -> dict[str, frozenset[str]]:
    """Return the manifests that want each variant, by its path."""
    users: dict[str, set[str]] = {}
    for each in _candidates(manifests, presets, pictures):
        users.setdefault(each.path, set()).add(each.manifest)
    return {path: frozenset(found) for path, found in users.items()}


def _candidates(
    manifests: Iterable[Manifest], presets: Iterable[Preset], pictures: Mapping[str, Picture]
) -> Iterator[Wanted]:
    """Yield what pages name, then what roles ask for beside it, in the order of the pages."""
    by_name = {preset.name: preset for preset in presets}
    served: dict[str, set[str]] = {name: set() for name in by_name}
    pages = sorted(manifests, key=lambda each: each.path)
    for page, image, source in _references(pages, pictures):
        if image.preset and image.path and image.role is not Role.BODY:
            served[image.preset].add(source)
            for variant in _with_siblings(image.path, source, by_name[image.preset]):
                yield Wanted(variant, source, image.preset, page, image.line)
    asking = _Asking(by_name.values())
    for page, image, source in _references(pages, pictures):
        for preset in asking.presets(image.role, pictures[source]):
            if source not in served[preset.name]:
                for variant in variant_paths(source, preset):
                    yield Wanted(variant, source, preset.name, page, image.line)


def _references(
    pages: Iterable[Manifest], pictures: Mapping[str, Picture]
) -> Iterator[tuple[str, ImageRef, str]]:
    """Yield page, reference and source of each picture that is there."""
    for page in pages:
        for image in page.images:
            if image.source is not None and image.source in pictures:
                yield page.path, image, image.source


class _Asking:
    """Which presets ask for a variant of a picture: many pictures have one size and role."""

    def __init__(self, presets: Iterable[Preset]) -> None:
        self._presets = tuple(presets)
        self._known: dict[tuple[Role, int, int], list[Preset]] = {}

    def presets(self, role: Role, picture: Picture) -> list[Preset]:
        """Return the presets that ask for pictures of this role and size."""
        key = role, picture.width, picture.height
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = [
                preset
                for preset in self._presets
                if role in preset.roles and preset.asks_for(picture.width, picture.height)
            ]
        return found


def variant_paths(source: str, preset: Preset) -> tuple[str, ...]:
    """Return where the variants of this source are kept, none for what is not made of pixels."""
    pure = PurePosixPath(source)
    own = format_of(source)
    if own is not None and own.name == _VECTOR:
        return ()
    plain = pure.suffix if own is None or (own.shown and own.written) else _FALLBACK
    endings = []
    for each in preset.formats:
        name = each.value.upper()  # Pillow's
        same = each is VariantFormat.SOURCE or (own is not None and own.name == name)
        endings.append(plain if same else ending_of(name))
    paths = (str(pure.with_name(pure.stem + preset.suffix + ending)) for ending in endings)
    return tuple(dict.fromkeys(paths))


def _with_siblings(path: str, source: str, preset: Preset) -> tuple[str, ...]:
    """Return a variant that a page names, and those in the other formats of its preset."""
    if preset.formats == (VariantFormat.SOURCE,):
        return (path,)
    return tuple(dict.fromkeys((path, *variant_paths(source, preset))))


def _resolve(candidates: Iterable[Wanted]) -> tuple[dict[str, Wanted], list[Problem]]:
    by_path: dict[str, Wanted] = {}
    clashes: dict[str, Problem] = {}
    for each in candidates:
        first = by_path.setdefault(each.path, each)
        if first.source != each.source or first.preset != each.preset:
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
    return wanted, [clashes[path] for path in sorted(clashes)]


def _matches(path: str, glob: str) -> bool:
    pure = PurePosixPath(path)
    return any(fnmatchcase(name, glob) for name in (path, pure.name, pure.stem))
