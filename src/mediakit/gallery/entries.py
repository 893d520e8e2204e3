"""Entries of galleries and the header, written into front matter as the page writes its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.manifest.edit import append_item, remove, set_value
from mediakit.manifest.front_matter import read_page
from mediakit.manifest.yaml_tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from mediakit.manifest.tree_change import KeyPath
    from mediakit.manifest.yaml_tree import Node

_HEADER_PICTURES = frozenset({"overlay_image", "image", "teaser"})
_FULL = ("url", "image_path", "alt", "title")


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture to show: its path, that of the variant for the gallery, and the labels."""

    source: str
    shown: str
    alt: str
    title: str = ""


def add_entries(data: bytes, gallery: str, entries: Iterable[Entry]) -> bytes:
    """Append pictures to a gallery, with the keys that its entries have; it is made if missing.

    Raises:
        ManifestError: the file cannot be read or changed.
    """
    keys, prefix = _habits(data, gallery)
    for entry in entries:
        values = {
            "url": prefix + entry.source,
            "image_path": prefix + entry.shown,
            "alt": entry.alt,
            "title": entry.title or entry.alt,
        }
        item = {key: values[key] for key in keys}
        data = append_item(data, (gallery,), item, after="header")
    return data


def drop_entries(data: bytes, gone: Collection[str]) -> bytes:
    """Take the entries out that show or lead to one of these addresses, as they are written."""
    while (place := _first(data, frozenset(gone))) is not None:
        data = remove(data, place)
    return data


def fill_header(data: bytes, source: str, teaser: str, *, anew: bool = False) -> bytes:
    """Set the teaser where a page has none, and the overlay where its header has no picture.

    A page with a teaser alone is meant so. With `anew` both are set.
    """
    page = read_page(data)
    header = page.front_matter.get("header") if page is not None else None
    known = header.entries if isinstance(header, Mapping) else {}
    present = {key for key, node in known.items() if _is_set(node)}
    if source and (anew or not present & _HEADER_PICTURES):
        data = set_value(data, ("header", "overlay_image"), f"/{source}", after="title")
    if teaser and (anew or "teaser" not in present):
        data = set_value(data, ("header", "teaser"), f"/{teaser}", after="overlay_image")
    return data


def variant_of(source: str, suffix: str) -> str:
    """Return the path of a variant beside its source, for sources that browsers show."""
    pure = PurePosixPath(source)
    return str(pure.with_name(f"{pure.stem}{suffix}{pure.suffix}"))


def _habits(data: bytes, gallery: str) -> tuple[tuple[str, ...], str]:
    """Return the keys of a gallery's entries, and what stands before the paths in them."""
    page = read_page(data)
    node = page.front_matter.get(gallery) if page is not None else None
    items = node.items if isinstance(node, Sequence) else ()
    last = next((each for each in reversed(items) if isinstance(each, Mapping)), None)
    if last is None:
        return _FULL, "/"
    keys = tuple(key for key in last.entries if key in _FULL)
    text = last.text("image_path") or "/"
    prefix = text[: text.find("}}") + 2] if "}}" in text else ""
    return (keys if "image_path" in keys else _FULL), f"{prefix}/"


def _first(data: bytes, gone: frozenset[str]) -> KeyPath | None:
    """Return the place of the first entry of a list that names one of these addresses."""
    page = read_page(data)
    return _search(page.front_matter, (), gone) if page is not None else None


def _search(node: Node, place: KeyPath, gone: frozenset[str]) -> KeyPath | None:
    children: Iterable[tuple[str | int, Node]] = ()
    if isinstance(node, Mapping):
        children = node.entries.items()
        names = {node.text("image_path"), node.text("url")}
        if place and isinstance(place[-1], int) and names & gone:
            return place
    elif isinstance(node, Sequence):
        children = enumerate(node.items)
    found = (_search(child, (*place, key), gone) for key, child in children)
    return next((each for each in found if each is not None), None)


def _is_set(node: Node | None) -> bool:
    return node is not None and not (isinstance(node, Scalar) and (node.is_null or not node.text))
