"""Front matter led from one picture to another, its variants too."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.manifest.edit import set_value
from mediakit.manifest.front_matter import read_page
from mediakit.manifest.yaml_tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.manifest.tree_change import KeyPath
    from mediakit.manifest.yaml_tree import Node


def redirected(data: bytes, old: str, new: str, suffixes: Iterable[tuple[str, str]]) -> bytes:
    """Return a page whose front matter names the picture `new` where it named `old`.

    Both are site paths; `suffixes` are those of the presets, each with its name.

    Raises:
        ManifestError: the file cannot be read or changed.
    """
    page = read_page(data)
    if page is None:
        return data
    known = [suffix for suffix, _ in suffixes]
    for place, text in list(_scalars(page.front_matter, ())):
        other = _renamed(text, PurePosixPath(old), PurePosixPath(new), known)
        if other is not None:
            data = set_value(data, place, other)
    return data


def _renamed(text: str, old: PurePosixPath, new: PurePosixPath, suffixes: list[str]) -> str | None:
    """Return an address of a picture, or of a variant of it, with another picture in its place."""
    folder = f"{old.parent}/" if str(old.parent) != "." else ""
    for suffix in ("", *suffixes):
        head, found, ending = text.rpartition(f"{folder}{old.stem}{suffix}.")
        if not found or (head and not head.endswith("/")) or "/" in ending:
            continue
        if not suffix and f".{ending}" != old.suffix:
            continue
        kept = new.suffix if f".{ending}" == old.suffix else f".{ending}"
        return head + str(new.with_name(new.stem + suffix + kept))
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
