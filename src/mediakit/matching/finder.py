"""Find the copies among pictures: hashes propose, pixels decide."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mediakit.base.errors import with_extra
from mediakit.base.files import read_observed
from mediakit.base.formats import film_of
from mediakit.images.film_bytes import is_film
from mediakit.images.film_sheet import to_compare
from mediakit.images.ingest import is_raw
from mediakit.images.look import (
    CHROMA_SIDE,
    GREY_SIDE,
    chroma_pixels,
    grey_array,
    grey_copy_of,
    grey_pixels,
    same_pixels,
)
from mediakit.images.opening import UnreadableError
from mediakit.images.preset import MAX_PIXELS
from mediakit.matching.align import ALIGN_SIDE, can_align
from mediakit.matching.compare import DETAIL_SIDE, compare, differs_in_detail
from mediakit.matching.decide import Decider
from mediakit.matching.groups import Copy, CopyGroup, Level, Match, group_copies
from mediakit.matching.hashes import VERSION, Hasher, Hashes
from mediakit.matching.propose import NEAR

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from concurrent.futures import Executor, Future

    from mediakit.base.files import DiskFile
    from mediakit.executors.workers import Workers
    from mediakit.images.look import Chroma, Grey
    from mediakit.state.cache import Cache

_KEPT = 256
"""Small grey copies that are kept in memory."""

_KEPT_LARGE = 8
"""Pictures of up to 2.5 MB of luma that are kept in memory."""


class CopyFinder:
    """Finds the copies among the pictures of a site.

    `files` has the file of each copy by path. `workers` make the grey copies that `cache` does
    not have.
    """

    def __init__(
        self,
        copies: Iterable[Copy],
        files: Mapping[str, DiskFile],
        cache: Cache,
        workers: Workers,
    ) -> None:
        self._copies = list(copies)
        self._paths = {copy.sha256: copy.path for copy in self._copies}
        self._pixels = SitePixels({each: files[path] for each, path in self._paths.items()}, cache)
        self._cache = cache
        self._workers = workers

    def groups(self, level: Level) -> tuple[list[CopyGroup], str]:
        """Return the groups down to a level, and a hint if an extra would find more."""
        matches, hint = self._matches(level)
        raw = {
            content
            for content in {content for each in matches for content in (each.one, each.other)}
            if self._pixels.is_raw(content)
        }
        copies = [replace(each, is_raw=each.sha256 in raw) for each in self._copies]
        return [group for group in group_copies(copies, matches) if group.others], hint

    def nearest(self, data: bytes, *, but: Collection[str] = ()) -> str | None:
        """Return the path of the picture that `data` shows, None if it is new.

        The site paths `but` do not count.
        """
        moves, data = is_film(data), to_compare(data)
        grey = grey_copy_of(data, MAX_PIXELS)
        hashes = Hasher().hashes(_to_hash(grey, moves=moves)) if grey else None
        if hashes is None:
            return None
        paths = {copy.sha256: copy.path for copy in self._copies if copy.path not in but}
        near = sorted(
            (distance, content)
            for content, each in self._hashes(paths).items()
            if (distance := each.distance(hashes)) <= NEAR
        )
        for _, content in near:
            if not compare(self._pixels.grey(content), grey_array(grey)).is_same:
                continue
            if not differs_in_detail(self._pixels.detail(content), grey_pixels(data, DETAIL_SIDE)):
                return paths[content]
        return None

    def _matches(self, level: Level) -> tuple[list[Match], str]:
        if level is Level.BYTES:
            return [], ""
        hashes = self._hashes(self._paths)
        contents = sorted(hashes)
        decider = Decider(contents, [hashes[each] for each in contents], self._pixels)
        matches = list(decider.same())
        if level is Level.PIXELS:
            return [each for each in matches if each.level is Level.PIXELS], ""
        if level is Level.SAME:
            return matches, ""
        known = {frozenset({each.one, each.other}) for each in matches}
        matches += decider.transformed(known, align=can_align())
        hint = f"to find cropped, framed and tilted copies too, {with_extra('align')}"
        return matches, "" if can_align() else hint

    def _hashes(self, contents: Collection[str]) -> dict[str, Hashes]:
        """Return the hashes of all contents that can be compared."""
        stored = self._cache.hashes(VERSION)
        hasher, fresh = Hasher(), {}
        for content, copy in self._grey_copies(each for each in contents if each not in stored):
            moves = film_of(self._pixels.files[content].path) is not None
            found = hasher.hashes(_to_hash(copy, moves=moves)) if copy else None
            fresh[content] = found.dump() if found is not None else b""
        self._cache.remember_hashes(VERSION, fresh.items())
        known = {**stored, **fresh}
        return {each: Hashes.load(known[each]) for each in contents if known.get(each)}

    def _grey_copies(self, contents: Iterable[str]) -> Iterable[tuple[str, bytes]]:
        """Yield grey copies; a picture is only decoded if no run has decoded it before."""
        unknown = []
        for content in contents:
            copy = self._cache.grey(content)
            if copy is None:
                unknown.append(content)
            else:
                yield content, copy

        def start(executor: Executor, content: str) -> Future[bytes]:
            return executor.submit(_grey_copy, self._pixels.files[content])

        for content, copy in self._workers.run(unknown, start):
            self._cache.remember_grey(content, copy)
            yield content, copy


def _to_hash(copy: bytes, *, moves: bool) -> Grey:
    """Return what of a grey copy is hashed: of a film's four frames, which are alike, the first."""
    grey = grey_array(copy)
    return grey[: grey.shape[0] // 2, : grey.shape[1] // 2] if moves else grey


def _grey_copy(file: DiskFile) -> bytes:
    try:
        return grey_copy_of(to_compare(read_observed(file)), MAX_PIXELS)
    except (OSError, UnreadableError):
        return b""


class SitePixels:
    """The pixels of pictures by digest. A file that changed meanwhile is like an empty picture."""

    def __init__(self, files: Mapping[str, DiskFile], cache: Cache) -> None:
        self.files = files
        self._cache = cache
        self._greys: OrderedDict[str, Grey] = OrderedDict()
        self._details: OrderedDict[str, Grey] = OrderedDict()

    def grey(self, content: str) -> Grey:
        """Return the small grey copy, made anew where the cache had no room for it."""

        def read() -> Grey:
            copy = self._cache.grey(content) or _grey_copy(self.files[content])
            return grey_array(copy) if copy else np.zeros((GREY_SIDE, GREY_SIDE), np.uint8)

        return _kept(self._greys, _KEPT, content, read)

    def large(self, content: str) -> Grey:
        """Return the picture in luma, large enough to align."""
        return self._luma(content, ALIGN_SIDE)

    def detail(self, content: str) -> Grey:
        """Return the picture in luma, large enough to read its letters."""
        return _kept(self._details, _KEPT_LARGE, content, lambda: self._luma(content, DETAIL_SIDE))

    def chroma(self, content: str) -> Chroma:
        """Return the colours of the picture."""
        try:
            return chroma_pixels(self._shown(content))
        except (OSError, UnreadableError):
            return np.zeros((CHROMA_SIDE, CHROMA_SIDE, 2), np.float32)

    def is_raw(self, content: str) -> bool:
        """Return whether the file still has what a camera writes."""
        try:
            return is_raw(self._read(content))
        except OSError:
            return False

    def equal(self, one: str, other: str) -> bool:
        """Return whether two contents have the same pixels; of films nobody looks at all."""
        try:
            return same_pixels(self._read(one), self._read(other))
        except (OSError, UnreadableError):
            return False

    def _luma(self, content: str, side: int) -> Grey:
        try:
            return grey_pixels(self._shown(content), side)
        except (OSError, UnreadableError):
            return np.zeros((side, side), np.uint8)

    def _shown(self, content: str) -> bytes:
        return to_compare(self._read(content))

    def _read(self, content: str) -> bytes:
        return read_observed(self.files[content])


def _kept(
    pictures: OrderedDict[str, Grey], most: int, content: str, read: Callable[[], Grey]
) -> Grey:
    if content not in pictures:
        pictures[content] = read()
        if len(pictures) > most:
            pictures.popitem(last=False)
    return pictures[content]
