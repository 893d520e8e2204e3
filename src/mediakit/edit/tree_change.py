"""What a tree is after one change: what an edit of the text has to come out as."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as AnyMapping

from mediakit.edit.yaml_write import Value, reads_as_text
from mediakit.site.trees.yaml import Mapping, Node, Scalar, Sequence

NEW = -1
"""The line of what a change brings in."""

KeyPath = tuple[str | int, ...]
"""Keys of mappings and indexes of lists, from the top of the front matter down."""

_EMPTY = Mapping({}, NEW)


def node(value: Value) -> Node:
    """Return a value as a tree."""
    if isinstance(value, AnyMapping):
        return Mapping({key: node(each) for key, each in value.items()}, NEW)
    if isinstance(value, (list, tuple)):
        return Sequence(tuple(node(each) for each in value), NEW)
    if value is None:
        return Scalar("null", NEW, plain=True)
    if isinstance(value, bool):
        return Scalar("true" if value else "false", NEW, plain=True)
    return Scalar(str(value), NEW, plain=not isinstance(value, str))


def changed(root: Node, path: KeyPath, change: Callable[[Node | None], Node | None]) -> Node:
    """Return the tree with the value at `path` changed; `change` gets and gives None for none.

    Mappings that the path leads through are made where there are none.
    """
    if not path:
        return change(root) or _EMPTY
    head, rest = path[0], path[1:]
    if isinstance(head, int):
        items = list(root.items) if isinstance(root, Sequence) else []
        below = _below(items[head], rest, change)
        items[head : head + 1] = [] if below is None else [below]
        return Sequence(tuple(items), NEW)
    entries = dict(root.entries) if isinstance(root, Mapping) else {}
    below = _below(entries.get(head), rest, change)
    if below is None:
        entries.pop(head, None)
    else:
        entries[head] = below
    return Mapping(entries, NEW)


def _below(
    at: Node | None, rest: KeyPath, change: Callable[[Node | None], Node | None]
) -> Node | None:
    return changed(at or _EMPTY, rest, change) if rest else change(at)


def with_items(root: Node, path: KeyPath, change: Callable[[list[Node]], None]) -> Node:
    """Return the tree with the list at `path`, empty where there is none, changed in place."""

    def apply(at: Node | None) -> Node:
        items = list(at.items) if isinstance(at, Sequence) else []
        change(items)
        return Sequence(tuple(items), NEW)

    return changed(root, path, apply)


def same(expected: Node, found: Node) -> bool:
    """Return whether two trees say the same; lines do not count, nor do the quotes of what is new.

    What is new and expected to be text has to read as text.
    """
    if isinstance(expected, Scalar) and isinstance(found, Scalar):
        if expected.text != found.text:
            return False
        new_text = expected.line == NEW and not expected.plain
        return expected.plain == found.plain or (new_text and reads_as_text(found.text))
    if isinstance(expected, Sequence) and isinstance(found, Sequence):
        return len(expected.items) == len(found.items) and all(
            same(left, right) for left, right in zip(expected.items, found.items, strict=True)
        )
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return expected.entries.keys() == found.entries.keys() and all(
            same(value, found.entries[key]) for key, value in expected.entries.items()
        )
    return False
