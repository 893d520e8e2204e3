"""The pictures of a site that may be copies of each other, named by a page or not.

Groups that somebody accepted as they are stand in a file to commit, by the digests of their
pictures: a new member or a changed picture reopens a group.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from unicodedata import normalize

import msgspec

from mediakit.base.errors import UsageError
from mediakit.base.files import DiskFile, is_text
from mediakit.base.formats import film_of, format_of, like_named
from mediakit.base.own_files import ACCEPTED_NAME
from mediakit.base.regular_file import read_file
from mediakit.matching.finder import CopyFinder
from mediakit.matching.groups import Copy, CopyGroup, Level, PageUse, is_site_icon
from mediakit.state.documents import TypedReader, read_document
from mediakit.sync.examine import Examiner
from mediakit.sync.observe import observe
from mediakit.sync.selection import Selection
from mediakit.sync.site_files import skipper

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.base.model import Problem
    from mediakit.config.config import Config
    from mediakit.matching.groups import CopyGroup
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.session import Session


@dataclass(frozen=True, slots=True)
class Search:
    """What to search for: the least sure level, and which pictures (globs; empty: all)."""

    level: Level = Level.SAME
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Duplicates:
    """The result of a search in an observed site.

    `accepted` counts the groups that were accepted before, `searched` the pictures. `unnamed` are
    the pictures that no page names. `hint` says how to find more.
    """

    site: ObservedSite
    groups: tuple[CopyGroup, ...]
    accepted: int
    searched: int
    unnamed: Mapping[str, DiskFile]
    hint: str = ""

    @property
    def unread(self) -> tuple[Problem, ...]:
        """Pages that could not be read: nobody knows which pictures they use."""
        return self.site.content.unread


def find_duplicates(
    session: Session, search: Search | None = None, site: ObservedSite | None = None
) -> Duplicates:
    """Find duplicate pictures in a site, which is observed first if it is not given.

    Raises:
        UsageError: the catalog or the list of accepted groups cannot be trusted.
    """
    site = site or observe(session)
    search = search or Search()
    pictures = SitePictures(session, site)
    found, hint = pictures.finder().groups(search.level)
    selection = Selection(search.only)
    chosen = [group for group in found if _is_selected(group, selection)]
    accepted = read_accepted(site.config)
    groups = tuple(group for group in chosen if not accepted.covers(group))
    return Duplicates(
        site, groups, len(chosen) - len(groups), len(pictures.copies), pictures.unnamed, hint
    )


def keeping(found: Duplicates, wanted: Iterable[str]) -> Duplicates:
    """Return the duplicates with these pictures to keep, named by their paths or file names.

    Raises:
        UsageError: one is in no group, or may be in several.
    """
    groups = list(found.groups)
    for name in wanted:
        path = name.removeprefix("/")
        meant = [
            (number, each)
            for number, group in enumerate(groups)
            for each in group.paths
            if path in {each, PurePosixPath(each).name}
        ]
        if len(meant) != 1:
            names = ", ".join(each for _, each in meant)
            what = f"may be {names}" if names else "is no duplicate that was found"
            raise UsageError(f"--keep: {name} {what}", "give its path, as mediakit dupes shows it")
        number, kept = meant[0]
        groups[number] = groups[number].keeping(kept)
    return replace(found, groups=tuple(groups))


class SitePictures:
    """The sources of an observed site and the pictures that no page names."""

    def __init__(self, session: Session, site: ObservedSite) -> None:
        self._session = session
        self._site = site
        self.unnamed = unnamed_pictures(site)
        found = {**site.files, **self.unnamed}
        self._has_clips = session.config.has_clips
        self._files = {
            path: each for path, each in found.items() if self._has_clips or film_of(path) is None
        }
        self.copies = self._find_copies()

    def finder(self) -> CopyFinder:
        """Return what finds copies among these pictures."""
        session = self._session
        return CopyFinder(self.copies, self._files, session.cache, session.local)

    def _find_copies(self) -> list[Copy]:
        """Return the readable pictures, one for each file; icons of the site do not count."""
        session, uses = self._session, _uses(self._site)
        examiner = Examiner(session.cache, session.local, self._site.store)
        examiner.films = self._has_clips, self._has_clips
        examined = {each.path: each for each in examiner.examine(self._files.values())}
        seen: set[tuple[int, int]] = set()
        copies = []
        for path, each in sorted(examined.items(), key=lambda item: (item[0] not in uses, item[0])):
            if each.fault or not each.sha256:
                continue
            stat = self._files[path].disk_path.stat()
            if stat.st_ino and (stat.st_dev, stat.st_ino) in seen and path not in uses:
                continue  # a link to a file that counts already
            seen.add((stat.st_dev, stat.st_ino))
            copy = Copy(
                path, each.sha256, each.width, each.height, each.bytes, each.format,
                uses.get(path, ()),
            )  # fmt: skip
            if not is_site_icon(copy):
                copies.append(copy)
        return copies


def read_accepted(config: Config) -> Accepted:
    """Read the accepted groups; raises UsageError if the file is broken."""
    path = accepted_path(config)
    data = read_file(config.root, path)
    return Accepted() if data is None else Accepted.load(data, path)


def accepted_path(config: Config) -> str:
    """Return the site path of the file of accepted groups, which is beside the catalog."""
    return config.catalog_file.beside(ACCEPTED_NAME)


def _uses(site: ObservedSite) -> dict[str, tuple[PageUse, ...]]:
    found: dict[str, tuple[PageUse, ...]] = {}
    for manifest in site.content.manifests:
        for image in manifest.images:
            if image.source is not None:
                use = PageUse(manifest.path, image.line, str(image.role))
                found[image.source] = (*found.get(image.source, ()), use)
    return found


def unnamed_pictures(site: ObservedSite) -> dict[str, DiskFile]:
    """Return the pictures that no page names, without variants, and films if they are sources."""
    found = {}
    films = site.config.has_clips
    behind_links = _behind_links(site)
    for path in site.tree.walk(skipper(site.config, site.tree)):
        is_source = format_of(path) is not None or (films and film_of(path) is not None)
        if not is_source or not is_text(path):
            continue
        folder, _, name = path.rpartition("/")
        names = [path, *(f"{each}/{name}" for each in behind_links.get(folder, ()))]
        if any(each in site.sources or _is_variant(site, each) for each in names):
            continue
        file = site.tree.find(path)
        if isinstance(file, DiskFile):
            found[path] = file
    return found


def _behind_links(site: ObservedSite) -> dict[str, list[str]]:
    """Return the folders that pages name by links, by their own place in the site.

    A file there has two site paths, and is no copy of itself.
    """
    named = {path.rpartition("/")[0] for path in (*site.sources, *site.known.products)}
    above = {"/".join(parts[:end]) for parts in (each.split("/") for each in named)
             for end in range(1, len(parts) + 1)}  # fmt: skip
    links = tuple(f"{each}/" for each in above if site.tree.disk_path(each).is_symlink())
    root, found = Path(os.path.realpath(site.config.root)), dict[str, list[str]]()
    for each in sorted(named):
        if f"{each}/".startswith(links):
            real = Path(os.path.realpath(site.tree.disk_path(each)))
            place = real.relative_to(root).as_posix() if real.is_relative_to(root) else each
            found.setdefault(normalize("NFC", place).removeprefix("."), []).append(each)
    return found


def _is_variant(site: ObservedSite, path: str) -> bool:
    """Return whether a preset made a file, or its name says so beside a source."""
    if path in site.known.products or path in site.known.records:
        return True
    pure = PurePosixPath(path)
    return any(
        name in site.sources
        for suffix, _ in site.config.suffixes
        if pure.stem.endswith(suffix)
        for plain in (str(pure.with_stem(pure.stem.removesuffix(suffix))),)
        for name in (plain, *like_named(plain))
    )


def _is_selected(group: CopyGroup, selection: Selection) -> bool:
    """Return whether the selection takes a picture of a group, or a page that uses one."""
    copies = [group.keeper, *(each.copy for each in group.others)]
    return any(
        selection.takes_source(copy.path, [use.manifest for use in copy.uses]) for copy in copies
    )


VERSION = 1


class _AcceptedGroup(msgspec.Struct, frozen=True):
    contents: list[str]
    paths: list[str] = []


class _AcceptedDocument(msgspec.Struct, frozen=True):
    version: int
    groups: list[_AcceptedGroup] = []


_DOCUMENT = TypedReader(_AcceptedDocument)


class Accepted:
    """The accepted groups."""

    def __init__(self, groups: Iterable[tuple[frozenset[str], tuple[str, ...]]] = ()) -> None:
        self._groups = dict(groups)

    @classmethod
    def load(cls, data: bytes, name: str = ACCEPTED_NAME) -> Accepted:
        """Parse the file, which messages call `name`; raises UsageError if it is broken."""
        document = read_document(data, _DOCUMENT, name, VERSION, "restore it, or delete it")
        return cls((frozenset(each.contents), tuple(each.paths)) for each in document.groups)

    def dump(self) -> bytes:
        """Return the file: JSON with one group a line."""
        lines = [
            msgspec.json.encode(_AcceptedGroup(sorted(contents), list(paths)))
            for contents, paths in sorted(self._groups.items(), key=lambda each: each[1])
        ]
        return b'{"version":%d,"groups":[\n%s\n]}\n' % (VERSION, b",\n".join(lines))

    def covers(self, group: CopyGroup) -> bool:
        """Return whether all members of a group were accepted together."""
        return any(group.contents <= each for each in self._groups)

    def with_group(self, group: CopyGroup) -> Accepted:
        """Return these groups and one more, which replaces its parts."""
        kept = {each: paths for each, paths in self._groups.items() if not each <= group.contents}
        return Accepted({**kept, group.contents: tuple(sorted(group.paths))}.items())
