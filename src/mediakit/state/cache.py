"""`.mediakit/cache.db`: what saves work, and what a killed run had finished.

| table | from | to |
| --- | --- | --- |
| `file` | path and stat | SHA-256 |
| `reading` | path and stat of a content file | its parsed page, a picture's slips |
| `mention` | path and stat of a text file | what it names; what a picture tells |
| `settled` | | the plan of a run that had nothing to do, and what it followed from |
| `picture` | SHA-256 | displayed size and format |
| `look`, `grey` | SHA-256 | colour and placeholder; small grey copy |
| `hashes` | SHA-256 | perceptual hashes |
| `written`, `stored` | | journals: bytes that were about to be put at a site path, or at a target |
| `made` | site path | SHA-256 of what mediakit last made there, on this machine |

A row of a journal is committed before its file is put in place, so bytes that are found there
later are either the old ones or known to be ours.

Deleting the cache costs time, never correctness. Only rows that this user wrote on this machine
are believed, since a repository may bring a cache too (`state/cache_file.py`). One process at a
time may have it open for writing, which makes it the lock of the site; a dry run reads a copy.
"""

from __future__ import annotations

import itertools
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec.structs import astuple

from mediakit.base.artifacts import Artifact, Look
from mediakit.base.products import PICTURE, Input, MadeRecord
from mediakit.state.documents import TypedReader
from mediakit.state.file_rows import FileRows, ParsedFiles, as_text, is_old
from mediakit.state.sqlite_file import Schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.base.files import FileStat
    from mediakit.base.model import Problem
    from mediakit.state.database import Database

SCHEMA = 9

_Value = TypeVar("_Value")

_TABLES = """
CREATE TABLE file (path TEXT PRIMARY KEY,
  size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, sha256 TEXT, seal INTEGER) WITHOUT ROWID;
CREATE TABLE reading (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER,
  settings TEXT, data BLOB, seal INTEGER) WITHOUT ROWID;
CREATE TABLE mention (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER,
  settings TEXT, data BLOB, seal INTEGER) WITHOUT ROWID;
CREATE TABLE settled (number INTEGER PRIMARY KEY, data BLOB, seal INTEGER) WITHOUT ROWID;
CREATE TABLE picture (sha256 TEXT PRIMARY KEY,
  width INTEGER, height INTEGER, format TEXT, seal INTEGER) WITHOUT ROWID;
CREATE TABLE look (sha256 TEXT PRIMARY KEY,
  colour TEXT, placeholder TEXT, seal INTEGER) WITHOUT ROWID;
CREATE TABLE grey (sha256 TEXT PRIMARY KEY, copy BLOB, seal INTEGER) WITHOUT ROWID;
CREATE TABLE hashes (sha256 TEXT PRIMARY KEY,
  version INTEGER, data BLOB, seal INTEGER) WITHOUT ROWID;
CREATE TABLE written (path TEXT, source TEXT, preset TEXT, source_sha256 TEXT, fingerprint TEXT,
  sha256 TEXT, bytes INTEGER, width INTEGER, height INTEGER, seal INTEGER,
  PRIMARY KEY (path, sha256)) WITHOUT ROWID;
CREATE TABLE stored (target TEXT, key TEXT, sha256 TEXT, headers TEXT, seal INTEGER,
  PRIMARY KEY (target, key, sha256)) WITHOUT ROWID;
"""
_INPUTS = TypedReader(tuple[Input, ...])
_MADE = """CREATE TABLE IF NOT EXISTS made (path TEXT PRIMARY KEY,
  sha256 TEXT, seal INTEGER) WITHOUT ROWID"""
CACHE_SCHEMA = Schema(SCHEMA, _TABLES, _MADE)


class Cache:
    """An open cache; `cache_file.open_cache` makes one."""

    def __init__(self, database: Database, *, is_copy: bool = False) -> None:
        self._database = database
        self._is_copy = is_copy

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the cache, until `clear_problems`.

        A copy has none: it may have been taken while another mediakit was writing.
        """
        return () if self._is_copy else self._database.problems

    def clear_problems(self) -> None:
        """Forget the problems, once they have been reported."""
        self._database.clear_problems()

    def digest(self, path: str, stat: FileStat) -> str | None:
        """Return the SHA-256 of a file, if it has not changed since it was hashed."""
        return self.digests().get(path, stat)

    def digests(self) -> FileRows[str]:
        """Return the SHA-256 of files."""
        return FileRows(self._database, "file")

    def remember_digests(self, rows: Iterable[tuple[str, FileStat, str]]) -> None:
        """Keep the SHA-256 of files, except of those that changed a moment ago."""
        self._remember("file", rows)

    def parsed(
        self, table: str, settings: str, reader: TypedReader[_Value], teller: str = ""
    ) -> ParsedFiles[_Value]:
        """Return the values of `reading` or `mention` that were parsed with these `settings`.

        Each `teller` has rows of its own: an SVG is a text that names pictures, and a picture too.
        """
        rows: FileRows[bytes] = FileRows(self._database, table, settings)
        prefix, keep = f"/{teller}/" if teller else "", partial(self._remember, table)
        return ParsedFiles(rows, keep, settings, reader, prefix)

    def _remember(
        self, table: str, rows: Iterable[tuple[str, FileStat, object]], *settings: str
    ) -> None:
        self._database.put(table, ((as_text(path), *astuple(stat), *settings, value)
                                   for path, stat, value in rows if is_old(stat)))  # fmt: skip

    def settled(self) -> Iterator[bytes]:
        """Yield the pieces that `remember_settled` kept."""
        for number in itertools.count():
            rows = self._database.rows("settled", "number = ?", (number,))
            if not rows:
                return
            yield bytes(rows[0][1])

    def remember_settled(self, pieces: Iterable[bytes]) -> None:
        """Keep a plan with nothing to do, in pieces, and forget the one before."""
        self._database.write("DELETE FROM settled")
        for number, piece in enumerate(pieces):
            self.remember_piece(number, piece)

    def remember_piece(self, number: int, piece: bytes) -> None:
        """Keep a piece of the kept plan in place of the one of this number."""
        self._database.put("settled", [(number, piece)])

    def _of(self, table: str, sha256: str) -> tuple[Any, ...] | None:
        rows = self._database.rows(table, "sha256 = ?", (sha256,))
        return rows[0][1:] if rows else None

    def size(self, sha256: str) -> Artifact | None:
        """Return a picture with this digest, as far as its displayed size and format."""
        found = self._of("picture", sha256)
        return Artifact("", sha256, 0, *found) if found else None

    def remember_sizes(self, pictures: Iterable[Artifact]) -> None:
        """Keep the displayed sizes and formats of pictures by digest."""
        rows = ((each.sha256, each.width, each.height, each.format) for each in pictures)
        self._database.put("picture", rows)

    def look(self, sha256: str) -> Look | None:
        """Return colour and placeholder of the picture with this digest, without its grey copy."""
        found = self._of("look", sha256)
        return Look(*found) if found else None

    def remember_look(self, sha256: str, look: Look) -> None:
        """Keep the look of the picture with this digest, and its grey copy."""
        self._database.put("look", [(sha256, look.colour, look.placeholder)])
        self.remember_grey(sha256, look.grey)

    def grey(self, sha256: str) -> bytes | None:
        """Return the grey copy of the picture with this digest; empty if it is not compared."""
        found = self._of("grey", sha256)
        return bytes(found[0]) if found else None

    def remember_grey(self, sha256: str, copy: bytes) -> None:
        """Keep the grey copy of the picture with this digest."""
        self._database.put("grey", [(sha256, copy)])

    def hashes(self, version: int) -> dict[str, bytes]:
        """Return the perceptual hashes of this version, by the digest of the picture."""
        rows = self._database.rows("hashes", "version = ?", (version,))
        return {sha256: bytes(data) for sha256, _, data in rows}

    def remember_hashes(self, version: int, rows: Iterable[tuple[str, bytes]]) -> None:
        """Keep perceptual hashes by the digest of the picture."""
        self._database.put("hashes", ((sha256, version, data) for sha256, data in rows))

    def journal(self) -> tuple[MadeRecord, ...]:
        """Return the products that runs wrote, or were about to, and that no catalog has yet."""
        return tuple(_record(row) for row in self._database.rows("written"))

    def note_made(self, record: MadeRecord) -> None:
        """Commit what is about to be written; raises CacheError."""
        self._database.put("made", [(as_text(record.path), record.sha256)])
        self._database.put("written", [_row(record)], needed=True)

    def has_made(self, path: str, sha256: str) -> bool:
        """Return whether mediakit made these bytes at a site path, on this machine."""
        return self._database.rows("made", "path = ?", (as_text(path),)) == [
            (as_text(path), sha256)
        ]

    def stored(self, target: str) -> dict[tuple[str, str], str]:
        """Return the headers' digests of what runs put at a target, by key and SHA-256.

        It has only what the catalog there does not have yet.
        """
        rows = self._database.rows("stored", "target = ?", (target,))
        return {(key, sha256): headers for _, key, sha256, headers in rows}

    def note_stored(self, target: str, key: str, sha256: str, headers: str) -> None:
        """Commit an object that is about to be put at a target; raises CacheError."""
        self._database.put("stored", [(target, key, sha256, headers)], needed=True)

    def clear_journal(self) -> None:
        """Forget the journal of variants: the catalog has them all."""
        self._database.write("DELETE FROM written")

    def clear_stored(self, target: str) -> None:
        """Forget the journal of a target: the catalog there has it all."""
        self._database.write("DELETE FROM stored WHERE target = ?", [(target,)])


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
