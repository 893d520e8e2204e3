"""Galleries of the front matter, with entries in the form of Minimal Mistakes; steps in motion."""

from __future__ import annotations

from collections import deque
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.formats import format_of
from mediakit.base.model import ImageRef, Movement, Role
from mediakit.site.paths import names_picture
from mediakit.site.trees.yaml import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet

    from mediakit.base.model import ImageRef
    from mediakit.site.paths import Location
    from mediakit.site.picture_keys import Guesses
    from mediakit.site.reader import PageParser

_HEADER_ROLES = {
    "overlay_image": Role.OVERLAY,
    "image": Role.HEADER,
    "teaser": Role.TEASER,
    "og_image": Role.OG_IMAGE,
}
_NAMES = ("gallery", "feature_row")
DECORATION = ("role", ("presentation", "none"))
"""What says, beside an empty alt text, that a picture is mere decoration: as in HTML."""

_MOVEMENT = "movement"
CUT_KEYS = frozenset({"start", "end", "loop", "sound"})
_NOT_GALLERIES = frozenset({"header", "video", "videos"})


def is_picture(node: Node) -> bool:
    """Return whether a value looks like the address of a picture."""
    return isinstance(node, Scalar) and names_picture(node.text)


def read_header(
    page: PageParser, header: Node | None, given: AbstractSet[tuple[str, ...]]
) -> Iterator[ImageRef]:
    """Yield the pictures of `header`, save those at keys that the configuration has as `given`."""
    if header is None or (isinstance(header, Scalar) and (header.is_switch or is_picture(header))):
        return  # what another theme has there
    if not isinstance(header, Mapping):
        page.warn("bad-shape", "`header` is not a mapping", header.line)
        return
    for key, role in _HEADER_ROLES.items():
        node = None if ("header", key) in given else header.get(key)
        if isinstance(node, Scalar) and node.is_switch:
            continue
        if isinstance(node, Scalar):
            place = page.locate(node.text, node.line)
            yield from page.reference(role, f"header.{key}", node.line, place)
        elif node is not None:
            page.warn("bad-shape", f"`header.{key}` is not a path", node.line)


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
            pictured = [item for item in node.items if has_image_path(item)]
            if pictured:
                yield key, Sequence(tuple(pictured), node.line)
            queue.extend((key, item, False) for item in node.items if not has_image_path(item))
        elif isinstance(node, Mapping):
            queue.extend((inner, value, False) for inner, value in node.entries.items())


class EntryReader:
    """Reads the entries of one file's galleries into image references."""

    def __init__(self, file: PageParser | Guesses) -> None:
        self._file = file

    def read(self, key: str, node: Node) -> Iterator[ImageRef]:
        """Yield the references of a gallery: a list of entries, or a single one."""
        role = Role.FEATURE_ROW if key.startswith("feature_row") else Role.GALLERY
        if isinstance(node, Scalar) and node.is_switch:
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
        is_decoration = not entry.text("alt") and entry.text(DECORATION[0]) in DECORATION[1]
        cut = ""
        if not CUT_KEYS.isdisjoint(entry.entries):
            from mediakit.site.cuts import entry_cut  # noqa: PLC0415 - few pages have films

            cut = entry_cut(entry, self._file.warn_of_cut)
        for each in self._references(role, key, entry):
            is_plain = not is_decoration and not cut
            yield each if is_plain else replace(each, is_decoration=is_decoration, clip=cut)

    def _references(self, role: Role, key: str, entry: Mapping) -> Iterator[ImageRef]:
        labels = {"alt": entry.text("alt"), "title": entry.text("title")}
        shown, shown_line = self._place(entry, "image_path", self._file.locate)
        linked, linked_line = self._place(entry, "url", self._file.leads_to)
        if entry.get("image_path") is None:
            if role is Role.FEATURE_ROW and linked is None:
                return  # a cell of text
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


def has_image_path(node: Node) -> bool:
    """Return whether a node is an entry in the form of Minimal Mistakes."""
    return isinstance(node, Mapping) and node.get("image_path") is not None


def _same_picture(shown: ImageRef, full: str) -> bool:
    """Return whether source and linked picture differ only in their ending."""
    source = shown.source
    return source is not None and PurePosixPath(source).with_suffix("") == PurePosixPath(
        full
    ).with_suffix("")


def movement_of(fields: Mapping) -> Movement:
    """Return what the key `movement` says: whether a page wants a loop, and of which steps.

    `true` is the whole gallery and `false` none; a text names another gallery, or a picture; a list
    has pictures, by their files or their numbers in the gallery.
    """
    node = fields.get(_MOVEMENT)
    if isinstance(node, Sequence):
        parts = (each.text.strip() for each in node.items if isinstance(each, Scalar))
        return Movement(node.line, parts=tuple(filter(None, parts)))
    if not isinstance(node, Scalar):
        return Movement() if node is None else Movement(node.line, is_odd=True)
    if not node.text.strip():
        return Movement()
    if node.is_switch:
        return Movement(node.line, is_refused=node.is_false)
    return Movement(node.line, parts=(node.text.strip(),))


def page_cut(fields: Mapping, tell: Callable[[str, int, str], None]) -> str:
    """Return the cut that a page asks for of each film that has none of its own."""
    node = fields.get("clip")
    if node is None:
        return ""
    from mediakit.site.cuts import whole_cut  # noqa: PLC0415 - few pages have films

    return whole_cut(node, tell)
