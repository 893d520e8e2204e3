"""What stands at the picture keys of a page: an address, a mapping with one, or a list of such."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.model import Role
from mediakit.site.picture_keys import RESOURCES, PictureKey, is_picture, nodes_at
from mediakit.site.trees.yaml import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.base.model import ImageRef
    from mediakit.site.galleries import EntryReader

_SHOWN = (
    "image_path", "thumbnail", "thumb", "src", "image", "path", "file", "filename", "url", "href"
)  # fmt: skip
_LINKED = ("url", "full", "href", "link", "src", "image")
_ALT = ("alt", "description")
_TITLE = ("title", "caption")
_COVERS = ("cover", "feature", "header", "banner", "hero")
_TEASERS = ("thumb", "preview", "teaser")


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
        named = [(name, value) for name in _SHOWN if (value := node.get(name)) is not None]
        likely = [each for each in named if isinstance(each[1], Mapping) or is_picture(each[1])]
        shown_name, shown = next(iter(likely or (named if key.given else ())), ("", None))
        if isinstance(shown, Mapping):
            yield from self._entry(key, shown)
            return
        if not isinstance(shown, Scalar):
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
