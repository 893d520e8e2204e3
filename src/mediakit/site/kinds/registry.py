"""The kinds of sites, and which one a folder is.

A new kind is a module here and an entry in `KINDS`; only the kind of the site is imported.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple, TypeAlias

from msgspec.structs import replace

from mediakit.base.errors import ConfigError
from mediakit.base.regular_file import MOST_SETTINGS_BYTES, read_regular
from mediakit.site.kinds.kind import KindWords, SiteKind
from mediakit.site.paths import has_extension

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path


_ENDINGS = frozenset({".md", ".markdown"})
_EXCLUDED = frozenset({"node_modules", "venv"})


class MarkdownFolder(SiteKind, frozen=True):
    """Each Markdown file is a page; addresses count from it, then from the top folder."""

    name: ClassVar[str] = "markdown"
    label: ClassVar[str] = "a folder of Markdown files"
    words: ClassVar[KindWords] = KindWords(
        "Markdown files", "the site root", "the page's folder, then the site root"
    )

    def is_excluded(self, path: str) -> bool:
        """Return whether a folder holds packages, or what was made of the pages."""
        return path == "_site" or path.rpartition("/")[2] in _EXCLUDED

    def content_type(self, path: str) -> str | None:
        """Return `pages` for Markdown files, None for all others."""
        hidden = any(part.startswith(".") for part in path.split("/"))
        return "pages" if not hidden and has_extension(path, _ENDINGS) else None


class KindEntry(NamedTuple):
    """A kind: what imports its class, and the files that its settings are in.

    Each of `settings` marks the kind, each of `shared` only beside a folder `content`. `further`
    have more settings, those that count more last.
    """

    load: Callable[[], type[SiteKind]]
    settings: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    further: tuple[str, ...] = ()


def _hugo() -> type[SiteKind]:
    from mediakit.site.kinds.hugo import HugoSite  # noqa: PLC0415

    return HugoSite


def _eleventy() -> type[SiteKind]:
    from mediakit.site.kinds.eleventy import EleventySite  # noqa: PLC0415

    return EleventySite


def _jekyll() -> type[SiteKind]:
    from mediakit.site.kinds.jekyll import JekyllConfig  # noqa: PLC0415

    return JekyllConfig


def _hugo_names(folder: str, *stems: str) -> tuple[str, ...]:
    return tuple(
        f"{folder}{stem}.{ending}" for stem in stems for ending in ("toml", "yaml", "yml", "json")
    )


KINDS: dict[str, KindEntry] = {
    "hugo": KindEntry(
        _hugo,
        (*_hugo_names("", "hugo"), *_hugo_names("config/_default/", "hugo", "config")),
        _hugo_names("", "config"),
        (
            *_hugo_names("config/_default/", "languages", "module"),
            *_hugo_names("config/production/", "hugo", "config", "languages", "module"),
        ),
    ),
    "eleventy": KindEntry(
        _eleventy,
        (
            ".eleventy.js", ".eleventy.cjs", ".eleventy.mjs", "eleventy.config.js",
            "eleventy.config.mjs", "eleventy.config.cjs", "eleventy.config.ts",
        ),
        further=(".eleventyignore", ".gitignore"),
    ),
    "jekyll": KindEntry(_jekyll, ("_config.yml", "_config.yaml", "_config.toml")),
    "markdown": KindEntry(lambda: MarkdownFolder),
}  # fmt: skip
"""The kinds by their names in the configuration, the first that a folder may be first."""

if TYPE_CHECKING:
    SiteName: TypeAlias = str
else:
    SiteName = Literal[tuple(KINDS)]

_MOST_TAGS = 500
_MOST_TAG_BYTES = 100_000
_MANIFESTS = "manifests"
"""A folder of exercises of Minimal Mistakes that is kept apart from the site's own settings."""

_DEPTH = 3
"""Levels of folders that are looked through for a Markdown file."""


def read_kind(
    folder: Path, name: str | None = None, roots: Iterable[str] | None = None
) -> SiteKind:
    """Return the kind of the site in a folder with its settings.

    `name` and `roots` are the kind, and the folders that addresses count from, where the
    configuration says them.

    Raises:
        ConfigError: the generator's own settings cannot be read.
    """
    entry = KINDS[name or kind_of(folder)]
    kind, found = entry.load(), list(_settings(folder, entry))
    site = kind.read(found) if found else kind()
    site = replace(site, argument_folders=_argument_folders(folder, site))
    if roots is None:
        return site
    parts = ([part for part in root.split("/") if part not in {"", "."}] for root in roots)
    return replace(site, roots=tuple("/".join(each) for each in parts))


def _argument_folders(root: Path, site: SiteKind) -> tuple[tuple[str, str, str], ...]:
    """Return the site's includes or shortcodes, with arguments that they put a folder before."""
    return tuple(dict.fromkeys(_tag_arguments(root, site))) if site.tags_folder else ()


def _tag_arguments(root: Path, site: SiteKind) -> Iterator[tuple[str, str, str]]:
    folder = root / site.tags_folder
    if not folder.resolve().is_relative_to(root.resolve()):
        return
    for path in islice(sorted(folder.rglob("*")), _MOST_TAGS):
        if path.is_symlink() or not path.is_file():
            continue
        try:
            text = read_regular(path, _MOST_TAG_BYTES).decode("utf-8", "replace")
        except OSError:
            continue  # then its pictures are looked for where other addresses count from
        name = path.relative_to(folder).as_posix().removesuffix(".html")
        for argument, place in site.folders_in_tag(text):
            yield name, argument, place


def kind_of(root: Path) -> str:
    """Return the name of a folder's kind: by its settings, else by the pages in it."""
    known = marked_kind(root)
    if known is not None:
        return known
    if any(root.glob("_*/*.md")) or any((root / _MANIFESTS).glob("*.md")):
        return "jekyll"  # as a part of a Jekyll site has its pages
    return "markdown" if _has_markdown(root) else "jekyll"


def marked_kind(root: Path) -> str | None:
    """Return the name of the kind whose settings are in the folder, None without settings."""
    for name, entry in KINDS.items():
        if any((root / each).is_file() for each in entry.settings):
            return name
    if (root / "content").is_dir():
        for name, entry in KINDS.items():
            if any((root / each).is_file() for each in entry.shared):
                return name
    return None


def settings_names() -> frozenset[str]:
    """Return the names of the files that the settings of any kind may be in."""
    return frozenset(
        name
        for entry in KINDS.values()
        for name in (*entry.settings, *entry.shared, *entry.further)
    )


def _settings(root: Path, entry: KindEntry) -> Iterator[tuple[str, bytes]]:
    """Yield the files of settings: the first at the top, the first in a folder, all others."""
    places: dict[str, list[str]] = {"": []}
    for name in (*entry.settings, *entry.shared):
        places.setdefault(name.rpartition("/")[0], []).append(name)
    for names in places.values():
        yield from islice(_present(root, names), 1)
    yield from _present(root, entry.further)


def _present(root: Path, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for name in names:
        try:
            yield name, read_regular(root / name, MOST_SETTINGS_BYTES)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise ConfigError(f"{name}: {error.strerror}") from error


def _has_markdown(root: Path) -> bool:
    patterns = (
        f"{'*/' * depth}*{ending}" for depth in range(_DEPTH) for ending in sorted(_ENDINGS)
    )
    return any(
        not any(part.startswith(".") for part in path.relative_to(root).parts)
        for pattern in patterns
        for path in root.glob(pattern)
    )
