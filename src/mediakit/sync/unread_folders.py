"""Folders of files with front matter that are not read: pages that a setting may leave out."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.files import Absent
from mediakit.base.regular_file import open_regular
from mediakit.site.paths import has_extension
from mediakit.sync.site_files import content_paths, skipper

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.base.files import FileTree
    from mediakit.config.config import Config

_ENDINGS = frozenset({
    ".md", ".markdown", ".mkd", ".mkdn", ".mkdown", ".mdown", ".mdx", ".html", ".htm", ".njk",
    ".liquid", ".adoc", ".asciidoc", ".rst", ".textile",
})  # fmt: skip
"""Endings of the files that generators make pages of."""

_TEMPLATES = frozenset({
    "_includes", "_layouts", "_data", "_sass", "_plugins", "_drafts", "layouts", "archetypes",
    "templates", "themes", "node_modules", "vendor", "venv", "LICENSES",
})  # fmt: skip
"""Names of folders whose files are parts of pages, or others' own."""

_TESTS = frozenset({"test", "tests", "spec"})
"""Folders at the top of a repository with files for the tests of a theme or a program."""

_HEAD = 16


def unread_folders(config: Config, tree: FileTree) -> list[tuple[str, int]]:
    """Return the folders of files with front matter that are not read, with their number.

    Those are left out that the generator's settings exclude, drafts, and layouts and the like. A
    folder is the topmost one without a content file.
    """
    content = frozenset(content_paths(config, tree))
    used = {str(above) for path in content for above in PurePosixPath(path).parents} | {"."}
    counts = Counter(_topmost(path, used) for path in _unread(config, tree, content))
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def _unread(config: Config, tree: FileTree, content: frozenset[str]) -> Iterator[str]:
    from mediakit.site.front_matter import starts_front_matter  # noqa: PLC0415 - PyYAML

    skip = skipper(config, tree)

    def is_foreign(folder: str) -> bool:
        return folder in _TESTS or folder.rpartition("/")[2] in _TEMPLATES or skip(folder)

    for path in tree.walk(is_foreign):
        if path not in content and has_extension(path, _ENDINGS) and not _is_known(path):
            file = tree.find(path)
            if not isinstance(file, Absent):
                try:
                    with open_regular(file.disk_path, file.root) as stream:
                        head = stream.read(_HEAD)
                except OSError:
                    continue
                if starts_front_matter(head):
                    yield path


def _is_known(path: str) -> bool:
    """Return whether everybody knows by its name that a file is no page."""
    name = path.rpartition("/")[2]
    return name.startswith(("_", ".", "#", "~")) and name != "_index.md"


def _topmost(path: str, used: Iterable[str]) -> str:
    above = [str(each) for each in PurePosixPath(path).parents]
    free = [each for each in above if each not in used]
    return free[-1] if free else above[0]
