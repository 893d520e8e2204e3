"""Find data files that name pictures of the site and are not read yet."""

from __future__ import annotations

from collections import Counter
from glob import escape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, TypeAlias

import msgspec
from msgspec import Meta

from mediakit.base.errors import ManifestError
from mediakit.base.files import is_text
from mediakit.base.formats import format_of
from mediakit.report.documents import Count
from mediakit.site.kinds.registry import SETTINGS_NAMES
from mediakit.site.paths import is_data
from mediakit.site.reader import parse_file
from mediakit.sync.content import settings_of
from mediakit.sync.site_files import content_paths, own_documents, skipper

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.base.files import FileTree
    from mediakit.base.model import Manifest
    from mediakit.config.config import Config

_MOST_FILES = 5_000
"""Data files that are looked into: a data set that has more shows itself in the first ones."""

_MOST = 0.9
"""The part of a folder's files that have to name pictures for a glob to take them all."""


_Named: TypeAlias = dict[str, dict[str, str]]
"""Data files with their pictures: each address, and the site path where the picture is."""


class DataFilesEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Data files that are to be configured."""

    files: Annotated[str, Meta(description="A glob, or the site path of one file.")]
    count: Annotated[Count, Meta(description="How many of the files name pictures of the site.")]
    base: Annotated[
        list[str], Meta(description="The folders that addresses count from, where they need some.")
    ]


def unread_data(config: Config, tree: FileTree) -> list[DataFilesEntry]:
    """Return the data files that name pictures of the site, those with most pictures first.

    Files whose pictures others name too are left out: of one data set, one form is enough.
    """
    walked = sorted(filter(is_text, tree.walk(skipper(config, tree))))
    known = {*content_paths(config, tree), *own_documents(config)}
    others = {*SETTINGS_NAMES, config.catalog.rpartition("/")[2]}  # of any site, put there before
    shards = f"{config.catalog_file.shard_folder}/"
    paths = [
        path
        for path in walked
        if is_data(path) and path not in known and not path.startswith(shards)
        and path.rpartition("/")[2] not in others
    ]  # fmt: skip
    finder = _Finder(config, tree, walked)
    named = {path: found for path in paths[:_MOST_FILES] if (found := finder.named(path))}
    covered: set[str] = set()
    entries = []
    groups = sorted(_groups(paths, named), key=lambda each: _rank(each[1], named))
    for files, members in groups:
        pictures = {place for path in members for place in named[path].values()}
        if not pictures <= covered:
            covered |= pictures
            entries.append(
                DataFilesEntry(files=files, count=len(members), base=_bases(members, named))
            )
    return entries


def _groups(paths: Iterable[str], named: _Named) -> Iterator[tuple[str, list[str]]]:
    """Yield globs and single paths, each with the files that name pictures."""
    folders: dict[tuple[str, str], list[str]] = {}
    for path in paths:
        pure = PurePosixPath(path)
        folders.setdefault((str(pure.parent), pure.suffix), []).append(path)
    for (folder, ending), members in folders.items():
        found = [path for path in members if path in named]
        if len(found) > 1 and len(found) >= _MOST * len(members):
            yield (f"*{ending}" if folder == "." else f"{escape(folder)}/*{ending}"), found
        else:
            yield from ((path, [path]) for path in found)


def _rank(members: list[str], named: _Named) -> tuple[bool, int, str]:
    pictures = sum(len(named[path]) for path in members)
    return bool(_bases(members, named)), -pictures, members[0]


def _bases(members: Iterable[str], named: _Named) -> list[str]:
    """Return the folders that addresses count from, the most frequent first."""
    bases = Counter(
        place.removesuffix(address).rstrip("/")
        for path in members
        for address, place in named[path].items()
        if place != address
    )
    return sorted(bases, key=lambda each: (-bases[each], each))


class _Finder:
    """Finds the pictures that data files mean, wherever in the site they are."""

    def __init__(self, config: Config, tree: FileTree, paths: Iterable[str]) -> None:
        self._settings = settings_of(config)
        self._tree = tree
        self._by_name: dict[str, list[str]] = {}
        for path in paths:
            if format_of(path) is not None:
                self._by_name.setdefault(path.rpartition("/")[2], []).append(path)

    def named(self, path: str) -> dict[str, str]:
        """Return the pictures that a data file names: their addresses, and where they are.

        An address that leads to its picture is the place itself.
        """
        try:
            pages = parse_file(path, self._tree.read(path), self._settings)
        except (ManifestError, OSError):
            return {}
        return {address: place for page in pages for address, place in self._found(page.manifest)}

    def _found(self, manifest: Manifest) -> Iterator[tuple[str, str]]:
        elsewhere = {first: others for first, *others in manifest.elsewhere}
        folder = manifest.path.rpartition("/")[0]
        for image in manifest.images:
            if image.path is None:
                continue
            places = (image.path, *elsewhere.get(image.path, ()))
            place = next(filter(self._tree.has, places), None)
            if place is not None:
                yield place, place
                continue
            address = image.path.removeprefix(f"{folder}/")
            likely = self._by_name.get(address.rpartition("/")[2], ())
            yield from ((address, each) for each in likely if each.endswith(f"/{address}"))
