"""The kinds of sites, and which folder is one.

A new kind is a module here and an entry in `KINDS`; only the kind of the site is imported.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from msgspec.structs import replace

from mediakit.base.errors import ConfigError
from mediakit.base.own_files import CONFIG_FILE, PYPROJECT
from mediakit.base.regular_file import MOST_SETTINGS_BYTES, read_regular

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from mediakit.site.kinds.kind import SiteKind


MARKDOWN_ENDINGS = frozenset({".md", ".markdown"})


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


def _markdown() -> type[SiteKind]:
    from mediakit.site.kinds.markdown_folder import MarkdownFolder  # noqa: PLC0415

    return MarkdownFolder


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
    "markdown": KindEntry(_markdown),
}  # fmt: skip
"""The kinds by their names in the configuration, the first that a folder may be first."""

if TYPE_CHECKING:
    SiteName: TypeAlias = str
else:
    SiteName = Literal[tuple(KINDS)]

_HEADER = r"(?m)^[ \t]*\[+[ \t]*tool[ \t]*\.[ \t]*[\"\']?mediakit\b"
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
        f"{'*/' * depth}*{ending}" for depth in range(_DEPTH) for ending in sorted(MARKDOWN_ENDINGS)
    )
    return any(
        not any(part.startswith(".") for part in path.relative_to(root).parts)
        for pattern in patterns
        for path in root.glob(pattern)
    )


SETTINGS_NAMES = frozenset(
    each.partition("/")[0] for each in (CONFIG_FILE, PYPROJECT, *settings_names())
)
"""Names of files and folders with settings: a site has one, but not only sites have."""


def is_site(folder: Path) -> bool:
    """Return whether a folder has settings of mediakit, or of a generator."""
    is_marked = (folder / CONFIG_FILE).is_file() or marked_kind(folder) is not None
    return is_marked or has_own_table(folder)


def find_root(start: Path) -> Path:
    """Return the site around `start`: the nearest folder upward that looks like one, else `start`.

    It has `mediakit.toml`, `[tool.mediakit]` in its `pyproject.toml`, the settings of a generator,
    or a Jekyll collection and is not the source of the site around it.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if is_site(folder):
            return folder
        if any(folder.glob("_*/*.md")):
            around = next(filter(is_site, folder.parents), None)
            return around if around is not None and _is_source(folder, around) else folder
    return start


def _is_source(folder: Path, root: Path) -> bool:
    """Return whether the settings of the site at `root` have its files in a folder below it."""
    try:
        return folder.relative_to(root).as_posix() in read_kind(root).roots
    except ConfigError:
        return False


def own_table(text: str) -> int:
    """Return the line of the first header of mediakit's in a `pyproject.toml`, 0 without one.

    Such a file is another program's too: one that does not mention mediakit is never parsed, and
    mediakit reports none of its mistakes.
    """
    if "mediakit" not in text:
        return 0
    import tomllib  # noqa: PLC0415 - see above

    header = re.search(_HEADER, text)
    line = text.count("\n", 0, header.start()) + 1 if header else 1
    try:
        tool = tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError:
        return line if header else 0
    return line if isinstance(tool, dict) and "mediakit" in tool else 0


def has_own_table(folder: Path) -> bool:
    """Return whether the `pyproject.toml` of a folder has settings of mediakit."""
    return bool(own_table(read_text(folder / PYPROJECT, strict=False) or ""))


def read_text(path: Path, *, strict: bool = True) -> str | None:
    """Return the text of a file of settings with Unix line ends, None without a file.

    Raises:
        ConfigError: `strict`, and the file cannot be read.
    """
    try:
        return read_regular(path, MOST_SETTINGS_BYTES).decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        if not strict:
            return None
        raise ConfigError(f"{path.name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        if not strict:
            return None
        raise ConfigError(f"{path.name}: not UTF-8", "save the file as UTF-8") from error
