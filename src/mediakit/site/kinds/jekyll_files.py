"""Which files Jekyll reads, and as what: its rules of names, folders, `include` and `exclude`.

Paths are those below Jekyll's source. A name that begins with `_`, `.`, `#` or `~` is passed over
unless `include` names it. What is in a collection or in `_posts` is judged by its path from there.
"""

from __future__ import annotations

import re
from fnmatch import translate
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from mediakit.site.kinds.settings import deep_merge
from mediakit.site.paths import below
from mediakit.site.trees.walk import rebuilt
from mediakit.site.trees.yaml import Mapping, Node, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_SPECIAL = (".", "_", "#", "~")
_POSTS = frozenset({"_posts", "_drafts"})
_RESERVED = frozenset({"_site", "_data", "_includes", "_layouts", "_sass", "_plugins"})
_NO_COLLECTIONS = frozenset({"posts", "data"})
"""Names in `collections` whose folders are read in another way."""

_DATED = re.compile(r"[0-9]{2,4}-[0-9]{1,2}-[0-9]{1,2}-.*\.[^.]+\Z", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class _Place(NamedTuple):
    """What the files of a folder may be: their type, and where their paths are judged from."""

    type: str
    base: str
    start: int
    """Where in a path the part begins that is judged."""


class JekyllFiles(msgspec.Struct, frozen=True, dict=True):
    """The rules with the settings of one site; `collections` None: every `_folder` is one."""

    collections: frozenset[str] | None
    collections_dir: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]

    @cached_property
    def _included(self) -> re.Pattern[str]:
        return _any_of(self.include)

    @cached_property
    def _excluded(self) -> re.Pattern[str]:
        return _any_of(each for each in self.exclude if each not in self.include)

    @cached_property
    def _named(self) -> frozenset[str]:
        """The files that `include` names by their whole path, which is never too deep."""
        return frozenset(map(_plain, self.include))

    @cached_property
    def _places(self) -> dict[str, tuple[_Place, ...]]:
        """What the files of folders may be, filled on demand."""
        return {}

    @cached_property
    def _read(self) -> dict[str, bool]:
        """Whether Jekyll looks for pages in folders, filled on demand."""
        return {"": True}

    def type_of(self, path: str) -> str | None:
        """Return the type of a content file: posts, drafts, pages, a collection's name, or None."""
        folder, _, name = path.rpartition("/")
        if folder not in self._places:
            self._places[folder] = tuple(self._places_of(folder))
        for place in self._places[folder]:
            is_dated = place.type != "posts" or _DATED.match(name) is not None
            if is_dated and self._passes(path[place.start :], place.base):
                return place.type
        return "pages" if path in self._named and not _is_hidden(folder) else None

    def hidden_name(self, path: str) -> str:
        """Return the first name on a path that keeps the file off the site by its letters."""
        label = self._collection_above(path.rpartition("/")[0])
        entry = path[len(self._above) + len(label) + 1 :] if label else path
        parts = entry.split("/")
        judged = (parts[0], parts[-1]) if label else parts
        if label and self._matches(self._included, entry, is_folder=False):
            return ""
        return next((name for name in judged if self._is_hidden_name(name)), "")

    def _is_hidden_name(self, name: str) -> bool:
        if self._matches(self._included, name, is_folder=True):
            return False
        return name.startswith(_SPECIAL) or name.endswith("~")

    def is_excluded(self, folder: str) -> bool:
        """Return whether no content can be in a folder, since `exclude` names it."""
        judged, label = folder, self._collection_above(folder)
        if label:
            judged = folder[len(self._above) :]
        elif f"{self.collections_dir}/".startswith(f"{folder}/"):
            return False
        return (
            self._matches(self._excluded, judged, is_folder=True)
            and not self._matches(self._included, judged, is_folder=True)
            and not self._matches(self._included, folder.rpartition("/")[2], is_folder=True)
            and not any(each.startswith(f"{folder}/") for each in self._named)
        )

    @cached_property
    def _above(self) -> str:
        return f"{self.collections_dir}/" if self.collections_dir else ""

    def _collection_above(self, folder: str) -> str:
        """Return the folder name of the collection that a folder is in, else nothing."""
        if not folder.startswith(self._above):
            return ""
        label = folder[len(self._above) :].partition("/")[0]
        return label if self._is_collection(label) else ""

    def _places_of(self, folder: str) -> Iterator[_Place]:
        """Yield what the files of a folder may be, the first that applies first."""
        if _is_hidden(folder):
            return  # hidden folders are others' own
        parts = folder.split("/") if folder else []
        label = self._collection_above(folder)
        if label:
            yield _Place(label[1:], label, len(self._above) + len(label) + 1)
        at = next((at for at, part in enumerate(parts) if part in _POSTS), None)
        if at is not None:
            home = "/".join(parts[:at])
            if home.startswith(self.collections_dir) and self._reads(home):
                base = "/".join(parts[: at + 1])
                yield _Place(parts[at][1:], base, len(base) + 1)
        if self._reads(folder):
            yield _Place("pages", folder, len(folder) + 1 if folder else 0)

    def _is_collection(self, label: str) -> bool:
        if label[:1] != "_" or label in _POSTS or label[1:] in _NO_COLLECTIONS:
            return False
        if self.collections is None:
            return label not in _RESERVED
        return label[1:] in self.collections

    def _reads(self, folder: str) -> bool:
        """Return whether Jekyll looks for pages in a folder."""
        known = self._read.get(folder)
        if known is None:
            above, _, name = folder.rpartition("/")
            known = self._reads(above) and self._passes(name, above, is_folder=True)
            self._read[folder] = known
        return known

    def _passes(self, entry: str, base: str, *, is_folder: bool = False) -> bool:
        """Return whether an entry of the folder `base` passes Jekyll's filter."""
        name = entry.rpartition("/")[2]
        if entry.endswith("."):
            return False
        if self._matches(self._included, entry, is_folder=is_folder) or self._included.match(name):
            return True
        path = f"{base}/{entry}" if base else entry
        if self._matches(self._excluded, path, is_folder=is_folder):
            return False
        return not (entry.startswith(_SPECIAL) or name.startswith(_SPECIAL) or entry.endswith("~"))

    @staticmethod
    def _matches(patterns: re.Pattern[str], path: str, *, is_folder: bool) -> bool:
        if patterns.match(path) is not None:
            return True
        return is_folder and patterns.match(f"{path}/") is not None


def _is_hidden(folder: str) -> bool:
    return folder.startswith(".") or "/." in folder


def _plain(pattern: str) -> str:
    """Return a pattern as it counts from the source."""
    return pattern.lstrip("/")


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for the paths that begin as one of these, or match one as a glob."""
    choices = []
    for each in filter(None, map(_plain, patterns)):
        choices.append(re.escape(each))
        if set(each) & set("*?["):
            glob = _ESCAPED.sub(lambda sign: f"[{sign[1]}]" if sign[1] in "*?[" else sign[1], each)
            choices.append(translate(glob.replace("[^", "[!")))
    return re.compile("|".join(choices) if choices else r"(?!)")


_OLD_TYPES = {"page": "pages", "post": "posts", "draft": "drafts"}


class Defaults(msgspec.Struct, frozen=True):
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
    kept = {key: each for key, each in node.entries.items() if key not in without}
    return rebuilt(Mapping(kept, 0), line=lambda _: 0)


def _more_specific(new: Defaults, old: Defaults) -> bool:
    if len(new.path) != len(old.path):
        return len(new.path) > len(old.path)
    return bool(new.type) or not old.type
