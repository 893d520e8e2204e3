"""Files of a folder tree by their site paths: found, stated and hashed.

Names are compared as NFC text in any form the disk has, and exactly as to case, whatever
the file system does: a page that only works on a Mac is found out. Nothing outside the
root is ever opened, and nothing but regular files.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.regular_file import is_inside, open_regular, read_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileStat:
    """What tells that a file has not changed: size in bytes and times in nanoseconds."""

    size: int
    mtime_ns: int
    ctime_ns: int


@dataclass(frozen=True, slots=True)
class DiskFile:
    """A regular file inside the root; `root` is that folder, links resolved."""

    path: str
    disk_path: Path
    stat: FileStat
    root: str


@dataclass(frozen=True, slots=True)
class Absent:
    """No such file; `near` is a site path that differs only by case, `reason` why it is refused."""

    near: str | None = None
    reason: str = ""


class FileTree:
    """The files below a root; each folder is listed once, so make a new one after changes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._real_root = os.path.realpath(root)
        self._listings: dict[str, dict[str, str] | None] = {"": _list_folder(root)}
        self._folders: dict[str, Path] = {"": root}

    def find(self, path: str) -> DiskFile | Absent:
        """Return the file at a site path."""
        folder, _, name = path.rpartition("/")
        listing = self._listing(folder)
        if listing is None or name not in listing:
            return Absent(self._near(path))
        disk_path = self._folders[folder] / listing[name]
        return self._regular(path, disk_path)

    def read(self, path: str) -> bytes:
        """Return the bytes of the file at a site path; raises OSError, also where it is refused."""
        found = self.find(path)
        if isinstance(found, Absent):
            raise OSError(errno.ENOENT, found.reason or "is not there", path)
        return read_observed(found)

    def disk_path(self, path: str) -> Path:
        """Return where a file of this site path is, or would be made."""
        folder, _, name = path.rpartition("/")
        listing = self._listing(folder)
        if listing is None:
            return self.root / path
        return self._folders[folder] / listing.get(name, name)

    def is_safe(self, path: str) -> bool:
        """Return whether a file of this site path would be inside the root, links followed."""
        return is_inside(self.disk_path(path), self._real_root)

    def walk(self, skip: Callable[[str], bool]) -> Iterator[str]:
        """Yield the site paths of all files and links, folder by folder; `skip` prunes folders."""
        queue = [""]
        while queue:
            folder = queue.pop()
            for name, is_folder in _entries(self.root / folder):
                path = f"{folder}/{name}" if folder else name
                if not is_folder:
                    yield unicodedata.normalize("NFC", path)
                elif not skip(unicodedata.normalize("NFC", path)):
                    queue.append(path)

    def _listing(self, folder: str) -> dict[str, str] | None:
        if folder in self._listings:
            return self._listings[folder]
        parent, _, name = folder.rpartition("/")
        above = self._listing(parent)
        found: dict[str, str] | None = None
        if above is not None and name in above:
            disk_path = self._folders[parent] / above[name]
            if not disk_path.is_symlink() or is_inside(disk_path, self._real_root):
                self._folders[folder] = disk_path
                found = _list_folder(disk_path)
        self._listings[folder] = found
        return found

    def _regular(self, path: str, disk_path: Path) -> DiskFile | Absent:
        try:
            found = os.lstat(disk_path)
            if stat.S_ISLNK(found.st_mode):
                if not is_inside(disk_path, self._real_root):
                    return Absent(reason="is a link that leaves the site")
                found = disk_path.stat()
        except OSError as error:
            return Absent(reason=f"cannot be read: {error.strerror}")
        if not stat.S_ISREG(found.st_mode):
            return Absent(reason="is not a regular file")
        return DiskFile(path, disk_path, file_stat(found), self._real_root)

    def _near(self, path: str) -> str | None:
        """Return the existing path that differs from this one only by case."""
        walked = ""
        for part in path.split("/"):
            listing = self._listing(walked)
            if listing is None:
                return None
            if part not in listing:
                folded = part.casefold()
                near = sorted(name for name in listing if name.casefold() == folded)
                if not near:
                    return None
                part = near[0]  # noqa: PLW2901 - walk on where the disk has it
            walked = f"{walked}/{part}" if walked else part
        return walked if walked != path else None


def file_stat(found: os.stat_result) -> FileStat:
    """Return the part of a stat result that tells changes."""
    return FileStat(found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def read_unchanged(file: DiskFile) -> bytes | None:
    """Return the bytes of a file, None if it is no longer the one that was observed.

    It may have become anything since: a link that leaves the site, a FIFO, another file. A
    change time cannot be set, so what has the times and the size that were observed is the
    file that was observed. Raises OSError where it cannot be read.
    """
    if not is_inside(file.disk_path, file.root):
        return None
    with open_regular(file.disk_path) as stream:
        if file_stat(os.fstat(stream.fileno())) != file.stat:
            return None
        data = read_whole(stream)
        return data if file_stat(os.fstat(stream.fileno())) == file.stat else None


def read_observed(file: DiskFile) -> bytes:
    """Return the bytes of a file; raises OSError, also if it is no longer the one observed."""
    data = read_unchanged(file)
    if data is None:
        raise OSError(errno.ESTALE, "changed while mediakit ran")
    return data


def sha256_bytes(data: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _list_folder(folder: Path) -> dict[str, str] | None:
    """Return disk names by NFC name; an exact NFC name wins where the disk has both forms."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 - names, not paths
    except OSError:
        return None
    found: dict[str, str] = {}
    for name in sorted(names):
        composed = unicodedata.normalize("NFC", name)
        if composed not in found or name == composed:
            found[composed] = name
    return found


def _entries(folder: Path) -> list[tuple[str, bool]]:
    """Return (name, is a folder) of each entry, sorted; links to folders are not followed."""
    try:
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    except OSError:
        return []
    return sorted(found)
