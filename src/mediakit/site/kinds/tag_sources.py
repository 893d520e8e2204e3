"""The texts of a site's own includes and shortcodes, which say where their pictures are."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from mediakit.base.regular_file import read_regular

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mediakit.site.kinds.kind import SiteKind

_MOST_FILES = 500
_MOST_BYTES = 100_000


def argument_folders(root: Path, site: SiteKind) -> tuple[tuple[str, str, str], ...]:
    """Return the tags of a site with their arguments and a folder that is put before these."""
    return tuple(dict.fromkeys(_found(root, site))) if site.tags_folder else ()


def _found(root: Path, site: SiteKind) -> Iterator[tuple[str, str, str]]:
    folder = root / site.tags_folder
    if not folder.resolve().is_relative_to(root.resolve()):
        return
    for path in islice(sorted(folder.rglob("*")), _MOST_FILES):
        if path.is_symlink() or not path.is_file():
            continue
        try:
            text = read_regular(path, _MOST_BYTES).decode("utf-8", "replace")
        except OSError:
            continue  # then its pictures are looked for where other addresses count from
        name = path.relative_to(folder).as_posix().removesuffix(".html")
        for argument, place in site.folders_in_tag(text):
            yield name, argument, place
