"""Content files that a command changes: the change as a value, and writing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.base.errors import ManifestError, UsageError
from mediakit.base.files import DiskFile, FileTree, read_observed
from mediakit.site.paths import is_data

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mediakit.base.model import Manifest
    from mediakit.base.writer import Writer


@dataclass(frozen=True, slots=True)
class PageChange:
    """A content file before and after a change; `before` is empty for a new file."""

    path: str
    before: bytes
    after: bytes

    @property
    def changes(self) -> bool:
        """Whether the file has to be written."""
        return self.before != self.after


def read_bytes(tree: FileTree, path: str) -> bytes:
    """Return a content file of the site; raises UsageError for one that is elsewhere."""
    found = tree.find(path)
    if not isinstance(found, DiskFile):
        raise UsageError(f"{path} is outside of the site", "change it by hand")
    return read_observed(found)


def refuse_data(manifest: Manifest, what: str) -> None:
    """Raise ManifestError for a change that mediakit does not make to the records of data files."""
    if is_data(manifest.path):
        raise ManifestError(
            "cannot-edit", f"{manifest.place}: mediakit adds nothing to data files, so not {what}",
            manifest.record, "write it into the file by hand",
        )  # fmt: skip


def write_pages(root: Path, writer: Writer, changes: Iterable[PageChange]) -> list[str]:
    """Write the pages that change, and return their paths.

    Raises:
        UsageError: a page changed since it was read; the pages before it are written.
    """
    tree = FileTree(root)
    written = []
    for change in changes:
        if not change.changes:
            continue
        if change.before and tree.read(change.path) != change.before:
            raise UsageError(f"{change.path} changed while mediakit ran", "run again")
        writer.write(tree.disk_path(change.path), change.after, durable=True)
        written.append(change.path)
    return written
