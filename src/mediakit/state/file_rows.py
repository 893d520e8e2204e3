"""Rows of the cache about files: they hold while a file has the same size and times."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec
from msgspec.structs import astuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mediakit.base.files import DiskFile, FileStat
    from mediakit.state.database import Database
    from mediakit.state.documents import TypedReader

_BATCH = 1_000  # parsed files that are held before they are written
_TICK_NS = 2_000_000_000  # a file that changed more recently may change again within a clock tick

_Value = TypeVar("_Value")


class FileRows(Generic[_Value]):
    """A table of what was read out of files; quick for paths in ascending order."""

    def __init__(self, database: Database, table: str, *settings: str) -> None:
        self._row = database.lookup(table)
        self._settings = settings

    def get(self, path: str, stat: FileStat) -> _Value | None:
        """Return what was read out of a file with these settings, if it has not changed since."""
        row = self._row(as_text(path))
        if row is None or row[1:-1] != (*astuple(stat), *self._settings):
            return None
        return row[-1]  # type: ignore[no-any-return]


class ParsedFiles(Generic[_Value]):
    """Values parsed from files, written in batches, but not of files that changed a moment ago."""

    def __init__(
        self,
        rows: FileRows[bytes],
        keep: Callable[[Iterable[tuple[str, FileStat, bytes]], str], None],
        settings: str,
        reader: TypedReader[_Value],
        prefix: str,
    ) -> None:
        self._rows = rows
        self._keep = keep
        self._settings = settings
        self._reader = reader
        self._prefix = prefix  # of paths, which begin with no slash
        self._new: list[tuple[str, FileStat, bytes]] = []

    def get(self, file: DiskFile) -> _Value | None:
        """Return the value of a file, None if it is not known."""
        data = self._rows.get(self._prefix + file.path, file.stat)
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
            return None if data is None else self._reader.from_msgpack(data)
        return None

    def put(self, file: DiskFile, value: _Value) -> None:
        """Keep the value of a file; the database has it after `flush`."""
        with contextlib.suppress(UnicodeEncodeError):  # half a character, as an escape: rare
            data = msgspec.msgpack.encode(value)
            self._new.append((self._prefix + file.path, file.stat, data))
        if len(self._new) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write the new values to the database."""
        if self._new:
            self._keep(self._new, self._settings)
            self._new.clear()


def is_old(stat: FileStat) -> bool:
    """Return whether a further change of the file would show in its times.

    A program may set back the time of the last change after writing, but not the system's own.
    """
    return max(stat.mtime_ns, stat.ctime_ns) < time.time_ns() - _TICK_NS


def as_text(path: str) -> str:
    """Return a path as SQLite takes it, with bytes that are no text as escapes."""
    return path if path.isascii() else path.encode("utf-8", "backslashreplace").decode()
