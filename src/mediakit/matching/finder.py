"""`mediakit dupes`: the pictures of a site that are there twice, and who uses them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from mediakit.base.errors import with_extra
from mediakit.base.files import DiskFile, is_text, read_observed
from mediakit.base.formats import format_of
from mediakit.base.own_files import ACCEPTED_NAME
from mediakit.executors import run_bounded
from mediakit.images.grey import (
    UnreadableError,
    grey_array,
    grey_copy_of,
    grey_pixels,
)
from mediakit.images.preset import MAX_PIXELS
from mediakit.matching.accepted import Accepted
from mediakit.matching.align import can_align
from mediakit.matching.compare import compare
from mediakit.matching.decide import Decider
from mediakit.matching.detail import DETAIL_SIDE, differs_in_detail
from mediakit.matching.groups import Copy, Group, Level, Match, Use, group_copies
from mediakit.matching.hashes import VERSION, Hasher, Hashes
from mediakit.matching.icons import is_site_icon
from mediakit.matching.propose import NEAR
from mediakit.matching.site_pixels import SitePixels
from mediakit.state.documents import read_file
from mediakit.sync.examine import Examiner
from mediakit.sync.products import Selection
from mediakit.sync.site_files import skipper

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from concurrent.futures import Executor, Future

    from mediakit.base.model import Problem
    from mediakit.config.config import Config
    from mediakit.sync.observe import Site
    from mediakit.sync.session import Session


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for: the least sure level, and which pictures (globs; all where empty)."""

    level: Level = Level.SAME
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Duplicates:
    """The groups that were found, how many were accepted before, and among how many pictures."""

    groups: tuple[Group, ...]
    accepted: int
    looked_at: int
    problems: tuple[Problem, ...] = ()
    hint: str = ""
    phashes: Mapping[str, str] = field(default_factory=dict)
    """The hash of each picture in a group, by digest, as `imagehash` writes it."""
    unread: tuple[Problem, ...] = ()
    """Those of the problems that hide a whole page, and so who uses a picture."""


class DuplicateFinder:
    """Finds the duplicates of a site that was observed."""

    def __init__(self, site: Site, session: Session) -> None:
        self._site = site
        self._cache = session.cache
        self._executor = session.threads
        self._files: dict[str, DiskFile] = {}
        self._found: list[Copy] | None = None

    def find(self, search: Search) -> Duplicates:
        """Look for duplicates; those that were accepted are counted, and left out."""
        copies = self._copies()
        contents = {copy.sha256: copy for copy in copies}
        hashes = {} if search.level is Level.BYTES else self._hashes(contents)
        matches, hint = self._matches(hashes, search.level)
        if search.level is Level.PIXELS:
            matches = [each for each in matches if each.level is Level.PIXELS]
        groups = group_copies(self._with_origins(copies, matches), matches)
        chosen = [group for group in groups if group.others and _is_chosen(group, search.only)]
        accepted = read_accepted(self._site.config)
        shown = tuple(group for group in chosen if not accepted.covers(group))
        named = {content for group in shown for content in group.contents if content in hashes}
        phashes = {content: _as_imagehash(hashes[content]) for content in sorted(named)}
        problems = self._site.problems
        return Duplicates(
            shown, len(chosen) - len(shown), len(copies), problems, hint, phashes,
            self._site.content.unread,
        )  # fmt: skip

    def _with_origins(self, copies: list[Copy], matches: Iterable[Match]) -> list[Copy]:
        """Return the copies, those that match others looked at for what a camera told in them."""
        matched = {content for each in matches for content in (each.one, each.other)}
        pixels = SitePixels(self._cache, self._files_of(matched))
        raw = {content for content in matched if pixels.is_raw(content)}
        return [replace(each, is_raw=True) if each.sha256 in raw else each for each in copies]

    def nearest(self, data: bytes, *, but: Collection[str] = ()) -> str | None:
        """Return the path of the picture that another one is again, None if it is new.

        The files at the site paths `but` are not looked at.
        """
        grey = grey_copy_of(data, MAX_PIXELS)
        hashes = Hasher().hashes(grey_array(grey)) if grey else None
        if hashes is None:
            return None
        copies = {copy.sha256: copy for copy in self._copies() if copy.path not in but}
        known = self._hashes(copies)
        near = sorted(
            (distance, content)
            for content, each in known.items()
            if (distance := each.distance(hashes)) <= NEAR
        )
        pixels = SitePixels(self._cache, self._files_of(content for _, content in near))
        for _, content in near:
            if not compare(pixels.grey(content), grey_array(grey)).is_same:
                continue
            if not differs_in_detail(pixels.detail(content), grey_pixels(data, DETAIL_SIDE)):
                return copies[content].path
        return None

    def _matches(self, hashes: Mapping[str, Hashes], level: Level) -> tuple[list[Match], str]:
        contents = sorted(hashes)
        gallery = SitePixels(self._cache, self._files_of(contents))
        decider = Decider(contents, [hashes[each] for each in contents], gallery)
        matches = list(decider.same())
        if level is not Level.TRANSFORMED:
            return matches, ""
        known = {frozenset({each.one, each.other}) for each in matches}
        matches += decider.transformed(known, align=can_align())
        if can_align():
            return matches, ""
        return matches, f"to find cropped, framed and tilted copies too, {with_extra('align')}"

    def _files_of(self, contents: Iterable[str]) -> dict[str, DiskFile]:
        by_content = {copy.sha256: self._files[copy.path] for copy in self._copies()}
        return {content: by_content[content] for content in contents}

    def _copies(self) -> list[Copy]:
        """Return the sources of the site, also those that no page names; one for a file."""
        if self._found is not None:
            return self._found
        self._files = dict(self._site.files) | self.unnamed()
        examiner = Examiner(
            self._cache, self._executor, 2 * self._site.config.jobs, self._site.store
        )
        uses = self._uses()
        seen: set[tuple[int, int]] = set()
        copies = []
        examined = examiner.examine(self._files.values())
        for path, each in sorted(examined.items(), key=lambda item: (item[0] not in uses, item[0])):
            if each.fault or not each.sha256:
                continue
            stat = self._files[path].disk_path.stat()
            if stat.st_ino and (stat.st_dev, stat.st_ino) in seen and path not in uses:
                continue  # a link to a file that is counted already
            seen.add((stat.st_dev, stat.st_ino))
            copy = Copy(
                path, each.sha256, each.width, each.height, each.bytes, each.format,
                uses.get(path, ()),
            )  # fmt: skip
            if not is_site_icon(copy):
                copies.append(copy)
        self._found = copies
        return copies

    def _uses(self) -> dict[str, tuple[Use, ...]]:
        found: dict[str, list[Use]] = {}
        for manifest in self._site.content.manifests:
            for image in manifest.images:
                if image.source is not None:
                    found.setdefault(image.source, []).append(
                        Use(manifest.path, image.line, str(image.role))
                    )
        return {path: tuple(each) for path, each in found.items()}

    def unnamed(self) -> dict[str, DiskFile]:
        """Return the pictures that no page names, without variants."""
        site = self._site
        found = {}
        for path in site.tree.walk(skipper(site.config, site.tree)):
            if format_of(path) is None or not is_text(path):
                continue
            if path in site.sources or self._is_variant(path):
                continue
            file = site.tree.find(path)
            if isinstance(file, DiskFile):
                found[path] = file
        return found

    def _is_variant(self, path: str) -> bool:
        """Return whether a file is what a preset made, or is called so beside a source."""
        known = self._site.known
        if path in known.wanted or path in known.records:
            return True
        pure = PurePosixPath(path)
        stems = [
            pure.stem.removesuffix(suffix)
            for suffix, _ in self._site.config.suffixes
            if pure.stem.endswith(suffix)
        ]
        return any(
            str(pure.with_name(stem + kind)) in self._site.sources
            for stem in stems
            for kind in (pure.suffix, ".jpg", ".jpeg", ".png", ".webp", ".JPG")
        )

    def _hashes(self, contents: Mapping[str, Copy]) -> dict[str, Hashes]:
        """Return the hashes of all that can be compared, from the cache where they are there."""
        stored = self._cache.hashes(VERSION)
        missing = [content for content in contents if content not in stored]
        hasher, fresh = Hasher(), {}
        for content, copy in self._grey_copies(missing, contents):
            found = hasher.hashes(grey_array(copy)) if copy else None
            fresh[content] = found.dump() if found is not None else b""
        self._cache.remember_hashes(VERSION, fresh.items())
        known = {**stored, **fresh}
        return {each: Hashes.load(known[each]) for each in contents if known.get(each)}

    def _grey_copies(
        self, wanted: Iterable[str], contents: Mapping[str, Copy]
    ) -> Iterable[tuple[str, bytes]]:
        """Yield grey copies; a picture is only read where no run has decoded it before."""
        unknown = []
        for content in wanted:
            copy = self._cache.grey(content)
            if copy is None:
                unknown.append(content)
            else:
                yield content, copy

        def start(executor: Executor, content: str) -> Future[bytes]:
            return executor.submit(_grey_copy, self._files[contents[content].path])

        jobs = self._site.config.jobs
        for content, copy in run_bounded(self._executor, 2 * jobs, unknown, start):
            self._cache.remember_grey(content, copy)
            yield content, copy


def read_accepted(config: Config) -> Accepted:
    """Read the groups that were accepted; raises UsageError where the file is broken."""
    path = accepted_path(config)
    data = read_file(config.root, path)
    return Accepted() if data is None else Accepted.load(data, path)


def accepted_path(config: Config) -> str:
    """Return the site path of the file of accepted groups: it is beside the catalog."""
    return config.catalog_file.beside(ACCEPTED_NAME)


def _grey_copy(file: DiskFile) -> bytes:
    try:
        return grey_copy_of(read_observed(file), MAX_PIXELS)
    except (OSError, UnreadableError):
        return b""


def _is_chosen(group: Group, only: tuple[str, ...]) -> bool:
    """Return whether a group has a picture, or a user of one, that the globs mean."""
    selection = Selection(only)
    copies = [group.keeper, *(each.copy for each in group.others)]
    return any(
        selection.takes_source(copy.path, [use.manifest for use in copy.uses]) for copy in copies
    )


def _as_imagehash(hashes: Hashes) -> str:
    import imagehash  # noqa: PLC0415 - only where it is shown

    return str(imagehash.ImageHash(np.unpackbits(hashes.windows[0]).reshape(16, 16).astype(bool)))
