"""The parts of films that a page asks for: `start`, `end` and `loop` of an entry, or of `clip`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.cut import Cut, Loop, milliseconds_of
from mediakit.site.trees.yaml import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from mediakit.base.model import ImageRef

    _Warn: TypeAlias = Callable[[str, str, int, str], None]

CLIP_KEY = "clip"
"""The key of a page whose `start`, `end` and `loop` are for each film that has none of its own."""


def read_cut(entry: Mapping, warn: _Warn) -> str:
    """Return the cut that a mapping asks for, as `Cut.text`; `warn` of what is no time."""
    times = {}
    for key in ("start", "end"):
        node = entry.get(key)
        if node is None or (isinstance(node, Scalar) and node.is_null):
            continue
        found = milliseconds_of(node.text) if isinstance(node, Scalar) else None
        if found is None:
            warn("bad-shape", f"`{key}` is no time", node.line, "write seconds, such as 1.5")
        else:
            times[key] = found
    loop = (entry.text("loop") or "").strip().lower()
    cut = Cut(times.get("start", 0), times.get("end", 0), loop if loop in list(Loop) else "")
    return cut.text


def with_cuts(images: list[ImageRef], fields: Mapping, warn: _Warn) -> list[ImageRef]:
    """Return the pictures of a page, its films with the cut that the page asks for all of them."""
    node = fields.get(CLIP_KEY)
    cut = read_cut(node, warn) if isinstance(node, Mapping) else ""
    if not cut:
        return images
    return [each if each.clip else replace(each, clip=cut) for each in images]
