"""The files below a folder, by site path.

Names are compared as NFC text, and always by case, whatever the file system does: this finds
pages that work only on a Mac. Only regular files inside the root are opened.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.regular_file import FileStat, file_stat, is_inside, read_same

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator


_FEW = 1_000
"""Names in a folder that are in a dict."""


class DiskFile(msgspec.Struct, frozen=True, gc=False):
    """A regular file inside `root` (links resolved); `folder` and `name` are those on the disk."""

    path: str
    folder: Path
    name: str
    stat: FileStat
    root: str

    @property
    def disk_path(self) -> Path:
        """The path on the disk, built on demand, since a site has very many files."""
        return self.folder / self.name

    @property
    def parts(self) -> tuple[str, str]:
        """The folder and the name as texts, which many files share, or have anyway."""
        return str(self.folder), self.name


class Absent(msgspec.Struct, frozen=True):
    """No such file; `near` differs only by case, `reason` says why a file is refused."""

    near: str | None = None
    reason: str = ""


class _Listing(msgspec.Struct, frozen=True):
    """The names in a folder, by their NFC form; `others` are neither files nor folders."""

    place: Path
    prefix: str
    names: Mapping[str, str]
    folders: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


class FileTree:
    """The files below `root`; it lists each folder once, so make a new tree after changes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.opened_ns = time.time_ns()
        self.asked: dict[str, DiskFile | Absent] | None = None
        """The answers of `find` by path, where a caller wants them recorded."""
        self._real_root = os.path.realpath(root)
        self._listings: dict[str, _Listing | None] = {}
        self.refused: dict[str, str] = {}
        """Why an existing folder was not listed."""

    def find(self, path: str) -> DiskFile | Absent:
        """Return the file at a site path."""
        found = self._find(path)
        if self.asked is not None:
            self.asked[path] = found
        return found

    def has(self, path: str) -> bool:
        """Return whether there is a file at a site path; only links cost a system call."""
        if self.asked is not None:
            return isinstance(self.asked.get(path) or self.find(path), DiskFile)
        folder, _, name = path.rpartition("/")
        listing = self._listings.get(folder) or self._listing(folder)
        disk_name = listing.names.get(name) if listing is not None else None
        if listing is None or disk_name is None:
            return False
        if disk_name in listing.others:
            return isinstance(self._regular(path, listing, disk_name), DiskFile)
        return disk_name not in listing.folders

    def read(self, path: str) -> bytes:
        """Return the bytes of the file at a site path; raises OSError, also if it is refused."""
        found = self.find(path)
        if isinstance(found, Absent):
            raise OSError(errno.ENOENT, found.reason or "is not there", path)
        return read_observed(found)

    def forget(self) -> None:
        """Forget the listings, so that folders are listed again."""
        self._listings = {}
        self.refused = {}

    def disk_path(self, path: str) -> Path:
        """Return the disk path of a site path, whether or not there is a file."""
        return Path(*self.parts(path))

    def parts(self, path: str) -> tuple[str, str]:
        """Return the disk path as folder and name: texts that are in memory once."""
        folder, _, name = path.rpartition("/")
        listing = self._listing(folder)
        if listing is None:
            return str(self.root / folder), name
        return str(listing.place), listing.names.get(name, name)

    def is_safe(self, path: str) -> bool:
        """Return whether a site path, its links followed, is inside the root."""
        return is_inside(self.disk_path(path), self._real_root)

    def names(self, folder: str) -> Collection[str]:
        """Return the names in a folder, none if it is not a folder of the site."""
        listing = self._listing(folder)
        return listing.names if listing is not None else ()

    @property
    def listed(self) -> list[str]:
        """The folders that have been listed."""
        return [path for path, each in self._listings.items() if each is not None]

    def names_digest(self, folder: str) -> bytes:
        """Return a digest of the names in a folder, and of which are those of folders and links."""
        listing = self._listing(folder)
        if listing is None:
            return b""
        kinds = sorted(listing.folders), sorted(listing.others), sorted(listing.names)
        text = "\0\0".join(map("\0".join, kinds)).encode("utf-8", "backslashreplace")
        return hashlib.blake2b(text, digest_size=16).digest()

    def walk(self, skip: Callable[[str], bool], start: str = "") -> Iterator[str]:
        """Yield the site paths of all files and links below `start`; `skip` prunes folders."""
        queue = [start] if self._listing(start) is not None else []
        while queue:
            folder = queue.pop()
            listing = self._listing(folder)
            if listing is None:
                continue
            above = f"{folder}/" if folder else ""
            for name, disk_name in listing.names.items():
                if disk_name in listing.folders:
                    if not skip(above + name):
                        queue.append(above + name)
                else:
                    yield above + name

    def _listing(self, folder: str) -> _Listing | None:
        if folder in self._listings:
            return self._listings[folder]
        found: _Listing | None = None
        if not folder:
            found = self._listed(folder, self.root)
        else:
            parent, _, name = folder.rpartition("/")
            above = self._listing(parent)
            if parent in self.refused:
                self.refused[folder] = self.refused[parent]
            elif above is not None and name in above.names:
                found = self._listed(folder, above.place / above.names[name])
        self._listings[folder] = found
        return found

    def _listed(self, folder: str, disk_path: Path) -> _Listing | None:
        if folder and disk_path.is_symlink() and not is_inside(disk_path, self._real_root):
            self.refused[folder] = "is behind a link that leaves the site"
            return None
        try:
            return _list_folder(disk_path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            self.refused[folder] = f"is in a folder that cannot be read: {error.strerror}"
            return None

    def _find(self, path: str) -> DiskFile | Absent:
        folder, _, name = path.rpartition("/")
        listing = self._listings.get(folder) or self._listing(folder)
        disk_name = listing.names.get(name) if listing is not None else None
        if folder in self.refused:
            return Absent(reason=self.refused[folder])
        if listing is None or disk_name is None:
            return Absent(self._near(path))
        return self._regular(path, listing, disk_name)

    def _regular(self, path: str, listing: _Listing, name: str) -> DiskFile | Absent:
        disk_path = listing.prefix + name
        try:
            found = os.lstat(disk_path)
            if stat.S_ISLNK(found.st_mode):
                if not is_inside(listing.place / name, self._real_root):
                    return Absent(reason="is a link that leaves the site")
                found = os.stat(disk_path)  # noqa: PTH116 - no Path for each of very many files
        except OSError as error:
            return Absent(reason=f"cannot be read: {error.strerror}")
        if not stat.S_ISREG(found.st_mode):
            return Absent(reason="is not a regular file")
        return DiskFile(path, listing.place, name, file_stat(found), self._real_root)

    def _near(self, path: str) -> str | None:
        """Return an existing path that differs from this one only by case."""
        walked = ""
        for part in path.split("/"):
            listing = self._listing(walked)
            if listing is None:
                return None
            if part not in listing.names:
                folded = part.casefold()
                near = sorted(name for name in listing.names if name.casefold() == folded)
                if not near:
                    return None
                part = near[0]  # noqa: PLW2901 - walk on where the disk has it
            walked = f"{walked}/{part}" if walked else part
        return walked if walked != path else None


def is_text(path: str) -> bool:
    """Return whether a disk name is UTF-8; others cannot be in a page or a document."""
    return path.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in path)


def read_unchanged(file: DiskFile) -> bytes | None:
    """Return the bytes of a file, None if it changed since it was observed; raises OSError.

    Meanwhile it may have become a link that leaves the site, a FIFO, or another file. No program
    can set a change time, so a file with the observed size and times is the observed one.
    """
    return read_same(file.disk_path, file.stat, file.root)


def read_observed(file: DiskFile) -> bytes:
    """Return the bytes of a file; raises OSError, also if it changed since it was observed."""
    data = read_unchanged(file)
    if data is None:
        raise OSError(errno.ESTALE, "changed while mediakit ran")
    return data


def sha256_bytes(data: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _list_folder(folder: Path) -> _Listing:
    """List a folder; of two names that are equal as NFC, the one in that form wins."""
    names: list[str] = []
    folders: set[str] = set()
    others: set[str] = set()
    with os.scandir(folder) as entries:
        for entry in entries:
            names.append(entry.name)
            if not _holds(entry.is_file):
                (folders if _holds(entry.is_dir) else others).add(entry.name)
    found: dict[str, str] = {}
    for name in sorted(names):
        composed = name if name.isascii() else unicodedata.normalize("NFC", name)
        if composed not in found or name == composed:
            found[composed] = name
    prefix = os.path.join(folder, "")  # noqa: PTH118 - to put names after, without a Path each
    kinds = frozenset(folders), frozenset(others)
    if len(found) < _FEW:
        return _Listing(folder, prefix, found, *kinds)
    from mediakit.base.folder_names import FolderNames  # noqa: PLC0415 - few folders have so many

    return _Listing(folder, prefix, FolderNames(found), *kinds)


def _holds(test: Callable[..., bool]) -> bool:
    try:
        return test(follow_symlinks=False)
    except OSError:
        return False
