"""Write pictures and videos into front matter, with the keys that the page uses already."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec.structs import replace as change

from mediakit.base.errors import ManifestError, UsageError
from mediakit.base.formats import ending_of, film_of, format_of
from mediakit.edit.editable import node_at
from mediakit.edit.front_matter import append_item, remove_item, set_value
from mediakit.site.front_matter import read_page
from mediakit.site.providers import provider_in_key, share_address
from mediakit.site.trees.walk import walk
from mediakit.site.trees.yaml import Mapping, Scalar, Sequence
from mediakit.site.videos import COPY_ID, is_misspelt, misspelling, parse_video

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mediakit.base.model import VideoRef
    from mediakit.edit.style import PageStyle
    from mediakit.edit.yaml_write import Value
    from mediakit.site.trees.walk import KeyPath
from mediakit.site.trees.yaml import Node

_HEADER_PICTURES = frozenset({"overlay_image", "image", "teaser"})
_SHOWN = ("image_path", "thumbnail", "thumb")
_SOURCES = ("src", "image", "path", "file", "filename", "url", "href", "full", "link")
_ALT = ("alt", "description")
_TITLE = ("title", "caption")


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture to show: its path, that of its variant for the gallery, and its texts."""

    source: str
    shown: str
    alt: str
    title: str = ""


def add_entries(data: bytes, entries: Iterable[Entry], style: PageStyle) -> bytes:
    """Append pictures to a gallery, with the keys of its entries; it is made if missing.

    Raises:
        ManifestError: the file cannot be read or changed.
    """
    keys, spell = _entry_style(data, style)
    for entry in entries:
        item: Value = {key: _value(key, entry, spell) for key in keys}
        data = append_item(
            data, style.gallery, item if keys else spell(entry.source), after="header"
        )
    return data


def drop_entries(data: bytes, is_gone: Callable[[str, Node, Scalar], bool]) -> bytes:
    """Remove the entries of lists for which `is_gone` is true.

    It gets the key of the list, the entry, and the address of the picture in the entry.

    Raises:
        ManifestError: the file cannot be read or changed.
    """
    for place in reversed(find_entries(data, is_gone)):  # earlier ones keep their index
        data = remove_item(data, place)
    return data


def find_entries(data: bytes, is_meant: Callable[[str, Node, Scalar], bool]) -> list[KeyPath]:
    """Return the places of the entries of lists for which `is_meant` is true, as `drop_entries`."""
    entries = _entries(_fields(data))
    return [place for place, key, entry, shown in entries if is_meant(key, entry, shown)]


def count_items(data: bytes, place: KeyPath) -> int:
    """Return how many items the list has that the item at a place is in."""
    found = _at(_fields(data), place[:-1])
    return len(found.items) if isinstance(found, Sequence) else 0


def _at(root: Node, place: KeyPath) -> Node | None:
    return next((node for where, node in walk(root) if where == place), None)


def fill_header(
    data: bytes, source: str, teaser: str, style: PageStyle, *, anew: bool = False
) -> bytes:
    """Set the teaser if a page has none, and the overlay if its header has no picture at all.

    With `anew` both are set.
    """
    fields = _fields(data)
    header = fields.get("header")
    known = header.entries if style.is_theme and isinstance(header, Mapping) else {}
    has_picture = any(key in _HEADER_PICTURES and _is_set(node) for key, node in known.items())
    has_picture = has_picture or _is_at(fields, style.overlay)
    if source and style.overlay and (anew or not has_picture):
        data = set_value(data, style.overlay, style.spell(source), after="title")
    if teaser and style.teaser and (anew or not _is_at(fields, style.teaser)):
        data = set_value(data, style.teaser, style.spell(teaser), after="overlay_image")
    return data


def variant_of(source: str, suffix: str) -> str:
    """Return the path of the variant of a source that browsers show.

    Where they do not show the source's own format, that is a JPEG.
    """
    pure = PurePosixPath(source)
    ending = pure.suffix if is_shown(source) else ending_of("JPEG")
    return str(pure.with_name(f"{pure.stem}{suffix}{ending}"))


def is_shown(source: str) -> bool:
    """Return whether browsers show a file of this name as a picture: no film is one."""
    kind = format_of(source)
    return kind.shown if kind is not None else film_of(source) is None


def _fields(data: bytes) -> Mapping:
    page = read_page(data)
    return page.front_matter if page is not None else Mapping({}, 0)


def _value(key: str, entry: Entry, spell: Callable[[str], str]) -> str:
    if key in _SHOWN:
        return spell(entry.shown)
    if key in _SOURCES:
        return spell(entry.source)
    return entry.alt if key in _ALT else entry.title or entry.alt


def _entry_style(data: bytes, style: PageStyle) -> tuple[tuple[str, ...], Callable[[str], str]]:
    """Return the keys of a gallery's entries, and how they spell paths; no keys: bare texts."""
    gallery = node_at(_fields(data), style.gallery)
    items = gallery.items[::-1] if isinstance(gallery, Sequence) else ()
    last = next((each for each in items if isinstance(each, Mapping)), None)
    if not style.is_theme:
        if items and isinstance(items[0], Scalar):
            return (), style.spell
        known = (*_SHOWN, *_SOURCES, *_ALT, *_TITLE)
        keys = tuple(key for key in last.entries if key in known) if last is not None else ()
        return (keys if {*_SHOWN, *_SOURCES} & set(keys) else style.item), style.spell
    if last is None:
        return style.item, style.spell
    keys = tuple(key for key in last.entries if key in style.item)
    text = last.text("image_path") or "/"
    prefix = text[: text.find("}}") + 2] if "}}" in text else ""
    return (keys if "image_path" in keys else style.item), lambda path: prefix + style.spell(path)


def _entries(root: Node) -> Iterator[tuple[KeyPath, str, Node, Scalar]]:
    """Yield the entries of lists that may show a picture, in the order of the text."""
    for place, item in walk(root):
        shown = item if isinstance(item, Scalar) else None
        if isinstance(item, Mapping):
            values = (item.get(name) for name in (*_SHOWN, *_SOURCES))
            shown = next((each for each in values if isinstance(each, Scalar)), None)
        if isinstance(place[-1], int) and shown is not None:
            key = next((each for each in reversed(place) if isinstance(each, str)), "")
            yield place, key, item, shown


def _is_at(fields: Mapping, place: KeyPath | None) -> bool:
    return place is not None and _is_set(node_at(fields, place))


def _is_set(node: Node | None) -> bool:
    return node is not None and not (isinstance(node, Scalar) and (node.is_null or not node.text))


def parsed_video(address: str) -> VideoRef:
    """Read an address that somebody typed; raises UsageError if it names no video."""
    try:
        video = parse_video(address, None, 0)
    except ManifestError as error:
        raise UsageError(error.message, error.hint) from error
    if is_misspelt(video):
        raise UsageError(misspelling(video), COPY_ID)
    return video


def with_video(
    data: bytes, video: VideoRef, keys: tuple[str, ...] = (), *, replace: bool = False
) -> bytes:
    """Return a page with a video added, at the first of `keys` where there are any.

    Raises:
        ManifestError: the page has no place for it.
    """
    if keys:
        return _at_key(data, video, tuple(keys[0].split(".")), replace=replace)
    tree = _fields(data)
    block = {"provider": video.provider, "id": _with_query(video)}
    first = tree.get("video")
    if first is not None and replace:
        if not isinstance(first, Mapping):
            return set_value(data, ("video",), block)
        data = set_value(data, ("video", "provider"), block["provider"])
        return set_value(data, ("video", "id"), block["id"])
    if first is not None or isinstance(tree.get("videos"), Sequence):
        return append_item(data, ("videos",), block, after="video")
    return set_value(data, ("video",), block, after="gallery")


def _with_query(video: VideoRef) -> str:
    """Return the id as a theme puts it into the address of a player, with hash and start.

    Themes may put a query of their own behind the id of an unlisted video: Minimal Mistakes adds
    `?dnt=true`. The `&` at the end keeps that apart from the hash.
    """
    start = "" if video.start is None else f"start={video.start}"
    query = f"h={video.hash}&{start}" if video.hash else start
    return f"{video.id}?{query}" if query else video.id


def _at_key(data: bytes, video: VideoRef, key: tuple[str, ...], *, replace: bool) -> bytes:
    """Write a video to a configured key: an id where the key says the provider, else an address."""
    old = node_at(_fields(data), key)
    is_implied = provider_in_key(key[-1]) == video.provider
    value = (
        _with_query(change(video, start=None))
        if is_implied
        else share_address(video.provider, video.full_id, video.start)
    )
    if isinstance(old, Sequence) and not replace:
        return append_item(data, key, value)
    if old is not None and not replace:
        name = ".".join(key)
        raise ManifestError(
            "cannot-edit", f"`{name}` has a video already", old.line,
            "give --replace, or make a list of it",
        )  # fmt: skip
    return set_value(data, key, value)
