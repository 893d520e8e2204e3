"""Front matter led from one picture to another, its variants too."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.manifest.edit import set_value
from mediakit.manifest.front_matter import read_page
from mediakit.manifest.yaml_tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mediakit.manifest.tree_change import KeyPath
    from mediakit.manifest.yaml_tree import Node


def redirected(data: bytes, rename: Callable[[str], str | None]) -> bytes:
    """Return a page whose front matter has other addresses: `rename` gives them, None to keep one.

    Raises:
        ManifestError: the file cannot be read or changed.
    """
    page = read_page(data)
    if page is None:
        return data
    for place, text in list(_scalars(page.front_matter, ())):
        other = rename(text)
        if other is not None:
            data = set_value(data, place, other)
    return data


def renamed(text: str, *, old: str, new: str, suffixes: Iterable[tuple[str, str]]) -> str | None:
    """Return an address of the picture `old`, or of a variant, with `new` in its place.

    Both are site paths; `suffixes` are those of the presets, each with its name. It is None for
    any other address. What stands before the path stays.
    """
    source, other = PurePosixPath(old), PurePosixPath(new)
    folder = f"{source.parent}/" if str(source.parent) != "." else ""
    for suffix in ("", *(suffix for suffix, _ in suffixes)):
        head, found, ending = text.rpartition(f"{folder}{source.stem}{suffix}.")
        if not found or (head and not head.endswith("/")) or "/" in ending:
            continue
        if not suffix and f".{ending}" != source.suffix:
            continue
        kept = other.suffix if f".{ending}" == source.suffix else f".{ending}"
        return head + str(other.with_name(other.stem + suffix + kept))
    return None


def _scalars(node: Node, place: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(node, Mapping):
        for key, value in node.entries.items():
            yield from _scalars(value, (*place, key))
    elif isinstance(node, Sequence):
        for index, value in enumerate(node.items):
            yield from _scalars(value, (*place, index))
    elif isinstance(node, Scalar):
        yield place, node.text
