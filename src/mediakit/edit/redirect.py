"""Change the front matter of a page from one picture to another, each address in its spelling."""

from __future__ import annotations

import re
import unicodedata
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from mediakit.edit.front_matter import set_text, set_value
from mediakit.site.data import read_document
from mediakit.site.front_matter import read_page
from mediakit.site.paths import is_data, names_picture
from mediakit.site.reader import parse_address, parse_file
from mediakit.site.trees.walk import walk
from mediakit.site.trees.yaml import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mediakit.base.model import ImageRef, Manifest
    from mediakit.site.reader import ReaderSettings
    from mediakit.site.trees.walk import KeyPath
    from mediakit.site.trees.yaml import Node

_TEXT_KEYS = frozenset(
    {"alt", "title", "caption", "description", "excerpt", "label", "subtitle", "summary", "tagline",
     "text"}
)  # fmt: skip
"""Keys of texts for people: an address there is prose and leads nowhere."""

_UNSAFE = re.compile(r"[%?#]")
_SAFE = "/!$&'()*+,;=:@~"


class AddressReader:
    """Finds the picture of the site that an address in front matter means.

    `resolve` returns a manifest with the files that are there, where an address may mean several.
    """

    def __init__(self, settings: ReaderSettings, resolve: Callable[[Manifest], Manifest]) -> None:
        self.settings = settings
        self._resolve = resolve

    def picture(self, page: str, fields: Mapping, text: str) -> ImageRef | None:
        """Return the one picture of the site that an address means; None for anything else."""
        manifest = parse_address(page, fields, text, self.settings)
        images = self._resolve(manifest).images if manifest is not None else ()
        return images[0] if len(images) == 1 and images[0].url is None else None


class Redirection:
    """Changes pages of a site so that they show `new` instead of the picture `old` (site paths)."""

    def __init__(self, reader: AddressReader, old: str, new: str) -> None:
        self._settings = reader.settings
        self._reader = reader
        self._old = old
        self._new = new

    def apply(self, path: str, data: bytes) -> bytes:
        """Return the page with `new` in its front matter and everything else unchanged.

        An address relative to the page changes only at keys that are read as pictures: elsewhere
        a template may put anything before it.

        Raises:
            ManifestError: the file cannot be read or changed.
        """
        if is_data(path):
            root, fields = read_document(path, data).root, Mapping({}, 0)
        else:
            page = read_page(data)
            root = fields = page.front_matter if page is not None else Mapping({}, 0)
        change = partial(set_text, path) if is_data(path) else set_value
        images: tuple[ImageRef, ...] | None = None  # of `data`, where they are known
        for place, text in list(_addresses(root)):
            other = self._changed(path, fields, text) if _may_be_picture(text) else None
            if other is None:
                continue
            changed, after = change(data, place, other), None
            if not _is_absolute(text):
                images = images or self._images(path, data)
                after = self._images(path, changed)
                if after == images:
                    continue
            data, images = changed, after
        return data

    def _changed(self, path: str, fields: Mapping, text: str) -> str | None:
        """Return the address of the new picture as the page would write it; None to keep `text`."""
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
        kind = self._settings.data.kind if is_data(path) else self._settings.kind
        for name in (lambda each: each, kind.key):
            yield from respelled(text, name(old), name(new))
        if not _is_absolute(text):
            query = re.search(r"[?#].*", text, re.DOTALL)
            yield kind.spelling(new, path) + (query[0] if query else "")

    def _images(self, path: str, data: bytes) -> tuple[ImageRef, ...]:
        pages = parse_file(path, data, self._settings)
        return tuple(image for page in pages for image in page.manifest.images)


def renamed(path: str, *, old: str, new: str, suffixes: Iterable[tuple[str, str]]) -> str | None:
    """Return the site path that replaces `path` when the picture `old` becomes `new`.

    None if `path` is neither `old` nor a variant of it; `suffixes` are those of the presets, each
    with its name. A variant in another format than its source keeps that format.
    """
    source, other, shown = PurePosixPath(old), PurePosixPath(new), PurePosixPath(path)
    if path == old:
        return new
    if shown.parent != source.parent:
        return None
    for suffix, _ in suffixes:
        if shown.stem == source.stem + suffix:
            ending = other.suffix if shown.suffix == source.suffix else shown.suffix
            return str(other.with_name(other.stem + suffix + ending))
    return None


def respelled(text: str, old: str, new: str) -> Iterator[str]:
    """Yield an address with the path `old` in it replaced by `new`, its last occurrence first.

    The rest of the text stays; the path is percent-encoded if the old one was.
    """
    for found in reversed(list(re.finditer(_spellings(old), text))):
        is_encoded = re.search(r"%[0-9A-Fa-f]{2}", found[0]) is not None
        path = quote(new, _SAFE) if is_encoded or _UNSAFE.search(new) else new
        yield text[: found.start()] + path + text[found.end() :]


def _addresses(root: Node) -> Iterator[tuple[KeyPath, str]]:
    """Yield the texts of front matter that may be addresses, each with its place."""
    for place, node in walk(root):
        is_prose = isinstance(place[-1], str) and place[-1].casefold() in _TEXT_KEYS
        if isinstance(node, Scalar) and node.text and not node.is_null and not is_prose:
            yield place, node.text


def _may_be_picture(text: str) -> bool:
    """Return whether a text has the ending of a picture, or may get one where it is shown."""
    return names_picture(text) or "{" in text or "%" in text


def _is_absolute(text: str) -> bool:
    """Return whether an address starts at the root of the site."""
    return text.lstrip().startswith(("/", "\\", "{")) or "://" in text


def _spellings(path: str) -> str:
    """Return a pattern of all ways to write a path: composed or not, percent-encoded or not."""
    return "".join(map(_spellings_of, unicodedata.normalize("NFC", path)))


def _spellings_of(sign: str) -> str:
    if sign == "/":
        return r"(?:[/\\]|%2[Ff])(?:\.?[/\\])*"
    forms = {sign, unicodedata.normalize("NFD", sign)}
    encoded = {"".join(f"%{byte:02X}" for byte in form.encode()) for form in forms}
    return f"(?:{'|'.join(map(re.escape, forms))}|(?i:{'|'.join(encoded)}))"
