"""The pixels of a site's pictures by digest, for comparing: from the cache where they are there."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np

from mediakit.base.files import read_observed
from mediakit.images.grey import (
    CHROMA_SIDE,
    UnreadableError,
    chroma_pixels,
    grey_array,
    grey_pixels,
    same_pixels,
)
from mediakit.images.ingest import is_raw
from mediakit.matching.align import ALIGN_SIDE
from mediakit.matching.detail import DETAIL_SIDE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediakit.base.files import DiskFile
    from mediakit.images.grey import Chroma, Grey
    from mediakit.state.cache import Cache

_KEPT = 256
"""Pictures in luma that are kept in memory at once."""

_KEPT_LARGE = 8
"""Likewise of those that are large, up to 2.5 MB each."""


class SitePixels:
    """The pixels of a site's pictures by digest; the last ones are kept."""

    def __init__(self, cache: Cache, files: Mapping[str, DiskFile]) -> None:
        self._cache = cache
        self._files = files
        self._greys: OrderedDict[str, Grey] = OrderedDict()
        self._details: OrderedDict[str, Grey] = OrderedDict()

    def grey(self, content: str) -> Grey:
        """Return the small grey copy."""
        if content not in self._greys:
            self._greys[content] = grey_array(self._cache.grey(content) or b"")
            if len(self._greys) > _KEPT:
                self._greys.popitem(last=False)
        return self._greys[content]

    def large(self, content: str) -> Grey:
        """Return the picture in luma, large enough to be aligned."""
        try:
            return grey_pixels(self._read(content), ALIGN_SIDE)
        except (OSError, UnreadableError):  # it was changed meanwhile: like nothing
            return np.zeros((ALIGN_SIDE, ALIGN_SIDE), np.uint8)

    def detail(self, content: str) -> Grey:
        """Return the picture in luma, large enough to read its letters."""
        if content not in self._details:
            try:
                self._details[content] = grey_pixels(self._read(content), DETAIL_SIDE)
            except (OSError, UnreadableError):
                self._details[content] = np.zeros((DETAIL_SIDE, DETAIL_SIDE), np.uint8)
            if len(self._details) > _KEPT_LARGE:
                self._details.popitem(last=False)
        return self._details[content]

    def chroma(self, content: str) -> Chroma:
        """Return the colours of the picture."""
        try:
            return chroma_pixels(self._read(content))
        except (OSError, UnreadableError):
            return np.zeros((CHROMA_SIDE, CHROMA_SIDE, 2), np.float32)

    def is_raw(self, content: str) -> bool:
        """Return whether a picture is as a camera gave it."""
        try:
            return is_raw(self._read(content))
        except OSError:
            return False

    def equal(self, one: str, other: str) -> bool:
        """Return whether two contents have the same pixels."""
        try:
            return same_pixels(self._read(one), self._read(other))
        except (OSError, UnreadableError):
            return False

    def _read(self, content: str) -> bytes:
        return read_observed(self._files[content])
