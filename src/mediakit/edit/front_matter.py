"""Front matter changed in place: bytes in, bytes out, and all else stays byte for byte.

Each function makes one change at a path of keys and indexes, such as
`("gallery", 0, "alt")`. Comments, quotes, anchors, line breaks, indentation, the body and a
byte order mark stay as they are. The result is read again before it is given back: it has to
say what the old text said, but for that change.

In TOML front matter values are set and items added at the end (`toml_edit`); JSON is not changed.

Every function raises ManifestError: the file cannot be read, or (`cannot-edit`, with the
line) the change is not possible without touching more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.edit import toml as toml_edit
from mediakit.edit import yaml_splice, yaml_write
from mediakit.edit.editable import EditableFile, dotted
from mediakit.edit.tree_change import KeyPath, changed, node, with_items
from mediakit.edit.yaml_spans import (
    AliasSpan,
    MappingSpan,
    ScalarSpan,
    SequenceSpan,
    Span,
    line_start,
    next_line,
)
from mediakit.edit.yaml_splice import Splice, UnsafeError

if TYPE_CHECKING:
    from mediakit.edit.yaml_write import Value
    from mediakit.site.trees.yaml import Node

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


def set_value(data: bytes, path: KeyPath, value: Value, *, after: str | None = None) -> bytes:
    """Set the value at `path`: change it in its own quotes, or add the key.

    A new key comes behind its neighbour `after`, or else at the end of its mapping.
    Mappings on the way are made where they are missing or empty.
    """
    if toml_edit.is_toml(data):
        return toml_edit.set_value(data, path, value)
    file = EditableFile.of(data)
    return file.edited(
        path,
        lambda: _set(file, path, value, after),
        lambda: changed(file.tree, path, lambda _old: node(value)),
    )


def remove(data: bytes, path: KeyPath) -> bytes:
    """Remove the key or item at `path`; what becomes empty is written `{}` or `[]`."""
    file = EditableFile.of(data)
    return file.edited(
        path,
        lambda: _remove(file, path),
        lambda: changed(file.tree, path, lambda _old: None),
    )


def append_item(data: bytes, path: KeyPath, value: Value, *, after: str | None = None) -> bytes:
    """Add an item at the end of the list at `path`, as `insert_item` does."""
    return insert_item(data, path, None, value, after=after)


def insert_item(
    data: bytes, path: KeyPath, index: int | None, value: Value, *, after: str | None = None
) -> bytes:
    """Insert an item before the one with this index, at the end if that is None.

    Where there is no list, or an empty one, it is made, behind the key `after`. Values
    take the quotes that those of the same key have in the other items.
    """
    if index is None and toml_edit.is_toml(data):
        return toml_edit.append_item(data, path, value)
    file = EditableFile.of(data)

    def insert(items: list[Node]) -> None:
        items.insert(len(items) if index is None else index, node(value))

    return file.edited(
        path,
        lambda: _insert(file, path, index, value, after),
        lambda: with_items(file.tree, path, insert),
    )


def move_item(data: bytes, path: KeyPath, old: int, new: int) -> bytes:
    """Move an item of the list at `path` to another index, with the comment lines above it."""
    file = EditableFile.of(data)

    def splices() -> list[Splice]:
        parent = file.find(path)
        if not isinstance(parent, SequenceSpan) or not 0 <= max(old, new) < len(parent.items):
            raise UnsafeError(f"`{dotted(path)}` has no item {max(old, new)}", 0)
        return yaml_splice.item_moved(file.block, parent, old, new) if old != new else []

    return file.edited(
        path,
        splices,
        lambda: with_items(file.tree, path, lambda items: items.insert(new, items.pop(old))),
    )


def _set(file: EditableFile, path: KeyPath, value: Value, after: str | None) -> list[Splice]:
    parent, key = file.find(path[:-1]), path[-1]
    text, habits = file.block, file.habits
    if isinstance(parent, AliasSpan):
        raise UnsafeError(f"`{dotted(path[:-1])}` is written as *{parent.name}", parent.start)
    if not isinstance(key, str) or isinstance(parent, SequenceSpan):
        return _set_item(file, path, value)
    if isinstance(parent, MappingSpan) and (index := parent.find(key)) is not None:
        name, old = parent.entries[index]
        if parent.flow:
            return yaml_splice.flow_replaced(text, old, value, habits)
        return yaml_splice.replaced(text, old, _behind_colon(text, name), value, habits)
    if isinstance(parent, MappingSpan) and (parent.entries or parent.flow):
        behind = parent.find(after) if after else None
        return yaml_splice.entry_added(text, parent, (key, value), habits, behind)
    if isinstance(parent, ScalarSpan) and parent.text not in _NULLS:
        raise UnsafeError(f"`{dotted(path[:-1])}` is no mapping", parent.start)
    if len(path) > 1:
        return _set(file, path[:-1], {key: value}, after)
    lines = yaml_write.entry(key, value, 0, habits)
    return [(len(text), len(text), "".join(line + habits.newline for line in lines))]


def _set_item(file: EditableFile, path: KeyPath, value: Value) -> list[Splice]:
    parent, index = file.child(path)
    text, habits = file.block, file.habits
    if not isinstance(parent, SequenceSpan):
        raise UnsafeError(f"there is no `{dotted(path)}`", parent.start)
    old = parent.items[index]
    if parent.flow:
        return yaml_splice.flow_replaced(text, old, value, habits)
    return yaml_splice.replaced(text, old, parent.marks[index] + 1, value, habits)


def _insert(
    file: EditableFile, path: KeyPath, index: int | None, value: Value, after: str | None
) -> list[Splice]:
    parent = file.find(path)
    if isinstance(parent, SequenceSpan) and parent.items:
        at = len(parent.items) if index is None else index
        if not 0 <= at <= len(parent.items):
            raise UnsafeError(f"`{dotted(path)}` has no item {at}", parent.start)
        return yaml_splice.item_added(file.block, parent, at, value, file.habits)
    if isinstance(parent, (MappingSpan, AliasSpan)) or (
        isinstance(parent, ScalarSpan) and parent.text not in _NULLS
    ):
        raise UnsafeError(f"`{dotted(path)}` is not a list", parent.start)
    return _set(file, path, [value], after)


def _remove(file: EditableFile, path: KeyPath) -> list[Splice]:
    parent, index = file.child(path)
    text = file.block
    if isinstance(parent, MappingSpan):
        if (
            sum(
                isinstance(name, ScalarSpan) and name.text == path[-1] for name, _ in parent.entries
            )
            > 1
        ):
            raise UnsafeError(f"`{dotted(path)}` is set twice", parent.entries[index][0].start)
        count = len(parent.entries)
    else:
        count = len(parent.items)
    if count > 1:
        return yaml_splice.child_removed(text, parent, index)
    if len(path) > 1:
        return _set(file, path[:-1], {} if isinstance(parent, MappingSpan) else [], None)
    return [(line_start(text, parent.start), next_line(text, parent.end), "")]


def _behind_colon(text: str, name: Span) -> int:
    found = text.find(":", name.end)
    if found < 0 or text[name.end : found].strip():
        raise UnsafeError("the key has no colon behind it", name.start)
    return found + 1
