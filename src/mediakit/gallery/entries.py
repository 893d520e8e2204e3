"""Entries of galleries and the header, written into front matter as the page writes its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.manifest.edit import append_item, remove, set_value
from mediakit.manifest.front_matter import read_page
from mediakit.manifest.yaml_tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from mediakit.gallery.style import PageStyle
    from mediakit.manifest.tree_change import KeyPath
    from mediakit.manifest.yaml_tree import Node
    from mediakit.manifest.yaml_write import Value

_HEADER_PICTURES = frozenset({"overlay_image", "image", "teaser"})
_SHOWN = ("image_path", "thumbnail", "thumb")
_SOURCES = ("src", "image", "path", "file", "filename", "url", "href", "full", "link")
_ALT = ("alt", "description")
_TITLE = ("title", "caption")


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture to show: its path, that of the variant for the gallery, and the labels."""

    source: str
    shown: str
    alt: str
    title: str = ""


def add_entries(data: bytes, entries: Iterable[Entry], style: PageStyle) -> bytes:
    """Append pictures to a gallery, with the keys that its entries have; it is made if missing.

    Raises:
        ManifestError: the file cannot be read or changed.
    """
    keys, spell = _habits(data, style)
    for entry in entries:
        item: Value = {key: _value(key, entry, spell) for key in keys}
        data = append_item(
            data, style.gallery, item if keys else spell(entry.source), after="header"
        )
    return data


def drop_entries(data: bytes, gone: Collection[str], style: PageStyle) -> bytes:
    """Take the entries out that show or lead to one of these addresses, as they are written."""
    while (place := _first(data, frozenset(gone), style)) is not None:
        data = remove(data, place)
    return data


def fill_header(
    data: bytes, source: str, teaser: str, style: PageStyle, *, anew: bool = False
) -> bytes:
    """Set the teaser where a page has none, and the overlay where its header has no picture.

    A page with a teaser alone is meant so. With `anew` both are set.
    """
    page = read_page(data)
    fields = page.front_matter if page is not None else Mapping({}, 0)
    header = fields.get("header")
    known = header.entries if style.is_theme and isinstance(header, Mapping) else {}
    has_picture = any(key in _HEADER_PICTURES and _is_set(node) for key, node in known.items())
    if source and style.overlay and (anew or not (has_picture or _is_at(fields, style.overlay))):
        data = set_value(data, style.overlay, style.spell(source), after="title")
    if teaser and style.teaser and (anew or not _is_at(fields, style.teaser)):
        data = set_value(data, style.teaser, style.spell(teaser), after="overlay_image")
    return data


def variant_of(source: str, suffix: str) -> str:
    """Return the path of a variant beside its source, for sources that browsers show."""
    pure = PurePosixPath(source)
    return str(pure.with_name(f"{pure.stem}{suffix}{pure.suffix}"))


def _value(key: str, entry: Entry, spell: Callable[[str], str]) -> str:
    if key in _SHOWN:
        return spell(entry.shown)
    if key in _SOURCES:
        return spell(entry.source)
    return entry.alt if key in _ALT else entry.title or entry.alt


def _habits(data: bytes, style: PageStyle) -> tuple[tuple[str, ...], Callable[[str], str]]:
    """Return the keys of a gallery's entries, and how these spell paths; no keys: bare texts."""
    page = read_page(data)
    items = _items(page.front_matter, style.gallery) if page is not None else ()
    last = next((each for each in reversed(items) if isinstance(each, (Mapping, Scalar))), None)
    if not style.is_theme:
        if isinstance(last, Scalar):
            return (), style.spell
        known = (*_SHOWN, *_SOURCES, *_ALT, *_TITLE)
        keys = tuple(key for key in last.entries if key in known) if last is not None else ()
        return (keys if {*_SHOWN, *_SOURCES} & set(keys) else style.item), style.spell
    last = next((each for each in reversed(items) if isinstance(each, Mapping)), None)
    if last is None:
        return style.item, style.spell
    keys = tuple(key for key in last.entries if key in style.item)
    text = last.text("image_path") or "/"
    prefix = text[: text.find("}}") + 2] if "}}" in text else ""
    return (keys if "image_path" in keys else style.item), lambda path: prefix + style.spell(path)


def _items(fields: Mapping, place: KeyPath) -> tuple[Node, ...]:
    node: Node | None = fields
    for key in place:
        node = node.get(str(key)) if isinstance(node, Mapping) else None
    return node.items if isinstance(node, Sequence) else ()


def _first(data: bytes, gone: frozenset[str], style: PageStyle) -> KeyPath | None:
    """Return the place of the first entry of a list that names one of these addresses."""
    page = read_page(data)
    return _search(page.front_matter, (), gone, style) if page is not None else None


def _search(node: Node, place: KeyPath, gone: frozenset[str], style: PageStyle) -> KeyPath | None:
    children: Iterable[tuple[str | int, Node]] = ()
    in_list = bool(place) and isinstance(place[-1], int)
    if isinstance(node, Mapping):
        children = node.entries.items()
        keys = ("image_path", "url") if style.is_theme else (*_SHOWN, *_SOURCES)
        if in_list and {node.text(key) for key in keys} & gone:
            return place
    elif isinstance(node, Sequence):
        children = enumerate(node.items)
    elif in_list and not style.is_theme and node.text in gone:
        return place
    found = (_search(child, (*place, key), gone, style) for key, child in children)
    return next((each for each in found if each is not None), None)


def _is_at(fields: Mapping, place: KeyPath) -> bool:
    node: Node | None = fields
    for key in place:
        node = node.get(str(key)) if isinstance(node, Mapping) else None
    return _is_set(node)


def _is_set(node: Node | None) -> bool:
    return node is not None and not (isinstance(node, Scalar) and (node.is_null or not node.text))
