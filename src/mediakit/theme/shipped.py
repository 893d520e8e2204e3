"""The files for a site's templates, and what has become of them in a site.

They are in `files/`, a folder for each generator, laid out as the site is. In a site each ends with
a comment that has the version and a digest of the rest, so that a change by hand is seen without
any other record.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import TYPE_CHECKING

from mediakit.base.errors import UsageError
from mediakit.base.files import FileTree
from mediakit.base.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    from mediakit.config.config import Config

_FIRST = "{%- comment -%}\nA picture of the site in all its sizes and formats, from the catalog"
"""How the include begins that `init --include` writes, which one of these files replaces."""

_OWN = re.compile(r"/mediakit/|^mediakit\.")
"""What stands beside any theme; all else takes the place of files of the theme or of Hugo."""

_DATA, _SOURCE, _FILM = "@data@", "@source@", "@film@"
"""Stand in a file for the folder of data, for what Jekyll leaves out of the path of a page, and for
the script of `film.js`, which is the same for all generators.
"""

_MARK = re.compile(r"^.{0,20}\bmediakit theme (\S+) ([0-9a-f]{16})\b.*$\n?\Z", re.MULTILINE)
_COMMENTS = {
    "jekyll": "{%%- comment -%%} %s {%%- endcomment -%%}\n",
    "hugo": "{{- /* %s */ -}}\n",
    "eleventy": "// %s\n",
}


class FileState(StrEnum):
    """What has become of a file in a site."""

    ABSENT = "not installed"
    CURRENT = "up to date"
    OLDER = "older"
    CHANGED = "changed by hand"
    FOREIGN = "not of mediakit"


@dataclass(frozen=True, slots=True)
class ThemeFile:
    """A file for templates: its site path, its bytes with their mark, and what is there now."""

    path: str
    data: bytes
    found: bytes | None

    @property
    def state(self) -> FileState:
        """What has become of it."""
        return FileState.ABSENT if self.found is None else self.state_of(self.found)

    def state_of(self, data: bytes) -> FileState:
        """Return what a file is that has its place."""
        text = _text(data)
        mark = _MARK.search(text)
        if mark is None:
            was_include = text.startswith(_FIRST) and self.path.endswith("mediakit/picture.html")
            return FileState.OLDER if was_include else FileState.FOREIGN
        if _digest(text[: mark.start()]) != mark[2]:
            return FileState.CHANGED
        ours = _MARK.search(self.data.decode())
        return FileState.CURRENT if ours and ours[2] == mark[2] else FileState.OLDER


def theme_files(config: Config, *, everything: bool = False) -> list[ThemeFile]:
    """Return the files for the site, without those that would take the place of its theme's.

    Those of Minimal Mistakes are for sites of this theme, those of Hugo for sites whose theme has
    none of that name.

    Raises:
        UsageError: there are none for sites of this kind.
    """
    files = resources.files("mediakit") / "theme" / "files"
    top = files / config.site
    if not top.is_dir():
        raise UsageError(
            f"there are no templates for {config.kind.label}", "read the catalog in your own"
        )
    tree, comment = FileTree(config.root), _COMMENTS[config.site]
    everything = everything or uses_minimal_mistakes(config)
    script = (files / "film.js").read_text("utf-8").partition("\n")[2].strip()
    source = f"{config.roots[0]}/".lstrip("/")
    found_files = []
    for name, text in sorted(_below(top)):
        if everything or _OWN.search(name) or _is_free(config, name):
            path = _place(config, name)
            found = tree.read(path) if tree.has(path) else None
            for mark, value in (
                (_DATA, config.kind.data_folder),
                (_SOURCE, source),
                (_FILM, script),
            ):
                text = text.replace(mark, value)  # noqa: PLW2901 - as it is in this site
            found_files.append(ThemeFile(path, _marked(text, comment), found))
    return found_files


def uses_minimal_mistakes(config: Config) -> bool:
    """Return whether the site names the theme in its settings, or has its files."""
    tree = FileTree(config.root)
    for name in ("_config.yml", "_config.yaml", "_config.toml", "Gemfile"):
        if tree.has(name) and b"minimal-mistakes" in tree.read(name):
            return True
    return tree.has(_place(config, "_includes/page__hero.html"))


def _is_free(config: Config, name: str) -> bool:
    """Return whether a file of Hugo's own has this place, and none of a theme."""
    return config.site == "hugo" and not any(config.root.glob(f"themes/*/{name}"))


def _place(config: Config, name: str) -> str:
    """Return the site path of a file: of Jekyll below its source, where its includes are."""
    if config.site != "jekyll":
        return name
    includes = config.kind.tags_folder
    folder, _, rest = name.partition("/")
    return f"{includes}/{rest}" if folder == "_includes" else f"{config.roots[0]}/{name}".strip("/")


def _below(folder: Traversable, above: str = "") -> Iterator[tuple[str, str]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _below(each, f"{above}{each.name}/")
        elif not each.name.endswith((".pyc", "~")):
            yield above + each.name, each.read_text("utf-8")


def _marked(text: str, comment: str) -> bytes:
    mark = comment % f"mediakit theme {__version__} {_digest(text)}"
    return (text + mark).encode()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _text(data: bytes) -> str:
    """Return a text with Unix line ends: version control may have changed them."""
    return data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
