"""Front matter led from one picture to another: only what means that very picture is changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mediakit.edit.front_matter import set_value
from mediakit.edit.rename import addresses, renamed, respelled
from mediakit.site.front_matter import read_page
from mediakit.site.reader import read_address, read_manifest
from mediakit.sync.content import settings_of
from mediakit.sync.pictures import with_found_sources
from mediakit.sync.resolve import placed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.base.files import FileTree
    from mediakit.base.model import ImageRef
    from mediakit.config.config import Config
    from mediakit.site.trees.yaml import Mapping


class AddressReader:
    """Tells which picture of the site an address in front matter means, as the reader does."""

    def __init__(self, config: Config, tree: FileTree) -> None:
        self._settings = settings_of(config)
        self._tree = tree

    def picture(self, page: str, fields: Mapping, text: str) -> ImageRef | None:
        """Return the one picture that an address in this front matter means, else None."""
        manifest = read_address(page, fields, text, self._settings)
        if manifest is None:
            return None
        manifest = placed(manifest, self._tree, self._settings.suffixes)
        (manifest,) = with_found_sources((manifest,), self._tree)
        image = manifest.images[0] if len(manifest.images) == 1 else None
        return image if image is not None and image.url is None else None


class Redirection:
    """Leads pages of a site from the picture `old` to `new` (site paths)."""

    def __init__(self, config: Config, tree: FileTree, old: str, new: str) -> None:
        self._kind = config.kind
        self._settings = settings_of(config)
        self._reader = AddressReader(config, tree)
        self._old = old
        self._new = new

    def apply(self, path: str, data: bytes) -> bytes:
        """Return a page whose front matter names the other picture, and all else as it was.

        An address that counts from the page is changed only where pictures are read: anywhere
        else nobody knows what a template puts before it.

        Raises:
            ManifestError: the file cannot be read or changed.
        """
        page = read_page(data)
        if page is None:
            return data
        for place, text in list(addresses(page.front_matter)):
            other = self._changed(path, page.front_matter, text)
            if other is None:
                continue
            changed = set_value(data, place, other)
            if _is_whole(text) or self._images(path, changed) != self._images(path, data):
                data = changed
        return data

    def _changed(self, path: str, fields: Mapping, text: str) -> str | None:
        """Return how a page would write an address of the other picture; None to keep it."""
        image = self._reader.picture(path, fields, text)
        if image is None or image.path is None or image.source != self._old:
            return None
        new = renamed(image.path, old=self._old, new=self._new, suffixes=self._settings.suffixes)
        if new is None:
            return None
        for other in self._spellings(path, text, image.path, new):
            meant = self._reader.picture(path, fields, other)
            if meant is not None and (meant.path, meant.source) == (new, self._new):
                return other
        return None

    def _spellings(self, path: str, text: str, old: str, new: str) -> Iterator[str]:
        for name in (lambda each: each, self._kind.key):
            yield from respelled(text, name(old), name(new))
        if not _is_whole(text):
            behind = re.search(r"[?#].*", text, re.DOTALL)
            yield self._kind.spelling(new, path) + (behind[0] if behind else "")

    def _images(self, path: str, data: bytes) -> tuple[ImageRef, ...]:
        reading = read_manifest(path, data, self._settings)
        return reading.manifest.images if reading is not None else ()


def _is_whole(text: str) -> bool:
    """Return whether an address says the whole way from the top of the site."""
    return text.lstrip().startswith(("/", "\\", "{")) or "://" in text
