"""Change front matter and data files in place: bytes in, bytes out, all else stays as it is.

Each function makes one change at a path of keys and indexes, such as `("gallery", 0, "alt")`.
Comments, quotes, anchors, line breaks, indentation, the body and a byte order mark stay. The result
is read again before it is returned: it has to say what the old text said, but for that change.

YAML and TOML are edited; of JSON only texts of data files. Every function raises ManifestError: the
file cannot be read, or (`cannot-edit`, with the line) it cannot be changed without touching more.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, TypeVar

from mediakit.edit import yaml_splice, yaml_write
from mediakit.edit.editable import EditableFile, UnsafeError, changed, dotted, node
from mediakit.edit.toml import TomlEditor
from mediakit.edit.yaml_spans import AliasSpan, MappingSpan, ScalarSpan, SequenceSpan, read_spans
from mediakit.site.kinds.kind import FrontMatterFormat
from mediakit.site.trees.json import SIGN
from mediakit.site.trees.yaml import Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.edit.yaml_spans import Span
    from mediakit.edit.yaml_splice import Splice
    from mediakit.edit.yaml_write import Value
    from mediakit.site.front_matter import Parts
    from mediakit.site.trees.walk import KeyPath
    from mediakit.site.trees.yaml import Node

_Item = TypeVar("_Item")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_JSON_KEY = re.compile(r'(\s*+)"(?:[^"\\]|\\.)*+"(\s*:\s*)\Z')
_LONGEST_KEY = 400
_BOTH = (FrontMatterFormat.YAML, FrontMatterFormat.TOML)


def set_value(data: bytes, path: KeyPath, value: Value, *, after: str | None = None) -> bytes:
    """Set the value at `path`: change it in its own quotes, or add the key.

    A new key comes after its neighbour `after` in YAML, or else at the end of its mapping.
    Mappings on the way are made if they are missing or empty.
    """
    file = EditableFile.of(data, _BOTH)
    return file.edited(
        path,
        lambda: _editor(file).set_value(path, value, after),
        lambda tree: changed(tree, path, lambda _old: node(value)),
    )


def set_text(
    path: str, data: bytes, place: KeyPath, value: str, *, after: str | None = None
) -> bytes:
    """Set a text of the data file at `path`, in JSON too; a new key comes after its neighbour."""
    file = EditableFile.of_data(path, data)
    return file.edited(
        place,
        lambda: (
            _json_with(file.parts.block, place, value, after)
            if file.parts.language == "json"
            else _editor(file).set_value(place, value, after)
        ),
        lambda tree: changed(tree, place, lambda _old: node(value)),
    )


def append_item(data: bytes, path: KeyPath, value: Value, *, after: str | None = None) -> bytes:
    """Add an item at the end of the list at `path`, which is made if it is missing."""
    file = EditableFile.of(data, _BOTH)
    return file.edited(
        path,
        lambda: _editor(file).append_item(path, value, after),
        lambda tree: changed(tree, path, lambda old: _with_item(old, value)),
    )


def remove_item(data: bytes, path: KeyPath) -> bytes:
    """Remove the item of a list at `path`, in YAML only; a list without items is written `[]`."""
    file = EditableFile.of(data, (FrontMatterFormat.YAML,))
    return file.edited(
        path,
        lambda: YamlEditor(file.parts).remove_item(path),
        lambda tree: changed(tree, path, lambda _old: None),
    )


def move_item(data: bytes, path: KeyPath, to: int) -> bytes:
    """Move the item of a list at `path` to the index `to`, in YAML only; comments stay."""
    file = EditableFile.of(data, (FrontMatterFormat.YAML,))
    *place, index = path

    def moved(old: Node | None) -> Node | None:
        if not isinstance(old, Sequence):
            return old
        return Sequence(tuple(_moved(old.items, index, to)), old.line)

    return file.edited(
        path,
        lambda: YamlEditor(file.parts).move_item(path, to),
        lambda tree: changed(tree, tuple(place), moved),
    )


def _moved(items: Iterable[_Item], index: str | int, to: int) -> list[_Item]:
    found = list(items)
    found.insert(to, found.pop(int(index)))
    return found


def _editor(file: EditableFile) -> YamlEditor | TomlEditor:
    return (TomlEditor if file.parts.language == "toml" else YamlEditor)(file.parts)


def _with_item(old: Node | None, value: Value) -> Node:
    items = old.items if isinstance(old, Sequence) else ()
    return Sequence((*items, node(value)), -1)


class YamlEditor:
    """Makes one change of a block of YAML, or raises UnsafeError; returns the new block."""

    def __init__(self, parts: Parts) -> None:
        self._text = parts.block
        root = read_spans(parts.block)
        self._root = None if isinstance(root, ScalarSpan) else root
        self._style = yaml_splice.style_of(parts.block, self._root, parts.newline)

    def set_value(self, path: KeyPath, value: Value, after: str | None = None) -> str:
        """Set the value at `path`; a new key comes after the key `after`."""
        return yaml_splice.splice(self._text, self._set(path, value, after))

    def append_item(self, path: KeyPath, value: Value, after: str | None = None) -> str:
        """Add an item at the end of the list at `path`."""
        parent = self._find(path)
        if isinstance(parent, SequenceSpan) and parent.items:
            splice = yaml_splice.item_added(self._text, parent, value, self._style)
            return yaml_splice.splice(self._text, [splice])
        if isinstance(parent, (MappingSpan, AliasSpan)) or (
            isinstance(parent, ScalarSpan) and parent.text not in _NULLS
        ):
            raise UnsafeError(f"`{dotted(path)}` is not a list", parent.start)
        return self.set_value(path, [value], after)

    def remove_item(self, path: KeyPath) -> str:
        """Remove the item at `path`."""
        parent, index = self._list(path)
        if len(parent.items) == 1:
            return self.set_value(path[:-1], [])
        return yaml_splice.splice(self._text, [yaml_splice.item_removed(self._text, parent, index)])

    def move_item(self, path: KeyPath, to: int) -> str:
        """Move the item at `path` to the index `to`: the texts of items change places."""
        parent, index = self._list(path)
        pairs = zip(parent.items, _moved(parent.items, index, to), strict=True)
        splices = [
            (old.start, old.end, self._text[new.start : new.end])
            for old, new in pairs
            if old is not new
        ]
        return yaml_splice.splice(self._text, splices)

    def _set(self, path: KeyPath, value: Value, after: str | None) -> list[Splice]:
        parent, key = self._find(path[:-1]), path[-1]
        text, style = self._text, self._style
        if isinstance(parent, AliasSpan):
            raise UnsafeError(f"`{dotted(path[:-1])}` is written as *{parent.name}", parent.start)
        if not isinstance(key, str) or isinstance(parent, SequenceSpan):
            items, index = self._list(path)
            owner = None if items.flow else items.marks[index] + 1
            return yaml_splice.replaced(text, items.items[index], owner, value, style)
        if isinstance(parent, MappingSpan) and (found := parent.find(key)) is not None:
            name, old = parent.entries[found]
            owner = None if parent.flow else self._colon(name)
            return yaml_splice.replaced(text, old, owner, value, style)
        if isinstance(parent, MappingSpan) and (parent.entries or parent.flow):
            place = parent.find(after) if after else None
            return [yaml_splice.entry_added(text, parent, (key, value), style, place)]
        if isinstance(parent, ScalarSpan) and parent.text not in _NULLS:
            raise UnsafeError(f"`{dotted(path[:-1])}` is not a mapping", parent.start)
        if len(path) > 1:
            return self._set(path[:-1], {key: value}, after)
        lines = yaml_write.entry(key, value, 0, style)
        return [(len(text), len(text), "".join(line + style.newline for line in lines))]

    def _find(self, path: KeyPath) -> Span | None:
        """Return the value at `path`, None if a key is missing."""
        at: Span | None = self._root
        for depth, key in enumerate(path):
            if isinstance(at, AliasSpan):
                raise UnsafeError(f"`{dotted(path[:depth])}` is written as *{at.name}", at.start)
            if isinstance(at, SequenceSpan) and isinstance(key, int) and key < len(at.items):
                at = at.items[key]
            elif isinstance(at, MappingSpan) and isinstance(key, str):
                index = at.find(key)
                at = None if index is None else at.entries[index][1]
            else:
                return None
        return at

    def _list(self, path: KeyPath) -> tuple[SequenceSpan, int]:
        """Return the list with the item at `path`, and the index of that item."""
        parent, key = self._find(path[:-1]), path[-1]
        if isinstance(parent, SequenceSpan) and isinstance(key, int) and key < len(parent.items):
            return parent, key
        raise UnsafeError(f"there is no `{dotted(path)}`", parent.start if parent else 0)

    def _colon(self, name: Span) -> int:
        """Return the index after the colon of a key."""
        found = self._text.find(":", name.end)
        if found < 0 or self._text[name.end : found].strip():
            raise UnsafeError("the key has no colon", name.start)
        return found + 1


def _json_with(text: str, place: KeyPath, value: str, after: str | None) -> str:
    """Return valid JSON with another text at `place`; new letters are escaped where all are.

    A new key is spaced as its neighbour `after`, which has a text.

    Raises:
        UnsafeError: there is no text at this place, nor beside it.
    """
    # where a key is repeated, the last one counts
    texts = dict(_texts(text))
    new = json.dumps(value, ensure_ascii=text.isascii())
    if place in texts:
        start, end = texts[place]
        return text[:start] + new + text[end:]
    start, end = texts.get((*place[:-1], after or ""), (0, 0))
    beside = _JSON_KEY.search(text, max(0, start - _LONGEST_KEY), start)
    if not end or beside is None:
        raise UnsafeError(f"there is no `{dotted(place)}`", 0)
    key = json.dumps(place[-1], ensure_ascii=text.isascii())
    gap = beside[1] or (" " if beside[2].endswith(" ") else "")
    return f"{text[:end]},{gap}{key}{beside[2]}{new}{text[end:]}"


def _texts(text: str) -> Iterator[tuple[KeyPath, tuple[int, int]]]:
    """Yield the place of each text in a valid JSON text, with its start and its end."""
    # a list counts its items; a mapping has its key, or None before it
    path: list[str | int | None] = []
    for sign in SIGN.finditer(text):
        if sign[0] in "[{":
            path.append(0 if sign[0] == "[" else None)
            continue
        if sign[0] in "]}":
            path.pop()
        elif path and path[-1] is None:
            path[-1] = json.loads(sign[0])
            continue
        elif sign[0][0] == '"':
            yield tuple(key for key in path if key is not None), sign.span()
        if path:
            path[-1] = path[-1] + 1 if isinstance(path[-1], int) else None
