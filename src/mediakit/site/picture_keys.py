"""Keys of front matter with pictures: those of themes, and those of the configuration.

A key is written with dots where it lies deeper: `cover.image`. A list on the way stands for each of
its items, a number for one of them: `photos.0.src`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mediakit.base.formats import film_of
from mediakit.base.model import Role
from mediakit.site.galleries import CUT_KEYS, DECORATION, EntryReader, has_image_path, is_picture
from mediakit.site.trees.walk import rebuilt
from mediakit.site.trees.yaml import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as AnyMapping

    from mediakit.base.model import ImageRef
    from mediakit.site.paths import Location
    from mediakit.site.reader import PageParser

_SHOWN = (
    "image_path", "thumbnail", "thumb", "src", "image", "path", "file", "filename", "url", "href"
)  # fmt: skip
_LINKED = ("url", "full", "href", "link", "src", "image")
_ALT = ("alt", "description", "image_alt")
_TITLE = ("title", "caption")
_COVERS = ("cover", "feature", "header", "banner", "hero")
_TEASERS = ("thumb", "preview", "teaser")

RESOURCES = "resources"
"""Hugo's list of the files of a page; the `name` of an entry says its purpose."""


class PictureKey(msgspec.Struct, frozen=True):
    """A key with pictures of a role; `given` by the configuration.

    A key that is not given is common on many sites: values that are no pictures are skipped, and
    `folders` are where themes look for a relative address too.
    """

    path: tuple[str, ...]
    role: Role
    given: bool = False
    folders: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The key as people write it."""
        return ".".join(self.path)


def picture_keys(
    role: Role, *names: str, given: bool = False, folders: tuple[str, ...] = ()
) -> tuple[PictureKey, ...]:
    """Return keys of a role, each written with dots."""
    return tuple(PictureKey(tuple(name.split(".")), role, given, folders) for name in names)


def keys_beside(
    given: Iterable[PictureKey], common: Iterable[PictureKey]
) -> tuple[PictureKey, ...]:
    """Return the common keys that do not overlap with the given ones.

    `cover.image` overlaps with `cover`.
    """
    mine = tuple(given)
    return tuple(key for key in common if not any(_overlap(key, each) for each in mine))


def _overlap(one: PictureKey, other: PictureKey) -> bool:
    length = min(len(one.path), len(other.path))
    return one.path[:length] == other.path[:length]


class KeyReader:
    """Reads the values of the picture keys of one file.

    With `has_theme`, entries with an `image_path` at keys that are not given are left to the theme.
    With `films`, these count as pictures.
    """

    def __init__(self, page: PageParser, *, has_theme: bool, films: bool = False) -> None:
        self._films = films
        self._guesses = Guesses(page)
        self._readers = {True: EntryReader(page), False: EntryReader(self._guesses)}
        self._has_theme = has_theme
        self.read_nodes: set[int] = set()
        """Identities of the lists and mappings that were read here."""

    def read(self, fields: Mapping, keys: Iterable[PictureKey]) -> Iterator[ImageRef]:
        """Yield the pictures at the keys."""
        for key in keys:
            if key.path[0] not in fields.entries:
                continue
            self._guesses.folders = key.folders
            for node, parent in nodes_at(fields, key.path):
                around = parent if parent is not fields else Mapping({}, 0)
                yield from self._value(key, node, around)

    def _value(self, key: PictureKey, node: Node, around: Mapping) -> Iterator[ImageRef]:
        if isinstance(node, Sequence):
            if self._is_of_theme(key, *node.items):
                return
            self.read_nodes.add(id(node))
            for item in node.items:
                if not isinstance(item, Sequence):
                    yield from self._value(key, item, Mapping({}, 0))
        elif isinstance(node, Mapping):
            if not self._is_of_theme(key, node):
                yield from self._entry(key, node)
        elif not node.is_null and node.text.strip() and (key.given or self._is_shown(node)):
            yield from self._picture(key, key.role, _as_entry(node, None, around))

    def _is_shown(self, node: Node) -> bool:
        if is_picture(node):
            return True
        return self._films and isinstance(node, Scalar) and film_of(node.text.strip()) is not None

    def _is_of_theme(self, key: PictureKey, *nodes: Node) -> bool:
        return self._has_theme and not key.given and any(map(has_image_path, nodes))

    def _entry(self, key: PictureKey, node: Mapping) -> Iterator[ImageRef]:
        named = [(name, value) for name in _SHOWN if (value := node.get(name)) is not None]
        likely = [each for each in named if isinstance(each[1], Mapping) or self._is_shown(each[1])]
        shown_name, shown = next(iter(likely or (named if key.given else ())), ("", None))
        if isinstance(shown, Mapping):
            yield from self._entry(key, shown)
            return
        linked: dict[str, Scalar] = {}
        if isinstance(shown, Scalar):
            self.read_nodes.add(id(node))
            linked = {
                name: found
                for name in _LINKED
                if name != shown_name and isinstance(found := node.get(name), Scalar)
            }
            full_name = next((name for name, each in linked.items() if self._is_shown(each)), "")
            role = _role_of(node, key.role) if key.name == RESOURCES else key.role
            yield from self._picture(key, role, _as_entry(shown, linked.get(full_name), node))
        elif key.given:
            self._readers[True].warn_of_shape(key.name, node.line)
        if not key.given:
            yield from self._others(key, node, {shown_name, *linked})

    def _others(self, key: PictureKey, node: Mapping, read: set[str]) -> Iterator[ImageRef]:
        """Yield the other pictures of a mapping, also those that are keys of their descriptions."""
        for name, value in node.entries.items():
            if name not in read and self._is_shown(value):
                entry = Mapping({"image_path": value}, value.line)
                yield from self._picture(key, Role.HEADER, entry)
            shown = Scalar(name, value.line)
            if self._is_shown(shown):
                entry = Mapping({"image_path": shown, "title": value}, value.line)
                yield from self._picture(key, key.role, entry)

    def _picture(self, key: PictureKey, role: Role, entry: Mapping) -> Iterator[ImageRef]:
        yield from self._readers[key.given].read_as(role, key.name, entry)


class Guesses:
    """A page as the reader of keys sees it that nobody configured: what is odd is no problem."""

    def __init__(self, page: PageParser) -> None:
        self._page = page
        self.folders: tuple[str, ...] = ()

    def warn(self, code: str, message: str, line: int, hint: str = "") -> None:
        """Pass over what a theme may want so."""

    def warn_of_cut(self, message: str, line: int, hint: str) -> None:
        """Record what is wrong with the part of a film that is asked for."""
        self._page.warn_of_cut(message, line, hint)

    def locate(self, text: str, line: int) -> Location | None:
        """Return where a value leads, None if it is no address."""
        return self._page.guess(text, line, self.folders)

    leads_to = locate

    def reference(
        self, role: Role, key: str, line: int, place: Location | None, **labels: str | None
    ) -> list[ImageRef]:
        """Return the reference to the picture at `place`, if there is one."""
        return self._page.reference(role, key, line, place, **labels)


def _as_entry(shown: Scalar, full: Scalar | None, labels: Mapping) -> Mapping:
    """Return a picture in the form of an entry of Minimal Mistakes."""
    entries: dict[str, Node] = {"image_path": shown}
    if full is not None:
        entries["url"] = full
    for name, spellings in (("alt", _ALT), ("title", _TITLE)):
        label = next((labels.entries[each] for each in spellings if each in labels.entries), None)
        if isinstance(label, Scalar):
            entries[name] = label
    role = labels.entries.get(DECORATION[0])
    if role is not None:
        entries[DECORATION[0]] = role
    entries |= {each: labels.entries[each] for each in CUT_KEYS if each in labels.entries}
    return Mapping(entries, shown.line)


def _role_of(resource: Mapping, role: Role) -> Role:
    name = (resource.text("name") or "").casefold()
    if any(part in name for part in _TEASERS):
        return Role.TEASER
    return Role.OVERLAY if any(part in name for part in _COVERS) else role


def nodes_at(fields: Mapping, path: tuple[str, ...]) -> Iterator[tuple[Node, Mapping]]:
    """Yield the nodes at a path of keys, each with the mapping around it."""
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
    """Yield the mappings that may have a name, and the lists if it is an index."""
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


def respelt(fields: Mapping, spellings: AnyMapping[str, str]) -> Mapping:
    """Return a mapping with small letters in all keys, or as `spellings` has them."""
    return rebuilt(fields, lambda key: spellings.get(key.lower(), key.lower()))
