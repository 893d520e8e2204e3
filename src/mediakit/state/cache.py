"""`.mediakit/cache.db`: what saves work, and what a killed run had finished.

Its tables are in `state/cache_file.py`. A row of a journal is committed before its file is put in
place, so bytes that are found there later are either the old ones or known to be ours.

Deleting the cache costs time, never correctness. Only rows that this user wrote on this machine
are believed, since a repository may bring a cache too (`state/cache_file.py`). One process at a
time may have it open for writing, which makes it the lock of the site; a dry run reads it as it is.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec
from msgspec.structs import astuple

from mediakit.base.artifacts import PICTURE, Artifact, Input, Look, MadeRecord
from mediakit.state.documents import TypedReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mediakit.base.files import DiskFile
    from mediakit.base.model import Problem
    from mediakit.base.regular_file import FileStat
    from mediakit.state.database import Database

_BATCH = 1_000  # parsed files that are held before they are written

_Value = TypeVar("_Value")

_INPUTS = TypedReader(tuple[Input, ...])
_MADE = TypedReader(MadeRecord)


class Cache:
    """An open cache; `open_cache` of `sync/session.py` makes one."""

    def __init__(self, database: Database, *, is_copy: bool = False) -> None:
        self._database = database
        self._is_copy = is_copy
        self._opened_ns = time.time_ns()  # before any file is read

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
        """Keep the SHA-256 of files, except of those that changed since just before the run."""
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
        self._database.put(table, ((_text(path), *astuple(stat), *settings, value)
                                   for path, stat, value in rows
                                   if stat.is_settled(self._opened_ns)))  # fmt: skip

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
        """Keep a piece of the kept plan in place of the one before; who only looks keeps none."""
        if not self._is_copy:
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

    def remember_looks(self, looks: Mapping[str, Look]) -> None:
        """Keep the looks of pictures by digest, and their grey copies."""
        rows = ((sha256, look.colour, look.placeholder) for sha256, look in looks.items())
        self._database.put("look", rows)
        self._database.put("grey", ((sha256, look.grey) for sha256, look in looks.items()))

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
        self._database.put("made", [(_text(record.path), record.sha256)])
        self._database.put("written", [_row(record)], needed=True)

    def has_made(self, path: str, sha256: str) -> bool:
        """Return whether mediakit made these bytes at a site path, on this machine."""
        return self._database.rows("made", "path = ?", (_text(path),)) == [(_text(path), sha256)]

    def declined(self) -> frozenset[str]:
        """Return the digests of products that came to nothing."""
        return frozenset(digest for (digest,) in self._database.rows("declined"))

    def note_declined(self, digest: str) -> None:
        """Keep the digest of a product that came to nothing, so that it is not made again."""
        self._database.put("declined", [(digest,)])

    def stored(self, target: str) -> dict[tuple[str, str], str]:
        """Return the headers' digests of what runs put at a target, by key and SHA-256.

        It has only what the catalog there does not have yet.
        """
        rows = self._database.rows("stored", "target = ?", (target,))
        return {(key, sha256): headers for _, key, sha256, headers in rows}

    def note_stored(self, target: str, objects: Iterable[Artifact]) -> None:
        """Commit objects that are about to be put at a target; raises CacheError."""
        rows = [(target, each.path, each.sha256, each.headers) for each in objects]
        self._database.put("stored", rows, needed=True)

    def clear_journal(self) -> None:
        """Forget the journal of variants: the catalog has them all."""
        self._database.write("DELETE FROM written")

    def clear_stored(self, target: str) -> None:
        """Forget the journal of a target: the catalog there has it all."""
        self._database.write("DELETE FROM stored WHERE target = ?", [(target,)])


class FileRows(Generic[_Value]):
    """A table of what was read out of files; quick for paths in ascending order."""

    def __init__(self, database: Database, table: str, *settings: str) -> None:
        self._row = database.lookup(table)
        self._settings = settings

    def get(self, path: str, stat: FileStat) -> _Value | None:
        """Return what was read out of a file with these settings, if it has not changed since."""
        row = self._row(_text(path))
        if row is None or row[1:-1] != (*astuple(stat), *self._settings):
            return None
        return row[-1]  # type: ignore[no-any-return]


class ParsedFiles(Generic[_Value]):
    """Values parsed from files, written in batches, but not of files that have just changed."""

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


def _row(record: MadeRecord) -> tuple[str | int, ...]:
    """Return a row of `written`; of a film, or of more than a picture, `source_sha256` is JSON."""
    is_film = bool(record.milliseconds)
    source, digest = "", str(msgspec.json.encode(record if is_film else record.inputs), "utf-8")
    if record.is_of_one_picture and not is_film:
        source, digest = record.source, record.inputs[0].sha256
    return (
        record.path, source, record.recipe, digest, record.fingerprint, record.sha256,
        record.bytes, record.width, record.height,
    )  # fmt: skip


def _record(row: tuple[Any, ...]) -> MadeRecord:
    path, source, recipe, digest, *rest = row
    if source:
        return MadeRecord(path, recipe, (Input(PICTURE, source, sha256=digest),), *rest)
    if digest.startswith("{"):
        return _MADE.from_json(digest)
    return MadeRecord(path, recipe, _INPUTS.from_json(digest), *rest)


def _text(path: str) -> str:
    """Return a path as SQLite takes it, with bytes that are no text as escapes."""
    return path if path.isascii() else path.encode("utf-8", "backslashreplace").decode()
