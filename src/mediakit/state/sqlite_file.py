"""The file of a database: opened for one process, its tables made, a broken one set aside."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

NO_TEXT = "a text is not UTF-8"
"""Python has no message where that of SQLite would quote such bytes."""

_NOTES = "CREATE TABLE note (message TEXT)"
_MAKER = "CREATE TABLE maker (seal INTEGER)"
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_OUTSIDE = frozenset({
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN,
})  # fmt: skip
"""Primary result codes that say nothing of the content; all others mean that it is broken."""


class Schema(msgspec.Struct, frozen=True):
    """The version of the tables, and the statements that make them.

    `later` adds tables that came after this version, and which older mediakits leave alone.
    """

    version: int
    tables: str
    later: str

    @property
    def statements(self) -> tuple[str, ...]:
        """The statements, one by one."""
        tables = (each for each in self.tables.split(";") if each.strip())
        return (*tables, *self.later.split(";"), _NOTES, _MAKER)


class StrangeFileError(Exception):
    """The file was made by a newer mediakit, on another machine, or by another user."""


def connect(path: Path, schema: Schema, seal: int, *, is_new: bool) -> sqlite3.Connection:
    """Open a file, alone, and make its tables if need be; `seal` is that of whoever made it.

    Raises:
        StrangeFileError: somebody else made it.
        sqlite3.Error: it is broken, in use, or out of reach.
    """
    connection = sqlite3.connect(path, isolation_level=None, timeout=0.2)
    try:
        # exclusive: the lock of the site; WAL survives a kill; no fsync, for a mere cache
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN EXCLUSIVE")
        _agree(connection, schema, seal, is_new=is_new)
        connection.execute("COMMIT")
        connection.execute("SELECT count(*) FROM note").fetchone()
    except UnicodeDecodeError as error:
        connection.close()
        raise sqlite3.DatabaseError(NO_TEXT) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _agree(connection: sqlite3.Connection, schema: Schema, seal: int, *, is_new: bool) -> None:
    """Make the tables, also where those of an older mediakit, or of nobody known, are there."""
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > schema.version:
        raise StrangeFileError("a newer mediakit made it")
    if found == schema.version and not is_new:
        if connection.execute("SELECT seal FROM maker").fetchall() != [(seal,)]:
            raise StrangeFileError("it was made on another machine, or by somebody else")
        for statement in schema.later.split(";"):
            connection.execute(statement)
        return
    old = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in old:
        connection.execute(f'DROP TABLE "{table}"')
    for statement in schema.statements:
        connection.execute(statement)
    connection.execute("INSERT INTO maker VALUES (?)", (seal,))
    connection.execute(f"PRAGMA user_version = {schema.version}")


def set_aside(path: Path) -> None:
    """Rename a broken file; raises OSError."""
    aside = path.with_name(f"{path.name}.broken")
    _remove(aside)
    path.replace(aside)


def remove_beside(path: Path) -> None:
    """Remove the log and other files that belong to a database; raises OSError."""
    for suffix in ("-wal", "-shm", "-journal"):
        _remove(path.with_name(path.name + suffix))


def _remove(path: Path) -> None:
    if path.is_dir():
        import shutil  # noqa: PLC0415 - it loads much, and nearly no run needs it

        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def has_folder(path: Path) -> bool:
    """Return whether a folder stands in the place of a file of the database."""
    return any(path.with_name(path.name + suffix).is_dir() for suffix in ("", "-wal", "-shm"))


def _code(error: sqlite3.Error) -> int:
    # errors of Python's own have none; the low byte is the primary code
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def is_busy(error: sqlite3.Error) -> bool:
    """Return whether another process has the file open."""
    return _code(error) in _BUSY


def is_outside(error: sqlite3.Error) -> bool:
    """Return whether an error says nothing of the content: a full disk, say."""
    return _code(error) in _OUTSIDE


def hint_for(error: sqlite3.Error) -> str:
    """Return what a user can do about an error."""
    if _code(error) == sqlite3.SQLITE_FULL:
        return "free some space there, then run again"
    return "check that you may write there and that there is space, then run again"
