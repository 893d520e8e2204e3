"""Which kind of site a folder is, and the settings that its generator's own files give."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mediakit.base.errors import ConfigError
from mediakit.base.regular_file import MOST_SETTINGS_BYTES, read_regular
from mediakit.site.kinds import eleventy, hugo, jekyll
from mediakit.site.kinds.eleventy import EleventySite
from mediakit.site.kinds.hugo import HugoSite
from mediakit.site.kinds.jekyll import JekyllConfig
from mediakit.site.kinds.kind import SiteName
from mediakit.site.kinds.markdown import ENDINGS, MarkdownFolder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mediakit.site.kinds.kind import SiteKind

_MANIFESTS = "manifests"
"""A folder of exercises of Minimal Mistakes that is kept apart from the site's own settings."""

_DEPTH = 3
"""Levels of folders that are looked through for a Markdown file."""


def read_kind(
    folder: Path, name: SiteName | None = None, roots: Iterable[str] | None = None
) -> SiteKind:
    """Return the kind of the site in a folder with its settings.

    `name` is the kind where the configuration says it, `roots` likewise the folders that
    addresses count from.

    Raises:
        ConfigError: the generator's own settings cannot be read.
    """
    kind = _read(folder, name or kind_of(folder))
    if roots is None:
        return kind
    parts = ([part for part in root.split("/") if part not in {"", "."}] for root in roots)
    return replace(kind, roots=tuple("/".join(each) for each in parts))  # type: ignore[type-var]


def kind_of(root: Path) -> SiteName:
    """Return what a folder looks like: by its settings, else by the pages in it."""
    known = marked_kind(root)
    if known is not None:
        return known
    if any(root.glob("_*/*.md")) or any((root / _MANIFESTS).glob("*.md")):
        return SiteName.JEKYLL  # as a part of a Jekyll site has its pages
    return SiteName.MARKDOWN if _has_markdown(root) else SiteName.JEKYLL


def marked_kind(root: Path) -> SiteName | None:
    """Return the kind whose settings are in the folder, None where there are none."""
    if any((root / name).is_file() for name in hugo.CONFIG_NAMES if "config." not in name):
        return SiteName.HUGO
    if any((root / name).is_file() for name in eleventy.CONFIG_NAMES):
        return SiteName.ELEVENTY
    if (root / jekyll.CONFIG_NAME).is_file():
        return SiteName.JEKYLL
    if (root / "content").is_dir() and any((root / name).is_file() for name in hugo.CONFIG_NAMES):
        return SiteName.HUGO
    return None


def settings_names() -> frozenset[str]:
    """Return the names of the files that the settings of any kind may be in."""
    return frozenset({*hugo.CONFIG_NAMES, *eleventy.CONFIG_NAMES, jekyll.CONFIG_NAME})


def _read(root: Path, name: SiteName) -> SiteKind:
    if name is SiteName.MARKDOWN:
        return MarkdownFolder()
    if name is SiteName.HUGO:
        found = _first(root, hugo.CONFIG_NAMES)
        return hugo.read_config(found[1], found[0]) if found else HugoSite()
    if name is SiteName.ELEVENTY:
        found = _first(root, eleventy.CONFIG_NAMES)
        return eleventy.read_config(found[1]) if found else EleventySite()
    found = _first(root, (jekyll.CONFIG_NAME,))
    return jekyll.read_config(found[1]) if found else JekyllConfig()


def _first(root: Path, names: Iterable[str]) -> tuple[str, bytes] | None:
    for name in names:
        try:
            return name, read_regular(root / name, MOST_SETTINGS_BYTES)
        except FileNotFoundError:
            continue
        except NotADirectoryError:
            continue
        except OSError as error:
            raise ConfigError(f"{name}: {error.strerror}") from error
    return None


def _has_markdown(root: Path) -> bool:
    patterns = (f"{'*/' * depth}*{ending}" for depth in range(_DEPTH) for ending in sorted(ENDINGS))
    return any(
        not any(part.startswith(".") for part in path.relative_to(root).parts)
        for pattern in patterns
        for path in root.glob(pattern)
    )
