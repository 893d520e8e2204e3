"""Keys of the front matter that hold pictures, and what is found at them.

A key is written with dots where it lies deeper: `cover.image`. A list on the way stands for
each of its items, a number for one of them: `photos.0.src`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.manifest.gallery_entry import PICTURE_EXTENSIONS
from mediakit.manifest.site_path import has_extension
from mediakit.manifest.yaml_tree import Mapping, Node, Scalar, Sequence
from mediakit.model import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.manifest.gallery_entry import EntryReader
    from mediakit.model import ImageRef

RESOURCES = "resources"
"""Hugo's list of the files of a page; the `name` of each says what it is for."""

_SHOWN = (
    "image_path", "thumbnail", "thumb", "src", "image", "path", "file", "filename", "url", "href"
)  # fmt: skip
_LINKED = ("url", "full", "href", "link", "src", "image")
_ALT = ("alt", "description")
_TITLE = ("title", "caption")
_COVERS = ("cover", "feature", "header", "banner", "hero")
_TEASERS = ("thumb", "preview", "teaser")


@dataclass(frozen=True, slots=True)
class PictureKey:
    """Where pictures are named, and their role; `given` if the configuration says so.

    A key that is not given is one that many sites have: what is no picture there is passed over.
    """

    path: tuple[str, ...]
    role: Role
    given: bool = False

    @property
    def name(self) -> str:
        """The key as people write it."""
        return ".".join(self.path)


def picture_keys(role: Role, *names: str, given: bool = False) -> tuple[PictureKey, ...]:
    """Return keys of a role, each written with dots."""
    return tuple(PictureKey(tuple(name.split(".")), role, given) for name in names)


COMMON_KEYS = (
    *picture_keys(
        Role.OVERLAY, "cover", "image", "featured_image", "featuredImage", "hero", "banner",
        "header.overlay_image",
    ),
    *picture_keys(Role.HEADER, "header.image"),
    *picture_keys(Role.TEASER, "thumbnail", "teaser", "featuredImagePreview", "header.teaser"),
    *picture_keys(Role.OG_IMAGE, "images", "og_image", "ogImage", "header.og_image"),
    *picture_keys(Role.GALLERY, "gallery", "photos"),
)  # fmt: skip
"""Keys of common themes; `images` is what Hugo's own templates take for social cards."""


def merged_keys(
    common: Iterable[PictureKey], given: Iterable[PictureKey]
) -> tuple[PictureKey, ...]:
    """Return the keys that count: the given ones, and those common ones that are apart from them.

    `cover.image` leaves no place for `cover`, nor the other way round.
    """
    mine = tuple(given)
    return (*mine, *(key for key in common if not any(_overlap(key, each) for each in mine)))


def _overlap(one: PictureKey, other: PictureKey) -> bool:
    length = min(len(one.path), len(other.path))
    return one.path[:length] == other.path[:length]


def nodes_at(fields: Mapping, path: tuple[str, ...]) -> Iterator[tuple[Node, Mapping]]:
    """Yield what is at a key, each with the mapping that it is in."""
    found: list[tuple[Node, Mapping]] = [(fields, fields)]
    for name in path:
        found = [
            (node, parent if isinstance(above, Sequence) else above)
            for above, parent in _items(found, name)
            for node in _children(above, name)
        ]
    yield from found


def _items(
    found: list[tuple[Node, Mapping]], name: str
) -> Iterator[tuple[Mapping | Sequence, Mapping]]:
    """Yield what a name is looked up in: mappings, and lists where it is an index."""
    for node, parent in found:
        if isinstance(node, Mapping) or (isinstance(node, Sequence) and name.isdecimal()):
            yield node, parent
        elif isinstance(node, Sequence):
            yield from ((item, item) for item in node.items if isinstance(item, Mapping))


def _children(above: Mapping | Sequence, name: str) -> Iterator[Node]:
    if isinstance(above, Mapping):
        node = above.get(name)
        if node is not None:
            yield node
    elif len(name) < len(str(len(above.items))) + 1 and int(name) < len(above.items):
        yield above.items[int(name)]


class KeyReader:
    """Reads what stands at the picture keys of one file."""

    def __init__(self, entries: EntryReader) -> None:
        self._entries = entries
        self.read_nodes: set[int] = set()
        """Identities of the lists and mappings that were read here."""

    def read(self, fields: Mapping, keys: Iterable[PictureKey]) -> Iterator[ImageRef]:
        """Yield the pictures at the keys."""
        for key in keys:
            for node, parent in nodes_at(fields, key.path):
                around = parent if parent is not fields else Mapping({}, 0)
                yield from self._value(key, node, around)

    def _value(self, key: PictureKey, node: Node, around: Mapping) -> Iterator[ImageRef]:
        if isinstance(node, Sequence):
            self.read_nodes.add(id(node))
            for item in node.items:
                if not isinstance(item, Sequence):
                    yield from self._value(key, item, Mapping({}, 0))
        elif isinstance(node, Mapping):
            yield from self._entry(key, node)
        elif not node.is_null and node.text.strip() and (key.given or is_picture(node)):
            entry = _as_entry(node, None, around)
            yield from self._entries.read_as(key.role, key.name, entry)

    def _entry(self, key: PictureKey, node: Mapping) -> Iterator[ImageRef]:
        shown_name = next((name for name in _SHOWN if node.get(name) is not None), None)
        shown = node.get(shown_name) if shown_name else None
        if isinstance(shown, Mapping):
            yield from self._entry(key, shown)
            return
        if not isinstance(shown, Scalar) or not (key.given or is_picture(shown)):
            if key.given:
                self._entries.warn_of_shape(key.name, node.line)
            return
        self.read_nodes.add(id(node))
        linked = (
            found
            for name in _LINKED
            if name != shown_name and isinstance(found := node.get(name), Scalar)
        )
        full = next((each for each in linked if is_picture(each)), None)
        role = _role_of(node, key.role) if key.name == RESOURCES else key.role
        yield from self._entries.read_as(role, key.name, _as_entry(shown, full, node))


def is_picture(node: Node) -> bool:
    """Return whether a value looks like the address of a picture."""
    if not isinstance(node, Scalar):
        return False
    return has_extension(node.text.partition("?")[0].strip(), PICTURE_EXTENSIONS)


def _as_entry(shown: Scalar, full: Scalar | None, labels: Mapping) -> Mapping:
    """Return a picture in the form of an entry of Minimal Mistakes."""
    entries: dict[str, Node] = {"image_path": shown}
    if full is not None:
        entries["url"] = full
    for name, spellings in (("alt", _ALT), ("title", _TITLE)):
        label = next((labels.entries[each] for each in spellings if each in labels.entries), None)
        if isinstance(label, Scalar):
            entries[name] = label
    return Mapping(entries, shown.line)


def _role_of(resource: Mapping, role: Role) -> Role:
    name = (resource.text("name") or "").casefold()
    if any(part in name for part in _TEASERS):
        return Role.TEASER
    return Role.OVERLAY if any(part in name for part in _COVERS) else role
