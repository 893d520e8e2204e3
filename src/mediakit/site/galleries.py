"""Pictures of the front matter: entries of galleries, and values of other picture keys.

A key is written with dots where it lies deeper: `cover.image`. A list on the way stands for each of
its items, a number for one of them: `photos.0.src`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.formats import format_of
from mediakit.base.model import ImageRef, Role
from mediakit.site.paths import names_picture
from mediakit.site.trees.yaml import Mapping, Node, Scalar, Sequence, nodes_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from mediakit.site.paths import Location
    from mediakit.site.reader import PageParser

_NAMES = ("gallery", "feature_row")
_NOT_GALLERIES = frozenset({"header", "video", "videos"})
_SHOWN = (
    "image_path", "thumbnail", "thumb", "src", "image", "path", "file", "filename", "url", "href"
)  # fmt: skip
_LINKED = ("url", "full", "href", "link", "src", "image")
_ALT = ("alt", "description")
_TITLE = ("title", "caption")
_COVERS = ("cover", "feature", "header", "banner", "hero")
_TEASERS = ("thumb", "preview", "teaser")


RESOURCES = "resources"
"""Hugo's list of the files of a page; the `name` of an entry says its purpose."""


@dataclass(frozen=True, slots=True)
class PictureKey:
    """A key with pictures of a role; `given` by the configuration.

    A key that is not given is common on many sites: values that are no pictures are skipped.
    """

    path: tuple[str, ...]
    role: Role
    given: bool = False

    @property
    def name(self) -> str:
        """The key as people write it."""
        return ".".join(self.path)


def picture_keys(role: Role, *names: str, given: bool = False) -> tuple[PictureKey, ...]:
    """Return keys of a role, each written with dots."""
    return tuple(PictureKey(tuple(name.split(".")), role, given) for name in names)


COMMON_KEYS = (
    *picture_keys(
        Role.OVERLAY, "cover", "image", "featured_image", "featuredImage", "hero", "banner",
        "header.overlay_image",
    ),
    *picture_keys(Role.HEADER, "header.image"),
    *picture_keys(Role.TEASER, "thumbnail", "teaser", "featuredImagePreview", "header.teaser"),
    *picture_keys(Role.OG_IMAGE, "images", "og_image", "ogImage", "header.og_image"),
    *picture_keys(Role.GALLERY, "gallery", "photos"),
)  # fmt: skip
"""Keys of common themes; `images` is what Hugo's own templates take for social cards."""


def merged_keys(
    common: Iterable[PictureKey], given: Iterable[PictureKey]
) -> tuple[PictureKey, ...]:
    """Return the given keys, and the common ones that do not overlap with them.

    `cover.image` overlaps with `cover`.
    """
    mine = tuple(given)
    return (*mine, *(key for key in common if not any(_overlap(key, each) for each in mine)))


def _overlap(one: PictureKey, other: PictureKey) -> bool:
    length = min(len(one.path), len(other.path))
    return one.path[:length] == other.path[:length]


def is_picture(node: Node) -> bool:
    """Return whether a value looks like the address of a picture."""
    return isinstance(node, Scalar) and names_picture(node.text)


def gallery_nodes(
    fields: Mapping, read: AbstractSet[int] = frozenset(), *, by_name: bool = True
) -> Iterator[tuple[str, Node]]:
    """Yield (key, node) of each gallery: by its name, or by entries that have an `image_path`.

    `read` are the identities of nodes to leave out. Without `by_name`, only entries count.
    """
    seen = set(read)  # aliased nodes are shared: each is looked at once
    queue = deque((key, node, True) for key, node in fields.entries.items())
    while queue:
        key, node, is_top = queue.popleft()
        if is_top and by_name and id(node) not in read and key.startswith(_NAMES):
            yield key, node
            continue
        if id(node) in seen or key in _NOT_GALLERIES:
            continue
        seen.add(id(node))
        if isinstance(node, Sequence):
            pictured = [item for item in node.items if _has_image_path(item)]
            if pictured:
                yield key, Sequence(tuple(pictured), node.line)
            queue.extend((key, item, False) for item in node.items if not _has_image_path(item))
        elif isinstance(node, Mapping):
            queue.extend((inner, value, False) for inner, value in node.entries.items())


class EntryReader:
    """Reads the entries of one file's galleries into image references."""

    def __init__(self, file: PageParser) -> None:
        self._file = file

    def read(self, key: str, node: Node) -> Iterator[ImageRef]:
        """Yield the references of a gallery: a list of entries, or a single one."""
        role = Role.FEATURE_ROW if key.startswith("feature_row") else Role.GALLERY
        if isinstance(node, Scalar) and node.is_null:
            return
        for entry in node.items if isinstance(node, Sequence) else (node,):
            if isinstance(entry, Mapping):
                yield from self.read_as(role, key, entry)
            elif isinstance(entry, Scalar) and not entry.is_null:
                yield from self._bare(role, key, entry)
            else:
                self._file.warn("empty-entry", f"an empty entry in `{key}`", entry.line)

    def warn_of_shape(self, key: str, line: int) -> None:
        """Record that a mapping names no picture in a known way."""
        self._file.warn(
            "bad-shape", f"`{key}` is a mapping without a picture", line,
            "name it by `src`, `url`, `path` or `image`, or map the deeper key",
        )  # fmt: skip

    def _bare(self, role: Role, key: str, entry: Scalar) -> Iterator[ImageRef]:
        self._file.warn(
            "no-image-path",
            f"an entry of `{key}` is a bare text, and the theme shows nothing for it",
            entry.line,
            "write it as `- image_path: …`",
        )
        if format_of(entry.text.strip()) is not None:
            place = self._file.locate(entry.text, entry.line)
            yield from self._file.reference(role, key, entry.line, place)

    def read_as(self, role: Role, key: str, entry: Mapping) -> Iterator[ImageRef]:
        """Yield the references of one entry in a given role."""
        labels = {"alt": entry.text("alt"), "title": entry.text("title")}
        shown, shown_line = self._place(entry, "image_path", self._file.locate)
        linked, linked_line = self._place(entry, "url", self._file.leads_to)
        if entry.get("image_path") is None:
            self._file.warn(
                "no-image-path", f"an entry of `{key}` has no `image_path`", entry.line,
                "the theme shows image_path; url is only where a click leads",
            )  # fmt: skip
            yield from self._file.reference(role, key, linked_line, linked, **labels)
            return
        references = self._file.reference(role, key, shown_line, shown, **labels)
        full = linked.path if linked is not None else None
        if full is None or linked is None or linked.url is not None:
            yield from references
            # on what may be another host: for itself
            yield from self._file.reference(role, key, linked_line, linked, **labels)
            return
        for each in references:
            yield replace(self._with_source(each, full), link=full)
        if not any(each.source == full or _same_picture(each, full) for each in references):
            yield from self._file.reference(role, key, linked_line, linked, **labels)

    def _place(
        self, entry: Mapping, key: str, resolve: Callable[[str, int], Location | None]
    ) -> tuple[Location | None, int]:
        node = entry.get(key)
        if isinstance(node, Scalar):
            return resolve(node.text, node.line), node.line
        if node is not None:
            self._file.warn("bad-shape", f"`{key}` is not a path", node.line)
        return None, entry.line

    def _with_source(self, shown: ImageRef, full: str) -> ImageRef:
        """Return the entry with the linked picture as its source if both are the same."""
        if shown.preset is None or shown.source == full:
            return shown
        if not _same_picture(shown, full):
            self._file.warn(
                "gallery-mismatch",
                f"image_path shows {shown.source}, but url leads to {full}",
                shown.line,
                "name the same picture in both",
            )
            return shown
        return replace(shown, source=full)


def _has_image_path(node: Node) -> bool:
    return isinstance(node, Mapping) and node.get("image_path") is not None


def _same_picture(shown: ImageRef, full: str) -> bool:
    """Return whether source and linked picture differ only in their ending."""
    source = shown.source
    return source is not None and PurePosixPath(source).with_suffix("") == PurePosixPath(
        full
    ).with_suffix("")


class KeyReader:
    """Reads the values of the picture keys of one file."""

    def __init__(self, entries: EntryReader) -> None:
        self._entries = entries
        self.read_nodes: set[int] = set()
        """Identities of the lists and mappings that were read here."""

    def read(self, fields: Mapping, keys: Iterable[PictureKey]) -> Iterator[ImageRef]:
        """Yield the pictures at the keys."""
        for key in keys:
            for node, parent in nodes_at(fields, key.path):
                around = parent if parent is not fields else Mapping({}, 0)
                yield from self._value(key, node, around)

    def _value(self, key: PictureKey, node: Node, around: Mapping) -> Iterator[ImageRef]:
        if isinstance(node, Sequence):
            self.read_nodes.add(id(node))
            for item in node.items:
                if not isinstance(item, Sequence):
                    yield from self._value(key, item, Mapping({}, 0))
        elif isinstance(node, Mapping):
            yield from self._entry(key, node)
        elif not node.is_null and node.text.strip() and (key.given or is_picture(node)):
            entry = _as_entry(node, None, around)
            yield from self._entries.read_as(key.role, key.name, entry)

    def _entry(self, key: PictureKey, node: Mapping) -> Iterator[ImageRef]:
        named = [(name, value) for name in _SHOWN if (value := node.get(name)) is not None]
        likely = [each for each in named if isinstance(each[1], Mapping) or is_picture(each[1])]
        shown_name, shown = next(iter(likely or (named if key.given else ())), ("", None))
        if isinstance(shown, Mapping):
            yield from self._entry(key, shown)
            return
        if not isinstance(shown, Scalar):
            if key.given:
                self._entries.warn_of_shape(key.name, node.line)
            return
        self.read_nodes.add(id(node))
        linked = (
            found
            for name in _LINKED
            if name != shown_name and isinstance(found := node.get(name), Scalar)
        )
        full = next((each for each in linked if is_picture(each)), None)
        role = _role_of(node, key.role) if key.name == RESOURCES else key.role
        yield from self._entries.read_as(role, key.name, _as_entry(shown, full, node))


def _as_entry(shown: Scalar, full: Scalar | None, labels: Mapping) -> Mapping:
    """Return a picture in the form of an entry of Minimal Mistakes."""
    entries: dict[str, Node] = {"image_path": shown}
    if full is not None:
        entries["url"] = full
    for name, spellings in (("alt", _ALT), ("title", _TITLE)):
        label = next((labels.entries[each] for each in spellings if each in labels.entries), None)
        if isinstance(label, Scalar):
            entries[name] = label
    return Mapping(entries, shown.line)


def _role_of(resource: Mapping, role: Role) -> Role:
    name = (resource.text("name") or "").casefold()
    if any(part in name for part in _TEASERS):
        return Role.TEASER
    return Role.OVERLAY if any(part in name for part in _COVERS) else role
