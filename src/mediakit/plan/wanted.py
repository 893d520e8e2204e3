"""Which variants the site wants: those that pages name, and those that roles ask for."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.images.formats import FORMATS, ending_of, format_of
from mediakit.images.preset import SOURCE_FORMAT
from mediakit.model import Manifest, Problem, Role, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.images.preset import Preset
    from mediakit.model import Picture

_VECTOR = "SVG"
_FALLBACK = ".jpg"
"""What variants of a source are that browsers do not show."""


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
        return self._matches(wanted.path, wanted.source, *users)

    def takes_source(self, path: str, users: Iterable[str]) -> bool:
        """Return whether a source itself, used by these manifests, is in the selection."""
        return not self.presets and self._matches(path, *users)

    def _matches(self, *names: str) -> bool:
        return not self.only or any(_matches(name, glob) for name in names for glob in self.only)


def wanted_variants(
    manifests: Iterable[Manifest], presets: Iterable[Preset], pictures: Mapping[str, Picture]
) -> tuple[dict[str, Wanted], dict[str, frozenset[str]], list[Problem]]:
    """Return the variants by path, the manifests that use each, and the problems found.

    A variant that a page names is wanted whatever the size of its source. One that only a
    role asks for is wanted where the source is larger, and the page has not named another
    file for the same purpose. Where a preset has several formats, all of them are wanted of
    either. Two sources for one path are a problem, and neither is made.
    """
    by_name = {preset.name: preset for preset in presets}
    references = [
        (manifest.path, image)
        for manifest in sorted(manifests, key=lambda each: each.path)
        for image in manifest.images
        if image.source is not None and image.source in pictures
    ]
    named = [
        Wanted(variant, image.source, image.preset, path, image.line)
        for path, image in references
        if image.preset and image.path and image.source and image.role is not Role.BODY
        for variant in _with_siblings(image.path, image.source, by_name[image.preset])
    ]
    served = {(each.source, each.preset) for each in named}
    asked = [
        Wanted(variant, image.source, preset.name, path, image.line)
        for path, image in references
        for preset in by_name.values()
        if image.source and image.role in preset.roles
        if (image.source, preset.name) not in served
        if preset.asks_for(pictures[image.source].width, pictures[image.source].height)
        for variant in variant_paths(image.source, preset)
    ]
    return _resolve([*named, *asked])


def variant_paths(source: str, preset: Preset) -> tuple[str, ...]:
    """Return where the variants of this source are kept, none for what is not made of pixels."""
    pure = PurePosixPath(source)
    own = format_of(source)
    if own is not None and own.name == _VECTOR:
        return ()
    plain = pure.suffix if own is None or (own.shown and own.written) else _FALLBACK
    endings = []
    for name in preset.formats:
        same = name == SOURCE_FORMAT or (own is not None and own.name == name)
        endings.append(plain if same else ending_of(name))
    paths = (str(pure.with_name(pure.stem + preset.suffix + ending)) for ending in endings)
    return tuple(dict.fromkeys(paths))


def like_named(path: str) -> tuple[str, ...]:
    """Return the paths that differ from this one by the ending only, the likelier ones first."""
    pure = PurePosixPath(path)
    endings = [ending for each in FORMATS for ending in each.endings]
    return tuple(
        str(pure.with_suffix(case(ending)))
        for case in (str.lower, str.upper)
        for ending in endings
        if case(ending) != pure.suffix
    )


def _with_siblings(path: str, source: str, preset: Preset) -> tuple[str, ...]:
    """Return a variant that a page names, and those in the other formats of its preset."""
    if preset.formats == (SOURCE_FORMAT,):
        return (path,)
    return tuple(dict.fromkeys((path, *variant_paths(source, preset))))


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
