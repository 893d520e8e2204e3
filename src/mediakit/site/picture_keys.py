"""Keys of the front matter that hold pictures, and where they lead.

A key is written with dots where it lies deeper: `cover.image`. A list on the way stands for
each of its items, a number for one of them: `photos.0.src`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.base.formats import format_of
from mediakit.base.model import Role
from mediakit.site.trees.yaml import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RESOURCES = "resources"
"""Hugo's list of the files of a page; the `name` of each says what it is for."""


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


def is_picture(node: Node) -> bool:
    """Return whether a value looks like the address of a picture."""
    if not isinstance(node, Scalar):
        return False
    return format_of(node.text.partition("?")[0].strip()) is not None
