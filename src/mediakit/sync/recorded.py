"""Observe: what the catalog, the journal and the cache know of files by their digest.

The record of the same path comes first: nearly always it is the one. Digests are looked up in all
records only where it is not, as for a picture under a new name.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from mediakit.base.artifacts import PixelSize
from mediakit.base.formats import format_of
from mediakit.images.look import Look
from mediakit.sync.examine import Examined

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.base.artifacts import Picture
    from mediakit.base.products import VariantRecord
    from mediakit.state.cache import Cache
    from mediakit.state.catalog import Catalog


class RecordedSizes:
    """Displayed sizes of pictures, as the catalog and the journal have them."""

    def __init__(self, catalog: Catalog, journal: Iterable[VariantRecord]) -> None:
        self._pictures = catalog.pictures
        self._variants = catalog.variants
        self._written: dict[str, list[VariantRecord]] = {}
        for each in journal:
            self._written.setdefault(each.path, []).append(each)

    def examined(self, path: str, sha256: str, bytes_: int) -> Examined | None:
        """Return what a file at `path` with this digest is, None where its size is not known."""
        known = self._variants.get(path)
        if known is not None and known.sha256 == sha256:
            return _variant(known, bytes_)
        picture = self._pictures.get(path)
        if picture is not None and picture.sha256 == sha256:
            return Examined(picture.sha256, bytes_, picture.width, picture.height, picture.format)
        size = self._sizes.get(sha256)
        if size is None:
            return None
        return Examined(sha256, bytes_, size.width, size.height, size.format)

    def expected(self, path: str) -> Mapping[str, PixelSize]:
        """Return by digest the sizes of what may well be at a site path."""
        records = [*self._written.get(path, ())]
        if path in self._variants:
            records.append(self._variants[path])
        found = {each.sha256: _variant_size(each) for each in records}
        if path in self._pictures:
            found[self._pictures[path].sha256] = _picture_size(self._pictures[path])
        return found

    @cached_property
    def _sizes(self) -> dict[str, PixelSize]:
        sizes = {each.sha256: _variant_size(each) for each in self._variants.values()}
        for written in self._written.values():
            sizes.update((each.sha256, _variant_size(each)) for each in written)
        sizes.update((each.sha256, _picture_size(each)) for each in self._pictures.values())
        return sizes


class RecordedPictures:
    """Pictures with their looks, as the catalog and the cache have them."""

    def __init__(self, catalog: Catalog, cache: Cache) -> None:
        self._pictures = catalog.pictures
        self._cache = cache

    def same(self, path: str, found: Examined) -> Picture | None:
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


def _variant(record: VariantRecord, bytes_: int) -> Examined:
    kind = _format_name(record.path)
    return Examined(record.sha256, bytes_, record.width, record.height, kind)


def _variant_size(record: VariantRecord) -> PixelSize:
    return PixelSize(record.width, record.height, _format_name(record.path))


def _picture_size(picture: Picture) -> PixelSize:
    return PixelSize(picture.width, picture.height, picture.format)


def _format_name(path: str) -> str:
    kind = format_of(path)
    return kind.name if kind else ""
