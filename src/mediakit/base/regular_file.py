"""Open regular files for reading, refuse everything else, never block, and tell files that changed.

A name from a page or a repository may belong to a FIFO, which blocks whoever opens it, to a
device, or to a file that grows while it is read.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.errors import ManifestError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader
    from pathlib import Path

MOST_BYTES = 512 * 1024 * 1024
"""Size of the largest file that is read into memory."""

MOST_SETTINGS_BYTES = 4 * 1024**2
"""Size of the largest settings file that is read: nobody writes a larger one by hand."""

_OPEN_FILES = "/proc/self/fd"
_PART = 1024**2
_TICK_NS = 2_000_000_000  # the coarsest clock of a file system

# a platform that lacks a flag does not need it
_FLAGS = os.O_RDONLY
for _name in ("O_BINARY", "O_CLOEXEC", "O_NOCTTY", "O_NONBLOCK"):
    _FLAGS |= getattr(os, _name, 0)


class FileStat(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Size in bytes and times in nanoseconds; while they stay the same, so does the file."""

    size: int
    mtime_ns: int
    ctime_ns: int

    def is_settled(self, moment_ns: int) -> bool:
        """Return whether a change of the file after this moment would show in its times.

        A program may set back the time of the last change after writing, but not the system's own.
        """
        return max(self.mtime_ns, self.ctime_ns) < moment_ns - _TICK_NS


def file_stat(found: os.stat_result) -> FileStat:
    """Return the part of a stat result that reveals changes."""
    mtime, ctime = found.st_mtime_ns, found.st_ctime_ns
    return FileStat(found.st_size, mtime, mtime if mtime == ctime else ctime)


def is_inside(path: Path | str, root: str) -> bool:
    """Return whether a path, its links followed, is inside `root`, whose links are resolved."""
    return _is_below(os.path.realpath(path), root)


def _is_open_inside(descriptor: int, path: Path | str, root: str) -> bool:
    """Return whether a file that was opened at `path` is inside `root`, whose links are resolved.

    Linux tells at once where an open file is, whatever becomes of the folders above it.
    """
    place = ""
    with contextlib.suppress(OSError):
        place = os.readlink(f"{_OPEN_FILES}/{descriptor}")  # noqa: PTH115 - a text
    return _is_below(place, root) or is_inside(path, root)


def leads_out(path: Path, root: Path) -> bool:
    """Return whether a path that reads as one inside `root` leads elsewhere by its links.

    A link in the site may have come with the repository, so it must not decide where mediakit
    writes, not even where an option gives the path.
    """
    real_root = os.path.realpath(root)
    written, as_given = (os.path.abspath(each) for each in (path, root))  # noqa: PTH100 - no links
    is_of_site = _is_below(written, as_given) or _is_below(written, real_root)
    return is_of_site and not _is_below(os.path.realpath(path), real_root)


def _is_below(path: str, top: str) -> bool:
    return path == top or path.startswith(top.rstrip(os.sep) + os.sep)


def open_regular(path: Path | str, root: str = "") -> BufferedReader:
    """Open a regular file, links followed; raises OSError, also if it is not regular.

    One that was observed inside `root`, and has come to be outside, is refused too.
    """
    descriptor, _ = _opened(path)
    try:
        _refuse_outside(descriptor, path, root)
        return open(descriptor, "rb")  # noqa: PTH123 - a descriptor, not a path
    except BaseException:
        os.close(descriptor)
        raise


def read_regular(path: Path | str, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of a regular file; raises OSError, also if there are more than `most`."""
    descriptor, size = _opened(path)
    try:
        return _whole(descriptor, size, most)
    finally:
        os.close(descriptor)


def read_same(path: Path | str, known: FileStat, root: str) -> bytes | None:
    """Return the bytes of a regular file that is as it is known, and inside `root`; else None.

    Raises OSError.
    """
    descriptor, size = _opened(path)
    try:
        if not (has_stat(descriptor, known) and _is_open_inside(descriptor, path, root)):
            return None
        data = _whole(descriptor, size, MOST_BYTES)
        return data if has_stat(descriptor, known) else None
    finally:
        os.close(descriptor)


def has_stat(descriptor: int, known: FileStat) -> bool:
    """Return whether an open file has this size and these times."""
    return file_stat(os.fstat(descriptor)) == known


def read_file(root: Path, path: str) -> bytes | None:
    """Read the file at a site path, None where there is none; raises UsageError."""
    try:
        return read_regular(root / path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read: {error.strerror}", "see to its rights, then run again"
        ) from error


def has_bytes(root: Path, path: str, data: bytes) -> bool:
    """Return whether the file at a site path has these bytes; raises UsageError.

    It is not read whole: a catalog is large.
    """
    at, wanted = 0, memoryview(data)
    try:
        with open_regular(root / path) as stream:
            for part in read_parts(stream):
                if wanted[at : at + len(part)] != part:
                    return False
                at += len(part)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read: {error.strerror}", "see to its rights, then run again"
        ) from error
    return at == len(data)


def _whole(descriptor: int, size: int, most: int) -> bytes:
    if size > most:
        raise OSError(errno.EFBIG, f"it is larger than {most // 1024**2:,} MB")
    data = os.read(descriptor, size + 1)
    while 0 < len(data) < size and (more := os.read(descriptor, size + 1 - len(data))):
        data += more
    if len(data) > size:
        raise OSError(errno.EBUSY, "it grew while it was read")
    return data


def read_parts(stream: BufferedReader) -> Iterator[bytes]:
    """Yield the bytes of an open file, part by part; raises OSError if it grows meanwhile."""
    left = os.fstat(stream.fileno()).st_size
    while part := stream.read(_PART):
        left -= len(part)
        if left < 0:
            raise OSError(errno.EBUSY, "it grew while it was read")
        yield part


def sha256_file(path: Path | str) -> str:
    """Return the SHA-256 of a regular file in hexadecimal; raises OSError."""
    with open_regular(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _opened(path: Path | str) -> tuple[int, int]:
    """Return the descriptor of a regular file, and its size."""
    _refuse_others(path, os.stat(path))  # merely opening a device may have effects  # noqa: PTH116
    descriptor = os.open(path, _FLAGS)
    try:
        found = os.fstat(descriptor)
        _refuse_others(path, found)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, found.st_size


def _refuse_others(path: Path | str, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))


def _refuse_outside(descriptor: int, path: Path | str, root: str) -> None:
    if root and not _is_open_inside(descriptor, path, root):
        raise OSError(errno.ESTALE, "changed while mediakit ran")


def decode(data: bytes) -> str:
    r"""Decode UTF-8 with or without a byte order mark, and any line ends, to text with `\\n`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + data.count(b"\n", 0, error.start)
        raise ManifestError(
            "not-utf-8", f"byte 0x{data[error.start]:02x} is not UTF-8", line,
            "save the file as UTF-8",
        ) from error  # fmt: skip
    return text.replace("\r\n", "\n").replace("\r", "\n")
