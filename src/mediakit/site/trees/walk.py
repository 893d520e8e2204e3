"""One way through a tree, and one way to build it anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.site.trees.yaml import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KeyPath = tuple[str | int, ...]
"""Keys of mappings and indexes of lists, from the top of a tree down."""


def walk(node: Node, place: KeyPath = ()) -> Iterator[tuple[KeyPath, Node]]:
    """Yield the nodes below a node in the order of the text, each with its place."""
    inside: list[tuple[str | int, Node]] = []
    if isinstance(node, Mapping):
        inside += node.entries.items()
    elif isinstance(node, Sequence):
        inside += enumerate(node.items)
    for key, each in inside:
        yield (*place, key), each
        yield from walk(each, (*place, key))


def rebuilt(
    root: Mapping, key: Callable[[str], str] = str, line: Callable[[int], int] = int
) -> Mapping:
    """Return a tree with other keys and lines."""

    def made(node: Node) -> Node:
        if isinstance(node, Scalar):
            return Scalar(node.text, line(node.line), node.plain)
        if isinstance(node, Sequence):
            return Sequence(tuple(map(made, node.items)), line(node.line))
        return rebuilt(node, key, line)

    entries = {key(name): made(each) for name, each in root.entries.items()}
    return Mapping(entries, line(root.line))
