"""The front matter that the settings of a Jekyll site add to its files (`defaults`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.site.kinds.settings import deep_merge
from mediakit.site.paths import below
from mediakit.site.trees.yaml import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable

_OLD_TYPES = {"page": "pages", "post": "posts", "draft": "drafts"}


@dataclass(frozen=True, slots=True)
class Defaults:
    """Front matter that `_config.yml` adds to the files of a scope."""

    path: str
    type: str
    values: Mapping

    def applies(self, path: str, kind: str) -> bool:
        """Return whether a file of this path and type is in the scope."""
        if self.type and self.type != kind:
            return False
        if "*" not in self.path:
            return path.startswith(self.path)
        parts = PurePosixPath("/" + path)
        return any(part.match("/" + self.path) for part in (parts, *parts.parents))


def read_defaults(node: Node | None, collections_dir: str) -> tuple[Defaults, ...]:
    """Read the value of `defaults`; paths count from the folder of the collections."""
    found = []
    for item in node.items if isinstance(node, Sequence) else ():
        if not isinstance(item, Mapping):
            continue
        scope, values = item.get("scope") or Mapping({}, 0), item.get("values")
        if isinstance(scope, Mapping) and isinstance(values, Mapping):
            path = below((scope.text("path") or "").removeprefix("/"), (collections_dir,))
            kind = scope.text("type") or ""
            found.append(Defaults(path, _OLD_TYPES.get(kind, kind), unplaced(values)))
    return tuple(found)


def defaults_of(defaults: Iterable[Defaults], path: str, kind: str) -> Mapping:
    """Return what all scopes of a file add, the most specific over the others."""
    merged = Mapping({}, 0)
    best: Defaults | None = None
    for each in defaults:
        if not each.applies(path, "posts" if kind == "drafts" else kind):
            continue
        if best is None or _more_specific(each, best):
            merged, best = deep_merge(merged, each.values), each
        else:
            merged = deep_merge(each.values, merged)
    if kind == "pages":  # Jekyll asks only the front matter of a page whether it is published
        merged.entries.pop("published", None)
    return merged


def unplaced(node: Mapping, without: frozenset[str] = frozenset()) -> Mapping:
    """Remove the lines, which are those of `_config.yml`, and some keys."""

    def bare(value: Node) -> Node:
        if isinstance(value, Scalar):
            return Scalar(value.text, 0, value.plain)
        if isinstance(value, Sequence):
            return Sequence(tuple(bare(item) for item in value.items), 0)
        return unplaced(value)

    entries = node.entries.items()
    return Mapping({key: bare(value) for key, value in entries if key not in without}, 0)


def _more_specific(new: Defaults, old: Defaults) -> bool:
    if len(new.path) != len(old.path):
        return len(new.path) > len(old.path)
    return bool(new.type) or not old.type
