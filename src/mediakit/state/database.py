"""One SQLite file that one process has open; a broken one is set aside, and a new one is made.

Its content only saves work, so no fault of the file stops a run: rows that cannot be read are
unknown, and rows that cannot be written are lost. Both are reported as problems. Only rows that
must be there before something else happens (`needed`) raise an error.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from mediakit.base.errors import CacheError, SiteLockedError, UsageError
from mediakit.base.model import Problem, Severity
from mediakit.state.cache_file import (
    ELSEWHERE,
    NO_TEXT,
    StrangeFileError,
    connect,
    connect_to_look,
    has_folder,
    hint_for,
    is_busy,
    is_outside,
    set_aside,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Row = tuple[Any, ...]

_END = chr(0x10FFFF)
_KEY_BYTES, _SEAL_BYTES = 32, 8
_encode = msgspec.msgpack.Encoder().encode

_GOES_ON = "the run goes on without it"
_PAGE = 64
"""Most rows that `Database.lookup` reads at once."""


class Database:
    """Tables in one file; `name` is what messages call it.

    Each row is sealed with `key`, so rows of somebody else are not believed. Without a key nothing
    is believed that was there before.

    Raises:
        SiteLockedError: another process has it open.
        UsageError: it can be neither opened nor made anew.
    """

    def __init__(self, path: Path, name: str, key: bytes | None) -> None:
        self._path = path
        self._is_new = key is None
        self._key = key or os.urandom(_KEY_BYTES)
        self._name = name
        self._warnings: dict[str, Problem] = {}
        self._connection = self._opened()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What went wrong with the file, until `clear_problems`."""
        set_aside = (
            Problem(
                self._name,
                0,
                "cache-set-aside",
                Severity.NOTE if why == ELSEWHERE else Severity.WARNING,
                f"cannot be used ({why}): it was set aside, and a new one was made",
                "nothing is lost: it only saves time, and fills again",
            )
            for (why,) in self.read("SELECT * FROM note")
        )
        return (*set_aside, *self._warnings.values())

    def clear_problems(self) -> None:
        """Forget the problems, once they have been reported."""
        if self.problems:
            self.write("DELETE FROM note")
            self._warnings.clear()

    def rows(self, table: str, condition: str = "true", values: Row = ()) -> list[Row]:
        """Return rows of a table without their seals, none where the file is broken."""
        rows = []
        for sealed in self.read(f"SELECT * FROM {table} WHERE {condition}", values):  # noqa: S608 - ours
            row = sealed[:-1]
            if self._seal(table, row) != sealed[-1]:
                self._connection = self._anew(
                    "a row was changed by somebody else", self._connection
                )
                return []
            rows.append(row)
        return rows

    def lookup(self, table: str) -> Callable[[str], Row | None]:
        """Return a function from a path to its row, quick for paths in ascending order.

        It reads a page ahead: as quick as the whole table in one query, without holding it in
        memory, and twice as quick as a query for each path.
        """
        page: dict[str, Row] = {}
        first, last, limit = _END, "", 1

        def row(path: str) -> Row | None:
            nonlocal page, first, last, limit
            if not first <= path <= last:
                limit = min(2 * limit, _PAGE) if path > last else 1
                rows = self.rows(table, "path >= ? ORDER BY path LIMIT ?", (path, limit))
                page = {each[0]: each for each in rows}
                first, last = path, rows[-1][0] if len(rows) == limit else _END
            return page.get(path)

        return row

    def put(self, table: str, rows: Iterable[Row], *, needed: bool = False) -> None:
        """Write rows into a table, each sealed, in place of those with the same keys.

        Raises:
            CacheError: `needed` rows could not be written.
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
            self._connection = self._anew(NO_TEXT, self._connection)
            return []
        except sqlite3.Error as error:
            if is_outside(error):
                self._warnings["read"] = _warning(
                    self._name,
                    0,
                    "cache-not-read",
                    f"cannot be read: {error}; {_GOES_ON}",
                    hint_for(error),
                )
            else:
                self._connection = self._anew(str(error), self._connection)
            return []

    def write(self, statement: str, rows: Iterable[Row] = ((),), *, needed: bool = False) -> None:
        """Execute a statement for each row, for all of them or for none.

        Raises:
            CacheError: `needed` rows could not be written.
        """
        rows = list(rows)
        try:
            self._write(statement, rows)
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.Error as error:
            failed = error if is_outside(error) else self._write_anew(statement, rows, error)
            if failed is None:
                return
            if needed:
                raise CacheError(f"{self._name}: {failed}", hint_for(failed)) from failed
            self._warnings["written"] = _warning(
                self._name,
                0,
                "cache-not-written",
                f"cannot be written: {failed}; {_GOES_ON}",
                hint_for(failed),
            )

    def close(self) -> None:
        """Close the file, which unlocks it."""
        self._connection.close()

    def _seal(self, table: str, row: Row) -> int:
        """Return a seal of a row that only the key's owner can make.

        It also reveals a changed byte within a value, which SQLite does not notice.
        """
        digest = hashlib.blake2b(_encode((table, row)), key=self._key, digest_size=_SEAL_BYTES)
        return int.from_bytes(digest.digest(), "big", signed=True)

    def _connect(self) -> sqlite3.Connection:
        connection = connect(self._path, self._seal("maker", ()), is_new=self._is_new)
        self._is_new = False
        return connection

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except StrangeFileError as error:
            why = str(error)
        except sqlite3.Error as error:
            if is_busy(error):
                raise _at_work() from error
            if is_outside(error) and not has_folder(self._path):
                raise UsageError(f"{self._name}: {error}", hint_for(error)) from error
            why = str(error)
        return self._anew(why)

    def _anew(self, why: str, old: sqlite3.Connection | None = None) -> sqlite3.Connection:
        """Set a broken file aside, and return a connection to a new one.

        The lock of the site is on the file, not on its name: `old` stays open until it is renamed.
        """
        if old is not None and os.name == "nt":
            old.close()
        try:
            set_aside(self._path)
            if old is not None:
                old.close()
            connection = self._connect()
            connection.execute("INSERT INTO note VALUES (?)", (why,))
        except BlockingIOError as error:
            raise _at_work() from error
        except (OSError, sqlite3.Error) as error:
            if isinstance(error, sqlite3.Error) and is_busy(error):  # it has made the new one
                raise _at_work() from error
            raise UsageError(
                f"{self._name}: cannot be used ({why}), and no new one can be made: {error}",
                "delete it: it only saves time",
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


class UnwrittenDatabase(Database):
    """The file as it is, for one who only looks; what is written goes to a copy of it.

    Nobody else may be writing it. If somebody begins to, rows that come out torn are not believed.
    """

    _is_own = False

    def _connect(self) -> sqlite3.Connection:
        if self._is_own:
            return connect(Path(":memory:"), self._seal("maker", ()), is_new=True)
        try:
            return connect_to_look(self._path, self._seal("maker", ()))
        except (StrangeFileError, sqlite3.Error, OSError) as error:
            return self._anew(str(error))

    def _anew(self, _why: str, old: sqlite3.Connection | None = None) -> sqlite3.Connection:
        """Return a connection to an empty database: the file stays as it is."""
        if old is not None:
            old.close()
        self._is_own = True
        return self._connect()

    def _write(self, statement: str, rows: list[Row]) -> None:
        if not self._is_own:
            copy = sqlite3.connect("", isolation_level=None)  # on disk, where it is large
            self._connection.backup(copy)
            self._connection.close()
            self._connection, self._is_own = copy, True
        super()._write(statement, rows)


def _warning(name: str, line: int, code: str, message: str, hint: str) -> Problem:
    return Problem(name, line, code, Severity.WARNING, message, hint)


def _at_work() -> SiteLockedError:
    return SiteLockedError(
        "another mediakit is at work on this site", "wait for it to end, then run again"
    )
