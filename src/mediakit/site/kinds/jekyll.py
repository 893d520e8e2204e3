"""Jekyll 4: content files, defaults and the site's address by `_config.yml`.

Collections are folders `_NAME`, pages are all other files with front matter, and `defaults`
adds front matter by path and type, the most specific scope last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import translate
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, ClassVar

from mediakit.base.errors import ConfigError, ManifestError
from mediakit.site import liquid
from mediakit.site.front_matter import FrontMatterFormat, decode
from mediakit.site.kinds.kind import Folders, KindWords, SiteKind
from mediakit.site.markup import Markup
from mediakit.site.paths import SiteAddress, has_extension
from mediakit.site.trees.yaml import Mapping, Node, Scalar, Sequence, parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.site.galleries import PictureKey

CONFIG_NAME = "_config.yml"
_MARKDOWN_EXTENSIONS = "markdown,mkdown,mkdn,mkd,md"
_EXCLUDED = (
    ".sass-cache", ".jekyll-cache", "gemfiles", "Gemfile", "Gemfile.lock", "node_modules",
    "vendor/bundle/", "vendor/cache/", "vendor/gems/", "vendor/ruby/",
)  # fmt: skip
_RESERVED = frozenset({"_site", "_data", "_includes", "_layouts", "_sass", "_plugins"})


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


@dataclass(frozen=True)
class JekyllConfig(SiteKind):
    """A site's settings, with Jekyll's defaults; `collections` None: every `_folder` is one."""

    name: ClassVar[str] = "jekyll"
    markdown: ClassVar[Markup] = Markup.KRAMDOWN
    label: ClassVar[str] = "a Jekyll site"
    words: ClassVar[KindWords] = KindWords(
        "files with front matter, see [below](#what-_configyml-gives)",
        "the site root",
        "the site root; in texts the page's address",
    )
    config_names: ClassVar[tuple[str, ...]] = (CONFIG_NAME,)
    formats: ClassVar[frozenset[FrontMatterFormat]] = frozenset({FrontMatterFormat.YAML})
    needs_front_matter: ClassVar[bool] = True
    has_theme: ClassVar[bool] = True
    picture_keys: ClassVar[tuple[PictureKey, ...]] = ()
    data_folder: ClassVar[str] = "_data"
    pictures_folder: ClassVar[str] = "assets/images"
    pages_folder: ClassVar[str] = "_exercises"
    collections: frozenset[str] | None = None
    collections_dir: str = ""
    output_folder: str = "_site"
    markdown_extensions: frozenset[str] = frozenset(
        "." + extension for extension in _MARKDOWN_EXTENSIONS.split(",")
    )
    exclude: tuple[str, ...] = _EXCLUDED
    include: tuple[str, ...] = (".htaccess",)
    defaults: tuple[Defaults, ...] = field(default=())

    @classmethod
    def read(cls, data: bytes, name: str) -> JekyllConfig:  # noqa: ARG003 - there is one name
        """Read `_config.yml`."""
        return read_config(data)

    @cached_property
    def _content_extensions(self) -> frozenset[str]:
        return self.markdown_extensions | {".html", ".htm"}

    @cached_property
    def _folder_types(self) -> dict[str, str | None]:
        """Types of content files by folder, filled on demand."""
        return {}

    @cached_property
    def _excluded(self) -> re.Pattern[str]:
        return _any_of((self.output_folder, *self.exclude), exact=1)

    @cached_property
    def _included(self) -> re.Pattern[str]:
        return _any_of(self.include)

    def is_excluded(self, path: str) -> bool:
        """Return whether Jekyll would not look at this file or folder."""
        return self._excluded.match(path) is not None and self._included.match(path) is None

    def hidden_name(self, path: str) -> str:
        """Return the first special name on a path; files of collections are on the site."""
        parts = path.split("/")
        for end, name in enumerate(parts, 1):
            if self._included.match("/".join(parts[:end])) or self._included.match(name):
                continue
            is_collection = end == 1 and len(parts) > 1 and self._collection(name) is not None
            if not is_collection and (name.startswith(("_", ".", "#", "~")) or name.endswith("~")):
                return name
        return ""

    def content_type(self, path: str) -> str | None:
        """Return the type of a path (a collection's name, posts, drafts, pages), or None."""
        if not has_extension(path, self._content_extensions) or self.is_excluded(path):
            return None
        folder = path.rpartition("/")[0]
        if folder not in self._folder_types:
            self._folder_types[folder] = self._folder_type(folder)
        return self._folder_types[folder]

    def _folder_type(self, folder: str) -> str | None:
        folders = folder.split("/") if folder else []
        if any(self.is_excluded("/".join(folders[:end])) for end in range(1, len(folders) + 1)):
            return None
        if self.collections_dir and folders[:1] == [self.collections_dir]:
            folders = folders[1:]
        special = [folder for folder in folders if folder.startswith(("_", ".", "#", "~"))]
        if special in (["_posts"], ["_drafts"]):
            return special[0][1:]
        if not special:
            return "pages"
        return self._collection(special[0]) if special == folders[:1] else None

    def _collection(self, folder: str) -> str | None:
        if folder[0] != "_" or folder in _RESERVED:
            return None
        known = self.collections
        return folder[1:] if known is None or folder[1:] in known else None

    def with_defaults(self, path: str, kind: str, front_matter: Mapping) -> Mapping:
        """Return the front matter with the defaults of all scopes of this file."""
        merged = Mapping({}, 0)
        best: Defaults | None = None
        for each in self.defaults:
            if not each.applies(path, kind):
                continue
            if best is None or _more_specific(each, best):
                merged, best = deep_merge(merged, each.values), each
            else:
                merged = deep_merge(each.values, merged)
        return deep_merge(merged, front_matter) if merged.entries else front_matter

    def is_published(self, kind: str, fields: Mapping) -> bool:
        """Return whether Jekyll shows the page: no drafts, no `published: false`."""
        published = fields.entries.get("published")
        return kind != "drafts" and not (isinstance(published, Scalar) and published.is_false)

    def folders(self, page: str, fields: Mapping, *, in_body: bool) -> Folders:
        """Return where addresses count from: front matter from the root, the body as a browser."""
        if not in_body:
            return Folders(self.roots)
        permalink = fields.text("permalink") or ""
        shown = permalink if permalink.startswith("/") and ":" not in permalink else page
        return Folders(self.roots, (shown.rpartition("/")[0],))

    def spelling(self, path: str, page: str) -> str:  # noqa: ARG002 - other kinds look at the page
        """Return how front matter names a file: from the root of the site."""
        return f"/{self.key(path)}"

    def tags(self, text: str) -> Iterator[liquid.Include]:
        """Yield the include tags."""
        return liquid.find_includes(text)


def read_config(data: bytes) -> JekyllConfig:
    """Read `_config.yml`; raises ConfigError with its line where it is not valid."""
    try:
        root = parse_yaml(decode(data)).root
    except ManifestError as error:
        where = f"{CONFIG_NAME}:{error.line}" if error.line else CONFIG_NAME
        raise ConfigError(f"{where}: {error.message}", error.hint) from error
    if isinstance(root, Scalar) and root.is_null:
        return JekyllConfig()
    if not isinstance(root, Mapping):
        raise ConfigError(f"{CONFIG_NAME}:{root.line}: not a mapping", "write `key: value` lines")
    extensions = (root.text("markdown_ext") or _MARKDOWN_EXTENSIONS).split(",")
    return JekyllConfig(
        address=SiteAddress(root.text("url") or "", root.text("baseurl") or ""),
        collections=_collections(root.get("collections")),
        collections_dir=(root.text("collections_dir") or "").strip("/"),
        output_folder=(root.text("destination") or "_site").removeprefix("./").strip("/"),
        markdown_extensions=frozenset("." + each.strip().lower() for each in extensions),
        exclude=_EXCLUDED + _texts(root.get("exclude")),
        include=(".htaccess", *_texts(root.get("include"))),
        defaults=_defaults(root.get("defaults")),
    )


def deep_merge(base: Mapping, over: Mapping) -> Mapping:
    """Merge two mappings, key by key and level by level; `over` wins."""
    entries: dict[str, Node] = dict(base.entries)
    for key, value in over.entries.items():
        below = entries.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        entries[key] = deep_merge(below, value) if both else value  # type: ignore[arg-type]
    return Mapping(entries, over.line)


def _collections(node: Node | None) -> frozenset[str]:
    names = node.entries if isinstance(node, Mapping) else _texts(node)
    return frozenset(names) | {"posts"}


def _defaults(node: Node | None) -> tuple[Defaults, ...]:
    found = []
    for item in node.items if isinstance(node, Sequence) else ():
        if not isinstance(item, Mapping):
            continue
        scope, values = item.get("scope"), item.get("values")
        if isinstance(scope, Mapping) and isinstance(values, Mapping):
            path = (scope.text("path") or "").removeprefix("./").strip("/")
            found.append(Defaults(path, scope.text("type") or "", _unplaced(values)))
    return tuple(found)


def _unplaced(node: Mapping) -> Mapping:
    """Remove the lines, which are those of `_config.yml`."""

    def bare(value: Node) -> Node:
        if isinstance(value, Scalar):
            return Scalar(value.text, 0, value.plain)
        if isinstance(value, Sequence):
            return Sequence(tuple(bare(item) for item in value.items), 0)
        return _unplaced(value)

    return Mapping({key: bare(value) for key, value in node.entries.items()}, 0)


def _more_specific(new: Defaults, old: Defaults) -> bool:
    if len(new.path) != len(old.path):
        return len(new.path) > len(old.path)
    return bool(new.type) or not old.type


def _texts(node: Node | None) -> tuple[str, ...]:
    if isinstance(node, Scalar):
        return (node.text,)
    items = node.items if isinstance(node, Sequence) else ()
    return tuple(item.text for item in items if isinstance(item, Scalar) and not item.is_null)


def _any_of(patterns: tuple[str, ...], exact: int = 0) -> re.Pattern[str]:
    """Return a pattern for the paths that these mean, the first `exact` of them literally."""
    choices = [rf"{re.escape(each)}\Z" for each in patterns[:exact]]
    for each in patterns[exact:]:
        pattern = each.removeprefix("./").strip("/")
        choices += [rf"(?s:{re.escape(pattern)}(?:/.*)?)\Z", translate(pattern)]
    return re.compile("|".join(choices) if choices else r"(?!)")
