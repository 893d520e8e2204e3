"""Answers of the tree of files as they are kept, and the ground that settings and pages stand on.

Settings and the list of content files follow from the files of settings, from includes, and from
the names in folders. While these are as they were, neither is worked out again.
"""

from __future__ import annotations

import hashlib
from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.files import Absent, DiskFile, FileTree
from mediakit.base.regular_file import FileStat, file_stat

if TYPE_CHECKING:
    from mediakit.config.config import Config
    from mediakit.config.overrides import Overrides


class AskedFile(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A path, and the answer of the tree of files: a stat, or why there is no file.

    `said` is the digest of what a content file says, None of all others; `refs` are the pictures
    that it names (`sync/parts.py`).
    """

    path: str
    stat: FileStat | None
    near: str | None = None
    reason: str = ""
    said: bytes | None = None
    refs: bytes = b""


def asked_of(
    path: str, answer: DiskFile | Absent, said: bytes | None = None, refs: bytes = b""
) -> AskedFile:
    """Return an answer as it is kept."""
    if isinstance(answer, DiskFile):
        return AskedFile(path, answer.stat, said=said, refs=refs)
    return AskedFile(path, None, answer.near, answer.reason)


def is_same(known: AskedFile, tree: FileTree) -> bool:
    """Return whether the tree answers what it answered."""
    answer = tree.find(known.path)
    if isinstance(answer, DiskFile):
        return answer.stat == known.stat
    return known.stat is None and (answer.near, answer.reason) == (known.near, known.reason)


def is_old(answer: DiskFile | Absent, tree: FileTree) -> bool:
    """Return whether a change of the file from now on would show in its times."""
    return not isinstance(answer, DiskFile) or answer.stat.is_settled(tree.opened_ns)


class Ground(msgspec.Struct, frozen=True, array_like=True):
    """The files of settings and includes, with digests of what flags gave and of folders' names."""

    flags: str
    files: list[AskedFile]
    folders: dict[str, bytes]

    def stands(self, overrides: Overrides, tree: FileTree) -> bool:
        """Return whether all of it is as it was."""
        return (
            self.flags == _flags(overrides)
            and all(is_same(each, tree) for each in self.files)
            and all(tree.names_digest(path) == names for path, names in self.folders.items())
        )


def ground_of(config: Config, tree: FileTree) -> Ground | None:
    """Return the ground of a site whose content files were looked for in `tree`.

    None where settings or content files follow from more than it has: from globs, from the
    pictures of cards, from pages that tell the kind of site, or from a link that leads out; and
    where a file or a folder may have changed since the settings were read.
    """
    from mediakit.base.own_files import CONFIG_FILE, PYPROJECT  # noqa: PLC0415
    from mediakit.site.kinds.registry import (  # noqa: PLC0415
        SETTINGS_NAMES,
        marked_kind,
        settings_names,
    )

    kind = config.kind
    is_told = config.file.settings.site is not None or marked_kind(config.root) is not None
    if config.made_by or config.content is not None or config.data.files or not is_told:
        return None
    files = [*tree.walk(lambda _: False, kind.tags_folder)] if kind.tags_folder else []
    settings = (CONFIG_FILE, PYPROJECT, *settings_names())
    tree.names(kind.data_folder)  # where the catalog may be
    for place in {"", *tree.listed}:
        if not SETTINGS_NAMES.isdisjoint(tree.names(place)):
            files += (f"{place}/{name}".lstrip("/") for name in settings)
    found = [(path, tree.find(path)) for path in sorted(set(files))]
    known = [(path, each) for path, each in found if isinstance(each, DiskFile)]
    try:
        folders = [file_stat(tree.disk_path(path).stat()) for path in tree.listed]
    except OSError:  # it went meanwhile
        return None
    stats = chain((each.stat for _, each in known), folders)
    is_clear = all(each.is_settled(config.read_ns) for each in stats) and not tree.refused
    if not is_clear or any(isinstance(each, Absent) and each.reason for _, each in found):
        return None
    return Ground(
        _flags(config.overrides),
        [asked_of(path, each) for path, each in known],
        {path: tree.names_digest(path) for path in tree.listed},
    )


def _flags(overrides: Overrides) -> str:
    """Return a digest of what flags gave, without what changes neither plan nor problems."""
    said = msgspec.structs.replace(overrides, jobs=None, executor=None)
    return hashlib.sha256(str(said).encode("utf-8", "backslashreplace")).hexdigest()
