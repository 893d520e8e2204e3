"""`.mediakit/cache.db`: what spares work, and what a killed run had done.

Ten tables: `file` (a stat to a digest), `reading` (a stat to what a content file says),
`mention` (a stat to the pictures that a text file names),
`settled` (a plan with nothing to do, and what it followed from),
`picture` (a digest to a size and a format), `look`
(a digest to a colour and a placeholder), `grey` (a digest to a small grey copy), `hashes` (a digest
to perceptual hashes), and two journals,
`written` (bytes that mediakit was about to write at a path) and `stored` (the same at a
target). A row of a journal is committed before the file is put in place: whatever bytes are
then found there are either the old ones or known to be ours, never mistaken for others'.

Deleting the file costs time, never correctness. Only what this user wrote on this machine is
believed: a repository may bring a cache too (`state/user_key.py`). One process at a time has it
open for writing, which is also the lock of the site; a dry run reads a copy.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import stat
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import astuple

from mediakit.base.artifacts import Look, PixelSize
from mediakit.base.errors import UsageError
from mediakit.base.products import PICTURE, Input, MadeRecord
from mediakit.base.writer import hint_of
from mediakit.state.database import Database, Schema
from mediakit.state.documents import TypedReader
from mediakit.state.read_ahead import ReadAhead
from mediakit.state.user_key import key_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.base.files import FileStat
    from mediakit.base.model import Problem

SCHEMA = 9
_SETTLED_NS = 2_000_000_000
"""A file changed less than this before it was hashed may change again within one clock tick."""

_TABLES = """
CREATE TABLE file (
  path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, sha256 TEXT,
  seal INTEGER
) WITHOUT ROWID;
CREATE TABLE reading (
  path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, settings TEXT, data BLOB,
  seal INTEGER
) WITHOUT ROWID;
CREATE TABLE mention (
  path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, settings TEXT, data BLOB,
  seal INTEGER
) WITHOUT ROWID;
CREATE TABLE settled (
  number INTEGER PRIMARY KEY, data BLOB, seal INTEGER
) WITHOUT ROWID;
CREATE TABLE picture (
  sha256 TEXT PRIMARY KEY, width INTEGER, height INTEGER, format TEXT, seal INTEGER
) WITHOUT ROWID;
CREATE TABLE look (
  sha256 TEXT PRIMARY KEY, colour TEXT, placeholder TEXT, seal INTEGER
) WITHOUT ROWID;
CREATE TABLE grey (
  sha256 TEXT PRIMARY KEY, copy BLOB, seal INTEGER
) WITHOUT ROWID;
CREATE TABLE hashes (
  sha256 TEXT PRIMARY KEY, version INTEGER, data BLOB, seal INTEGER
) WITHOUT ROWID;
CREATE TABLE written (
  path TEXT, source TEXT, preset TEXT, source_sha256 TEXT, fingerprint TEXT, sha256 TEXT,
  bytes INTEGER, width INTEGER, height INTEGER, seal INTEGER,
  PRIMARY KEY (path, sha256)
) WITHOUT ROWID;
CREATE TABLE stored (
  target TEXT, key TEXT, sha256 TEXT, headers TEXT, seal INTEGER,
  PRIMARY KEY (target, key, sha256)
) WITHOUT ROWID;
"""


_NAME = "cache.db"
_INPUTS = TypedReader(tuple[Input, ...])
_SCHEMA = Schema(SCHEMA, _TABLES)


class Cache:
    """The open cache; make one with `open_cache`."""

    def __init__(self, database: Database, *, is_copy: bool = False) -> None:
        self._database = database
        self._is_copy = is_copy

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the cache itself, until a run has told it.

        None of a copy: it may have been taken while another mediakit was writing.
        """
        return () if self._is_copy else self._database.problems

    def clear_problems(self) -> None:
        """Forget the problems: they have been told."""
        self._database.clear_problems()

    def digest(self, path: str, stat: FileStat) -> str | None:
        """Return the SHA-256 of the file at `path`, if it is still as it was when hashed."""
        return self.digests().get(path, stat)

    def digests(self) -> Digests:
        """Return the digests of files, for asking in the order of their paths."""
        return Digests(self._database)

    def remember_digests(self, rows: Iterable[tuple[str, FileStat, str]]) -> None:
        """Keep digests, but none of files changed so lately that they may change unseen.

        A program may set the one time back after writing, the system alone sets the other.
        """
        self._database.put(
            "file",
            ((_text(path), *astuple(stat), sha256) for path, stat, sha256 in rows if _is_old(stat)),
        )

    def readings(self, settings: str) -> ReadingRows:
        """Return what was read of content files, for asking in the order of their paths.

        `settings` is a digest of all but the file that what is read depends on.
        """
        return ReadingRows(self._database, "reading", settings)

    def remember_readings(self, settings: str, rows: Iterable[tuple[str, FileStat, bytes]]) -> None:
        """Keep what was read of content files, but not of those changed too lately."""
        self._remember("reading", settings, rows)

    def mentions(self, version: int) -> ReadingRows:
        """Return the pictures that text files name, for asking in the order of their paths."""
        return ReadingRows(self._database, "mention", str(version))

    def remember_mentions(self, version: int, rows: Iterable[tuple[str, FileStat, bytes]]) -> None:
        """Keep the pictures that text files name, but not of those changed too lately."""
        self._remember("mention", str(version), rows)

    def _remember(
        self, table: str, settings: str, rows: Iterable[tuple[str, FileStat, bytes]]
    ) -> None:
        self._database.put(
            table,
            (
                (_text(path), *astuple(stat), settings, data)
                for path, stat, data in rows
                if _is_old(stat)
            ),
        )

    def settled(self) -> Iterator[bytes]:
        """Yield the pieces that were kept of a site on which nothing was to be done."""
        for number in itertools.count():
            rows = self._database.rows("settled", "number = ?", (number,))
            if not rows:
                return
            yield bytes(rows[0][1])

    def remember_settled(self, pieces: Iterable[bytes]) -> None:
        """Keep these pieces in the place of all others."""
        self._database.write("DELETE FROM settled")
        for number, piece in enumerate(pieces):
            self._database.put("settled", [(number, piece)])

    def size(self, sha256: str) -> PixelSize | None:
        """Return the displayed size of the picture with this digest."""
        rows = self._database.rows("picture", "sha256 = ?", (sha256,))
        return PixelSize(*rows[0][1:]) if rows else None

    def remember_sizes(self, rows: Iterable[tuple[str, PixelSize]]) -> None:
        """Keep the displayed sizes of pictures by digest."""
        self._database.put("picture", ((sha256, *astuple(size)) for sha256, size in rows))

    def look(self, sha256: str) -> Look | None:
        """Return the look of the picture with this digest."""
        rows = self._database.rows("look", "sha256 = ?", (sha256,))
        return Look(*rows[0][1:]) if rows else None

    def remember_look(self, sha256: str, look: Look) -> None:
        """Keep the look of the picture with this digest."""
        self._database.put("look", [(sha256, look.colour, look.placeholder)])
        self.remember_grey(sha256, look.grey)

    def grey(self, sha256: str) -> bytes | None:
        """Return the grey copy of the picture with this digest; empty if it is not compared."""
        rows = self._database.rows("grey", "sha256 = ?", (sha256,))
        return bytes(rows[0][1]) if rows else None

    def remember_grey(self, sha256: str, copy: bytes) -> None:
        """Keep the grey copy of the picture with this digest."""
        self._database.put("grey", [(sha256, copy)])

    def hashes(self, version: int) -> dict[str, bytes]:
        """Return the perceptual hashes of this version, by the digest of the picture."""
        rows = self._database.rows("hashes", "version = ?", (version,))
        return {sha256: bytes(data) for sha256, _, data in rows}

    def remember_hashes(self, version: int, rows: Iterable[tuple[str, bytes]]) -> None:
        """Keep perceptual hashes."""
        self._database.put("hashes", ((sha256, version, data) for sha256, data in rows))

    def journal(self) -> tuple[MadeRecord, ...]:
        """Return the products that runs wrote, or were about to, and that no catalog has yet."""
        return tuple(_record(row) for row in self._database.rows("written"))

    def note_made(self, record: MadeRecord) -> None:
        """Commit what is about to be written; raises CacheError."""
        self._database.put("written", [_row(record)], needed=True)

    def stored(self, target: str) -> dict[tuple[str, str], str]:
        """Return what was put at a target whose catalog does not say so yet.

        By key and SHA-256, the digest of the headers that were sent.
        """
        rows = self._database.rows("stored", "target = ?", (target,))
        return {(key, sha256): headers for _, key, sha256, headers in rows}

    def note_stored(self, target: str, key: str, sha256: str, headers: str) -> None:
        """Commit what is about to be put at a target; raises CacheError."""
        self._database.put("stored", [(target, key, sha256, headers)], needed=True)

    def clear_journal(self) -> None:
        """Forget the variants' journal: the catalog has it all."""
        self._database.write("DELETE FROM written")

    def clear_stored(self, target: str) -> None:
        """Forget a target's journal: the catalog at the target has it all."""
        self._database.write("DELETE FROM stored WHERE target = ?", [(target,)])


class Digests:
    """Digests of files, as the cache has them."""

    def __init__(self, database: Database) -> None:
        self._rows = _ahead(database, "file")

    def get(self, path: str, stat: FileStat) -> str | None:
        """Return the SHA-256 of the file at `path`, if it is still as it was when hashed."""
        row = self._rows.row(_text(path))
        if row is None or not _is_same(row, stat):
            return None
        return str(row[4])


class ReadingRows:
    """What was read of files with the same settings, as a table of the cache has it."""

    def __init__(self, database: Database, table: str, settings: str) -> None:
        self._settings = settings
        self._rows = _ahead(database, table)

    def get(self, path: str, stat: FileStat) -> bytes | None:
        """Return what was read of the file at `path`, if it is still as it was then."""
        row = self._rows.row(_text(path))
        if row is None or row[4] != self._settings or not _is_same(row, stat):
            return None
        return bytes(row[5])


def _row(record: MadeRecord) -> tuple[str | int, ...]:
    """Return a row of `written`; where more than a picture was used, `source_sha256` is JSON."""
    source, digest = "", str(msgspec.json.encode(record.inputs), "utf-8")
    if record.is_of_one_picture:
        source, digest = record.source, record.inputs[0].sha256
    return (
        record.path, source, record.recipe, digest, record.fingerprint, record.sha256,
        record.bytes, record.width, record.height,
    )  # fmt: skip


def _record(row: tuple[Any, ...]) -> MadeRecord:
    path, source, recipe, digest, *rest = row
    if source:
        return MadeRecord(path, recipe, (Input(PICTURE, source, sha256=digest),), *rest)
    return MadeRecord(path, recipe, _INPUTS.from_json(digest), *rest)


def _ahead(database: Database, table: str) -> ReadAhead:
    return ReadAhead(
        lambda key, limit: database.rows(table, "path >= ? ORDER BY path LIMIT ?", (key, limit))
    )


def _is_same(row: tuple[Any, ...], stat: FileStat) -> bool:
    """Return whether a row is about a file as it is: size and times follow the path."""
    return bool(row[1] == stat.size and row[2] == stat.mtime_ns and row[3] == stat.ctime_ns)


def _is_old(stat: FileStat) -> bool:
    """Return whether a file has not changed for long enough that a change would be seen."""
    return max(stat.mtime_ns, stat.ctime_ns) < time.time_ns() - _SETTLED_NS


def _text(path: str) -> str:
    """Return a path as SQLite takes it: names that are no text keep their bytes as escapes."""
    return path if path.isascii() else path.encode("utf-8", "backslashreplace").decode()


@contextlib.contextmanager
def open_cache(folder: Path, *, read_only: bool = False) -> Iterator[Cache]:
    """Open the cache in `folder` (made if need be), alone; read-only touches nothing.

    Raises:
        SiteLockedError: another mediakit has it open.
        UsageError: the folder cannot be written.
    """
    if read_only:
        with contextlib.ExitStack() as stack:
            database = stack.enter_context(contextlib.closing(_copied(folder, stack)))
            yield Cache(database, is_copy=True)
        return
    with contextlib.closing(_locked(folder)) as database:
        yield Cache(database)


def _locked(folder: Path) -> Database:
    links = [each for each in (folder, *folder.glob(f"{_NAME}*")) if each.is_symlink()]
    if links:
        # what they lead to is not ours: tables there would be dropped
        raise UsageError(f"{links[0]} is a link", "delete it: a cache only spares work")
    try:
        folder.mkdir(mode=0o775, parents=True, exist_ok=True)
        _write_ignore(folder / ".gitignore")
    except OSError as error:
        message = f"{folder}: cannot be written: {error.strerror}"
        raise UsageError(message, hint_of(error)) from error
    return Database(folder / _NAME, _SCHEMA, f"{folder.name}/{_NAME}", key_for(folder))


def _write_ignore(path: Path) -> None:
    """Keep the folder out of version control; where a full disk left the file empty, again."""
    with contextlib.suppress(FileNotFoundError):
        found = path.lstat()
        if found.st_size or not stat.S_ISREG(found.st_mode):
            return
        path.unlink()
    # its own mode: `open` would leave it to everybody where the umask does
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor
        file.write("*\n")


def _copied(folder: Path, stack: contextlib.ExitStack) -> Database:
    """Return a copy: an empty one where the cache is of no use, or changes at this moment."""
    with contextlib.suppress(OSError, UsageError):
        copy = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in (_NAME, f"{_NAME}-wal"):
            if (folder / name).is_file() and not (folder / name).is_symlink():
                shutil.copyfile(folder / name, copy / name)
        name = f"a copy of {folder.name}/{_NAME}"
        return Database(copy / _NAME, _SCHEMA, name, key_for(folder, is_made=False))
    return Database(Path(":memory:"), _SCHEMA, "the cache", None)
