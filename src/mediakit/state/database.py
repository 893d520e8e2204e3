"""One SQLite file that one process has open; where it is broken, it is set aside and begun anew.

What is in it only spares work, so no fault of the file stops a run: what cannot be read is not
known, and what cannot be written is not remembered. Both are told as problems. Only rows that
have to be there before something else happens (`needed`) raise.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from mediakit.base.errors import CacheError, SiteLockedError, UsageError
from mediakit.base.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    Row = tuple[Any, ...]

_NO_TEXT = "what should be text is none"
"""Where SQLite's own message would quote bytes that are no text, Python has no message."""
_encode = msgspec.msgpack.Encoder().encode
_KEY_BYTES, _SEAL_BYTES = 32, 8
_NOTES = "CREATE TABLE note (message TEXT)"
_MAKER = "CREATE TABLE maker (seal INTEGER)"
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_OUTSIDE = frozenset({
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN,
})  # fmt: skip
"""Primary result codes that say nothing of the content; all others mean that it is broken."""


@dataclass(frozen=True, slots=True)
class Schema:
    """The version of the tables, and the statements that make them."""

    version: int
    tables: str

    @property
    def statements(self) -> tuple[str, ...]:
        """The statements, one by one."""
        return (*(each for each in self.tables.split(";") if each.strip()), _NOTES, _MAKER)


class Database:
    """Tables in one file; `name` is what messages call it.

    With `key` each row is sealed: what somebody else wrote is not believed. Without one (None)
    nothing is believed that was there before.

    Raises:
        SiteLockedError: another process has it open.
        UsageError: it can be neither opened nor begun anew.
    """

    def __init__(self, path: Path, schema: Schema, name: str, key: bytes | None) -> None:
        self._path = path
        self._is_new = key is None
        self._key = key or os.urandom(_KEY_BYTES)
        self._schema = schema
        self._name = name
        self._said: dict[str, Problem] = {}
        self._connection = self._opened()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What went wrong with the file since a run has last told it."""
        noted = [self._set_aside_problem(message) for (message,) in self.read("SELECT * FROM note")]
        return (*noted, *self._said.values())

    def clear_problems(self) -> None:
        """Forget the problems: they have been told."""
        if self.problems:
            self.write("DELETE FROM note")
            self._said.clear()

    def rows(self, table: str, condition: str = "true", values: Row = ()) -> list[Row]:
        """Return the rows of a table without their seals, none where the file is broken."""
        rows = []
        for sealed in self.read(f"SELECT * FROM {table} WHERE {condition}", values):  # noqa: S608 - ours
            row = sealed[:-1]
            if self._seal(table, row) != sealed[-1]:
                self._connection = self._anew("a row is not as it was written", self._connection)
                return []
            rows.append(row)
        return rows

    def put(self, table: str, rows: Iterable[Row], *, needed: bool = False) -> None:
        """Write rows into a table, each sealed; the old ones of their keys go.

        Raises:
            CacheError: rows that are `needed` could not be written.
        """
        sealed = [(*row, self._seal(table, row)) for row in rows]
        if sealed:
            places = ", ".join("?" * len(sealed[0]))
            statement = f"INSERT OR REPLACE INTO {table} VALUES ({places})"  # noqa: S608 - ours
            self.write(statement, sealed, needed=needed)

    def read(self, statement: str, values: Row = ()) -> list[Row]:
        """Return the rows of a query, none where the file is broken."""
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.ProgrammingError:
            raise
        except UnicodeDecodeError:
            self._connection = self._anew(_NO_TEXT, self._connection)
            return []
        except sqlite3.Error as error:
            if _is_outside(error):
                self._said.setdefault("read", self._not_read(error))
            else:
                self._connection = self._anew(str(error), self._connection)
            return []

    def write(self, statement: str, rows: Iterable[Row] = ((),), *, needed: bool = False) -> None:
        """Carry out a statement for each row, all or none.

        Raises:
            CacheError: rows that are `needed` could not be written.
        """
        rows = list(rows)
        try:
            self._write(statement, rows)
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.Error as error:
            failed = error if _is_outside(error) else self._write_anew(statement, rows, error)
            if failed is None:
                return
            if needed:
                raise CacheError(f"{self._name}: {failed}", _hint(failed)) from failed
            self._said.setdefault("written", self._not_written(failed))

    def close(self) -> None:
        """Close the file, and let others have it."""
        self._connection.close()

    def _seal(self, table: str, row: Row) -> int:
        """Return a seal of a row that only the key's owner can make.

        It also tells where a byte within a value is another, which SQLite does not see.
        """
        digest = hashlib.blake2b(_encode((table, row)), key=self._key, digest_size=_SEAL_BYTES)
        return int.from_bytes(digest.digest(), "big", signed=True)

    def _connect(self) -> sqlite3.Connection:
        connection = _connect(
            self._path, self._schema, self._seal("maker", ()), is_new=self._is_new
        )
        self._is_new = False
        return connection

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except _StrangeError as error:
            why = str(error)
        except sqlite3.Error as error:
            if _code(error) in _BUSY:
                raise SiteLockedError(
                    "another mediakit is at work on this site", "wait for it to end, then run again"
                ) from error
            if _is_outside(error) and not _has_folder(self._path):
                raise UsageError(f"{self._name}: {error}", _hint(error)) from error
            why = str(error)
        return self._anew(why)

    def _anew(self, why: str, old: sqlite3.Connection | None = None) -> sqlite3.Connection:
        """Return a new file in the place of a broken one, which is set aside.

        The lock of the site is on the file, not on its name: `old` is held until it is away.
        """
        if old is not None and os.name == "nt":
            old.close()
        try:
            _set_aside(self._path)
            if old is not None:
                old.close()
            _remove_beside(self._path)
            connection = self._connect()
            connection.execute("INSERT INTO note VALUES (?)", (why,))
        except (OSError, sqlite3.Error) as error:
            raise UsageError(
                f"{self._name}: is of no use ({why}), and cannot be begun anew: {error}",
                "delete it: it only spares work",
            ) from error
        return connection

    def _write(self, statement: str, rows: list[Row]) -> None:
        if len(rows) == 1:
            self._connection.execute(statement, rows[0])
            return
        self._connection.execute("BEGIN")
        try:
            self._connection.executemany(statement, rows)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                with contextlib.suppress(sqlite3.Error):  # the first error says what is wrong
                    self._connection.execute("ROLLBACK")
            raise

    def _write_anew(
        self, statement: str, rows: list[Row], why: sqlite3.Error
    ) -> sqlite3.Error | None:
        self._connection = self._anew(str(why), self._connection)
        try:
            self._write(statement, rows)
        except sqlite3.Error as error:
            return error
        return None

    def _not_read(self, error: sqlite3.Error) -> Problem:
        message = f"cannot be read: {error}; the run goes on without"
        return Problem(self._name, 0, "cache-not-read", Severity.WARNING, message, _hint(error))

    def _not_written(self, error: sqlite3.Error) -> Problem:
        message = f"cannot be written: {error}; the run goes on without"
        return Problem(self._name, 0, "cache-not-written", Severity.WARNING, message, _hint(error))

    def _set_aside_problem(self, why: str) -> Problem:
        message = f"is of no use ({why}): it was set aside, and begun anew"
        return Problem(
            self._name, 0, "cache-set-aside", Severity.WARNING, message,
            "nothing is lost: it only spares work, and fills again",
        )  # fmt: skip


class _StrangeError(Exception):
    """The file was written by a newer mediakit, or elsewhere."""


def _connect(path: Path, schema: Schema, seal: int, *, is_new: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=0.2)
    try:
        # exclusive: the lock of the site; WAL survives a kill; no fsync: only a cache
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN EXCLUSIVE")
        _agree(connection, schema, seal, is_new=is_new)
        connection.execute("COMMIT")
        connection.execute("SELECT count(*) FROM note").fetchone()
    except UnicodeDecodeError as error:
        connection.close()
        raise sqlite3.DatabaseError(_NO_TEXT) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _agree(connection: sqlite3.Connection, schema: Schema, seal: int, *, is_new: bool) -> None:
    """Make the tables, anew where they are of an older mediakit, or nothing is to be believed."""
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > schema.version:
        raise _StrangeError("it was written by a newer mediakit")
    if found == schema.version and not is_new:
        if connection.execute("SELECT seal FROM maker").fetchall() != [(seal,)]:
            raise _StrangeError("it was made elsewhere, or by somebody else")
        return
    old = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in old:
        connection.execute(f'DROP TABLE "{table}"')
    for statement in schema.statements:
        connection.execute(statement)
    connection.execute("INSERT INTO maker VALUES (?)", (seal,))
    connection.execute(f"PRAGMA user_version = {schema.version}")


def _set_aside(path: Path) -> None:
    aside = path.with_name(f"{path.name}.broken")
    _remove(aside)
    path.replace(aside)


def _remove_beside(path: Path) -> None:
    for suffix in ("-wal", "-shm", "-journal"):
        _remove(path.with_name(path.name + suffix))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _has_folder(path: Path) -> bool:
    return any(path.with_name(path.name + suffix).is_dir() for suffix in ("", "-wal", "-shm"))


def _code(error: sqlite3.Error) -> int:
    # errors of Python's own have none; the low byte is the primary code
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def _is_outside(error: sqlite3.Error) -> bool:
    return _code(error) in _OUTSIDE


def _hint(error: sqlite3.Error) -> str:
    if _code(error) == sqlite3.SQLITE_FULL:
        return "free some space there, then run again"
    return "may this user write there, and is there space? see to it, then run again"
