"""The pictures of other hosts that a content file shows, and those that a click on one leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.errors import ManifestError
from mediakit.base.model import Role
from mediakit.base.redaction import has_user
from mediakit.site.data import read_document
from mediakit.site.front_matter import read_page
from mediakit.site.paths import is_data, locate, names_picture
from mediakit.site.trees.walk import walk
from mediakit.site.trees.yaml import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.base.model import Manifest
    from mediakit.site.kinds.kind import SiteKind
    from mediakit.site.trees.yaml import Node

_SHOWN = frozenset({"image_path", "thumbnail", "thumb", "src", "image"})
_LINKED = ("url", "full", "href", "link")


def remote_pictures(records: Iterable[Manifest], data: bytes, kind: SiteKind) -> dict[str, int]:
    """Return the addresses of pictures on other hosts, each with the line that has it first."""
    found: dict[str, int] = {}
    path = ""
    for manifest in records:
        path = manifest.path
        for each in manifest.images:
            if each.url is not None and each.role is not Role.VIDEO:
                found.setdefault(each.url, each.line)
    for url, line in _behind_clicks(path, data, kind):
        found.setdefault(url, line)
    return {url: line for url, line in found.items() if not has_user(url)}


def _behind_clicks(path: str, data: bytes, kind: SiteKind) -> Iterator[tuple[str, int]]:
    """Yield the pictures of other hosts that entries of front matter lead to, with their lines."""
    for _, node in walk(_root(path, data)):
        if not isinstance(node, Mapping) or not _SHOWN & node.entries.keys():
            continue
        for each in (node.get(key) for key in _LINKED):
            if isinstance(each, Scalar) and names_picture(each.text) and "//" in each.text:
                try:
                    place = locate(each.text, kind.address)
                except ManifestError:
                    continue
                if place.url is not None and place.path is None:
                    yield place.url, each.line


def _root(path: str, data: bytes) -> Node:
    try:
        if is_data(path):
            return read_document(path, data).root
        page = read_page(data)
    except ManifestError:
        page = None  # the problems of the site say why
    return page.front_matter if page is not None else Mapping({}, 0)
