"""Change front matter in place: bytes in, bytes out, and everything else stays byte for byte.

Each function makes one change at a path of keys and indexes, such as `("gallery", 0, "alt")`.
Comments, quotes, anchors, line breaks, indentation, the body and a byte order mark stay. The result
is read again before it is returned: it has to say what the old text said, but for that change.

YAML and TOML are edited, JSON is not. Every function raises ManifestError: the file cannot be
read, or (`cannot-edit`, with the line) the change is not possible without touching more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.edit.editable import EditableFile, KeyPath, changed, node
from mediakit.edit.toml import TomlEditor
from mediakit.edit.yaml_edit import YamlEditor
from mediakit.site.front_matter import Format
from mediakit.site.trees.yaml import Sequence

if TYPE_CHECKING:
    from mediakit.edit.yaml_write import Value
    from mediakit.site.trees.yaml import Node

_BOTH = (Format.YAML, Format.TOML)


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
    file = EditableFile.of(data, (Format.YAML,))
    return file.edited(
        path,
        lambda: YamlEditor(file.parts).remove_item(path),
        lambda tree: changed(tree, path, lambda _old: None),
    )


def _editor(file: EditableFile) -> YamlEditor | TomlEditor:
    return (YamlEditor if file.parts.format is Format.YAML else TomlEditor)(file.parts)


def _with_item(old: Node | None, value: Value) -> Node:
    items = old.items if isinstance(old, Sequence) else ()
    return Sequence((*items, node(value)), -1)
